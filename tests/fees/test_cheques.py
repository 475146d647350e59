"""What becomes of a cheque: it is taken to the bank, and cleared there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fees import cheques, ledger, proving, reversals
from fees.cheques import ChequeRefused
from fees.models import ChequeStep, LedgerEntry, Mode, Payment
from tests import people
from tests.fees import made
from tests.fees.paid import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def cheque() -> Payment:
    return pay(5000, mode=Mode.CHEQUE, reference="004471", bank="SBI")


def deposit(payment: Payment, days: int = 0) -> ChequeStep:
    on = timezone.localdate() + timedelta(days=days)
    return cheques.deposit(payment, on=on, actor=made.the_cashier(), now=timezone.now())


def clear(payment: Payment, days: int = 0) -> ChequeStep:
    on = timezone.localdate() + timedelta(days=days)
    return cheques.clear(payment, on=on, actor=made.the_cashier(), now=timezone.now())


def waiting() -> list[bool]:
    return [bool(vars(one)["is_deposited"]) for one in cheques.waiting(people.admin())]


def test_a_cheque_goes_to_the_bank_and_its_money_with_it(cheque: Payment) -> None:
    assert waiting() == [False]
    deposit(cheque)
    assert waiting() == [True]
    clear(cheque)
    assert waiting() == []
    entry = LedgerEntry.objects.get(kind="CLEARING")
    assert (entry.debit, entry.credit, entry.amount_paise) == (ledger.BANK, ledger.CHEQUES, 5000)
    assert proving.broken() == []


def test_each_step_is_taken_once_and_in_order(cheque: Payment) -> None:
    with pytest.raises(ChequeRefused):
        clear(cheque)
    deposit(cheque)
    with pytest.raises(ChequeRefused):
        deposit(cheque)
    clear(cheque)
    with pytest.raises(ChequeRefused):
        clear(cheque)


@pytest.mark.parametrize("days", [-1, 1])
def test_no_step_lies_before_the_receipt_or_ahead(cheque: Payment, days: int) -> None:
    with pytest.raises(ChequeRefused):
        deposit(cheque, days)


def test_neither_cash_nor_a_bounced_cheque_goes_to_the_bank(cheque: Payment) -> None:
    reversals.bounce(cheque, reason="Signature differs", actor=people.admin(), now=timezone.now())
    for one in (cheque, pay(1000)):
        with pytest.raises(ChequeRefused):
            deposit(one)
    assert waiting() == []
