"""Tests that are over, marked and ranked, as the tests of results need them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from batches.models import Enrolment
from exams import reckoning
from exams.content import Kind
from exams.models import Attempt, ExamQuestion, ManualMark, Response, Result, ResultVersion, SectionMark, Test
from exams.models.attempts import EndedBy, State
from exams.models.results import Cause
from tests import people
from tests.batches import timetables
from tests.exams import papers

RIGHT: dict[Kind, Any] = {
    Kind.SINGLE: "b",
    Kind.MULTIPLE: ["a", "c"],
    Kind.TRUE_FALSE: "true",
    Kind.NUMERICAL: "5.237",
    Kind.SHORT: "Newton",
    Kind.MATCH: {"p": ["a"], "q": ["c"], "r": ["b"]},
    Kind.LONG: "Three points, at length.",
}
"""What `papers.content` holds right."""
WRONG: dict[Kind, Any] = {
    Kind.SINGLE: "c",
    Kind.MULTIPLE: ["b"],
    Kind.TRUE_FALSE: "false",
    Kind.NUMERICAL: "7",
    Kind.SHORT: "Pascal",
    Kind.MATCH: {"p": ["b"]},
    Kind.LONG: "Nothing to the point.",
}


def exam(
    students: int = 5, questions: int = 4, *, parts: Mapping[str, Sequence[Kind]] | None = None, **fields: Any
) -> Test:
    """A published test whose window is over, reckoned: its results are shown since it closed.

    Ananya is its first student and the best, Ritika the second; the nth student left the first n - 1 questions, but
    for the last of these, which he got wrong: 4 questions are worth 16, 11, 7, 3, -1 marks. `parts`: titles of sections
    with the kinds of their questions.
    """
    return reckoned(written(students, questions, parts=parts, **fields))


test = exam
"""As tests name it."""


def written(
    students: int = 5, questions: int = 4, *, parts: Mapping[str, Sequence[Kind]] | None = None, **fields: Any
) -> Test:
    """As `exam`, not reckoned."""
    row = closed(questions, parts=parts, **fields)
    for nth, who in enumerate(several(students)):
        answers(row, who, pattern(row, nth))
    return row


def closed(questions: int = 4, *, parts: Mapping[str, Sequence[Kind]] | None = None, **fields: Any) -> Test:
    """A published test whose window is over, that nobody wrote."""
    now = timezone.now()
    window = {"opens_at": now - timedelta(hours=4), "closes_at": now - timedelta(hours=1)}
    row = papers.exam(**(window | fields))
    for title, kinds in (parts or {"Physics": [Kind.SINGLE] * questions}).items():
        asked = (papers.question(kind, f"{title} {n} of {kind}?") for n, kind in enumerate(kinds, start=1))
        papers.place(papers.section(row, title), *asked)
    return row


def several(count: int) -> list[User]:
    """Ananya, Ritika, and so many more that they are `count`."""
    first = [people.student(), people.other_student()][:count]
    more = (people.person(f"Student {n:04d}", Role.STUDENT, admission_number=f"S-{n:04d}") for n in range(3, count + 1))
    return [*first, *more]


def asked(row: Test) -> list[ExamQuestion]:
    """Its questions in the paper's order."""
    rows = ExamQuestion.objects.filter(test=row).select_related("question", "version")
    return list(rows.order_by("section__position", "section", "position", "pk"))


def pattern(row: Test, nth: int) -> dict[int, Any]:
    """What the nth student (0: the best) answers, by place."""
    kinds = [Kind(one.question.kind) for one in asked(row)]
    said = {place: RIGHT[kind] for place, kind in enumerate(kinds) if place >= nth}
    if 1 <= nth <= len(kinds):
        said[nth - 1] = WRONG[kinds[nth - 1]]
    return said


def answers(row: Test, student: User, said: Mapping[int, Any], *, number: int = 1, **fields: Any) -> Attempt:
    """That student handed in, with these answers by place (0 is the first question); again: these instead."""
    held = row.batches.first()
    if held and not Enrolment.objects.filter(batch=held, student=student).exists():
        timetables.enrol(student, held)
    assert row.opens_at
    at = row.opens_at + timedelta(minutes=1)
    times = {"started_at": at, "deadline_at": at + timedelta(hours=2), "submitted_at": at + timedelta(hours=1)}
    values = {"state": State.SUBMITTED, "ended_by": EndedBy.STUDENT} | times | fields
    attempt, _made = Attempt.objects.update_or_create(test=row, student=student, number=number, defaults=values)
    Response.objects.filter(attempt=attempt).delete()
    Response.objects.bulk_create(
        _response(attempt, one, said.get(place), at + timedelta(seconds=60 * (place + 1)))
        for place, one in enumerate(asked(row))
    )
    return attempt


def _response(attempt: Attempt, question: ExamQuestion, said: Any, at: dt.datetime) -> Response:
    is_answered = said is not None
    return Response(
        attempt=attempt,
        question=question,
        seq=1,
        answer=said,
        is_answered=is_answered,
        spent_ms=60_000 if is_answered else 5_000,
        saved_at=at,
        answered_at=at if is_answered else None,
    )


def mark(attempt: Attempt, place: int, marks: str, *, by: User | None = None, comment: str = "") -> ManualMark:
    """Marks by hand, over those that were given before."""
    question = asked(attempt.test)[place]
    number = ManualMark.objects.filter(attempt=attempt, question=question).count() + 1
    return ManualMark.objects.create(
        attempt=attempt, question=question, number=number, marks=marks, comment=comment, by=by or people.teacher()
    )


def paper_mark(row: Test, student: User, section: int, marks: str | None, *, is_absent: bool = False) -> SectionMark:
    """Marks of a section (0: the first) of a test on paper, over those that were given before."""
    part = row.sections.order_by("position")[section]
    number = SectionMark.objects.filter(section=part, student=student).count() + 1
    return SectionMark.objects.create(
        section=part, student=student, number=number, marks=marks, is_absent=is_absent, by=people.teacher()
    )


def reckoned(row: Test, cause: Cause = Cause.CLOSED, **said: Any) -> Test:
    """The test with a new version of results, if there is something new."""
    reckoning.reckon(row, cause=cause, actor=said.pop("actor", None), now=timezone.now(), **said)
    row.refresh_from_db()
    return row


def version(row: Test) -> ResultVersion:
    """The newest one of a test that was reckoned."""
    row.refresh_from_db()
    assert row.newest_results
    return row.newest_results


def result(row: Test, student: User | None = None) -> Result:
    """The counted result of somebody (Ananya) in the newest version."""
    return Result.objects.select_related("version", "student").get(
        version=version(row), student=student or people.student(), is_counted=True
    )


def totals(row: Test) -> list[str]:
    """Of the newest version, best first: "16 1", total and rank."""
    rows = Result.objects.filter(version=version(row), is_counted=True).order_by("rank", "student_id")
    return [f"{one.total.normalize():f} {one.rank}" for one in rows]
