"""Submitting a program and running one: what is taken, what is refused and why, and what is kept of it."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.judge import queue
from exams.judge.submitting import NotJudged, QueueFull, StillJudging, TooManySubmissions, TooSoon
from exams.models import Attempt, CodeRules, CodeSubmission, Judgement, Response
from exams.models.judging import JudgeState
from exams.models.tests import GRACE_S
from tests import people
from tests.exams import coded, judge_rows, papers
from tests.exams.judge_rows import a_host, a_question, an_attempt, judge, run, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _judge() -> None:
    a_host()


@pytest.fixture
def question():
    return a_question()


@pytest.fixture
def attempt(question):
    return an_attempt(question)


def refused(code: str, status: int, call, *given, **more) -> DomainError:
    with pytest.raises(DomainError) as caught:
        call(*given, **more)
    assert (caught.value.code, caught.value.status) == (code, status)
    return caught.value


def answer_of(attempt: Attempt) -> dict[str, str]:
    return Response.objects.get(attempt=attempt).answer


# --- What is taken ----------------------------------------------------------------------------------------------------


def test_a_program_goes_into_the_queue_and_is_the_answer_from_then_on(attempt, question):
    made = submit(attempt, question)
    assert (made.kind, made.number, made.is_open, made.judgement) == ("SUBMIT", 1, True, None)
    row = Judgement.objects.get()
    assert (row.submission, row.state, row.priority) == (made, JudgeState.PENDING, queue.SUBMIT)
    assert answer_of(attempt) == {"language": "py", "source": coded.ADD}


def test_line_ends_and_the_mark_of_the_byte_order_do_not_make_another_program(attempt, question):
    made = submit(attempt, question, "\ufeff" + coded.ADD.replace("\n", "\r\n"))
    assert made.source == coded.ADD
    assert submit(attempt, question).pk == made.pk


def test_a_program_changes_no_counter_of_the_device_unless_it_names_one(attempt, question):
    Response.objects.create(attempt=attempt, question=question, seq=7, is_marked=True, saved_at=timezone.now())
    submit(attempt, question)
    kept = Response.objects.get()
    assert (kept.seq, kept.is_marked, kept.is_answered, kept.answer["source"]) == (7, True, True, coded.ADD)
    run(attempt, question, "print(1)", seq=8)
    kept.refresh_from_db()
    assert (kept.seq, kept.answer["source"]) == (8, "print(1)")
    run(attempt, question, "print(2)", seq=7, now=timezone.now() + timedelta(seconds=9))  # a later draft came before
    kept.refresh_from_db()
    assert (kept.seq, kept.answer["source"]) == (8, "print(1)")


def test_a_run_takes_an_own_input_and_gets_no_number(attempt, question):
    made = run(attempt, question, stdin="1\r\n2")
    assert (made.number, made.has_stdin, made.stdin) == (None, True, "1\n2")
    assert Judgement.objects.get().priority == queue.RUN


def test_programs_are_numbered_for_each_question(attempt, question):
    (other,) = papers.place(question.section, coded.a_suite().question)
    type(question.test).objects.filter(pk=question.test_id).update(paper_revision=2)
    judge_rows.submitting.running_tests.forget()
    judge(submit(attempt, question), "AC", "AC", "AC")
    later = timezone.now() + timedelta(minutes=1)
    assert [submit(attempt, one, "print(1)", now=later).number for one in (question, other)] == [2, 1]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"source": ""}, "source"),
        ({"source": " \n\t"}, "source"),
        ({"source": "\ufeff"}, "source"),
        ({"source": None}, "source"),
        ({"source": ["print(1)"]}, "source"),
        ({"source": "print(1)\0"}, "source"),
        ({"source": "print('\ud800')"}, "source"),
        ({"source": "#" * (64 * 1024 + 1)}, "source"),
        ({"source": "ह" * (22 * 1024)}, "source"),
        ({"language": "java"}, "language"),
        ({"language": "cobol"}, "language"),
        ({"language": None}, "language"),
    ],
)
def test_what_is_no_program_is_refused_and_nothing_is_kept(attempt, question, given, field):
    error = refused("malformed", 422, submit, attempt, question, **given)
    assert list(error.fields) == [field]
    assert not CodeSubmission.objects.exists()
    assert not Response.objects.exists()


def test_the_largest_program_is_taken(attempt, question):
    assert len(submit(attempt, question, "#" * (64 * 1024)).source) == 64 * 1024


def test_a_run_refuses_an_input_that_is_too_long(attempt, question):
    assert list(refused("malformed", 422, run, attempt, question, stdin="1" * (64 * 1024 + 1)).fields) == ["stdin"]


def test_a_language_this_server_cannot_run_is_refused_while_it_is_known(attempt, question):
    judge_rows.JudgeHost.objects.all().delete()
    a_host(languages=[judge_rows.PYTHON])
    assert list(refused("malformed", 422, submit, attempt, question, language="cpp").fields) == ["language"]
    judge_rows.JudgeHost.objects.all().delete()
    judge_rows.hosts.forget()
    made = submit(attempt, question, language="cpp")
    assert Judgement.objects.get(submission=made).state == JudgeState.WAITING


def test_a_question_people_mark_takes_no_programs():
    question = coded.placed(coded.a_coding_question())
    with pytest.raises(NotJudged):
        submit(an_attempt(question), question)
    assert not Response.objects.exists()


def test_a_question_of_another_kind_or_another_paper_takes_none(attempt, question):
    for foreign in (papers.place(papers.section(papers.exam("B")), papers.question(Kind.SHORT))[0], a_question()):
        assert list(refused("malformed", 422, submit, attempt, foreign).fields) == ["question"]
    shorter = papers.paper([Kind.SHORT], title="C")
    only = shorter.questions.get()
    assert list(refused("malformed", 422, submit, papers.attempt(shorter), only).fields) == ["question"]


# --- Who writes, and in time ------------------------------------------------------------------------------------------


def test_somebody_elses_attempt_is_not_there(attempt, question):
    with pytest.raises(Attempt.DoesNotExist):
        judge_rows.submitting.submit(
            attempt.uuid, question.uuid, student=people.guardian(), epoch=1, slot=None, language="py", source="1",
            now=timezone.now(),
        )  # fmt: skip


def test_a_device_the_attempt_has_left_submits_nothing(attempt, question):
    refused("attempt_moved", 409, submit, attempt, question, epoch=2)
    refused("attempt_moved", 409, run, attempt, question, epoch=0)


def test_after_the_deadline_programs_are_taken_for_the_grace_and_no_longer(attempt, question):
    last = attempt.deadline_at + timedelta(seconds=GRACE_S)
    assert submit(attempt, question, now=last)
    refused("attempt_closed", 409, submit, attempt, question, "print(2)", now=last + timedelta(microseconds=1))


def test_a_section_that_is_over_takes_no_programs():
    test = papers.exam("Timed")
    first, second = (papers.section(test, title, duration_min=30) for title in "AB")
    early, late = (papers.place(one, coded.a_suite().question)[0] for one in (first, second))
    attempt = an_attempt(early)
    over = attempt.started_at + timedelta(minutes=40)
    refused("section_closed", 409, submit, attempt, early, now=over)
    refused("section_closed", 409, run, attempt, late, now=attempt.started_at)
    assert submit(attempt, late, now=over)


def test_what_is_handed_in_or_not_begun_takes_no_programs(attempt, question):
    Attempt.objects.update(state="SUBMITTED", submitted_at=timezone.now(), ended_by="STUDENT")
    refused("attempt_closed", 409, submit, attempt, question)
    Attempt.objects.update(state="READY")
    refused("attempt_not_started", 409, run, attempt, question)


# --- How often --------------------------------------------------------------------------------------------------------


def test_one_program_at_a_time_and_the_same_one_again_is_that_one(attempt, question):
    made = submit(attempt, question)
    assert submit(attempt, question).pk == made.pk
    later = timezone.now() + timedelta(minutes=1)
    with pytest.raises(StillJudging):
        submit(attempt, question, "print(2)", now=later)
    judge(made, "AC", "AC", "WA")
    assert submit(attempt, question, "print(2)", now=later).number == 2


def test_the_next_program_comes_after_the_pause_of_the_test(attempt, question):
    CodeRules.objects.create(test=question.test, pause_s=30)
    now = timezone.now()
    made = submit(attempt, question, now=now)
    judge(made, "AC", "AC", "AC")
    with pytest.raises(TooSoon) as caught:
        submit(attempt, question, "print(2)", now=now + timedelta(seconds=12))
    assert caught.value.headers == {"Retry-After": "18"}
    assert submit(attempt, question, now=now + timedelta(seconds=12)).pk == made.pk  # a lost answer, asked for again
    assert submit(attempt, question, "print(2)", now=now + timedelta(seconds=30)).number == 2


def test_no_more_programs_than_the_test_allows(attempt, question):
    CodeRules.objects.create(test=question.test, most_submissions=2, pause_s=0)
    for turn in range(2):
        judge(submit(attempt, question, f"print({turn})"), "AC", "AC", "AC")
    with pytest.raises(TooManySubmissions):
        submit(attempt, question, "print(9)")
    assert run(attempt, question, "print(9)")


def test_what_could_not_be_judged_is_not_counted(attempt, question):
    CodeRules.objects.create(test=question.test, most_submissions=1, pause_s=0)
    submit(attempt, question)
    Judgement.objects.update(tries=2)
    queue.stumble(queue.claim_next("a worker", now=timezone.now()), "the helper died", now=timezone.now())
    assert submit(attempt, question, "print(2)").number == 2


def test_a_run_takes_the_place_of_one_that_waits_and_not_of_one_under_way(attempt, question):
    now = timezone.now()
    first = run(attempt, question, now=now)
    assert run(attempt, question, now=now).pk == first.pk
    with pytest.raises(TooSoon):
        run(attempt, question, "print(1)", now=now + timedelta(seconds=1))
    second = run(attempt, question, "print(2)", now=now + timedelta(seconds=2))
    first.refresh_from_db()
    assert (first.is_open, first.judgements.get().state) == (False, JudgeState.CANCELLED)
    assert queue.claim_next("a worker", now=now).submission == second
    with pytest.raises(StillJudging):
        run(attempt, question, "print(3)", now=now + timedelta(seconds=4))


def test_runs_are_counted_for_an_hour(attempt, question, monkeypatch):
    monkeypatch.setattr(judge_rows.submitting, "RUNS", judge_rows.submitting.Limit("exams.code_runs", 2, 3600))
    now = timezone.now()
    for turn in range(2):
        run(attempt, question, f"print({turn})", now=now + timedelta(seconds=3 * turn))
    error = refused("too_soon", 429, run, attempt, question, "print(9)", now=now + timedelta(seconds=9))
    assert 0 < int(error.headers["Retry-After"]) <= 3600


def test_a_full_queue_takes_no_more_runs_and_then_no_more_programs(attempt, question, monkeypatch):
    monkeypatch.setattr(judge_rows.submitting, "MOST_RUNS_WAITING", 1)
    monkeypatch.setattr(judge_rows.submitting, "MOST_SUBMITS_WAITING", 1)
    run(attempt, question)
    submit(attempt, question)
    other = papers.attempt(question.test, people.person("Rohan Das", people.student().role, admission_number="C-9"))
    for call in (run, submit):
        with pytest.raises(QueueFull) as caught:
            call(other, question)
        assert caught.value.headers["Retry-After"]


def test_while_there_is_no_judge_programs_wait_and_the_next_one_is_taken(attempt, question):
    judge_rows.JudgeHost.objects.all().delete()
    judge_rows.hosts.forget()
    now = timezone.now()
    first = submit(attempt, question, now=now)
    second = submit(attempt, question, "print(2)", now=now + timedelta(minutes=1))
    assert set(Judgement.objects.values_list("state", flat=True)) == {JudgeState.WAITING}
    first.refresh_from_db()
    assert (first.is_open, second.number) == (False, 2)


def test_nobody_submits_to_a_question_with_a_made_up_number(attempt):
    with pytest.raises(DomainError) as caught:
        judge_rows.submitting.submit(
            attempt.uuid, uuid.uuid4(), student=attempt.student, epoch=1, slot=None, language="py", source="1",
            now=timezone.now(),
        )  # fmt: skip
    assert caught.value.code == "malformed"
