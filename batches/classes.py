"""One class: added, changed, cancelled, held after all.

Each verb locks, looks for clashes, writes, counts `sequence` up and tells whom it concerns, in one transaction. The
page's `sequence` comes along: who saves on an old page is told what is there now, unless he wants just that.
"""

import copy
import uuid
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches import changes, clashes, class_news, timetable_locks
from batches.models import Batch, ClassSession, Holiday, Room, Subject
from batches.models.timetable import LONGEST_CLASS
from coaching.lib.errors import DomainError

SILENT = frozenset({"topic"})
"""What may still be changed of a class that is over, and what nobody is told."""
HELD_ALL_THE_SAME = "cancelled_at"
"""Stands in `own` of a class that was restored on a holiday, so that a change of its slot leaves it held."""
Keys = Collection[str]


class ClassRefused(DomainError):
    """A rule of the timetable stands against it; `field` names what was typed wrongly, "" for the whole."""

    code = "class_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ClassChangedMeanwhile(DomainError):
    """Somebody else saved first; `seen` is the class as it is now."""

    code = "changed_meanwhile"

    def __init__(self, seen: ClassSession) -> None:
        super().__init__(_("Somebody else changed this class in the meantime. Look, then save again."))
        self.seen = seen


@dataclass(frozen=True, slots=True)
class ClassDetails:
    """What a class may be given: instants, who, where and what about."""

    starts_at: datetime
    ends_at: datetime
    subject: Subject | None = None
    teacher: User | None = None
    room: Room | None = None
    mode: str = Batch.Mode.CLASSROOM
    link: str = ""
    topic: str = ""

    @classmethod
    def of(cls, row: ClassSession) -> "ClassDetails":
        return cls(**{name: getattr(row, name) for name in NAMES})


NAMES = tuple(field.name for field in fields(ClassDetails))


