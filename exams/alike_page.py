"""What the page of compared answers shows: pairs with their names, and what is to be thought of them."""

from dataclasses import dataclass
from math import floor, log10
from typing import Any

from exams.models import Attempt, Comparison, Result

SMALLEST = 0.0001
SHOWN_QUESTIONS = 40


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of a pair: `attempt` leads to all that was noted while he wrote."""

    name: str
    identifier: str
    batch: str
    attempt: Any


@dataclass(frozen=True, slots=True)
class PairLine:
    """`expected`: how many innocent pairs like this the test would have, as text; `numbers` are those of the questions
    both answered alike and wrong, from 1."""

    both_students: tuple[Somebody, Somebody]
    same: int
    both: int
    by_chance: str
    expected: str
    near: int
    numbers: list[int]
    more: int
    same_device: bool
    same_batch: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A report in lines; `count` may be more than there are lines."""

    lines: list[PairLine]
    count: int
    students: int
    compared: int
    bound: str


def found_of(row: Comparison) -> Found:
    """Two queries, however many pairs there are."""
    report = row.report
    among = {attempt for pair in report["pairs"] for attempt in pair["attempts"]}
    people = _people(row, among)
    return Found(
        lines=[_line(pair, people) for pair in report["pairs"]],
        count=report["count"],
        students=report["students"],
        compared=report["compared"],
        bound=figure(report["bound"]),
    )


def _people(row: Comparison, attempts: set[int]) -> dict[int, Somebody]:
    """By the number of the attempt."""
    rows = Result.objects.filter(version=row.version_id, is_counted=True, attempt__in=attempts)
    uuids = dict(Attempt.objects.filter(pk__in=attempts).order_by().values_list("pk", "uuid"))
    return {
        one.attempt_id: Somebody(
            one.student.name, one.student.identifier, one.batch.name if one.batch else "", uuids[one.attempt_id]
        )
        for one in rows.select_related("student", "batch")
        if one.attempt_id is not None
    }


def _line(pair: dict[str, Any], people: dict[int, Somebody]) -> PairLine:
    one, other = (people[attempt] for attempt in pair["attempts"])
    numbers = [place + 1 for place in pair["same"]]
    return PairLine(
        both_students=(one, other),
        same=len(numbers),
        both=pair["both"],
        by_chance=f"{pair['by_chance']:.1f}",
        expected=figure(pair["expected"]),
        near=pair["near"],
        numbers=numbers[:SHOWN_QUESTIONS],
        more=max(len(numbers) - SHOWN_QUESTIONS, 0),
        same_device=pair["same_device"],
        same_batch=pair["same_batch"],
    )


def figure(small: float) -> str:
    """A small number without powers of ten: 0.05, 0.0031; "" for what is below a ten-thousandth."""
    if small < SMALLEST:
        return ""
    return f"{small:.{max(1 - floor(log10(small)), 0)}f}".rstrip("0").rstrip(".") if small < 1 else f"{small:.1f}"
