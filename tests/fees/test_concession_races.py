"""Two people decide, charge and pay at once: one is first, and the books stay right. On whichever database."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role
from batches import enrolments
from batches.models import Enrolment
from fees import agreements, charging, concessions, payments, proving
from fees.models import Agreement, Concession, Credit, Due, DueBalance, StudentAccount
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made
from tests.racing import outcomes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_books_are_right() -> Iterator[None]:
    yield
    assert proving.broken() == []


@pytest.fixture
def stay() -> Enrolment:
    one = batch()
    charged.plan(one, {"Tuition": 100000}, (50000, 0), (50000, 30))
    return enrolments.enrol(one, student=people.student(), actor=people.admin())


def failed(given: list[Any]) -> list[type]:
    return [type(one) for one in given if isinstance(one, Exception)]


def test_of_two_admins_one_decides(stay: Enrolment) -> None:
    row = concessions.request(
        stay, type="SCHOLARSHIP", bp=1000, reason="Rank 1", actor=made.the_cashier(), now=timezone.now()
    )
    other = people.person("Vikas", Role.ADMIN, email="v@pragati.test")

    def decide(actor: Any, verb: Any, **given: Any) -> Any:
        return verb(Concession.objects.get(pk=row.pk), actor=actor, now=timezone.now(), **given)

    works = [
        partial(decide, people.admin(), concessions.approve),
        partial(decide, other, concessions.approve),
        partial(decide, other, concessions.reject, reason="No"),
    ]
    assert failed(outcomes(works)) == [concessions.AlreadyDecided] * 2
    row.refresh_from_db()
    assert Credit.objects.count() == (2 if row.state == "APPROVED" else 0)


def test_a_concession_and_a_payment_of_all_never_come_to_more_than_is_due(stay: Enrolment) -> None:
    row = concessions.request(
        stay, type="HARDSHIP", bp=5000, reason="Flood", actor=made.the_cashier(), now=timezone.now()
    )
    pay = partial(
        payments.record,
        StudentAccount.objects.select_related("student").get(),
        mode="CASH",
        amount_paise=100000,
        actor=made.the_cashier(),
        now=timezone.now(),
        form_token="00000000-0000-4000-8000-000000000001",
    )
    outcomes([pay, partial(concessions.approve, row, actor=people.admin(), now=timezone.now())])
    assert all(one.open_paise >= 0 for one in DueBalance.objects.all())


def test_two_plans_agreed_at_once_leave_one_that_holds(stay: Enrolment) -> None:
    plans = [charged.plan(stay.batch, {"Tuition": paise}, (paise, 5), name=f"{paise}") for paise in (70000, 80000)]
    works = [
        partial(agreements.agree, stay, plan=plan, reason="Asked", actor=people.admin(), now=timezone.now())
        for plan in plans
    ]
    assert failed(outcomes(works)) == []
    held = Agreement.objects.select_related("plan").order_by("revision").last()
    assert held is not None
    assert (held.revision, [one.total_paise for one in Due.objects.open()]) == (3, [held.plan.total_paise])


def test_charging_a_batch_twice_at_once_charges_once() -> None:
    one = batch()
    made.enrolment(people.student(), one)
    made.plan(one, (10000, 0))
    charge = partial(charging.charge_batch, one, actor=people.admin(), now=timezone.now())
    assert failed(outcomes([charge, charge, partial(charging.repair, now=timezone.now())])) == []
    assert (Agreement.objects.count(), Due.objects.count()) == (1, 1)
