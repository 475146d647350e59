"""What is wrong with the rules of a scheme before they are kept. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exams.content import Kind
from exams.ranking import Percentile, Tie
from exams.schemes import Partial

MOST_MARKS = Decimal(1000)
MOST_TIES = 10
_MARKS = re.compile(r"[+-]?[0-9]{1,4}(\.[0-9]{1,2})?")
_NAMES = ("right", "wrong", "blank", "each")


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` is a kind, others, ties or percentile; `field` the mark in it; `code` says what is wrong."""

    where: str
    field: str
    code: str


def problems(rules: Mapping[str, Any]) -> list[Problem]:
    """Everything nobody could mark by, [] when there is nothing."""
    return list(_problems(rules))


def _problems(rules: Mapping[str, Any]) -> Iterator[Problem]:
    for name in rules.keys() - {"kinds", "others", "ties", "percentile"}:
        yield Problem(str(name), "", "unknown")
    kinds = rules.get("kinds") or {}
    for kind, marks in kinds.items():
        if kind not in {one.value for one in Kind} - {Kind.PASSAGE}:
            yield Problem(str(kind), "", "unknown")
        yield from _of_marks(str(kind), marks)
    yield from _of_marks("others", rules.get("others") or {})
    yield from _of_ties(rules.get("ties") or [])
    if rules.get("percentile", Percentile.AT_OR_BELOW) not in list(Percentile):
        yield Problem("percentile", "", "unknown")


def _of_marks(where: str, marks: Any) -> Iterator[Problem]:
    if not isinstance(marks, Mapping):
        yield Problem(where, "", "unknown")
        return
    for name in _NAMES:
        said = marks.get(name)
        if said is not None and not (
            isinstance(said, str) and _MARKS.fullmatch(said) and abs(Decimal(said)) <= MOST_MARKS
        ):
            yield Problem(where, name, "not_marks")
            return
    if Decimal(marks.get("right", "1")) <= 0:
        yield Problem(where, "right", "not_above_zero")
    if Decimal(marks.get("wrong", "0")) > Decimal(marks.get("right", "1")):
        yield Problem(where, "wrong", "more_than_right")
    yield from _of_parts(where, marks)


def _of_parts(where: str, marks: Mapping[str, Any]) -> Iterator[Problem]:
    if marks.get("partial", "NONE") not in list(Partial):
        yield Problem(where, "partial", "unknown")
    elif marks.get("partial") in (Partial.PER_RIGHT, Partial.PER_ROW) and Decimal(marks.get("each", "0")) <= 0:
        yield Problem(where, "each", "not_above_zero")


def _of_ties(ties: Any) -> Iterator[Problem]:
    if not isinstance(ties, list) or len(ties) > MOST_TIES:
        yield Problem("ties", "", "unknown")
        return
    for one in ties:
        by = one.get("by") if isinstance(one, Mapping) else None
        if by not in list(Tie) or (by == Tie.SECTION and not str(one.get("name") or "").strip()):
            yield Problem("ties", "", "unknown")
