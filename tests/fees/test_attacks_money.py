"""Attacks on the books: odd amounts, odd orders of events. After each of them the books must still prove right."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Role, User
from batches import enrolments
from batches.models import Enrolment
from coaching.lib.money import MOST_PAISE
from fees import advances, agreements, billing, concessions, due_page, proving, reversals
from fees.models import Agreement, Document, Due, DueBalance, Mode
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made, papers
from tests.fees.paid import fined, pay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_books_are_right() -> Iterator[None]:
    yield
    assert proving.broken() == []


def other_admin() -> User:
    return people.person("Vikas", Role.ADMIN, email="v@pragati.test")


def test_a_paisa_at_a_time_taken_off_a_billed_due_is_booked_to_the_paisa() -> None:
    made.registered()
    due = made.due(5900, heads=("Tuition", "Books"))
    billing.bill_due(now=timezone.now())
    for _ in range(30):
        due_page.correct(due, amount_paise=1, reason="x", form=uuid4(), actor=people.admin(), now=timezone.now())
    assert DueBalance.objects.get().open_paise == 5870


def test_the_form_of_one_correction_is_no_form_of_another() -> None:
    first, second, form = made.due(5000), made.due(7000), uuid4()
    for due in (first, second):
        due_page.correct(due, amount_paise=100, reason="x", form=form, actor=people.admin(), now=timezone.now())
    assert sorted(DueBalance.objects.values_list("open_paise", flat=True)) == [4900, 6900]


def test_money_of_a_cheque_that_is_not_cleared_is_not_given_back() -> None:
    paid = pay(10000, mode=Mode.CHEQUE, reference="123456", bank="SBI")
    with pytest.raises(advances.PayoutRefused):
        advances.pay_out(
            paid.account,
            amount_paise=1,
            mode="CASH",
            reason="x",
            actor=people.admin(),
            now=timezone.now(),
            form_token=uuid4(),
        )
    reversals.bounce(paid, reason="No funds", actor=people.admin(), now=timezone.now())


def test_who_left_and_gets_another_plan_still_owes_what_fell_into_his_stay() -> None:
    one = batch()
    charged.plan(one, {"Tuition": 100000}, (60000, 0), (40000, 400))
    stay = enrolments.enrol(one, student=people.student(), actor=people.admin())
    Enrolment.objects.filter(pk=stay.pk).update(joined_at=timezone.now() - timedelta(days=30))
    stay.refresh_from_db()
    enrolments.leave(stay, actor=people.admin(), left_at=timezone.now() - timedelta(days=10))
    stay.refresh_from_db()
    new = charged.plan(one, {"Tuition": 80000}, (50000, 0), (30000, 400), name="New")
    agreements.agree(stay, plan=new, reason="x", actor=people.admin(), now=timezone.now())
    assert [row.balance.open_paise for row in Due.objects.open()] == [50000]


def test_revoking_after_he_left_charges_nothing_of_after_his_stay() -> None:
    one = batch()
    charged.plan(one, {"Tuition": 100000}, (60000, 0), (40000, 40))
    stay = enrolments.enrol(one, student=people.student(), actor=people.admin())
    row = concessions.request(
        stay, type="SCHOLARSHIP", bp=10000, reason="x", actor=made.the_cashier(), now=timezone.now()
    )
    concessions.approve(row, actor=people.admin(), now=timezone.now())
    enrolments.leave(stay, actor=people.admin())
    concessions.revoke(row, reason="x", actor=people.admin(), now=timezone.now())
    assert sum(row.balance.open_paise for row in Due.objects.open()) == 60000


def test_a_fine_without_end_grows_to_no_more_than_a_due_may_be() -> None:
    stay = made.enrolment()
    plan = made.plan(stay.batch, (10000, 0), fine_kind="PER_DAY", fine_paise=MOST_PAISE)
    Agreement.objects.create(enrolment=stay, account=made.account(), plan=plan)
    fined(-10)
    pay(100)
    assert DueBalance.objects.get(due__kind="FINE").open_paise == MOST_PAISE - 100


def test_no_receipt_of_a_paisa_says_a_value_below_nothing() -> None:
    made.registered()
    made.due(1180)
    for _ in range(8):
        said = papers.snapshot(Document.objects.get(payment=pay(1)))
        assert [(line["amount"], line["taxable"]) for line in said["lines"]] == [(1, 1)]
