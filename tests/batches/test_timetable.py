"""Weekly slots: the classes they make, ending one, and changing one from some day on."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import Activity, Institute, Notification
from batches import classes, timetable
from batches.clashes import Clashes
from batches.classes import ClassDetails, ClassRefused
from batches.models import Batch, ClassSession, Holiday, WeeklySlot
from batches.slot_changes import change_slot
from batches.timetable import SlotChangedMeanwhile, SlotDetails, align, end_slot, fill, make_slot
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)  # a Wednesday, 11:30 in Kolkata
TODAY = date(2026, 11, 18)
TUESDAY, WEDNESDAY, MONDAY = 1, 2, 0


@pytest.fixture
def batch() -> Batch:
    return timetables.batch(starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 31))


def details(**fields: Any) -> SlotDetails:
    usual = {
        "weekday": TUESDAY,
        "starts_at": time(17),
        "ends_at": time(18, 30),
        "starts_on": TODAY,
        "ends_on": date(2026, 12, 31),
        "teacher": people.teacher(),
        "room": timetables.room(),
    }
    return SlotDetails(**{**usual, **fields})


def made(batch: Batch, **fields: Any) -> WeeklySlot:
    slot = make_slot(batch, to=details(**fields), actor=people.admin(), now=NOW).slot
    assert slot
    return slot


def days(slot: WeeklySlot) -> list[date | None]:
    return [row.on for row in slot.class_sessions.order_by("on")]


def change(slot: WeeklySlot, *, from_day: date = TODAY, now: datetime = NOW, **fields: Any) -> timetable.Outcome:
    to = replace(SlotDetails.of(slot), **fields)
    return change_slot(slot, to=to, from_day=from_day, revision=slot.revision, actor=people.admin(), now=now)


# --- Making -----------------------------------------------------------------------------------------------------------


def test_a_slot_makes_a_class_each_week_but_on_holidays(batch: Batch) -> None:
    Holiday.objects.create(name="Guru Nanak Jayanti", starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24))
    slot = made(batch, ends_on=date(2026, 12, 10))
    assert days(slot) == [date(2026, 12, 1), date(2026, 12, 8)]
    first = slot.class_sessions.earliest("starts_at")
    assert first.starts_at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    assert first.ends_at - first.starts_at == timedelta(minutes=90)
    assert (first.teacher, first.room, first.sequence) == (people.teacher(), timetables.room(), 0)


def test_a_slot_that_begins_before_today_has_past_classes_too(batch: Batch) -> None:
    slot = made(batch, starts_on=batch.starts_on, ends_on=date(2026, 11, 24))
    assert days(slot) == [date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 17), date(2026, 11, 24)]


def test_a_class_over_midnight_ends_the_next_day(batch: Batch) -> None:
    row = made(batch, starts_at=time(23), ends_at=time(0, 30)).class_sessions.earliest("starts_at")
    assert row.on == date(2026, 11, 24)
    assert row.ends_at - row.starts_at == timedelta(minutes=90)


def test_the_same_form_twice_makes_one_slot(batch: Batch) -> None:
    slot = made(batch)
    again = make_slot(batch, to=details(), slot_uuid=slot.uuid, actor=people.admin(), now=NOW)
    assert (again.slot, again.made) == (slot, 0)
    assert WeeklySlot.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": date(2027, 1, 5)}, "ends_on"),
        ({"starts_on": date(2026, 10, 31)}, "starts_on"),
        ({"starts_on": date(2026, 12, 1), "ends_on": date(2026, 11, 30)}, "ends_on"),
        ({"ends_at": time(17)}, "ends_at"),
        ({"ends_at": time(5, 1)}, "ends_at"),
        ({"starts_on": date(2026, 11, 18), "ends_on": date(2026, 11, 23)}, "weekday"),
    ],
)
def test_a_slot_that_makes_no_sense_is_refused_at_its_field(batch: Batch, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ClassRefused) as refused:
        made(batch, **fields)
    assert refused.value.field == field
    assert not WeeklySlot.objects.exists()


def test_a_student_teaches_no_class(batch: Batch) -> None:
    with pytest.raises(ClassRefused, match="takes no classes"):
        made(batch, teacher=people.student())


def test_a_series_that_clashes_is_refused_whole_until_it_is_accepted(batch: Batch) -> None:
    made(batch)
    other = timetables.batch("NEET", starts_on=batch.starts_on, ends_on=batch.ends_on)
    with pytest.raises(Clashes) as clash:
        made(other, starts_at=time(18), ends_at=time(19))
    assert {one.kind for one in clash.value.clashes} == {"teacher", "room"}
    assert clash.value.proposals
    assert not other.slots.exists()
    keys = {one.key for one in clash.value.clashes}
    to = details(starts_at=time(18), ends_at=time(19))
    assert make_slot(other, to=to, despite=keys, actor=people.admin(), now=NOW).made == 6
    with pytest.raises(Clashes):  # what somebody accepted is not what comes after
        made(timetables.batch("Board", starts_on=batch.starts_on, ends_on=batch.ends_on), starts_at=time(18, 15))


def test_touching_classes_do_not_clash(batch: Batch) -> None:
    made(batch)
    other = timetables.batch("NEET", starts_on=batch.starts_on, ends_on=batch.ends_on)
    assert days(made(other, starts_at=time(18, 30), ends_at=time(20)))


def test_two_years_of_classes_cost_a_handful_of_queries(batch: Batch, django_assert_max_num_queries: Any) -> None:
    long = timetables.batch("Long", starts_on=TODAY, ends_on=TODAY + timedelta(days=700))
    with django_assert_max_num_queries(40):
        slot = make_slot(long, to=details(ends_on=long.ends_on), actor=people.admin(), now=NOW).slot
    assert slot
    with django_assert_max_num_queries(60):
        assert change(slot, ends_at=time(19)).changed == 100


# --- Telling ----------------------------------------------------------------------------------------------------------


def test_a_new_series_is_told_each_student_once(batch: Batch) -> None:
    timetables.enrol(people.student(), batch)
    made(batch)
    news = Notification.objects.filter(recipient=people.student())
    assert [one.title for one in news] == ["JEE 2027 A: new weekly classes"]
    assert "and 1 more" in news[0].body
    assert not Notification.objects.filter(recipient=people.admin()).exists()
    assert Activity.objects.filter(event="slot.made").count() == 1


# --- Filling and ending -----------------------------------------------------------------------------------------------


def test_filling_makes_what_is_missing_and_to_come(batch: Batch) -> None:
    slot = timetables.slot(batch, teacher=people.teacher(), starts_on=batch.starts_on, ends_on=date(2026, 12, 1))
    assert [row.on for row in fill([slot], now=NOW, actor=None)] == [date(2026, 11, 24), date(2026, 12, 1)]
    assert fill([slot], now=NOW, actor=None) == []


def test_an_ended_slot_keeps_what_was_held(batch: Batch) -> None:
    slot = made(batch, starts_on=batch.starts_on)
    outcome = end_slot(slot, from_day=date(2026, 12, 1), revision=1, actor=people.admin(), now=NOW)
    assert outcome.gone == 5
    assert days(slot)[-1] == date(2026, 11, 24)
    slot.refresh_from_db()
    assert slot.ends_on == date(2026, 11, 30)
    assert end_slot(slot, from_day=date(2026, 12, 1), revision=1, actor=people.admin(), now=NOW).gone == 0


def test_a_slot_that_never_held_a_class_goes_altogether(batch: Batch) -> None:
    slot = made(batch)
    assert end_slot(slot, from_day=TODAY, revision=1, actor=people.admin(), now=NOW).slot is None
    assert not ClassSession.objects.exists()


# --- Changing ---------------------------------------------------------------------------------------------------------


def test_this_and_following_moves_the_same_rows_to_the_next_slot(batch: Batch) -> None:
    slot = made(batch)
    numbers = {row.on: row.uuid for row in slot.class_sessions.all()}
    outcome = change(slot, from_day=date(2026, 12, 8), starts_at=time(16), ends_at=time(17))
    after = outcome.slot
    assert after
    assert (after.continues, after.starts_on, outcome.changed) == (slot, date(2026, 12, 8), 4)
    slot.refresh_from_db()
    assert (slot.ends_on, slot.revision) == (date(2026, 12, 7), 2)
    assert days(slot) == [date(2026, 11, 24), date(2026, 12, 1)]
    moved = after.class_sessions.get(on=date(2026, 12, 8))
    assert (moved.uuid, moved.sequence) == (numbers[date(2026, 12, 8)], 1)
    assert moved.starts_at == datetime(2026, 12, 8, 10, 30, tzinfo=UTC)


def test_all_coming_leaves_history_alone(batch: Batch) -> None:
    slot = made(batch, starts_on=batch.starts_on)
    after = change(slot, room=timetables.room("Hall")).slot
    assert after
    assert {row.room.name for row in slot.class_sessions.all() if row.room} == {"Room 1"}
    assert days(slot)[-1] == date(2026, 11, 17)
    assert {row.room.name for row in after.class_sessions.all() if row.room} == {"Hall"}


def test_a_slot_that_has_not_begun_is_changed_as_it_is(batch: Batch) -> None:
    slot = made(batch, starts_on=date(2026, 12, 1))
    outcome = change(slot, ends_at=time(19))
    assert outcome.slot == slot
    assert WeeklySlot.objects.get().revision == 2


def test_what_was_changed_by_hand_in_one_class_stays(batch: Batch) -> None:
    slot = made(batch)
    row = slot.class_sessions.get(on=date(2026, 12, 1))
    to = replace(ClassDetails.of(row), room=timetables.room("Hall"))
    classes.change_class(row, to=to, sequence=0, actor=people.admin(), now=NOW)
    outcome = change(slot, room=timetables.room("Room 2"), teacher=people.other_teacher())
    row.refresh_from_db()
    assert outcome.kept == 1
    assert row.room == timetables.room("Hall")
    assert row.teacher == people.other_teacher()


def test_another_weekday_moves_each_class_within_its_week(batch: Batch) -> None:
    slot = made(batch)
    after = change(slot, weekday=MONDAY, ends_on=date(2026, 12, 10)).slot
    assert after
    assert days(after) == [date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7)]
    assert ClassSession.objects.count() == 3


def test_a_week_whose_class_was_held_gets_no_second_one(batch: Batch) -> None:
    slot = made(batch, starts_on=batch.starts_on)  # held on Tuesday, yesterday
    after = change(slot, weekday=4).slot
    assert after
    assert days(after)[0] == date(2026, 11, 27)


def test_a_class_of_this_week_stays_when_its_new_day_is_past(batch: Batch) -> None:
    slot = made(batch, weekday=3, ends_on=date(2026, 11, 30))  # tomorrow, and the Thursday after
    outcome = change(slot, weekday=MONDAY)
    assert (outcome.changed, outcome.gone) == (1, 0)
    assert [row.on for row in ClassSession.objects.order_by("on")] == [
        date(2026, 11, 19),
        date(2026, 11, 23),
        date(2026, 11, 30),
    ]


def test_classes_that_land_on_a_holiday_are_cancelled_and_freed_ones_come_back(batch: Batch) -> None:
    slot = made(batch, ends_on=date(2026, 12, 10))
    holiday = Holiday.objects.create(name="Christmas", starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 2))
    after = change(slot, weekday=WEDNESDAY).slot
    assert after
    assert after.class_sessions.get(on=date(2026, 12, 2)).holiday == holiday
    back = change(after, weekday=TUESDAY).slot
    assert back
    assert not back.class_sessions.filter(cancelled_at__isnull=False).exists()


def test_a_class_cancelled_by_hand_moves_along_cancelled(batch: Batch) -> None:
    slot = made(batch)
    row = slot.class_sessions.get(on=date(2026, 12, 1))
    classes.cancel_class(row, reason="Marriage", sequence=0, actor=people.admin(), now=NOW)
    change(slot, weekday=WEDNESDAY)
    row.refresh_from_db()
    assert (row.on, row.is_cancelled, row.reason) == (date(2026, 12, 2), True, "Marriage")


def test_who_saves_on_an_old_page_changes_nothing(batch: Batch) -> None:
    slot = made(batch)
    change(slot, from_day=date(2026, 12, 8), room=timetables.room("Hall"))
    slot.revision = 1
    with pytest.raises(SlotChangedMeanwhile) as refused:
        change(slot, ends_at=time(19))
    assert refused.value.seen.revision == 2


def test_the_same_change_sent_twice_is_made_once(batch: Batch) -> None:
    slot = made(batch)
    to = replace(SlotDetails.of(slot), ends_at=time(19))
    given = {"to": to, "from_day": date(2026, 12, 8), "revision": 1, "actor": people.admin(), "now": NOW}
    first, second = change_slot(slot, **given), change_slot(slot, **given)
    assert first.slot == second.slot
    assert (WeeklySlot.objects.count(), second.changed) == (2, 0)


def test_the_old_and_the_new_teacher_are_told(batch: Batch) -> None:
    slot = made(batch)
    Notification.objects.all().delete()
    change(slot, teacher=people.other_teacher())
    told = set(Notification.objects.values_list("recipient__name", flat=True))
    assert told == {people.teacher().name, people.other_teacher().name}


# --- Zones ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Kolkata", {11.5}), ("Europe/Berlin", {15, 16})])
def test_classes_keep_their_clock_time_over_summer_time(zone: str, hours: set[float]) -> None:
    Institute.objects.create(pk=1, name="Pragati", time_zone=zone)
    batch = timetables.batch(starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 30))
    slot = made(batch, starts_on=batch.starts_on, ends_on=batch.ends_on)
    starts = [row.starts_at.astimezone(UTC) for row in slot.class_sessions.all()]
    assert {at.hour + at.minute / 60 for at in starts} == hours


def test_classes_follow_when_the_institute_changes_its_zone(batch: Batch) -> None:
    slot = made(batch)
    own = slot.class_sessions.get(on=date(2026, 12, 1))
    to = replace(ClassDetails.of(own), starts_at=own.starts_at - timedelta(hours=1))
    classes.change_class(own, to=to, sequence=0, actor=people.admin(), now=NOW)
    Institute.objects.create(pk=1, name="Pragati", time_zone="Europe/Berlin")
    assert align(now=NOW) == 5
    assert align(now=NOW) == 0
    assert slot.class_sessions.get(on=date(2026, 11, 24)).starts_at == datetime(2026, 11, 24, 16, tzinfo=UTC)
    own.refresh_from_db()
    assert own.starts_at == to.starts_at
