"""What stands in the editors when a test is handed in is handed in for judging, too.

Whoever hands it in: of each judged question the last program that was kept, unless it is the newest one submitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exams.content import Kind
from exams.judge import queue
from exams.judge.sources import BadProgram, clean_source, digest_of
from exams.judge.suites import suites_in_use
from exams.models import Attempt, CodeSubmission, CodeSuite, Judgement, Response
from exams.models.judging import JudgeState
from exams.paper_facts import facts_of

UNFIT = "This program is too long, or has signs that cannot be judged."


@dataclass(frozen=True, slots=True)
class _Draft:
    """`is_fit`: it can be judged; else people look at it."""

    question: int
    language: str
    source: str
    suite: CodeSuite
    is_fit: bool

    @property
    def sha256(self) -> str:
        return digest_of(self.language, self.source)


def hand_in(attempt: Attempt, *, now: datetime) -> int:
    """In the transaction that hands it in; `attempt.test` is loaded. How many programs were put into the queue.

    Nothing is asked of the database for papers without coding questions, six statements at most for others.
    """
    facts = facts_of(attempt.test_id, attempt.test.paper_revision)
    coding = [one.pk for one in facts.questions if one.kind == Kind.CODING]
    drafts = _drafts(attempt, coding) if coding else []
    if not drafts:
        return 0
    rows = CodeSubmission.objects.counting().filter(attempt=attempt.pk, question__in=coding).order_by("number")
    newest = {one: (number or 0, sha256) for one, number, sha256 in rows.values_list("question", "number", "sha256")}
    fresh = [one for one in drafts if newest.get(one.question, (0, ""))[1] != one.sha256]
    made = CodeSubmission.objects.bulk_create(
        _submission(attempt, one, 1 + newest.get(one.question, (0, ""))[0], now=now) for one in fresh
    )
    asked = list(zip(made, fresh, strict=True))
    queue.ask((_judgement(row, one) for row, one in asked if one.is_fit), now=now)
    for row, one in asked:
        if not one.is_fit:
            _give_to_people(row, one, now=now)
    return len(made)


def _drafts(attempt: Attempt, coding: Iterable[int]) -> list[_Draft]:
    """Programs that were kept, of questions that are judged. Two queries."""
    rows = Response.objects.filter(attempt=attempt.pk, question__in=list(coding), is_answered=True)
    found: list[tuple[int, int, Any]] = list(
        rows.order_by("question").values_list("question", "question__question", "answer")
    )
    suites = suites_in_use({bank for _question, bank, _answer in found}) if found else {}
    return [_draft(question, answer, suites[bank]) for question, bank, answer in found if bank in suites]


def _draft(question: int, answer: dict[str, Any], suite: CodeSuite) -> _Draft:
    language, source = str(answer["language"]), str(answer["source"])
    try:
        return _Draft(question, language, clean_source(source), suite, is_fit=True)
    except BadProgram:
        return _Draft(question, language, source, suite, is_fit=False)


def _submission(attempt: Attempt, one: _Draft, number: int, *, now: datetime) -> CodeSubmission:
    return CodeSubmission(
        attempt=attempt,
        question_id=one.question,
        kind=CodeSubmission.Kind.HAND_IN,
        number=number,
        language=one.language,
        source=one.source,
        sha256=one.sha256,
        asked_at=now,
    )


def _judgement(row: CodeSubmission, one: _Draft) -> Judgement:
    return Judgement(submission=row, suite=one.suite, priority=queue.HAND_IN)


def _give_to_people(row: CodeSubmission, one: _Draft, *, now: datetime) -> None:
    judgement = _judgement(row, one)
    judgement.state, judgement.detail, judgement.asked_at, judgement.finished_at = JudgeState.FAILED, UNFIT, now, now
    judgement.save(force_insert=True)
    CodeSubmission.objects.filter(pk=row.pk).update(judgement=judgement, judged_at=now, is_open=False)
