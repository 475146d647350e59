"""The queue of judgements: claims, leases and tries, what is done about dead workers, and who waits how long."""

import socket
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from exams.judge import hosts, queue, rounds
from exams.judge.queue import ClaimLost
from exams.models import CodeSubmission, CodeSuite, Judgement
from exams.models.judging import JudgeState
from tests.exams import coded, judge_rows
from tests.exams.judge_rows import a_host, a_question, an_attempt, crowd, run, submit

pytestmark = pytest.mark.django_db

GONE = f"{socket.gethostname()}:999999999:1"
"""A process of this machine that is not there."""
FAR = "another-machine:7:1"


@pytest.fixture(autouse=True)
def _judge() -> None:
    a_host()


@pytest.fixture
def question():
    return a_question()


@pytest.fixture
def attempt(question):
    return an_attempt(question)


def claim(process=FAR, *, now=None, **more):
    return queue.claim_next(process, now=now or timezone.now(), **more)


def the_same(row):
    return Judgement.objects.get(pk=row.pk)


# --- Who is next ------------------------------------------------------------------------------------------------------


def test_submissions_come_before_what_was_handed_in_and_runs_and_of_one_sort_the_first(question):
    first, second, third = (an_attempt(question, one) for one in crowd(3))
    ran, late, early = run(first, question), submit(second, question), submit(third, question)
    Judgement.objects.filter(submission=late).update(priority=queue.HAND_IN)
    asked = queue.ask_for_solutions(with_solutions(1), now=timezone.now())
    assert [claim().submission for _turn in range(3)] == [early, late, ran]
    assert claim().pk == asked[0].pk
    assert claim() is None


def with_solutions(count, **fields):
    suite = coded.a_suite(ready=False, **({"state": CodeSuite.State.CHECKING} | fields))
    for nth in range(count):
        coded.a_solution(suite, name=f"{nth}.py")
    return suite


def test_a_machine_takes_only_what_it_can_run(attempt, question):
    submit(attempt, question, language="cpp")
    assert claim(languages=["py"]) is None
    assert claim(languages=[]) is None
    assert claim(languages=["py", "cpp"])


def test_a_checker_of_the_author_must_run_there_too():
    question = a_question(checker="custom", checker_language="cpp", checker_source="int main() {}")
    submit(an_attempt(question), question)
    assert claim(languages=["py"]) is None
    assert claim(languages=["cpp", "py"])


def test_a_claim_holds_the_row_and_says_by_whom(attempt, question):
    now = timezone.now()
    submit(attempt, question)
    row = claim(now=now)
    assert (row.state, row.tries, row.host, row.claimed_at) == ("RUNNING", 1, FAR, now)
    assert row.lease_until == now + queue.LEASE
    assert claim() is None


# --- Writing under a claim --------------------------------------------------------------------------------------------


def test_what_is_found_is_the_verdict_of_its_submission(attempt, question):
    made, now = submit(attempt, question), timezone.now()
    judge_rows.judge(made, "AC", "WA", "AC", now=now)
    assert (made.is_open, made.judged_at, made.judgement.verdict) == (False, now, "WA")
    assert (made.judgement.points, made.judgement.claim, made.judgement.lease_until) == (10, None, None)


@pytest.mark.parametrize("how", ["cancelled", "claimed by another", "ended"])
def test_who_lost_his_claim_writes_nothing(attempt, question, how):
    made, now = submit(attempt, question), timezone.now()
    mine = claim()
    if how == "cancelled":
        queue.cancel(Judgement.objects.filter(pk=mine.pk), now=now)
    else:
        queue.release_lost(now=now + timedelta(minutes=5))
        other = claim("another")
        if how == "ended":
            judge_rows.finish(other, "AC", "AC", "AC", now=now)
    before = Judgement.objects.filter(pk=mine.pk).values().get()
    for write in (
        lambda: judge_rows.finish(mine, "WA", "WA", "WA", now=now),
        lambda: queue.report(mine, now=now, done_count=3),
        lambda: queue.stumble(mine, "late", now=now),
        lambda: queue.hand_back(mine, "late"),
    ):
        with pytest.raises(ClaimLost):
            write()
    assert Judgement.objects.filter(pk=mine.pk).values().get() == before
    made.refresh_from_db()
    assert made.judgement_id == (mine.pk if how == "ended" else None)


def test_a_report_renews_the_lease(attempt, question):
    submit(attempt, question)
    row, now = claim(), timezone.now() + timedelta(seconds=50)
    queue.report(row, now=now, done_count=1)
    assert queue.release_lost(now=now + timedelta(seconds=59)) == 0
    assert (the_same(row).lease_until, the_same(row).done_count) == (now + queue.LEASE, 1)


# --- What goes wrong --------------------------------------------------------------------------------------------------


def test_what_a_dead_worker_held_is_judged_again_and_after_three_times_by_people(attempt, question):
    made, now = submit(attempt, question), timezone.now()
    for tries in (1, 2, 3):
        row = claim(now=now)
        assert row.tries == tries
        assert queue.release_lost(now=now + timedelta(seconds=59)) == 0
        now += timedelta(seconds=61)
        assert queue.release_lost(now=now) == 1
    row = the_same(row)
    assert (row.state, row.claim, claim()) == (JudgeState.FAILED, None, None)
    made.refresh_from_db()
    assert (made.is_open, made.judgement, made.judged_at) == (False, row, now)


