"""A batch without a fee, a registered institute, and a plan with versions, for the walk of who sets fees."""

from django.utils import timezone

from batches import enrolments
from batches.models import Batch
from fees import plans
from fees.fines import PER_WEEK, FineRule
from fees.models import FeeHead, FeePlan
from fees.schedule import Part
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import people_and_batch
from tests.fees import made

LONG = "जेईई मेन एवं एडवांस्ड २०२७, शाम की कक्षा, धरमपेठ केंद्र"


def main() -> None:
    batch = people_and_batch()
    made.registered()
    timetables.batch("NEET 2027 B")
    admission = FeeHead.objects.create(name="Admission", is_one_off=True, is_refundable=False)
    FeeHead.objects.create(name="Printed books", sac="4901", gst_bp=0, is_one_off=True)
    tuition = made.head("Tuition")
    long = timetables.batch(LONG)
    for number, total in enumerate((11_000_000, 11_400_000, 11_800_000), 1):
        write(long, plans.Line(admission, 500_000), plans.Line(tuition, total - 500_000), note=f"Session {number}")
    enrolments.enrol(long, student=people.student(), actor=people.admin())
    made.enrolment(people.other_student(), long)
    assert batch.pk


def write(batch: Batch, *lines: plans.Line, note: str) -> FeePlan:
    quarter = sum(one.paise for one in lines) // 4
    return plans.write_plan(
        batch,
        name="पूर्ण शुल्क, चार किस्तों में",
        price_mode="INCLUSIVE",
        lines=lines,
        parts=[Part(quarter, days_after=90 * number) for number in range(4)],
        fine=FineRule(PER_WEEK, 5_000, 7, 200_000),
        is_default=True,
        note=note,
        actor=people.admin(),
        now=timezone.now(),
    )
