"""Weekly slots: made and ended, and the classes that follow from them. `slot_changes` changes them.

What has begun is history and stays as it was. Of what is to come each verb makes, moves or takes away the rows in a
handful of queries, looks for clashes of the whole series first, and tells whom it concerns once.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta, tzinfo

from django.db import transaction
from django.db.models import F, ProtectedError, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Institute, User
from batches import changes, clashes, class_news, timetable_locks
from batches.classes import ClassRefused, require_teacher
from batches.models import Batch, ClassSession, Holiday, Room, Subject, WeeklySlot
from batches.models.timetable import LONGEST_CLASS
from batches.series import DAY, Days, Span, span, weekly
from coaching.lib.errors import DomainError

Keys = Collection[str]
TIMES = frozenset({"starts_at", "ends_at"})
AT_A_TIME = 500


class SlotChangedMeanwhile(DomainError):
    """Somebody else saved first; `seen` is the slot as it is now."""

    code = "changed_meanwhile"

    def __init__(self, seen: WeeklySlot) -> None:
        super().__init__(_("Somebody else changed this weekly slot in the meantime. Look, then save again."))
        self.seen = seen


@dataclass(frozen=True, slots=True)
class SlotDetails:
    """What a slot says: day of the week (Monday is 0), clock times, who, where, and its first and last day."""

    weekday: int
    starts_at: time
    ends_at: time
    starts_on: date
    ends_on: date
    subject: Subject | None = None
    teacher: User | None = None
    room: Room | None = None

    @classmethod
    def of(cls, slot: WeeklySlot) -> "SlotDetails":
        return cls(**{name: getattr(slot, name) for name in NAMES})

    def span_on(self, day: date) -> Span:
        return span(day, self.starts_at, self.ends_at, Institute.current().zone)


NAMES = tuple(field.name for field in fields(SlotDetails))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change came to: the slot that holds from then on (None: none does), how many classes were made, changed
    and taken away, and how many kept something of their own.
    """

    slot: WeeklySlot | None
    made: int = 0
    changed: int = 0
    gone: int = 0
    kept: int = 0


