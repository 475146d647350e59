"""The calendar as phones read it: parsed by three libraries of others, and closed to who has no secret."""

import logging
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import time_machine
import vobject
from django.test import Client

from accounts.limits import CALENDAR_LOST, CALENDAR_MAKING, CALENDAR_READING
from accounts.models import Activity, Guardianship, Institute
from batches import classes, feeds
from batches.models import CalendarFeed, ClassSession, Holiday
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 20, 6, 30, tzinfo=UTC)
HINDI = ("तरंगें; ध्वनि, और प्रकाश\\ " * 20)[:200].strip()


@pytest.fixture(autouse=True)
def _october():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def physics() -> ClassSession:
    """Ananya's class on Saturday 24 October at five, the evening before Berlin's clocks change."""
    batch = timetables.batch()
    timetables.enrol(people.student(), batch)
    fields = {"subject": timetables.subject(), "teacher": people.teacher(), "room": timetables.room("Room 3")}
    return timetables.class_session(batch, timetables.at(date(2026, 10, 24), 17), **fields)


def path_of(person) -> str:
    return f"/calendar/{feeds.make_feed(person)}.ics"


def read(path: str):
    response = Client().get(path)
    assert response.status_code == 200
    return response.content


def events(content: bytes) -> dict[str, icalendar.Event]:
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}


# --- What calendars make of it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "offsets"), [("Asia/Kolkata", ["+0530", "+0530"]), ("Europe/Berlin", ["+0200", "+0100"])]
)
def test_three_libraries_read_the_same_instants_before_and_after_the_change_of_clocks(physics, zone, offsets):
    Institute(pk=1, name="Pragati", time_zone=zone).save()
    ClassSession.objects.all().delete()
    wanted = []
    for day in (date(2026, 10, 24), date(2026, 10, 31)):
        begins = datetime(day.year, day.month, day.day, 17, tzinfo=Institute.current().zone)
        wanted.append(begins.astimezone(UTC))
        timetables.class_session(physics.batch, begins.astimezone(UTC), topic="Waves")
    content = read(path_of(people.student()))
    parsed = icalendar.Calendar.from_ical(content)
    assert [event.decoded("dtstart").astimezone(UTC) for event in parsed.walk("VEVENT")] == wanted
    assert [event.decoded("dtstart").strftime("%H:%M %z") for event in parsed.walk("VEVENT")] == [
        f"17:00 {offset}" for offset in offsets
    ]
    again = vobject.readOne(content.decode())
    assert sorted(event.dtstart.value.astimezone(UTC) for event in again.vevent_list) == wanted
    assert again.vtimezone.tzid.value == zone
    expanded = recurring_ical_events.of(parsed).between(date(2026, 10, 1), date(2026, 11, 30))
    assert sorted(event.decoded("dtstart").astimezone(UTC) for event in expanded) == wanted
    assert f"DTSTART;TZID={zone}:20261024T170000".encode() in content


def test_event_says_what_where_and_when(physics):
    found = events(read(path_of(people.student())))
    event = found[f"{physics.uuid}@classcrew"]
    assert str(event["summary"]) == "Physics"
    assert str(event["location"]) == "Room 3"
    assert str(event["description"]) == "Meera Joshi"
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert str(event["status"]) == "CONFIRMED"
    assert event.decoded("sequence") == 0


def test_long_hindi_names_newlines_and_signs_come_through(physics):
    physics.topic = HINDI[:120]
    physics.room = timetables.room("Hall; upper floor, left\\ wing")
    physics.save()
    physics.batch.name = f"A\x00\x07B\r\nEND:VEVENT {HINDI}"[:120].replace("\x00", "")
    physics.batch.save()
    content = read(path_of(people.teacher()))
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no letter is cut in two
    event = events(content)[f"{physics.uuid}@classcrew"]
    assert str(event["summary"]) == " ".join(HINDI[:120].split())
    assert str(event["location"]) == "Hall; upper floor, left\\ wing"
    assert str(event["description"]).startswith("AB END:VEVENT")
    assert len(events(content)) == 1
    assert vobject.readOne(content.decode()).vevent.summary.value == " ".join(HINDI[:120].split())


