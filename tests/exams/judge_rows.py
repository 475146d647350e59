"""A machine that judges, students who write programs, and verdicts as a worker writes them: no program runs here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from exams.judge import hosts, queue, submitting
from exams.judge.points import Scored, reckon
from exams.judge.suite_facts import read
from exams.models import Attempt, CodeSubmission, CodeSuite, ExamQuestion, JudgeHost, Judgement, Rejudge, Test
from exams.sandbox.protocol import Probed, Toolchain, Verdict
from tests import people
from tests.exams import coded, marked, papers

PYTHON = Toolchain("py", "Python 3.11.2", 3.0)
CPP = Toolchain("cpp", "C++20, GCC 12.2.0", 1.0)


def a_host(name: str = "judge-1", *, languages: Sequence[Toolchain] = (PYTHON, CPP), **fields: Any) -> JudgeHost:
    """A machine that judges and was heard of just now."""
    now = timezone.now()
    probed = Probed("bwrap", "0.8.0", languages=tuple(languages))
    values = {"seen_at": now, "probed_at": now, "works": True, "probed": probed.to_json()} | fields
    host = JudgeHost.objects.create(name=name, **values)
    hosts.forget()
    return host


def a_question(test: Test | None = None, **rules: Any) -> ExamQuestion:
    """A question that is judged, in a test that is open."""
    return coded.placed(coded.a_suite(**rules).question, test)


def an_attempt(question: ExamQuestion, student: User | None = None, **fields: Any) -> Attempt:
    return papers.attempt(question.test, student or people.student(), **fields)


def submit(attempt: Attempt, question: ExamQuestion, source: str = coded.ADD, **more: Any) -> CodeSubmission:
    given: dict[str, Any] = {"epoch": 1, "slot": None, "language": "py", "now": timezone.now()}
    student = attempt.student
    taken = submitting.submit(attempt.uuid, question.uuid, student=student, source=source, **(given | more))
    return taken.submission


def run(attempt: Attempt, question: ExamQuestion, source: str = coded.ADD, **more: Any) -> CodeSubmission:
    given: dict[str, Any] = {"epoch": 1, "slot": None, "language": "py", "now": timezone.now()}
    student = attempt.student
    return submitting.run(attempt.uuid, question.uuid, student=student, source=source, **(given | more)).submission


def judge(submission: CodeSubmission, *verdicts: str, now: datetime | None = None) -> Judgement:
    """The next of the queue is judged, and is this one; `verdicts` follow the suite's tests."""
    at = now or timezone.now()
    row = queue.claim_next("a worker", now=at)
    assert row is not None
    assert row.submission_id == submission.pk
    finish(row, *verdicts, now=at)
    submission.refresh_from_db()
    row.refresh_from_db()
    return row


def finish(row: Judgement, *verdicts: str, now: datetime) -> None:
    """Under its claim; without verdicts it does not compile."""
    tests = read(row.suite_id).tests
    scored = [Scored(Verdict(one), 1.0 if one == "AC" else 0.0) for one in verdicts]
    points = reckon([one.weighed for one in tests], scored or [Scored(Verdict.SK, 0)] * len(tests))
    entries = [
        {
            "test": test.pk,
            "number": test.number,
            "verdict": one.verdict.value,
            "score": one.score,
            "cpu_ms": 20 + test.number,
            "memory_bytes": 9_000_000,
            "points": str(had),
        }
        | ({"stdout": "5\n", "stderr": "", "message": ""} if test.is_sample else {"detail": "exit code 1"})
        for test, one, had in zip(tests, scored, points.each, strict=False)
    ]
    verdict = points.verdict if verdicts else Verdict.CE
    found = {"verdict": verdict.value, "points": points.points, "most": points.most, "tests": entries}
    queue.finish(row, now=now, done_count=len(entries), test_count=len(tests), **found)


def a_rejudge(question: ExamQuestion, suite: CodeSuite) -> Rejudge:
    return Rejudge.objects.create(question=question, suite=suite, reason="A test was wrong", by=people.teacher())


def results_out(test: Test, *, with_solutions: bool = False) -> None:
    """The test closed a minute ago, and its marks are shown since; solutions only when that is said."""
    now = timezone.now()
    shown = {"results_release": "AT_CLOSE", "solutions_release": "AT_CLOSE" if with_solutions else "NEVER"}
    times = {"opens_at": now - timedelta(hours=3), "closes_at": now - timedelta(minutes=1)}
    Test.objects.filter(pk=test.pk).update(**shown, **times)
    marked.reckoned(Test.objects.get(pk=test.pk))


def crowd(count: int) -> list[User]:
    """So many students."""
    role = people.student().role
    return [people.person(f"Coder {n}", role, admission_number=f"J-{n}") for n in range(count)]