@transaction.atomic
def add_class(
    batch: Batch,
    *,
    to: ClassDetails,
    class_uuid: uuid.UUID | None = None,
    despite: Keys = frozenset(),
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> ClassSession:
    """A class besides the weekly ones; the same `class_uuid` again gives the same class.

    Raises: ClassRefused; clashes.Clashes, but for those whose keys are in `despite`.
    """
    held = _hold(batch.pk, to)
    row = ClassSession(uuid=class_uuid or uuid.uuid4(), batch=held, changed_by=actor, changed_at=now, created_at=now)
    known = ClassSession.objects.filter(uuid=row.uuid).first()
    if known and known.batch_id == held.pk:
        return known
    row.uuid = uuid.uuid4() if known else row.uuid
    if held.archived_at:
        raise ClassRefused(_("This batch is archived. Take it out of the archive first."))
    _put(row, to)
    _require_fit(row, now=now, is_moved=True)
    clashes.check([clashes.Planned.of(row)], now=now, despite=despite)
    row.save(force_insert=True)
    _follow(row, "class.made", actor=actor, request=request)
    class_news.of_adding(row, actor=actor, now=now)
    return row


@transaction.atomic
def change_class(
    class_session: ClassSession,
    *,
    to: ClassDetails,
    sequence: int,
    reason: str = "",
    despite: Keys = frozenset(),
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> ClassSession:
    """Another time, room, teacher, way or topic for this class alone, which its slot leaves alone from then on.

    Raises: ClassChangedMeanwhile, ClassRefused; clashes.Clashes, but for those whose keys are in `despite`.
    """
    row = _locked(class_session, to)
    was = copy.copy(row)
    changed = {name for name in NAMES if getattr(row, name) != getattr(to, name)}
    if not changed:
        return row
    _require_as_seen(row, sequence)
    if row.is_cancelled:
        raise ClassRefused(_("This class is cancelled. Hold it after all first."))
    if row.ends_at <= now and not changed <= SILENT:
        raise ClassRefused(_("This class is over. Only its topic can still be changed."))
    _put(row, to)
    _require_fit(row, now=now, is_moved=was.starts_at != row.starts_at, is_silent=changed <= SILENT)
    if not changed <= SILENT:
        clashes.check([clashes.Planned.of(row)], now=now, replaces=[row.pk], despite=despite)
        row.reason = reason.strip()
    _note_own(row, was, changed)
    _save(row, actor=actor, now=now)
    _follow(row, "class.changed", actor=actor, request=request, fields=sorted(changed))
    if not changed <= SILENT:
        class_news.of_change(row, was=was, actor=actor, now=now)
    return row


@transaction.atomic
def cancel_class(
    class_session: ClassSession,
    *,
    reason: str,
    sequence: int,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> ClassSession:
    """It is not held; it stays in every calendar as cancelled. Cancelled already: nothing.

    Raises: ClassChangedMeanwhile, ClassRefused.
    """
    row = _locked(class_session)
    if row.is_cancelled:
        return row
    _require_as_seen(row, sequence)
    if row.ends_at <= now:
        raise ClassRefused(_("This class is over. It cannot be cancelled any more."))
    row.cancelled_at, row.reason = now, reason.strip()
    _save(row, actor=actor, now=now)
    _follow(row, "class.cancelled", actor=actor, request=request)
    class_news.of_cancelling(row, actor=actor, now=now)
    return row


@transaction.atomic
def restore_class(
    class_session: ClassSession,
    *,
    sequence: int,
    despite: Keys = frozenset(),
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> ClassSession:
    """A cancelled class is held after all, on a holiday too. Not cancelled: nothing.

    Raises: ClassChangedMeanwhile, ClassRefused; clashes.Clashes, but for those whose keys are in `despite`.
    """
    row = _locked(class_session)
    if not row.is_cancelled:
        return row
    _require_as_seen(row, sequence)
    if row.starts_at <= now:
        raise ClassRefused(_("The time of this class has come. Add another class instead."))
    if row.batch.archived_at:
        raise ClassRefused(_("This batch is archived. Take it out of the archive first."))
    clashes.check([clashes.Planned.of(row)], now=now, replaces=[row.pk], despite=despite)
    if row.slot_id and _is_on_holiday(row):
        row.own = sorted({*row.own, HELD_ALL_THE_SAME})
    row.cancelled_at, row.holiday, row.reason = None, None, ""
    _save(row, actor=actor, now=now)
    _follow(row, "class.restored", actor=actor, request=request)
    class_news.of_restoring(row, actor=actor, now=now)
    return row


# --- Rules ------------------------------------------------------------------------------------------------------------


def _require_fit(row: ClassSession, *, now: datetime, is_moved: bool, is_silent: bool = False) -> None:
    """Raises: ClassRefused."""
    if row.ends_at <= row.starts_at:
        raise ClassRefused(_("A class ends after it begins."), field="ends_at")
    if row.ends_at - row.starts_at > LONGEST_CLASS:
        raise ClassRefused(_("A class lasts twelve hours at most."), field="ends_at")
    day, batch = timezone.localdate(row.starts_at), row.batch
    if is_moved and row.starts_at <= now:
        raise ClassRefused(_("This time is past. Choose a later one."), field="starts_at")
    if is_moved and not batch.starts_on <= day <= batch.ends_on:
        words = {"batch": batch.name, "first": _day(batch.starts_on), "last": _day(batch.ends_on)}
        text = _("%(batch)s runs from %(first)s to %(last)s. Choose a day of that time.")
        raise ClassRefused(text % words, field="starts_at")
    if not is_silent:
        require_teacher(row.teacher)


def require_teacher(teacher: User | None) -> None:
    """Raises: ClassRefused for somebody who takes no classes."""
    if teacher and not (teacher.is_teacher and teacher.is_active):
        raise ClassRefused(_("%(name)s takes no classes here.") % {"name": teacher.name}, field="teacher")


def _is_on_holiday(row: ClassSession) -> bool:
    day = timezone.localdate(row.starts_at)
    return Holiday.objects.between(day, day).exists()


def _day(day: date) -> str:
    return date_format(day, "D j M Y")


def _require_as_seen(row: ClassSession, sequence: int) -> None:
    if row.sequence != sequence:
        raise ClassChangedMeanwhile(row)


# --- Rows -------------------------------------------------------------------------------------------------------------


def _hold(batch: int, to: ClassDetails) -> Batch:
    """Raises: ClassRefused when it was deleted meanwhile."""
    rooms, teachers = [to.room.pk if to.room else None], [to.teacher.pk if to.teacher else None]
    held = timetable_locks.hold(batch, rooms=rooms, teachers=teachers).get(batch)
    if held is None:
        raise ClassRefused(_("Somebody has deleted this batch in the meantime."))
    return held


def _locked(class_session: ClassSession, to: ClassDetails | None = None) -> ClassSession:
    """The class as it is now, under the locks of its batch and of what it is to be given. Raises: ClassRefused."""
    batch = _hold(class_session.batch_id, to or ClassDetails.of(class_session))
    names = ("subject", "teacher", "room", "holiday", "slot")
    row = ClassSession.objects.select_related(*names).filter(pk=class_session.pk).first()
    if row is None:
        raise ClassRefused(_("Somebody has taken this class away in the meantime."))
    row.batch = batch
    return row


def _put(row: ClassSession, to: ClassDetails) -> None:
    for name in NAMES:
        setattr(row, name, getattr(to, name))


def _note_own(row: ClassSession, was: ClassSession, changed: set[str]) -> None:
    """Which fields its slot leaves alone, and from when it was moved; put back, they are not its own."""
    if row.slot:
        same = {name for name in ("subject", "teacher", "room") if getattr(row, name) == getattr(row.slot, name)}
        row.own = sorted({*row.own, *changed} - same)
    if row.starts_at != was.starts_at:
        first = was.moved_from or was.starts_at
        row.moved_from = None if first == row.starts_at else first


def _save(row: ClassSession, *, actor: User, now: datetime) -> None:
    row.sequence, row.changed_by, row.changed_at = row.sequence + 1, actor, now
    row.save()


def _follow(row: ClassSession, event: str, *, actor: User, request: HttpRequest | None, **extra: Any) -> None:
    changes.classes_changed([row])
    activity.record(event, actor=actor, on=row, request=request, name=str(row), **extra)
