"""Tests taken in by a zip and written as one; rules for the programs of a test; what students never see."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exams import tests_made
from exams.judge import suites
from exams.models import CodeRules, CodeSuite, ExamQuestion
from exams.models.attempts import State
from tests import people
from tests.exams import coded, papers
from tests.exams.judge.test_suite_zips import packed

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.teacher())


@pytest.fixture
def suite(db: None) -> CodeSuite:
    return coded.a_suite(ready=False)


def at(suite: CodeSuite, name: str) -> str:
    return reverse(name, args=[suite.question.uuid])


def words(answer: Any) -> str:
    return str(answer.content.decode())


def sent(browser: Client, suite: CodeSuite, content: bytes, name: str = "tests.zip") -> Any:
    return browser.post(at(suite, "suite_zip"), {"file": SimpleUploadedFile(name, content)})


def told(suite: CodeSuite) -> list[tuple[Any, ...]]:
    """Everything of its tests, in their order."""
    tests = list(suite.tests.select_related("group").order_by("position"))
    data = suites.data_of(pk for one in tests for pk in (one.stdin_id, one.answer_id))
    return [
        (
            *(one.group.title, one.group.is_sample, one.group.rule, one.points, one.name, one.explanation),
            *(data[one.stdin_id], data[one.answer_id]),
        )
        for one in tests
    ]


def test_a_zip_is_looked_at_first_and_then_taken_in_behind_what_is_there(browser: Client, suite: CodeSuite) -> None:
    zipped = packed({"sample/1.in": "1 1\n", "sample/1.ans": "2\n", "secret/1.in": b"\xff", "secret/1.ans": "3\n"})
    preview = sent(browser, suite, zipped)
    assert preview.status_code == 302
    page = words(browser.get(preview["Location"]))
    assert "2 tests in the zip" in page
    assert "1 remark" in page
    assert suite.tests.count() == 3
    browser.post(preview["Location"], {"revision": 1})
    assert [(one[0], one[1]) for one in told(suite)] == [
        ("Samples", True),
        ("sample", True),
        ("Small", False),
        ("Small", False),
        ("secret", False),
    ]
    stale = browser.post(preview["Location"], {"revision": 1})
    assert stale.status_code == 409
    browser.post(preview["Location"], {"revision": 2, "replaces": "on"})
    assert [one[0] for one in told(suite)] == ["sample", "secret"]


def test_what_is_exported_comes_back_as_it_was(browser: Client) -> None:
    suite = coded.a_suite(
        tests=[
            coded.sample("1 1\n", "2\n", explanation="एक और एक"),
            coded.Case(b"\xff\x00", "x\r\n", points="7.50", group="छोटे", rule="ALL", name="नाम"),
            *(coded.Case(f"{one}\n", f"{one}\n", group="Large") for one in range(11)),
        ],
        ready=False,
    )
    answer = browser.get(at(suite, "suite_zip_export"))
    assert answer["Content-Type"] == "application/zip"
    other = coded.a_suite(ready=False)
    preview = sent(browser, other, answer.content)
    browser.post(preview["Location"], {"revision": 1, "replaces": "on"})
    assert told(other) == told(suite)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no zip", "This is not a zip, or it is broken."),
        (b"", "This is not a zip, or it is broken."),
        (packed({"1.in": "1"}), "Its output is missing."),
        (packed({"../1.in": "1", "1.out": "1"}), "This name leads out of the zip."),
        (packed({"<script>.in": "1"}), "&lt;script&gt;.in"),
    ],
)
def test_what_is_wrong_with_a_zip_is_said_by_file(browser: Client, suite: CodeSuite, content: bytes, said: str) -> None:
    answer = sent(browser, suite, content, "परीक्षा " * 30 + ".zip")
    assert answer.status_code == 400
    assert said in words(answer)
    assert suite.tests.count() == 3


def test_a_zip_that_is_too_large_and_one_into_what_is_in_use_are_refused(browser: Client, suite: CodeSuite) -> None:
    answer = sent(browser, suite, b"0" * (16 * 1024**2 + 1))
    assert "The zip is too large: 16 MB are the most." in words(answer)
    many = sent(browser, suite, packed({f"{at}.{end}": "1" for at in range(98) for end in ("in", "out")}))
    full = browser.post(many["Location"], {"revision": 1})
    assert (full.status_code, "100 tests at most" in words(full)) == (400, True)
    used = coded.a_suite()
    preview = sent(browser, used, packed({"1.in": "1", "1.out": "1"}))
    assert browser.post(preview["Location"], {"revision": 1}).status_code == 409
    assert used.tests.count() == 3


def test_a_zip_read_by_one_is_taken_in_by_nobody_else(browser: Client, suite: CodeSuite) -> None:
    preview = sent(browser, suite, packed({"1.in": "1", "1.out": "1"}))
    other = people.signed_in(people.other_teacher())
    assert other.get(preview["Location"])["Location"] == at(suite, "suite_zip")


# --- Rules of a test --------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(db: None) -> ExamQuestion:
    return coded.placed()


def rules(test: Any, **fields: Any) -> dict[str, Any]:
    usual = {"counts": "LAST", "feedback": "TOTAL", "most_submissions": 5, "pause_s": 60}
    return usual | {"seen": "BEST/TESTS/30/10"} | fields


def test_rules_for_programs_are_set_for_a_test_that_has_some(browser: Client, placed: ExamQuestion) -> None:
    url = reverse("code_rules", args=[placed.test.uuid])
    assert 'value="BEST" selected' in words(browser.get(url))
    assert not CodeRules.objects.exists()
    assert "Rules for programs" in words(browser.get(reverse("test", args=[placed.test.uuid])))
    browser.post(url, rules(placed.test))
    row = CodeRules.objects.get()
    assert (row.counts, row.feedback, row.most_submissions, row.pause_s) == ("LAST", "TOTAL", 5, 60)
    copied = tests_made.copy_test(placed.test, actor=people.teacher())
    assert CodeRules.objects.get(test=copied).feedback == "TOTAL"
    stale = browser.post(url, rules(placed.test, pause_s=1))
    assert (stale.status_code, "Somebody else changed these rules" in words(stale)) == (409, True)
    assert browser.post(url, rules(placed.test, seen="LAST/TOTAL/5/60", pause_s=1)).status_code == 302
    for wrong in ({"counts": "ALL"}, {"most_submissions": 0}, {"most_submissions": 201}, {"pause_s": 3601}):
        assert browser.post(url, rules(placed.test) | wrong).status_code == 400
    assert browser.get(reverse("code_rules", args=[papers.paper(title="No programs").uuid])).status_code == 404


def test_what_counts_stays_once_somebody_writes(browser: Client, placed: ExamQuestion) -> None:
    papers.attempt(placed.test, people.student(), state=State.WRITING)
    url = reverse("code_rules", args=[placed.test.uuid])
    answer = browser.post(url, rules(placed.test))
    assert (answer.status_code, "what counts stays as it is" in words(answer)) == (409, True)
    assert browser.post(url, rules(placed.test, counts="BEST")).status_code == 302


# --- Students ---------------------------------------------------------------------------------------------------------


def test_nothing_of_hidden_tests_reaches_a_student(placed: ExamQuestion) -> None:
    attempt = papers.attempt(placed.test, people.student())
    student = people.signed_in(people.student())
    for name in ("question_tests", "suite_zip_export", "suite_test_new"):
        assert student.get(reverse(name, args=[placed.question.uuid])).status_code in (403, 404)
    hidden = CodeSuite.objects.get(question=placed.question).tests.filter(group__is_sample=False)[0]
    file = reverse("suite_test_file", args=[placed.question.uuid, hidden.pk, "input"])
    assert student.get(file).status_code in (403, 404)
    for name in ("attempt", "attempt_paper"):
        answer = student.get(reverse(name, args=[attempt.uuid]), follow=True)
        assert "20 22" not in words(answer)
