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
from tests.exams import coded, papers

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


# --- Tests ------------------------------------------------------------------------------------------------------------


def file(content: bytes, name: str = "1.in") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_test_takes_files_as_they_are_and_gives_them_back(browser: Client) -> None:
    suite = draft()
    content = b"\xff\x00\r\n" * 1000
    browser.post(
        at(suite.question, "suite_test_new"), typed(suite, stdin_file=file(content), answer_file=file(b"ok\r\n"))
    )
    test = CodeTest.objects.latest("pk")
    assert browser.get(at(suite.question, "suite_test_file", test.pk, "input")).content == content
    answer = browser.get(at(suite.question, "suite_test_file", test.pk, "output"))
    assert (answer.content, answer["Content-Type"]) == (b"ok\r\n", "application/octet-stream")
    assert "attachment" in answer["Content-Disposition"]
    assert browser.get(at(suite.question, "suite_test_file", test.pk, "key")).status_code == 404
    page = words(browser.get(at(suite.question, "suite_test", test.pk)))
    assert "it stays as it is unless you choose another file" in page
    kept = typed(suite, name="binary")
    del kept["stdin"], kept["answer"]
    browser.post(at(suite.question, "suite_test", test.pk), kept)
    test.refresh_from_db()
    assert test.name == "binary"
    assert suites.data_of([test.stdin_id]) == {test.stdin_id: content}


def test_another_input_makes_a_new_row_so_that_old_results_are_not_its_own(browser: Client) -> None:
    suite = draft()
    first, second = suite.tests.filter(group__is_sample=False)
    browser.post(at(suite.question, "suite_test", first.pk), typed(suite, stdin="20 22\n", answer="42\n", points="7"))
    assert CodeTest.objects.get(pk=first.pk).points == 7
    browser.post(at(suite.question, "suite_test", first.pk), typed(suite, stdin="20 23\n", answer="43\n"))
    assert not CodeTest.objects.filter(pk=first.pk).exists()
    assert list(suite.tests.values_list("position", flat=True)) == [1, 2, 3]
    assert suite.tests.get(position=3) == second


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"answer": ""}, "Write the output that is right."),
        ({"points": "-1"}, "Write 0 or more."),
        ({"points": "NaN"}, "Write a number."),
        ({"points": "1000.01"}, "Write 1000 or less."),
        ({"group": "999999"}, "This is not among the choices any more."),
        ({"name": "x" * 81}, "at most 80 characters"),
    ],
)
def test_a_test_that_cannot_be_is_refused_and_what_was_typed_stays(
    browser: Client, fields: dict[str, str], said: str
) -> None:
    suite = draft()
    answer = browser.post(at(suite.question, "suite_test_new"), typed(suite, stdin="typed before") | fields)
    assert answer.status_code == 400
    assert said in words(answer)
    assert "typed before" in words(answer)
    assert suite.tests.count() == 3


def test_an_input_of_eight_megabytes_is_taken_and_one_byte_more_is_not(browser: Client) -> None:
    suite, most = draft(), 8 * 1024**2
    answer = browser.post(at(suite.question, "suite_test_new"), typed(suite, stdin_file=file(b"7" * most)))
    assert answer.status_code == 302
    test = CodeTest.objects.select_related("stdin").latest("pk")
    assert test.stdin.size_bytes == most
    page = browser.get(at(suite.question, "suite_test", test.pk))
    assert len(page.content) < 200_000
    assert "This is its beginning" in words(page)
    answer = browser.post(at(suite.question, "suite_test_new"), typed(suite, stdin_file=file(b"7" * (most + 1))))
    assert "This file is too large: 8 MB are the most." in words(answer)


def test_tests_are_moved_and_removed_and_numbered_anew(browser: Client) -> None:
    suite = draft()
    first, second = suite.tests.filter(group__is_sample=False)
    for fields, order in (({"do": "move", "to": 1}, [second, first]), ({"do": "remove"}, [second])):
        suite.refresh_from_db()
        browser.post(at(suite.question, "suite_test_do", first.pk), fields | {"revision": suite.revision})
        assert list(suite.tests.filter(group__is_sample=False).order_by("position")) == order
    assert list(suite.tests.values_list("position", flat=True)) == [1, 2]
    assert browser.post(at(suite.question, "suite_test_do", second.pk), {"revision": 3}).status_code == 400


