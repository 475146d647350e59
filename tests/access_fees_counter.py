"""Who may open what of the counter: part of the table in `tests.access_table`."""

from typing import Any
from uuid import uuid4

from fees.models import CashierDay, Mode, Payment
from tests import people
from tests.access_rows import Row, only
from tests.fees import made

__all__ = ["FEES_COUNTER"]

COUNTER = only("cashier", "admin", status=200)
NOTHING_SENT = only("cashier", "admin", status=422)


def a_cashier() -> dict[str, Any]:
    made.the_cashier()
    return {}


def a_payer() -> dict[str, Any]:
    made.the_cashier()
    made.due(10000)
    return {"public_id": people.student().uuid}


def a_payment() -> dict[str, Any]:
    known = Payment.objects.filter(mode=Mode.CASH).first() or made.payment(5000, (made.due(10000), 5000))
    return {"public_id": known.uuid}


def a_cheque() -> dict[str, Any]:
    known = Payment.objects.filter(mode=Mode.CHEQUE).first()
    fields = {"mode": Mode.CHEQUE, "reference": uuid4().hex[:6].upper(), "bank": "SBI"}
    return {"public_id": (known or made.payment(5000, (made.due(10000), 5000), **fields)).uuid}


def a_day() -> dict[str, Any]:
    """The cashier's own: an admin may see and close it too."""
    day, _is_new = CashierDay.objects.get_or_create(cashier=made.the_cashier(), on=made.booking().on)
    return {"public_id": day.uuid}


FEES_COUNTER: dict[str, Row] = {
    "counter": Row(COUNTER, kwargs=a_cashier),
    "counter_find": Row(COUNTER, kwargs=a_cashier),
    "counter_preview": Row(COUNTER, "post", a_payer),
    "counter_take": Row(NOTHING_SENT, "post", a_payer),
    "counter_day": Row(COUNTER, kwargs=a_cashier),
    "counter_day_of": Row(COUNTER, kwargs=a_day),
    "counter_open": Row(NOTHING_SENT, "post", a_cashier),
    "counter_move": Row(NOTHING_SENT, "post", a_day),
    "counter_close": Row(NOTHING_SENT, "post", a_day),
    "receipt_list": Row(COUNTER, kwargs=a_cashier),
    "receipt_list_export": Row(COUNTER, "post", a_cashier),
    "payment_undo": Row(COUNTER, kwargs=a_payment),
    "payment_bounce": Row(COUNTER, kwargs=a_cheque),
    "cheque_list": Row(COUNTER, kwargs=a_cashier),
    "cheque_deposit": Row(NOTHING_SENT, "post", a_cheque),
    "cheque_clear": Row(NOTHING_SENT, "post", a_cheque),
}
