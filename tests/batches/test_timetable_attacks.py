"""What an adversary tried on slots, classes and holidays: odd days, late changes, errors of others, long names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Guardianship, Institute, Notification, User
from batches import archive, changes, classes, details, enrolments, gaps, holidays, services, timetable
from batches.classes import ClassDetails, ClassRefused
from batches.models import Batch, ClassSession, Enrolment, Holiday, WeeklySlot
from batches.series import Days
from batches.slot_changes import change_slot
from batches.timetable import SlotDetails
from tests import people
from tests.batches import timetables
from tests.racing import outcomes

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)  # a Wednesday, 11:30 in Kolkata
TODAY = date(2026, 11, 18)
MONDAY, TUESDAY, WEDNESDAY, FRIDAY = 0, 1, 2, 4
FIRST = date(2026, 11, 24)  # the first coming Tuesday
HINDI = ("संयुक्त प्रवेश परीक्षा की तैयारी, भौतिकी और रसायन " * 5)[:200]


@pytest.fixture(autouse=True)
def _on_a_wednesday(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def batch() -> Batch:
    return timetables.batch(starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 31))


def made(batch: Batch, **fields: Any) -> WeeklySlot:
    usual = SlotDetails(TUESDAY, time(17), time(18, 30), TODAY, batch.ends_on, teacher=people.teacher())
    slot = timetable.make_slot(batch, to=replace(usual, **fields), actor=people.admin(), now=NOW).slot
    assert slot
    return slot


def change(slot: WeeklySlot, *, from_day: date = TODAY, **fields: Any) -> timetable.Outcome:
    to = replace(SlotDetails.of(slot), **fields)
    return change_slot(slot, to=to, from_day=from_day, revision=slot.revision, actor=people.admin(), now=NOW)


def given(row: ClassSession, **fields: Any) -> ClassSession:
    """The class, changed by hand."""
    row.refresh_from_db()
    to = replace(ClassDetails.of(row), **fields)
    return classes.change_class(row, to=to, sequence=row.sequence, actor=people.admin(), now=NOW)


def free(first: date, name: str = "Guru Nanak Jayanti") -> Holiday:
    return holidays.add_holiday(name, Days(first, first), actor=people.admin(), now=NOW)[0]


def unfree(holiday: Holiday) -> None:
    holidays.remove_holiday(holiday, actor=people.admin(), now=NOW)


def on(day: date) -> ClassSession:
    return ClassSession.objects.get(on=day)


# --- Slots ------------------------------------------------------------------------------------------------------------


def test_a_holiday_that_goes_brings_no_second_class_into_a_week_that_had_its_own(batch: Batch) -> None:
    slot = made(batch, starts_on=batch.starts_on)  # held on Tuesday, yesterday
    change(slot, weekday=FRIDAY)
    assert not ClassSession.objects.filter(on=date(2026, 11, 20)).exists()
    unfree(free(date(2026, 11, 27)))
    assert not ClassSession.objects.filter(on=date(2026, 11, 20)).exists()


def test_an_earlier_weekday_in_the_first_week_of_a_batch_is_no_day_before_the_batch() -> None:
    batch = timetables.batch(starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 31))  # from a Wednesday on
    slot = made(batch, weekday=FRIDAY, starts_on=batch.starts_on)
    after = change(slot, from_day=date(2026, 12, 4), weekday=MONDAY).slot
    assert after
    assert after.starts_on >= batch.starts_on
    assert ClassSession.objects.earliest("on").on == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("starts", "ends"), [(time(2, 30), time(3)), (time(2, 15), time(3, 10)), (time(2), time(2, 45))]
)
def test_a_class_in_the_hour_that_summer_time_leaves_out_takes_as_long_as_by_the_clock(
    starts: time, ends: time
) -> None:
    Institute.objects.create(pk=1, name="Pragati", time_zone="Europe/Berlin")
    batch = timetables.batch(starts_on=date(2027, 3, 1), ends_on=date(2027, 4, 30))
    made(batch, weekday=6, starts_at=starts, ends_at=ends, starts_on=batch.starts_on)
    lengths = {row.ends_at - row.starts_at for row in ClassSession.objects.all()}
    assert lengths == {datetime.combine(TODAY, ends) - datetime.combine(TODAY, starts)}


def test_a_slot_says_for_which_holiday_its_classes_are_off_and_forgets_it_with_the_day(batch: Batch) -> None:
    slot = made(batch)
    free(FIRST)
    Holiday.objects.create(name="Christmas", starts_on=date(2026, 12, 2), ends_on=date(2026, 12, 2))
    row = on(FIRST)
    change(slot, weekday=WEDNESDAY)
    row.refresh_from_db()
    assert (row.is_cancelled, row.reason) == (False, "")
    assert on(date(2026, 12, 2)).reason == "Christmas"


def test_a_class_held_by_decision_and_cancelled_for_the_next_holiday_moves_out_of_it(batch: Batch) -> None:
    slot, holiday = made(batch), free(FIRST)
    row = on(FIRST)
    classes.restore_class(row, sequence=row.sequence, actor=people.admin(), now=NOW)
    unfree(holiday)
    free(FIRST, "Election")
    change(slot, weekday=WEDNESDAY)
    row.refresh_from_db()
    assert (row.on, row.is_cancelled, row.holiday) == (date(2026, 11, 25), False, None)


def test_a_second_holiday_on_the_same_day_leaves_a_class_held_that_is_held_by_decision(batch: Batch) -> None:
    made(batch)
    free(FIRST)
    row = on(FIRST)
    classes.restore_class(row, sequence=row.sequence, actor=people.admin(), now=NOW)
    free(FIRST, "Guru Nanak Jayanti (gazetted)")
    assert not on(FIRST).is_cancelled


def test_a_slot_or_batch_that_is_gone_is_refused_in_words(batch: Batch) -> None:
    slot = made(batch)
    stale, single = WeeklySlot.objects.get(pk=slot.pk), on(FIRST)
    archive.delete_batch(batch, actor=people.admin(), now=NOW)
    with pytest.raises(ClassRefused):
        change(stale, ends_at=time(19))
    with pytest.raises(ClassRefused):
        timetable.end_slot(stale, from_day=TODAY, revision=1, actor=people.admin(), now=NOW)
    with pytest.raises(ClassRefused):
        classes.cancel_class(single, reason="No", sequence=0, actor=people.admin(), now=NOW)


def test_a_form_key_that_names_another_batchs_row_makes_a_row_of_its_own(batch: Batch) -> None:
    slot, other = made(batch), timetables.batch("NEET", starts_on=batch.starts_on, ends_on=batch.ends_on)
    to = replace(SlotDetails.of(slot), teacher=None)
    outcome = timetable.make_slot(other, to=to, slot_uuid=slot.uuid, actor=people.admin(), now=NOW)
    assert outcome.slot
    assert (outcome.slot.batch, outcome.slot.uuid == slot.uuid) == (other, False)
    begins = timetables.at(FIRST, 9)
    single = ClassDetails(begins, begins + timedelta(hours=1))
    row = classes.add_class(other, to=single, class_uuid=on_of(batch).uuid, actor=people.admin(), now=NOW)
    assert (row.batch, row.uuid == on_of(batch).uuid) == (other, False)


def on_of(batch: Batch) -> ClassSession:
    return batch.class_sessions.earliest("starts_at")


# --- One class --------------------------------------------------------------------------------------------------------


def test_a_class_given_back_to_its_teacher_has_no_substitute(batch: Batch) -> None:
    made(batch)
    row = given(on(FIRST), teacher=people.other_teacher())
    assert row.own == ["teacher"]
    assert given(row, teacher=people.teacher()).own == []


def test_the_topic_of_a_class_that_is_over_is_written_when_its_teacher_has_left(batch: Batch) -> None:
    row = timetables.class_session(batch, NOW - timedelta(days=1), teacher=people.teacher())
    User.objects.filter(pk=row.teacher_id).update(is_active=False)
    assert given(row, topic="Waves").topic == "Waves"


def test_who_leaves_before_the_new_time_is_told_that_the_old_one_is_off(batch: Batch) -> None:
    row = timetables.class_session(batch, NOW + timedelta(days=1), teacher=people.teacher())
    timetables.enrol(people.student(), batch, left_at=NOW + timedelta(days=3))
    later = NOW + timedelta(days=7)
    given(row, starts_at=later, ends_at=later + timedelta(hours=1))
    assert Notification.objects.filter(recipient=people.student()).count() == 1


def test_a_guardian_of_two_in_one_batch_is_told_once_of_each_and_reads_one_class(batch: Batch) -> None:
    row = timetables.class_session(batch, NOW + timedelta(days=1), teacher=people.teacher())
    for child in (people.student(), people.other_student()):
        timetables.enrol(child, batch)
        Guardianship.objects.create(student=child, guardian=people.guardian())
    classes.cancel_class(row, reason="No power", sequence=0, actor=people.teacher(), now=NOW)
    told = Notification.objects.filter(kind="class.changed")
    assert {one.about for one in told.filter(recipient=people.guardian())} == {people.student(), people.other_student()}
    assert told.filter(recipient=people.guardian()).count() == 2
    assert not told.filter(recipient=people.teacher()).exists()
    link = people.signed_in(people.guardian()).post(reverse("calendar_feed_page")).context["link"]
    body = Client().get("/" + link.split("/", 3)[3]).content.decode()
    assert (body.count("BEGIN:VEVENT"), body.count("STATUS:CANCELLED")) == (1, 1)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://meet.test/a", "https://me et.test/", "data:x"])
def test_a_class_takes_no_link_but_https(batch: Batch, link: str) -> None:
    form = {"day": "2026-11-25", "starts_at": "09:00", "ends_at": "10:00", "mode": "ONLINE", "link": link}
    answer = people.signed_in(people.admin()).post(reverse("class_create", args=[batch.uuid]), form)
    assert answer.status_code == 200
    assert not ClassSession.objects.exists()


def test_a_class_whose_teacher_or_room_is_gone_is_among_those_that_lack_something(batch: Batch) -> None:
    room = timetables.room()
    row = timetables.class_session(batch, NOW + timedelta(days=1), teacher=people.teacher(), room=room)
    found = gaps.of_week(now=NOW)
    assert not found.teacher.exists()
    assert not found.room.exists()
    User.objects.filter(pk=people.teacher().pk).update(is_active=False)
    type(room).objects.update(is_active=False)
    found = gaps.of_week(now=NOW)
    assert list(found.teacher) == list(found.room) == list(found.teacher | found.room) == [row]


def test_a_class_that_comes_back_after_a_holiday_is_held_as_its_batch_is_by_then(batch: Batch) -> None:
    made(batch)
    holiday = free(FIRST)
    to = replace(details.of(batch), mode=Batch.Mode.ONLINE, link="https://meet.test/a")
    services.change_batch(batch, to=to, seen=None, actor=people.admin(), now=NOW)
    unfree(holiday)
    assert (on(FIRST).mode, on(FIRST).is_cancelled) == (Batch.Mode.ONLINE, False)


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_slot_page_that_is_old_loses_nothing_without_a_word(batch: Batch) -> None:
    slot, browser = made(batch), people.signed_in(people.admin())
    form = {"weekday": "1", "starts_at": "08:00", "ends_at": "09:00", "teacher": people.teacher().pk}
    form |= {"starts_on": "2026-11-18", "ends_on": "2026-12-31", "from_day": "2026-12-01", "version": "1"}
    url = reverse("slot_change", args=[slot.uuid])
    assert browser.post(url, form).status_code == 302
    answer = browser.post(url, form | {"starts_at": "11:00", "ends_at": "12:00"})
    assert answer.status_code in {400, 409}
    assert 'name="version" value="2"' in answer.content.decode()
    again = browser.post(url, form | {"starts_at": "11:00", "ends_at": "12:00", "version": "2"})
    hours = {row.starts_at.hour for row in ClassSession.objects.filter(on__gte=date(2026, 12, 1))}
    assert (again.status_code, hours) == (200, {2})  # the slot that follows is the one to change
    assert "another weekly slot follows this one" in again.content.decode()


def test_pages_stand_names_as_long_as_they_may_be_in_hindi(batch: Batch) -> None:
    long = timetables.batch(HINDI[:120], starts_on=batch.starts_on, ends_on=batch.ends_on)
    fields = {"subject": timetables.subject(HINDI[:60]), "room": timetables.room(HINDI[:60])}
    slot = made(long, **fields)
    timetables.enrol(people.student(), long)
    row = given(on(FIRST), topic=HINDI[:120], room=None)
    moved = row.starts_at + timedelta(hours=1)
    given(row, starts_at=moved, ends_at=moved + timedelta(hours=1))
    row.refresh_from_db()
    classes.cancel_class(row, reason=HINDI, sequence=row.sequence, actor=people.admin(), now=NOW)
    free(date(2026, 12, 1), HINDI[:120].strip())
    longest = max(len(one.title) for one in Notification.objects.all())
    assert longest <= 200
    for who in (people.admin(), people.student()):
        browser = people.signed_in(who)
        for address in (
            reverse("timetable", args=[long.uuid]),
            reverse("class_session", args=[row.uuid]),
            "/calendar/",
        ):
            assert browser.get(address).status_code == 200
    assert people.signed_in(people.admin()).get(reverse("slot_change", args=[slot.uuid])).status_code == 200


def test_a_timetable_costs_as_much_with_three_classes_as_with_three_hundred(
    batch: Batch, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    browser, url = people.signed_in(people.admin()), reverse("timetable", args=[batch.uuid])
    ClassSession.objects.bulk_create(hourly(batch, 3))
    browser.get(url)
    with django_assert_max_num_queries(25) as few:
        browser.get(url)
    ClassSession.objects.bulk_create(hourly(batch, 300))
    with django_assert_num_queries(len(few.captured_queries)):
        browser.get(url)


def hourly(batch: Batch, count: int) -> list[ClassSession]:
    starts = [NOW + timedelta(hours=number + 1) for number in range(count)]
    hour = timedelta(hours=1)
    return [ClassSession(batch=batch, starts_at=at, ends_at=at + hour, teacher=people.teacher()) for at in starts]


# --- Errors of those who follow ---------------------------------------------------------------------------------------


class Broken(Exception):
    """What the hook of another area raises."""


@pytest.fixture
def _hooks_that_fail() -> Iterator[None]:
    def fail(_changed: Any) -> None:
        raise Broken

    changes.CLASS_SESSION.append(fail)
    changes.ENROLMENT.append(fail)
    yield
    changes.CLASS_SESSION.remove(fail)
    changes.ENROLMENT.remove(fail)


def state() -> list[Any]:
    tables = (Batch, WeeklySlot, ClassSession, Holiday, Enrolment, Notification)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def verbs(batch: Batch, slot: WeeklySlot, row: ClassSession, holiday: Holiday) -> dict[str, Callable[[], Any]]:
    by: dict[str, Any] = {"actor": people.admin(), "now": NOW}
    later = ClassDetails(row.starts_at - timedelta(hours=4), row.starts_at - timedelta(hours=3))
    off = ClassSession.objects.get(holiday=holiday)
    stay = batch.enrolments.get()
    return {
        "make": lambda: timetable.make_slot(batch, to=replace(SlotDetails.of(slot), weekday=FRIDAY), **by),
        "change": lambda: change(slot, from_day=date(2026, 12, 10), weekday=MONDAY),
        "end": lambda: timetable.end_slot(slot, from_day=date(2026, 12, 10), revision=1, **by),
        "add": lambda: classes.add_class(batch, to=later, **by),
        "move": lambda: classes.change_class(row, to=later, sequence=0, **by),
        "cancel": lambda: classes.cancel_class(row, reason="No", sequence=0, **by),
        "restore": lambda: classes.restore_class(off, sequence=off.sequence, **by),
        "holiday": lambda: free(date(2026, 12, 8), "Dattatreya"),
        "no holiday": lambda: unfree(holiday),
        "archive": lambda: archive.archive_batch(batch, **by),
        "enrol": lambda: enrolments.enrol(batch, student=people.other_student(), **by),
        "leave": lambda: enrolments.leave(stay, **by),
    }


NAMES = (
    "make",
    "change",
    "end",
    "add",
    "move",
    "cancel",
    "restore",
    "holiday",
    "no holiday",
    "archive",
    "enrol",
    "leave",
)


@pytest.mark.parametrize("verb", NAMES)
def test_an_error_in_another_area_leaves_everything_as_it_was(batch: Batch, verb: str, request: Any) -> None:
    slot = made(batch)
    timetables.enrol(people.student(), batch)
    people.other_student()
    holiday = free(FIRST)
    row = ClassSession.objects.get(on=date(2026, 12, 1))
    work = verbs(batch, slot, row, holiday)[verb]
    request.getfixturevalue("_hooks_that_fail")
    before = state()
    with pytest.raises(Broken):
        work()
    assert state() == before


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["holiday", "archive", "enrolment"])
def test_a_slot_that_moves_beside_another_change_ends_as_if_one_came_first(batch: Batch, beside: str) -> None:
    slot, office, student = made(batch), people.admin(), people.student()
    beside_it: dict[str, Callable[[], Any]] = {
        "holiday": partial(free, date(2026, 12, 2)),
        "archive": partial(archive.archive_batch, batch, actor=office, now=NOW),
        "enrolment": partial(enrolments.enrol, batch, student=student, actor=office, now=NOW),
    }
    given = outcomes([partial(change, slot, weekday=WEDNESDAY), beside_it[beside]])
    failed = [one for one in given if isinstance(one, Exception)]
    held = set(ClassSession.objects.held().values_list("on", flat=True))
    if beside == "archive":
        assert held == set()
        assert [type(one) for one in failed] in ([], [ClassRefused])
    else:
        assert failed == []
        assert (date(2026, 12, 2) in held) == (beside == "enrolment")
        assert date(2026, 11, 25) in held
