"""Programs beside the marks by hand: what was submitted for one answer and what the judge says of it. No names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exams.judge import code_words, jobs, scores
from exams.judge.code_words import Sign
from exams.judge.suite_facts import facts_of
from exams.models import CodeSubmission, ExamQuestion, Judgement
from exams.models.judging import JudgeState

HANDED_IN = CodeSubmission.Kind.HAND_IN


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict, or how far judging is: `words` has its code, too."""

    tone: str
    icon: str
    words: str

    @classmethod
    def of(cls, sign: Sign) -> "Verdict":
        return cls(sign.tone, sign.icon, f"{sign.code} {sign.word}".strip())


@dataclass(frozen=True, slots=True)
class TestLine:
    """What a program came to on one test, for staff; `points` is "5 of 10"."""

    __test__ = False

    number: int
    group: str
    verdict: Verdict
    points: str
    used: str


@dataclass(frozen=True, slots=True)
class Program:
    """A submission: `counts` towards the marks by the test's rule, `is_shown` beside the marks."""

    number: int
    language: str
    at: datetime
    is_hand_in: bool
    counts: bool
    is_shown: bool
    verdict: Verdict
    points: str
    used: str


@dataclass(frozen=True, slots=True)
class Programs:
    """All of an answer, the first one first, and the one that is shown whole; `why` it could not be judged."""

    lines: tuple[Program, ...]
    source: str
    language: str
    tests: tuple[TestLine, ...]
    compiler_output: str
    why: str

    @property
    def shown(self) -> Program:
        return next(one for one in self.lines if one.is_shown)


def verdict_of(judgement: Judgement | None) -> Verdict:
    """Of what holds for a submission; without one it is in the queue."""
    if judgement is None:
        return Verdict.of(code_words.state_sign(JudgeState.PENDING))
    if judgement.state == JudgeState.COMPLETE:
        return Verdict.of(code_words.sign_of(judgement.verdict))
    return Verdict.of(code_words.state_sign(judgement.state))


def programs_of(question: ExamQuestion, attempt: int, *, number: int | None = None) -> Programs | None:
    """What was submitted for this answer, with the program of that number or else the one that counts; None where
    nothing was. Two queries, and three more for a suite this process has not met."""
    rows = list(
        CodeSubmission.objects.counting()
        .filter(attempt=attempt, question=question)
        .select_related("judgement")
        .order_by("number")
    )
    if not rows:
        return None
    counts = scores.counting_one(rows, scores.counts_of(question.test))
    shown = next((one for one in rows if one.number == number), None) or counts or rows[-1]
    judgement = shown.judgement
    return Programs(
        lines=tuple(_line(one, counts=one == counts, is_shown=one == shown) for one in rows),
        source=jobs.shown(shown.source),
        language=shown.get_language_display(),
        tests=_tests(judgement),
        compiler_output=judgement.compiler_output if judgement else "",
        why=(judgement.detail or "–") if judgement and judgement.state == JudgeState.FAILED else "",
    )


def _line(one: CodeSubmission, *, counts: bool, is_shown: bool) -> Program:
    judgement = one.judgement
    is_done = judgement is not None and judgement.state == JudgeState.COMPLETE
    return Program(
        number=one.number or 0,
        language=one.get_language_display(),
        at=one.asked_at,
        is_hand_in=one.kind == HANDED_IN,
        counts=counts,
        is_shown=is_shown,
        verdict=verdict_of(judgement),
        points=points_words(judgement.points, judgement.most) if judgement and is_done and judgement.most else "",
        used=_used(judgement.cpu_ms, judgement.memory_bytes) if judgement and is_done else "",
    )


def _tests(judgement: Judgement | None) -> tuple[TestLine, ...]:
    """In the suite's order; none before it is judged."""
    if judgement is None or judgement.state != JudgeState.COMPLETE or not judgement.tests:
        return ()
    return tuple(_test(one, judgement.suite_id) for one in judgement.tests)


def _test(one: Mapping[str, Any], suite: int) -> TestLine:
    facts = facts_of(suite)
    known = facts.by_pk(one.get("test"))
    return TestLine(
        number=int(one.get("number") or 0),
        group=facts.groups[known.group].title if known else "",
        verdict=Verdict.of(code_words.sign_of(one["verdict"])),
        points=points_words(one.get("points", "0"), known.points) if known and known.points else "",
        used=_used(one.get("cpu_ms", 0), one.get("memory_bytes", 0)),
    )


def points_words(points: object, most: object) -> str:
    """5 of 10"""
    said = {"points": code_words.points_text(points), "most": code_words.points_text(most)}
    return _("%(points)s of %(most)s") % said


def _used(cpu_ms: int, memory_bytes: int) -> str:
    return ", ".join(filter(None, (code_words.seconds(cpu_ms), code_words.memory(memory_bytes))))


def briefly(question: ExamQuestion, attempts: Sequence[int]) -> dict[int, tuple[Verdict, str, str]]:
    """Of each of these attempts the verdict, the points and the beginning of the program that counts. Two queries."""
    rows = CodeSubmission.objects.counting().filter(question=question, attempt__in=attempts)
    by: dict[int, list[CodeSubmission]] = {}
    for one in rows.select_related("judgement").order_by("attempt", "number"):
        by.setdefault(one.attempt_id, []).append(one)
    rule = scores.counts_of(question.test)
    found: dict[int, tuple[Verdict, str, str]] = {}
    for attempt, some in by.items():
        if held := scores.counting_one(some, rule):
            line = _line(held, counts=True, is_shown=False)
            found[attempt] = (line.verdict, line.points, jobs.shown(held.source))
    return found
