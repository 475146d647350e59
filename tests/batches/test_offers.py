"""What batches offer to first screens, to-do lists, one's own copy and an erasure."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts import guardians
from accounts.models import Role, User
from batches import offers, own_copy
from batches.models import Batch, CalendarFeed, ClassSession, Enrolment, Holiday, JoinRequest, Teaching
from batches.room_day import room_day
from coaching.lib.offers import Panel, Todo
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
SATURDAY = date(2026, 11, 21)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return timetables.at(SATURDAY + timedelta(days=days), hour, minute)


@pytest.fixture
def batch() -> Batch:
    made = timetables.batch(starts_on=date(2026, 6, 1), ends_on=date(2027, 5, 31))
    timetables.enrol(people.student(), made)
    return made


def labels(panel: Panel) -> list[tuple[str, str]]:
    return [(line.label, line.state) for line in panel.lines]


def panel(person: User, now: datetime) -> Panel:
    return offers.panel(User.objects.get(pk=person.pk), now=now)


# --- First screens ----------------------------------------------------------------------------------------------------


def test_student_sees_first_what_is_now_then_the_rest_of_the_day(batch):
    for hour in (8, 17, 19):
        timetables.class_session(batch, at(hour), topic=f"At {hour}")
    timetables.class_session(batch, at(8, days=1), topic="Tomorrow")
    assert labels(panel(people.student(), at(17, 30))) == [("At 17", "now"), ("At 19", "")]
    assert labels(panel(people.student(), at(12))) == [("At 17", ""), ("At 19", "")]
    assert labels(panel(people.student(), at(21))) == [("Tomorrow", "")]


def test_cancelled_class_is_not_the_next_one_but_stands_there_on_its_day(batch):
    off = timetables.class_session(batch, at(17), topic="Off")
    ClassSession.objects.filter(pk=off.pk).update(cancelled_at=at(9))
    timetables.class_session(batch, at(19), topic="On")
    assert labels(panel(people.student(), at(12))) == [("On", ""), ("Off", "off")]
    ClassSession.objects.update(cancelled_at=at(9))
    assert labels(panel(people.student(), at(12))) == [("Off", "off"), ("On", "off")]
    assert panel(people.student(), at(12, days=-1)).lines == ()


def test_student_of_no_batch_is_told_so(batch):
    empty = panel(people.other_student(), at(12)).empty
    assert empty is not None
    with time_machine.travel(at(12), tick=False):
        assert empty.title in people.signed_in(people.other_student()).get("/dashboard/").content.decode()


def test_teacher_sees_his_day_or_when_he_teaches_next(batch):
    other = timetables.batch("NEET 2027 C")
    Teaching.objects.filter(batch=other).delete()
    timetables.class_session(batch, at(8), topic="Mine")  # nobody is named, and he teaches the batch
    timetables.class_session(other, at(11), topic="Standing in", teacher=people.teacher())
    timetables.class_session(batch, at(15), topic="Somebody else’s", teacher=people.other_teacher())
    shown = panel(people.teacher(), at(13))
    assert labels(shown) == [("JEE 2027 A · Mine", "past"), ("NEET 2027 C · Standing in", "past")]
    assert labels(panel(people.other_teacher(), at(13))) == [("JEE 2027 A · Somebody else’s", "")]
    timetables.class_session(batch, at(8, days=2))
    empty = panel(people.teacher(), at(12, days=1)).empty
    assert empty is not None
    assert empty.text == "Next: JEE 2027 A, Mon 23 Nov 2026, 8:00 am."


def test_guardian_sees_todays_classes_of_each_child(batch):
    ananya, ritika, guardian = people.student(), people.other_student(), people.guardian()
    other = timetables.batch("NEET 2027 C")
    timetables.enrol(ritika, other)
    left = timetables.batch("Left")
    timetables.enrol(ananya, left, left_at=at(9))
    for child in (ananya, ritika):
        guardians.link_guardian(child, guardian=guardian, actor=people.admin())
    timetables.class_session(batch, at(17), topic="Optics")
    timetables.class_session(other, at(11), topic="Genetics")
    timetables.class_session(left, at(12), topic="Left")
    timetables.class_session(batch, at(17, days=1), topic="Tomorrow")
    assert [(line.label, line.over) for line in panel(guardian, at(12)).lines] == [
        ("Genetics", "रितिका शर्मा · NEET 2027 C"),
        ("Optics", "Ananya Kulkarni · JEE 2027 A"),
    ]


def test_child_page_and_guardian_link_show_the_day_and_who_is_not_signed_in_is_led_nowhere(batch):
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    with time_machine.travel(at(12), tick=False):
        timetables.class_session(batch, at(17), topic="Optics")
        shown = people.signed_in(people.guardian()).get(f"/children/{people.student().uuid}/").content.decode()
    assert "Optics" in shown
    assert "5:00 pm" in shown


# --- Today by room ----------------------------------------------------------------------------------------------------


def test_rooms_are_rows_and_what_overlaps_gets_a_lane_more(batch):
    one, two = timetables.room("Room 1"), timetables.room("Room 2")
    other = timetables.batch("NEET 2027 C")
    timetables.class_session(batch, at(9), room=one)
    timetables.class_session(other, at(10), room=one, minutes=60)
    timetables.class_session(batch, at(10, 30), room=two, minutes=30)
    timetables.class_session(batch, at(18), mode=Batch.Mode.ONLINE)
    timetables.class_session(other, at(18))
    off = timetables.class_session(batch, at(12), room=two)
    ClassSession.objects.filter(pk=off.pk).update(cancelled_at=at(9))
    day = offers.office(now=at(9, 30))
    assert [(room.name, len(room.lanes)) for room in day.rooms] == [
        ("Room 1", 2),
        ("Room 2", 1),
        ("No room", 1),
        ("Online", 1),
    ]
    assert day.hours[0] == "8 am"
    assert len(day.hours) == 12
    for room in day.rooms:
        assert {sum(slot.span for slot in lane) for lane in room.lanes} == {48}
    [first], [second] = ([slot for slot in lane if slot.label] for lane in day.rooms[0].lanes)
    assert (first.state, first.word, second.word) == ("now", "Clash", "Clash")
    assert [slot.span for slot in day.rooms[0].lanes[0]] == [4, 6, 38]


def test_classes_at_night_stretch_the_day_and_end_with_it(batch):
    timetables.class_session(batch, at(5, 40), minutes=30, room=timetables.room())
    timetables.class_session(batch, at(23, 50), minutes=60, room=timetables.room())
    day = offers.office(now=at(12))
    assert (day.hours[0], len(day.hours)) == ("5 am", 19)
    [lane] = day.rooms[0].lanes
    assert [slot.span for slot in lane] == [2, 3, 70, 1]


def test_free_day_says_why(batch):
    assert offers.office(now=at(12)).rooms == ()
    holiday = Holiday.objects.create(name="Diwali", starts_on=SATURDAY, ends_on=SATURDAY)
    row = timetables.class_session(batch, at(9), holiday=holiday, cancelled_at=at(8))
    row.refresh_from_db()
    assert room_day([row], now=at(12)).holiday == "Diwali"


# --- What waits -------------------------------------------------------------------------------------------------------


def waits(person: User, now: datetime) -> dict[str, Todo]:
    return {one.kind: one for one in offers.todo(User.objects.get(pk=person.pk), now=now)}


def test_offer_waits_for_the_student_and_his_guardian_until_it_ends(batch):
    guardians.link_guardian(people.other_student(), guardian=people.guardian(), actor=people.admin())
    offered: dict[str, Any] = {"state": JoinRequest.State.OFFERED, "offer_ends_at": at(12)}
    JoinRequest.objects.create(batch=batch, student=people.other_student(), **offered)
    mine = waits(people.other_student(), at(11))["batch.offer"]
    assert (mine.label, mine.due_at) == ("A seat in JEE 2027 A is free for you", at(12))
    assert waits(people.guardian(), at(11))["batch.offer"].label == "A seat in JEE 2027 A is free for रितिका शर्मा"
    for person in (people.student(), people.teacher(), people.admin()):
        assert "batch.offer" not in waits(person, at(11))
    assert "batch.offer" not in waits(people.other_student(), at(12))
    assert people.signed_in(people.other_student()).get(mine.url).status_code == 200


def test_who_asks_to_join_waits_for_the_teachers_of_the_batch_and_the_office(batch):
    JoinRequest.objects.create(batch=batch, student=people.other_student())
    assert waits(people.teacher(), at(12))["batch.asked"].label == "रितिका शर्मा asks to join JEE 2027 A"
    assert waits(people.admin(), at(12))["batch.asked"].label == "1 student asks to join"
    assert "batch.asked" not in waits(people.other_teacher(), at(12))
    for number in range(4):
        student = people.person(f"S {number}", Role.STUDENT, admission_number=f"O-{number}")
        JoinRequest.objects.create(batch=batch, student=student)
    assert waits(people.teacher(), at(12))["batch.asked"].label == "5 students ask to join"
    url = waits(people.teacher(), at(12))["batch.asked"].url
    assert people.signed_in(people.teacher()).get(url).status_code == 200


def test_office_is_told_of_clashes_and_of_what_classes_lack(batch):
    assert waits(people.admin(), at(12)) == {}
    room = timetables.room()
    Teaching.objects.all().delete()
    timetables.class_session(batch, at(17), room=room)
    timetables.class_session(timetables.batch("NEET 2027 C"), at(18), teacher=people.teacher(), room=room)
    timetables.class_session(batch, at(9, days=1), teacher=people.teacher())
    timetables.class_session(batch, at(9, days=8))  # beyond the week
    timetables.class_session(batch, at(12, days=1), teacher=people.teacher(), mode=Batch.Mode.ONLINE)
    found = waits(people.admin(), at(12))
    assert [found[kind].label for kind in ("class.clash", "class.teacher", "class.room")] == [
        "1 clash in the timetable",
        "1 class has no teacher",
        "1 class has no room",
    ]
    with time_machine.travel(at(12), tick=False):
        browser = people.signed_in(people.admin())
        assert {browser.get(one.url).status_code for one in found.values()} == {200}
        assert len(browser.get("/batches/classes/gaps/").context["lines"]) == 2


def test_class_of_a_batch_that_has_a_teacher_lacks_none_and_without_rooms_none_lacks_a_room(batch):
    timetables.class_session(batch, at(17))
    assert waits(people.admin(), at(12)) == {}


def test_new_institute_is_told_to_make_a_batch():
    item = waits(people.admin(), at(12))["batch.none"]
    assert people.signed_in(people.admin()).get(item.url).status_code == 200


@pytest.mark.parametrize("who", [people.admin, people.teacher, people.student, people.guardian])
def test_first_screens_cost_the_same_with_3_and_with_30_classes_and_requests(who, same_queries):
    person, made = who(), iter(range(100))
    batch, room = timetables.batch(), timetables.room()
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    timetables.enrol(people.student(), batch)
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    Teaching.objects.create(batch=timetables.batch("Other"), teacher=people.other_teacher())

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            student = people.person(f"S {number}", Role.STUDENT, admission_number=f"Q-{number}")
            JoinRequest.objects.create(batch=batch, student=student)
            timetables.class_session(batch, noon + timedelta(minutes=number), room=room, teacher=people.teacher())
            timetables.class_session(batch, noon + timedelta(days=1, minutes=number))

    with time_machine.travel(noon, tick=False):
        client = people.signed_in(person)
        same_queries(lambda: client.get("/dashboard/"), add=add, at_most=20)


# --- One's own copy, and erasure --------------------------------------------------------------------------------------


def table(person: User, key: str) -> list[tuple[Any, ...]]:
    return next(list(section.rows) for section in own_copy.export(person) if section.key == key)


def test_copy_has_the_persons_batches_requests_classes_and_link_and_nobody_elses(batch):
    stay = Enrolment.objects.get(student=people.student())
    timetables.class_session(batch, stay.joined_at - timedelta(days=2), topic="Before")
    timetables.class_session(batch, at(9), topic="Optics")
    other = timetables.batch("NEET 2027 C")
    timetables.class_session(other, at(11), topic="Not mine")
    JoinRequest.objects.create(batch=other, student=people.student())
    JoinRequest.objects.create(batch=other, student=people.other_student())
    CalendarFeed.objects.create(person=people.student(), secret_hash="x")
    assert [row[0] for row in table(people.student(), "enrolments")] == ["JEE 2027 A"]
    assert [row[3] for row in table(people.student(), "classes")] == ["Optics"]
    assert [row[0] for row in table(people.student(), "join_requests")] == ["NEET 2027 C"]
    assert len(table(people.student(), "calendar_link")) == 1
    assert [row[0] for row in table(people.teacher(), "teaching")] == ["JEE 2027 A", "NEET 2027 C"]
    assert table(people.teacher(), "enrolments") == []


def test_enrolment_and_classes_to_come_hold_an_erasure_and_past_ones_do_not(batch):
    [hold] = own_copy.holds(people.student())
    assert (hold.reason, hold.until) == ("Enrolled in JEE 2027 A. Let the enrolment end first.", None)
    end = timezone.now() + timedelta(days=3)
    Enrolment.objects.update(left_at=end)
    assert own_copy.holds(people.student())[0].until == timezone.localdate(end)
    Enrolment.objects.update(left_at=timezone.now())
    assert own_copy.holds(people.student()) == []
    row = timetables.class_session(batch, teacher=people.teacher())
    assert [hold.reason for hold in own_copy.holds(people.teacher())] == [
        "1 class to come is his to teach. Give it to somebody else first."
    ]
    ClassSession.objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
    assert own_copy.holds(people.teacher()) == []


def test_erasing_takes_his_name_out_of_what_an_admin_wrote_down(batch):
    stay = Enrolment.objects.get()
    entry: dict[str, Any] = {"user": people.admin(), "action_flag": 2, "object_id": str(stay.pk)}
    entry |= {"content_type": ContentType.objects.get_for_model(Enrolment), "object_repr": str(stay)}
    LogEntry.objects.create(**entry)
    LogEntry.objects.create(**(entry | {"object_repr": "Somebody else · JEE 2027 A"}))
    own_copy.erase(people.student())
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {
        "Erased person",
        "Somebody else · JEE 2027 A",
    }
