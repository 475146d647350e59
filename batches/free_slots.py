"""Other times at which a class, or a whole series, fits. Pure: no database, no Django.

A later day costs as much as two hours on the same one, so what is proposed first is near the wanted clock time: a
little later today before the same time tomorrow, that before seven in the morning. Proposals do not overlap.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import chain

from batches.overlaps import Ordered
from batches.series import DAY, Days, Span, instant

OPENS, CLOSES = time(7), time(21, 30)
STEP = timedelta(minutes=15)
A_DAY_COSTS = timedelta(hours=2)
DAYS_AHEAD, DAYS_OF_SERIES = 14, 6


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where a class may be put: clock times of the zone, days of the batch that are not free, and not in the past."""

    zone: tzinfo
    within: Days
    now: datetime
    free: tuple[Days, ...] = ()
    opens: time = OPENS
    closes: time = CLOSES


def free_spans(wanted: Sequence[Span], *, busy: Iterable[Span], bounds: Bounds, count: int = 3) -> list[Span]:
    """At most so many spans, the best first, as long as the wanted ones.

    Of a series all that would be held are free, and the span is that of the first: it says weekday and clock time. The
    days of a series are those of the same week on; classes that would fall on free days or outside the batch are left
    out, as the timetable leaves them out.
    """
    taken = Ordered(busy)
    local = [
        (one.starts_at.astimezone(bounds.zone).replace(tzinfo=None), one.ends_at - one.starts_at) for one in wanted
    ]
    found: list[Span] = []
    for shift in _shifts(wanted, bounds):
        held = _moved(local, shift, bounds)
        first = next(held, None)
        if first is None or first.starts_at <= bounds.now or any(first.overlaps(one) for one in found):
            continue
        if not any(next(taken.hit_by(span), None) for span in chain([first], held)):
            found.append(first)
        if len(found) == count:
            break
    return found


def _shifts(wanted: Sequence[Span], bounds: Bounds) -> list[tuple[int, timedelta]]:
    """Days and clock time to be moved by, the cheapest first, inside opening hours."""
    if not wanted:
        return []
    starts = wanted[0].starts_at.astimezone(bounds.zone)
    begins = timedelta(hours=starts.hour, minutes=starts.minute)
    least = _clock(bounds.opens) - begins
    most = _clock(bounds.closes) - begins - max(one.ends_at - one.starts_at for one in wanted)
    clocks = [STEP * number for number in range(-96, 97) if least <= STEP * number <= most]
    days = range((DAYS_AHEAD if len(wanted) == 1 else DAYS_OF_SERIES) + 1)
    every = [(day, clock) for day in days for clock in clocks if day or clock]
    return sorted(every, key=lambda shift: (shift[0] * A_DAY_COSTS + abs(shift[1]), shift[0], -shift[1]))


def _moved(local: Sequence[tuple[datetime, timedelta]], shift: tuple[int, timedelta], bounds: Bounds) -> Iterator[Span]:
    """Those that would be held: on days of the batch that are not free."""
    days, clock = shift
    for starts, length in local:
        moved = starts + clock
        day = moved.date() + DAY * days
        if day in bounds.within and not any(day in one for one in bounds.free):
            begins = instant(day, moved.time(), bounds.zone)
            yield Span(begins, begins + length)


def _clock(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute)
