"""The code on the screen of a hall: who sees it, what it says when, and that it changes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from accounts.slips import qr_svg
from attendance import class_codes, codes
from attendance.models import Mode, Register
from attendance.models.records import Status
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 6, 30, 7, tzinfo=UTC)
"""Noon in India, seven seconds into a step."""


@pytest.fixture
def hall() -> Client:
    return people.signed_in(people.teacher())


def url_of(held: Any, name: str = "class_code") -> str:
    return reverse(name, args=[held.uuid])


def opened(hall: Client, held: Any) -> str:
    """The page after the button was pressed."""
    return hall.post(url_of(held), follow=True).content.decode()


def code_in(page: str) -> str:
    found = re.search(r'<p class="hall-code".*?</p>', page, re.DOTALL)
    return "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", found[0])) if found else ""


def openings() -> int:
    return Activity.objects.filter(event="check_in.code_shown").count()


def test_one_button_on_the_register_and_on_the_class_shows_the_code(hall: Client) -> None:
    held = registers.register().class_session
    for name in ("register", "class_session"):
        page = hall.get(url_of(held, name)).content.decode()
        assert f'<form method="post" action="{url_of(held)}">' in page
        assert f'href="{url_of(held)}"' not in page
    assert code_in(opened(hall, held))


def test_no_button_for_the_code_where_nobody_checks_in(hall: Client) -> None:
    over = registers.register(registers.class_now(began_min_ago=120), mode=Mode.CODE)
    by_hand = registers.register(registers.class_now(batch=timetables.batch("NEET 2027 C")), mode=Mode.TEACHER)
    for one in (over, by_hand):
        page = hall.get(url_of(one.class_session, "register"))
        assert page.status_code == 200
        assert url_of(one.class_session) not in page.content.decode()


def test_screen_shows_the_code_that_checks_in_and_the_way_to_it(hall: Client, settings: Any) -> None:
    settings.BASE_URL = "https://classcrew.example"
    register = registers.register()
    opened(hall, register.class_session)
    answer = hall.get(url_of(register.class_session))
    code = code_in(answer.content.decode())
    now = timezone.now()
    assert codes.step_of(class_codes.key_of(register), code, now=now) in {codes.step_at(now), codes.step_at(now) - 1}
    link = f"https://classcrew.example/a/{register.class_session.uuid}/#{code}"
    assert str(qr_svg(link)) in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_code_is_another_one_after_twenty_seconds_and_the_fragment_says_when() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        hall, held = people.signed_in(people.teacher()), registers.register().class_session
        opened(hall, held)
        first = hall.get(url_of(held, "class_code_now")).content.decode()
        assert 'data-left-ms="13000"' in first
        assert 'data-look-ms="5000"' in first
        clock.shift(timedelta(seconds=12))
        assert code_in(hall.get(url_of(held, "class_code_now")).content.decode()) == code_in(first) != ""
        clock.shift(timedelta(seconds=1))
        second = hall.get(url_of(held, "class_code_now")).content.decode()
        assert code_in(second) not in {"", code_in(first)}
        assert 'data-left-ms="20000"' in second


def test_codes_of_two_classes_and_of_a_copied_database_differ(settings: Any) -> None:
    one = registers.register()
    other = registers.register(registers.class_now(batch=timetables.batch("NEET 2027 C")))
    keys = {class_codes.key_of(one), class_codes.key_of(other)}
    settings.MASTER_KEYS = "other:" + "B" * 43 + "="
    keys |= {class_codes.key_of(one)}
    assert len(keys) == 3


def test_it_counts_who_is_there(hall: Client) -> None:
    held = registers.class_now()
    timetables.enrol(people.other_student(), held.batch)
    assert "<b>0</b> of 2 checked in" in opened(hall, held)
    registers.mark(held, people.student(), Status.LATE)
    registers.mark(held, people.other_student(), Status.WAITING)
    assert "<b>1</b> of 2 checked in" in hall.get(url_of(held, "class_code_now")).content.decode()


def test_opening_is_logged_once_and_not_with_every_look(hall: Client) -> None:
    held = registers.register().class_session
    opened(hall, held)
    for _ in range(3):
        hall.get(url_of(held, "class_code_now"))
        hall.get(url_of(held))
    line = Activity.objects.get(event="check_in.code_shown")
    assert (line.actor, line.object_id) == (people.teacher(), str(held.uuid))
    opened(hall, held)
    assert openings() == 2


def test_looking_at_the_address_shows_no_code_and_opens_no_register(hall: Client) -> None:
    held = registers.class_now()
    for name in ("class_code", "class_code_now"):
        page = hall.get(url_of(held, name)).content.decode()
        assert code_in(page) == ""
        assert "Show the code" in page
    assert not Register.objects.exists()
    assert openings() == 0


def test_who_has_not_opened_it_himself_gets_no_code_of_somebody_elses_screen(hall: Client) -> None:
    held = registers.register().class_session
    opened(hall, held)
    assert code_in(people.signed_in(people.admin()).get(url_of(held, "class_code_now")).content.decode()) == ""


def test_before_its_time_there_is_no_code_but_the_time() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        hall, held = people.signed_in(people.teacher()), registers.class_now(began_min_ago=-16)
        page = opened(hall, held)
        assert "Check-in opens at 12:01 pm" in page
        assert code_in(page) == ""
        clock.shift(timedelta(minutes=1))
        assert code_in(hall.get(url_of(held, "class_code_now")).content.decode())
    assert openings() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"finalised_at": NOON}, "The register is closed"),
        ({"mode": Mode.TEACHER}, "The teacher takes the register"),
        ({"close_after_min": 0}, "Check-in closed at"),
    ],
)
def test_class_that_takes_no_code_shows_none(hall: Client, fields: dict[str, Any], words: str) -> None:
    register = registers.register(**fields)
    page = opened(hall, register.class_session)
    assert words in page
    assert code_in(page) == ""
    assert openings() == 0


def test_cancelled_class_has_no_code(hall: Client) -> None:
    held = registers.class_now(cancelled_at=timezone.now())
    assert hall.get(url_of(held)).status_code == 409
    assert hall.post(url_of(held)).status_code == 409


def test_page_without_script_renews_itself_and_offers_a_link() -> None:
    with time_machine.travel(NOON, tick=False):
        hall, held = people.signed_in(people.teacher()), registers.register().class_session
        page = opened(hall, held)
    assert f'<noscript><meta http-equiv="refresh" content="14;url={url_of(held)}"></noscript>' in page
    assert "Show the current code" in page


def test_looking_costs_the_same_with_three_and_with_forty(hall: Client, django_assert_max_num_queries: Any) -> None:
    held = registers.register().class_session
    opened(hall, held)
    registers.crowd(held.batch, 40)
    with django_assert_max_num_queries(12):
        hall.get(url_of(held, "class_code_now"))
