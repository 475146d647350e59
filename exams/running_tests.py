"""What each save asks of its test beside the paper: grace, the limit on leaving it, and what an invigilator said.

Kept in the process for a few seconds: of a thousand saves two ask the database. So a message, or a change of the
limit, reaches a device a few seconds later than it was made, wherever it was made.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from exams.models import Test, TestMessage
from exams.models.tests import FocusAction

STALE_AFTER_S = 5.0
MOST_MESSAGES = 50
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Message:
    """`attempt` is the number of whose it is, None when it is everybody's; `said` is what the device gets."""

    attempt: int | None
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Running:
    """A test while it is written. `leaves`: handed in when left more often, None when leaving is only noted."""

    paper_revision: int
    grace: timedelta
    leaves: int | None
    messages: tuple[Message, ...]
    read_at: float = field(default_factory=time.monotonic)

    def told(self, attempt: int) -> list[dict[str, Any]]:
        """What who writes this attempt was told, oldest first."""
        return [one.said for one in self.messages if one.attempt in (None, attempt)]


_kept: dict[int, Running] = {}


def running(test_id: int) -> Running:
    """The test as it was at most STALE_AFTER_S ago."""
    known = _kept.get(test_id)
    if known is None or time.monotonic() - known.read_at > STALE_AFTER_S:
        return anew(test_id)
    return known


def anew(test_id: int) -> Running:
    """The test as it is now."""
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[test_id] = _read(test_id)
    return _kept[test_id]


def forget() -> None:
    """Let the next save ask anew: after a message was sent, and in tests."""
    _kept.clear()


def _read(test_id: int) -> Running:
    test = Test.objects.only("paper_revision", "grace_s", "focus_limit", "focus_action").get(pk=test_id)
    newest = TestMessage.objects.filter(test=test_id).order_by("-at", "-pk")[:MOST_MESSAGES]
    messages = [
        Message(one.attempt_id, {"id": str(one.uuid), "text": one.text, "at": one.at.isoformat()}) for one in newest
    ]
    leaves = test.focus_limit if test.focus_action == FocusAction.SUBMIT else None
    return Running(test.paper_revision, timedelta(seconds=test.grace_s), leaves, tuple(reversed(messages)))
