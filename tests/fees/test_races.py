"""Many at once, with real threads and on whichever database: no number twice, no gap, no due paid beyond what it is."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Role, User
from coaching.lib.errors import DomainError
from fees import days, payments, proving, reversals
from fees.models import CashierDay, DocSeries, Document, DueBalance, Mode, Payment, Reversal, StudentAccount
from fees.payable import NotPayable
from tests import people
from tests.fees import made
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPTS = 50
SENT = 8


@pytest.fixture(autouse=True)
def _the_books_are_right() -> Iterator[None]:
    yield
    assert proving.broken() == []


def cash(account: StudentAccount, cashier: User, paise: int = 1000, **fields: object) -> Payment:
    """One request, from its own reading of the account on."""
    values = {"form_token": uuid4(), "now": timezone.now(), **fields}
    own = StudentAccount.objects.get(pk=account.pk)
    return payments.record(own, mode=Mode.CASH, amount_paise=paise, actor=cashier, **values)  # type: ignore[arg-type]


def test_fifty_receipts_at_once_have_the_numbers_one_to_fifty() -> None:
    """Of seven students at the counters of three people, a registered institute's invoices and vouchers with them."""
    made.registered()
    students = [people.person(f"Student {n}", Role.STUDENT, admission_number=f"R-{n}") for n in range(7)]
    for one in students:
        made.due(3500, student=one)
    cashiers = [made.the_cashier(), people.admin(), people.person("Vikas", Role.ADMIN, email="v@pragati.test")]
    accounts = [made.account(one) for one in students]
    works = [partial(cash, accounts[n % 7], cashiers[n % 3]) for n in range(RECEIPTS)]
    at_once(works)
    serials = Document.objects.filter(kind="RECEIPT").order_by("serial").values_list("serial", flat=True)
    assert list(serials) == list(range(1, RECEIPTS + 1))
    assert DocSeries.objects.get(kind="RECEIPT").next == RECEIPTS + 1
    assert Document.objects.filter(kind="INVOICE").count() == 7
    assert set(DueBalance.objects.values_list("open_paise", flat=True)) == {0}


def test_a_form_sent_eight_times_at_once_is_one_payment() -> None:
    due, cashier, token = made.due(10000), made.the_cashier(), uuid4()
    given = at_once([partial(cash, due.account, cashier, form_token=token)] * SENT)
    assert len({one.pk for one in given}) == Payment.objects.count() == 1
    assert Document.objects.count() == 1


def test_two_cashiers_who_choose_the_same_due_at_once_do_not_pay_it_twice() -> None:
    due = made.due(10000)
    wanted = {f"due:{due.uuid}": 10000}
    works = [partial(cash, due.account, who, 10000, wanted=wanted) for who in (made.the_cashier(), people.admin())]
    kinds = Counter(type(one) for one in outcomes(works))
    assert kinds == {Payment: 1, NotPayable: 1}
    assert DueBalance.objects.get().open_paise == 0


def test_two_who_pay_by_order_at_once_leave_the_surplus_as_advance() -> None:
    due = made.due(10000)
    at_once([partial(cash, due.account, who, 8000) for who in (made.the_cashier(), people.admin())])
    assert (DueBalance.objects.get().open_paise, proving.counted()["payments"]) == (0, 2)


def test_undoing_while_more_is_paid_leaves_the_due_as_its_money_makes_it() -> None:
    due, cashier = made.due(10000), made.the_cashier()
    first = cash(due.account, cashier, 6000)
    undo = partial(reversals.undo, first, reason="Wrong", actor=people.admin(), now=timezone.now())
    undone, again, paid = outcomes([undo, undo, partial(cash, due.account, cashier, 6000)])
    assert Reversal.objects.count() == 1
    assert isinstance(paid, Payment)
    assert sorted([type(undone).__name__, type(again).__name__]) == ["Reversal", "ReversalRefused"]
    assert DueBalance.objects.get().open_paise in {4000, 6000}


def test_closing_a_day_while_money_comes_counts_it_or_refuses_it() -> None:
    cashier, account = made.the_cashier(), made.account()
    day = days.open_day(cashier, opening_paise=0, now=timezone.now())
    close = partial(days.close_day, day, counted_paise=0, note="", actor=cashier, now=timezone.now())
    closed, *came = outcomes([close, *[partial(cash, account, cashier)] * 4])
    taken = [one for one in came if isinstance(one, Payment)]
    assert {type(one) for one in came} <= {Payment, days.DayClosed}
    assert closed.expected_paise == 1000 * len(taken)


def test_two_admins_who_undo_each_others_payments_of_closed_days_do_not_block_each_other() -> None:
    both = [people.admin(), people.person("Vikas", Role.ADMIN, email="v@pragati.test")]
    paid = [cash(made.account(), both[0]), cash(made.account(people.other_student()), both[1])]
    for who in both:
        day = CashierDay.objects.get(cashier=who)
        days.close_day(day, counted_paise=1000, note="", actor=who, now=timezone.now())
    now = timezone.now()
    works = [
        partial(reversals.undo, one, reason="Wrong", actor=who, now=now)
        for one, who in zip(paid, both[::-1], strict=True)
    ]
    assert all(isinstance(one, DomainError) for one in outcomes(works))
