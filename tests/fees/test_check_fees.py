"""`manage.py check_fees`: the books of everything that can happen are right, and each kind of damage is found."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from coaching.lib import triggers
from fees import advances, billing, cheques, credits, days, proving, reversals
from fees.models import CashierDay, Mode
from tests import people
from tests.fees import made
from tests.fees.paid import fined, pay

pytestmark = pytest.mark.django_db

DAMAGE = {
    # dues
    "I2 paid": "UPDATE fee_balances SET paid_paise = paid_paise - 1 WHERE paid_paise > 0",
    "I2 credited": "UPDATE fee_balances SET credited_paise = 1 WHERE credited_paise = 0 AND paid_paise = 0",
    "I2 no balance": "DELETE FROM fee_balances",
    "I2 allocation": "UPDATE fee_allocations SET amount_paise = amount_paise + 1",
    "I2 allocation gone": "DELETE FROM fee_allocations WHERE reverses_id IS NOT NULL",
    "I2 credit": "UPDATE fee_credits SET amount_paise = amount_paise - 1, taxable_paise = taxable_paise - 1",
    "I2 line": "UPDATE fee_due_lines SET taxable_paise = taxable_paise + 1, total_paise = total_paise + 1",
    "I2 total": "UPDATE fees SET taxable_paise = taxable_paise + 1, total_paise = total_paise + 1",
    # payments
    "I3 allocated": "UPDATE payment_balances SET allocated_paise = allocated_paise - 1 WHERE allocated_paise > 0",
    "I3 returned": "UPDATE payment_balances SET returned_paise = returned_paise - 1 WHERE returned_paise > 0",
    "I3 no balance": "DELETE FROM payment_balances",
    "I3 never reversed": "UPDATE payments SET reversed_at = '2026-01-01 00:00:00+00:00' WHERE reversed_at IS NULL",
    "I3 no reversal": "DELETE FROM payment_reversals",
    "I3 another student": (
        "UPDATE fee_allocations SET payment_id = (SELECT MIN(id) FROM payments) "
        "WHERE payment_id = (SELECT MAX(payment_id) FROM fee_allocations)"
    ),
    "I3 no reverse": "UPDATE fee_allocations SET amount_paise = amount_paise + 1 WHERE reverses_id IS NOT NULL",
    "I5 given back": "UPDATE fee_payouts SET amount_paise = amount_paise + 100000000",
    # documents
    "I4 no receipt": "DELETE FROM fee_documents WHERE kind = 'RECEIPT' AND cancels_id IS NULL",
    "I4 amount": "UPDATE fee_documents SET amount_paise = amount_paise + 1 WHERE kind = 'RECEIPT'",
    "I4 no cancellation": "DELETE FROM fee_documents WHERE kind = 'CANCELLATION'",
    "I6 gap": "DELETE FROM fee_documents WHERE kind = 'RECEIPT' AND serial = 2",
    "I6 last gone": "DELETE FROM fee_documents WHERE kind = 'CREDIT_NOTE'",
    "I6 next": "UPDATE fee_series SET next = next + 1",
    "I6 no series": "DELETE FROM fee_series WHERE kind = 'RECEIPT'",
    "I6 day": "UPDATE fee_documents SET dated_on = '2027-01-01' WHERE kind = 'RECEIPT' AND serial = 1",
    "I6 year": "UPDATE fee_documents SET dated_on = '2019-01-01' WHERE kind = 'RECEIPT' AND serial = 1",
    "I6 number": "UPDATE fee_documents SET number = 'RCP/1' WHERE kind = 'RECEIPT' AND serial = 1",
    "I9 text": "UPDATE fee_documents SET snapshot = snapshot || ' ' WHERE kind = 'INVOICE'",
    "I9 hash": "UPDATE fee_documents SET sha256 = 'x' WHERE kind = 'RECEIPT'",
    # the ledger
    "I1 amount": "UPDATE fee_ledger SET amount_paise = amount_paise + 1 WHERE kind = 'PAYMENT'",
    "I1 account": "UPDATE fee_ledger SET debit = 'bank' WHERE debit = 'cash' AND kind = 'PAYMENT'",
    "I1 issue": "DELETE FROM fee_ledger WHERE kind = 'ISSUE'",
    "I1 allocation": "DELETE FROM fee_ledger WHERE kind = 'ALLOCATION'",
    "I1 reversal": "DELETE FROM fee_ledger WHERE kind = 'REVERSAL'",
    "I1 clearing": "DELETE FROM fee_ledger WHERE kind = 'CLEARING'",
    "I1 payout": "DELETE FROM fee_ledger WHERE kind = 'PAYOUT'",
    "I1 cash": "DELETE FROM fee_ledger WHERE kind = 'CASH'",
    "I1 close": "UPDATE fee_ledger SET amount_paise = 1 WHERE kind = 'CLOSE'",
    "I1 bill": "DELETE FROM fee_ledger WHERE kind = 'BILL' AND credit = 'cgst'",
    "I1 tax": "UPDATE fee_ledger SET credit = 'igst' WHERE kind = 'BILL' AND credit = 'cgst'",
    "I1 no bill": "DELETE FROM fee_bills",
    "I1 credit": "UPDATE fee_ledger SET amount_paise = amount_paise + 1 WHERE kind = 'CREDIT'",
    "I1 credit gone": "DELETE FROM fee_ledger WHERE kind = 'CREDIT'",
    "I1 whose": "UPDATE fee_ledger SET credit = 'student:0' WHERE kind = 'CREDIT'",
    "I1 of nothing": (
        'INSERT INTO fee_ledger (at, "on", debit, credit, amount_paise, kind, source_key, source) '
        "VALUES ('2026-01-01 00:00:00+00:00', '2026-01-01', 'cash', 'bank', 5, 'CASH', 'cash:999', 'x')"
    ),
    # the rest
    "I7 line": "UPDATE fee_plan_lines SET amount_paise = amount_paise + 1",
    "I7 instalment": "UPDATE fee_plan_instalments SET amount_paise = amount_paise + 1",
    "I8 column": "ALTER TABLE fee_reminders ADD COLUMN share real",
    "I12 allocation": "UPDATE fee_allocations SET made_by_id = NULL, source = ''",
    "I12 due": "UPDATE fees SET issued_by_id = NULL, source = ''",
    "DAY expected": "UPDATE fee_cashier_days SET expected_paise = expected_paise + 1 WHERE closed_at IS NOT NULL",
    "DAY totals": "UPDATE fee_cashier_days SET totals = '{}' WHERE closed_at IS NOT NULL",
    "DAY paper": "DELETE FROM fee_documents WHERE kind = 'DAY_CLOSE'",
}


@pytest.fixture
def books() -> None:
    """Of two students and two drawers: whatever can happen, happened."""
    made.registered(bounce_paise=50000)
    now, today, admin = timezone.now(), timezone.localdate(), people.admin()
    due, late = made.due(118000, days=-1, heads=("Tuition", "Books")), fined(-10, student=people.other_student())
    credits.credit(due, kind="CORRECTION", amount_paise=1800, reason="Agreed", booking=made.booking())
    pay(20000)
    reversals.undo(pay(5000), reason="Typed twice", actor=made.the_cashier(), now=now)
    cleared = pay(30000, mode=Mode.CHEQUE, reference="1", bank="SBI")
    cheques.deposit(cleared, on=today, actor=admin, now=now)
    cheques.clear(cleared, on=today, actor=admin, now=now)
    bounced = pay(2000, mode=Mode.CHEQUE, reference="2", bank="SBI")
    reversals.bounce(bounced, reason="Funds", actor=admin, now=now)
    pay(40000, student=people.other_student(), actor=admin)
    advances.pay_out(
        late.account, amount_paise=100, mode=Mode.CASH, reason="Left", actor=admin, now=now, form_token=uuid4()
    )
    billing.bill_due(now=now)
    credits.credit(due, kind="WAIVER", amount_paise=333, reason="Agreed", booking=made.booking())
    made.due(5000, days=9)
    advances.use_due(now=now + timedelta(days=1))
    day = CashierDay.objects.get(cashier=made.the_cashier())
    days.move_cash(
        day, kind="TO_BANK", amount_paise=500, note="", actor=made.the_cashier(), now=now, form_token=uuid4()
    )
    days.close_day(day, counted_paise=19000, note="", actor=made.the_cashier(), now=now)


@pytest.fixture
def unguarded(books: None) -> Iterator[None]:
    with triggers.lifted(connection):
        yield


def check(**options: bool) -> tuple[int, str]:
    """The status and what was said."""
    said, status = StringIO(), 0
    try:
        call_command("check_fees", stdout=said, stderr=said, **options)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, said.getvalue()


def test_books_of_whatever_can_happen_are_right(books: None) -> None:
    assert proving.broken() == []
    status, said = check()
    assert (status, said[:48]) == (0, "the books are right: 5 dues, 5 payments, 43 ledg")
    assert json.loads(check(json=True)[1])["ok"] is True


def test_each_kind_of_damage_is_found(unguarded: None) -> None:
    missed = {}
    for name, damage in DAMAGE.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(damage)
            found = {one.rule for one in proving.broken()} - {"GUARD"}
            if name.split()[0] not in found:
                missed[name] = found
            transaction.set_rollback(True)
    assert missed == {}
    assert {one.rule for one in proving.broken()} == {"GUARD"}


def test_fractions_in_whole_columns_are_found(unguarded: None) -> None:
    """PostgreSQL rounds them while they are written, so it holds none; SQLite keeps what it is given."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fee_cash_moves SET amount_paise = 100.5")
    found = "I8 fee_cash_moves.amount_paise: 1 rows hold no whole number" in check()[1]
    assert found is (connection.vendor == "sqlite")


def test_damage_is_named_in_lines_or_json_with_status_1(books: None) -> None:
    with transaction.atomic():
        with triggers.lifted(connection), connection.cursor() as cursor:
            cursor.execute("DELETE FROM fee_documents WHERE kind = 'RECEIPT' AND serial = 2")
            status, said = check()
            found = json.loads(check(json=True)[1])
        transaction.set_rollback(True)
    assert status == 1
    assert "I6 series RECEIPT 26-27: 3 follows 1" in said.splitlines()
    assert "GUARD trigger fees_no_delete: it is missing, switched off or another one" in said.splitlines()
    assert found["ok"] is False
    assert {"rule": "I6", "rows": "series RECEIPT 26-27", "says": "3 follows 1"} in found["broken"]


def test_what_cannot_be_looked_at_is_said_in_a_line_with_status_2() -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE fee_reminders RENAME TO gone")
            cursor.execute("ALTER TABLE fee_bills RENAME TO gone_too")
        status, said = check()
        transaction.set_rollback(True)
    assert status == 2
    assert said.startswith("check_fees: ")
    assert said.count("\n") == 1
