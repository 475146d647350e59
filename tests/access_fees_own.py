"""Who may open what of one's own fees and of who has paid: part of the table in `tests.access_table`."""

from typing import Any

from accounts.models import Grant, Guardianship
from tests import people
from tests.access_rows import Row, only, whoever_is_signed_in
from tests.fees import made

__all__ = ["FEES_OWN"]


def the_students_fees() -> dict[str, Any]:
    made.due(100000)
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
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


FAMILY = {**whoever_is_signed_in(200), "teacher": 302, "cashier": 302, "admin": 302}
"""The way from /fees/: students come to theirs, staff to their work, a teacher who was granted it to who has paid."""
GRANTED = only("teacher", "cashier", "admin", status=200)

FEES_OWN: dict[str, Row] = {
    "fees": Row(FAMILY, kwargs=somebody_granted),
    "fees_of": Row(only("guardian", status=200, others=404), kwargs=the_students_fees),
    "fee_status": Row(GRANTED, kwargs=somebody_granted),
    "fee_status_of": Row(GRANTED, kwargs=a_batch_with_dues),
}