def test_groups_are_added_renamed_weighed_moved_and_removed(browser: Client) -> None:
    suite = draft()
    new = {"title": HINDI[:80], "rule": "ALL", "revision": 1}
    browser.post(at(suite.question, "suite_group_new"), new)
    group = CodeGroup.objects.get(title=HINDI[:80].strip())
    assert (group.rule, group.is_sample, group.position) == ("ALL", False, 3)
    again = browser.post(at(suite.question, "suite_group_new"), new | {"revision": 2})
    assert "There is a group of this title already." in words(again)
    small = suite.groups.get(title="Small")
    changed = {"title": "Small, n ≤ 9", "rule": "ALL", "points_each": "2.5", "revision": 2}
    browser.post(at(suite.question, "suite_group", small.pk), changed)
    assert set(small.tests.values_list("points", flat=True)) == {Decimal("2.5")}
    browser.post(at(suite.question, "suite_group_do", group.pk), {"do": "move", "to": 0, "revision": 3})
    assert [one.title for one in suite.groups.all()] == ["Samples", group.title, "Small, n ≤ 9"]
    browser.post(at(suite.question, "suite_group_do", small.pk), {"do": "remove", "revision": 4})
    assert suite.tests.count() == 1


# --- Rules and solutions ----------------------------------------------------------------------------------------------


def judged(
    suite: CodeSuite, source: str = coded.ADD, *, cpu_ms: int = 100, wrong: int | None = None, **fields: Any
) -> CodeSolution:
    """A solution with its judgement: right but on the test at that place."""
    solution = coded.a_solution(suite, source, **fields)
    rows = [
        {"test": one.pk, "number": one.position, "verdict": "WA" if one.position == wrong else "AC", "cpu_ms": cpu_ms}
        | {"memory_bytes": 9_000_000, "points": "0"}
        for one in suite.tests.order_by("position")
    ]
    verdict = "WA" if wrong else "AC"
    Judgement.objects.create(
        solution=solution,
        suite=suite,
        state="COMPLETE",
        verdict=verdict,
        tests=rows,
        cpu_ms=cpu_ms,
        points=20,
        most=20,
        finished_at=suite.created_at,
    )
    return solution


def test_a_limit_below_twice_the_slowest_right_solution_is_refused(browser: Client) -> None:
    suite = draft(cpu_ms=2000)
    judged(suite, cpu_ms=2400)  # Python: 800 ms before its factor
    page = words(browser.get(at(suite.question)))
    assert "slowest right: 2.40 s" in page
    assert "2.5 times what the slowest right solution needs" in page
    limits = {"do": "limits", "revision": 1, "memory_mb": "256"}
    answer = browser.post(at(suite.question), limits | {"seconds": "1.5"})
    assert answer.status_code == 400
    assert "2.4 s would do" in words(answer)
    assert browser.post(at(suite.question), limits | {"seconds": "1.6"}).status_code == 302
    suite.refresh_from_db()
    assert suite.cpu_ms == 1600
    for field, value in (("seconds", "15.1"), ("seconds", "0"), ("memory_mb", "1025"), ("memory_mb", "8")):
        refused = browser.post(at(suite.question), limits | {"revision": 2, "seconds": "2", field: value})
        assert refused.status_code == 400


