"""Whether a suite may be used: what it lacks, what its solutions came to, and which papers it makes anew."""

from typing import Any

import pytest
from django.utils import timezone

from exams import paper_json
from exams.judge import suite_checks, suite_editor, suites
from exams.models import CodeSolution, CodeSuite, CodeTest, Judgement
from exams.models.attempts import State
from tests import people
from tests.exams import coded, making, papers

pytestmark = pytest.mark.django_db
TRIALS = 3
"""Tests of `coded.CASES`."""


def checked(suite: CodeSuite) -> CodeSuite:
    CodeSuite.objects.filter(pk=suite.pk).update(state="CHECKING")
    suite.refresh_from_db()
    return suite


def came_to(solution: CodeSolution, *verdicts: str, state: str = "COMPLETE", cpu_ms: int = 10) -> Judgement:
    """Its judgement, test by test; headline as the judge says it."""
    tests = solution.suite.tests.order_by("position")
    rows: list[dict[str, Any]] = [
        {"test": one.pk, "number": one.position, "verdict": verdict, "cpu_ms": cpu_ms, "memory_bytes": 1}
        for one, verdict in zip(tests, verdicts, strict=False)
    ]
    wrong = next((one for one in verdicts if one != "AC"), "AC")
    is_done = state == "COMPLETE"
    return Judgement.objects.create(
        solution=solution,
        suite=solution.suite,
        state=state,
        tests=rows if is_done else [],
        verdict=wrong if is_done else "",
        finished_at=timezone.now(),
        cpu_ms=cpu_ms,
    )


def decided(suite: CodeSuite) -> tuple[str, str]:
    """Its state afterwards, and why it is not in use."""
    suites.decide(suite)
    suite.refresh_from_db()
    return suite.state, " ".join(one.words for one in suite_checks.faults_of(suite, suite_checks.judged(suite)))


@pytest.fixture
def suite(db: None) -> CodeSuite:
    return checked(coded.a_suite(ready=False))


def test_right_solutions_that_are_right_and_wrong_ones_that_are_not_put_it_to_use(suite: CodeSuite) -> None:
    came_to(coded.a_solution(suite), "AC", "AC", "AC")
    came_to(coded.a_solution(suite, name="slow.py", expects="FAIL"), "AC", "TLE", "SK")
    assert decided(suite) == ("READY", "")
    assert suite.ready_at is not None
    assert suites.suite_in_use(suite.question.pk) == suite


@pytest.mark.parametrize(
    ("expects", "verdicts", "said"),
    [
        ("PASS", ["AC", "WA", "AC"], "other.py should pass and gets WA on test 2."),
        ("PASS", ["AC", "TLE", "RE"], "other.py should pass and gets TLE on test 2, and misses 1 more."),
        ("PASS", ["AC", "PA", "AC"], "other.py should pass and gets PA on test 2."),
        ("PASS", ["CE"], "other.py does not compile."),
        ("PASS", ["AC", "SE", "AC"], "other.py could not be run on all tests: SE."),
        ("FAIL", ["AC", "AC", "AC"], "The tests let a wrong solution through: other.py should fail"),
        ("FAIL", ["CE"], "other.py does not compile."),
        ("FAIL", ["AC", "SE", "AC"], "other.py could not be run on all tests: SE."),
    ],
)
def test_a_solution_that_does_not_do_what_is_wanted_keeps_it_from_use(
    suite: CodeSuite, expects: str, verdicts: list[str], said: str
) -> None:
    came_to(coded.a_solution(suite), "AC", "AC", "AC")
    came_to(coded.a_solution(suite, name="other.py", expects=expects), *verdicts)
    state, words = decided(suite)
    assert state == "DRAFT"
    assert said in words
    assert suites.suite_in_use(suite.question.pk) is None


def test_a_solution_that_could_not_be_judged_keeps_it_from_use(suite: CodeSuite) -> None:
    came_to(coded.a_solution(suite), state="FAILED")
    state, words = decided(suite)
    assert (state, "could not be judged" in words) == ("DRAFT", True)


@pytest.mark.parametrize("state", ["PENDING", "WAITING"])
def test_nothing_is_decided_while_a_solution_waits(suite: CodeSuite, state: str) -> None:
    came_to(coded.a_solution(suite), "AC", "AC", "AC")
    came_to(coded.a_solution(suite, name="other.py"), state=state)
    assert decided(suite)[0] == "CHECKING"


def test_nothing_is_decided_of_what_was_taken_back(suite: CodeSuite) -> None:
    solution = coded.a_solution(suite)
    came_to(solution, state="PENDING")
    suite_editor.take_back(suite, actor=people.teacher(), now=timezone.now())
    assert Judgement.objects.get().state == "CANCELLED"
    came_to(solution, "AC", "AC", "AC")
    assert decided(suite)[0] == "DRAFT"


