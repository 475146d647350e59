"""Coding labs of the demo institute: one that is over, with programs and what they came to, and one that runs.

Judgements are written as rows, with the points the judge would reckon: no program is run when the demo is made.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import decompress

from accounts.models import User
from batches.models import Batch, Subject
from exams import bank, demo_results
from exams.demo_attempts import begun, drawn, hand_in, newest, number
from exams.demo_code import DIGITS, LIBRARY, SUBMITTED, DemoCode, DemoProgram
from exams.demo_code_now import BRACKETS, DISTANCE, SECOND
from exams.judge.points import Scored, Weighed, reckon
from exams.judge.queue import SOLUTION, SUBMIT
from exams.judge.sources import digest_of
from exams.judge.suites import keep_data
from exams.models import (
    Attempt,
    CodeGroup,
    CodeRules,
    CodeSolution,
    CodeSubmission,
    CodeSuite,
    CodeTest,
    ExamQuestion,
    Judgement,
    Response,
    Section,
    Test,
    TestBatch,
)
from exams.models.attempts import EndedBy
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict
from exams.topics import topic_named

SUBJECT, AUTHOR = "Computer science", "imran"
OTHERS = "JEE 2027 A"
"""Its students write the lab, too: a report of three programs would say little."""
FIRST_AFTER, BETWEEN = timedelta(minutes=9), timedelta(minutes=11)
USUAL = {"py": (18, 9.4), "c": (1, 1.6), "cpp": (2, 3.6), "java": (74, 41.0), "js": (43, 44.0)}
"""CPU time in ms and memory in MB of a small program."""


def over(test: Test, people: dict[str, User], *, opened_at: datetime) -> None:
    """Handed in, judged and reckoned; two programs are alike."""
    TestBatch.objects.create(test=test, batch=Batch.objects.get(name=OTHERS))
    asked = _paper(test, (LIBRARY, DIGITS), people[AUTHOR], made_at=opened_at - timedelta(days=2))
    for place, (key, programs) in enumerate(SUBMITTED.items()):
        started_at = opened_at + timedelta(seconds=13 * place)
        ended_at = started_at + timedelta(minutes=44 + place)
        attempt = begun(test, people[key], started_at=started_at, seen_at=ended_at)
        for at, (name, several) in enumerate(programs.items()):
            _submitted(attempt, asked[name], several, started_at + FIRST_AFTER + at * 2 * BETWEEN)
        hand_in(attempt, ended_at, EndedBy.STUDENT)
    demo_results.reckon(test, opened_at + timedelta(hours=2, minutes=5))


def running(test: Test, people: dict[str, User], *, now: datetime) -> None:
    """To be begun by a visitor; where there is a judge his programs are judged at once."""
    CodeRules.objects.create(test=test, most_submissions=20, pause_s=5)
    _paper(test, (SECOND, BRACKETS, DISTANCE), people[AUTHOR], made_at=now - timedelta(days=2))


# --- Questions --------------------------------------------------------------------------------------------------------


def _paper(test: Test, several: Sequence[DemoCode], author: User, *, made_at: datetime) -> dict[str, ExamQuestion]:
    """By their names."""
    section = Section.objects.create(test=test, position=1, title="Programs", title_hi="प्रोग्राम")
    subject = Subject.objects.get_or_create(name=SUBJECT)[0]
    found = {}
    for position, one in enumerate(several, start=1):
        topic = topic_named(subject, one.topic)
        said: dict[str, Any] = {"subject": subject, "topic": topic, "difficulty": one.difficulty, "actor": author}
        row = bank.write_question(one.content, **said)
        suite = CodeSuite.objects.create(
            uuid=number(f"suite {one.name}"),
            question=row,
            state=CodeSuite.State.READY,
            cpu_ms=1000,
            created_by=author,
            created_at=made_at,
            ready_at=made_at,
            **dict(one.suite),
        )
        _tests(suite, one)
        _solutions(suite, one, author, made_at)
        placed = {"section": section, "position": position, "question": row, "version": newest(row)}
        found[one.name] = ExamQuestion.objects.create(uuid=number(f"{test.uuid} {one.name}"), test=test, **placed)
    return found


def _tests(suite: CodeSuite, one: DemoCode) -> None:
    rows: list[CodeTest] = []
    for position, made in enumerate(one.groups, start=1):
        group = CodeGroup.objects.create(
            suite=suite, position=position, title=made.title, is_sample=made.is_sample, rule=made.rule
        )
        for stdin, answer in made.tests:
            data = {"stdin": keep_data(stdin.encode()), "answer": keep_data(answer.encode())}
            points = Decimal(made.points)
            rows.append(CodeTest(suite=suite, group=group, position=len(rows) + 1, points=points, **data))
    CodeTest.objects.bulk_create(rows)


def _solutions(suite: CodeSuite, one: DemoCode, author: User, made_at: datetime) -> None:
    """With what they came to, as their page shows it."""
    for program in one.solutions:
        said: dict[str, Any] = {"name": program.name, "language": program.language, "source": program.source}
        said |= {"uuid": number(f"solution {one.name} {program.name}"), "expects": program.expects}
        solution = CodeSolution.objects.create(suite=suite, created_by=author, **said)
        _judgement(suite, program, made_at - timedelta(minutes=1), solution=solution)


# --- Programs ---------------------------------------------------------------------------------------------------------


def _submitted(attempt: Attempt, asked: ExamQuestion, several: Sequence[DemoProgram], since: datetime) -> None:
    """One after the other; the last one stands in his editor, too."""
    suite = CodeSuite.objects.get(question=asked.question_id)
    for place, program in enumerate(several, start=1):
        at = since + (place - 1) * BETWEEN
        submission = CodeSubmission.objects.create(
            uuid=number(f"program {attempt.uuid} {asked.uuid} {place}"),
            attempt=attempt,
            question=asked,
            kind=CodeSubmission.Kind.SUBMIT,
            number=place,
            language=program.language,
            source=program.source,
            sha256=digest_of(program.language, program.source),
            is_open=False,
            asked_at=at,
            judged_at=at + timedelta(seconds=4),
        )
        submission.judgement = _judgement(suite, program, at, submission=submission)
        submission.save(update_fields=["judgement"])
    Response.objects.create(
        attempt=attempt,
        question=asked,
        seq=asked.position,
        answer={"language": several[-1].language, "source": several[-1].source},
        is_answered=True,
        answered_at=since,
        spent_ms=600_000 + 1_000 * drawn(attempt.student.email, asked.uuid),
        saved_at=at,
    )


def _judgement(suite: CodeSuite, program: DemoProgram, at: datetime, **of: CodeSubmission | CodeSolution) -> Judgement:
    """`of` is a submission or a solution."""
    tests = list(suite.tests.select_related("group", "answer").order_by("position"))
    most = sum((one.points for one in tests), Decimal(0))
    values: dict[str, Any] = {"most": most, "test_count": len(tests), "verdict": Verdict.CE.value}
    if program.verdicts == Verdict.CE:
        values["compiler_output"] = program.errors[0]
    else:
        values |= _found(program, tests)
    values |= of
    return Judgement.objects.create(
        uuid=number(f"judgement of {next(iter(of.values())).uuid}"),
        suite=suite,
        state=JudgeState.COMPLETE,
        priority=SUBMIT if "submission" in of else SOLUTION,
        asked_at=at,
        finished_at=at + timedelta(seconds=4),
        tries=1,
        **values,
    )


def _found(program: DemoProgram, tests: Sequence[CodeTest]) -> dict[str, Any]:
    """The columns of a program that was run, with points as the judge reckons them."""
    verdicts = [Verdict(one) for one in program.verdicts.split()]
    scored = [Scored(one, 1.0 if one is Verdict.AC else 0.0) for one in verdicts]
    every = CodeGroup.Rule.ALL
    points = reckon([Weighed(one.points, one.group_id, one.group.rule == every) for one in tests], scored)
    entries = [
        _entry(program, test, verdict, place) | {"points": str(worth)}
        for place, (test, verdict, worth) in enumerate(zip(tests, verdicts, points.each, strict=True))
    ]
    return {
        "verdict": points.verdict.value,
        "points": points.points,
        "tests": entries,
        "done_count": len(entries),
        "cpu_ms": max(one["cpu_ms"] for one in entries),
        "memory_bytes": max(one["memory_bytes"] for one in entries),
    }


def _entry(program: DemoProgram, test: CodeTest, verdict: Verdict, place: int) -> dict[str, Any]:
    lot, (cpu_ms, memory_mb) = drawn(program.source, test.position), USUAL[program.language]
    was_run = verdict is not Verdict.SK
    said: dict[str, Any] = {
        "test": test.pk,
        "number": test.position,
        "verdict": verdict.value,
        "score": 1.0 if verdict is Verdict.AC else 0.0,
        "cpu_ms": (cpu_ms + cpu_ms * lot // 2_000) * was_run,
        "memory_bytes": (int(memory_mb * 1_048_576) + 4_096 * (lot % 90)) * was_run,
    }
    if test.group.is_sample:
        said |= {"stdout": _at(program.said, place), "stderr": _at(program.errors, place), "message": ""}
        if verdict is Verdict.AC and not said["stdout"]:
            said["stdout"] = decompress(test.answer.packed).decode()
    return said


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""
