"""Fifty students with something to pay for the walk of a cashier, one of them with all that can stand on a line."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Guardianship, Institute, Role, User
from fees import charging
from fees.models import CashierDay, FeePlan
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of
from tests.fees import made
from tests.fees.paid import pay

PAYERS = 50
EACH_PAISE = 4_950_00
WHO = "Mohammed Arshad Khan Siddiqui"
LONG = ("चन्द्रशेखरेन्द्रसरस्वती " * 9)[:200].strip()


def code(number: int) -> str:
    """The admission number of a payer, which a cashier types."""
    return f"PAY-{number:02}"


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", address="14, Ramdaspeth Road\nNagpur 440010").save()
    made.registered(legal_name="Pragati Study Circle")
    made.the_cashier()
    batch = timetables.batch("JEE 2027 C")
    for number in range(PAYERS):
        student = people.person(f"Payer {number:02}", Role.STUDENT, admission_number=code(number))
        timetables.enrol(student, batch)
        made.due(EACH_PAISE, student=student, days=-1)
    _one_with_everything()
    made.due(1_000_00, student=people.person(LONG, Role.STUDENT, admission_number="LONG"))


def _one_with_everything() -> None:
    """Instalments late, today and to come, a fine that grows, a part paid, an advance and a guardian."""
    student, now = people.student(), timezone.now()
    User.objects.filter(pk=student.pk).update(name=WHO, uuid=number_of("Arshad"))
    User.objects.filter(pk=people.guardian().pk).update(phone="+91 98220 11814")
    Guardianship.objects.create(guardian=people.guardian(), student=student, relation="Father")
    today = timezone.localdate(now)
    parts = ((29_500_00, -30), (29_500_00, 0), (17_700_00, 55))
    fine: dict[str, Any] = {"fine_kind": FeePlan.Fine.PER_WEEK, "fine_paise": 50_00, "fine_grace_days": 7}
    batch = timetables.batch("Evening doubts")
    plan = made.plan(batch, *((paise, today + timedelta(days=when)) for paise, when in parts), **fine)
    stay = timetables.enrol(student, batch)
    charging.charge(stay, plan=plan, actor=people.admin(), source="office", now=now - timedelta(days=40))
    due = stay.dues.get(part=1)
    pay(15_000_00, student=student, now=now - timedelta(days=33), wanted={f"due:{due.uuid}": 14_500_00})
    CashierDay.objects.update(closed_at=now, counted_paise=15_000_00, expected_paise=15_000_00)
