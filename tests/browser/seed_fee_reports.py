"""A year of fees: two batches whose students mostly pay, some late, with what reports have to say of all that."""

import random
from datetime import timedelta

from django.utils import timezone

from accounts.models import Guardianship, Institute, Role
from batches.models import Batch
from fees import ledger
from fees.models import CashierDay, Concession, Credit, Mode, Reversal
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import NAMES
from tests.fees import made
from tests.fees.test_gst_output import billed

STUDENTS, PARTS = 11, 6
INSTALMENT = 31_500_00


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    made.registered()
    father = people.guardian()
    father.phone = "98230 41161"
    father.save()
    Guardianship.objects.create(guardian=father, student=people.student(), relation="Father")
    chance = random.Random(11)
    for number, name in enumerate(("JEE 2027 A", "NEET 2027 C, विज्ञान सायंकालीन कक्षा")):
        _batch(timetables.batch(name), number, chance)
    _loose_ends()


def _batch(batch: Batch, number: int, chance: random.Random) -> None:
    learners = [people.student()] if number == 0 else [people.other_student()]
    for place in range(STUDENTS):
        name = f"{NAMES[(place + number) % 4]}{'' if place < 4 else f' {place}'}"
        learners.append(people.person(name, Role.STUDENT, admission_number=f"F-{number}{place:02}"))
    for place, student in enumerate(learners):
        stay = made.enrolment(student, batch)
        for part in range(PARTS):
            days = -290 + part * 60 + place
            due = made.due(INSTALMENT + place * 50, enrolled=stay, days=days, part=part + 1, parts=PARTS)
            if days <= 0:
                billed(due, due.due_on)
            if (days <= 0 and chance.random() < 0.8) or days < -200:
                paid = due.total_paise if chance.random() < 0.8 else 10_000_00
                came = due.due_on + timedelta(days=chance.randrange(0, 9))
                mode = chance.choice((Mode.CASH, Mode.UPI, Mode.CARD))
                fields = {"received_on": min(came, timezone.localdate()), "mode": mode}
                made.payment(paid, (due, paid), reference=f"R{due.pk}", **fields)


def _loose_ends() -> None:
    """An advance, a cheque under way, a payment taken back, a concession that waits, a day that is not closed."""
    student, today = people.student(), timezone.localdate()
    made.payment(7_500_50, student=student, mode=Mode.UPI, reference="ADV1")
    old = {"mode": Mode.CHEQUE, "reference": "004512", "bank": "STATE BANK OF INDIA"}
    made.payment(12_000_00, student=student, received_on=today - timedelta(days=12), **old)
    wrong = made.payment(500_00, student=people.other_student())
    Reversal.objects.create(payment=wrong, kind="UNDO", reason="Typed for the wrong student", made_by=people.admin())
    ledger.taken_back(wrong.reversal, made.booking(), lay_in=ledger.CASH)
    enrolled = made.enrolment(student)
    asked = {"account": made.account(student), "enrolment": enrolled, "type": "SCHOLARSHIP"}
    Concession.objects.create(
        **asked, kind="PERCENT", bp=1250, reason="First in the district", requested_by=made.the_cashier()
    )
    due = made.due(4_000_00, enrolled=enrolled, days=-4)
    waived = Credit.objects.create(
        due=due, kind="WAIVER", amount_paise=1_000_00, taxable_paise=1_000_00, reason="Asked", source="test"
    )
    ledger.credited(waived, is_billed=False, booking=made.booking())
    CashierDay.objects.create(cashier=made.the_cashier(), on=today - timedelta(days=1), opening_paise=500_00)
