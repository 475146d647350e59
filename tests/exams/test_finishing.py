"""Handing in: with the last answers or not at all, once however often it is sent, and never later than the deadline."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity
from exams import finishing
from exams.models import Attempt, AttemptEvent, TakeoverRequest
from exams.models.attempts import EndedBy, State
from tests import people
from tests.exams import papers
from tests.exams.writing import asked, batch, event, kept, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    return papers.attempt()


def finish(attempt: Attempt, *responses, **more):
    return send(attempt, batch(*responses, **more), to="attempt_finish")


def ended(attempt: Attempt) -> tuple[str, str]:
    attempt.refresh_from_db()
    return attempt.state, attempt.ended_by


def over(attempt: Attempt, *, s: float) -> None:
    """As if its deadline had been so many seconds ago."""
    now = timezone.now()
    Attempt.objects.update(started_at=now - timedelta(hours=1), deadline_at=now - timedelta(seconds=s))
    attempt.refresh_from_db()


def test_the_last_answers_are_kept_with_handing_in(attempt):
    question = asked(attempt)[0]
    answer = finish(attempt, said(question, 4, "c"), events=[event()])
    assert answer.status_code == 200
    assert answer.json()["state"] == "SUBMITTED"
    assert ended(attempt) == (State.SUBMITTED, EndedBy.STUDENT)
    assert kept(attempt) == {question.uuid: (4, "c")}
    assert attempt.away_count == 1
    line = Activity.objects.get(event="attempt.submitted")
    assert (line.actor, line.subject, line.extra["ended_by"]) == (attempt.student, attempt.student, "STUDENT")
    assert AttemptEvent.objects.filter(kind="SUBMITTED", cause="student").count() == 1


def test_handing_in_twice_is_handing_in_once(attempt):
    answers = [said(one, seq) for seq, one in enumerate(asked(attempt), start=1)]
    first, second = finish(attempt, *answers), finish(attempt, *answers)
    assert second.status_code == 200
    assert second.json() == first.json()
    assert finish(attempt).json() == first.json()
    assert Activity.objects.filter(event="attempt.submitted").count() == 1
    assert AttemptEvent.objects.filter(kind="SUBMITTED").count() == 1


def test_an_answer_that_comes_after_handing_in_is_not_acknowledged(attempt):
    question = asked(attempt)[0]
    finish(attempt, said(question, 1))
    answer = finish(attempt, said(question, 2, "c"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "attempt_closed")
    assert kept(attempt) == {question.uuid: (1, "b")}


def test_what_is_handed_in_on_its_way_at_the_deadline_was_ended_by_it(attempt):
    over(attempt, s=5)
    assert finish(attempt, said(asked(attempt)[0], 1)).status_code == 200
    assert ended(attempt) == (State.SUBMITTED, EndedBy.DEADLINE)
    assert attempt.submitted_at == attempt.deadline_at
    assert len(kept(attempt)) == 1


def test_who_hands_in_too_late_is_handed_in_by_the_deadline_and_told_what_was_not_taken(attempt):
    question = asked(attempt)[0]
    send(attempt, batch(said(question, 1)))
    over(attempt, s=40)
    late = finish(attempt, said(question, 2, "c"))
    assert (late.status_code, late.json()["error"]["code"]) == (409, "attempt_closed")
    assert ended(attempt) == (State.SUBMITTED, EndedBy.DEADLINE)
    assert attempt.submitted_at == attempt.deadline_at
    assert kept(attempt) == {question.uuid: (1, "b")}
    assert finish(attempt, said(question, 1)).status_code == 200


def test_a_device_that_lost_the_attempt_does_not_hand_it_in(attempt):
    Attempt.objects.update(epoch=2)
    answer = finish(attempt, said(asked(attempt)[0], 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "attempt_moved")
    assert ended(attempt) == (State.WRITING, "")
    assert kept(attempt) == {}


def test_an_answer_that_is_none_does_not_hand_in(attempt):
    assert finish(attempt, said(asked(attempt)[0], 1, "z")).status_code == 422
    assert ended(attempt) == (State.WRITING, "")


def test_nobody_hands_in_what_has_not_begun():
    attempt = papers.attempt(state=State.READY, started_at=None, deadline_at=None)
    assert finish(attempt).json()["error"]["code"] == "attempt_not_started"
    with pytest.raises(finishing.NotStarted):
        finishing.submit(attempt, by=EndedBy.STAFF, now=timezone.now(), actor=people.teacher())


def test_staff_hand_in_once_and_by_name(attempt):
    now, teacher = timezone.now(), people.teacher()
    TakeoverRequest.objects.create(attempt=attempt, device="Firefox")
    assert finishing.submit(attempt, by=EndedBy.STAFF, now=now, reason="Fire alarm", actor=teacher)
    assert not finishing.submit(attempt, by=EndedBy.STUDENT, now=now)
    assert (attempt.state, attempt.ended_by, attempt.submitted_at) == (State.SUBMITTED, EndedBy.STAFF, now)
    noted = AttemptEvent.objects.get()
    assert (noted.by, noted.detail) == (teacher, {"reason": "Fire alarm"})
    assert Activity.objects.get(event="attempt.submitted").extra["reason"] == "Fire alarm"
    assert TakeoverRequest.objects.get().state == TakeoverRequest.State.DROPPED
