"""Whoever joins a batch with a default plan owes what it costs, for as long as he stays."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from batches import archive, enrolments
from batches.models import Batch, Enrolment
from fees import charging, credits, endings
from fees.models import Agreement, Concession, Credit, Due, LedgerEntry, PriceMode
from tests import people
from tests.batches.enrolling import batch
from tests.fees import charged, made

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _the_books_are_right(db: None) -> Iterator[None]:
    yield
    assert charged.wrong() == []


def today() -> date:
    return timezone.localdate()


def at(day: date) -> datetime:
    return enrolments.beginning_of(day, now=timezone.now())


def joins(one: Batch, **fields: object) -> Enrolment:
    return enrolments.enrol(one, student=people.student(), actor=people.admin(), **fields)


def dues(**fields: object) -> list[tuple[int, int, int]]:
    """Part, what is open, and in how many days it is due."""
    rows = Due.objects.filter(**fields).select_related("balance").order_by("seq")
    return [(one.part, one.balance.open_paise, (one.due_on - today()).days) for one in rows]


# --- Joining ----------------------------------------------------------------------------------------------------------


def test_who_joins_owes_the_default_plan_of_the_batch() -> None:
    made.registered()
    one = batch()
    made.plan(one, (2360000, 0), (1180001, 30))
    stay = joins(one)
    first, second = Due.objects.order_by("seq")
    assert [(due.total_paise, due.taxable_paise, due.cgst_paise, due.part, due.parts) for due in (first, second)] == [
        (2360000, 2000000, 180000, 1, 2),
        (1180001, 1000001, 90000, 2, 2),
    ]
    assert dues() == [(1, 2360000, 0), (2, 1180001, 30)]
    assert (first.supply_state, first.lines.get().gst_bp, first.source) == ("27", 1800, "enrolment")
    assert Agreement.objects.get().enrolment == stay
    assert LedgerEntry.objects.filter(debit=f"student:{first.account_id}", credit="unbilled").count() == 2


def test_without_a_plan_students_owe_nothing_and_only_the_first_costs_queries(django_assert_num_queries) -> None:
    first, second = made.enrolment(), made.enrolment(people.other_student(), Batch.objects.get())
    second.batch = first.batch
    with django_assert_num_queries(2):
        charging.follow_enrolment(first)
        charging.follow_enrolment(second)
    assert not Due.objects.exists()


def test_a_long_plan_costs_no_more_queries_than_a_short_one(django_assert_max_num_queries) -> None:
    one = batch()
    made.plan(one, *((10000, days) for days in range(24)))
    stay = made.enrolment(batch=one)
    with django_assert_max_num_queries(15):
        charging.follow_enrolment(stay)
    with django_assert_max_num_queries(4):
        charging.follow_enrolment(stay)
    assert Due.objects.count() == 24


@pytest.mark.parametrize(
    ("mode", "settings", "paise", "columns"),
    [
        (PriceMode.INCLUSIVE, {}, 100000, (84746, 7627, 7627, 0)),
        (PriceMode.EXCLUSIVE, {}, 100000, (100000, 9000, 9000, 0)),
        (PriceMode.EXCLUSIVE, {"gst_mode": "COMPOSITION"}, 100000, (100000, 0, 0, 0)),
        (PriceMode.INCLUSIVE, {"gst_mode": "UNREGISTERED", "gstin": ""}, 100000, (100000, 0, 0, 0)),
    ],
)
def test_tax_is_within_on_top_or_absent(mode: str, settings: dict, paise: int, columns: tuple) -> None:
    made.registered(**settings)
    one = batch()
    made.plan(one, (paise, 0), price_mode=mode)
    joins(one)
    due = Due.objects.get()
    assert (due.taxable_paise, due.cgst_paise, due.sgst_paise, due.igst_paise) == columns
    assert due.lines.get().gst_bp == (1800 if due.cgst_paise else 0)


@pytest.mark.parametrize(
    ("account", "mode", "place", "is_inter_state"),
    [
        ({"state_code": "29"}, "CLASSROOM", "27", False),
        ({"state_code": "29"}, "ONLINE", "29", True),
        ({"state_code": "29", "gstin": "29AAGCB7383J1Z4"}, "CLASSROOM", "29", True),
        ({}, "ONLINE", "27", False),
    ],
)
def test_the_place_of_supply_decides_between_the_halves_and_igst(
    account: dict, mode: str, place: str, is_inter_state: bool
) -> None:
    made.registered()
    row = made.account()
    type(row).objects.filter(pk=row.pk).update(**account)
    one = batch()
    Batch.objects.filter(pk=one.pk).update(mode=mode)
    made.plan(one, (118000, 0))
    joins(one)
    due = Due.objects.get()
    assert (due.supply_state, due.igst_paise, due.cgst_paise) == (place, *((18000, 0) if is_inter_state else (0, 9000)))


def test_heads_fall_into_instalments_and_add_up_in_every_column() -> None:
    made.registered()
    one = batch()
    plan = charged.plan(one, {"Tuition": 9000002, "Books": 1000001}, (4000001, 0), (3000001, 30), (3000001, 60))
    joins(one)
    for due in Due.objects.prefetch_related("lines"):
        assert due.lines.count() == 2
        for column in ("taxable_paise", "cgst_paise", "sgst_paise", "total_paise"):
            assert sum(getattr(line, column) for line in due.lines.all()) == getattr(due, column)
    assert sum(due.total_paise for due in Due.objects.all()) == plan.total_paise


def test_who_is_charged_twice_owes_it_once() -> None:
    one = batch()
    stay = joins(one)
    plan = made.plan(one, (10000, 0))
    assert charging.charge_batch(one, actor=people.admin(), now=timezone.now()) == 1
    assert charging.charge_batch(one, actor=people.admin(), now=timezone.now()) == 0
    agreed = charging.charge(stay, plan=plan, actor=people.admin(), source="office", now=timezone.now())
    assert (agreed.made_by, Due.objects.count()) == (people.admin(), 1)


def test_who_joined_before_there_was_a_plan_is_charged_by_hand_only() -> None:
    one = batch()
    stay = joins(one)
    made.plan(one, (10000, 0))
    enrolments.change_dates(stay, joined_at=stay.joined_at - DAY, left_at=None, actor=people.admin())
    enrolments.leave(stay, actor=people.admin())
    archive.archive_batch(one, actor=people.admin(), now=timezone.now())
    assert not Due.objects.exists()


def test_no_plan_of_another_batch_or_student_is_agreed_to() -> None:
    stay, other = made.enrolment(), made.enrolment(people.other_student())
    own = made.plan(stay.batch, (10000, 0), name="Own", enrolment=other)
    foreign = made.plan(batch("Other"), (10000, 0))
    for plan in (own, foreign):
        with pytest.raises(charging.WrongPlan):
            charging.charge(stay, plan=plan, actor=people.admin(), source="office", now=timezone.now())


def test_the_daily_repair_charges_whom_the_hook_missed_but_nobody_from_before_the_plan() -> None:
    one = batch()
    made.enrolment(people.student(), one)
    Enrolment.objects.update(created_at=timezone.now() - DAY)
    made.plan(one, (10000, 0), (10000, 60))
    missed = made.enrolment(people.other_student(), one)
    assert (charging.repair(now=timezone.now()), charging.repair(now=timezone.now())) == (1, 0)
    assert {due.enrolment for due in Due.objects.all()} == {missed}
    Enrolment.objects.filter(pk=missed.pk).update(left_at=timezone.now())
    assert (charging.repair(now=timezone.now()), charging.repair(now=timezone.now())) == (1, 0)
    assert [open_paise for _part, open_paise, _days in dues()] == [10000, 0]
    Enrolment.objects.filter(pk=missed.pk).update(left_at=None)
    assert (charging.repair(now=timezone.now()), charging.repair(now=timezone.now())) == (1, 0)
    assert [open_paise for _part, open_paise, _days in dues()] == [10000, 0, 10000]


# --- Leaving ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stay() -> Enrolment:
    one = batch()
    made.plan(one, (10000, 0), (20000, 10), (30000, 40))
    return joins(one)


def test_who_leaves_owes_what_was_due_until_his_last_day(stay: Enrolment) -> None:
    enrolments.leave(stay, left_at=enrolments.end_of(today() + 10 * DAY), actor=people.admin())
    assert dues() == [(1, 10000, 0), (2, 20000, 10), (3, 0, 40)]
    [gone] = Credit.objects.all()
    assert (gone.kind, gone.amount_paise, gone.source) == (Credit.Kind.WITHDRAWAL, 30000, "enrolment")


def test_what_is_partly_paid_or_billed_is_left_to_the_office(stay: Enrolment) -> None:
    second = Due.objects.get(part=2)
    made.payment(100, (second, 100))
    enrolments.leave(stay, actor=people.admin())
    assert dues() == [(1, 10000, 0), (2, 19900, 10), (3, 0, 40)]


def test_an_end_that_is_lifted_brings_the_dues_back_once(stay: Enrolment) -> None:
    enrolments.leave(stay, actor=people.admin())
    for left_at in (enrolments.end_of(today() + 20 * DAY), None, None):
        enrolments.change_dates(stay, joined_at=stay.joined_at, left_at=left_at, actor=people.admin())
    charging.follow_enrolment(Enrolment.objects.get())
    assert dues(credits=None) == [(1, 10000, 0), (2, 20000, 10), (3, 30000, 40)]
    assert list(Due.objects.order_by("seq").values_list("seq", "part")) == [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3)]


def test_who_is_back_after_a_due_day_is_not_late_for_it(stay: Enrolment) -> None:
    made.payment(10000, (Due.objects.get(part=1), 10000))
    enrolments.leave(stay, actor=people.admin())
    Enrolment.objects.update(left_at=None)
    row, agreement = Enrolment.objects.get(), Agreement.objects.select_related("plan").get()
    later = made.booking(timezone.now() + 15 * DAY)
    assert endings.follow(row, agreement, agreement.account, later)
    assert not endings.follow(row, agreement, agreement.account, later)
    assert dues(credits=None) == [(1, 0, 0), (2, 20000, 15), (3, 30000, 40)]


def test_a_concession_stays_with_dues_that_come_back(stay: Enrolment) -> None:
    third = Due.objects.get(part=3)
    granted = Concession.objects.create(
        account=third.account,
        enrolment=stay,
        type="SCHOLARSHIP",
        kind="AMOUNT",
        amount_paise=5000,
        reason="Rank 1",
        state="APPROVED",
        decided_at=timezone.now(),
    )
    booking = made.booking()
    credits.credit(third, kind="CONCESSION", amount_paise=5000, reason="Rank 1", booking=booking, concession=granted)
    credits.credit(third, kind="CORRECTION", amount_paise=1000, reason="Typed wrongly", booking=booking)
    enrolments.leave(stay, actor=people.admin())
    enrolments.change_dates(stay, joined_at=stay.joined_at, left_at=None, actor=people.admin())
    new = Due.objects.get(part=3, seq=5)
    assert (new.total_paise, new.balance.open_paise, new.credits.get().concession) == (29000, 24000, granted)


def test_who_leaves_before_he_came_owes_nothing() -> None:
    one = batch()
    made.plan(one, (10000, 0), (20000, 10))
    begins = at(today() + 5 * DAY)
    stay = joins(one, joined_at=begins)
    assert dues() == [(1, 10000, 5), (2, 20000, 15)]
    enrolments.leave(stay, left_at=begins, actor=people.admin())
    assert [open_paise for _part, open_paise, _days in dues()] == [0, 0]


def test_a_first_day_put_right_moves_what_nobody_touched() -> None:
    one = batch()
    made.plan(one, (10000, 0), (20000, 10))
    stay = joins(one, joined_at=at(today() + 5 * DAY))
    made.payment(10000, (Due.objects.get(part=1), 10000))
    enrolments.change_dates(stay, joined_at=at(today() + 8 * DAY), left_at=None, actor=people.admin())
    assert dues(credits=None) == [(1, 0, 5), (2, 20000, 18)]
    assert Credit.objects.get().kind == Credit.Kind.REPLACED


def test_a_transfer_ends_the_dues_here_and_begins_them_there(stay: Enrolment) -> None:
    other = batch("JEE 2027 B")
    made.plan(other, (50000, 20), name="Other")
    new = enrolments.transfer(stay, to=other, actor=people.admin())
    assert dues(enrolment=stay) == [(1, 10000, 0), (2, 0, 10), (3, 0, 40)]
    assert dues(enrolment=new) == [(1, 50000, 20)]


def test_an_archived_batch_ends_its_dues_and_taken_out_again_resumes_them(stay: Enrolment) -> None:
    archive.archive_batch(stay.batch, actor=people.admin(), now=timezone.now())
    assert dues() == [(1, 10000, 0), (2, 0, 10), (3, 0, 40)]
    archive.restore_batch(Batch.objects.get(), actor=people.admin(), now=timezone.now())
    assert dues(credits=None) == [(1, 10000, 0), (2, 20000, 10), (3, 30000, 40)]
