"""What staff do to an attempt itself: open it again, or hand it in. Twice is once."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams import finishing
from exams.credits import locked, require_reason, require_seconds, section_ends
from exams.models import Attempt, AttemptEvent, Test, TimeCredit
from exams.models.attempts import EndedBy, State


class CannotReopen(DomainError):
    """It is written, or he writes a newer one (409)."""

    code = "cannot_reopen"


def reopen(
    attempt: Attempt,
    *,
    seconds: int,
    reason: str,
    action: UUID,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> bool:
    """Let its student go on writing for so long from now, on whichever device he comes with; whether this call did it.

    What his device sent under the epoch before is refused. Raises: BadCredit, CannotReopen.
    """
    require_seconds(seconds)
    kept = require_reason(reason)
    try:
        with transaction.atomic():
            return _reopen(attempt, seconds, kept, action=action, actor=actor, now=now, request=request)
    except IntegrityError:  # he was let in to his next attempt at this moment
        raise _newer_open() from None


def _reopen(
    attempt: Attempt,
    seconds: int,
    reason: str,
    *,
    action: UUID,
    actor: User,
    now: datetime,
    request: HttpRequest | None,
) -> bool:
    row = locked([attempt])[0]
    if row.test.archived_at:
        raise CannotReopen(_("The test is archived. Take it out of the archive first."))
    if row.credits.filter(action=action).exists():
        return False
    if row.state != State.SUBMITTED or row.deadline_at is None:
        raise CannotReopen(_("This attempt is not handed in; there is nothing to open again."))
    if Attempt.objects.open().filter(test=row.test_id, student=row.student_id).exists():
        raise _newer_open()
    _open(row, now + timedelta(seconds=seconds), seconds=seconds, now=now)
    kind = TimeCredit.Kind.REOPENED
    TimeCredit.objects.create(action=action, attempt=row, kind=kind, seconds=seconds, reason=reason, by=actor, at=now)
    detail = {"reason": reason, "seconds": seconds, "epoch": row.epoch}
    AttemptEvent.objects.create(
        attempt=row, kind=AttemptEvent.Kind.REOPENED, happened_at=now, at=now, by=actor, detail=detail
    )
    said = {"name": row.test.title, "seconds": seconds, "reason": reason}
    activity.record("attempt.reopened", actor=actor, subject=row.student, on=row, request=request, **said)
    return True


def _open(row: Attempt, deadline: datetime, *, seconds: int, now: datetime) -> None:
    """Sections that were over stay over, but for the last one."""
    ends = [min(one, deadline) if one > now else one for one in section_ends(row)]
    row.section_ends = [one.isoformat() for one in (*ends[:-1], deadline)] if ends else []
    row.state, row.submitted_at, row.ended_by = State.WRITING, None, ""
    row.deadline_at, row.credit_s, row.epoch = deadline, row.credit_s + seconds, row.epoch + 1
    row.slot, row.device_id, row.last_beat_at = None, None, None
    row.save()


def _newer_open() -> CannotReopen:
    return CannotReopen(_("He has another attempt of this test open. Only one can be written at a time."))


@transaction.atomic
def force_submit(
    test: Test,
    attempts: Collection[Attempt],
    *,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> int:
    """Hand in those of these that are written, with what is saved; how many this call handed in. Raises: BadCredit."""
    kept, done = require_reason(reason), 0
    for attempt in locked(attempts):  # all of them first, in the order in which credits lock them, too
        if attempt.test_id == test.pk and attempt.state == State.WRITING:
            done += finishing.submit(attempt, by=EndedBy.STAFF, now=now, actor=actor, reason=kept, request=request)
    return done
