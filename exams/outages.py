"""How much of an outage a student lost. Pure: instants in, seconds out.

The rule: he gets back what of the outage lies within the time he could write (from his beginning until now, or his
deadline if that came first), less what an earlier outage credit of his gave back already. Parts of a second count as
one, for him.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant until another; empty when it ends before it begins."""

    begins: datetime
    ends: datetime

    def within(self, other: "Span") -> "Span":
        """What both have in common."""
        return Span(max(self.begins, other.begins), min(self.ends, other.ends))

    @property
    def is_empty(self) -> bool:
        return self.ends <= self.begins


def lost(outage: Span, wrote: Span, covered: Sequence[Span] = ()) -> int:
    """Seconds of the outage in which he could write and which `covered` did not give back."""
    mine = outage.within(wrote)
    if mine.is_empty:
        return 0
    left = (mine.ends - mine.begins) - _together(one.within(mine) for one in covered)
    return max(math.ceil(left.total_seconds()), 0)


def _together(spans: Iterable[Span]) -> timedelta:
    """How long they are, where they overlap counted once."""
    total, reached = timedelta(0), None
    for one in sorted((one for one in spans if not one.is_empty), key=lambda span: span.begins):
        begins = one.begins if reached is None else max(one.begins, reached)
        if one.ends > begins:
            total += one.ends - begins
            reached = one.ends
    return total
