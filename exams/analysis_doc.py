"""What the analysis of a version says, as it is kept (JSON) and as pages read it. Pure.

{"shape": 1, "count", "best_count", "mean", "sd"|null, "median", "q1", "q3", "least", "highest", "alpha"|null,
 "histogram": {"from": 0, "width": 30, "counts": [..]}, "sections": [{"mean", "top"}], "mean_spent_s", "top_spent_s",
 "questions": [{"p", "d", "r", "right", …, "chosen": {"a": 11}, "chosen_best": {…}, "suspect", "flags"}],
 "topics": [{"topic": id|null, "name", "subject", "questions": [places], "all": [right, asked], "by_batch": {"7": …}}],
 "batches": [{"id"|null, "name", "count", "mean", "highest"}]}
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from exams.statistics import Histogram

SHAPE = 1
"""Counted up when what is kept changes: what has another number is made anew."""


@dataclass(frozen=True, slots=True)
class SectionStats:
    """Marks of a section: on average, and those of rank 1."""

    mean: float
    top: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """The answer that is not right and was given most among the best: by `count` in all, `best` of the best."""

    answer: Any
    count: int
    best: int


@dataclass(frozen=True, slots=True)
class QuestionStats:
    """A question, of the attempts that count. `p`, `d` and `r` are None where there is nothing to tell by, and of
    what was taken out or given to all.

    `right` … `waiting` count verdicts, `answered` is who said something. Seconds are of who saw it, the median to the
    second. `chosen` counts options (of a match `row-column`, of numbers and words the commonest eight), `chosen_best`
    those of the best 27 %.
    """

    p: float | None
    d: float | None
    r: float | None
    right: int
    partial: int
    wrong: int
    blank: int
    waiting: int
    answered: int
    mean_marks: float
    mean_s: float | None
    top_s: float | None
    median_s: float | None
    chosen: dict[str, int]
    chosen_best: dict[str, int]
    right_best: int
    suspect: Suspect | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicStats:
    """Questions of a topic, or those of a subject that have none (`topic` None, `name` ""): how many answers were
    right of how many were asked for, over all and by the batch (its number as text)."""

    topic: int | None
    name: str
    subject: str
    questions: tuple[int, ...]
    all: tuple[int, int]
    by_batch: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class BatchStats:
    """A batch as its students wrote the test; `id` None: who wrote it in none."""

    id: int | None
    name: str
    count: int
    mean: float
    highest: float


@dataclass(frozen=True, slots=True)
class AnalysisDoc:
    """The whole; `sd` is None of fewer than two, all figures are 0 where nobody wrote."""

    count: int
    best_count: int
    mean: float
    sd: float | None
    median: float
    q1: float
    q3: float
    least: float
    highest: float
    alpha: float | None
    histogram: Histogram
    sections: tuple[SectionStats, ...]
    mean_spent_s: float
    top_spent_s: float
    questions: tuple[QuestionStats, ...]
    topics: tuple[TopicStats, ...]
    batches: tuple[BatchStats, ...]

    def to_json(self) -> dict[str, Any]:
        found = asdict(self) | {"shape": SHAPE}
        bars = self.histogram
        found["histogram"] = {"from": bars.start, "width": bars.width, "counts": bars.counts}
        return dict(json.loads(json.dumps(found)))  # lists, as they are read again

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        bars = found["histogram"]
        plain = {name: found[name] for name in _PLAIN}
        return cls(
            **plain,
            histogram=Histogram(bars["from"], bars["width"], tuple(bars["counts"])),
            sections=tuple(SectionStats(**one) for one in found["sections"]),
            questions=tuple(_question(one) for one in found["questions"]),
            topics=tuple(_topic(one) for one in found["topics"]),
            batches=tuple(BatchStats(**one) for one in found["batches"]),
        )


_PLAIN = (
    *("count", "best_count", "mean", "sd", "median", "q1", "q3", "least", "highest", "alpha"),
    *("mean_spent_s", "top_spent_s"),
)


def _question(found: Mapping[str, Any]) -> QuestionStats:
    suspect = found["suspect"]
    read = {"suspect": Suspect(**suspect) if suspect else None, "flags": tuple(found["flags"])}
    return QuestionStats(**(dict(found) | read))


def _topic(found: Mapping[str, Any]) -> TopicStats:
    read = {
        "questions": tuple(found["questions"]),
        "all": _pair(found["all"]),
        "by_batch": {batch: _pair(one) for batch, one in found["by_batch"].items()},
    }
    return TopicStats(**(dict(found) | read))


def _pair(found: list[int]) -> tuple[int, int]:
    return found[0], found[1]
