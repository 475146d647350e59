"""Which spans overlap, of many. Pure: no database, no Django."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Generic, TypeVar

from batches.series import Span

One = TypeVar("One", bound=Span)
Other = TypeVar("Other", bound=Span)


class Ordered(Generic[One]):
    """Spans by their beginning, to be asked often which of them overlap another."""

    def __init__(self, spans: Iterable[One]) -> None:
        self._spans = sorted(spans, key=lambda span: span.starts_at)
        self._starts = [span.starts_at for span in self._spans]
        self._longest = max((span.ends_at - span.starts_at for span in self._spans), default=timedelta(0))

    def hit_by(self, span: Span) -> Iterator[One]:
        """Those that overlap this span."""
        first = bisect_right(self._starts, span.starts_at - self._longest)
        end = bisect_left(self._starts, span.ends_at)
        return (one for one in self._spans[first:end] if one.overlaps(span))

    def pairs(self) -> Iterator[tuple[One, One]]:
        """Every two that overlap, once, the one that begins first in front."""
        for place, one in enumerate(self._spans):
            for other in self._spans[place + 1 : bisect_left(self._starts, one.ends_at)]:
                if one.overlaps(other):
                    yield one, other


def across(spans: Iterable[One], others: Iterable[Other]) -> Iterator[tuple[One, Other]]:
    """Every span with each of the others that it overlaps."""
    ordered = Ordered(others)
    return ((one, other) for one in spans for other in ordered.hit_by(one))
