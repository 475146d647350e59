"""What a version of results says of its test: `make` reckons it, `of` reads it.

Marks and verdicts come from its results, one row for each student (of 5,000 with 180 questions some 30 MB), answers and
times are counted in the database (`analysis_counts`). Only attempts that count are in it. A test on paper has totals,
sections and batches.

Of a section where only some answers count, a question was asked of those whose answer to it counts, or is one of what
they said; who left it for others was not asked. Answers that wait for a person say nothing yet.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from coaching.lib.errors import Unavailable
from exams import analysis_counts as counts
from exams import item_flags
from exams import statistics as figures
from exams.analysis_doc import SHAPE, AnalysisDoc, BatchStats, QuestionStats, SectionStats, TopicStats
from exams.asked import Asked, asked_of
from exams.content import Kind
from exams.models import Analysis, Result, ResultVersion
from exams.result_reading import ResultOutline
from exams.schemes import NOTHING

NOT_ASKED = frozenset("bMmDdGg")
"""Left for other questions that count; waiting; taken out; given to all."""


CLAIM_S = 120
WAIT_S, LOOK_S = 1.5, 0.25
"""So long a page waits for somebody else who makes it, and so often it looks."""


class StillReckoned(Unavailable):
    """Somebody else is at it (503): a whole batch that opens its results at once must not reckon the same."""

    code = "still_reckoned"
    headers: Mapping[str, str] = {"Retry-After": "5"}


def of(version: ResultVersion) -> AnalysisDoc:
    """The analysis, made now when it is not there yet or is of an older shape. Raises: StillReckoned."""
    return AnalysisDoc.from_json(_kept(version) or _made_by_one(version))


def claim_of(version: ResultVersion) -> str:
    """The key in the cache of who makes it."""
    return f"exams-analyse:{version.pk}"


def _kept(version: ResultVersion) -> dict[str, Any] | None:
    found = Analysis.objects.filter(version=version).values_list("document", flat=True).first()
    return found if found and found.get("shape") == SHAPE else None


def _made_by_one(version: ResultVersion) -> dict[str, Any]:
    """As this call makes it, or another one at this moment."""
    until = time.monotonic() + WAIT_S
    while not cache.add(claim_of(version), 1, CLAIM_S):
        if time.monotonic() >= until:
            raise StillReckoned(_("The results are being put together. Load this page again in a few seconds."))
        time.sleep(LOOK_S)
        if found := _kept(version):
            return found
    try:
        return _kept(version) or make(version).document
    finally:
        cache.delete(claim_of(version))


def make(version: ResultVersion, *, now: datetime | None = None) -> Analysis:
    """Reckon it and keep it, in the place of the one there is; the same results come to the same."""
    document = reckon(version).to_json()
    kept = {"document": document, "made_at": now or timezone.now()}
    return Analysis.objects.update_or_create(version=version, defaults=kept)[0]


def reckon(version: ResultVersion) -> AnalysisDoc:
    """Reads only; some ten queries."""
    outline = ResultOutline.from_json(version.outline)
    table = _read(version, outline)
    asked = asked_of(version)
    questions = _questions(version, table, asked)
    totals = table.totals
    q1, median, q3 = figures.quartiles(totals)
    measured = [table.marks[one.place] for one in asked if one.measures]
    return AnalysisDoc(
        count=len(totals),
        best_count=table.best_count,
        mean=figures.mean(totals) or 0.0,
        sd=figures.sd(totals),
        median=median or 0.0,
        q1=q1 or 0.0,
        q3=q3 or 0.0,
        least=float(min(totals, default=NOTHING)),
        highest=float(max(totals, default=NOTHING)),
        alpha=figures.alpha(measured),
        histogram=figures.histogram(totals, most=outline.most),
        sections=tuple(
            SectionStats(figures.mean(marks) or 0.0, float(marks[0]) if marks else 0.0) for marks in table.sections
        ),
        mean_spent_s=figures.mean(table.spent_s) or 0.0,
        top_spent_s=float(table.spent_s[0]) if totals else 0.0,
        questions=tuple(questions),
        topics=tuple(_topics(table, asked)),
        batches=tuple(_batches(table)),
    )


# --- The results as a table -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    """What counts, the best first (by rank, equal ones by the student's number); `verdicts` and `marks` by place."""

    students: list[int]
    ranks: list[int]
    attempts: list[int | None]
    batches: list[tuple[int | None, str]]
    totals: list[Decimal]
    spent_s: list[int]
    sections: list[list[Decimal]]
    verdicts: list[tuple[str, ...]]
    marks: list[tuple[Decimal, ...]]

    @cached_property
    def best_count(self) -> int:
        return figures.group_size(len(self.totals)) if self.totals else 0

    @property
    def last_best(self) -> tuple[int, int] | None:
        """Rank and student of the last of the upper group."""
        place = self.best_count - 1
        return (self.ranks[place], self.students[place]) if self.totals else None


def _read(version: ResultVersion, outline: ResultOutline) -> _Table:
    rows = Result.objects.filter(version=version, is_counted=True).order_by("rank", "student")
    columns = (
        "student",
        "rank",
        "attempt",
        "batch",
        "batch__name",
        "total",
        "spent_s",
        "sections",
        "verdicts",
        "marks",
    )
    table = _Table([], [], [], [], [], [], [[] for _section in outline.sections], [], [])
    verdicts: list[str] = []
    marks: list[list[Decimal]] = []
    worth = _Worth()
    for student, rank, attempt, batch, name, total, spent_s, sections, letters, given in rows.values_list(
        *columns
    ).iterator(chunk_size=500):
        table.students.append(student)
        table.ranks.append(rank)
        table.attempts.append(attempt)
        table.batches.append((batch, name or ""))
        table.totals.append(total)
        table.spent_s.append(spent_s)
        for column, one in zip(table.sections, sections, strict=True):
            column.append(worth[one["marks"]])
        verdicts.append(letters)
        marks.append([worth[one] if letter.isupper() else NOTHING for letter, one in zip(letters, given, strict=True)])
    by_place = [tuple(column) for column in zip(*verdicts, strict=True)]
    return replace(table, verdicts=by_place, marks=list(zip(*marks, strict=True)))


class _Worth(dict[str, Decimal]):
    """Marks by their text, each read once: there are few different ones."""

    def __missing__(self, text: str) -> Decimal:
        self[text] = found = Decimal(text)
        return found


# --- Questions --------------------------------------------------------------------------------------------------------


def _questions(version: ResultVersion, table: _Table, asked: Sequence[Asked]) -> list[QuestionStats]:
    if not asked or not table.totals:
        return []
    fulls = counts.full_marks_of([one.question for one in asked if one.kind is Kind.CODING])
    given = counts.given_by_question(version, asked, last_best=table.last_best)
    times = counts.times_by_question(version)
    top = counts.spent_of(table.attempts[0]) if table.attempts[0] else {}
    found = [
        replace(
            _question(one, table, given.get(one.question, []), times.get(one.question), top.get(one.question)),
            **_measures(one, table, fulls.get(one.question)),
        )
        for one in asked
    ]
    flags = item_flags.flags_of(found, asked, count=len(table.totals), best_count=table.best_count)
    return [replace(stats, flags=flagged) for stats, flagged in zip(found, flags, strict=True)]


def _question(
    asked: Asked, table: _Table, given: list[counts.Given], times: counts.Times | None, top_s: float | None
) -> QuestionStats:
    letters, marks = table.verdicts[asked.place], table.marks[asked.place]
    chosen, chosen_best = counts.chosen(asked, given)
    found = times or counts.Times()
    return QuestionStats(
        p=None,
        d=None,
        r=None,
        **_tally(letters),
        answered=found.answered,
        mean_marks=figures.mean(marks) or 0.0,
        mean_s=found.ms / 1000 / found.seen if found.seen else None,
        top_s=top_s,
        median_s=figures.median_of_counts(sorted(found.seconds.items())),
        chosen=chosen,
        chosen_best=chosen_best,
        right_best=counts.right_best(asked, given),
        suspect=counts.suspect_of(asked, given) if asked.measures else None,
        flags=(),
    )


def _measures(asked: Asked, table: _Table, full: Decimal | None) -> dict[str, Any]:
    """p, d and r of those it was asked of; with `full` by shares of these marks."""
    letters, marks = table.verdicts[asked.place], table.marks[asked.place]
    among = [place for place, letter in enumerate(letters) if letter not in NOT_ASKED] if asked.measures else []
    right: list[figures.Exact] = [int(letters[place] in "Rr") for place in among]
    if full:
        right = [min(max(marks[place], NOTHING), full) for place in among]
    rest = [table.totals[place] - marks[place] for place in among]
    return {
        "p": figures.difficulty(right, full or 1),
        "d": figures.discrimination(right, full or 1),
        "r": figures.point_biserial(right, rest),
    }


def _tally(letters: Sequence[str]) -> dict[str, int]:
    """How many of each verdict, whether they count or not."""
    names = {"right": "Rr", "partial": "Pp", "wrong": "Ww", "blank": "Bb", "waiting": "Mm"}
    return {name: sum(map(letters.count, either)) for name, either in names.items()}


# --- Topics and batches -----------------------------------------------------------------------------------------------


def _topics(table: _Table, asked: Sequence[Asked]) -> list[TopicStats]:
    """By subject and name; a topic whose questions all were taken out has asked nothing."""
    together: dict[tuple[str, str, int | None], list[Asked]] = defaultdict(list)
    for one in asked if table.totals else ():
        together[one.subject, one.topic_name, one.topic].append(one)
    return [_topic(table, *named, among) for named, among in sorted(together.items(), key=lambda one: one[0][:2])]


def _topic(table: _Table, subject: str, name: str, topic: int | None, among: Sequence[Asked]) -> TopicStats:
    by_batch: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    right = said = 0
    for one in among:
        if not one.measures:
            continue
        for letter, (batch, _name) in zip(table.verdicts[one.place], table.batches, strict=True):
            if letter in NOT_ASKED:
                continue
            is_right = letter in "Rr"
            right, said = right + is_right, said + 1
            if batch is not None:
                own = by_batch[str(batch)]
                own[0] += is_right
                own[1] += 1
    places = tuple(one.place for one in among)
    pairs = {batch: (own[0], own[1]) for batch, own in by_batch.items()}
    return TopicStats(topic, name, subject, places, (right, said), pairs)


def _batches(table: _Table) -> list[BatchStats]:
    """By name; those in none last."""
    totals: dict[tuple[int | None, str], list[Decimal]] = defaultdict(list)
    for batch, total in zip(table.batches, table.totals, strict=True):
        totals[batch].append(total)
    found = [
        BatchStats(batch, name, len(one), figures.mean(one) or 0.0, float(max(one)))
        for (batch, name), one in totals.items()
    ]
    return sorted(found, key=lambda one: (one.id is None, one.name, one.id or 0))
