"""The page of a check-in: what it offers when, the plain form, the short link, and what it costs."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship
from attendance.models import CheckInAttempt, Flag, Mode, Record
from attendance.models.records import Status
from tests import people
from tests.attendance import registers
from tests.attendance.checking_in import address, body, code_now, fix, send

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 22
FLAGGING = 2
"""Statements more when there is something to flag."""


@pytest.fixture
def browser() -> Client:
    return people.signed_in(people.student())


def shown(browser: Client, class_session) -> str:
    answer = browser.get(address(class_session))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("mode", "asks", "words"),
    [
        (Mode.GPS, True, "Use code"),
        (Mode.GPS_OR_CODE, True, "Use code"),
        (Mode.GPS_AND_CODE, True, "Code on the screen"),
        (Mode.CODE, False, "Code on the screen"),
    ],
)
def test_open_class_offers_its_ways_and_says_what_the_position_is_for(browser, mode, asks, words):
    page = shown(browser, registers.register(mode=mode).class_session)
    assert ("data-here" in page, words in page) == (asks, True)
    assert ("within 50 m of College Road" in page) is asks
    assert "Tell my teacher I am here" in page


def test_page_says_when_there_is_nothing_to_press(browser):
    early = shown(browser, registers.class_now(began_min_ago=-60))
    assert "Check-in opens at" in early
    assert "data-left-s" in early
    over = shown(browser, registers.class_now(began_min_ago=200))
    assert "Check-in is closed" in over
    cancelled = shown(browser, registers.class_now(began_min_ago=2, cancelled_at=timezone.now(), reason="Rain"))
    assert "Rain" in cancelled
    taken = shown(browser, registers.register(registers.class_now(began_min_ago=3), mode=Mode.TEACHER).class_session)
    assert "Your teacher takes the register" in taken
    assert not any(
        "<button" in re.sub(r".*data-part", "", page, flags=re.S) and 'name="do"' in page
        for page in (early, over, cancelled, taken)
    )


def test_page_says_what_the_register_says(browser):
    register = registers.register()
    send(register.class_session, body(**fix(registers.north_of(20))), browser=browser)
    page = shown(browser, register.class_session)
    assert "You are checked in" in page
    assert "You are 20 m from College Road" in page
    assert "data-form" not in page
    other = registers.register(registers.class_now(began_min_ago=5))
    registers.mark(other.class_session, people.student(), Status.ABSENT)
    assert "Marked absent" in shown(browser, other.class_session)


def test_outside_shows_the_distance_and_offers_to_try_again(browser):
    register = registers.register()
    send(register.class_session, body(**fix(registers.north_of(2_400))), browser=browser)
    page = shown(browser, register.class_session)
    assert "Too far from the class" in page
    assert "2.4 km away, sure to 10 m; the limit is 50 m." in page
    assert "Check in again" in page


def test_code_and_telling_the_teacher_work_as_a_plain_form(browser):
    register = registers.register(mode=Mode.CODE)
    where = address(register.class_session)
    answer = browser.post(where, {"client_uuid": str(uuid.uuid4()), "code": "", "do": "tell"})
    assert (answer.status_code, answer["Location"]) == (302, where)
    assert Record.objects.get().status == Status.WAITING
    browser.post(where, {"client_uuid": str(uuid.uuid4()), "code": code_now(register), "do": "code"})
    assert Record.objects.get().status == Status.PRESENT


def test_plain_form_that_is_refused_shows_the_page_with_the_reason(browser):
    class_session = registers.class_now(began_min_ago=-60)
    answer = browser.post(address(class_session), {"client_uuid": str(uuid.uuid4()), "do": "tell"})
    assert answer.status_code == 403
    assert answer.content.decode().count("Check-in opens at") == 2


def test_looking_writes_nothing_and_following_the_link_marks_nobody(browser):
    class_session = registers.class_now()
    link = reverse("check_in_link", args=[class_session.uuid])
    assert link == f"/a/{class_session.uuid}/"
    for _ in range(2):
        answer = browser.get(link, follow=True)
        assert answer.redirect_chain == [(address(class_session), 302)]
    assert browser.head(link).status_code == 302
    assert not Record.objects.exists()
    assert not CheckInAttempt.objects.exists()
    assert Client().get(link)["Location"] == f"/accounts/login/?next={link}"


def test_open_page_gets_its_inside_alone(browser):
    class_session = registers.class_now()
    part = browser.get(address(class_session), headers={"X-Live": "1"}).content.decode()
    assert "<html" not in part
    assert "data-here" in part
    answer = browser.post(
        address(class_session), body(**fix()), content_type="application/json", headers={"Accept": "text/html"}
    )
    assert "You are checked in" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_who_does_not_learn_there_is_told_or_sent_to_the_register():
    class_session = registers.class_now()
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    answer = people.signed_in(people.guardian()).get(address(class_session), follow=True)
    assert answer.redirect_chain == [(reverse("class_session", args=[class_session.uuid]), 302)]
    assert "Students check in by themselves" in answer.content.decode()
    answer = people.signed_in(people.teacher()).get(address(class_session))
    assert answer["Location"] == reverse("register", args=[class_session.uuid])
    assert people.signed_in(people.other_student()).get(address(class_session)).status_code == 404


def test_link_to_a_correction_stands_where_the_register_is_wrong(browser):
    register = registers.register(registers.class_now(began_min_ago=200))
    record = registers.mark(register.class_session, people.student(), Status.ABSENT)
    assert reverse("record", args=[record.uuid]) in shown(browser, register.class_session)


# --- Devices ----------------------------------------------------------------------------------------------------------


def through_the_door(browser: Client, who: str) -> None:
    answer = browser.post(reverse("account_login"), {"login": who, "password": people.PASSWORD})
    assert answer.status_code == 302


def test_two_students_on_one_device_are_flagged_though_one_signed_out(browser):
    register = registers.register()
    for who in (people.student(), people.other_student()):
        register.class_session.batch.enrolments.get_or_create(
            student=who, defaults={"joined_at": timezone.now() - timedelta(days=1)}
        )
    phone = Client()
    through_the_door(phone, "2026-0188")
    send(register.class_session, body(**fix(registers.north_of(5))), browser=phone)
    phone.post(reverse("account_logout"))
    through_the_door(phone, "2026-0290")
    got = send(register.class_session, body(**fix(registers.north_of(6), accuracy=12)), browser=phone).json()
    assert got["status"] == "PRESENT"  # a flag decides nothing
    first, second = CheckInAttempt.objects.order_by("pk")
    assert first.device_hash == second.device_hash != ""
    flag = Flag.objects.get()
    assert (flag.kind, flag.attempt, flag.other) == (Flag.Kind.SAME_DEVICE, second, first)


def test_students_on_their_own_devices_are_not_flagged():
    register = registers.register()
    register.class_session.batch.enrolments.create(
        student=people.other_student(), joined_at=timezone.now() - timedelta(days=1)
    )
    for number, who in enumerate((people.student(), people.other_student())):
        send(register.class_session, body(**fix(registers.north_of(5 + number), accuracy=12)), who=who)
    assert not Flag.objects.exists()


# --- What it costs ----------------------------------------------------------------------------------------------------


def test_statements_of_a_check_in_do_not_grow_with_the_class(browser):
    register = registers.register()
    crowd = registers.crowd(register.class_session.batch, 30)
    mine = [people.other_student(), people.student()]
    register.class_session.batch.enrolments.create(student=mine[0], joined_at=timezone.now() - timedelta(days=1))

    def cost(who) -> int:
        client = people.signed_in(who)
        shown(client, register.class_session)
        with CaptureQueriesContext(connection) as queries:
            sent = body(**fix(registers.north_of(30)))
            assert send(register.class_session, sent, browser=client).status_code == 200
        return len(queries)

    few = cost(mine[0])
    for number, student in enumerate(crowd):
        send(register.class_session, body(**fix(registers.north_of(number / 2))), who=student)
    assert cost(mine[1]) - few == FLAGGING
    assert few <= MOST_STATEMENTS
