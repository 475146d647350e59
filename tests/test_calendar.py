"""The calendar of every role: what stands on which day, for whom, and in which view."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Guardianship, Institute
from batches.models import ClassSession, Holiday
from coaching.lib.offers import Entry
from coaching.pages import calendar_grid
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
SATURDAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _saturday_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def physics() -> ClassSession:
    """Ananya's class today at five, by Meera in room 3."""
    batch = timetables.batch()
    timetables.enrol(people.student(), batch)
    fields = {"subject": timetables.subject(), "teacher": people.teacher(), "room": timetables.room("Room 3")}
    return timetables.class_session(batch, timetables.at(SATURDAY, 17), **fields)


def seen(who, **asked):
    """The agenda as (day, note, lines), and the page."""
    response = people.signed_in(who).get("/calendar/", {"view": "agenda", **asked})
    assert response.status_code == 200
    days = [(one.day, one.note, [line.entry.label for line in one.lines]) for one in response.context["agenda"]]
    return days, response.content.decode()


# --- Whose classes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (people.student, True),
        (people.teacher, True),
        (people.admin, True),
        (people.guardian, True),
        (people.other_student, False),
        (people.other_teacher, False),
        (people.guardian_who_teaches, False),
        (people.cashier, False),
    ],
)
def test_classes_are_seen_by_whom_they_concern_and_holidays_by_everybody(physics, who, expected):
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    Holiday.objects.create(name="Guru Nanak Jayanti", starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24))
    days, page = seen(who())
    assert (days[0] == (SATURDAY, "1 class", ["Physics"])) is expected
    assert ("Room 3" in page) is expected
    assert (date(2026, 11, 24), "Guru Nanak Jayanti", []) in days


def test_guardian_of_two_reads_whose_class_it_is_and_narrows_to_one(physics):
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
    other = timetables.batch("NEET")
    timetables.enrol(people.other_student(), other)
    timetables.class_session(other, timetables.at(SATURDAY, 18), topic="Optics")
    days, page = seen(people.guardian())
    assert days[0][2] == ["Physics", "Optics"]
    assert '<span class="meta">Ananya Kulkarni</span>' in page
    days, _page = seen(people.guardian(), child=str(people.other_student().uuid))
    assert days[0][2] == ["Optics"]


def test_children_of_others_narrow_to_nothing_and_name_nobody(physics):
    days, page = seen(people.student(), child=str(people.other_student().uuid))
    assert days[0][2] == []
    assert people.other_student().name not in page


def test_who_joined_later_sees_nothing_of_before(physics):
    timetables.enrol(people.other_student(), physics.batch, joined_at=physics.ends_at)
    days, _page = seen(people.other_student())
    assert days[0][2] == []


# --- What is said -----------------------------------------------------------------------------------------------------


def test_cancelled_and_moved_classes_say_so_and_count_not_as_held(physics):
    physics.cancelled_at, physics.reason = NOON, "The teacher is ill"
    physics.save()
    moved = timetables.class_session(physics.batch, timetables.at(SATURDAY, 19), topic="Waves")
    moved.moved_from = timetables.at(SATURDAY, 8)
    moved.save()
    days, page = seen(people.student())
    assert days[0] == (SATURDAY, "1 class", ["Physics", "Waves"])
    assert "The teacher is ill" in page
    assert "from Sat 21 Nov, 8:00 am" in page


def test_substitute_and_other_room_of_a_slot_are_marked(physics):
    slot = timetables.slot(physics.batch, weekday=5)
    physics.slot, physics.on, physics.own = slot, SATURDAY, ["teacher"]
    physics.save()
    assert "Substitute" in seen(people.student())[1]
    physics.own = ["room"]
    physics.save()
    assert "Other room" in seen(people.student())[1]


def test_classes_cancelled_for_a_holiday_are_said_by_the_holiday_alone(physics):
    day = Holiday.objects.create(name="दीपावली", starts_on=SATURDAY, ends_on=SATURDAY)
    physics.cancelled_at, physics.holiday = NOON, day
    physics.save()
    days, page = seen(people.student())
    assert days[0] == (SATURDAY, "दीपावली", [])
    assert "Holiday, no classes." in page


def test_holiday_until_the_end_of_time_breaks_nobodys_calendar(physics):
    Holiday.objects.create(name="A slip", starts_on=SATURDAY, ends_on=date.max)
    assert seen(people.student())[0][0][1] == "A slip"


def test_online_class_names_no_link(physics):
    physics.room, physics.mode, physics.link = None, "ONLINE", "https://meet.test/secret"
    physics.save()
    _days, page = seen(people.student())
    assert "Online" in page
    assert "meet.test" not in page


def test_class_over_midnight_stands_on_the_day_it_begins(physics):
    timetables.class_session(physics.batch, timetables.at(SATURDAY, 23, 30), topic="Night sky", minutes=120)
    days, page = seen(people.student())
    assert days[0][2] == ["Physics", "Night sky"]
    assert "to 1:30 am" in page


def test_names_are_shown_and_not_run(physics):
    physics.topic = "<script>alert(1)</script>"
    physics.save()
    assert "<script>alert" not in seen(people.student())[1]


# --- Days and views ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["month", "week", "agenda", "year", ""])
@pytest.mark.parametrize(
    "on", ["", "garbage", "0000-01-01", "9999-12-31", "2026-02-30", "२०२६-११-२१", "2026-W47-6", "\0", "1" * 500]
)
def test_days_that_are_none_are_today(view, on):
    response = people.signed_in(people.student()).get("/calendar/", {"view": view, "on": on})
    assert response.status_code == 200
    assert response.context["on"] == SATURDAY