def test_moved_class_keeps_its_uid_and_counts_up(physics):
    path = path_of(people.student())
    before = events(read(path))
    physics.starts_at += timedelta(days=1)
    physics.ends_at += timedelta(days=1)
    physics.sequence, physics.changed_at, physics.room = 4, NOW + timedelta(minutes=1), timetables.room("Hall")
    physics.save()
    after = events(read(path))
    assert before.keys() == after.keys()
    event = after[f"{physics.uuid}@classcrew"]
    assert (event.decoded("sequence"), str(event["location"])) == (4, "Hall")
    assert event.decoded("last-modified") == event.decoded("dtstamp") == NOW + timedelta(minutes=1)


def test_one_change_reaches_page_and_phone_at_once(physics):
    path, student = path_of(people.student()), people.signed_in(people.student())
    uid, now = f"{physics.uuid}@classcrew", NOW + timedelta(minutes=5)
    before = events(read(path))[uid]
    to = replace(classes.ClassDetails.of(physics), room=timetables.room("Hall"), teacher=people.other_teacher())
    changed = classes.change_class(physics, to=to, sequence=physics.sequence, actor=people.admin(), now=now)
    after = events(read(path))[uid]
    assert after.decoded("sequence") > before.decoded("sequence")
    assert (str(after["location"]), after.decoded("last-modified")) == ("Hall", now)
    agenda = {"view": "agenda", "on": "2026-10-24"}
    assert "Hall · Imran Shaikh" in student.get("/calendar/", agenda).content.decode()
    classes.cancel_class(changed, reason="No water", sequence=changed.sequence, actor=people.admin(), now=now)
    assert str(events(read(path))[uid]["status"]) == "CANCELLED"
    page = student.get("/calendar/", agenda).content.decode()
    assert "Cancelled" in page
    assert "No water" in page


def test_cancelled_class_stays_and_says_so_even_for_a_holiday(physics):
    day = Holiday.objects.create(name="दीपावली", starts_on=date(2026, 10, 24), ends_on=date(2026, 10, 25))
    physics.cancelled_at, physics.holiday, physics.reason = NOW, day, "Meera is ill"
    physics.save()
    content = read(path_of(people.student()))
    found = events(content)
    assert str(found[f"{physics.uuid}@classcrew"]["status"]) == "CANCELLED"
    assert b"ill" not in content
    holiday = found[f"{day.uuid}@classcrew"]
    assert (holiday.decoded("dtstart"), holiday.decoded("dtend")) == (date(2026, 10, 24), date(2026, 10, 26))
    assert str(holiday["transp"]) == "TRANSPARENT"


def test_a_month_back_and_half_a_year_ahead_and_no_further(physics):
    ClassSession.objects.all().delete()
    for days in (-32, -29, 0, 179, 182):
        timetables.class_session(physics.batch, NOW + timedelta(days=days, hours=1), topic=f"Day {days}")
    found = {str(event["summary"]) for event in events(read(path_of(people.student()))).values()}
    assert found == {"Day -29", "Day 0", "Day 179"}


def test_nothing_of_others_and_no_online_link(physics):
    physics.mode, physics.link, physics.room = "ONLINE", "https://meet.test/secret", None
    physics.save()
    other = timetables.batch("NEET")
    timetables.enrol(people.other_student(), other)
    timetables.class_session(other, NOW + timedelta(hours=2), topic="Optics")
    Guardianship.objects.create(guardian=people.guardian(), student=people.student(), relation="Father")
    content = read(path_of(people.guardian())).decode()
    assert "meet.test" not in content
    assert "Optics" not in content
    assert "SUMMARY:Ananya: Physics" in content
    assert "Kulkarni" not in content
    assert str(next(iter(events(content.encode()).values()))["location"]) == "Online"


# --- Who may read it --------------------------------------------------------------------------------------------------


def test_unknown_replaced_and_revoked_addresses_and_those_of_who_may_not_sign_in_are_not_there(physics):
    student, browser = people.student(), Client()
    first, second = path_of(student), path_of(student)
    assert browser.get(f"/calendar/{uuid.uuid4()}.ics").status_code == 404
    assert browser.get(first).status_code == 404
    assert browser.get(second).status_code == 200
    student.is_active = False
    student.save()
    assert browser.get(second).status_code == 404
    student.is_active = True
    student.save()
    assert feeds.revoke_feed(student) is True
    assert feeds.revoke_feed(student) is False
    assert browser.get(second).status_code == 404


