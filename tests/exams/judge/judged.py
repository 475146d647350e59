"""Tests that are over with programs that were judged, as the tests of their results need them."""

import hashlib
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from exams.content import Kind
from exams.models import Attempt, CodeRules, CodeSubmission, CodeSuite, ExamQuestion, Judgement, Test
from exams.models.judging import JudgeState
from tests import people
from tests.exams import coded, marked, papers

RULES: dict[str, Any] = {
    "kinds": {
        "SINGLE": {"right": "4", "wrong": "-1", "blank": "0"},
        "CODING": {"right": "10", "wrong": "-2", "blank": "0"},
    },
    "others": {"right": "5", "wrong": "0", "blank": "0"},
}
ANSWER = {"language": "py", "source": coded.ADD}


def closed(coding: int = 1, *, others: int = 1, counts: str = "", **fields: Any) -> Test:
    """Over, with so many questions of one right answer, then so many of programs, each with a suite of 20 points."""
    row = marked.closed(
        0, parts={"Theory": [Kind.SINGLE] * others}, scheme=papers.scheme_version(RULES, "Programs"), **fields
    )
    section = papers.section(row, "Programs")
    for nth in range(coding):
        papers.place(section, coded.a_suite(coded.a_coding_question(f"Add two numbers {nth}.")).question)
    if counts:
        CodeRules.objects.create(test=row, counts=counts)
    return row


def programs(row: Test) -> list[ExamQuestion]:
    """Its coding questions."""
    return [one for one in marked.asked(row) if one.question.kind == Kind.CODING]


def suite(question: ExamQuestion) -> CodeSuite:
    return CodeSuite.objects.ready().filter(question=question.question).latest("number")


def writes(row: Test, student: User | None = None, *, says: str | None = "b", source: str = coded.ADD) -> Attempt:
    """He (Ananya) handed in: this answer to the first question, this program in the editor of each of the others."""
    kinds = [one.question.kind for one in marked.asked(row)]
    said: dict[int, Any] = {place: says for place, kind in enumerate(kinds) if kind == Kind.SINGLE and says}
    if source:
        said |= {place: {"language": "py", "source": source} for place, kind in enumerate(kinds) if kind == Kind.CODING}
    return marked.answers(row, student or people.student(), said)


def submits(
    attempt: Attempt,
    points: str | None = "20",
    *,
    question: ExamQuestion | None = None,
    state: str = JudgeState.COMPLETE,
    source: str = coded.ADD,
    verdict: str = "",
    **fields: Any,
) -> CodeSubmission:
    """A program for the first coding question that came to so many of 20 points; None: not judged."""
    asked = question or programs(attempt.test)[0]
    known = CodeSubmission.objects.filter(attempt=attempt, question=asked)
    kind = fields.get("kind", "SUBMIT")
    values = {"kind": kind, "language": "py", "is_open": False, "number": known.exclude(kind="RUN").count() + 1}
    if kind == "RUN":
        values["number"] = None
    digest = hashlib.sha256(f"py {source}".encode()).hexdigest()
    values |= {"source": source, "sha256": digest}
    submission = CodeSubmission.objects.create(attempt=attempt, question=asked, **(values | fields))
    judgement(submission, points, state=state, verdict=verdict)
    return submission


def judgement(
    submission: CodeSubmission, points: str | None, *, state: str = JudgeState.COMPLETE, verdict: str = "", **more: Any
) -> Judgement:
    """It was judged so; what ended holds from now on, unless it is of a judging again."""
    now = timezone.now()
    ended = state in (JudgeState.COMPLETE, JudgeState.FAILED)
    worth = Decimal(points or 0)
    by = suite(submission.question)
    values: dict[str, Any] = {"suite": by, "state": state, "priority": 1, "most": 20}
    values |= {"points": worth, "finished_at": now if ended else None, "tests": tests_of(by, worth)}
    values["verdict"] = verdict or ("AC" if worth == 20 else "WA") if state == JudgeState.COMPLETE else ""
    made = Judgement.objects.create(submission=submission, **(values | more))
    if ended and made.rejudge_id is None:
        CodeSubmission.objects.filter(pk=submission.pk).update(judgement=made, judged_at=now, is_open=False)
        submission.refresh_from_db()
    return made


def tests_of(by: CodeSuite, points: Decimal) -> list[dict[str, Any]]:
    """A sample, then two hidden tests of 10 points."""
    used = {"cpu_ms": 20, "memory_bytes": 9_000_000}
    said = [("0", True), ("10", points >= 10), ("10", points >= 20)]
    numbers = by.tests.order_by("position").values_list("pk", flat=True)
    return [
        used | {"test": pk, "number": at, "verdict": "AC" if right else "WA", "points": worth if right else "0"}
        for at, (pk, (worth, right)) in enumerate(zip(numbers, said, strict=True), start=1)
    ]
