"""What students and staff read of a submission, and that nothing of a hidden test is in it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from exams.judge import queue
from exams.judge.said import submission_json, submissions_json
from exams.models import Attempt, CodeRules, CodeTest, Judgement
from exams.models.judging import JudgeState
from tests.exams import coded, judge_rows
from tests.exams.judge_rows import a_host, a_question, an_attempt, judge, run, submit

pytestmark = pytest.mark.django_db

SECRETS = ("zebra", "yak", "okapi")


@pytest.fixture(autouse=True)
def _judge() -> None:
    a_host()


@pytest.fixture
def question():
    return a_question()


@pytest.fixture
def attempt(question):
    return an_attempt(question)


def said(submission, *, for_staff=False):
    return submission_json(submission, for_staff=for_staff, now=timezone.now())


def rules(question, feedback):
    CodeRules.objects.create(test=question.test, feedback=feedback)


def test_what_waits_says_its_place_and_about_how_long(attempt, question):
    first, second = run(attempt, question), submit(attempt, question)
    assert {name: said(first)[name] for name in ("state", "position", "verdict", "points", "tests", "judged_at")} == {
        "state": "PENDING", "position": 2, "verdict": None, "points": None, "tests": [], "judged_at": None,
    }  # fmt: skip
    assert said(second)["position"] == 1  # submissions before runs
    assert said(first)["wait_s"] >= said(second)["wait_s"] >= 1
    assert said(second)["progress"] == {"done": 0, "total": 3}


def test_what_is_under_way_says_how_many_tests_are_done(attempt, question):
    made = submit(attempt, question)
    row = queue.claim_next("a worker", now=timezone.now())
    queue.report(row, now=timezone.now(), done_count=2, test_count=3, compiler_output="warning: x")
    found = said(made)
    assert (found["state"], found["position"], found["wait_s"]) == ("RUNNING", 0, None)
    assert (found["progress"], found["compiler_output"]) == ({"done": 2, "total": 3}, "warning: x")


def test_a_judged_program_says_each_verdict_and_of_samples_all(attempt, question):
    made = submit(attempt, question)
    judge(made, "AC", "AC", "TLE")
    found = said(made)
    assert (found["state"], found["verdict"], found["points"], found["most"]) == ("COMPLETE", "TLE", "10", "20")
    assert [(one["number"], one["group"], one["verdict"]) for one in found["tests"]] == [
        (1, 0, "AC"),
        (2, 1, "AC"),
        (3, 1, "TLE"),
    ]
    assert found["tests"][0] == {
        "number": 1, "group": 0, "is_sample": True, "verdict": "AC", "cpu_ms": 21, "memory_bytes": 9_000_000,
        "stdin": "2 3\n", "answer": "5\n", "stdout": "5\n", "stderr": "", "message": "",
    }  # fmt: skip
    assert found["groups"] == [
        {"title": "Samples", "is_sample": True, "rule": "EACH", "points": "0", "most": "0"},
        {"title": "Small", "is_sample": False, "rule": "EACH", "points": "10", "most": "20"},
    ]
    assert (found["cpu_ms"], found["memory_bytes"]) == (23, 9_000_000)


@pytest.mark.parametrize("feedback", CodeRules.Feedback.values)
@pytest.mark.parametrize("for_staff", [False, True])
def test_nothing_that_went_into_a_hidden_test_or_came_out_is_said(feedback, for_staff):
    question = a_question(tests=[coded.sample("2 3", "5"), coded.Case("yak", "okapi"), coded.Case("zebra", "okapi")])
    attempt = an_attempt(question)
    rules(question, feedback)
    made = submit(attempt, question)
    row = judge(made, "AC", "WA", "RE")
    for entry in row.tests[1:]:  # even if a row held more than it should
        entry |= {"stdout": "zebra", "stderr": "yak", "message": "okapi was wanted"}
    row.save(update_fields=["tests"])
    text = json.dumps(said(made, for_staff=for_staff))
    assert not [secret for secret in SECRETS if secret in text]
    hidden = [one for one in said(made, for_staff=for_staff)["tests"] if not one["is_sample"]]
    assert all(set(one) == {"number", "group", "is_sample", "verdict", "cpu_ms", "memory_bytes"} for one in hidden)
    assert len(hidden) == (2 if for_staff or feedback == "TESTS" else 0)


def test_of_totals_points_are_said_and_only_verdicts_of_samples(attempt, question):
    rules(question, "TOTAL")
    made = submit(attempt, question)
    judge(made, "AC", "AC", "TLE")
    found = said(made)
    assert (found["points"], found["most"], found["verdict"], found["cpu_ms"]) == ("10", "20", "PA", 21)
    assert [one["number"] for one in found["tests"]] == [1]
    assert [one["points"] for one in found["groups"]] == ["0", None]
    later = timezone.now() + timedelta(minutes=1)
    for verdicts, headline in ((("AC", "AC", "AC"), "AC"), (("AC", "WA", "TLE"), None), (("RE", "WA", "AC"), "RE")):
        later += timedelta(minutes=1)
        made = submit(attempt, question, f"print({later!r})", now=later)
        judge(made, *verdicts, now=later)
        assert said(made)["verdict"] == headline


def test_of_samples_only_theirs_is_said(attempt, question):
    rules(question, "SAMPLES")
    made = submit(attempt, question)
    judge(made, "AC", "WA", "TLE")
    found = said(made)
    assert (found["points"], found["most"], found["verdict"]) == (None, None, "AC")
    assert [one["points"] for one in found["groups"]] == ["0", None]
    later = timezone.now() + timedelta(minutes=1)
    broken = submit(attempt, question, "print(", now=later)
    judge(broken, now=later)
    assert said(broken)["verdict"] == "CE"


def test_an_own_input_is_shown_with_what_came_of_it(attempt, question):
    made = run(attempt, question, stdin="7 8\n")
    row = queue.claim_next("a worker", now=timezone.now())
    sample = CodeTest.objects.get(position=1)
    entries = [
        {"test": sample.pk, "number": 1, "verdict": "WA", "score": 0, "cpu_ms": 20, "memory_bytes": 1, "points": "0"},
        {"test": None, "number": None, "verdict": "OK", "score": 0, "cpu_ms": 30, "memory_bytes": 2, "points": "0"},
    ]
    for entry in entries:
        entry |= {"stdout": "15\n", "stderr": "debug", "message": "", "is_cut": True}
    queue.finish(row, now=timezone.now(), verdict="WA", tests=entries)
    made.refresh_from_db()
    found = said(made)
    assert (found["verdict"], found["points"], found["groups"]) == ("WA", None, [])
    assert found["tests"][1] == {
        "number": None, "group": None, "is_sample": False, "is_own": True, "verdict": "OK", "cpu_ms": 30,
        "memory_bytes": 2, "stdin": "7 8\n", "answer": None, "stdout": "15\n", "stderr": "debug", "message": "",
        "is_cut": True,
    }  # fmt: skip


def test_what_could_not_be_judged_says_no_verdict_and_why_only_to_staff(attempt, question):
    made = submit(attempt, question)
    Judgement.objects.update(tries=2)
    row = queue.claim_next("a worker", now=timezone.now())
    queue.stumble(row, "the helper died", now=timezone.now())
    made.refresh_from_db()
    assert (made.is_open, said(made)["state"], said(made)["verdict"]) == (False, "FAILED", None)
    assert "detail" not in said(made)
    assert said(made, for_staff=True)["detail"] == "the helper died"


def test_while_there_is_no_judge_it_waits(attempt, question):
    judge_rows.JudgeHost.objects.all().delete()
    judge_rows.hosts.forget()
    found = said(submit(attempt, question))
    assert (found["state"], found["position"], found["wait_s"]) == (JudgeState.WAITING, 0, None)


def test_a_history_costs_the_same_however_long_it_is(attempt, question, django_assert_num_queries):
    now = timezone.now()
    for turn in range(3):
        now += timedelta(minutes=1)
        judge(submit(attempt, question, f"print({turn})", now=now), "AC", "AC", "WA", now=now)
    rows = list(attempt.code_submissions.select_related("attempt", "question").order_by("pk"))
    submissions_json(rows[:1], for_staff=False, now=now)
    for upto in (1, 3):
        with django_assert_num_queries(2):
            found = submissions_json(rows[:upto], for_staff=False, now=now)
    assert [one["number"] for one in found] == [1, 2, 3]


def test_a_judging_again_says_nothing_before_it_is_taken(attempt, question):
    made = submit(attempt, question)
    held = judge(made, "AC", "WA", "WA")
    again = judge_rows.a_rejudge(question, held.suite)
    (row,) = queue.ask(
        [Judgement(submission=made, suite=held.suite, rejudge=again, priority=queue.REJUDGE)], now=timezone.now()
    )
    assert said(made)["state"] == "COMPLETE"
    judge_rows.finish(queue.claim_next("a worker", now=timezone.now()), "AC", "AC", "AC", now=timezone.now())
    made.refresh_from_db()
    assert (made.judgement, said(made)["points"]) == (held, "0")
    assert row.pk != held.pk


@pytest.mark.parametrize("feedback", ["TOTAL", "SAMPLES"])
def test_more_is_said_once_marks_and_solutions_are_out(attempt, question, feedback, monkeypatch):
    rules(question, feedback)
    made = submit(attempt, question)
    judge(made, "AC", "AC", "TLE")
    Attempt.objects.update(state="SUBMITTED", submitted_at=timezone.now(), ended_by="STUDENT")
    made = type(made).objects.select_related("attempt", "question").get()
    assert said(made)["verdict"] == ("PA" if feedback == "TOTAL" else "AC")
    judge_rows.results_out(question.test)
    assert (said(made)["verdict"], said(made)["points"]) == ("PA", "10")
    judge_rows.results_out(question.test, with_solutions=True)
    assert said(made)["verdict"] == "TLE"
    assert len(said(made)["tests"]) == 3