def test_only_the_hash_is_kept_and_making_is_recorded():
    secret = feeds.make_feed(people.student())
    row = CalendarFeed.objects.get()
    assert secret not in str(vars(row))
    assert len(secret) >= 43
    events_kept = list(Activity.objects.values_list("event", flat=True))
    assert events_kept == ["calendar_feed.made"]
    assert secret not in str(list(Activity.objects.values()))


def test_secret_is_in_no_log_line_and_goes_nowhere_by_referer(physics, caplog):
    secret = feeds.make_feed(people.student())
    with caplog.at_level(logging.INFO):
        for path in (f"/calendar/{secret}.ics", f"/calendar/{secret}.ics/", f"/calendar/{secret}X.ics"):
            response = Client().get(path)
            assert response.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert secret not in caplog.text
    assert "/calendar/***.ics" in caplog.text


def test_slash_at_its_end_leads_to_it(physics):
    path = path_of(people.student())
    assert Client().get(f"{path}/", follow=True).redirect_chain == [(path, 302)]


def test_page_shows_the_address_once_and_a_new_one_replaces_it(physics):
    browser = people.signed_in(people.student())
    assert "no address yet" in browser.get("/calendar/link/").content.decode()
    made = browser.post("/calendar/link/")
    link = made.context["link"]
    assert made.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert made.context["webcal"].startswith("webcal://")
    path = link[link.index("/calendar/") :]
    assert Client().get(path).status_code == 200
    assert link not in browser.get("/calendar/link/").content.decode()
    browser.post("/calendar/link/")
    assert Client().get(path).status_code == 404
    assert browser.post("/calendar/link/revoke/").status_code == 302
    assert browser.post("/calendar/link/revoke/").status_code == 302
    assert not CalendarFeed.objects.exists()


def test_writing_methods_are_refused(physics):
    assert Client().post(path_of(people.student())).status_code == 405


# --- How often --------------------------------------------------------------------------------------------------------


def test_unchanged_calendar_is_not_sent_again_and_a_changed_one_is(physics):
    path, browser = path_of(people.student()), Client()
    first = browser.get(path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"].startswith("private")
    assert "Last-Modified" in first.headers
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        again = browser.get(path, headers={"if-none-match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == etag
        assert browser.head(path).headers["ETag"] == etag
    ClassSession.objects.update(sequence=1)
    assert browser.get(path, headers={"if-none-match": etag}).status_code == 200


def test_who_left_the_batch_gets_a_calendar_without_it_though_nothing_was_changed_later(physics):
    path, browser = path_of(people.student()), Client()
    first = browser.get(path)
    people.student().enrolments.update(left_at=NOW)
    headers = {"if-modified-since": first.headers["Last-Modified"]}
    assert events(browser.get(path, headers=headers).content) == {}


def test_a_calendar_that_asks_too_often_is_told_when_to_come_back(physics):
    path, browser = path_of(people.student()), Client()
    for _ in range(CALENDAR_READING.tries):
        assert browser.get(path).status_code == 200
    refused = browser.get(path)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert Client().get(path_of(people.teacher())).status_code == 200


def test_guessing_addresses_and_making_them_are_counted():
    stranger, browser = Client(), people.signed_in(people.student())
    answers = [stranger.get(f"/calendar/{number}.ics").status_code for number in range(CALENDAR_LOST.tries + 1)]
    assert set(answers[:-1]) == {404}
    assert answers[-1] == 429
    answers = [browser.post("/calendar/link/").status_code for _ in range(CALENDAR_MAKING.tries + 1)]
    assert set(answers[:-1]) == {200}
    assert answers[-1] == 429


def test_reading_is_noted_to_the_hour(physics):
    path = path_of(people.student())
    read(path)
    assert CalendarFeed.objects.get().read_at == NOW
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        read(path)
    assert CalendarFeed.objects.get().read_at == NOW
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        read(path)
    assert CalendarFeed.objects.get().read_at == NOW + timedelta(minutes=61)


def test_costs_as_many_queries_at_30_classes_as_at_3(physics, same_queries):
    path = path_of(people.student())

    def add(count):
        for number in range(count):
            timetables.class_session(physics.batch, NOW + timedelta(days=number), topic=str(number))

    same_queries(lambda: read(path), add=add, at_most=15)
