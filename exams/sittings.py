"""By when an attempt, and each timed section of it, is over. Pure: instants in, instants out.

Whoever begins has the test's minutes, but not past its closing; extra time goes past both. Timed sections follow each
other; extra time lengthens each by its share, and when closing cuts the last ones off they end with the attempt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """The hours of one attempt: its deadline, and when each timed section ends ([] without timed sections)."""

    deadline_at: datetime
    section_ends: tuple[datetime, ...] = ()

    def section_at(self, now: datetime) -> int | None:
        """The place (0, 1, …) of the timed section that is open, None without them. The last stays until the end."""
        if not self.section_ends:
            return None
        return next((place for place, ends in enumerate(self.section_ends) if now < ends), len(self.section_ends) - 1)


def clock_of(
    *,
    begins_at: datetime,
    closes_at: datetime,
    minutes: int | None,
    section_minutes: Sequence[int] = (),
    extra_s: int = 0,
) -> Clock:
    """The clock of who begins at `begins_at` with `extra_s` seconds of extra time.

    With `section_minutes` their sum is the duration, whatever `minutes` says.
    """
    extra = timedelta(seconds=extra_s)
    if section_minutes:
        minutes = sum(section_minutes)
    closing = closes_at + extra
    deadline = min(begins_at + timedelta(minutes=minutes) + extra, closing) if minutes else closing
    return Clock(deadline, _ends(begins_at, section_minutes, extra, deadline))


def _ends(
    begins_at: datetime, section_minutes: Sequence[int], extra: timedelta, deadline: datetime
) -> tuple[datetime, ...]:
    total, passed, ends = sum(section_minutes), 0, []
    for minutes in section_minutes:
        passed += minutes
        ends.append(min(begins_at + timedelta(minutes=passed) + extra * passed / total, deadline))
    return tuple(ends)


def with_more(clock: Clock, *, seconds: int, now: datetime) -> Clock:
    """The clock after `seconds` were given at `now`: the section then open and all after it end so much later.

    Past the deadline the time counts from `now`, so that what is given can be used.
    """
    more = timedelta(seconds=seconds)
    deadline = max(clock.deadline_at, now) + more
    if not clock.section_ends:
        return Clock(deadline)
    last = len(clock.section_ends) - 1
    later = (ends if ends <= now and place < last else ends + more for place, ends in enumerate(clock.section_ends))
    return Clock(deadline, (*tuple(later)[:-1], deadline))
