"""Several people at one slot, one class, one room or one teacher at the same moment, on whichever database."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import Activity
from batches import archive, classes
from batches.clashes import Clashes
from batches.classes import ClassChangedMeanwhile, ClassDetails
from batches.models import Batch, ClassSession, Enrolment, WeeklySlot
from batches.slot_changes import change_slot
from batches.timetable import Outcome, SlotChangedMeanwhile, SlotDetails, end_slot, fill, make_slot
from tests import people
from tests.batches import timetables
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def in_a_week() -> date:
    return timezone.localdate() + timedelta(days=7)


def details(batch: Batch, **fields: Any) -> SlotDetails:
    day = in_a_week()
    usual = SlotDetails(day.weekday(), time(17), time(18, 30), day, batch.ends_on, teacher=people.teacher())
    return replace(usual, **fields)


def made(batch: Batch, **fields: Any) -> WeeklySlot:
    slot = make_slot(batch, to=details(batch, **fields), actor=people.admin(), now=timezone.now()).slot
    assert slot
    return slot


def held(hour: int = 17, **fields: Any) -> ClassDetails:
    begins = timetables.at(in_a_week(), hour)
    return replace(ClassDetails(begins, begins + timedelta(minutes=90)), **fields)


def kinds(given: list[object]) -> dict[str, int]:
    return dict(Counter(type(one).__name__ for one in given))


def overlapping(now: datetime) -> int:
    """How many pairs of coming classes want the same teacher or room at one instant."""
    rows = list(ClassSession.objects.held().filter(ends_at__gt=now))
    return sum(
        one.pk < other.pk
        and one.starts_at < other.ends_at
        and other.starts_at < one.ends_at
        and (one.teacher_id == other.teacher_id is not None or one.room_id == other.room_id is not None)
        for one in rows
        for other in rows
    )


def test_of_admins_who_change_one_slot_at_once_one_does_and_the_others_are_told() -> None:
    slot, actor, now = made(timetables.batch()), people.admin(), timezone.now()
    usual = SlotDetails.of(slot)
    works = [
        partial(
            change_slot,
            slot,
            to=replace(usual, starts_at=time(hour), ends_at=time(hour + 1)),
            from_day=in_a_week() + timedelta(days=7),
            revision=slot.revision,
            actor=actor,
            now=now,
        )
        for hour in range(8, 8 + AT_ONCE)
    ]
    given = outcomes(works)
    assert kinds(given) == {"Outcome": 1, "SlotChangedMeanwhile": AT_ONCE - 1}
    winner = next(one for one in given if isinstance(one, Outcome))
    assert winner.slot
    rows = ClassSession.objects.held().order_by("on")
    on = list(rows.values_list("on", flat=True))
    assert len(on) == len(set(on))
    assert {row.slot_id for row in rows[1:]} == {winner.slot.pk}
    assert WeeklySlot.objects.count() == 2
    assert Activity.objects.filter(event="slot.changed").count() == 1


def test_an_old_page_that_ends_a_slot_while_another_changes_it_loses_nothing() -> None:
    slot, actor, now = made(timetables.batch()), people.admin(), timezone.now()
    later = in_a_week() + timedelta(days=14)
    to = replace(SlotDetails.of(slot), starts_at=time(9), ends_at=time(10))
    common: dict[str, Any] = {"from_day": later, "revision": slot.revision, "actor": actor, "now": now}
    given = outcomes([partial(change_slot, slot, to=to, **common), partial(end_slot, slot, **common)])
    assert [type(one) for one in given].count(SlotChangedMeanwhile) == 1
    after = ClassSession.objects.held().filter(on__gte=later).count()
    assert (after == 0) == isinstance(given[0], SlotChangedMeanwhile)


def test_one_form_sent_many_times_at_once_makes_one_slot_with_one_class_a_week() -> None:
    batch, actor, number, now = timetables.batch(), people.admin(), UUID(int=7), timezone.now()
    to = details(batch)
    given = at_once([partial(make_slot, batch, to=to, slot_uuid=number, actor=actor, now=now)] * AT_ONCE)
    assert {one.slot.uuid for one in given} == {number}
    assert ClassSession.objects.count() == max(one.made for one in given) > 0
    assert Activity.objects.filter(event="slot.made").count() == 1


def test_of_many_series_that_want_one_teacher_at_once_one_gets_him() -> None:
    batches = [timetables.batch(f"Batch {number}") for number in range(4)]
    actor, now = people.admin(), timezone.now()
    given = outcomes([partial(make_slot, one, to=details(one), actor=actor, now=now) for one in batches])
    assert kinds(given) == {"Outcome": 1, "Clashes": 3}
    assert overlapping(now) == 0


def test_of_many_classes_that_want_one_room_at_once_one_gets_it() -> None:
    batches = [timetables.batch(f"Batch {number}") for number in range(AT_ONCE)]
    actor, now, to = people.admin(), timezone.now(), held(room=timetables.room())
    given = outcomes([partial(classes.add_class, one, to=to, actor=actor, now=now) for one in batches])
    assert kinds(given) == {"ClassSession": 1, "Clashes": AT_ONCE - 1}
    assert overlapping(now) == 0


def test_two_who_swap_rooms_at_once_wait_in_no_circle() -> None:
    rooms = [timetables.room("Room 1"), timetables.room("Room 2")]
    actor, now = people.admin(), timezone.now()
    for round_ in range(3):
        batches = [timetables.batch(f"Batch {round_} {side}") for side in "ab"]
        rows = [
            classes.add_class(one, to=held(8 + 2 * round_, room=room), actor=actor, now=now)
            for one, room in zip(batches, rooms, strict=True)
        ]
        swaps = [
            partial(
                classes.change_class,
                row,
                to=replace(ClassDetails.of(row), room=room),
                sequence=row.sequence,
                actor=actor,
                now=now,
            )
            for row, room in zip(rows, reversed(rooms), strict=True)
        ]
        assert kinds(outcomes(swaps)) == {"Clashes": 2}


def test_of_two_who_change_one_class_at_once_one_does_and_the_other_is_told() -> None:
    row = classes.add_class(timetables.batch(), to=held(), actor=people.admin(), now=timezone.now())
    works = [
        partial(
            classes.change_class,
            row,
            to=replace(ClassDetails.of(row), topic=f"Optics {number}"),
            sequence=row.sequence,
            actor=people.admin(),
            now=timezone.now(),
        )
        for number in range(AT_ONCE)
    ]
    given = outcomes(works)
    assert kinds(given) == {"ClassSession": 1, "ClassChangedMeanwhile": AT_ONCE - 1}
    row.refresh_from_db()
    winner = next(one for one in given if isinstance(one, ClassSession))
    assert (row.topic, row.sequence) == (winner.topic, 1)
    assert {one.seen.topic for one in given if isinstance(one, ClassChangedMeanwhile)} == {winner.topic}


def test_cancelling_twice_and_restoring_at_once_ends_in_one_of_the_two() -> None:
    row = classes.add_class(timetables.batch(), to=held(), actor=people.admin(), now=timezone.now())
    common: dict[str, Any] = {"sequence": row.sequence, "actor": people.admin(), "now": timezone.now()}
    cancel = partial(classes.cancel_class, row, reason="No power", **common)
    given = outcomes([cancel, cancel, partial(classes.restore_class, row, **common), cancel])
    assert set(kinds(given)) <= {"ClassSession", "ClassChangedMeanwhile"}
    row.refresh_from_db()
    assert (row.is_cancelled, row.sequence) == (True, 1)


def test_a_class_changed_while_its_slot_moves_keeps_what_is_its_own_or_is_told() -> None:
    slot, actor, now = made(timetables.batch()), people.admin(), timezone.now()
    row = slot.class_sessions.order_by("on")[2]
    to = replace(SlotDetails.of(slot), starts_at=time(9), ends_at=time(10))
    mine = replace(ClassDetails.of(row), room=timetables.room("Hall"))
    common: dict[str, Any] = {"actor": actor, "now": now}
    moving, changing = outcomes(
        [
            partial(change_slot, slot, to=to, from_day=timezone.localdate(), revision=slot.revision, **common),
            partial(classes.change_class, row, to=mine, sequence=row.sequence, **common),
        ]
    )
    assert isinstance(moving, Outcome)
    row.refresh_from_db()
    if isinstance(changing, ClassChangedMeanwhile):
        assert (row.room, timezone.localtime(row.starts_at).hour) == (None, 9)
    else:
        assert (row.room, row.own, moving.kept) == (timetables.room("Hall"), ["room"], 1)
        assert timezone.localtime(row.starts_at).hour == 9


def test_filling_many_times_at_once_makes_each_class_once() -> None:
    slot, now = made(timetables.batch()), timezone.now()
    there = slot.class_sessions.count()
    slot.class_sessions.all().delete()
    at_once([partial(fill, [slot], now=now, actor=None)] * AT_ONCE)
    assert slot.class_sessions.count() == there


def test_archiving_while_a_class_is_added_leaves_none_held() -> None:
    batch, actor, now = timetables.batch(), people.admin(), timezone.now()
    Enrolment.objects.filter(batch=batch).delete()
    works: list[Any] = [partial(archive.archive_batch, batch, actor=actor, now=now)]
    works += [partial(classes.add_class, batch, to=held(8 + number), actor=actor, now=now) for number in range(0, 6, 2)]
    given = outcomes(works)
    assert not any(isinstance(one, Clashes) for one in given)
    assert ClassSession.objects.held().filter(batch=batch).count() == 0
