"""What figures say of a test: averages, spread, and how well each question tells strong from weak. Pure.

Values are whole or decimal numbers (`Exact`), never floats, so that sums and squares are exact; only the last division
makes a float of them. In another order of students the same figures come out, to the last digit.

Source: Kelley (1939), The selection of upper and lower groups for the validation of test items (27 %); Cronbach (1951),
Coefficient alpha and the internal structure of tests; quartiles as NumPy's "linear" (method 7 of Hyndman and Fan 1996).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from operator import mul

Exact = int | Decimal
WIDTHS = (1, 2, 5, 10, 20, 25, 30, 50, 100, 200, 250, 300, 500, 1000, 2000, 5000)
MOST_BARS = 11
GROUP = Fraction(27, 100)
"""The upper and the lower group: so much of all who wrote."""


def mean(values: Sequence[Exact]) -> float | None:
    """None of no values."""
    return float(Fraction(sum(values)) / len(values)) if values else None


def variance(values: Sequence[Exact]) -> float | None:
    """Of a sample (divided by n - 1); None of fewer than two values."""
    count = len(values)
    return _spread(values) / (count * (count - 1)) if count > 1 else None


def sd(values: Sequence[Exact]) -> float | None:
    """The standard deviation of a sample (divided by n - 1); None of fewer than two values."""
    found = variance(values)
    return None if found is None else sqrt(found)


def quantile(ordered: Sequence[Exact], share: Fraction) -> float | None:
    """Of values in rising order, between two of them by the straight line (NumPy's "linear"); None of no values."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = floor(place)
    low = Fraction(ordered[below])
    high = Fraction(ordered[min(below + 1, len(ordered) - 1)])
    return float(low + (high - low) * (place - below))


def quartiles(values: Sequence[Exact]) -> tuple[float | None, float | None, float | None]:
    """The first, the median and the third, of values in any order."""
    ordered = sorted(values)
    q1, median, q3 = (quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3))
    return q1, median, q3


def median_of_counts(counts: Sequence[tuple[int, int]]) -> float | None:
    """The median of values told as (value, how often), in rising order; None of none."""
    many = sum(count for _value, count in counts)
    if not many:
        return None
    wanted = ((many - 1) // 2, many // 2)
    found: list[int] = []
    seen = 0
    for value, count in counts:
        seen += count
        found += [value] * sum(1 for place in wanted[len(found) :] if place < seen)
        if len(found) == 2:
            break
    return sum(found) / 2


# --- Marks in bars ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars of equal width: the one at place n has those from `start + n * width` to under the next, the last one those
    at its end, too."""

    start: int
    width: int
    counts: tuple[int, ...]


def histogram(values: Sequence[Exact], *, most: Exact) -> Histogram:
    """From nothing, or from below where somebody has less, to the full marks; in widths people count in."""
    bottom = min([*values, 0])
    top = max([*values, most, bottom + 1])
    width, start, bars = next(
        (found for found in (_bars(width, bottom, top) for width in WIDTHS) if found[2] <= MOST_BARS),
        _bars(ceil((top - bottom) / MOST_BARS), bottom, top),
    )
    counts = [0] * bars
    for value in values:
        counts[min(floor((value - start) / width), bars - 1)] += 1
    return Histogram(start, width, tuple(counts))


def _bars(width: int, bottom: Exact, top: Exact) -> tuple[int, int, int]:
    start = floor(bottom / width) * width
    return width, start, ceil((top - start) / width)


# --- A question -------------------------------------------------------------------------------------------------------


def difficulty(right: Sequence[Exact], whole: Exact = 1) -> float | None:
    """p, the share that is right: 1 is easy. `right` has 1 for who was right and 0 for others, or of what is right in
    part marks, with `whole` the full ones; None of nobody."""
    return float(Fraction(sum(right)) / (len(right) * Fraction(whole))) if right else None


def group_size(count: int) -> int:
    """How many are in the upper group, and in the lower: 27 %, rounded half up, at least one."""
    return max(floor(GROUP * count + Fraction(1, 2)), 1)


def discrimination(right: Sequence[Exact], whole: Exact = 1) -> float | None:
    """D: the share of the upper 27 % that is right less that of the lower 27 %. None of fewer than two.

    `right` and `whole` as for `difficulty`, the best first. Who stands where among equals at the border is the
    caller's: the analysis orders by rank and then by the student's number, so that it is the same each time.
    """
    size = group_size(len(right))
    apart = Fraction(sum(right[:size])) - Fraction(sum(right[-size:]))
    return float(apart / (size * Fraction(whole))) if len(right) > 1 else None


def point_biserial(right: Sequence[Exact], rest: Sequence[Exact]) -> float | None:
    """r: how being right goes with the marks for all OTHER questions (`rest`: the total without this one), from -1
    to 1. None where all are right, none is, or all have the same rest. Of marks in `right` it is Pearson's.

    Raises: ValueError when they are not as many.
    """
    if len(right) != len(rest):
        raise ValueError("as many students as totals")
    count, hits = len(right), Fraction(sum(right))
    apart, spread = _spread(right), _spread(rest)
    if not apart or not spread:
        return None
    together = Fraction(count * sum(map(mul, right, rest))) - hits * Fraction(sum(rest))
    return max(-1.0, min(1.0, float(together) / (sqrt(apart) * sqrt(spread))))


def alpha(items: Sequence[Sequence[Exact]]) -> float | None:
    """Cronbach's alpha of the marks, a row for each question with the students in one order; variances of samples
    (divided by n - 1). None of fewer than two questions or students, or when all totals are equal."""
    if len(items) < 2 or len(items[0]) < 2:
        return None
    whole = _spread([sum(marks) for marks in zip(*items, strict=True)])
    if not whole:
        return None
    parts = sum(_spread(one) for one in items)
    return len(items) / (len(items) - 1) * (1 - parts / whole)


def _spread(values: Sequence[Exact]) -> float:
    """n times the sum of squared distances from the mean, exact until it becomes a float."""
    total = Fraction(sum(values))
    return float(len(values) * Fraction(sum(map(mul, values, values))) - total * total)
