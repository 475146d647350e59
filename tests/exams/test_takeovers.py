"""Going on on another device: when, how often, who decides, and that only one device writes."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity
from coaching.lib.limits import TooMany
from exams import takeovers
from exams.devices import Device
from exams.models import Attempt, AttemptEvent, TakeoverRequest
from exams.models.attempts import LOST_AFTER, MOST_TAKEOVERS
from exams.takeovers import Decided, NoMoreTakeovers, NotWriting, OpenElsewhere, take_over
from tests import people, racing
from tests.exams import papers

pytestmark = pytest.mark.django_db


def device(name: str = "Firefox, Windows") -> Device:
    return Device(id=uuid.uuid4(), name=name)


def silent(attempt: Attempt) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(last_beat_at=timezone.now() - LOST_AFTER)


def test_two_devices_cannot_ask_in_turns_for_ever():
    attempt, now = papers.attempt(), timezone.now()
    one, two = device("One"), device("Two")
    for turn in range(takeovers.ASKED_AGAIN.tries):
        takeovers.ask(attempt, device=(one, two)[turn % 2], now=now)
    with pytest.raises(TooMany):
        takeovers.ask(attempt, device=one, now=now)
    assert attempt.takeover_requests.count() == takeovers.ASKED_AGAIN.tries


def kinds(attempt: Attempt) -> list[str]:
    return list(attempt.events.values_list("kind", flat=True))


def move(attempt, to, *, now=None):
    return take_over(attempt, device=to, now=now or timezone.now())


def test_device_that_answers_is_not_taken_over():
    attempt = papers.attempt()
    with pytest.raises(OpenElsewhere):
        move(attempt, device())
    attempt.refresh_from_db()
    assert (attempt.epoch, attempt.takeovers, kinds(attempt)) == (1, 0, [])


def test_device_that_was_silent_for_a_minute_is_taken_over_and_no_time_is_won():
    attempt, other = papers.attempt(), device()
    silent(attempt)
    now = timezone.now()
    moved = move(attempt, other, now=now)
    assert (moved.epoch, moved.takeovers, moved.device_id, moved.last_beat_at) == (2, 1, other.id, now)
    assert moved.deadline_at == attempt.deadline_at
    assert kinds(attempt) == ["MOVED"]
    assert Activity.objects.get(event="attempt.moved").object_id == str(attempt.uuid)


def test_silence_counts_to_the_second():
    attempt = papers.attempt()
    since = attempt.last_beat_at
    with pytest.raises(OpenElsewhere):
        move(attempt, device(), now=since + LOST_AFTER - timedelta(milliseconds=1))
    assert move(attempt, device(), now=since + LOST_AFTER).epoch == 2


def test_same_browser_opens_it_again_in_a_new_session_and_that_is_no_takeover():
    attempt = papers.attempt()
    again = move(attempt, Device(slot=None, id=attempt.device_id))
    assert (again.epoch, kinds(attempt)) == (1, [])  # the same session: a reload
    slot = session_of(people.student())
    again = move(attempt, Device(slot=slot, id=attempt.device_id))
    assert (again.epoch, again.takeovers, again.slot_id) == (2, 0, slot)
    assert kinds(attempt) == ["RESUMED"]


def session_of(person) -> int:
    people.signed_in(person)
    return person.session_slots.latest("pk").pk


def test_it_moves_three_times_and_no_more():
    attempt = papers.attempt()
    for number in range(1, MOST_TAKEOVERS + 1):
        silent(attempt)
        assert move(attempt, device()).takeovers == number
    silent(attempt)
    with pytest.raises(NoMoreTakeovers):
        move(attempt, device())
    with pytest.raises(NoMoreTakeovers):
        takeovers.ask(attempt, device=device(), now=timezone.now())


def test_what_is_handed_in_not_begun_or_out_of_time_is_not_taken_over():
    attempt = papers.attempt()
    with pytest.raises(NotWriting):
        move(attempt, device(), now=attempt.deadline_at + timedelta(seconds=attempt.test.grace_s))
    Attempt.objects.filter(pk=attempt.pk).update(state="READY", started_at=None, deadline_at=None)
    with pytest.raises(NotWriting):
        move(attempt, device())


def test_asked_and_approved_it_moves_though_the_other_device_answers():
    attempt, other, now = papers.attempt(), device(), timezone.now()
    asked = takeovers.ask(attempt, device=other, now=now)
    assert takeovers.ask(attempt, device=other, now=now) == asked
    with pytest.raises(OpenElsewhere):
        move(attempt, other)
    takeovers.approve(asked, actor=people.teacher(), now=now)
    with pytest.raises(OpenElsewhere):
        move(attempt, device("A third one"))
    assert move(attempt, other).takeovers == 1
    assert kinds(attempt) == ["TAKEOVER_ASKED", "MOVED"]
    assert attempt.events.get(kind="MOVED").detail["allowed_by"] == people.teacher().pk
    asked.refresh_from_db()
    assert asked.state == "USED"
    silent(attempt)
    assert move(attempt, device("A third one")).takeovers == 2  # what was used does not come back


def test_refused_it_stays_and_can_be_asked_again():
    attempt, other, now = papers.attempt(), device(), timezone.now()
    asked = takeovers.ask(attempt, device=other, now=now)
    for _ in range(2):
        takeovers.refuse(asked, actor=people.teacher(), now=now)
    with pytest.raises(OpenElsewhere):
        move(attempt, other)
    assert kinds(attempt) == ["TAKEOVER_ASKED", "TAKEOVER_REFUSED"]
    assert Activity.objects.filter(event="attempt.takeover_decided").count() == 1
    with pytest.raises(Decided):
        takeovers.approve(asked, actor=people.teacher(), now=now)
    assert takeovers.ask(attempt, device=other, now=now) != asked


def test_newest_device_that_asks_is_the_one_that_waits():
    attempt, now = papers.attempt(), timezone.now()
    first = takeovers.ask(attempt, device=device("One"), now=now)
    second = takeovers.ask(attempt, device=device("Two"), now=now)
    first.refresh_from_db()
    assert (first.state, second.state) == ("DROPPED", "ASKED")


@pytest.mark.django_db(transaction=True)
def test_devices_that_take_over_at_once_do_it_once():
    attempt = papers.attempt()
    silent(attempt)
    came = racing.outcomes([lambda: move(attempt, device()) for _ in range(5)])
    assert sum(isinstance(one, Attempt) for one in came) == 1
    assert sum(isinstance(one, OpenElsewhere) for one in came) == 4
    attempt.refresh_from_db()
    assert (attempt.epoch, attempt.takeovers) == (2, 1)
    assert AttemptEvent.objects.filter(kind="MOVED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_invigilators_at_once_decide_once():
    asked = takeovers.ask(papers.attempt(), device=device(), now=timezone.now())
    verbs, teacher = (takeovers.approve, takeovers.refuse), people.teacher()
    came = racing.outcomes([lambda verb=verb: verb(asked, actor=teacher, now=timezone.now()) for verb in verbs])
    assert sorted(type(one).__name__ for one in came) == ["Decided", "TakeoverRequest"]
    assert TakeoverRequest.objects.get().state in {"APPROVED", "REFUSED"}
