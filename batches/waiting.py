"""Requests to join a batch: approving and refusing them, the waiting list, its offers.

Every verb locks the batch's row first and reads the request again, so of two who decide at once the first counts. What
was decided so already is no error; what was decided otherwise is.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Role, User
from batches import enrolment_news, enrolments, seats
from batches.models import Batch, Enrolment, JoinCode, JoinRequest
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError

State = JoinRequest.State
JUST_BEFORE = timedelta(microseconds=1)


class RequestClosed(DomainError):
    """Somebody decided otherwise already, or the offer ran out."""

    code = "request_closed"


# --- Asking and waiting -----------------------------------------------------------------------------------------------


@transaction.atomic
def wait(
    batch: Batch, *, student: User, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Put a student on the waiting list; with a seat free he has an offer at once. On the list already: nothing.

    Raises: AlreadyEnrolled, BatchArchived, NoStudent.
    """
    now = now or timezone.now()
    locked = seats.locked(batch.pk)[batch.pk]
    asked, _is_new = put_down(locked, student=student, now=now)
    if asked.state == State.ASKED:
        activity.record("join_request.asked", actor=actor, subject=student, on=asked, request=request, name=batch.name)
        _list(asked, actor=actor, now=now)
    return asked


@transaction.atomic
def wait_many(
    batch: Batch,
    *,
    students: Iterable[User],
    actor: User,
    now: datetime | None = None,
    request: HttpRequest | None = None,
) -> int:
    """All of them or none; returns how many. Raises: what `wait` raises."""
    return len([wait(batch, student=one, actor=actor, now=now, request=request) for one in students])


def put_down(batch: Batch, *, student: User, now: datetime, code: JoinCode | None = None) -> tuple[JoinRequest, bool]:
    """The student's open request, made when there is none, and whether it was; the caller holds the batch's lock.

    Raises: AlreadyEnrolled, BatchArchived, NoStudent.
    """
    seats.require_current(batch)
    if student.role != Role.STUDENT or not student.is_active:
        words = {"name": student.name}
        raise enrolments.NoStudent(_("%(name)s is no student, or the account is closed.") % words)
    if Enrolment.objects.not_over(now).filter(batch=batch, student=student).exists():
        words = {"name": student.name, "batch": batch.name}
        raise enrolments.AlreadyEnrolled(_("%(name)s is in %(batch)s already.") % words)
    given = {"state": State.ASKED, "asked_at": now, "code": code}
    asked, is_new = JoinRequest.objects.open().get_or_create(batch=batch, student=student, defaults=given)
    asked.batch, asked.student = batch, student
    return asked, is_new


def let_in_or_list(asked: JoinRequest, *, source: str, actor: User, now: datetime, request: HttpRequest | None) -> None:
    """What was asked is granted: in, or on the waiting list when the batch is full. The caller holds its lock."""
    seats.hand_out(asked.batch, now=now)
    if seats.free(asked.batch, now=now) == 0:
        _list(asked, actor=actor, now=now)
    else:
        _let_in(asked, source=source, actor=actor, now=now, request=request)


def _list(asked: JoinRequest, *, actor: User, now: datetime) -> None:
    """On the waiting list. What is free is offered; who gets nothing is told that he waits."""
    _move(asked, State.WAITING, actor=actor, now=now)
    offered = seats.hand_out(asked.batch, now=now)
    if asked.pk not in {one.pk for one in offered}:
        enrolment_news.of_waiting(asked, actor=actor)
    asked.refresh_from_db(fields=["state", "offer_ends_at"])


def places(requests: Iterable[JoinRequest]) -> dict[int, int]:
    """Where those of these that wait stand on the list of their batch, from 1, by the request's number. One query."""
    waiting = [one for one in requests if one.state == State.WAITING]
    rows = JoinRequest.objects.filter(batch__in={one.batch_id for one in waiting}, state=State.WAITING)
    standing: dict[int, int] = {}
    counts: dict[int, int] = {}
    for pk, batch in rows.order_by("asked_at", "pk").values_list("pk", "batch") if waiting else ():
        counts[batch] = counts.get(batch, 0) + 1
        standing[pk] = counts[batch]
    return {one.pk: standing[one.pk] for one in waiting if one.pk in standing}


# --- What the office and the teachers do ------------------------------------------------------------------------------


