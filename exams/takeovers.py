"""Going on with an attempt on another device: who may, how often, and who is asked.

One device at a time writes. The browser that began (by its own id) opens it again at will; another one takes over once
the first was silent for a minute, or an invigilator allows it. The epoch is counted up, so that what the old device
sends late is refused; the deadline stays as it is. Every step holds the attempt's row.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.limits import Limit
from exams.devices import Device
from exams.models import Attempt, AttemptEvent, TakeoverRequest
from exams.models.attempts import MOST_TAKEOVERS, State

Kind = AttemptEvent.Kind
Asked = TakeoverRequest.State
OPEN = (Asked.ASKED, Asked.APPROVED)
ASKED_AGAIN = Limit("exams.takeover", tries=6, per_s=600)


class OpenElsewhere(DomainError):
    """The attempt is written on another device that still answers (409)."""

    code = "open_elsewhere"


class NoMoreTakeovers(DomainError):
    """It went to another device as often as it may (409)."""

    code = "no_more_takeovers"


class NotWriting(DomainError):
    """There is nothing to go on with: not begun, or handed in (409)."""

    code = "not_writing"


class Decided(DomainError):
    """The request was answered otherwise, or is no longer needed (409)."""

    code = "decided"


def is_here(attempt: Attempt, device: Device) -> bool:
    """Whether this device is the one that writes; before anybody writes every one is."""
    return attempt.device_id is None or attempt.state == State.READY or attempt.device_id == device.id


def is_bound(attempt: Attempt, device: Device) -> bool:
    """Whether it is this very session of this device; after a sign-in, or when staff opened it again, it is not."""
    return (attempt.slot_id, attempt.device_id) == (device.slot, device.id)


@transaction.atomic
def take_over(attempt: Attempt, *, device: Device, now: datetime) -> Attempt:
    """Let this device be the one that writes; on the one that already is, nothing changes but its session.

    Raises: NotWriting, OpenElsewhere, NoMoreTakeovers.
    """
    row = _locked(attempt, now=now)
    if is_here(row, device):
        return row if is_bound(row, device) else _bound(row, device, Kind.RESUMED, now=now)
    allowed = row.takeover_requests.filter(state=Asked.APPROVED, device_id=device.id).first()
    if not allowed and not row.is_lost(now):
        raise OpenElsewhere(_("The other device still answers. Ask the invigilator, or close the test there."))
    require_left(row)
    row.takeovers += 1
    was = row.device
    _bound(row, device, Kind.MOVED, now=now, before=was, allowed_by=allowed.decided_by_id if allowed else None)
    row.takeover_requests.filter(state__in=OPEN).update(state=Asked.DROPPED)
    if allowed:
        TakeoverRequest.objects.filter(pk=allowed.pk).update(state=Asked.USED)
    activity.record("attempt.moved", actor=row.student, subject=row.student, on=row, name=str(row.test), device=was)
    return row


@transaction.atomic
def ask(attempt: Attempt, *, device: Device, now: datetime) -> TakeoverRequest:
    """Ask the invigilators; asking again on the same device is the same question.

    Raises: NotWriting, NoMoreTakeovers; TooMany, as two devices could ask in turns for ever.
    """
    row = _locked(attempt, now=now)
    require_left(row)
    asked = row.takeover_requests.filter(state__in=OPEN, device_id=device.id).first()
    if asked:
        return asked
    ASKED_AGAIN.take(row.pk, now=now)
    row.takeover_requests.filter(state__in=OPEN).update(state=Asked.DROPPED)
    _note(row, Kind.TAKEOVER_ASKED, now=now, device=device.name)
    return TakeoverRequest.objects.create(attempt=row, device_id=device.id, device=device.name, asked_at=now)


def approve(request: TakeoverRequest, *, actor: User, now: datetime) -> TakeoverRequest:
    """Allow the other device; the student goes on there by himself. Raises: Decided."""
    return _decide(request, Asked.APPROVED, actor=actor, now=now)


def refuse(request: TakeoverRequest, *, actor: User, now: datetime) -> TakeoverRequest:
    """Leave the attempt where it is. Raises: Decided."""
    return _decide(request, Asked.REFUSED, actor=actor, now=now)


def require_left(attempt: Attempt) -> None:
    """Raises: NoMoreTakeovers."""
    if attempt.takeovers >= MOST_TAKEOVERS:
        raise NoMoreTakeovers(
            ngettext(
                "This test has moved to another device %(count)d time; it cannot move again. Tell the invigilator.",
                "This test has moved to another device %(count)d times; it cannot move again. Tell the invigilator.",
                MOST_TAKEOVERS,
            )
            % {"count": MOST_TAKEOVERS}
        )


@transaction.atomic
def _decide(request: TakeoverRequest, verdict: str, *, actor: User, now: datetime) -> TakeoverRequest:
    asked = TakeoverRequest.objects.filter(pk=request.pk, state=Asked.ASKED)
    if not asked.update(state=verdict, decided_by=actor, decided_at=now):
        request.refresh_from_db()
        if request.state != verdict:
            raise Decided(_("This was answered already, or is no longer needed."))
        return request
    request.refresh_from_db()
    attempt = Attempt.objects.select_related("student", "test").get(pk=request.attempt_id)
    if verdict == Asked.REFUSED:
        _note(attempt, Kind.TAKEOVER_REFUSED, now=now, by=actor, device=request.device)
    activity.record(
        "attempt.takeover_decided",
        actor=actor,
        subject=attempt.student,
        on=attempt,
        name=str(attempt.test),
        answer=verdict,
    )
    return request


def _locked(attempt: Attempt, *, now: datetime) -> Attempt:
    """Raises: NotWriting."""
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("student", "test")
    row = rows.get(pk=attempt.pk)
    if row.state == State.READY:
        raise NotWriting(_("This test is not begun yet."))
    if row.state != State.WRITING or row.deadline_at is None:
        raise NotWriting(_("This test is handed in."))
    if now >= row.deadline_at + timedelta(seconds=row.test.grace_s):
        raise NotWriting(_("The time of this test is over."))
    return row


def _bound(row: Attempt, device: Device, kind: str, *, now: datetime, **more: Any) -> Attempt:
    row.epoch += 1
    row.slot_id, row.device_id, row.device, row.last_beat_at = device.slot, device.id, device.name, now
    row.save(update_fields=["epoch", "takeovers", "slot", "device_id", "device", "last_beat_at"])
    _note(row, kind, now=now, device=device.name, epoch=row.epoch, **more)
    return row


def _note(row: Attempt, kind: str, *, now: datetime, by: User | None = None, **detail: Any) -> None:
    AttemptEvent.objects.create(attempt=row, kind=kind, happened_at=now, at=now, by=by, detail=detail)