def test_a_limit_right_solutions_only_just_keep_is_not_used(suite: CodeSuite) -> None:
    came_to(coded.a_solution(suite), "AC", "AC", "AC", cpu_ms=3300)  # 1.1 s before the factor of Python
    state, words = decided(suite)
    assert state == "DRAFT"
    assert "3.3 s would do" in words


@pytest.mark.parametrize(
    ("needed", "suggested"), [(0, 1000), (20, 1000), (310, 1000), (340, 1100), (1000, 3000), (9000, 15_000)]
)
def test_the_suggested_limit_leaves_room_and_keeps_what_the_judge_allows(needed: float, suggested: int) -> None:
    assert suite_checks.suggested_ms(needed) == suggested


def test_results_count_only_for_the_tests_there_are(suite: CodeSuite) -> None:
    came_to(coded.a_solution(suite), "AC", "AC", "AC")
    CodeSuite.objects.update(state="DRAFT")
    with suite_editor.changing(suite, seen=1, actor=people.teacher()) as draft:
        group = draft.groups.filter(is_sample=False)[0]
        suite_editor.add_test(draft, group, suite_editor.Written(b"1 1\n", b"2\n"))
    one = suite_checks.judged(draft)[0]
    assert (one.right_count, len(one.tests), one.is_complete, one.is_right) == (3, 4, False, False)


# --- What it lacks ----------------------------------------------------------------------------------------------------


def lacks(suite: CodeSuite) -> str:
    return " ".join(one.words for one in suite_checks.problems_of(suite))


def test_what_a_suite_lacks_is_said_before_the_judge_is_asked() -> None:
    suite = coded.a_suite(tests=[], ready=False)
    assert lacks(suite) == "Add at least one test. Add at least one solution that must pass all tests."
    suite = coded.a_suite(tests=[coded.Case("1", "1", points="0")], ready=False)
    coded.a_solution(suite)
    assert lacks(suite) == "Give points to the hidden tests: all have none."
    suite = coded.a_suite(tests=[coded.Case("1", "")], ready=False)
    coded.a_solution(suite, expects="FAIL")
    assert "Test 1 has no output that is right." in lacks(suite)
    assert "must pass all tests" in lacks(suite)
    with pytest.raises(suite_editor.SuiteRefused):
        suite_editor.check(suite, seen=1, actor=people.teacher(), now=timezone.now())


def test_samples_alone_need_no_points_and_an_own_checker_no_output() -> None:
    suite = coded.a_suite(tests=[coded.sample("1", "1")], ready=False)
    coded.a_solution(suite)
    assert not lacks(suite)
    own: dict[str, Any] = {"checker": "custom", "checker_language": "py", "checker_source": "print(1)"}
    suite = coded.a_suite(tests=[coded.Case("1", "")], ready=False, **own)
    coded.a_solution(suite)
    assert not lacks(suite)


def test_a_hundred_and_one_tests_and_more_than_64_mb_are_refused() -> None:
    suite = coded.a_suite(tests=[coded.Case(str(one), "1") for one in range(100)], ready=False)
    written = suite_editor.Written(b"1", b"1")
    with (
        pytest.raises(suite_editor.SuiteRefused, match="100 tests at most"),
        suite_editor.changing(suite, seen=1, actor=people.teacher()) as draft,
    ):
        suite_editor.add_test(draft, draft.groups.all()[0], written)
    assert suite.tests.count() == 100
    large = suites.keep_data(b"0" * 8 * 1024**2)
    CodeTest.objects.filter(suite=suite, position__lte=9).update(stdin=large)
    assert "64 MB are the most" in lacks(suite)


# --- Papers -----------------------------------------------------------------------------------------------------------


def test_papers_nobody_has_begun_get_a_new_revision_with_the_samples() -> None:
    question = coded.a_coding_question()
    draft, open_one, begun = making.coming(), papers.exam("Open"), papers.exam("Begun")
    for test in (draft, open_one, begun):
        coded.placed(question, test)
    papers.attempt(begun, people.student(), state=State.WRITING)
    suite = checked(coded.a_suite(question, ready=False))
    came_to(coded.a_solution(suite), "AC", "AC", "AC")
    assert decided(suite)[0] == "READY"
    revisions = []
    for test in (draft, open_one, begun):
        before = test.paper_revision
        test.refresh_from_db()
        revisions.append(test.paper_revision - before)
    assert revisions == [1, 0, 0]
    paper = paper_json.paper_of(draft).decode()
    assert "20 22" not in paper
    assert "100 1" not in paper


def test_two_who_begin_a_version_at_once_get_the_same_draft() -> None:
    question = coded.a_suite().question
    first = suite_editor.begin(question, actor=people.teacher())
    assert suite_editor.begin(question, actor=people.other_teacher()) == first
    assert (first.number, first.tests.count(), first.state) == (2, TRIALS, "DRAFT")
