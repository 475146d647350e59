"""What every attempt of a test came to, read in the least possible time: in pieces, from rows as the database has them.

A test of 5,000 students has 900,000 answers; what is held at once is a piece of them and what they came to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from exams.content import Kind
from exams.grading import Graded, Grader, Judged, PartTotal, Sheet, Written, plain
from exams.judge.scores import judged_of
from exams.models import Attempt, ManualMark, Rejudge, Section, SectionMark, Test
from exams.models.attempts import State
from exams.schemes import NOTHING

AT_ONCE = 200
"""Attempts whose answers are read at once."""


@dataclass(slots=True)
class Entry:
    """A result before it is ranked. `sections`, `verdicts` and `marks` are as `exams.models.Result` keeps them."""

    attempt: int | None
    student: int
    number: int
    born_on: date | None
    total: Decimal
    right: int
    partial: int
    wrong: int
    blank: int
    waiting: int
    spent_s: int
    sections: list[dict[str, Any]]
    verdicts: str
    marks: list[str]
    is_counted: bool = False
    rank: int | None = None
    percentile: Decimal | None = None
    batch: int | None = None


def part_json(part: PartTotal, spent_s: int) -> dict[str, Any]:
    return {
        "marks": plain(part.marks),
        "right": part.right,
        "partial": part.partial,
        "wrong": part.wrong,
        "blank": part.blank,
        "waiting": part.waiting,
        "spent_s": spent_s,
    }


def entry_of(head: tuple[int | None, int, int, date | None], graded: Graded) -> Entry:
    """`head`: the attempt, its student, its number, his birth date."""
    parts = graded.parts
    return Entry(
        *head,
        total=sum((one.marks for one in parts), NOTHING),
        right=sum(one.right for one in parts),
        partial=sum(one.partial for one in parts),
        wrong=sum(one.wrong for one in parts),
        blank=sum(one.blank for one in parts),
        waiting=sum(one.waiting for one in parts),
        spent_s=sum(graded.spent_ms) // 1000,
        sections=[part_json(one, ms // 1000) for one, ms in zip(parts, graded.spent_ms, strict=True)],
        verdicts=graded.verdicts,
        marks=graded.marks,
    )


def written_entries(test: Test, sheet: Sheet, *, rejudge: Rejudge | None = None) -> Iterator[Entry]:
    """Of every attempt that was handed in, by student and number; with `rejudge` as if that were applied."""
    grader = Grader(sheet)
    places = {item.id: place for place, item in enumerate(sheet.items)}
    timed = any(part.at_most is not None for part in sheet.parts)
    given, judged = _marks_by_hand(test, places), shares_by_place(test, sheet, rejudge=rejudge)
    handed_in = Attempt.objects.filter(test=test, state=State.SUBMITTED).order_by("student_id", "number")
    heads = list(handed_in.values_list("pk", "student", "number", "student__date_of_birth"))
    for at in range(0, len(heads), AT_ONCE):
        some = heads[at : at + AT_ONCE]
        written = _written([head[0] for head in some], places, timed=timed)
        for head in some:
            said = written.pop(head[0])
            said.given, said.judged = given.get(head[0], {}), judged.get(head[0], {})
            yield entry_of(head, grader.grade(said))


def _written(attempts: Sequence[int], places: Mapping[int, int], *, timed: bool) -> dict[int, Written]:
    """The answers of these attempts. Text of JSON as it lies there: most equal one that was marked before."""
    found = {attempt: Written() for attempt in attempts}
    for attempt, question, answer, spent_ms, first in _responses(attempts, None, timed=timed):
        place = places.get(question)
        if place is None:
            continue
        written = found[attempt]
        written.spent_ms[place] = spent_ms
        if answer is not None:
            written.answers[place] = answer
            written.first[place] = first
    return found


def _responses(attempts: Sequence[int], questions: Sequence[int] | None, *, timed: bool) -> list[tuple[Any, ...]]:
    """Attempt, question, answer as JSON text, milliseconds, and if `timed` when it was first answered, else None."""
    first = "CAST(answered_at AS text)" if timed else "NULL"
    held = ", ".join(["%s"] * len(attempts))
    query = f"SELECT attempt_id, question_id, CAST(answer AS text), spent_ms, {first} FROM exam_responses"  # noqa: S608
    query += f" WHERE attempt_id IN ({held})"
    given = list(attempts)
    if questions is not None:
        query += f" AND question_id IN ({', '.join(['%s'] * len(questions))})"
        given += questions
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return list(cursor.fetchall())


def answers_to(
    attempts: Sequence[int], questions: Sequence[int], *, timed: bool
) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """To these questions alone: each attempt with its (question, answer as JSON text, when first answered)."""
    for at in range(0, len(attempts), AT_ONCE):
        some = attempts[at : at + AT_ONCE]
        found: dict[int, list[tuple[Any, ...]]] = {attempt: [] for attempt in some}
        for attempt, question, answer, _spent_ms, first in _responses(some, questions, timed=timed):
            found[attempt].append((question, answer, first))
        yield from found.items()


def _marks_by_hand(test: Test, places: Mapping[int, int]) -> dict[int, dict[int, Decimal]]:
    rows = ManualMark.objects.filter(attempt__test=test).order_by("number")
    found: dict[int, dict[int, Decimal]] = {}
    for attempt, question, marks in rows.values_list("attempt", "question", "marks"):
        if question in places:
            found.setdefault(attempt, {})[places[question]] = marks
    return found


def marks_by_hand(test: Test, sheet: Sheet) -> dict[int, dict[int, Decimal]]:
    """Of each attempt, by the places of questions: the marks that count."""
    return _marks_by_hand(test, {item.id: place for place, item in enumerate(sheet.items)})


def shares_by_place(
    test: Test, sheet: Sheet, *, question: int | None = None, rejudge: Rejudge | None = None
) -> dict[int, dict[int, Judged]]:
    """Of each attempt, by the places of questions: what the judge says of programs; no query where none are asked."""
    places = {item.id: place for place, item in enumerate(sheet.items) if item.kind is Kind.CODING}
    if not places or (question is not None and question not in places):
        return {}
    found = judged_of(test, question=question, rejudge=rejudge)
    return {
        attempt: {places[asked]: one for asked, one in by.items() if asked in places} for attempt, by in found.items()
    }


# --- On paper ---------------------------------------------------------------------------------------------------------


def paper_marks(test: Test) -> dict[int, dict[int, SectionMark]]:
    """Of each student the row that counts, by section; a row that was taken back is left out."""
    found: dict[int, dict[int, SectionMark]] = {}
    rows = SectionMark.objects.filter(section__test=test).select_related("student")
    for row in rows.order_by("student_id", "number"):
        found.setdefault(row.student_id, {})[row.section_id] = row
    for marks in found.values():
        for section in [number for number, row in marks.items() if row.marks is None and not row.is_absent]:
            del marks[section]
    return found


def paper_entries(test: Test) -> Iterator[Entry]:
    """Of every student with marks in some section; who was absent in all of them has no result."""
    sections = list(Section.objects.filter(test=test).order_by("position", "pk"))
    for student, marks in sorted(paper_marks(test).items()):
        some = [row for row in marks.values() if row.marks is not None]
        if not some:
            continue
        said = [_paper_part(marks.get(section.pk)) for section in sections]
        total = sum((row.marks for row in some if row.marks is not None), NOTHING)
        yield Entry(None, student, 1, some[0].student.date_of_birth, total, 0, 0, 0, 0, 0, 0, said, "", [])


def _paper_part(row: SectionMark | None) -> dict[str, Any]:
    return part_json(PartTotal(row.marks if row and row.marks is not None else NOTHING, 0, 0, 0, 0, 0, ""), 0)
