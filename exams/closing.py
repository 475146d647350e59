"""Closing attempts whose time is over: whoever did not hand in has handed in at his deadline.

Answers may be on their way for the test's grace; a save holds the attempt's row, so it came before or is refused.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from exams.finishing import submit
from exams.models import Attempt
from exams.models.attempts import EndedBy, State

log = logging.getLogger("exams.closing")
AT_ONCE = 500


@dataclass(slots=True)
class Round:
    """What one look of the scheduler came to; `failed` are the uuids of attempts that did not close."""

    closed: int = 0
    failed: list[str] = field(default_factory=list)


def close_due(*, now: datetime) -> Round:
    """Close what is due, each in a transaction of its own; what a round leaves, the next one takes."""
    done = Round()
    due = [attempt for attempt in _over(now=now) if is_due(attempt, now=now)]
    for attempt in due[:AT_ONCE]:
        try:
            done.closed += close(attempt, now=now)
        except DatabaseError:
            log.exception("attempt %s does not close", attempt.uuid)
            done.failed.append(str(attempt.uuid))
    return done


@transaction.atomic
def close(attempt: Attempt, *, now: datetime) -> bool:
    """Close it if it is due as it stands now: more time may have been given since. Whether this call did it."""
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related("test")
    locked = rows.get(pk=attempt.pk)
    return is_due(locked, now=now) and submit(locked, by=EndedBy.DEADLINE, now=now)


def is_due(attempt: Attempt, *, now: datetime) -> bool:
    """Whether it is written and nothing is taken for it any more."""
    if attempt.state != State.WRITING or attempt.deadline_at is None:
        return False
    return attempt.deadline_at + timedelta(seconds=attempt.test.grace_s) < now


def _over(*, now: datetime) -> QuerySet[Attempt]:
    """Past their deadline, the oldest first."""
    return Attempt.objects.writing().filter(deadline_at__lt=now).select_related("test").order_by("deadline_at", "pk")
