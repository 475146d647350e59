"""Two tabs, a take-over, a hand-in and the closing of a test at the same moment as a save: with real threads."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from exams import closing, saving, takeovers
from exams.devices import Device
from exams.models import Attempt, AttemptEvent
from exams.models.attempts import EndedBy, State
from exams.models.tests import GRACE_S
from exams.sent import Happened, Sent
from tests import people
from tests.exams import papers
from tests.exams.writing import asked, kept
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def save(attempt: Attempt, *sent: Sent, epoch: int = 1, **more) -> saving.Saved:
    given = {"now": timezone.now()} | more
    return saving.save(attempt.uuid, student=attempt.student, epoch=epoch, sent=sent, **given)


def again(attempt: Attempt) -> Attempt:
    """The next attempt at the same test."""
    Attempt.objects.update(state=State.SUBMITTED, submitted_at=timezone.now(), ended_by=EndedBy.STUDENT)
    return papers.attempt(attempt.test, attempt.student, number=attempt.number + 1)


def test_of_tabs_that_save_at_once_the_highest_counter_stays_for_each_question():
    attempt = papers.attempt()
    questions = [one.uuid for one in asked(attempt)]
    batches = [
        [
            Sent(question, 1 + (turn * 7 + place * 3) % AT_ONCE, "abcd"[turn % 4])
            for place, question in enumerate(questions)
        ]
        for turn in range(AT_ONCE)
    ]
    saved = at_once([partial(save, attempt, *one) for one in batches])
    assert {question: seq for question, (seq, _answer) in kept(attempt).items()} == dict.fromkeys(questions, AT_ONCE)
    sent = {(one.question, one.seq): one.answer for batch in batches for one in batch}
    for question, (seq, answer) in kept(attempt).items():
        assert answer == sent[question, seq]
    for batch, told in zip(batches, saved, strict=True):
        assert all(seq >= one.seq for one, (_question, seq) in zip(batch, told.rows, strict=True))


def test_an_event_sent_many_times_at_once_is_counted_once():
    attempt = papers.attempt()
    event = Happened(uuid.uuid4(), "AWAY", timezone.now(), 3000, "hidden")
    at_once([partial(save, attempt, events=[event])] * AT_ONCE)
    attempt.refresh_from_db()
    assert (attempt.away_count, attempt.away_ms, AttemptEvent.objects.count()) == (1, 3000, 1)


def test_a_save_while_another_device_takes_over_is_kept_or_refused_and_the_later_ones_refused():
    attempt = papers.attempt()
    for _round in range(4):
        attempt = again(attempt)
        now, question = timezone.now(), asked(attempt)[0].uuid
        Attempt.objects.filter(pk=attempt.pk).update(last_beat_at=now - timedelta(minutes=2))
        other = Device(None, uuid.uuid4(), "Firefox, Windows")
        saved, moved = outcomes(
            [
                partial(save, attempt, Sent(question, 1, "b"), now=now),
                partial(takeovers.take_over, attempt, device=other, now=now),
            ]
        )
        attempt.refresh_from_db()
        if isinstance(saved, saving.Saved):
            assert kept(attempt) == {question: (1, "b")}
            assert attempt.epoch == 1 or isinstance(moved, Attempt)
        else:
            assert isinstance(saved, saving.AttemptMoved)
            assert (kept(attempt), attempt.epoch) == ({}, 2)
        if attempt.epoch == 2:
            with pytest.raises(saving.AttemptMoved):
                save(attempt, Sent(question, 9, "c"))
            assert save(attempt, Sent(question, 9, "d"), epoch=2).rows == [(question, 9)]


def test_a_save_while_the_test_is_closed_is_acknowledged_and_kept_or_refused():
    attempt = papers.attempt()
    for _round in range(4):
        attempt = again(attempt)
        question, last = asked(attempt)[0].uuid, attempt.deadline_at + timedelta(seconds=GRACE_S)
        saved, closed = outcomes(
            [
                partial(save, attempt, Sent(question, 1, "b"), now=last),
                partial(closing.close, attempt, now=last + timedelta(microseconds=1)),
            ]
        )
        attempt.refresh_from_db()
        assert closed is True
        assert (attempt.state, attempt.submitted_at) == (State.SUBMITTED, attempt.deadline_at)
        if isinstance(saved, saving.Saved):
            assert kept(attempt) == {question: (1, "b")}
        else:
            assert isinstance(saved, saving.AttemptClosed)
            assert kept(attempt) == {}


def test_handing_in_many_times_at_once_is_handing_in_once_with_all_answers():
    attempt = papers.attempt()
    sent = [Sent(one.uuid, seq, "b") for seq, one in enumerate(asked(attempt), start=1)]
    finish = partial(saving.finish, attempt.uuid, student=attempt.student, epoch=1, sent=sent, now=timezone.now())
    done = at_once([finish] * AT_ONCE)
    assert {(one.state, one.submitted_at) for one in done} == {(State.SUBMITTED, done[0].submitted_at)}
    assert len(kept(attempt)) == len(sent)
    assert AttemptEvent.objects.filter(kind="SUBMITTED").count() == 1


def test_two_workers_close_each_attempt_once():
    test = papers.paper()
    now = timezone.now()
    times = {"started_at": now - timedelta(hours=1), "deadline_at": now - timedelta(minutes=1)}
    crowd = [people.person(f"Student {n}", people.student().role, admission_number=f"C-{n}") for n in range(5)]
    for one in crowd:
        papers.attempt(test, one, **times)
    rounds = at_once([partial(closing.close_due, now=now)] * 2)
    assert sum(one.closed for one in rounds) == len(crowd)
    assert not any(one.failed for one in rounds)
    assert AttemptEvent.objects.filter(kind="SUBMITTED").count() == len(crowd)
