"""Tests and solutions of a coding question as their author meets them: pages, forms, refusals, what they cost."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exams.judge import suite_checks, suite_editor, suites
from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest, Judgement, Question
from tests import people
from tests.exams import coded

pytestmark = pytest.mark.django_db
HINDI = "परीक्षा से पहले के अध्याय " * 8


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.teacher())


def at(question: Question, name: str = "question_tests", *more: Any) -> str:
    return reverse(name, args=[question.uuid, *more])


def words(answer: Any) -> str:
    return str(answer.content.decode())


def draft(question: Question | None = None, **fields: Any) -> CodeSuite:
    return coded.a_suite(question, ready=False, **fields)


def typed(suite: CodeSuite, **more: Any) -> dict[str, Any]:
    """A test as its form sends it."""
    group = suite.groups.filter(is_sample=False).first() or suite.groups.first()
    assert group
    suite.refresh_from_db()
    fields = {"revision": suite.revision, "group": group.pk, "points": "5", "stdin": "1 2\r\n", "answer": "3\r\n"}
    return fields | {"name": "", "explanation": ""} | more


def test_tests_are_written_from_nothing_until_the_judge_has_them(browser: Client) -> None:
    question = coded.a_coding_question()
    assert "No tests yet" in words(browser.get(at(question)))
    browser.post(at(question), {"do": "begin"})
    suite = CodeSuite.objects.get()
    assert [one.is_sample for one in suite.groups.all()] == [True, False]
    answer = browser.post(at(question, "suite_test_new"), typed(suite, name="small"), follow=True)
    assert "small" in words(answer)
    kept = suites.data_of(CodeTest.objects.values_list("stdin", flat=True))
    assert list(kept.values()) == [b"1 2\n"]
    assert "at least one solution that must pass" in words(answer)
    solution = {"name": "add.py", "language": "py", "expects": "PASS", "source": "print(3)\r\n", "note": ""}
    browser.post(at(question, "suite_solution_new"), solution | {"revision": 2})
    assert CodeSolution.objects.get().source == "print(3)\n"
    answer = browser.post(at(question), {"do": "check", "revision": 3}, follow=True)
    suite.refresh_from_db()
    assert suite.state == CodeSuite.State.CHECKING
    assert Judgement.objects.get().solution == CodeSolution.objects.get()
    assert "It waits: nothing can be judged now." in words(answer)
    assert "judge_selftest" in words(answer)
    browser.post(at(question), {"do": "stop"})
    suite.refresh_from_db()
    assert suite.state == CodeSuite.State.DRAFT
    assert Judgement.objects.get().state == "CANCELLED"
