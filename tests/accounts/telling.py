"""A kind of news for tests, and short ways to tell it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts import kinds, notifications
from accounts.models import User

TEST = kinds.Kind("test.room", "Rooms")
URGENT = kinds.Kind("test.urgent", "Classes moved", is_urgent=True)
DAILY = kinds.Kind("test.daily", "Notes", email=kinds.When.DIGEST)
KOLKATA = ZoneInfo("Asia/Kolkata")
kinds.declare(TEST, URGENT, DAILY)


def tell(readers: Iterable[User], *, kind: str = TEST.key, **more: Any) -> int:
    """Tell them that room 3 is closed, or what `more` says."""
    return notifications.tell(readers, kind=kind, **({"event_key": "room:3", "title": "Room 3 is closed"} | more))


def at(clock: str, day: int = 21) -> datetime:
    """A time of that day of November 2026 in Kolkata: 22:15."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=KOLKATA)
