"""Who is in a batch from when to when: joining, leaving, moving to another batch, putting dates right.

Each verb holds the lock on the batch's row (of two batches in the order of their numbers), so seats are counted for
good, and a stay never overlaps another one of the same student in the batch. A day somebody chooses becomes an instant
here: a stay begins with its first day and ends after its last; without a day it begins or ends now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Role, User
from batches import changes, enrolment_news, seats
from batches.models import Batch, Enrolment, JoinRequest
from batches.seats import BatchArchived, BatchFull
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError, NotAllowed

__all__ = ["AlreadyEnrolled", "BatchArchived", "BatchFull", "EnrolmentOver", "NoStudent", "OfficeOnly", "WrongDates"]
Source = Enrolment.Source
EARLIEST = timedelta(days=366)
"""So long before the first day of its batch a stay may begin."""


class AlreadyEnrolled(DomainError):
    """The student is in the batch then."""

    code = "already_enrolled"


class NoStudent(DomainError):
    """Only students whose account is open are enrolled."""

    code = "no_student"


class EnrolmentOver(DomainError):
    """The student left already."""

    code = "enrolment_over"


class OfficeOnly(NotAllowed):
    """A teacher sees it, an admin does it."""


class WrongDates(DomainError):
    """The days do not go together."""

    code = "wrong_dates"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of those who were to be enrolled."""

    added: list[Enrolment]
    already: list[User]


def beginning_of(day: date | None, *, now: datetime) -> datetime:
    """The instant at which a stay begins that is to begin on that day; today, or without one, now."""
    if day is None or day == timezone.localdate(now):
        return now
    return timezone.make_aware(datetime.combine(day, time()))


