"""Who comes in to a test, from when, and as which attempt."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from coaching.lib.errors import NotAllowed
from coaching.lib.limits import TooMany
from exams import admission
from exams.admission import CannotBegin, NoMoreAttempts, NotOpenYet, WrongCode, admit
from exams.devices import Device
from exams.models import Allowance, Attempt, AttemptEvent
from exams.models.attempts import EndedBy, State
from tests import people, racing
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
AGO, SOON = timedelta(hours=2), timedelta(hours=1)
PHONE = Device(name="Chrome, Android")


def enter(test, student=None, *, code="", now=None, device=PHONE):
    return admit(test, student or people.student(), code=code, device=device, now=now or timezone.now())


def handed_in(attempt):
    fields = {"state": State.SUBMITTED, "submitted_at": timezone.now(), "ended_by": EndedBy.STUDENT}
    Attempt.objects.filter(pk=attempt.pk).update(**fields)


def begun(test):
    return {"started_at": test.opens_at, "deadline_at": test.closes_at}


def test_who_comes_in_is_ready_and_it_is_noted():
    attempt = enter(papers.paper())
    assert (attempt.state, attempt.number, attempt.started_at) == (State.READY, 1, None)
    assert [one.kind for one in AttemptEvent.objects.all()] == ["ADMITTED"]


def test_waiting_room_opens_a_quarter_of_an_hour_before_and_not_earlier():
    test = papers.paper(opens_at=timezone.now() + SOON)
    with pytest.raises(NotOpenYet) as refused:
        enter(test, now=test.opens_at - timedelta(minutes=15, seconds=1))
    assert refused.value.seconds == 1
    assert enter(test, now=test.opens_at - timedelta(minutes=15)).state == State.READY


def test_who_is_in_no_batch_of_it_is_refused():
    test = papers.paper()
    with pytest.raises(NotAllowed):
        enter(test, people.other_student())


def test_who_left_the_batch_is_refused():
    test = papers.paper()
    gone = people.person("Gone Girl", Role.STUDENT, admission_number="2026-0400")
    timetables.enrol(gone, test.batches.get(), left_at=timezone.now() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        enter(test, gone)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _now: {"published_at": None}, "taken back"),
        (lambda now: {"archived_at": now}, "taken back"),
        (lambda _now: {"is_active": False}, "lets nobody begin"),
        (lambda now: {"opens_at": now - AGO, "closes_at": now}, "closed"),
    ],
)
def test_test_that_cannot_be_begun_says_why(change, words):
    now = timezone.now()
    with pytest.raises(CannotBegin) as refused:
        enter(papers.paper(**change(now)), now=now)
    assert words in refused.value.message


@pytest.mark.parametrize("code", ["Tiger 7", "tiger7", " TIGER7 "])
def test_access_code_is_taken_in_any_case(code):
    assert enter(papers.paper(access_code="Tiger7"), code=code)


def test_wrong_code_is_refused_and_after_five_the_right_one_waits_too():
    test = papers.paper(access_code="Tiger7")
    for _ in range(admission.CODE_TRIES.tries):
        with pytest.raises(WrongCode):
            enter(test, code="टाइगर")
    with pytest.raises(TooMany):
        enter(test, code="Tiger7")
    assert not Attempt.objects.exists()
    assert enter(test, code="Tiger7", now=timezone.now() + timedelta(seconds=61))


def test_right_codes_use_no_tries_up():
    test = papers.paper(access_code="Tiger7", most_attempts=20)
    for _ in range(admission.CODE_TRIES.tries + 1):
        handed_in(enter(test, code="tiger7"))
    assert Attempt.objects.count() == admission.CODE_TRIES.tries + 1


def test_who_is_in_gets_the_same_attempt_without_the_code():
    test = papers.paper(access_code="Tiger7")
    first = enter(test, code="Tiger7")
    assert enter(test, device=Device(name="Firefox, Windows")) == first
    assert AttemptEvent.objects.count() == 1


def test_attempts_are_counted_and_there_are_no_more_than_allowed():
    test = papers.paper(most_attempts=2)
    for number in (1, 2):
        attempt = enter(test)
        assert attempt.number == number
        handed_in(attempt)
    with pytest.raises(NoMoreAttempts):
        enter(test)


def test_who_was_given_back_an_older_attempt_is_in_that_one():
    test = papers.paper(most_attempts=3)
    older = enter(test)
    handed_in(older)
    handed_in(enter(test))
    Attempt.objects.filter(pk=older.pk).update(state=State.WRITING, submitted_at=None, ended_by="", **begun(test))
    assert enter(test) == older


def test_extra_time_is_the_larger_of_his_own_and_his_batchs():
    test = papers.paper()
    given = {"test": test, "reason": "Scribe", "created_by": people.teacher()}
    Allowance.objects.create(batch=test.batches.get(), minutes=10, **given)
    Allowance.objects.create(student=people.student(), minutes=40, **given)
    Allowance.objects.create(student=people.other_student(), minutes=90, **given)
    assert enter(test).allowance_s == 40 * 60


@pytest.mark.django_db(transaction=True)
def test_six_tabs_at_once_are_in_one_attempt():
    test, student = papers.paper(), people.student()
    came = racing.at_once([lambda: enter(test, student)] * 6)
    assert {one.pk for one in came} == {Attempt.objects.get().pk}
    assert AttemptEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_six_tabs_at_once_after_the_first_attempt_are_in_the_second():
    test, student = papers.paper(most_attempts=2), people.student()
    handed_in(enter(test, student))
    came = racing.at_once([lambda: enter(test, student)] * 6)
    assert {one.number for one in came} == {2}
    assert Attempt.objects.count() == 2
