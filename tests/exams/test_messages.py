"""What an invigilator tells who writes: to whom, once, and that it comes with the next save."""

import uuid

import pytest
from django.utils import timezone

from accounts.models import Activity
from exams import running_tests, saving
from exams.messages import NothingSaid, tell
from exams.models import TestMessage
from tests import people, racing
from tests.exams import papers

pytestmark = pytest.mark.django_db


def say(test, text="Ten minutes left", **more):
    given = {"uuid": uuid.uuid4(), "actor": people.teacher(), "now": timezone.now()} | more
    return tell(test, text=text, **given)


def test_all_get_it_and_one_gets_what_is_his_with_the_next_save(django_capture_on_commit_callbacks):
    saving.forget()
    running_tests.forget()
    attempt = papers.attempt()
    other = papers.attempt(attempt.test, people.other_student())
    with django_capture_on_commit_callbacks(execute=True):
        say(attempt.test)
        say(attempt.test, "Sit elsewhere", attempt=other)
    told = {
        one: [
            said["text"]
            for said in saving.save(one.uuid, student=one.student, epoch=1, sent=[], now=timezone.now()).messages
        ]
        for one in (attempt, other)
    }
    assert told == {attempt: ["Ten minutes left"], other: ["Ten minutes left", "Sit elsewhere"]}
    assert Activity.objects.filter(event="test.told").count() == 2


def test_nothing_is_no_message():
    with pytest.raises(NothingSaid):
        say(papers.paper(), " \n ")


def test_who_goes_back_and_writes_anew_is_heard_and_nobody_takes_the_number_of_another_test():
    test, other, number = papers.paper(), papers.paper(title="Other"), uuid.uuid4()
    for _twice in range(2):
        say(test, "Ten minutes left", uuid=number)
        say(test, "Five minutes left", uuid=number)
    assert say(other, "Ten minutes left", uuid=number).test == other
    assert TestMessage.objects.count() == Activity.objects.filter(event="test.told").count() == 3


@pytest.mark.django_db(transaction=True)
def test_form_sent_at_once_says_it_once():
    test, number, _teacher = papers.paper(), uuid.uuid4(), people.teacher()
    rows = racing.at_once([lambda: say(test, uuid=number) for _ in range(3)])
    assert len({row.pk for row in rows}) == 1
    assert TestMessage.objects.count() == Activity.objects.filter(event="test.told").count() == 1
