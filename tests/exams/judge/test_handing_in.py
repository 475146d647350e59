"""What stands in the editors is handed in for judging with the test, whoever hands it in, and costs others nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams import closing, finishing, saving
from exams.judge import queue
from exams.models import Attempt, CodeSubmission, Judgement, Response
from exams.models.attempts import EndedBy, State
from exams.models.judging import JudgeState
from exams.sent import Happened, Sent
from tests.exams import coded, papers
from tests.exams.judge_rows import a_host, a_question, an_attempt, crowd, judge, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _judge() -> None:
    a_host()


@pytest.fixture
def question():
    return a_question()


def draft(attempt, question, source=coded.ADD, seq=1, language="py"):
    sent = [Sent(question.uuid, seq, {"language": language, "source": source})]
    saving.save(attempt.uuid, student=attempt.student, epoch=1, sent=sent, now=timezone.now())


def hand_in(attempt, by=EndedBy.STUDENT, **more):
    finishing.submit(attempt, by=by, now=timezone.now(), **more)


def handed_in(attempt) -> list[tuple[str, int | None, str]]:
    return list(attempt.code_submissions.order_by("number").values_list("kind", "number", "source"))


def test_the_last_draft_is_handed_in_with_the_test(question):
    attempt = an_attempt(question)
    draft(attempt, question, "print(1)\r\n")
    hand_in(attempt)
    assert handed_in(attempt) == [("HAND_IN", 1, "print(1)\n")]
    row = Judgement.objects.get()
    assert (row.state, row.priority, row.suite.question) == (JudgeState.PENDING, queue.HAND_IN, question.question)
    assert CodeSubmission.objects.get().is_open


def test_what_was_submitted_last_is_not_handed_in_again(question):
    attempt = an_attempt(question)
    submit(attempt, question)
    draft(attempt, question, coded.ADD.replace("\n", "\r\n"))
    hand_in(attempt)
    assert handed_in(attempt) == [("SUBMIT", 1, coded.ADD)]


def test_a_draft_after_the_last_submission_is_handed_in_besides_it(question):
    attempt = an_attempt(question)
    judge(submit(attempt, question), "AC", "WA", "WA")
    draft(attempt, question, "print(2)")
    hand_in(attempt)
    assert handed_in(attempt) == [("SUBMIT", 1, coded.ADD), ("HAND_IN", 2, "print(2)")]


def test_a_test_that_was_opened_again_is_handed_in_with_its_newest_draft(question):
    attempt = an_attempt(question)
    for turn, source in enumerate(["print(1)", "print(1)", "print(2)"], start=1):
        Attempt.objects.update(state=State.WRITING)
        draft(attempt, question, source, seq=turn)
        attempt.refresh_from_db()
        hand_in(attempt)
    assert [(number, source) for _kind, number, source in handed_in(attempt)] == [(1, "print(1)"), (2, "print(2)")]


def test_whoever_hands_it_in_its_drafts_are_handed_in(question):
    students = crowd(3)
    by_time, by_staff, by_leaving = (an_attempt(question, one) for one in students)
    for one in (by_time, by_staff, by_leaving):
        draft(one, question)
    hand_in(by_staff, EndedBy.STAFF, reason="ill")
    type(question.test).objects.update(focus_action="SUBMIT", focus_limit=0)
    saving.running_tests.forget()
    away = Happened(uuid.uuid4(), "AWAY", timezone.now(), 9_000, "hidden")
    saving.save(by_leaving.uuid, student=by_leaving.student, epoch=1, sent=[], events=[away], now=timezone.now())
    now = timezone.now()
    Attempt.objects.filter(pk=by_time.pk).update(
        started_at=now - timedelta(hours=2), deadline_at=now - timedelta(minutes=5)
    )
    assert closing.close_due(now=now).closed == 1
    assert CodeSubmission.objects.filter(kind="HAND_IN").count() == 3


def test_nothing_is_handed_in_of_what_people_mark_or_was_left_empty(question):
    (read_by_people,) = papers.place(question.section, coded.a_coding_question())
    attempt = an_attempt(question)
    Response.objects.create(attempt=attempt, question=question, seq=1, saved_at=timezone.now())
    draft(attempt, read_by_people)
    hand_in(attempt)
    assert handed_in(attempt) == []


def test_a_draft_that_cannot_be_judged_is_left_to_people(question):
    attempt = an_attempt(question)
    draft(attempt, question, "ह" * 30_000)
    hand_in(attempt)
    made = CodeSubmission.objects.get()
    assert (made.is_open, made.judgement.state) == (False, JudgeState.FAILED)
    assert made.judgement.detail


def test_papers_without_programs_ask_nothing_more_and_others_little(question):
    """Of the second one handed in, as in a hall of many."""

    def statements(attempt):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            hand_in(attempt)
        return [one["sql"] for one in asked.captured_queries]

    plain = papers.paper()
    first, second = (papers.attempt(plain, one) for one in crowd(2))
    statements(first)
    assert not [sql for sql in statements(second) if "exam_code" in sql or "exam_judge" in sql or "exam_resp" in sql]
    (other,) = papers.place(question.section, coded.a_suite().question)
    first, second = (an_attempt(question, one) for one in crowd(2))
    for one in (first, second):
        for asked in (question, other):
            draft(one, asked)
    statements(first)
    about = [sql for sql in statements(second) if "exam_code" in sql or "exam_judge" in sql or "exam_resp" in sql]
    assert len(about) == 5, about
