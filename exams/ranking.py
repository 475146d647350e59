"""Ranks and percentiles of those who wrote a test. Pure; which rules break a tie is data of the scheme."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

PLACES = Decimal("0.0000001")


class Tie(StrEnum):
    """What decides among equal totals, each rule after the one before it."""

    SECTION = "SECTION"
    """More marks in the section of that name; who has none in it comes after."""
    FEWER_WRONG = "FEWER_WRONG"
    MORE_RIGHT = "MORE_RIGHT"
    OLDER = "OLDER"
    """The earlier date of birth; who has told none comes after."""
    LESS_TIME = "LESS_TIME"


class Percentile(StrEnum):
    """Of how many in a hundred somebody is told to be at or above."""

    AT_OR_BELOW = "AT_OR_BELOW"
    """100 × (those with his score or less, he among them) / all. Source: NTA's definition for sessions."""
    BELOW = "BELOW"
    """100 × (those with less) / all."""
    MIDDLE = "MIDDLE"
    """100 × (those with less and half of his equals) / all."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What ranks somebody; `sections` are marks by the names of sections."""

    id: Any
    total: Decimal
    sections: Mapping[str, Decimal] = field(default_factory=dict)
    wrong: int = 0
    right: int = 0
    born_on: date | None = None
    seconds: int = 0


def ranks(candidates: Iterable[Candidate], ties: Sequence[Mapping[str, str]] = ()) -> dict[Any, int]:
    """The rank of each by its id, best first: 1, 2, 2, 4. Who is equal by every rule shares a rank."""
    rules = [_rule(one) for one in ties]

    def merit(one: Candidate) -> tuple[Any, ...]:
        return (-one.total, *(rule(one) for rule in rules))

    found: dict[Any, int] = {}
    before: tuple[Any, ...] | None = None
    rank = 0
    for place, (mine, one) in enumerate(sorted(((merit(one), one) for one in candidates), key=_first), start=1):
        rank = rank if mine == before else place
        before = mine
        found[one.id] = rank
    return found


def _first(pair: tuple[Any, Candidate]) -> Any:
    return pair[0]


def _rule(tie: Mapping[str, str]) -> Callable[[Candidate], Any]:
    """What to sort by, smaller first. Raises: ValueError for a rule there is not."""
    match Tie(tie["by"]):
        case Tie.SECTION:
            name = tie["name"].casefold()
            return lambda one: _of_section(one, name)
        case Tie.FEWER_WRONG:
            return lambda one: one.wrong
        case Tie.MORE_RIGHT:
            return lambda one: -one.right
        case Tie.OLDER:
            return lambda one: (one.born_on is None, one.born_on or date.max)
        case Tie.LESS_TIME:
            return lambda one: one.seconds


def _of_section(one: Candidate, name: str) -> tuple[bool, Decimal]:
    marks = next((marks for title, marks in one.sections.items() if title.casefold() == name), None)
    return (marks is None, -(marks or Decimal(0)))


def percentiles(totals: Mapping[Any, Decimal], definition: str = Percentile.AT_OR_BELOW) -> dict[Any, Decimal]:
    """The percentile of each, 0 to 100 with seven places, by the scores alone."""
    ordered = sorted(totals.values())
    by_score = {score: _percentile(ordered, score, Percentile(definition)) for score in set(ordered)}
    return {one: by_score[score] for one, score in totals.items()}


def _percentile(ordered: Sequence[Decimal], score: Decimal, definition: Percentile) -> Decimal:
    below, upto = bisect_left(ordered, score), bisect_right(ordered, score)
    share = {
        Percentile.AT_OR_BELOW: Fraction(upto, len(ordered)),
        Percentile.BELOW: Fraction(below, len(ordered)),
        Percentile.MIDDLE: Fraction(below + upto, 2 * len(ordered)),
    }[definition]
    return (Decimal(100 * share.numerator) / Decimal(share.denominator)).quantize(PLACES, ROUND_HALF_UP)
