"""Who may open what of one's own fees and of who has paid: part of the table in `tests.access_table`."""

from typing import Any

from accounts.models import Grant
from tests import people
from tests.access_rows import Row, everybody, only, whoever_is_signed_in
from tests.fees import made

__all__ = ["FEES_OWN"]


def the_students_fees() -> dict[str, Any]:
    made.due(100000)
    return {"public_id": people.student().uuid}


def a_batch_with_dues() -> dict[str, Any]:
    """Of the teacher, who was granted to see who has paid."""
    stay = made.due(100000).enrolment
    assert stay is not None
    stay.batch.teachings.get_or_create(teacher=people.teacher())
    Grant.objects.get_or_create(user=people.teacher(), kind=Grant.Kind.FEE_STATUS)
    made.the_cashier()
    return {"public_id": stay.batch.uuid}


def somebody_granted() -> dict[str, Any]:
    a_batch_with_dues()
    return {}


FAMILY = {**only("student", "guardian", status=200), **dict.fromkeys(("cashier", "admin"), 302)}

FEES_OWN: dict[str, Row] = {}
