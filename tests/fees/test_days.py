"""A cashier's day: what his drawer should hold, and closing it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from fees import days, proving
from fees.days import DayClosed, DayOpen
from fees.models import CashierDay, CashMove, Document, LedgerEntry, Mode, Payment
from fees.receiving import FormUsed, MoneyRefused
from tests import people
from tests.fees import made
from tests.fees.paid import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> CashierDay:
    return days.open_day(made.the_cashier(), opening_paise=50000, now=timezone.now())


def move(day: CashierDay, kind: str, paise: int, **fields: object) -> CashMove:
    values = {"note": "", "actor": made.the_cashier(), "now": timezone.now(), "form_token": uuid4(), **fields}
    return days.move_cash(day, kind=kind, amount_paise=paise, **values)  # type: ignore[arg-type]


def close(day: CashierDay, paise: int) -> CashierDay:
    return days.close_day(day, counted_paise=paise, note="", actor=made.the_cashier(), now=timezone.now())


def test_a_drawer_holds_its_float_and_what_came_less_what_went(day: CashierDay) -> None:
    pay(10000), pay(2500), pay(7000, mode=Mode.UPI, reference="1")
    move(day, "TO_BANK", 20000), move(day, "FROM_OFFICE", 300)
    found = days.drawer(day)
    assert (found.opening, found.cash_in, found.cash_count, found.should_be) == (50000, 12500, 2, 42800)
    assert found.by_mode == {Mode.CASH: days.Total(2, 12500), Mode.UPI: days.Total(1, 7000)}
    closed = close(day, 42800)
    assert closed.totals == {"CASH": {"count": 2, "paise": 12500}, "UPI": {"count": 1, "paise": 7000}}
    assert not LedgerEntry.objects.filter(kind="CLOSE").exists()
    assert Document.objects.get(kind="DAY_CLOSE").day == day
    assert proving.broken() == []


@pytest.mark.parametrize("over", [-1000, 500])
def test_what_is_missing_or_too_much_is_booked(day: CashierDay, over: int) -> None:
    pay(10000)
    close(day, 60000 + over)
    both = ("cash", "difference") if over > 0 else ("difference", "cash")
    entry = LedgerEntry.objects.get(kind="CLOSE")
    assert (entry.debit, entry.credit, entry.amount_paise) == (*both, abs(over))
    assert proving.broken() == []


def test_a_closed_day_takes_nothing_more(day: CashierDay) -> None:
    close(day, 50000)
    for late in (
        lambda: pay(1000),
        lambda: close(day, 1),
        lambda: move(day, "TO_BANK", 1),
        lambda: days.open_day(made.the_cashier(), opening_paise=1, now=timezone.now()),
    ):
        with pytest.raises(DayClosed):
            late()
    assert not Payment.objects.exists()
    pay(1000, actor=people.admin())
    pay(1000, now=timezone.now() + timedelta(days=1))


def test_a_payment_opens_the_day_and_the_float_is_said_later() -> None:
    pay(1000)
    day = days.open_day(made.the_cashier(), opening_paise=5000, now=timezone.now())
    assert days.drawer(day).should_be == 6000
    with pytest.raises(DayOpen, match="₹50"):
        days.open_day(made.the_cashier(), opening_paise=7000, now=timezone.now())


@pytest.mark.parametrize(
    ("kind", "paise", "field"), [("TO_MOON", 1, "kind"), ("TO_BANK", 0, "amount"), ("TO_OFFICE", 50001, "amount")]
)
def test_no_more_cash_leaves_than_is_there(day: CashierDay, kind: str, paise: int, field: str) -> None:
    with pytest.raises(MoneyRefused) as refused:
        move(day, kind, paise)
    assert refused.value.field == field


def test_a_move_sent_twice_is_one(day: CashierDay) -> None:
    token = uuid4()
    assert move(day, "TO_BANK", 100, form_token=token) == move(day, "TO_BANK", 100, form_token=token)
    with pytest.raises(FormUsed):
        move(day, "TO_BANK", 200, form_token=token)
    assert days.drawer(day).should_be == 49900
