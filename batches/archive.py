"""Putting a batch away and taking it out again; deleting one that was made by mistake.

Archiving ends what goes on in the batch at one instant, which is also `archived_at`; that instant is how restoring
knows what ended then. Deleting is for batches in which nothing happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from batches import batch_news, changes, clashes, waiting
from batches.clashes import Planned
from batches.models import Batch, ClassSession, Enrolment, Holiday
from batches.names import NameTaken, is_taken
from batches.services import locked_batch
from batches.timetable_locks import hold
from coaching.lib.errors import DomainError

AT_A_TIME = 500


class HasHistory(DomainError):
    """Something happened in the batch that must be kept; it can be archived."""

    code = "has_history"


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What archiving ends: students in the batch now or later, coming classes, open requests and offers."""

    students: int
    classes: int
    requests: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What went on again: students and classes; `stayed` classes were to come but stay cancelled."""

    students: int = 0
    classes: int = 0
    stayed: int = 0


def going_on(batch: Batch, *, now: datetime) -> GoingOn:
    return GoingOn(
        students=batch.enrolments.not_over(now).count(),
        classes=_coming(batch, now).count(),
        requests=batch.join_requests.open().count(),
    )


@transaction.atomic
def archive_batch(batch: Batch, *, actor: User, now: datetime, request: HttpRequest | None = None) -> GoingOn:
    """End it: requests are refused, students leave, coming classes are cancelled. Archived already: nothing."""
    locked = locked_batch(batch)
    if locked.archived_at:
        return GoingOn(0, 0, 0)
    locked.archived_at, locked.revision = now, locked.revision + 1
    locked.save(update_fields=["archived_at", "revision"])
    refused = _refuse_requests(locked, actor=actor, now=now, request=request)
    left = _end_enrolments(locked, now=now)
    cancelled = _cancel(locked, actor=actor, now=now)
    ended = GoingOn(len(left), len(cancelled), refused)
    activity.record("batch.archived", actor=actor, on=locked, request=request, name=locked.name)
    students = [one.student for one in left]
    activity.record_each("enrolment.left", students, actor=actor, request=request, name=locked.name)
    batch_news.ended(locked, students, actor=actor)
    return ended


@transaction.atomic
def restore_batch(
    batch: Batch, *, name: str = "", actor: User, now: datetime, request: HttpRequest | None = None
) -> Restored:
    """Take it out of the archive, with the students and coming classes that ended with it; requests stay refused.

    A class stays cancelled when its day is a holiday by now, or its teacher or room is in another class.
    Current already: nothing. Raises: NameTaken when another batch has its name by now and `name` is no other.
    """
    locked = locked_batch(batch)
    then = locked.archived_at
    if then is None:
        return Restored()
    locked.name, locked.archived_at, locked.revision = name or locked.name, None, locked.revision + 1
    _save_under_its_name(locked)
    back = _resume_enrolments(locked, then=then)
    held, stayed = _hold_again(locked, then=then, actor=actor, now=now)
    activity.record("batch.restored", actor=actor, on=locked, request=request, name=locked.name)
    students = [one.student for one in back]
    activity.record_each("enrolment.joined", students, actor=actor, request=request, name=locked.name)
    batch_news.goes_on(locked, students, actor=actor)
    return Restored(len(back), len(held), len(stayed))


def _save_under_its_name(batch: Batch) -> None:
    """Write it under its name. Raises: NameTaken."""
    taken = NameTaken(_("Another batch has this name now. Give this one another name."))
    if is_taken(batch.name, Batch.objects.current(), but=batch):
        raise taken
    try:
        with transaction.atomic():
            batch.save(update_fields=["name", "archived_at", "revision"])
    except IntegrityError as error:
        raise taken from error


def _refuse_requests(batch: Batch, *, actor: User, now: datetime, request: HttpRequest | None) -> int:
    found = list(batch.join_requests.open())
    for one in found:
        waiting.refuse(one, reason=_("The batch was archived."), actor=actor, now=now, request=request)
    return len(found)


# --- Students ---------------------------------------------------------------------------------------------------------


def _end_enrolments(batch: Batch, *, now: datetime) -> list[Enrolment]:
    """Who was to join later never does: he leaves at the instant he joins."""
    rows = list(batch.enrolments.not_over(now).select_related("student").select_for_update(of=("self",)).order_by("pk"))
    reason = _("The batch was archived.")
    for row in rows:
        row.left_at, row.leaving_reason = max(now, row.joined_at), row.leaving_reason or reason
    return _kept(rows, ["left_at", "leaving_reason"])


def _resume_enrolments(batch: Batch, *, then: datetime) -> list[Enrolment]:
    """Those that ended with the batch, unless the student is in it again already."""
    ended_then = Q(left_at=then) | Q(joined_at__gt=then, left_at=F("joined_at"))
    again = batch.enrolments.filter(left_at=None).values("student")
    found = batch.enrolments.filter(ended_then, student__is_active=True).exclude(student__in=again)
    rows = list(found.select_related("student").select_for_update(of=("self",)).order_by("pk"))
    newest = {row.student_id: row for row in rows}
    for row in newest.values():
        row.left_at, row.leaving_reason = None, ""
    return _kept(list(newest.values()), ["left_at", "leaving_reason"])


def _kept(rows: list[Enrolment], fields: Sequence[str]) -> list[Enrolment]:
    Enrolment.objects.bulk_update(rows, fields, batch_size=AT_A_TIME)
    for row in rows:
        changes.enrolment_changed(row)
    return rows


# --- Classes ----------------------------------------------------------------------------------------------------------


def _coming(batch: Batch, now: datetime) -> QuerySet[ClassSession]:
    found: QuerySet[ClassSession] = batch.class_sessions.held().filter(starts_at__gt=now)
    return found


def _cancel(batch: Batch, *, actor: User, now: datetime) -> list[ClassSession]:
    """Nobody is told of each: that the batch has ended says it."""
    rows = list(_coming(batch, now))
    for row in rows:
        row.cancelled_at, row.reason = now, _("The batch was archived.")
    return _changed(rows, actor=actor, now=now)


def _hold_again(
    batch: Batch, *, then: datetime, actor: User, now: datetime
) -> tuple[list[ClassSession], list[ClassSession]]:
    """Those that are held again, and those that stay cancelled."""
    rows = list(batch.class_sessions.filter(cancelled_at=then, holiday=None, starts_at__gt=now))
    hold(batch.pk, rooms=[row.room_id for row in rows], teachers=[row.teacher_id for row in rows])
    holidays = list(Holiday.objects.filter(ends_on__gte=timezone.localdate(now)))
    found = clashes.of_spans(list({Planned.of(row) for row in rows}))
    in_the_way = {one.planned for one in found if one.kind in {"teacher", "room"}}
    back: list[ClassSession] = []
    stayed: list[ClassSession] = []
    for row in rows:
        row.holiday = Holiday.covering(timezone.localdate(row.starts_at), holidays)
        is_free = row.holiday is None and Planned.of(row) not in in_the_way
        row.reason = row.holiday.name if row.holiday else "" if is_free else _("Teacher or room is in another class.")
        row.cancelled_at = None if is_free else then
        (back if is_free else stayed).append(row)
    ClassSession.objects.bulk_update(stayed, ["holiday", "reason"], batch_size=AT_A_TIME)
    return _changed(back, actor=actor, now=now), stayed


def _changed(rows: list[ClassSession], *, actor: User, now: datetime) -> list[ClassSession]:
    for row in rows:
        row.sequence, row.changed_by, row.changed_at = row.sequence + 1, actor, now
    fields = ("cancelled_at", "reason", "sequence", "changed_by", "changed_at")
    ClassSession.objects.bulk_update(rows, fields, batch_size=AT_A_TIME)
    changes.classes_changed(rows)
    return rows


# --- Deleting ---------------------------------------------------------------------------------------------------------


def history_of(batch: Batch, *, now: datetime) -> list[str]:
    """In words what happened in the batch and must be kept; empty when it may be deleted."""
    students = batch.enrolments.count()
    begun = batch.class_sessions.filter(starts_at__lte=now).count()
    found = []
    if students:
        text = ngettext("%(count)d student is or was in it.", "%(count)d students are or were in it.", students)
        found.append(text % {"count": students})
    if begun:
        found.append(ngettext("%(count)d class has begun.", "%(count)d classes have begun.", begun) % {"count": begun})
    return found


@transaction.atomic
def delete_batch(batch: Batch, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """A batch made by mistake goes with its timetable, codes and requests. Raises: HasHistory."""
    locked = locked_batch(batch)
    history = history_of(locked, now=now)
    if history:
        raise HasHistory(_("This batch has a history: %(what)s Archive it instead.") % {"what": " ".join(history)})
    activity.record("batch.deleted", actor=actor, on=locked, request=request, name=locked.name)
    try:
        with transaction.atomic():
            locked.class_sessions.all().delete()
            locked.delete()
    except ProtectedError as error:
        raise HasHistory(_("Something that must be kept belongs to this batch. Archive it instead.")) from error
