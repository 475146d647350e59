"""Concessions: one asks, another decides, and what is granted is exact."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import Guardianship
from batches import enrolments
from batches.models import Enrolment
from fees import charging, concessions, credits, fining, ledger, siblings
from fees.models import Bill, Concession, Credit, Due, FeeSettings
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made

pytestmark = pytest.mark.django_db
State = Concession.State


@pytest.fixture(autouse=True)
def _the_books_are_right(db: None) -> Iterator[None]:
    yield
    assert charged.wrong() == []


@pytest.fixture
def stay() -> Enrolment:
    one = batch()
    charged.plan(one, {"Tuition": 90000, "Books": 10001}, (50001, 0), (25000, 30), (25000, 60))
    return enrolments.enrol(one, student=people.student(), actor=people.admin())


def ask(stay: Enrolment, **fields: object) -> Concession:
    values = {"type": "SCHOLARSHIP", "reason": "Rank 1", "actor": people.cashier(), "now": timezone.now(), **fields}
    return concessions.request(stay, **values)


def approve(row: Concession) -> int:
    return concessions.approve(row, actor=people.admin(), now=timezone.now())


def open_now() -> list[int]:
    return [one.balance.open_paise for one in Due.objects.select_related("balance").order_by("seq")]


# --- How much ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ([{"bp": 1000}], [45001, 22500, 22500]),
        ([{"bp": 3333}], [33336, 16667, 16668]),
        ([{"amount_paise": 100}], [49951, 24975, 24975]),
        ([{"bp": 10000}], [0, 0, 0]),
        ([{"amount_paise": 10**9}], [0, 0, 0]),
        ([{"bp": 5000}, {"amount_paise": 10000}], [20000, 10000, 10000]),
        ([{"bp": 6000}, {"bp": 6000}], [0, 0, 0]),
    ],
)
def test_what_is_granted_is_spread_over_what_is_open(stay: Enrolment, asked: Sequence[dict], left: list[int]) -> None:
    before = sum(open_now())
    given = sum(approve(ask(stay, **one)) for one in asked)
    assert before - sum(open_now()) == given
    assert open_now() == left


def test_of_one_head_only_its_lines_become_less(stay: Enrolment) -> None:
    books = Due.objects.first().lines.get(head__name="Books").head
    assert approve(ask(stay, bp=5000, head=books)) == 5001
    left = credits.lines_left(Due.objects.all())
    sums = {"Tuition": 0, "Books": 0}
    for lines in left.values():
        for line, parts in lines:
            sums[line.head.name] += parts.total
    assert sums == {"Tuition": 90000, "Books": 5000}


def test_per_cent_is_of_what_was_issued_even_when_some_is_paid(stay: Enrolment) -> None:
    first = Due.objects.order_by("seq")[0]
    made.payment(50001, (first, 50001))
    assert approve(ask(stay, bp=1000)) == 10000
    assert open_now() == [0, 20000, 20000]


def test_dues_after_its_last_day_are_left(stay: Enrolment) -> None:
    assert approve(ask(stay, bp=1000, valid_until=timezone.localdate() + timedelta(days=30))) == 7500
    assert open_now() == [45001, 22500, 25000]


def test_credits_of_a_due_add_up_to_it_in_every_column() -> None:
    made.registered()
    one = batch()
    charged.plan(one, {"Tuition": 90007, "Books": 10003}, (100010, 0))
    stay = enrolments.enrol(one, student=people.student(), actor=people.admin())
    for paise in (1, 33333, 6667, 19999, 40010):
        approve(ask(stay, amount_paise=paise))
    due = Due.objects.get()
    columns = ("taxable_paise", "cgst_paise", "sgst_paise")
    assert due.credits.aggregate(**{name: Sum(name) for name in columns}) == {
        name: getattr(due, name) for name in columns
    }
    assert all(one.cgst_paise == one.sgst_paise >= 0 for one in due.credits.all())


# --- Who and when -----------------------------------------------------------------------------------------------------


def test_who_asked_does_not_decide_and_the_database_says_so_too(stay: Enrolment) -> None:
    row = ask(stay, bp=1000, actor=people.admin())
    with pytest.raises(concessions.OwnRequest, match="Another admin decides"):
        approve(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concession.objects.filter(pk=row.pk).update(
            state="APPROVED", decided_by=people.admin(), decided_at=timezone.now()
        )
    assert open_now() == [50001, 25000, 25000]


def test_only_the_first_decision_counts(stay: Enrolment) -> None:
    row = ask(stay, bp=1000)
    approve(row)
    with pytest.raises(concessions.AlreadyDecided, match="was faster: Approved"):
        approve(row)
    with pytest.raises(concessions.AlreadyDecided):
        concessions.reject(row, reason="No", actor=people.admin(), now=timezone.now())
    assert Credit.objects.count() == 3


def test_the_same_is_not_asked_for_twice_while_it_waits(stay: Enrolment) -> None:
    row = ask(stay, bp=1000)
    with pytest.raises(concessions.AlreadyAsked):
        ask(stay, bp=1000)
    concessions.withdraw(row, actor=people.cashier(), now=timezone.now())
    again = ask(stay, bp=1000)
    concessions.reject(again, reason="Marks", actor=people.admin(), now=timezone.now())
    again.refresh_from_db()
    assert (again.state, again.decision_note, Credit.objects.count()) == (State.REJECTED, "Marks", 0)


def test_nothing_open_is_said_and_leaves_the_request_waiting(stay: Enrolment) -> None:
    row = ask(stay, bp=1000)
    made.payment(100001, *((due, due.total_paise) for due in Due.objects.all()))
    with pytest.raises(concessions.NothingOpen):
        approve(row)
    row.refresh_from_db()
    assert row.state == State.REQUESTED


def test_without_a_plan_there_is_nothing_to_ask_for() -> None:
    with pytest.raises(concessions.NothingOpen):
        ask(made.enrolment(), bp=1000)


# --- Revoking ---------------------------------------------------------------------------------------------------------


def revoke(row: Concession) -> None:
    concessions.revoke(row, reason="Left the school", actor=people.admin(), now=timezone.now())


def test_revoked_instalments_nobody_touched_are_whole_again(stay: Enrolment) -> None:
    row, other = ask(stay, bp=10000), ask(stay, amount_paise=100)
    approve(other)
    approve(row)
    revoke(row)
    stand = Due.objects.open().select_related("balance").order_by("due_on")
    assert [(one.part, one.balance.open_paise) for one in stand] == [(1, 49951), (2, 24975), (3, 24975)]
    with pytest.raises(concessions.AlreadyDecided):
        revoke(row)


def test_revoked_after_payment_it_is_a_new_charge(stay: Enrolment) -> None:
    row = ask(stay, bp=1000)
    approve(row)
    first = Due.objects.order_by("seq")[0]
    made.payment(45001, (first, 45001))
    revoke(row)
    charge = Due.objects.get(kind=Due.Kind.OTHER)
    assert (charge.total_paise, charge.due_on, charge.label) == (
        5000,
        timezone.localdate(),
        "Concession revoked: Scholarship",
    )
    assert sum(open_now()) == 5000 + 25000 + 25000


def test_what_was_billed_gets_a_new_charge_with_its_tax() -> None:
    made.registered()
    one = batch()
    charged.plan(one, {"Tuition": 118000}, (118000, 0))
    stay = enrolments.enrol(one, student=people.student(), actor=people.admin())
    row = ask(stay, bp=1000)
    approve(row)
    due = Due.objects.get()
    left = [(line.head_id, parts) for line, parts in credits.lines_left([due])[due.pk]]
    ledger.billed([(Bill.objects.create(due=due, billed_on=timezone.localdate()), left)], made.booking())
    revoke(row)
    charge = Due.objects.get(kind=Due.Kind.OTHER)
    assert (charge.total_paise, charge.taxable_paise, charge.cgst_paise) == (11800, 10000, 900)


# --- Waiving ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def late() -> Due:
    """Thirty days late, a rupee a day."""
    one = batch()
    made.plan(one, (10000, 0), (10000, 90), fine_kind="PER_DAY", fine_paise=100)
    made.enrolment(people.student(), one)
    charging.follow_enrolment(Enrolment.objects.get())
    return Due.objects.get(part=1)


def test_a_fine_is_waived_as_it_has_grown_until_the_decision_and_grows_on(late: Due) -> None:
    now, later = timezone.now(), timezone.now() + timedelta(days=3)
    row = concessions.waive_request(late, late_fine=True, reason="Ill", actor=people.cashier(), now=now)
    assert (row.due.kind, row.due.total_paise, row.type) == (Due.Kind.FINE, 3000, "WAIVER")
    assert concessions.approve(row, actor=people.admin(), now=later) == 3300
    assert fining.accruing([late], on=timezone.localdate(later)) == {}
    assert fining.accruing([late], on=timezone.localdate(later + timedelta(days=2))) == {late.pk: 200}


def test_a_part_of_an_instalment_is_waived(late: Due) -> None:
    row = concessions.waive_request(
        late, amount_paise=2500, reason="Hardship", actor=people.cashier(), now=timezone.now()
    )
    assert approve(row) == 2500
    late.refresh_from_db()
    assert (late.balance.open_paise, late.credits.get().kind) == (7500, Credit.Kind.WAIVER)


def test_without_a_fine_nothing_is_waived(late: Due) -> None:
    later = Due.objects.get(part=2)
    with pytest.raises(concessions.NothingOpen):
        concessions.waive_request(later, late_fine=True, reason="Ill", actor=people.cashier(), now=timezone.now())


# --- Siblings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "got"), [("LATER", "other"), ("YOUNGER", "first")])
def test_the_sibling_discount_is_put_forward_for_the_later_or_the_younger_child(who: str, got: str) -> None:
    FeeSettings.objects.create(pk=1, sibling_bp=1000, sibling_who=who)
    one = batch()
    made.plan(one, (10000, 0))
    first, other = people.student(), people.other_student()
    for child, born in ((first, "2012-01-01"), (other, "2010-01-01")):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
        type(child).objects.filter(pk=child.pk).update(date_of_birth=born)
        enrolments.enrol(one, student=child, actor=people.admin())
    assert (siblings.suggest_all(now=timezone.now()), siblings.suggest_all(now=timezone.now())) == (1, 0)
    row = Concession.objects.get()
    assert (row.account.student, row.bp, row.requested_by) == ({"first": first, "other": other}[got], 1000, None)
    assert approve(row) == 1000
    assert siblings.suggest(row.account, actor=people.cashier(), now=timezone.now()) == []
