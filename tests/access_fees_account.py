"""Who may open what of fees (account): part of the table in `tests.access_table`."""

from typing import Any

from django.utils import timezone

from accounts.models import Guardianship
from fees.models import Agreement, Concession, Due
from tests import people
from tests.access_rows import Row, only
from tests.fees import made


def the_due() -> Due:
    """Of "student", whose guardian is "guardian"; "cashier" has no right to fees here, `the_cashier` would."""
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
    stay = made.enrolment(people.student())
    if not Agreement.objects.filter(enrolment=stay).exists():
        Agreement.objects.create(enrolment=stay, account=made.account(), plan=made.plan(stay.batch, (10000, 0)))
    return Due.objects.filter(enrolment=stay).first() or made.due(10000, enrolled=stay)


def the_student() -> dict[str, Any]:
    return {"public_id": the_due().account.student.uuid}


def the_account() -> dict[str, Any]:
    """The student's, who has been charged."""
    made.account()
    return the_student()


def the_dues_number() -> dict[str, Any]:
    return {"public_id": the_due().uuid}


def the_enrolment() -> dict[str, Any]:
    return {"public_id": the_due().enrolment.uuid}


def a_concession() -> dict[str, Any]:
    due = the_due()
    fields = {"type": "SCHOLARSHIP", "kind": "PERCENT", "bp": 1000, "reason": "Rank 1", "requested_at": timezone.now()}
    return {"public_id": Concession.objects.create(account=due.account, enrolment=due.enrolment, **fields).uuid}


def office(status: int) -> dict[str, int]:
    return only("admin", status=status)


FEES_ACCOUNT: dict[str, Row] = {
    "fee_account": Row(office(200), kwargs=the_student),
    "fee_account_change": Row(office(200), kwargs=the_student),
    "fee_charge": Row(office(200), kwargs=the_student),
    "fee_advance_use": Row(office(302), "post", the_student),
    "fee_payout": Row(only("admin", status=200), kwargs=the_account),
    "fee_due": Row(office(200), kwargs=the_dues_number),
    "fee_due_correct": Row(office(422), "post", the_dues_number),
    "fee_due_waive": Row(office(422), "post", the_dues_number),
    "fee_agree": Row(office(200), kwargs=the_enrolment),
    "fee_own_plan": Row(office(200), kwargs=the_enrolment),
    "concession_list": Row(office(200)),
    "concession": Row(office(200), kwargs=a_concession),
    "concession_ask": Row(office(200), kwargs=the_enrolment),
    "concession_sibling": Row(office(302), "post", the_student),
    "concession_decide": Row(office(302), "post", a_concession, {"do": "approve"}),
    "concession_withdraw": Row(office(302), "post", a_concession),
}
