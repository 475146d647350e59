"""A weekly slot changed from some day on: "this and following" from that class's day, "all coming" from today.

The slot ends the day before; another one `continues` it, and the coming classes go over to it with their numbers, so
that calendars elsewhere move them. A slot that has not begun by that day is changed as it is. What was changed by hand
in one class (`own`) stays as it is there.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches import changes, clashes, class_news
from batches.classes import HELD_ALL_THE_SAME, ClassRefused
from batches.models import ClassSession, Holiday, WeeklySlot
from batches.series import DAY, moved_day
from batches.timetable import (
    AT_A_TIME,
    TIMES,
    Outcome,
    SlotDetails,
    coming,
    days_of,
    free_days,
    locked_slot,
    new_class,
    planned,
    put,
    require_as_seen,
    require_fit,
    take_away,
)

GIVEN = ("subject", "teacher", "room")
SHOWN = ("starts_at", "ends_at", "subject_id", "teacher_id", "room_id", "cancelled_at")
"""What somebody would see in a calendar: with a change of it `sequence` counts up."""
WRITTEN = ["slot", "on", "starts_at", "ends_at", *GIVEN, "cancelled_at", "holiday", "reason"]


@transaction.atomic
def change_slot(
    slot: WeeklySlot,
    *,
    to: SlotDetails,
    from_day: date,
    revision: int,
    despite: Collection[str] = frozenset(),
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Outcome:
    """Let it be as `to` says from that day on; `to.starts_on` counts only where the slot has not begun by then.

    Another weekday moves each class within its week. Classes that land on holidays are cancelled for them; those that
    would land outside the slot's days go, and this week's stays where it is when its new day is past.
    Raises: SlotChangedMeanwhile, ClassRefused; clashes.Clashes, but for those whose keys are in `despite`.
    """
    locked, first = locked_slot(slot, to), max(from_day, timezone.localdate(now))
    is_split = locked.starts_on < first or locked.class_sessions.filter(on__lt=first).exists()
    to = replace(to, starts_on=_first_day(to, first, locked.batch.starts_on, now=now)) if is_split else to
    if done := _done(locked, to, is_split=is_split):
        return Outcome(done)
    _require(locked, to, revision)
    rows = coming(locked, first, now=now)
    was, taught = {row.pk: _shown(row) for row in rows}, [locked.teacher_id, *(row.teacher_id for row in rows)]
    next_slot = WeeklySlot(batch=locked.batch, continues=locked) if is_split else locked
    put(next_slot, to)
    moved, gone = _sorted_out(rows, next_slot, now=now)
    replaced = [row.pk for row in (*moved, *gone)]
    made = _new_ones(locked, next_slot, replaced, moved, actor=actor, now=now)
    clashes.check(planned([*moved, *made], now=now), now=now, replaces=replaced, despite=despite)
    _write_slots(locked, next_slot, first=first)
    take_away(gone, actor=actor, now=now)
    changed = _write(moved, was, actor=actor, now=now)
    ClassSession.objects.bulk_create(made)
    changes.classes_changed([*changed, *made])
    activity.record("slot.changed", actor=actor, on=next_slot, request=request, name=f"{locked.batch} · {next_slot}")
    _tell(next_slot, [*changed, *made, *gone], taught, actor=actor, now=now)
    return Outcome(next_slot, len(made), len(changed), len(gone), kept=sum(map(_keeps_something, moved)))


def _require(slot: WeeklySlot, to: SlotDetails, revision: int) -> None:
    """Raises: SlotChangedMeanwhile; ClassRefused, also for days on which a slot that continues this one has classes."""
    require_as_seen(slot, revision)
    require_fit(slot.batch, to)
    after, found = [slot.pk], list[int]()
    while after:
        after = list(WeeklySlot.objects.filter(continues__in=after).order_by("pk").values_list("pk", flat=True))
        found += after
    days = ClassSession.objects.filter(slot__in=found, on__range=(to.starts_on, to.ends_on)).order_by("on")
    first = days.values_list("on", flat=True).first()
    if first:
        text = _(
            "From %(day)s on another weekly slot follows this one. Change that one, or choose an earlier last day."
        )
        raise ClassRefused(text % {"day": date_format(first, "D j M Y")}, field="ends_on")


def _keeps_something(row: ClassSession) -> bool:
    return not {*TIMES, *GIVEN}.isdisjoint(row.own)


def _tell(
    slot: WeeklySlot, rows: Sequence[ClassSession], taught: Sequence[int | None], *, actor: User, now: datetime
) -> None:
    def title() -> str:
        return _("%(batch)s: weekly classes change")

    class_news.of_series(slot, rows, title=title, actor=actor, now=now, also=taught)


def _first_day(to: SlotDetails, first: date, since: date, *, now: datetime) -> date:
    """From which day on the next slot holds: with an earlier weekday from earlier in that week, unless that is past.

    Not from before `since`, when the batch begins.
    """
    earlier = moved_day(first, to.weekday)
    return max(earlier, since) if earlier < first and to.span_on(earlier).starts_at > now else first


def _done(slot: WeeklySlot, to: SlotDetails, *, is_split: bool) -> WeeklySlot | None:
    """The slot that says all this already: this one, or the one a form sent twice has made."""
    mine = SlotDetails.of(slot)
    if mine == to or (is_split and replace(mine, starts_on=to.starts_on) == to):
        return slot
    after = slot.continued_by.select_related("subject", "teacher", "room", "batch")
    return next((one for one in after if SlotDetails.of(one) == to), None)


def _shown(row: ClassSession) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in SHOWN)


def _sorted_out(
    rows: Iterable[ClassSession], slot: WeeklySlot, *, now: datetime
) -> tuple[list[ClassSession], list[ClassSession]]:
    """The classes as the slot means them now, and those for which it leaves no day. Nothing is written.

    One whose new day of this week is past already is in neither list: it stays as it is.
    """
    to, holidays = SlotDetails.of(slot), list(Holiday.objects.between(slot.starts_on, slot.ends_on))
    moved, gone = [], []
    for row in rows:
        day = moved_day(_day_of(row), slot.weekday)
        if to.span_on(day).starts_at <= now:
            continue
        if slot.starts_on <= day <= slot.ends_on:
            _give(row, slot, day, holidays, now=now)
            moved.append(row)
        else:
            gone.append(row)
    return moved, gone


def _give(row: ClassSession, slot: WeeklySlot, day: date, holidays: Iterable[Holiday], *, now: datetime) -> None:
    """All that is not the class's own; with the slot's time it falls under the holidays of its new day."""
    row.slot, row.on = slot, day
    for name in GIVEN:
        if name not in row.own:
            setattr(row, name, getattr(slot, name))
    if TIMES & set(row.own):
        return
    held = SlotDetails.of(slot).span_on(day)
    row.starts_at, row.ends_at = held.starts_at, held.ends_at
    if row.holiday_id is None and (row.is_cancelled or HELD_ALL_THE_SAME in row.own):
        return
    was = row.holiday
    row.holiday = Holiday.covering(day, holidays)
    row.cancelled_at = (row.cancelled_at or now) if row.holiday else None
    if row.holiday != was:
        row.reason = row.holiday.name if row.holiday else ""


def _new_ones(
    slot: WeeklySlot,
    next_slot: WeeklySlot,
    replaced: Sequence[int],
    moved: Iterable[ClassSession],
    *,
    actor: User,
    now: datetime,
) -> list[ClassSession]:
    """Coming classes on the days that have none; a week in which the old slot holds its class has one."""
    stays = slot.class_sessions.exclude(pk__in=replaced).values_list("on", flat=True)
    there = {row.on for row in moved} | {moved_day(on, next_slot.weekday) for on in stays if on}
    free = free_days(next_slot.starts_on, next_slot.ends_on)
    days = [day for day in days_of(SlotDetails.of(next_slot), free=free) if day not in there]
    made = [new_class(next_slot, day, actor=actor, now=now) for day in days]
    return [row for row in made if row.starts_at > now]


def _write_slots(slot: WeeklySlot, next_slot: WeeklySlot, *, first: date) -> None:
    slot.revision += 1
    if next_slot is slot:
        slot.save()
        return
    slot.ends_on = max(min(slot.ends_on, first - DAY), slot.starts_on)
    slot.save(update_fields=["ends_on", "revision"])
    next_slot.save(force_insert=True)


def _write(
    rows: Sequence[ClassSession], was: dict[int, tuple[object, ...]], *, actor: User, now: datetime
) -> list[ClassSession]:
    """Those of which something is seen to have changed."""
    changed = [row for row in rows if _shown(row) != was[row.pk]]
    for row in changed:
        row.sequence, row.changed_by, row.changed_at = row.sequence + 1, actor, now
    ClassSession.objects.bulk_update(rows, [*WRITTEN, "sequence", "changed_by", "changed_at"], batch_size=AT_A_TIME)
    return changed


def _day_of(row: ClassSession) -> date:
    return row.on or timezone.localdate(row.starts_at)
