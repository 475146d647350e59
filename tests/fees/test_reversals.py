"""Taking payments back: who may, what is open again, and from which drawer it goes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from coaching.lib.errors import NotAllowed
from fees import advances, cheques, days, ledger, proving, reversals
from fees.models import Bill, Document, Due, LedgerEntry, Mode, Payment, Reversal
from fees.receiving import MoneyRefused
from tests import people
from tests.fees import made
from tests.fees.paid import fined, pay, settings

pytestmark = pytest.mark.django_db


def undo(payment: Payment, *, actor: User | None = None, after_min: int = 1, reason: str = "Wrong student") -> Reversal:
    now = payment.received_at + timedelta(minutes=after_min)
    return reversals.undo(payment, reason=reason, actor=actor or made.the_cashier(), now=now)


def test_what_was_paid_is_open_again_and_nothing_is_deleted() -> None:
    due = made.due(10000, days=-3)
    paid = pay(15000)
    undo(paid)
    due.balance.refresh_from_db()
    paid.refresh_from_db()
    assert (due.balance.open_paise, advances.of(paid.account)) == (10000, 0)
    assert paid.reversed_at is not None
    assert list(Document.objects.order_by("pk").values_list("kind", flat=True)) == ["RECEIPT", "CANCELLATION"]
    assert Document.objects.get(kind="CANCELLATION").cancels == paid.documents.get(kind="RECEIPT")
    assert Bill.objects.filter(due=due).exists()
    assert proving.broken() == []
    again = pay(10000)
    assert again.allocations.get().due == due


def test_it_is_taken_back_once() -> None:
    paid = pay(1000)
    undo(paid)
    with pytest.raises(MoneyRefused, match="already"):
        undo(paid, actor=people.admin())


@pytest.mark.parametrize(
    ("who", "after_min", "may"),
    [("cashier", 15, True), ("cashier", 16, False), ("teacher", 1, False), ("admin", 10_000, True)],
)
def test_a_cashier_undoes_his_own_for_a_while_and_an_admin_always(who: str, after_min: int, may: bool) -> None:
    made.the_cashier()
    paid, actor = pay(1000), people.EVERYBODY[who]()
    assert reversals.may_undo(paid, actor, paid.received_at + timedelta(minutes=after_min)) == may
    if may:
        assert undo(paid, actor=actor, after_min=after_min).made_by == actor
    else:
        with pytest.raises(NotAllowed):
            undo(paid, actor=actor, after_min=after_min)


def test_after_his_day_is_closed_a_cashier_undoes_nothing_and_an_admin_from_his_own_drawer() -> None:
    settings(undo_minutes=1440)
    paid = pay(1000)
    assert paid.day is not None
    days.close_day(paid.day, counted_paise=1000, note="", actor=made.the_cashier(), now=timezone.now())
    with pytest.raises(NotAllowed):
        undo(paid, after_min=0)
    reversal = undo(paid, actor=people.admin(), after_min=0)
    assert reversal.day is not None
    assert (reversal.day.cashier, days.drawer(reversal.day).should_be) == (people.admin(), -1000)
    assert proving.broken() == []


def test_while_his_day_is_open_it_leaves_the_drawer_it_came_into() -> None:
    paid = pay(1000)
    reversal = undo(paid, actor=people.admin(), after_min=60)
    assert reversal.day is not None
    assert reversal.day == paid.day
    assert days.drawer(reversal.day).should_be == 0
    assert days.drawer(reversal.day).by_mode[Mode.CASH] == days.Total(0, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_a_reversal_has_a_reason(reason: str) -> None:
    with pytest.raises(MoneyRefused) as refused:
        undo(pay(1000), reason=reason)
    assert refused.value.field == "reason"
    assert not Reversal.objects.exists()


def test_what_was_given_back_in_part_is_not_taken_back() -> None:
    paid = pay(1000)
    made_by = people.admin()
    advances.pay_out(
        paid.account,
        amount_paise=400,
        mode=Mode.CASH,
        reason="Left",
        actor=made_by,
        now=timezone.now(),
        form_token=paid.uuid,
    )
    with pytest.raises(MoneyRefused, match="given back"):
        undo(paid, actor=made_by)


def test_a_bounced_cheque_opens_the_due_of_its_first_day_and_costs_a_charge() -> None:
    made.registered(bounce_paise=50000)
    late = fined(-10)
    paid = pay(5000, mode=Mode.CHEQUE, reference="004471", bank="sbi", wanted={f"due:{late.uuid}": 5000})
    reversals.bounce(paid, reason="Funds insufficient", actor=people.admin(), now=timezone.now())
    charge = Due.objects.get(kind=Due.Kind.BOUNCE)
    assert (charge.total_paise, charge.due_on) == (50000, timezone.localdate())
    late.balance.refresh_from_db()
    assert late.balance.open_paise == 10000
    assert Due.objects.get(kind=Due.Kind.FINE).total_paise == 1000
    assert proving.broken() == []
    pay(5000, mode=Mode.CHEQUE, reference="004471", bank="SBI")  # presented again


def test_only_cheques_bounce() -> None:
    with pytest.raises(MoneyRefused):
        reversals.bounce(pay(1000), reason="No", actor=people.admin(), now=timezone.now())


def test_a_cleared_cheque_is_taken_back_out_of_the_bank() -> None:
    paid, today, now = pay(5000, mode=Mode.CHEQUE, reference="1", bank="SBI"), timezone.localdate(), timezone.now()
    cheques.deposit(paid, on=today, actor=people.admin(), now=now)
    cheques.clear(paid, on=today, actor=people.admin(), now=now)
    undo(paid, actor=people.admin())
    assert LedgerEntry.objects.get(kind="REVERSAL").credit == ledger.BANK
    assert proving.broken() == []