def test_the_checker_is_chosen_and_an_own_one_needs_a_program(browser: Client) -> None:
    suite = draft()
    judged(suite)
    compare = {"do": "compare", "checker": "custom", "revision": 1, "tolerance": ""}
    answer = words(browser.post(at(suite.question), compare))
    assert "Choose the language of your checker." in answer
    assert "The program is empty." in answer
    browser.post(at(suite.question), compare | {"checker_language": "py", "checker_source": "print(1)\r\n"})
    suite.refresh_from_db()
    assert (suite.checker, suite.checker_source) == ("custom", "print(1)\n")
    assert not Judgement.objects.exists()
    wrong = browser.post(at(suite.question), {"do": "compare", "checker": "float", "tolerance": "nan", "revision": 2})
    assert "above 0 and below 1" in words(wrong)
    right = {"do": "compare", "checker": "float", "tolerance": "1e-4", "checker_language": "py", "revision": 2}
    browser.post(at(suite.question), right)
    suite.refresh_from_db()
    assert (suite.checker, suite.tolerance, suite.checker_language) == ("float", "1e-4", "")


def test_function_style_needs_code_around_for_every_language_of_the_question(browser: Client) -> None:
    suite = draft()
    coded.a_solution(suite)
    style = {"style": "FUNCTION", "revision": 1, "py_before": "import sys\r\n", "py_start": "def add(a, b):\r\n"}
    browser.post(at(suite.question, "question_tests_style"), style)
    suite.refresh_from_db()
    assert suite.frames == {"py": {"before": "import sys\n", "start": "def add(a, b):\n"}}
    answer = browser.post(at(suite.question), {"do": "check", "revision": 2})
    assert answer.status_code == 400
    assert "Write the code around the function for C++" in words(answer)


def test_solutions_are_text_of_at_most_64_kb_with_names_of_their_own(browser: Client) -> None:
    suite = draft()
    new = at(suite.question, "suite_solution_new")
    fields = {"name": "add.py", "language": "py", "expects": "PASS", "source": "1", "note": HINDI[:200], "revision": 1}
    for more, said in (
        ({"source": " \n"}, "The program is empty."),
        ({"source": "x" * (64 * 1024 + 1)}, "The program is longer than 64 KB."),
        ({"source": "क" * 30_000}, "The program is longer than 64 KB."),
        ({"source_file": file(b"\xff\xfe", "a.py")}, "The file is not UTF-8 text."),
        ({"source_file": file(b"a\0b", "a.py")}, "The program holds a NUL character."),
        ({"language": "rust"}, "not among the choices"),
        ({"name": "\u202e"}, "Write a name."),
    ):
        answer = browser.post(new, fields | more)
        assert (answer.status_code, said in words(answer)) == (400, True), said
    browser.post(new, fields | {"source_file": file("\ufeffprint(1)\r\n".encode(), "a.py")})
    solution = CodeSolution.objects.get()
    assert solution.source == "print(1)\n"
    answer = browser.post(new, fields | {"revision": 2})
    assert "There is a solution of this name already." in words(answer)
    page = at(suite.question, "suite_solution", solution.uuid)
    browser.post(page, fields | {"name": "sum.py", "revision": 2})
    assert CodeSolution.objects.get().name == "sum.py"
    browser.post(at(suite.question, "suite_solution_remove", solution.uuid), {"revision": 3})
    assert not CodeSolution.objects.exists()


# --- Two people -------------------------------------------------------------------------------------------------------


def test_of_two_who_change_the_same_tests_the_second_is_told_and_keeps_what_he_typed(browser: Client) -> None:
    suite = draft()
    url = at(suite.question, "suite_test_new")
    first, second = typed(suite, stdin="1 1"), typed(suite, stdin="2 2")
    assert people.signed_in(people.other_teacher()).post(url, first).status_code == 302
    answer = browser.post(url, second)
    assert answer.status_code == 409
    assert "Somebody else changed these tests meanwhile." in words(answer)
    assert "2 2" in words(answer)
    assert 'value="2"' in words(answer)
    assert browser.post(url, second | {"revision": 2}).status_code == 302
    stale = browser.post(at(suite.question), {"do": "drop", "revision": 1})
    assert (stale.status_code, CodeSuite.objects.count()) == (409, 1)


