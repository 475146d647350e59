"""What was noted while a test was written, in words, for the student and who stands by him."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship
from exams.models import AttemptEvent
from exams.own_log import lasted, log_of
from tests import people
from tests.exams import papers

pytestmark = pytest.mark.django_db


def note(attempt, kind, minutes, **fields):
    at = timezone.now() + timedelta(minutes=minutes)
    return AttemptEvent.objects.create(attempt=attempt, kind=kind, happened_at=at, **fields)


def test_log_says_what_happened_how_long_and_why_in_order():
    attempt = papers.attempt()
    note(attempt, "OFFLINE", 9, duration_ms=185_000, cause="offline")
    note(attempt, "AWAY", 3, duration_ms=12_400, cause="hidden")
    note(attempt, "CREDIT", 12, by=people.teacher(), detail={"reason": "Power was cut", "seconds": 300})
    lines = log_of(attempt)
    assert [(one.what, one.lasted) for one in lines] == [
        ("Left the test", "12 s"),
        ("Without connection", "3 min 5 s"),
        ("Got more time", "5 min 0 s"),
    ]
    assert "Another app or tab" in lines[0].why
    assert lines[2].why == "Power was cut"
    assert lines[2].by == people.teacher().name


@pytest.mark.parametrize(("ms", "said"), [(0, "0 s"), (1_600, "2 s"), (59_499, "59 s"), (60_000, "1 min 0 s")])
def test_durations_are_said_as_people_say_them(ms, said):
    assert lasted(ms) == said


def test_student_and_his_guardian_and_his_teacher_read_the_same_lines():
    attempt = papers.attempt()
    note(attempt, "AWAY", 3, duration_ms=12_400, cause="blur")
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    address = reverse("attempt_log", args=[attempt.uuid])
    for who in (people.student(), people.guardian(), people.teacher()):
        shown = people.signed_in(who).get(address)
        assert shown.status_code == 200
        assert "12 s" in shown.content.decode()
    assert people.signed_in(people.other_student()).get(address).status_code == 404


def test_log_of_three_events_costs_as_much_as_one_of_thirty(same_queries):
    attempt = papers.attempt()
    browser = people.signed_in(people.student())

    def add(count: int) -> None:
        for number in range(count):
            note(attempt, "AWAY", number, duration_ms=1000, cause="hidden", by=people.teacher())

    same_queries(lambda: browser.get(reverse("attempt_log", args=[attempt.uuid])), add=add)