def approve(
    asked: JoinRequest, *, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Let a student in; when the batch is full, put him on the waiting list. Raises: NoStudent, RequestClosed, …"""
    now = now or timezone.now()
    with transaction.atomic():
        one = _locked(asked)
        if one.state in {State.ENROLLED, State.WAITING, State.OFFERED}:
            return one
        _require(one, State.ASKED)
        activity.record(
            "join_request.approved", actor=actor, subject=one.student, on=one, request=request, name=one.batch.name
        )
        source = Enrolment.Source.CODE if one.code_id else Enrolment.Source.OFFICE
        let_in_or_list(one, source=source, actor=actor, now=now, request=request)
    return one


def refuse(
    asked: JoinRequest, *, reason: str, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Say no to a request, or take somebody off the waiting list, whatever he was offered. Raises: RequestClosed."""
    now = now or timezone.now()
    with transaction.atomic():
        one = _locked(asked)
        if one.state == State.REFUSED:
            return one
        _require(one, *JoinRequest.OPEN)
        one.reason = reason.strip()
        _move(one, State.REFUSED, actor=actor, now=now)
        activity.record(
            "join_request.refused", actor=actor, subject=one.student, on=one, request=request, name=one.batch.name
        )
        enrolment_news.of_refusal(one, actor=actor)
        seats.hand_out(one.batch, now=now)
    return one


def prefer(
    asked: JoinRequest, *, reason: str, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Out of order: the next free seat goes to this one; a free seat at once. Raises: RequestClosed."""
    now = now or timezone.now()
    with transaction.atomic():
        one = _locked(asked)
        if one.state == State.OFFERED:
            return one
        _require(one, State.WAITING)
        others = JoinRequest.objects.filter(batch=one.batch, state=State.WAITING).exclude(pk=one.pk)
        first = others.aggregate(at=Min("asked_at"))["at"]
        if first is not None and first <= one.asked_at:
            one.asked_at = first - JUST_BEFORE
        one.reason = reason.strip()
        one.save(update_fields=["asked_at", "reason"])
        activity.record(
            "join_request.preferred", actor=actor, subject=one.student, on=one, request=request, name=one.batch.name
        )
        seats.hand_out(one.batch, now=now)
        one.refresh_from_db(fields=["state", "offer_ends_at"])
    return one


# --- What the student or his guardian does ----------------------------------------------------------------------------


def accept(
    asked: JoinRequest, *, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Take the place that is offered. Raises: RequestClosed when the offer ran out or is gone, BatchArchived, …"""
    now = now or timezone.now()
    with transaction.atomic():
        one = _locked(asked)
        if one.state == State.ENROLLED:
            return one
        _require(one, State.OFFERED)
        if one.offer_ends_at is not None and one.offer_ends_at <= now:
            when = moment_text(one.offer_ends_at)
            raise RequestClosed(_("This offer ran out on %(when)s. Ask the office.") % {"when": when})
        _let_in(one, source=Enrolment.Source.OFFER, actor=actor, now=now, request=request)
    return one


def withdraw(
    asked: JoinRequest, *, actor: User, now: datetime | None = None, request: HttpRequest | None = None
) -> JoinRequest:
    """Take a request back, or say no to an offer; the seat goes to the next. Raises: RequestClosed."""
    now = now or timezone.now()
    with transaction.atomic():
        one = _locked(asked)
        if one.state == State.WITHDRAWN:
            return one
        _require(one, *JoinRequest.OPEN)
        _move(one, State.WITHDRAWN, actor=actor, now=now)
        activity.record(
            "join_request.withdrawn", actor=actor, subject=one.student, on=one, request=request, name=one.batch.name
        )
        seats.hand_out(one.batch, now=now)
    return one


# --- The schedule -----------------------------------------------------------------------------------------------------


def hand_out_due(*, now: datetime) -> int:
    """Let offers lapse and hand out what time freed, each batch in a transaction of its own; the number of offers."""
    count = 0
    for pk in seats.with_something_due(now=now):
        with transaction.atomic():
            batch = seats.locked(pk).get(pk)
            count += len(seats.hand_out(batch, now=now)) if batch else 0
    return count


def _locked(asked: JoinRequest) -> JoinRequest:
    """The request as it is now, with its batch locked."""
    batch = seats.locked(asked.batch_id)[asked.batch_id]
    one = JoinRequest.objects.select_related("student").get(pk=asked.pk)
    one.batch = batch
    return one


def _require(one: JoinRequest, *states: str) -> None:
    """Raises: RequestClosed for another state than these."""
    if one.state not in states:
        words = {"name": one.student.name, "state": State(one.state).label}
        raise RequestClosed(_("Decided already. %(name)s: %(state)s.") % words)


def _move(one: JoinRequest, state: str, *, actor: User | None, now: datetime) -> None:
    one.state, one.decided_by, one.decided_at = state, actor, now
    one.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _let_in(one: JoinRequest, *, source: str, actor: User, now: datetime, request: HttpRequest | None) -> None:
    enrolments.enrol(one.batch, student=one.student, actor=actor, source=source, now=now, request=request)
    one.refresh_from_db(fields=["state", "decided_at", "decided_by"])
