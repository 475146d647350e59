"""Handing an attempt in: by its student, because time was over or the test was left too often, or by staff.

Whoever comes first does it; for all others it is done.
"""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.judge import handing_in
from exams.models import Attempt, AttemptEvent, TakeoverRequest
from exams.models.attempts import EndedBy, State


class NotStarted(DomainError):
    """Nothing is written before it has begun (409)."""

    code = "attempt_not_started"

    def __init__(self) -> None:
        super().__init__(_("This test has not begun for you. Begin it first."))


@transaction.atomic
def submit(
    attempt: Attempt,
    *,
    by: EndedBy,
    now: datetime,
    reason: str = "",
    actor: User | None = None,
    request: HttpRequest | None = None,
) -> bool:
    """Hand it in; whether this call did it. `attempt` is then as it stands. `reason`: of staff, for the log.

    Answers that were on their way at the deadline belong to it: nothing is handed in later than that, and what a
    student's page sends then was ended by the deadline. Raises: NotStarted.
    """
    locked = _locked(attempt)
    if locked.state == State.READY or locked.deadline_at is None:
        raise NotStarted
    is_first = locked.state != State.SUBMITTED
    if is_first:
        if by == EndedBy.STUDENT and now >= locked.deadline_at:
            by = EndedBy.DEADLINE
        locked.state, locked.ended_by, locked.submitted_at = State.SUBMITTED, by, min(now, locked.deadline_at)
        locked.save(update_fields=["state", "ended_by", "submitted_at"])
        handing_in.hand_in(locked, now=now)
        _tell(locked, by=by, now=now, said={"reason": reason} if reason else {}, actor=actor, request=request)
    for name in ("state", "ended_by", "submitted_at", "deadline_at"):
        setattr(attempt, name, getattr(locked, name))
    return is_first


def _locked(attempt: Attempt) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related("test", "student")
    return rows.get(pk=attempt.pk)


def _tell(
    attempt: Attempt,
    *,
    by: EndedBy,
    now: datetime,
    said: dict[str, str],
    actor: User | None,
    request: HttpRequest | None,
) -> None:
    """The event, the activity, and no question left open about another device."""
    staff = actor if by == EndedBy.STAFF else None
    event = AttemptEvent(attempt=attempt, kind=AttemptEvent.Kind.SUBMITTED, cause=by.lower(), by=staff, detail=said)
    event.happened_at = event.at = now
    event.save(force_insert=True)
    asked = [TakeoverRequest.State.ASKED, TakeoverRequest.State.APPROVED]
    TakeoverRequest.objects.filter(attempt=attempt, state__in=asked).update(state=TakeoverRequest.State.DROPPED)
    extra = {"name": attempt.test.title, "ended_by": by.value} | said
    activity.record("attempt.submitted", actor=actor, subject=attempt.student, on=attempt, request=request, **extra)
