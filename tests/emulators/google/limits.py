"""Quota units per minute, for the project and for each person, as Drive counts them since May 2026.

Off until a test sets a ceiling. Costs: the store's reference, section 0, finding 6; those of about and token-less calls
are not published and taken as those of `get` and nothing.
"""

import threading
from collections import defaultdict

from tests.emulators.google.answers import refuse
from tests.emulators.google.calls import Call
from tests.emulators.google.clock import SimulatedClock

UNITS = {
    "about": 5,
    "get": 5,
    "ids": 5,
    "list": 100,
    "download": 200,
    "create": 50,
    "session": 50,
    "update": 50,
    "delete": 50,
}  # bytes of a session and questions to it are part of the write that opened it


class Limits:
    """Ceilings; None is no ceiling. `spent` is what the current minute has cost by account ("" is the project)."""

    def __init__(self, clock: SimulatedClock) -> None:
        self.units_per_minute: int | None = None
        self.user_units_per_minute: int | None = None
        self.egress_bytes_per_day: int | None = None
        self.egress_bytes: dict[int, int] = defaultdict(int)  # by day
        self.spent: dict[str, int] = defaultdict(int)
        self._clock = clock
        self._minute = 0
        self._lock = threading.Lock()

    def charge(self, call: Call) -> None:
        """Raises: Refusal (403 rateLimitExceeded, userRateLimitExceeded, dailyLimitExceeded)."""
        cost = UNITS.get(call.operation, 0)
        if call.bearer is None or not cost:
            return
        with self._lock:
            minute = int(self._clock.now() // 60)
            if minute != self._minute:
                self._minute = minute
                self.spent.clear()
            email = call.bearer.account.email
            self._check(email, cost)
            if call.operation == "download" and self._over_the_day():
                raise refuse("dailyLimitExceeded")
            self.spent[""] += cost
            self.spent[email] += cost

    def _check(self, email: str, cost: int) -> None:
        if self.units_per_minute is not None and self.spent[""] + cost > self.units_per_minute:
            raise refuse("rateLimitExceeded")
        if self.user_units_per_minute is not None and self.spent[email] + cost > self.user_units_per_minute:
            raise refuse("userRateLimitExceeded")

    def _over_the_day(self) -> bool:
        return (
            self.egress_bytes_per_day is not None and self.egress_bytes[self._clock.day()] >= self.egress_bytes_per_day
        )

    def count_egress(self, size: int) -> None:
        with self._lock:
            self.egress_bytes[self._clock.day()] += size
