"""The page of one batch: what each role sees of it, and for how many queries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import guardians
from accounts.models import Role, User
from batches.models import Batch, ClassSession, Teaching
from coaching.lib.offers import Cell, Column, Empty, Panel
from coaching.pages import batch as page
from tests import factories, people
from tests.batches import timetables

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    made = timetables.batch()
    timetables.enrol(people.student(), made)
    timetables.enrol(people.other_student(), made)
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    return made


def read(batch: Batch, who: User) -> str:
    return people.signed_in(who).get(f"/batches/{batch.uuid}/").content.decode()


def test_admin_and_teacher_see_who_is_in_the_batch_and_may_write(batch):
    timetables.class_session(batch)
    for who in (people.admin(), people.teacher()):
        shown = read(batch, who)
        assert "रितिका शर्मा" in shown
        assert "Send to 2" in shown
        assert "Also tell 1 guardian" in shown


@pytest.mark.parametrize("who", [people.student, people.guardian])
def test_learners_see_neither_the_others_nor_a_message_form(batch, who):
    shown = read(batch, who())
    assert "Ananya Kulkarni" in shown
    assert "रितिका शर्मा" not in shown
    assert "Message the batch" not in shown
    assert "2 students" not in shown
    assert "Meera Joshi" in shown


def test_teacher_whose_child_learns_in_anothers_batch_sees_what_guardians_see(batch):
    guardians.link_guardian(people.student(), guardian=people.guardian_who_teaches(), actor=people.admin())
    shown = read(batch, people.guardian_who_teaches())
    assert "Ananya Kulkarni" in shown
    assert "रितिका शर्मा" not in shown


def test_who_stands_in_sees_the_students_until_two_weeks_after(batch):
    substitute = people.other_teacher()
    row = timetables.class_session(batch, teacher=substitute)
    shown = read(batch, substitute)
    assert "रितिका शर्मा" in shown
    assert "Message the batch" not in shown
    long_ago = timezone.now() - timedelta(days=15)
    ClassSession.objects.filter(pk=row.pk).update(starts_at=long_ago - timedelta(hours=1), ends_at=long_ago)
    assert people.signed_in(substitute).get(f"/batches/{batch.uuid}/").status_code == 404


def test_who_left_does_not_see_the_batch_any_more(batch):
    batch.enrolments.filter(student=people.student()).update(left_at=timezone.now())
    assert people.signed_in(people.student()).get(f"/batches/{batch.uuid}/").status_code == 404


def test_two_last_and_four_next_classes_stand_there_with_what_is_other_than_usual(batch):
    now, slot = timezone.now(), timetables.slot(batch)
    for days in (-3, -2, -1):
        timetables.class_session(batch, now + timedelta(days=days), topic=f"Past {-days}")
    next_, moved, other, fourth, fifth = [
        timetables.class_session(batch, now + timedelta(days=days), topic=f"Coming {days}") for days in range(1, 6)
    ]
    change = ClassSession.objects.filter
    change(pk=next_.pk).update(cancelled_at=now, reason="Meera Joshi is ill")
    change(pk=moved.pk).update(moved_from=moved.starts_at - timedelta(hours=1))
    known = {"slot": slot, "on": timezone.localdate(other.starts_at)}
    change(pk=other.pk).update(teacher=people.other_teacher(), own=["teacher"], **known)
    room = timetables.room("Room 3")
    change(pk=fourth.pk).update(room=room, own=["room"], slot=slot, on=timezone.localdate(fourth.starts_at))
    lines = page.classes_of(batch, people.teacher(), now=now)
    assert [(line.label, line.state, line.word) for line in lines] == [
        ("Past 2", "past", ""),
        ("Past 1", "past", ""),
        ("Coming 1", "off", "Cancelled"),
        ("Coming 2", "", "Moved"),
        ("Coming 3", "", "Substitute"),
        ("Coming 4", "", "Moved to Room 3"),
    ]
    assert lines[2].why == "Meera Joshi is ill"
    assert fifth.topic not in read(batch, people.teacher())


def test_student_who_joined_later_does_not_see_the_classes_before(batch):
    late = people.person("Late", Role.STUDENT, admission_number="2026-0400")
    timetables.class_session(batch, timezone.now() - timedelta(days=2), topic="Before")
    timetables.enrol(late, batch, joined_at=timezone.now() - timedelta(days=1))
    assert "Before" not in read(batch, late)
    assert "Before" in read(batch, people.student())


def test_online_class_is_joined_only_near_its_time(batch):
    Batch.objects.filter(pk=batch.pk).update(link="https://meet.example/x", mode=Batch.Mode.ONLINE)
    row = timetables.class_session(batch, mode=Batch.Mode.ONLINE)
    [line] = page.classes_of(batch, people.student(), now=timezone.now())
    assert line.action is None
    assert "meet.example" not in read(batch, people.student())
    [line] = page.classes_of(batch, people.student(), now=row.starts_at - timedelta(minutes=5))
    assert line.action is not None
    assert line.action.label == "Join"


def test_teachers_stand_there_with_their_week(batch):
    physics, room = timetables.subject(), timetables.room()
    for weekday in (1, 3):
        timetables.slot(batch, weekday=weekday, subject=physics, teacher=people.teacher(), room=room)
    shown = read(batch, people.student())
    assert "Tue, Thu 5:00 pm, Room 1" in shown
    assert "with you Tue, Thu 5:00 pm, Room 1" in read(batch, people.teacher())


def test_empty_batch_says_what_to_do_next():
    batch = timetables.batch("Empty")
    Teaching.objects.all().delete()
    shown = read(batch, people.admin())
    for words in ("Nobody is in this batch yet", "No classes yet", "Nobody is named yet."):
        assert words in shown
    assert "Message the batch" not in shown


def test_archived_batch_says_so_and_is_not_written_to(batch):
    Batch.objects.filter(pk=batch.pk).update(archived_at=timezone.now())
    shown = read(batch, people.admin())
    assert "This batch is archived." in shown
    assert "Message the batch" not in shown


def test_other_areas_bring_columns_and_panels(batch, monkeypatch):
    pk = people.student().pk
    monkeypatch.setattr(page, "COLUMNS", (lambda batch, students, now: Column("Attended", {pk: Cell("74 %", "due")}),))
    monkeypatch.setattr(
        page,
        "PANELS",
        (lambda batch, person, now: Panel("notes", "Notes", empty=Empty("No notes yet")), lambda *a, **k: None),
    )
    shown = read(batch, people.teacher())
    assert "Attended" in shown
    assert "74 %" in shown
    assert "No notes yet" in shown


def test_page_costs_the_same_with_3_and_with_30_students_classes_and_teachers(batch, same_queries):
    browser, made = people.signed_in(people.admin()), iter(range(100))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            student = people.person(f"S {number}", Role.STUDENT, admission_number=f"B-{number}")
            timetables.enrol(student, batch)
            guardians.link_guardian(student, guardian=people.guardian(), actor=people.admin())
            teacher = people.person(f"T {number}", Role.TEACHER, email=f"t{number}@pragati.test")
            Teaching.objects.create(batch=batch, teacher=teacher)
            timetables.slot(batch, weekday=number % 7, teacher=teacher, room=timetables.room())
            timetables.class_session(batch, timezone.now() + timedelta(days=number), teacher=teacher)

    same_queries(lambda: browser.get(f"/batches/{batch.uuid}/"), add=add, at_most=20)


def test_roster_of_hundreds_is_shown_a_page_at_a_time(batch):
    for student in factories.students(60):
        timetables.enrol(student, batch)
    browser = people.signed_in(people.teacher())
    first = browser.get(f"/batches/{batch.uuid}/").context["roster"]
    second = browser.get(f"/batches/{batch.uuid}/?page=2").context["roster"]
    assert [len(first), len(second)] == [40, 22]
    assert second[0].number == 41
    assert browser.get(f"/batches/{batch.uuid}/?page=x").status_code == 200
