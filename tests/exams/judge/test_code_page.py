"""What a student sees and does with a coding question: its page, without a script, and what is kept from him."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exams.content import Kind
from exams.judge import hosts, queue
from exams.models import Attempt, CodeRules, CodeSubmission, Response
from exams.models.attempts import EndedBy, State
from tests import people
from tests.exams import coded, judge_rows, marked, papers
from tests.exams.judge import judged

pytestmark = pytest.mark.django_db
START = "import sys\n"
LARGE = {"group": "Large", "rule": "ALL", "points": "30"}
TESTS = (
    coded.sample("2 3\n", "5\n", explanation="Two and three."),
    coded.Case("zebra\n", "okapi\n"),
    coded.Case("yak\n", "ibis\n", **LARGE),
)
HIDDEN = ("zebra", "okapi", "yak", "ibis")


@pytest.fixture
def browser():
    return people.signed_in(people.student())


@pytest.fixture
def question():
    judge_rows.a_host()
    return judge_rows.a_question(tests=TESTS, frames={"py": {"start": START}})


@pytest.fixture
def attempt(question):
    return judge_rows.an_attempt(question, device_id=None)


def shows(browser, attempt, place=1, **headers):
    return browser.get(reverse("attempt_question", args=[attempt.uuid, place]), headers=headers)


def text(answer) -> str:
    assert answer.status_code == 200, answer
    return answer.content.decode()


def sends(browser, attempt, do, *, source=coded.ADD, language="py", **more):
    """The form of the question as its page made it, by that button."""
    form = text(shows(browser, attempt))
    body = {name: re.search(rf'name="{name}" value="([^"]*)"', form).group(1) for name in ("epoch", "seq")}
    body |= {"in": "en", "do": do, "answer": source, "language": language}
    return browser.post(reverse("attempt_question", args=[attempt.uuid, 1]), body | more)


def kept(attempt):
    return Response.objects.get(attempt=attempt).answer


def last(attempt) -> CodeSubmission:
    return CodeSubmission.objects.filter(attempt=attempt).latest("pk")


# --- The question -----------------------------------------------------------------------------------------------------


def test_question_shows_samples_groups_limits_and_the_starting_code(browser, attempt):
    page = text(shows(browser, attempt))
    for words in (
        "Sample 1",
        "2 3\n</pre>",
        "Two and three.",
        "10 points, 1 test",
        "30 points, 1 test, all or nothing",
    ):
        assert words in page, words
    for words in (
        "6.0 s and 256 MB for each test",
        "Python 3.11.2",
        f">\n{START}</textarea>",
        "30 of 30 submissions left",
    ):
        assert words in page, words
    assert not [secret for secret in HIDDEN if secret in page]


def test_question_without_tests_says_that_people_mark_it(browser):
    attempt = papers.attempt(papers.paper([Kind.CODING]), device_id=None)
    page = text(shows(browser, attempt))
    assert "People read and mark this program." in page
    for words in ("Submit code", "data-run", "code.css", "code-panes"):
        assert words not in page, words
    assert shows(browser, attempt, X_Live="1").status_code == 404


def test_starting_code_alone_is_no_answer(browser, attempt):
    sends(browser, attempt, "next", source=START.replace("\n", "\r\n"))
    assert kept(attempt) is None
    sends(browser, attempt, "next", source="print(1)\r\n")
    assert kept(attempt) == {"language": "py", "source": "print(1)\n"}
    assert "print(1)\n</textarea>" in text(shows(browser, attempt))


# --- Without a script -------------------------------------------------------------------------------------------------


def test_run_saves_first_and_leads_to_its_page_and_back(browser, attempt):
    answer = sends(browser, attempt, "run", source=coded.SUBTRACT, stdin="20 1")
    assert answer.status_code == 303
    assert kept(attempt)["source"] == coded.SUBTRACT
    made = last(attempt)
    assert (made.kind, made.stdin, made.number) == ("RUN", "20 1", None)
    assert answer.url == reverse("code", args=[made.uuid])
    page = text(browser.get(answer.url, headers={"Accept": "text/html"}))
    assert "Next in the queue" in page
    assert '<meta http-equiv="refresh"' in page
    assert f'href="{reverse("attempt_question", args=[attempt.uuid, 1])}#results"' in page


def test_submit_saves_first_and_its_page_says_what_came_of_it(browser, attempt):
    answer = sends(browser, attempt, "submit_code")
    judge_rows.judge(last(attempt), "AC", "WA", "TLE")
    page = text(browser.get(answer.url, headers={"Accept": "text/html"}))
    for words in ("Submission 1", "accepted", "wrong answer", "over time", "0.02 s", "8.6 MB", "Hidden tests show"):
        assert words in page, words
    assert "refresh" not in page
    assert not [secret for secret in HIDDEN if secret in page]


def test_what_is_refused_is_said_on_the_question_and_the_program_is_kept(browser, attempt):
    CodeRules.objects.create(test=attempt.test, most_submissions=1, pause_s=0)
    sends(browser, attempt, "submit_code")
    answer = sends(browser, attempt, "submit_code", source="print(2)\n")
    assert answer.status_code == 303
    page = text(browser.get(answer.url))
    assert "can be submitted for this question 1 time" in page
    assert "0 of 1 submission left" in page
    assert kept(attempt)["source"] == "print(2)\n"
    assert "There is no program" in text(browser.get(sends(browser, attempt, "run", source=" ").url))


def test_run_of_a_question_people_mark_only_saves(browser):
    judge_rows.a_host()
    attempt = papers.attempt(papers.paper([Kind.CODING]), device_id=None)
    assert "/q/1/" in sends(browser, attempt, "run").url
    assert kept(attempt)["source"] == coded.ADD
    assert not CodeSubmission.objects.exists()


# --- Results beside the question --------------------------------------------------------------------------------------


def test_pane_shows_the_first_line_that_differs(browser, attempt, question):
    made = judge_rows.submit(attempt, question)
    row = judge_rows.judge(made, "WA", "WA", "AC")
    row.tests[0]["stdout"] = "5\n6\n"
    row.save(update_fields=["tests"])
    pane = text(shows(browser, attempt, X_Live="1"))
    assert pane.lstrip().startswith('<div class="field" data-own-ran>')
    for words in (
        "Sample 1",
        "<mark>6</mark>",
        "Line 2 is the first that differs.",
        "<b>0</b> of 10",
        "<b>30</b> of 30",
    ):
        assert words in pane, words
    assert 'data-left="29 of 30 submissions left"' in pane


def test_pane_shows_the_last_judged_one_while_the_next_waits_and_the_rest_as_lines(browser, attempt, question):
    CodeRules.objects.create(test=question.test, pause_s=0)
    for nth, verdicts in enumerate((("AC", "AC", "WA"), ("AC", "WA", "WA"), ())):
        made = judge_rows.submit(attempt, question, f"print({nth})")
        judge_rows.judge(made, *verdicts)
    judge_rows.submit(attempt, question, "print(4)")
    pane = text(shows(browser, attempt, X_Live="1"))
    assert re.findall(r"<h3>(.*?)</h3>", pane) == ["Submission 4", "Submission 3"]
    assert "does not compile" in pane
    assert "idden tests" not in pane
    assert "2 earlier submissions" in pane
    assert "best 10" in pane
    assert re.findall(r"<b>(Submission \d)</b>", pane) == ["Submission 2", "Submission 1"]


def test_own_input_is_shown_beside_what_it_gave(browser, attempt, question):
    made = judge_rows.run(attempt, question, stdin="20 1")
    row = judge_rows.judge(made, "AC", "SK", "SK")
    own = {"test": "own", "number": None, "verdict": "RE", "score": 0, "cpu_ms": 11, "memory_bytes": 1, "points": "0"}
    row.tests = [row.tests[0], own | {"stdout": "19?\n", "stderr": "IndexError", "message": ""}]
    row.save(update_fields=["tests"])
    pane = text(shows(browser, attempt, X_Live="1"))
    assert pane.index("19?") < pane.index("data-subs")
    assert "IndexError" in pane
    assert "stopped with an error" in pane
    assert 'autocapitalize="off">\n20 1</textarea>' in text(shows(browser, attempt))


@pytest.mark.parametrize(
    ("feedback", "is_there", "is_not"),
    [
        ("TESTS", ["over time", "<b>10</b> of 10", "10 <small>of 40"], ["only the points", "what they came to"]),
        ("TOTAL", ["10 <small>of 40", "Of hidden tests only the points"], ["over time", "<b>10</b> of 10"]),
        ("SAMPLES", ["what they came to is shown with the results"], ["over time", "10 <small>of 40", "<b>10</b>"]),
    ],
)
def test_what_is_seen_of_hidden_tests_follows_the_rules_of_the_test(
    browser, attempt, question, feedback, is_there, is_not
):
    CodeRules.objects.create(test=question.test, feedback=feedback, pause_s=0)
    for source in ("print(1)", "print(2)"):
        judge_rows.judge(judge_rows.submit(attempt, question, source), "AC", "AC", "TLE")
    pane = text(shows(browser, attempt, X_Live="1"))
    for words in is_there:
        assert words in pane, words
    for words in [*is_not, *HIDDEN]:
        assert words not in pane, words
    assert ("best 10" in pane) == (feedback != "SAMPLES")


def test_without_a_judge_it_is_said_and_the_program_waits(browser):
    question = judge_rows.a_question(tests=TESTS)
    hosts.forget()
    attempt = judge_rows.an_attempt(question, device_id=None)
    page = text(browser.get(sends(browser, attempt, "submit_code").url, headers={"Accept": "text/html"}))
    assert "Waits for the judge" in page
    assert "switched off on this server; your answer is saved and will be judged later" in page
    assert "switched off on this server" in text(shows(browser, attempt))


def test_what_could_not_be_judged_costs_no_marks(browser, attempt, question):
    made = judge_rows.submit(attempt, question)
    for _try in range(3):
        row = queue.claim_next("a worker", now=timezone.now())
        queue.stumble(row, "bwrap is gone", now=timezone.now())
    pane = text(shows(browser, attempt, X_Live="1"))
    assert "Could not be judged" in pane
    assert "costs no marks" in pane
    assert "bwrap is gone" not in pane
    staff = people.signed_in(people.teacher())
    page = text(staff.get(reverse("code", args=[made.uuid]), headers={"Accept": "text/html"}))
    assert "For staff: bwrap is gone" in page
    assert people.student().name in page


def test_pane_costs_the_same_whatever_was_submitted(browser, attempt, question, django_assert_max_num_queries):
    CodeRules.objects.create(test=question.test, pause_s=0, most_submissions=50)
    for nth in range(3):
        judge_rows.judge(judge_rows.submit(attempt, question, f"print({nth})"), "AC", "AC", "AC")
    shows(browser, attempt, X_Live="1")
    with django_assert_max_num_queries(30) as few:
        shows(browser, attempt, X_Live="1")
    for nth in range(3, 12):
        judge_rows.judge(judge_rows.submit(attempt, question, f"print({nth})"), "AC", "AC", "AC")
    with django_assert_max_num_queries(len(few)):
        shows(browser, attempt, X_Live="1")


# --- Who may look, and when -------------------------------------------------------------------------------------------


def test_pane_binds_no_device_and_is_gone_once_handed_in(browser, attempt):
    Attempt.objects.update(device_id=None, slot=None)
    epoch = Attempt.objects.get().epoch
    shows(browser, attempt, X_Live="1")
    assert Attempt.objects.get().epoch == epoch
    ended = {"state": State.SUBMITTED, "submitted_at": timezone.now(), "ended_by": EndedBy.STUDENT}
    Attempt.objects.update(**ended)
    assert shows(browser, attempt, X_Live="1").status_code == 404
    Attempt.objects.update(student=people.other_student())
    assert shows(browser, attempt, X_Live="1").status_code == 404


def test_page_of_a_submission_after_the_test_has_no_way_back_into_it(browser, attempt, question):
    made = judge_rows.submit(attempt, question)
    judge_rows.judge(made, "AC", "AC", "AC")
    ended = {
        "state": State.SUBMITTED,
        "submitted_at": timezone.now() + timedelta(seconds=1),
        "ended_by": EndedBy.STUDENT,
    }
    Attempt.objects.update(**ended)
    page = text(browser.get(reverse("code", args=[made.uuid]), headers={"Accept": "text/html"}))
    assert "Back to the question" not in page
    assert "a + b" in page


# --- With the results -------------------------------------------------------------------------------------------------


def results(browser, test) -> str:
    return text(browser.get(f"/exams/tests/{test.uuid}/result/?show=all&question=2"))


def a_result(*, with_solutions: bool):
    """Ananya submitted twice; the better one, which was first, counts."""
    test = judged.closed(solutions_release="AT_CLOSE" if with_solutions else "NEVER")
    CodeRules.objects.create(test=test, feedback="SAMPLES")
    attempt = judged.writes(test)
    judged.submits(attempt, "10", source="print('the better one')\n")
    judged.submits(attempt, "0", source="print('the worse one')\n")
    return marked.reckoned(test)


def test_result_shows_the_program_that_counts_with_all_its_verdicts(browser):
    page = results(browser, a_result(with_solutions=True))
    for words in (
        "the better one",
        "Submission 1",
        "10 <small>of 20",
        "accepted",
        "wrong answer",
        "code.css",
        "x-octagon-x",
    ):
        assert words in page, words
    assert "the worse one" not in page


def test_before_solutions_are_out_the_result_says_nothing_of_tests(browser):
    page = results(browser, a_result(with_solutions=False))
    for words in ("the better one", "wrong answer", "Submission 1", "Small"):
        assert words not in page, words
