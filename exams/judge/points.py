"""What the verdicts of a program's tests come to. Pure.

A test gives its points times its score (1 AC, between for PA, else 0). In a group that is all or nothing, every test
gives its points times the least score among them. The headline is CE, else SE, else the first verdict that is not AC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from exams.sandbox.protocol import Verdict

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A test as it counts: its points, its group, whether that is all or nothing."""

    points: Decimal
    group: int
    all_or_nothing: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """What a test came to."""

    verdict: Verdict
    score: float


@dataclass(frozen=True, slots=True)
class Points:
    """`each` follows the tests; `of_groups` are (points, most) by group."""

    verdict: Verdict
    points: Decimal
    most: Decimal
    each: tuple[Decimal, ...]
    of_groups: dict[int, tuple[Decimal, Decimal]]

    @property
    def fraction(self) -> Decimal:
        """Of the full marks; a question whose tests have no points counts by its headline."""
        if self.most:
            return self.points / self.most
        return Decimal(1) if self.verdict is Verdict.AC else NOTHING


def reckon(tests: Sequence[Weighed], scored: Sequence[Scored]) -> Points:
    """What a program that compiled came to; both follow the suite's order. Raises: ValueError of other lengths."""
    least: dict[int, Decimal] = {}
    for test, one in zip(tests, scored, strict=True):
        least[test.group] = min(least.get(test.group, Decimal(1)), _score(one))
    each = tuple(
        _cents(test.points * (least[test.group] if test.all_or_nothing else _score(one)))
        for test, one in zip(tests, scored, strict=True)
    )
    groups: dict[int, tuple[Decimal, Decimal]] = {}
    for test, points in zip(tests, each, strict=True):
        had, most = groups.get(test.group, (NOTHING, NOTHING))
        groups[test.group] = (had + points, most + test.points)
    return Points(
        verdict=headline([one.verdict for one in scored]),
        points=sum(each, NOTHING),
        most=sum((test.points for test in tests), NOTHING),
        each=each,
        of_groups=groups,
    )


def headline(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all: SE first, as nothing may be said then, else the first that is not AC."""
    for urgent in (Verdict.CE, Verdict.SE):
        if urgent in verdicts:
            return urgent
    wrong = (one for one in verdicts if one not in (Verdict.AC, Verdict.OK, Verdict.SK))
    return next(wrong, Verdict.AC if Verdict.SK not in verdicts else Verdict.SK)


def _score(one: Scored) -> Decimal:
    if one.verdict is Verdict.AC:
        return Decimal(1)
    return Decimal(str(one.score)) if one.verdict is Verdict.PA else NOTHING


def _cents(points: Decimal) -> Decimal:
    return points.quantize(CENT, ROUND_HALF_UP)
