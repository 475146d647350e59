"""A code that leaves the hall: what the screen shows checks in at once, and a minute later no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from attendance.models import CheckInAttempt, Flag, Mode, Record, Register
from batches.models import ClassSession
from tests import people
from tests.attendance import checking_in, registers
from tests.attendance.test_class_code import code_in
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 6, 30, 0, tzinfo=UTC)
"""Noon in India, at the beginning of a step."""
HALL, HOME = "203.0.113.7", "198.51.100.9"


def code_on_screen(held: ClassSession) -> str:
    answer = people.signed_in(people.teacher()).post(reverse("class_code", args=[held.uuid]), follow=True)
    return code_in(answer.content.decode())


def typed(held: ClassSession, code: str, who: User, *, ip: str = HALL) -> Any:
    browser = people.signed_in(who)
    browser.defaults["REMOTE_ADDR"] = ip
    return checking_in.send(held, checking_in.body(code=code), browser=browser)


def a_class() -> Register:
    held = registers.class_now()
    timetables.enrol(people.other_student(), held.batch)
    return registers.register(held, mode=Mode.CODE)


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (39, True), (40, False), (60, False), (3600, False)])
def test_code_from_the_screen_counts_until_the_one_after_it_is_over(seconds: int, is_taken: bool) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        held = a_class().class_session
        relayed = code_on_screen(held)
        clock.shift(timedelta(seconds=seconds))
        typed(held, relayed, people.other_student())
    said = Record.objects.filter(student=people.other_student(), status="P")
    assert said.exists() == is_taken
    assert CheckInAttempt.objects.get().code_ok is is_taken


def test_who_is_in_the_hall_reads_it_and_a_friend_gets_it_too_late() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        held = a_class().class_session
        relayed = code_on_screen(held)
        assert typed(held, relayed, people.student()).json()["status"] == "PRESENT"
        clock.shift(timedelta(minutes=1))
        answer = typed(held, relayed, people.other_student())
        assert answer.json().get("status") != "PRESENT"
        assert typed(held, code_on_screen(held), people.other_student()).json()["status"] == "PRESENT"


def test_code_typed_late_from_another_network_is_taken_and_shown_to_the_teacher() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        register = a_class()
        held = register.class_session
        for student in registers.crowd(held.batch, 3):
            typed(held, code_on_screen(held), student)
        clock.shift(timedelta(seconds=18))
        assert typed(held, code_on_screen(held), people.student(), ip=HALL).json()["status"] == "PRESENT"
        relayed = code_on_screen(held)
        answer = typed(held, relayed, people.other_student(), ip=HOME)
        page = people.signed_in(people.teacher()).get("/attendance/flags/").content.decode()
    assert answer.json()["status"] == "PRESENT"
    flag = Flag.objects.get(kind=Flag.Kind.LATE_CODE)
    assert (flag.attempt.student, flag.figures) == (people.other_student(), {"age_s": 18})
    assert "sent the code 18 s after it came up" in page