@pytest.mark.parametrize("view", ["month", "week", "agenda"])
@pytest.mark.parametrize("on", ["2000-01-01", "2100-12-31", "2028-02-29"])
def test_first_and_last_days_are_shown_and_lead_no_further(view, on):
    response = people.signed_in(people.student()).get("/calendar/", {"view": view, "on": on})
    assert response.status_code == 200
    around = "".join(response.context["around"] + response.context["weeks_around"])
    assert "on=1999" not in around
    assert "on=2101" not in around


def test_month_shows_whole_weeks_from_monday_and_today(physics):
    response = people.signed_in(people.student()).get("/calendar/")
    grid = response.context["grid"]
    assert (grid[0][0].day, grid[-1][-1].day) == (date(2026, 10, 26), date(2026, 12, 6))
    today = next(cell for week in grid for cell in week if cell.is_today)
    assert [line.entry.label for line in today.lines] == ["Physics"]
    assert today.spoken == "Saturday 21 November 2026, 1 class"
    assert response.content.decode().count('aria-current="date"') == 2


def test_full_day_shows_the_first_and_leads_to_the_rest(physics):
    for number in range(12):
        timetables.class_session(physics.batch, timetables.at(SATURDAY, 7 + number), topic=f"Lesson {number}")
    response = people.signed_in(people.student()).get("/calendar/")
    today = next(cell for week in response.context["grid"] for cell in week if cell.is_today)
    assert (len(today.lines), today.more) == (3, 10)
    agenda = people.signed_in(people.student()).get(today.more_url).context["agenda"]
    assert len(agenda[0].lines) == 13


def test_links_keep_what_is_narrowed(physics):
    response = people.signed_in(people.admin()).get("/calendar/", {"room": str(physics.room.uuid), "evil": "1"})
    assert f"room={physics.room.uuid}" in response.context["today_url"]
    assert "evil" not in response.context["today_url"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_days_are_the_institutes_on_both_sides_of_the_change_of_clocks(physics, zone):
    Institute(pk=1, name="Pragati", time_zone=zone).save()
    for day in (date(2026, 10, 25), date(2026, 11, 1)):
        for hour in (0, 12, 23):
            begins = datetime(day.year, day.month, day.day, hour, 30, tzinfo=Institute.current().zone)
            timetables.class_session(physics.batch, begins.astimezone(UTC), topic=f"At {hour}", minutes=20)
        days, page = seen(people.student(), on=day.isoformat())
        assert days[0] == (day, "3 classes", ["At 0", "At 12", "At 23"])
        assert ">12:30 am</b>" in page
        assert ">11:30 pm</b>" in page


def test_in_hindi(physics):
    response = people.signed_in(people.student()).get("/calendar/", headers={"accept-language": "hi"})
    heading = response.content.decode().split("<h1>")[1].split("</h1>")[0]
    assert heading.endswith(" 2026")
    assert not heading.isascii()


# --- What it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [people.admin, people.student, people.guardian])
def test_page_costs_as_many_queries_at_30_classes_as_at_3(physics, who, same_queries):
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    browser = people.signed_in(who())

    def add(count):
        for number in range(count):
            room = timetables.room(f"Room {ClassSession.objects.count()}")
            begins = timetables.at(SATURDAY + timedelta(days=number % 7), 8)
            timetables.class_session(physics.batch, begins, room=room, subject=timetables.subject(room.name))

    same_queries(lambda: browser.get("/calendar/"), add=add, at_most=15)


def test_month_of_three_thousand_classes_stays_small(physics):
    rows = [
        ClassSession(
            batch=physics.batch,
            starts_at=timetables.at(date(2026, 11, 1) + timedelta(days=number % 30), 7 + number % 12),
            ends_at=timetables.at(date(2026, 11, 1) + timedelta(days=number % 30), 8 + number % 12),
            topic=f"Lesson {number}",
        )
        for number in range(3000)
    ]
    ClassSession.objects.bulk_create(rows)
    browser = people.signed_in(people.admin())
    with CaptureQueriesContext(connection) as queries:
        response = browser.get("/calendar/")
    assert len(queries) <= 15
    assert len(response.content) < 50_000
    assert "97 more" in response.content.decode()


# --- Arithmetic -------------------------------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_months_are_whole_weeks_that_hold_every_day_once(day):
    weeks = calendar_grid.weeks_of_month(day)
    days = [one for week in weeks for one in week]
    assert 4 <= len(weeks) <= 6
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert days[0].weekday() == 0
    assert all(any(one.month == day.month for one in week) for week in weeks)
    assert day in days
    assert day in calendar_grid.week_of(day)


@given(st.dates(date(2000, 2, 1), date(2100, 11, 30)), st.sampled_from([-1, 1]))
def test_a_month_on_is_the_neighbour_month(day, step):
    moved = calendar_grid.months_away(day, step)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == step
    assert moved.day <= day.day


def test_all_day_entries_lie_on_each_of_their_days_and_come_first():
    first = datetime(2026, 11, 6, tzinfo=UTC)
    holiday = Entry("h", "timetable", "Diwali", "", first, first + timedelta(days=5), kind="holiday", is_all_day=True)
    lesson = Entry("c", "timetable", "Maths", "", first + timedelta(hours=1), first + timedelta(hours=2))
    days = [date(2026, 11, 5) + timedelta(days=n) for n in range(7)]
    found = calendar_grid.by_day([lesson, holiday], days, day_of=lambda when: when.date())
    assert found[date(2026, 11, 6)] == [holiday, lesson]
    assert [day for day in days if holiday in found[day]] == days[1:6]
