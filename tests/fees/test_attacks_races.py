"""Attacks with several at once: money, stays, plans and days change at the same moment. The books must prove right."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from batches import enrolments
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from fees import advances, agreements, billing, charging, concessions, days, payments, proving, reversals
from fees.models import Due, Payment, StudentAccount
from tests import people
from tests.batches.enrolling import batch, students
from tests.fees import charged, made
from tests.racing import outcomes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_books_are_right() -> Iterator[None]:
    yield
    assert proving.broken() == []


def unexpected(given: list[Any]) -> list[Any]:
    return [one for one in given if isinstance(one, Exception) and not isinstance(one, DomainError)]


def cash(student: User, actor: User, paise: int = 30000) -> Payment:
    account = StudentAccount.objects.select_related("student").get(student=student)
    given: dict[str, Any] = {
        "mode": "CASH",
        "amount_paise": paise,
        "actor": actor,
        "now": timezone.now(),
        "form_token": uuid4(),
    }
    return payments.record(account, **given)


def test_paying_while_the_stay_ends_its_plan_is_replaced_and_a_concession_is_approved() -> None:
    one, admin, cashier = batch(), people.admin(), made.the_cashier()
    charged.plan(one, {"Tuition": 100000}, (50000, 0), (50000, 30))
    stay = enrolments.enrol(one, student=people.student(), actor=admin)
    first = cash(stay.student, cashier, 10000)
    assert first.day is not None
    other = charged.plan(one, {"Tuition": 90000}, (90000, 0), name="Other")
    asked = concessions.request(stay, type="OTHER", bp=5000, reason="x", actor=cashier, now=timezone.now())
    now = timezone.now()
    works: list[Callable[[], Any]] = [
        partial(cash, stay.student, cashier),
        partial(cash, stay.student, admin, 70000),
        partial(enrolments.leave, stay, actor=admin),
        partial(agreements.agree, stay, plan=other, reason="x", actor=admin, now=now),
        partial(concessions.approve, asked, actor=admin, now=now),
        partial(reversals.undo, first, reason="x", actor=admin, now=now),
        partial(billing.bill_due, now=now),
        partial(charging.repair, now=now),
        partial(days.close_day, first.day, counted_paise=0, note="", actor=admin, now=now),
        partial(advances.use_due, now=now),
    ]
    assert unexpected(outcomes(works)) == []
    charging.repair(now=timezone.now())


def test_two_batches_filled_at_once_with_the_same_students_in_other_orders_do_not_block_each_other() -> None:
    both, who, admin = [batch("One"), batch("Two")], students(12), people.admin()
    for one in both:
        charged.plan(one, {"Tuition": 100000}, (50000, 0), (50000, 30))
    works = [
        partial(enrolments.enrol_many, one, students=order, actor=admin)
        for one, order in zip(both, (who, who[::-1]), strict=True)
    ]
    assert unexpected(outcomes(works)) == []
    assert Due.objects.count() == 48
    stays = [list(Enrolment.objects.filter(batch=one).order_by("pk")) for one in both]
    assert unexpected(outcomes([partial(enrolments.leave_many, rows, actor=admin) for rows in stays])) == []
    assert Due.objects.open().count() == 24
