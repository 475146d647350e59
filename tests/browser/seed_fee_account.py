"""A student with paid, late and coming dues in two batches, and requests for concessions, for the office's walk."""

from datetime import timedelta

from django.utils import timezone

from batches.models import Batch, Enrolment
from fees import charging, concessions, payments, plans
from fees.fines import PER_WEEK, FineRule
from fees.models import FeeHead, FeePlan, StudentAccount
from fees.schedule import Part
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import people_and_batch
from tests.fees import made

LONG = "जेईई मेन एवं एडवांस्ड २०२७, शाम की कक्षा, धरमपेठ केंद्र"
NAMES = ("Instalments", "Lump sum, paid on joining")


def main() -> None:
    batch = people_and_batch()
    made.registered(sibling_bp=1000)
    made.the_cashier()
    stay = joined(batch, days=95)
    write(batch, NAMES[0], [Part(29_500_00, days_after=30 * number) for number in range(4)], is_default=True)
    write(batch, NAMES[1], [Part(1_10_000_00, days_after=0)], is_default=False)
    evening = timetables.batch(LONG)
    crash = Enrolment.objects.create(batch=evening, student=people.student())
    write(evening, "पूर्ण शुल्क", [Part(23_600_00, days_after=45)], is_default=True)
    for one in (batch, evening):
        charging.charge_batch(one, actor=people.admin(), now=timezone.now())
    charge_and_pay(StudentAccount.objects.get(student=people.student()))
    ask(stay, crash)


def joined(batch: Batch, *, days: int) -> Enrolment:
    stay = Enrolment.objects.get(batch=batch, student=people.student())
    Enrolment.objects.filter(pk=stay.pk).update(joined_at=timezone.now() - timedelta(days=days))
    return Enrolment.objects.get(pk=stay.pk)


def write(batch: Batch, name: str, parts: list[Part], *, is_default: bool) -> FeePlan:
    tuition, books = made.head("Tuition"), FeeHead.objects.filter(name="Study material").first()
    books = books or FeeHead.objects.create(name="Study material", is_one_off=True)
    total = sum(part.paise for part in parts)
    lines = [plans.Line(books, 5_000_00), plans.Line(tuition, total - 5_000_00)]
    return plans.write_plan(
        batch,
        name=name,
        price_mode="INCLUSIVE",
        lines=lines,
        parts=parts,
        fine=FineRule(PER_WEEK, 5_000, 7, 200_000),
        is_default=is_default,
        actor=people.admin(),
        now=timezone.now(),
    )


def charge_and_pay(account: StudentAccount) -> None:
    now = timezone.now()
    for token, paise in enumerate((29_500_00, 12_000_00), 1):
        payments.record(
            account,
            mode="CASH",
            amount_paise=paise,
            actor=made.the_cashier(),
            now=now,
            form_token=f"00000000-0000-4000-8000-{token:012}",
        )
    charging.charge_other(
        account,
        head=made.head("Tuition"),
        label="टेस्ट सीरीज़, मुद्रित प्रश्न-पत्रों के साथ",
        amount_paise=2_360_00,
        due_on=timezone.localdate() + timedelta(days=9),
        actor=people.admin(),
        now=now,
    )


def ask(stay: Enrolment, crash: Enrolment) -> None:
    now = timezone.now()
    reason = "First in the district in the tenth standard; the certificate of the board lies in the file"
    asked = concessions.request(stay, type="SCHOLARSHIP", bp=1000, reason=reason, actor=made.the_cashier(), now=now)
    assert asked.pk
    early = concessions.request(
        crash, type="EARLY_BIRD", amount_paise=1_000_00, reason="Paid before Diwali", actor=made.the_cashier(), now=now
    )
    concessions.approve(early, actor=people.admin(), now=now)