@transaction.atomic
def make_slot(
    batch: Batch,
    *,
    to: SlotDetails,
    slot_uuid: uuid.UUID | None = None,
    despite: Keys = frozenset(),
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Outcome:
    """A weekly slot with all its classes, past ones too if it begins before today; none on holidays.

    The same `slot_uuid` again gives the same slot. Raises: ClassRefused; clashes.Clashes, but for those in `despite`.
    """
    held = locked_batch(batch.pk, to)
    slot = WeeklySlot(uuid=slot_uuid or uuid.uuid4(), batch=held)
    known = WeeklySlot.objects.filter(uuid=slot.uuid).first()
    if known and known.batch_id == held.pk:
        return Outcome(known)
    slot.uuid = uuid.uuid4() if known else slot.uuid
    require_fit(held, to)
    put(slot, to)
    rows = [new_class(slot, day, actor=actor, now=now) for day in days_of(to, free=free_days(to.starts_on, to.ends_on))]
    clashes.check(planned(rows, now=now), now=now, despite=despite)
    slot.save(force_insert=True)
    ClassSession.objects.bulk_create(rows)
    changes.classes_changed(rows)
    activity.record("slot.made", actor=actor, on=slot, request=request, name=f"{held} · {slot}")
    class_news.of_series(slot, rows, title=lambda: _("%(batch)s: new weekly classes"), actor=actor, now=now)
    return Outcome(slot, made=len(rows))


def fill(
    slots: Iterable[WeeklySlot], *, now: datetime, actor: User | None, within: Days | None = None
) -> list[ClassSession]:
    """Make the coming classes of these slots that are missing on these days, or at all; what is there stays.

    A handful of queries for all.
    """
    found, today = list(slots), timezone.localdate(now)
    if not found:
        return []
    there = set(ClassSession.objects.filter(slot__in=found).values_list("slot", "on"))
    free = free_days(today, max(slot.ends_on for slot in found))
    rows = [
        new_class(slot, day, actor=actor, now=now)
        for slot in found
        for day in days_of(SlotDetails.of(slot), since=today, free=free)
        if (slot.pk, day) not in there and (within is None or day in within)
    ]
    missing = [row for row in rows if row.starts_at > now]
    ClassSession.objects.bulk_create(missing, ignore_conflicts=True)
    made = list(ClassSession.objects.filter(uuid__in=[row.uuid for row in missing]).select_related("batch"))
    changes.classes_changed(made)
    return made


@transaction.atomic
def end_slot(
    slot: WeeklySlot,
    *,
    from_day: date,
    revision: int,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Outcome:
    """No classes from that day on; those that have begun stay. A slot that never held one goes altogether.

    A coming class something hangs on is cancelled instead of taken away. Raises: SlotChangedMeanwhile.
    """
    locked = locked_slot(slot)
    first = max(from_day, timezone.localdate(now))
    rows = coming(locked, first, now=now)
    if not rows and locked.ends_on < first and not locked.continued_by.exists():
        return Outcome(locked)
    require_as_seen(locked, revision)
    locked.revision += 1
    held = [row for row in rows if not row.is_cancelled]
    class_news.of_series(locked, held, title=lambda: _("%(batch)s: weekly classes end"), actor=actor, now=now)
    activity.record("slot.ended", actor=actor, on=locked, request=request, name=f"{locked.batch} · {locked}")
    take_away(rows, actor=actor, now=now)
    if not locked.class_sessions.exists():
        locked.delete()
        return Outcome(None, gone=len(rows))
    locked.ends_on = max(first - DAY, locked.starts_on)
    locked.save(update_fields=["ends_on", "revision"])
    return Outcome(locked, gone=len(rows))


def align(*, now: datetime) -> int:
    """Put coming classes at the clock times of their slots again, after the institute has changed its zone.

    Returns how many moved; those with a time of their own stay. Whoever reads a calendar sees the same clock time, so
    nobody is told. While all stand where they should, which is nearly always, it only looks.
    """
    zone = Institute.current().zone
    rows = ClassSession.objects.filter(slot__isnull=False, starts_at__gt=now).select_related("slot").order_by("pk")
    batches = {row.batch_id for row in rows.iterator(AT_A_TIME) if _due(row, zone, now=now)}
    if not batches:
        return 0
    with transaction.atomic():
        timetable_locks.hold(*batches)
        moved = []
        for row in rows.filter(batch__in=batches):
            due = _due(row, zone, now=now)
            if due:
                row.starts_at, row.ends_at = due.starts_at, due.ends_at
                row.sequence, row.changed_at = row.sequence + 1, now
                moved.append(row)
        ClassSession.objects.bulk_update(moved, ["starts_at", "ends_at", "sequence", "changed_at"], AT_A_TIME)
        changes.classes_changed(moved)
    return len(moved)


def _due(row: ClassSession, zone: tzinfo, *, now: datetime) -> Span | None:
    """When the class should be, if that is another time than it has."""
    if row.slot is None or row.on is None or TIMES & set(row.own):
        return None
    due = span(row.on, row.slot.starts_at, row.slot.ends_at, zone)
    is_there = (row.starts_at, row.ends_at) == (due.starts_at, due.ends_at)
    return None if is_there or due.starts_at <= now else due


# --- Rules ------------------------------------------------------------------------------------------------------------


def require_fit(batch: Batch, to: SlotDetails) -> None:
    """Raises: ClassRefused."""
    words = {"batch": batch.name, "first": _day(batch.starts_on), "last": _day(batch.ends_on)}
    if batch.archived_at:
        raise ClassRefused(_("This batch is archived. Take it out of the archive first."))
    if to.ends_on < to.starts_on:
        raise ClassRefused(_("The last day is before the first."), field="ends_on")
    if to.starts_on < batch.starts_on or to.ends_on > batch.ends_on:
        text = _("%(batch)s runs from %(first)s to %(last)s. Choose a day of that time.") % words
        raise ClassRefused(text, field="starts_on" if to.starts_on < batch.starts_on else "ends_on")
    if to.starts_at == to.ends_at:
        raise ClassRefused(_("A class ends after it begins."), field="ends_at")
    if _length(to) > LONGEST_CLASS:
        raise ClassRefused(_("A class lasts twelve hours at most."), field="ends_at")
    if not any(True for _day_of_it in days_of(to)):
        raise ClassRefused(_("There is no such day of the week between the first and the last day."), field="weekday")
    require_teacher(to.teacher)


def require_as_seen(slot: WeeklySlot, revision: int) -> None:
    """Raises: SlotChangedMeanwhile."""
    if slot.revision != revision:
        raise SlotChangedMeanwhile(slot)


def _length(to: SlotDetails) -> timedelta:
    """By the clock; one that ends at or before its beginning ends on the next day."""
    begins, ends = (timedelta(hours=at.hour, minutes=at.minute) for at in (to.starts_at, to.ends_at))
    return ends - begins + (DAY if ends <= begins else timedelta(0))


def _day(day: date) -> str:
    return date_format(day, "D j M Y")


# --- Rows, for slot_changes too ---------------------------------------------------------------------------------------


def locked_batch(batch: int, to: SlotDetails) -> Batch:
    """The batch as it is now, with room and teacher locked, too. Raises: ClassRefused."""
    rooms, teachers = [to.room.pk if to.room else None], [to.teacher.pk if to.teacher else None]
    held = timetable_locks.hold(batch, rooms=rooms, teachers=teachers).get(batch)
    if held is None:
        raise ClassRefused(_("Somebody has deleted this batch in the meantime."))
    return held


def locked_slot(slot: WeeklySlot, to: SlotDetails | None = None) -> WeeklySlot:
    """The slot as it is now, under the locks of its batch and of what it is to be given. Raises: ClassRefused."""
    batch = locked_batch(slot.batch_id, to or SlotDetails.of(slot))
    locked = WeeklySlot.objects.select_related("subject", "teacher", "room").filter(pk=slot.pk).first()
    if locked is None:
        raise ClassRefused(_("Somebody has taken this weekly slot away in the meantime."))
    locked.batch = batch
    return locked


def free_days(since: date, until: date) -> list[Days]:
    """The holidays between these days. One query."""
    return [Days(*pair) for pair in Holiday.objects.between(since, until).values_list("starts_on", "ends_on")]


def days_of(to: SlotDetails, *, since: date | None = None, free: Iterable[Days] = ()) -> Iterable[date]:
    """The days on which a class is held, in order."""
    return weekly(to.weekday, Days(max(since or to.starts_on, to.starts_on), to.ends_on), free=free)


def put(slot: WeeklySlot, to: SlotDetails) -> None:
    for name in NAMES:
        setattr(slot, name, getattr(to, name))


def new_class(slot: WeeklySlot, day: date, *, actor: User | None, now: datetime) -> ClassSession:
    """What the slot means on that day, not saved."""
    held = SlotDetails.of(slot).span_on(day)
    return ClassSession(
        batch=slot.batch,
        slot=slot,
        on=day,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        subject=slot.subject,
        teacher=slot.teacher,
        room=slot.room,
        mode=slot.batch.mode,
        changed_by=actor,
        changed_at=now,
        created_at=now,
    )


def coming(slot: WeeklySlot, since: date, *, now: datetime) -> list[ClassSession]:
    """Its classes from that day on that have not begun, cancelled ones too, in order."""
    rows = slot.class_sessions.filter(on__gte=since, starts_at__gt=now).order_by("on")
    found = list(rows.select_related("subject", "teacher", "room", "holiday"))
    for row in found:
        row.slot, row.batch = slot, slot.batch
    return found


def planned(rows: Iterable[ClassSession], *, now: datetime) -> list[clashes.Planned]:
    """Those that are to be held, for the look for clashes."""
    return [clashes.Planned.of(row) for row in rows if not row.is_cancelled and row.ends_at > now]


def take_away(rows: Sequence[ClassSession], *, actor: User, now: datetime) -> None:
    """Coming classes go; one on which something hangs that must be kept, an opened register say, stays, cancelled."""
    if not rows:
        return
    found = ClassSession.objects.filter(pk__in=[row.pk for row in rows])
    fields = {"sequence": F("sequence") + 1, "changed_by": actor, "changed_at": now}
    found.filter(cancelled_at=None).update(cancelled_at=now, **fields)
    changes.classes_changed(list(found.select_related("batch")))
    if not _deleted(found):
        for row in rows:
            _deleted(found.filter(pk=row.pk))


def _deleted(rows: QuerySet[ClassSession]) -> bool:
    """Whether all of them could be; else none was."""
    try:
        with transaction.atomic():
            rows.delete()
    except ProtectedError:
        return False
    return True
