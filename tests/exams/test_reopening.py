"""Opening an attempt again and handing it in by staff: once, and never beside another open one."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity, Role
from exams import admission, finishing, saving
from exams.credits import give_time
from exams.devices import Device
from exams.models import Attempt
from exams.models.attempts import EndedBy, State
from exams.reopening import CannotReopen, force_submit, reopen
from tests import people, racing
from tests.exams import papers

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _new_process():
    saving.forget()


def handed_in(**fields) -> Attempt:
    attempt = papers.attempt(**fields)
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    return attempt


def again(attempt, *, action=None, now=None, minutes=15):
    return reopen(
        attempt,
        seconds=minutes * 60,
        reason="Handed in by mistake",
        action=action or uuid.uuid4(),
        actor=people.teacher(),
        now=now or timezone.now(),
    )


def force(*attempts):
    return force_submit(attempts[0].test, attempts, reason="Left the room", actor=people.teacher(), now=timezone.now())


def save(attempt, epoch):
    return saving.save(attempt.uuid, student=attempt.student, epoch=epoch, sent=[], now=timezone.now())


def test_opened_again_he_writes_until_so_long_from_now_on_any_device():
    attempt, now = handed_in(), timezone.now()
    assert again(attempt, now=now)
    row = Attempt.objects.get()
    assert (row.state, row.deadline_at, row.ended_by, row.submitted_at) == ("WRITING", now + 15 * MINUTE, "", None)
    assert (row.epoch, row.device_id, row.credit_s) == (2, None, 900)
    assert (row.credits.get().kind, row.credits.get().seconds) == ("REOPENED", 900)
    event = row.events.get(kind="REOPENED")
    assert (event.by, event.detail["reason"]) == (people.teacher(), "Handed in by mistake")
    assert Activity.objects.get(event="attempt.reopened").subject == attempt.student


def test_what_the_old_page_sends_is_refused_and_the_new_one_saves():
    attempt = handed_in()
    again(attempt)
    with pytest.raises(saving.AttemptMoved):
        save(attempt, 1)
    assert save(attempt, 2).state == State.WRITING


def test_form_sent_twice_opens_once_even_when_it_was_handed_in_since():
    attempt, action = handed_in(), uuid.uuid4()
    assert again(attempt, action=action)
    assert not again(attempt, action=action)
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    assert not again(attempt, action=action)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.epoch) == (State.SUBMITTED, 2)


def test_what_is_written_is_not_opened_again():
    with pytest.raises(CannotReopen):
        again(papers.attempt())


def test_who_writes_a_newer_attempt_does_not_get_the_old_one():
    old = handed_in()
    papers.attempt(old.test, number=2)
    with pytest.raises(CannotReopen):
        again(old)
    old.refresh_from_db()
    assert (old.state, old.epoch, old.credits.count()) == (State.SUBMITTED, 1, 0)


def test_sections_that_were_over_stay_over_but_the_last():
    test = papers.exam(duration_min=None)
    for title in ("Physics", "Chemistry", "Maths"):
        papers.place(papers.section(test, title, duration_min=30), papers.question(text=title))
    began = timezone.now()
    attempt = papers.attempt(test, now=began)
    finishing.submit(attempt, by=EndedBy.STUDENT, now=began + 35 * MINUTE)
    again(attempt, now=began + 40 * MINUTE)
    attempt.refresh_from_db()
    ends = [datetime.fromisoformat(one) for one in attempt.section_ends]
    assert ends == [began + 30 * MINUTE, began + 55 * MINUTE, began + 55 * MINUTE]


def test_staff_hand_in_what_is_written_and_nothing_else():
    test = papers.paper()
    writing, waiting = papers.attempt(test), papers.attempt(test, people.other_student())
    Attempt.objects.filter(pk=waiting.pk).update(state="READY", started_at=None, deadline_at=None)
    waiting.refresh_from_db()
    assert force(writing, waiting) == 1
    assert force(*Attempt.objects.all()) == 0
    row = Attempt.objects.get(pk=writing.pk)
    assert (row.state, row.ended_by) == (State.SUBMITTED, EndedBy.STAFF)
    event = row.events.get(kind="SUBMITTED")
    assert (event.by, event.detail["reason"]) == (people.teacher(), "Left the room")
    assert Activity.objects.get(event="attempt.submitted").extra["reason"] == "Left the room"


def test_attempt_of_an_archived_test_stays_handed_in():
    attempt = handed_in()
    papers.Test.objects.update(archived_at=timezone.now())
    with pytest.raises(CannotReopen, match="archived"):
        again(attempt)


@pytest.mark.django_db(transaction=True)
def test_opened_again_at_once_by_one_form_and_by_two():
    attempt, action, _teacher = handed_in(), uuid.uuid4(), people.teacher()
    came = racing.at_once([lambda: again(attempt, action=action) for _ in range(4)])
    assert sorted(came) == [False, False, False, True]
    came = racing.outcomes([lambda: again(attempt) for _ in range(3)])
    assert all(isinstance(one, CannotReopen) for one in came)
    assert Attempt.objects.get().epoch == 2


@pytest.mark.django_db(transaction=True)
def test_opened_again_while_he_comes_in_to_the_next_one_there_is_one_open():
    attempt = handed_in(test_row=papers.paper(most_attempts=3))
    people.teacher()
    device = Device(id=uuid.uuid4(), name="Chrome, Android")
    works = [
        lambda: again(attempt),
        lambda: admission.admit(attempt.test, attempt.student, device=device, now=timezone.now()),
    ]
    racing.outcomes(works)
    assert Attempt.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_staff_and_student_hand_in_at_once():
    attempt, _teacher = papers.attempt(), people.teacher()
    works = [lambda: force(attempt), lambda: finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())]
    by_staff, by_student = racing.at_once(works)
    assert bool(by_staff) != by_student
    assert Attempt.objects.get().events.filter(kind="SUBMITTED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_saved_before_staff_hand_in_or_refused():
    attempt, _teacher = papers.attempt(), people.teacher()
    _done, saved = racing.outcomes([lambda: force(attempt), lambda: save(attempt, 1)])
    assert isinstance(saved, (saving.Saved, saving.AttemptClosed))
    assert Attempt.objects.get().state == State.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_time_given_and_tests_handed_in_at_once_do_not_wait_for_each_other():
    test, teacher = papers.paper(), people.teacher()
    who = [people.person(f"Student {n}", Role.STUDENT, admission_number=f"Q-{n}") for n in range(12)]
    attempts = [papers.attempt(test, one) for one in who]
    by = {"reason": "Power cut", "actor": teacher, "now": timezone.now()}
    works = [
        lambda: force_submit(test, attempts[::-1], **by),
        lambda: give_time(test, attempts, seconds=60, action=uuid.uuid4(), **by),
    ] * 2
    first, *_others = racing.at_once(works)
    assert first in (0, 12)
    assert Attempt.objects.filter(state=State.SUBMITTED).count() == 12
