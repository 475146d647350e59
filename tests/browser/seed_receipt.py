"""A student who pays in parts, as the receipt of the design has it, and papers of the other kinds."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Guardianship, Institute, User
from batches.models import Enrolment
from fees import advances, charging, credits, days, reversals
from fees.models import Credit, Due, FeePlan, Mode
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of
from tests.fees import made
from tests.fees.paid import pay

ADDRESS = "14, Ramdaspeth Road, Dharampeth\nNagpur 440010"


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    contact = {"phone": "0712 255 0148", "email": "office@pragati.test"}
    Institute(pk=1, name="प्रगति अध्ययन मंडल", address=ADDRESS, state="Maharashtra", **contact).save()
    made.registered(legal_name="Pragati Study Circle", receipt_note="Fees once paid are given back by the rules only.")
    User.objects.filter(pk=people.student().pk).update(name="Mohammed Arshad Khan Siddiqui", uuid=number_of("Arshad"))
    User.objects.filter(pk=people.other_student().pk).update(uuid=number_of("Ritika"))
    Guardianship.objects.create(guardian=people.guardian(), student=people.student(), relation="Father")
    now = timezone.now()
    _charge(now)
    first = pay(29_500_00, now=now - timedelta(days=165), mode=Mode.UPI, reference="415512345678")
    pay(15_000_00, now=now - timedelta(days=81))
    wrong = pay(5_000_00, now=now - timedelta(days=80))
    reversals.undo(wrong, reason="Typed for the wrong student", actor=people.admin(), now=now - timedelta(days=80))
    rows = {due.part: due for due in first.account.dues.filter(kind=Due.Kind.INSTALMENT)}
    wanted = {f"due:{rows[2].uuid}": 14_500_00, f"fine:{rows[2].uuid}": 550_00, f"due:{rows[3].uuid}": 4_950_00}
    pay(20_000_00, now=now, wanted=wanted, tendered_paise=20_500_00, payer="Mohammed Yunus Siddiqui")
    _other_papers(now)


def _charge(now: datetime) -> None:
    """Four instalments, with a late fine by the week."""
    student, batch = people.student(), timetables.batch("JEE 2027 C")
    today, parts = timezone.localdate(now), ((29_500_00, -165), (29_500_00, -84), (29_500_00, 9), (17_700_00, 55))
    fine: dict[str, Any] = {"fine_kind": FeePlan.Fine.PER_WEEK, "fine_paise": 50_00, "fine_grace_days": 7}
    plan = made.plan(batch, *((paise, today + timedelta(days=when)) for paise, when in parts), **fine)
    stay = Enrolment.objects.create(batch=batch, student=student, joined_at=now - timedelta(days=170))
    charging.charge(stay, plan=plan, actor=people.admin(), source="office", now=now - timedelta(days=166))


def _other_papers(now: datetime) -> None:
    """An advance that is given back in part, a credit note, a closed day."""
    other, admin = people.other_student(), people.admin()
    made.due(11_800_00, student=other, days=-3)
    on = timezone.localdate(now)
    pay(11_800_00, student=other, now=now, mode=Mode.CHEQUE, reference="004512", bank="SBI", instrument_on=on)
    pay(3_200_00, student=other, now=now)
    advances.pay_out(
        made.account(other),
        amount_paise=1_000_00,
        mode=Mode.CASH,
        reason="Left",
        actor=admin,
        now=now,
        form_token=uuid4(),
    )
    due = made.due(5_900_00, student=other, days=-1)
    pay(1_000_00, student=other, now=now)
    booking = made.booking(now)
    credits.credit(due, kind=Credit.Kind.WAIVER, amount_paise=500_00, reason="Hardship", booking=booking)
    day = days.today(made.the_cashier(), now=now)
    assert day is not None
    days.close_day(day, counted_paise=24_190_00, note="Ten rupees short", actor=made.the_cashier(), now=now)
