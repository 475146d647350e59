"""From weekdays and clock times to instants. Pure: no database, no Django.

A clock time that the zone leaves out when summer time begins is read as the same distance from midnight, so the class
begins an hour later by the clock and takes its time from there; of one that comes twice the first is meant (PEP 495,
fold=0).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time: `ends_at` is no part of it, so one that begins then does not overlap it."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def weekly(weekday: int, within: Days, *, free: Iterable[Days] = ()) -> Iterator[date]:
    """Every such weekday (Monday is 0) of `within` that is in none of the `free` days, in order."""
    breaks = tuple(free)
    day = within.first + DAY * ((weekday - within.first.weekday()) % 7)
    while day <= within.last:
        if not any(day in one for one in breaks):
            yield day
        day += DAY * 7


def instant(day: date, clock: time, zone: tzinfo) -> datetime:
    """That clock time on that day in the zone, as an instant in UTC."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def span(day: date, starts: time, ends: time, zone: tzinfo) -> Span:
    """The class of that day; one that ends at or before its beginning by the clock ends on the next day."""
    last = day if ends > starts else day + DAY
    begins, finishes = instant(day, starts, zone), instant(last, ends, zone)
    if not _is_there(day, starts, zone):
        finishes = begins + (datetime.combine(last, ends) - datetime.combine(day, starts))
    return Span(begins, finishes)


def _is_there(day: date, clock: time, zone: tzinfo) -> bool:
    """Whether clocks show that time on that day."""
    return instant(day, clock, zone).astimezone(zone).replace(tzinfo=None) == datetime.combine(day, clock)


def moved_day(day: date, weekday: int) -> date:
    """The day of that weekday in the week (from Monday) of `day`."""
    return day + DAY * (weekday - day.weekday())