def test_a_test_somebody_removed_meanwhile_can_be_saved_as_its_own(browser: Client) -> None:
    suite = draft()
    test = suite.tests.last()
    assert test
    fields, url = typed(suite, stdin="mine"), at(suite.question, "suite_test", test.pk)
    with suite_editor.changing(suite, seen=1, actor=people.other_teacher()):
        suite_editor.remove_test(test)
    answer = browser.post(url, fields)
    assert (answer.status_code, "mine" in words(answer)) == (409, True)
    assert "it becomes a test of its own" in words(answer)


def test_what_is_in_use_stays_and_is_copied_into_the_next_version(browser: Client) -> None:
    suite = coded.a_suite()
    coded.a_solution(suite)
    question = suite.question
    page = words(browser.get(at(question)))
    assert "Check and use" not in page
    for name, fields in (
        ("suite_test_new", typed(suite)),
        ("suite_group_new", {"title": "x", "rule": "EACH", "revision": 1}),
    ):
        answer = browser.post(at(question, name), fields)
        assert answer.status_code == 409
        assert "stay as they are" in words(answer)
    browser.post(at(question), {"do": "begin"})
    browser.post(at(question), {"do": "begin"})
    copy = CodeSuite.objects.get(number=2)
    assert copy.state == CodeSuite.State.DRAFT
    names = ("position", "points", "stdin", "answer", "group__title")
    assert list(copy.tests.values_list(*names)) == list(suite.tests.values_list(*names))
    assert copy.solutions.get().name == "add.py"
    assert suites.suite_in_use(question.pk) == suite
    assert "Version 1" in words(browser.get(at(question)))
    assert browser.get(at(question), {"version": 1}).context["suite"] == suite
    browser.post(at(question), {"do": "drop", "revision": copy.revision})
    assert list(CodeSuite.objects.all()) == [suite]


def test_while_it_is_checked_nothing_changes_and_the_script_gets_the_part_alone(browser: Client) -> None:
    suite = draft()
    coded.a_solution(suite)
    browser.post(at(suite.question), {"do": "check", "revision": 1})
    assert browser.post(at(suite.question, "suite_test_new"), typed(suite)).status_code == 409
    answer = browser.get(at(suite.question), headers={"X-Live": "1"})
    assert answer.status_code == 200
    assert "<html" not in words(answer)
    Judgement.objects.update(state="FAILED")
    suite_checks.decide(suite)
    answer = browser.get(at(suite.question), headers={"X-Live": "1"})
    assert answer.status_code == 286
    assert "add.py could not be judged." in words(answer)


# --- Who, and what it costs -------------------------------------------------------------------------------------------


def test_only_coding_questions_have_tests(browser: Client) -> None:
    assert browser.get(at(papers.question())).status_code == 404


def test_a_page_of_a_hundred_tests_asks_as_much_as_one_of_three(
    browser: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    small = draft()
    many = draft(tests=[coded.Case(f"{HINDI} {one}", f"{one}", name=HINDI[:80]) for one in range(100)])
    for suite in (small, many):
        judged(suite)
        judged(suite, name="greedy.py", expects="FAIL", wrong=3)
    browser.get(at(small.question))
    with django_assert_max_num_queries(24) as asked:
        browser.get(at(small.question))
    with django_assert_num_queries(len(asked)):
        page = browser.get(at(many.question))
    assert "97 more" in words(page)
    assert len(page.content) < 60_000
    assert len(browser.get(at(many.question), {"all": 1}).content) < 200_000


def test_pages_of_the_question_and_of_tests_say_how_programs_are_judged(browser: Client) -> None:
    question = coded.a_coding_question()
    page = reverse("bank_question", args=[question.uuid])
    assert "By people: it has no tests yet." in words(browser.get(page))
    placed = coded.placed(question)
    told = "Programs of question 1 are marked by people: it has no tests in use."
    for name in ("test", "test_paper", "code_rules"):
        assert told in words(browser.get(reverse(name, args=[placed.test.uuid])))
    coded.a_suite(question)
    answer = words(browser.get(page))
    assert "3 tests, 2 hidden" in answer
    assert "20 22" not in answer
    for name in ("test", "test_paper"):
        assert "they are kept and wait for the judge" in words(browser.get(reverse(name, args=[placed.test.uuid])))
