"""Advances: used when a due's day comes, or given back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from fees import advances, billing, days, proving
from fees.models import Allocation, Document, Due, Mode, Payout
from fees.receiving import FormUsed, MoneyRefused
from tests import people
from tests.fees import made
from tests.fees.paid import fined, pay

pytestmark = pytest.mark.django_db


def give_back(paise: int, **fields: object) -> list[Payout]:
    values = {
        "mode": Mode.CASH,
        "reason": "Left the batch",
        "actor": people.admin(),
        "now": timezone.now(),
        "form_token": uuid4(),
        **fields,
    }
    return advances.pay_out(made.account(), amount_paise=paise, **values)  # type: ignore[arg-type]


def test_an_advance_pays_a_due_when_its_day_comes_and_not_before() -> None:
    due = made.due(10000, days=5)
    first, second = pay(3000), pay(9000)
    now = timezone.now()
    assert advances.use_due(now=now + timedelta(days=4)) == 0
    assert advances.use_due(now=now + timedelta(days=5)) == 1
    assert advances.use_due(now=now + timedelta(days=5)) == 0
    paid = Allocation.objects.filter(due=due, made_by=None, source="advance").order_by("pk")
    assert [(one.payment, one.amount_paise) for one in paid] == [(first, 3000), (second, 7000)]
    assert advances.of(made.account()) == 2000
    assert proving.broken() == []


def test_what_is_late_takes_its_fine_from_the_advance_too() -> None:
    late = fined(-10)
    pay(5000, wanted={})
    advances.use_now(made.account(), actor=made.the_cashier(), now=timezone.now())
    fine = Due.objects.get(parent=late)
    assert {row.due_id: row.amount_paise for row in Allocation.objects.all()} == {fine.pk: 1000, late.pk: 4000}


def test_without_an_advance_nothing_is_used() -> None:
    made.due(10000)
    assert advances.use_now(made.account(), actor=made.the_cashier(), now=timezone.now()) == []


def test_an_advance_is_given_back_from_the_oldest_money() -> None:
    made.registered()
    first, second = pay(3000), pay(9000)
    given = give_back(5000, mode=Mode.UPI, reference="9001")
    assert [(one.payment, one.amount_paise) for one in given] == [(first, 3000), (second, 2000)]
    assert advances.of(made.account()) == 7000
    assert Document.objects.filter(kind="REFUND_VOUCHER").count() == 2
    assert proving.broken() == []


def test_cash_given_back_leaves_the_drawer() -> None:
    pay(3000, actor=people.admin())
    give_back(1000)
    day = days.today(people.admin(), now=timezone.now())
    assert day is not None
    assert days.drawer(day).should_be == 2000


@pytest.mark.parametrize(
    ("paise", "fields", "field"),
    [
        (3001, {}, "amount"),
        (0, {}, "amount"),
        (100, {"mode": Mode.CARD}, "mode"),
        (100, {"mode": Mode.UPI}, "reference"),
        (100, {"reason": " "}, "reason"),
    ],
)
def test_no_more_is_given_back_than_is_free_and_never_without_a_reason(
    paise: int, fields: dict[str, object], field: str
) -> None:
    made.due(10000)
    pay(13000)
    with pytest.raises(MoneyRefused) as refused:
        give_back(paise, **fields)
    assert refused.value.field == field
    assert not Payout.objects.exists()


def test_a_form_sent_twice_gives_back_once() -> None:
    pay(3000), pay(3000)
    token = uuid4()
    assert give_back(4000, form_token=token) == give_back(4000, form_token=token)
    with pytest.raises(FormUsed):
        give_back(100, form_token=token)
    assert advances.of(made.account()) == 2000


def test_an_advance_of_somebody_who_owes_nothing_is_left_alone() -> None:
    pay(3000)
    now = timezone.now()
    assert (advances.use_due(now=now), billing.bill_due(now=now)) == (0, 0)
