"""The database itself keeps the books: nothing is changed or deleted, and no sum is other than its rows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from coaching.lib import triggers
from fees import documents
from fees.models import Allocation, Bill, Credit, Due, Payment, Reversal
from tests import people
from tests.fees import made

pytestmark = pytest.mark.django_db

NEVER_CHANGED = [
    ("fees", "due_on = '2020-01-01'"),
    ("fee_due_lines", "taxable_paise = 1"),
    ("fee_ledger", "amount_paise = 1"),
    ("fee_allocations", "amount_paise = 1"),
    ("payments", "amount_paise = 1"),
    ("payments", "reference = 'X'"),
    ("payments", "reversed_at = '2026-01-01 00:00:00'"),
    ("fee_documents", "snapshot = '{}'"),
    ("fee_documents", "number = 'X'"),
    ("fee_bills", "billed_on = '2020-01-01'"),
    ("fee_credits", "amount_paise = 1"),
    ("fee_plans", "total_paise = 1"),
    ("fee_plan_lines", "amount_paise = 1"),
    ("fee_plan_instalments", "amount_paise = 1"),
    ("fee_balances", "paid_paise = 1"),
    ("fee_balances", "total_paise = 1"),
    ("payment_balances", "allocated_paise = 1"),
    ("payment_balances", "returned_paise = 1"),
]


@pytest.fixture
def books() -> Payment:
    made.plan(made.enrolment().batch, (10000, 0))
    due = made.due(10000)
    Bill.objects.create(due=due, billed_on=due.due_on)
    fields = {"amount_paise": 100, "taxable_paise": 100, "reason": "Typed wrongly", "source": "test"}
    Credit.objects.create(due=made.due(5000), kind="CORRECTION", **fields)
    paid = made.payment(15000, (due, 7000))
    documents.receipt(paid, booking=made.booking())
    return paid


@pytest.mark.parametrize(("table", "change"), NEVER_CHANGED)
def test_rows_of_the_books_are_neither_changed_nor_deleted(books: Payment, table: str, change: str) -> None:
    for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_balances_follow_from_what_is_written(books: Payment) -> None:
    due = Due.objects.select_related("balance").get(total_paise=10000)
    assert (due.balance.paid_paise, due.balance.open_paise, books.balance.free_paise) == (7000, 3000, 8000)
    Credit.objects.create(
        due=due, kind="CORRECTION", amount_paise=1000, taxable_paise=1000, reason="Typed wrongly", source="test"
    )
    due.balance.refresh_from_db()
    assert due.balance.open_paise == 2000
    [paid] = Allocation.objects.all()
    Allocation.objects.create(payment=books, due=due, amount_paise=7000, reverses=paid, source="test")
    due.balance.refresh_from_db()
    books.balance.refresh_from_db()
    assert (due.balance.paid_paise, due.balance.open_paise, books.balance.free_paise) == (0, 9000, 15000)


def test_a_payment_is_taken_back_once_and_then_stands_so(books: Payment) -> None:
    [paid] = Allocation.objects.all()
    fields = {"payment": books, "kind": "UNDO", "reason": "Wrong student", "made_by": people.admin()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Reversal.objects.create(**fields)  # a part of it still pays a due
    Allocation.objects.create(payment=books, due=paid.due, amount_paise=7000, reverses=paid, source="test")
    now = timezone.now()
    Reversal.objects.create(**fields, at=now)
    books.refresh_from_db()
    assert books.reversed_at == now
    assert books.balance.__class__.objects.get(pk=books.pk).free_paise == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=books.pk).update(reversed_at=now + timedelta(days=1))


@pytest.mark.parametrize("paise", [3001, 10**9])
def test_no_due_is_paid_beyond_what_is_open(books: Payment, paise: int) -> None:
    more = made.payment(10**9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(
            payment=more, due=Due.objects.get(total_paise=10000), amount_paise=paise, source="test"
        )


def test_no_more_of_a_payment_is_allocated_than_came(books: Payment) -> None:
    other = made.due(10**6, part=2, parts=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.create(payment=books, due=other, amount_paise=8001, source="test")


def test_the_guards_are_all_there() -> None:
    assert triggers.missing(connection) == []