def test_a_process_of_this_machine_that_is_gone_holds_nothing(attempt, question):
    submit(attempt, question)
    row, now = claim(GONE), timezone.now()
    assert queue.release_lost(now=now) == 1
    assert (the_same(row).state, the_same(row).tries) == (JudgeState.PENDING, 1)
    claim(hosts.own_process())
    assert queue.release_lost(now=now) == 0


def test_a_machine_at_fault_is_tried_again_twice_and_costs_no_marks(attempt, question):
    made, now = submit(attempt, question), timezone.now()
    for state in ("PENDING", "PENDING", "FAILED"):
        row = claim()
        queue.stumble(row, "the helper died", now=now, tests=[])
        assert (the_same(row).state, the_same(row).detail) == (state, "the helper died")
    made.refresh_from_db()
    assert (made.judgement.state, made.judgement.points, made.judgement.verdict) == ("FAILED", 0, "")
    assert queue.put_back([row.pk], now=now) == 1
    judge_rows.judge(made, "AC", "AC", "AC")
    assert made.judgement.verdict == "AC"


def test_a_machine_that_judges_no_more_hands_back_without_a_try(attempt, question):
    submit(attempt, question)
    row = claim()
    queue.hand_back(row, "E110 it leaks")
    assert (the_same(row).state, the_same(row).tries, claim()) == (JudgeState.WAITING, 0, None)


# --- Without a judge, and with one again ------------------------------------------------------------------------------


def test_what_waits_is_judged_as_soon_as_a_machine_can_and_what_none_can_waits(attempt, question):
    judge_rows.JudgeHost.objects.update(works=False)
    hosts.forget()
    row = submit(attempt, question).judgements.get()
    assert row.state == JudgeState.WAITING
    rounds.judge_due(now=timezone.now())
    assert the_same(row).state == JudgeState.WAITING
    judge_rows.JudgeHost.objects.update(works=True)
    hosts.forget()
    rounds.judge_due(now=timezone.now())
    assert (the_same(row).state, the_same(row).detail) == (JudgeState.PENDING, "")
    later = timezone.now() + timedelta(minutes=3)  # silent since
    hosts.forget()
    rounds.judge_due(now=later)
    assert the_same(row).state == JudgeState.WAITING


def test_solutions_are_asked_for_once_each_and_anew_when_asked_again():
    suite = with_solutions(2)
    first = queue.ask_for_solutions(suite, now=timezone.now())
    second = queue.ask_for_solutions(suite, now=timezone.now())
    assert len(first) == len(second) == 2
    assert {one.state for one in Judgement.objects.filter(pk__in=[one.pk for one in first])} == {"CANCELLED"}


def test_the_last_solution_decides_upon_its_suite():
    suite = with_solutions(2)
    queue.ask_for_solutions(suite, now=timezone.now())
    for state in ("CHECKING", "READY"):
        judge_rows.finish(claim(), "AC", "AC", "AC", now=timezone.now())
        suite.refresh_from_db()
        assert suite.state == state


def test_a_place_in_the_queue_and_the_time_until_then_follow_what_was_judged_lately(question):
    students = crowd(4)
    rows = [submit(an_attempt(question, one), question).judgements.get() for one in students]
    assert [queue.position(row) for row in rows] == [1, 2, 3, 4]
    began = timezone.now()
    taken = claim(now=began)
    judge_rows.finish(taken, "AC", "AC", "AC", now=began + timedelta(seconds=8))
    hosts.forget()
    assert [queue.position(row) for row in rows[1:]] == [1, 2, 3]
    assert queue.position(the_same(taken)) == 0
    judge = hosts.judge_state(timezone.now())
    assert [judge.wait_s(place) for place in (1, 3)] == [8, 24]
    a_host("judge-2", runners=3)
    assert hosts.judge_state(timezone.now()).wait_s(3) == 8


def test_runs_are_forgotten_after_a_week_and_submissions_never(attempt, question):
    now = timezone.now()
    old, kept = run(attempt, question), submit(attempt, question)
    judge_rows.judge(kept, "AC", "AC", "AC")
    row = claim()
    queue.finish(row, now=now, verdict="AC", tests=[])
    CodeSubmission.objects.update(asked_at=now - timedelta(days=8))
    assert rounds.forget_runs(now=now) == 1
    assert CodeSubmission.objects.get() == kept
    assert not Judgement.objects.filter(submission=old.pk).exists()


def test_a_machine_that_is_gone_for_long_is_forgotten():
    now = timezone.now()
    a_host("gone", seen_at=now - timedelta(days=8))
    rounds.judge_due(now=now)
    assert list(judge_rows.JudgeHost.objects.values_list("name", flat=True)) == ["judge-1"]


def test_a_round_is_cheap_when_nothing_waits(django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        rounds.judge_due(now=timezone.now())


def test_names_of_processes_that_cannot_be_told_are_not_dead():
    assert not hosts.is_dead(hosts.own_process())
    assert hosts.is_dead(GONE)
    assert not hosts.is_dead(FAR)
    assert not hosts.is_dead("")
    assert not hosts.is_dead(f"{socket.gethostname()}:{uuid.uuid4()}:1")
