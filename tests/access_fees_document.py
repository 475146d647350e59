"""Who may open what of receipts, statements and the day book: part of the table in `tests.access_table`."""

from typing import Any

from accounts.models import Guardianship
from fees import documents
from fees.models import Document
from tests import people
from tests.access_rows import Row, everybody, only
from tests.fees import made

__all__ = ["FEES_DOCUMENT"]

FAMILY_AND_OFFICE = only("student", "guardian", "cashier", "admin", status=200, others=404)
COUNTER = only("cashier", "admin", status=200)


def a_receipt() -> Document:
    """Of the student, whose guardian and cashier are who they are in other tests, too."""
    made.the_cashier()
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
    known = Document.objects.filter(account__student=people.student()).first()
    return known or documents.receipt(made.payment(5000, (made.due(10000), 5000)), booking=made.booking())


def a_document() -> dict[str, Any]:
    return {"public_id": a_receipt().uuid}


def whose() -> dict[str, Any]:
    a_receipt()
    return {"public_id": people.student().uuid}


def a_code() -> dict[str, Any]:
    return {"code": a_receipt().code}


def a_day() -> dict[str, Any]:
    a_receipt()
    return {}


FEES_DOCUMENT: dict[str, Row] = {
    "fee_document": Row(FAMILY_AND_OFFICE, kwargs=a_document),
    "fee_document_pdf": Row(FAMILY_AND_OFFICE, kwargs=a_document),
    "fee_verify": Row(everybody(200), kwargs=a_code),
    "fee_verify_form": Row(everybody(200)),
    "fee_statement": Row(FAMILY_AND_OFFICE, kwargs=whose),
    "fee_statement_pdf": Row(FAMILY_AND_OFFICE, kwargs=whose),
    "day_book": Row(COUNTER, kwargs=a_day),
    "day_book_pdf": Row(COUNTER, kwargs=a_day),
}