def end_of(day: date | None) -> datetime | None:
    """The instant at which a stay ends whose last day this is."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None


def last_day(enrolment: Enrolment) -> date | None:
    """The last day of a stay, None when it has no end."""
    return timezone.localdate(enrolment.left_at - timedelta(microseconds=1)) if enrolment.left_at else None


# --- Joining ----------------------------------------------------------------------------------------------------------


def enrol(
    batch: Batch,
    *,
    student: User,
    actor: User,
    source: str = Source.OFFICE,
    joined_at: datetime | None = None,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> Enrolment:
    """Raises: AlreadyEnrolled and what `enrol_many` raises."""
    given = enrol_many(
        batch, students=[student], actor=actor, source=source, joined_at=joined_at, now=now, request=request
    )
    if not given.added:
        words = {"name": student.name, "batch": batch.name}
        raise AlreadyEnrolled(_("%(name)s is in %(batch)s already.") % words)
    return given.added[0]


@transaction.atomic
def enrol_many(
    batch: Batch,
    *,
    students: Sequence[User],
    actor: User,
    source: str = Source.OFFICE,
    joined_at: datetime | None = None,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> Enrolled:
    """All of them or none; those who are in already stay as they are. Their open requests are done with it.

    Raises: BatchArchived, BatchFull, NoStudent, WrongDates.
    """
    now = now or timezone.now()
    given = [(student, joined_at or now) for student in students]
    return _enrol_locked(seats.locked(batch.pk)[batch.pk], given, actor=actor, source=source, now=now, request=request)


@transaction.atomic
def enrol_each(
    batch: Batch,
    *,
    given: Sequence[tuple[User, datetime]],
    actor: User,
    source: str,
    now: datetime,
    request: HttpRequest | None = None,
) -> Enrolled:
    """Like `enrol_many`, each from an instant of his own."""
    return _enrol_locked(seats.locked(batch.pk)[batch.pk], given, actor=actor, source=source, now=now, request=request)


def _enrol_locked(
    batch: Batch,
    given: Sequence[tuple[User, datetime]],
    *,
    actor: User,
    source: str,
    now: datetime,
    request: HttpRequest | None,
    came_from: Enrolment | None = None,
) -> Enrolled:
    seats.require_current(batch)
    wanted = {student.pk: (student, joined_at) for student, joined_at in given}
    _require_students(wanted)
    for joined_at in {joined_at for _student, joined_at in given}:
        _require_within(batch, joined_at)
    seats.hand_out(batch, now=now)
    stays = Enrolment.objects.filter(batch=batch, student__in=wanted).values_list("student", "left_at")
    is_in = {student for student, left_at in stays if left_at is None or left_at > wanted[student][1]}
    new = [pair for pk, pair in wanted.items() if pk not in is_in]
    seats.require(batch, len(new), now=now, but=[student for student, _at in new])
    fields = {"batch": batch, "source": source, "created_by": actor, "created_at": now, "came_from": came_from}
    rows = [Enrolment(student=student, joined_at=joined_at, **fields) for student, joined_at in new]
    added = Enrolment.objects.bulk_create(rows)
    _follow(added, actor=actor, now=now, request=request)
    return Enrolled(added, [student for pk, (student, _at) in wanted.items() if pk in is_in])


def _follow(added: Sequence[Enrolment], *, actor: User, now: datetime, request: HttpRequest | None) -> None:
    """What comes with a new stay; those who joined at one instant are told together."""
    if not added:
        return
    batch = added[0].batch
    requests = JoinRequest.objects.open().filter(batch=batch, student__in=[one.student for one in added])
    requests.update(state=JoinRequest.State.ENROLLED, decided_at=now, decided_by=actor)
    _hook(added)
    if added[0].came_from is None:
        who = [one.student for one in added]
        activity.record_each("enrolment.joined", who, actor=actor, request=request, name=batch.name)
        for joined_at in dict.fromkeys(one.joined_at for one in added):
            enrolment_news.of_joining([one for one in added if one.joined_at == joined_at], actor=actor)


def _hook(changed: Iterable[Enrolment]) -> None:
    """By student: what hooks lock of a student they lock in one order, so that two batches do not block each other."""
    for one in sorted(changed, key=lambda row: row.student_id):
        changes.enrolment_changed(one)


def _require_students(wanted: dict[int, tuple[User, datetime]]) -> None:
    """As they are now, not as they were when somebody chose them. Raises: NoStudent."""
    for person in User.objects.filter(pk__in=wanted).order_by("pk"):
        if person.role != Role.STUDENT:
            raise NoStudent(_("%(name)s is no student. Only students are enrolled.") % {"name": person.name})
        if not person.is_active:
            words = {"name": person.name}
            raise NoStudent(_("The account of %(name)s is closed. Open it in the list of people first.") % words)


def _require_within(batch: Batch, at: datetime) -> None:
    """Raises: WrongDates for what is a slip of the hand: long before the batch, or after it."""
    day = timezone.localdate(at)
    if not batch.starts_on - EARLIEST <= day <= batch.ends_on:
        words = {"batch": batch.name, "first": _day(batch.starts_on), "last": _day(batch.ends_on)}
        raise WrongDates(_("%(batch)s runs from %(first)s to %(last)s. Choose a day of that time.") % words)


# --- Leaving ----------------------------------------------------------------------------------------------------------


def leave(
    enrolment: Enrolment,
    *,
    left_at: datetime | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> Enrolment:
    """End a stay at that instant, or now; the same again changes nothing. Raises: EnrolmentOver, WrongDates."""
    [ended] = leave_many([enrolment], left_at=left_at, reason=reason, actor=actor, now=now, request=request)
    return ended


@transaction.atomic
def leave_many(
    enrolments: Iterable[Enrolment],
    *,
    left_at: datetime | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> list[Enrolment]:
    """End stays in one batch; the seats go to those who wait. Raises: EnrolmentOver, WrongDates."""
    now = now or timezone.now()
    pks = [one.pk for one in enrolments]
    batch = seats.locked(*Enrolment.objects.filter(pk__in=pks).values_list("batch", flat=True)).popitem()[1]
    rows = list(Enrolment.objects.filter(pk__in=pks, batch=batch).select_related("student", "batch").order_by("pk"))
    ended = [one for one in rows if _ended(one, left_at=left_at, reason=reason, now=now)]
    _hook(ended)
    who = [one.student for one in ended]
    activity.record_each("enrolment.left", who, actor=actor, request=request, name=batch.name)
    for at in dict.fromkeys(one.left_at for one in ended):
        enrolment_news.of_leaving([one for one in ended if one.left_at == at], actor=actor)
    seats.hand_out(batch, now=now)
    return rows


def _ended(one: Enrolment, *, left_at: datetime | None, reason: str, now: datetime) -> bool:
    """End one stay; False when it has ended just so already. One that has not begun ends where it would begin."""
    at = left_at or max(now, one.joined_at)
    if one.left_at is not None and (one.left_at == at or (left_at is None and one.left_at <= at)):
        return False
    if one.left_at is not None and one.left_at < at:
        words = {"name": one.student.name, "when": moment_text(one.left_at)}
        raise EnrolmentOver(_("%(name)s left already: %(when)s. Change the dates instead.") % words)
    if at < one.joined_at:
        words = {"name": one.student.name, "when": moment_text(one.joined_at)}
        raise WrongDates(_("%(name)s joined on %(when)s. Choose a later day.") % words)
    one.left_at, one.leaving_reason = at, reason.strip()
    one.save(update_fields=["left_at", "leaving_reason"])
    return True


# --- Moving and putting right -----------------------------------------------------------------------------------------


@transaction.atomic
def transfer(
    enrolment: Enrolment,
    *,
    to: Batch,
    at: datetime | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> Enrolment:
    """Leave one batch and join another at the same instant, now unless said; the same again gives the same stay.

    Raises: AlreadyEnrolled, BatchArchived, BatchFull, EnrolmentOver, NoStudent, WrongDates.
    """
    now = now or timezone.now()
    both = seats.locked(enrolment.batch_id, to.pk)
    old = Enrolment.objects.select_related("student", "batch").get(pk=enrolment.pk)
    done = Enrolment.objects.filter(came_from=old, batch=to).order_by("-pk").first()
    if done is not None:
        return done
    if old.batch_id == to.pk:
        raise AlreadyEnrolled(_("%(name)s is in %(batch)s already.") % {"name": old.student.name, "batch": to.name})
    at = at or max(now, old.joined_at)
    if old.left_at is not None and old.left_at < at:
        words = {"name": old.student.name, "when": moment_text(old.left_at)}
        raise EnrolmentOver(_("%(name)s left already: %(when)s. Change the dates instead.") % words)
    new = _enrol_locked(
        both[to.pk], [(old.student, at)], actor=actor, source=Source.TRANSFER, now=now, request=request, came_from=old
    ).added
    if not new:
        raise AlreadyEnrolled(_("%(name)s is in %(batch)s already.") % {"name": old.student.name, "batch": to.name})
    _ended(old, left_at=at, reason=reason, now=now)
    changes.enrolment_changed(old)
    name = f"{old.batch} → {to}"
    activity.record("enrolment.transferred", actor=actor, subject=old.student, on=new[0], request=request, name=name)
    enrolment_news.of_transfer(old, new[0], actor=actor)
    seats.hand_out(both[old.batch_id], now=now)
    return new[0]


@transaction.atomic
def transfer_many(
    enrolments: Iterable[Enrolment],
    *,
    to: Batch,
    at: datetime | None = None,
    reason: str = "",
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> list[Enrolment]:
    """All of one batch or none. Raises: what `transfer` raises."""
    now, stays = now or timezone.now(), list(enrolments)
    target = seats.locked(to.pk, *(one.batch_id for one in stays))[to.pk]
    moved = Enrolment.objects.filter(batch=to, came_from__in=stays).values_list("came_from", flat=True)
    movers = [one.student for one in stays if one.pk not in set(moved)]
    seats.require(target, len(movers), now=now, but=movers)
    by_student = sorted(stays, key=lambda row: row.student_id)  # as in `_hook`
    done = {
        one.pk: transfer(one, to=to, at=at, reason=reason, actor=actor, now=now, request=request) for one in by_student
    }
    return [done[one.pk] for one in stays]


@transaction.atomic
def change_dates(
    enrolment: Enrolment,
    *,
    joined_at: datetime,
    left_at: datetime | None,
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> Enrolment:
    """Put right from when to when somebody is in the batch. Raises: AlreadyEnrolled, BatchFull, WrongDates."""
    now = now or timezone.now()
    batch = seats.locked(enrolment.batch_id)[enrolment.batch_id]
    row = Enrolment.objects.select_related("student", "batch").get(pk=enrolment.pk)
    if (row.joined_at, row.left_at) == (joined_at, left_at):
        return row
    if left_at is not None and left_at < joined_at:
        raise WrongDates(_("The last day is before the first."))
    if joined_at != row.joined_at:
        _require_within(batch, joined_at)
    _require_alone(row, joined_at, left_at)
    is_back = row.left_at is not None and row.left_at <= now and (left_at is None or left_at > now)
    if is_back:
        seats.require_current(batch)
        seats.hand_out(batch, now=now)
        seats.require(batch, 1, now=now, but=[row.student])
    row.joined_at, row.left_at = joined_at, left_at
    row.save(update_fields=["joined_at", "left_at"])
    if is_back:
        requests = JoinRequest.objects.open().filter(batch=batch, student=row.student)
        requests.update(state=JoinRequest.State.ENROLLED, decided_at=now, decided_by=actor)
    changes.enrolment_changed(row)
    activity.record("enrolment.changed", actor=actor, subject=row.student, on=row, request=request, name=batch.name)
    enrolment_news.of_dates(row, actor=actor)
    seats.hand_out(batch, now=now)
    return row


def _require_alone(row: Enrolment, joined_at: datetime, left_at: datetime | None) -> None:
    """Raises: AlreadyEnrolled when another stay of the student in the batch overlaps."""
    others = Enrolment.objects.filter(batch=row.batch_id, student=row.student_id).exclude(pk=row.pk)
    others = others.filter(Q(left_at=None) | Q(left_at__gt=joined_at))
    if left_at is not None:
        others = others.filter(joined_at__lt=left_at)
    other = others.first()
    if other is not None:
        words = {"name": row.student.name, "when": moment_text(other.joined_at)}
        raise AlreadyEnrolled(_("%(name)s is in the batch from %(when)s on as well. The two overlap.") % words)


def _day(day: date) -> str:
    return date_format(day, "D j M Y")
