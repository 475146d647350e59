"""Workers, submissions and hand-ins at the same moment, with real threads: each program is judged once."""

from functools import partial

import pytest
from django.utils import timezone

from exams import finishing
from exams.judge import queue
from exams.judge.queue import ClaimLost
from exams.judge.submitting import StillJudging, TooSoon
from exams.models import CodeRules, CodeSubmission, Judgement
from exams.models.attempts import EndedBy
from exams.models.judging import JudgeState
from tests.exams import coded, judge_rows
from tests.exams.judge_rows import a_host, a_question, an_attempt, crowd, run, submit
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 50


def fifty() -> list[Judgement]:
    """So many solutions of an author in the queue."""
    suite = coded.a_suite(ready=False, state="CHECKING")
    for nth in range(ROWS):
        coded.a_solution(suite, name=f"{nth}.py")
    return queue.ask_for_solutions(suite, now=timezone.now())


def work(name: str) -> list[int]:
    """Claims and finishes until nothing is left; which ones."""
    done = []
    while row := queue.claim_next(name, now=timezone.now()):
        queue.report(row, now=timezone.now(), done_count=1)
        judge_rows.finish(row, "AC", "AC", "AC", now=timezone.now())
        done.append(row.pk)
    return done


def test_two_workers_judge_each_of_fifty_rows_once():
    a_host()
    rows = fifty()
    mine, others = at_once([partial(work, "one"), partial(work, "two")])
    assert sorted([*mine, *others]) == sorted(one.pk for one in rows)
    assert set(Judgement.objects.values_list("state", "tries")) == {(JudgeState.COMPLETE, 1)}
    suite = rows[0].suite
    suite.refresh_from_db()
    assert suite.state == "READY"  # decided by whoever judged the last one


def test_a_worker_that_was_given_up_too_soon_and_its_successor_write_one_verdict():
    a_host()
    question = a_question()
    made = submit(an_attempt(question), question)
    for verdicts in (("WA", "WA", "WA"), ("AC", "AC", "AC")):
        first = queue.claim_next("one", now=timezone.now())
        given = outcomes(
            [
                partial(judge_rows.finish, first, *verdicts, now=timezone.now()),
                partial(queue.release_lost, now=timezone.now() + queue.LEASE * 2),
            ]
        )
        made.refresh_from_db()
        if made.judgement:
            assert given == [None, given[1]]
            assert made.judgement.verdict == verdicts[0]
            return
        assert isinstance(given[0], ClaimLost)
    assert made.judgements.get().state == JudgeState.PENDING


def test_of_programs_submitted_at_once_one_is_taken_and_the_same_one_is_that_one():
    a_host()
    question = a_question()
    CodeRules.objects.create(test=question.test, pause_s=0)
    attempt, now = an_attempt(question), timezone.now()
    given = outcomes([partial(submit, attempt, question, f"print({n % 2})", now=now) for n in range(6)])
    taken = [one for one in given if isinstance(one, CodeSubmission)]
    assert {one.pk for one in taken} == {CodeSubmission.objects.get().pk}
    assert len(taken) == 3
    assert all(isinstance(one, StillJudging) for one in given if one not in taken)
    assert Judgement.objects.count() == 1


def test_of_runs_started_at_once_one_is_open():
    a_host()
    question = a_question()
    attempt, now = an_attempt(question), timezone.now()
    given = outcomes([partial(run, attempt, question, f"print({n})", now=now) for n in range(4)])
    assert sum(isinstance(one, CodeSubmission) for one in given) == 1
    assert sum(isinstance(one, TooSoon) for one in given) == 3
    assert CodeSubmission.objects.filter(is_open=True).count() == 1


def test_a_submission_while_the_test_is_handed_in_is_refused_or_handed_in_only_once():
    a_host()
    question = a_question()
    for student in crowd(4):
        attempt, now = an_attempt(question, student), timezone.now()
        outcomes(
            [
                partial(submit, attempt, question, now=now),
                partial(finishing.submit, attempt, by=EndedBy.STUDENT, now=now),
            ]
        )
        kinds = list(attempt.code_submissions.values_list("kind", flat=True))
        assert kinds in (["SUBMIT"], [])  # the same program is not handed in twice
