"""Coding questions, their suites and authors' solutions, as the tests of the judge need them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from exams.content import Body, Content, Kind, Text
from exams.judge import suites
from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest, ExamQuestion, Question, Test
from tests import people
from tests.exams import papers

ADD = "a, b = map(int, input().split())\nprint(a + b)\n"
"""Right for `CASES`."""
SUBTRACT = "a, b = map(int, input().split())\nprint(a - b)\n"
"""Wrong for them."""


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a suite; those with the same `group` are one group."""

    stdin: str | bytes
    answer: str | bytes
    points: str = "10"
    group: str = "Small"
    rule: str = CodeGroup.Rule.EACH
    is_sample: bool = False
    name: str = ""
    explanation: str = ""


def sample(stdin: str, answer: str, **fields: Any) -> Case:
    given: dict[str, Any] = {"points": "0", "group": "Samples", "is_sample": True}
    return Case(stdin, answer, **(given | fields))


CASES = (sample("2 3\n", "5\n"), Case("20 22\n", "42\n"), Case("100 1\n", "101\n"))
"""Two numbers added: a sample without points, then two hidden tests of 10 points."""


def a_coding_question(text: str = "Add two numbers.", *, languages: Sequence[str] = ("py", "cpp")) -> Question:
    """A coding question of the bank, without tests."""
    return papers.question_of(Content(Kind.CODING, Body(Text(text, f"हिन्दी: {text}"), languages=tuple(languages))))


def a_suite(
    question: Question | None = None, tests: Sequence[Case] = CASES, *, ready: bool = True, **fields: Any
) -> CodeSuite:
    """A suite with these tests, in use unless said otherwise; without solutions."""
    held = question or a_coding_question()
    number = CodeSuite.objects.filter(question=held).count() + 1
    state: dict[str, Any] = {"state": CodeSuite.State.READY, "ready_at": timezone.now()} if ready else {}
    suite = CodeSuite.objects.create(
        question=held, **({"number": number, "created_by": people.teacher()} | state | fields)
    )
    groups: dict[str, CodeGroup] = {}
    for place, case in enumerate(tests, start=1):
        if case.group not in groups:
            groups[case.group] = CodeGroup.objects.create(
                suite=suite, position=len(groups) + 1, title=case.group, is_sample=case.is_sample, rule=case.rule
            )
        CodeTest.objects.create(
            suite=suite,
            group=groups[case.group],
            position=place,
            name=case.name,
            points=Decimal(case.points),
            stdin=suites.keep_data(_bytes(case.stdin)),
            answer=suites.keep_data(_bytes(case.answer)),
            explanation=case.explanation,
        )
    return suite


def a_solution(
    suite: CodeSuite, source: str = ADD, *, name: str = "add.py", language: str = "py", expects: str = "PASS"
) -> CodeSolution:
    return CodeSolution.objects.create(
        suite=suite, name=name, language=language, source=source, expects=expects, created_by=people.teacher()
    )


def placed(question: Question | None = None, test: Test | None = None, **fields: Any) -> ExamQuestion:
    """A coding question (one with a suite in use) in a test that is open; `fields` are the test's."""
    held = question or a_suite().question
    row = test or papers.exam(f"Coding {uuid.uuid4().hex[:6]}", **fields)
    return papers.place(row.sections.first() or papers.section(row, "Programs"), held)[0]


def _bytes(typed: str | bytes) -> bytes:
    return typed.encode() if isinstance(typed, str) else typed
