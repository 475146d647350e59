"""What families and teachers are told about attendance: once, in words, and never of what they did themselves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification, User
from attendance import closing, leaves, marks
from attendance.models.records import Status
from tests import people
from tests.attendance import asking, registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def told(kind):
    """Who was told, with the titles, in the order of names."""
    rows = Notification.objects.filter(kind=kind).select_related("recipient").order_by("recipient__name", "pk")
    return [(row.recipient, row.title) for row in rows]


def readers(kind):
    return {recipient for recipient, _title in told(kind)}


def close(register):
    return closing.close_register(register, actor=people.teacher(), now=timezone.now())


def test_student_and_guardian_learn_of_an_absence_when_the_register_is_closed():
    asking.a_family()
    record = asking.missed()
    rows = Notification.objects.filter(kind="attendance.absent")
    assert readers("attendance.absent") == {people.student(), people.guardian()}
    assert all(row.title.startswith("Absent: JEE 2027 A, ") for row in rows)
    assert rows.get(recipient=people.guardian()).about == people.student()
    assert {row.url for row in rows} == {reverse("own_record", args=[record.class_session.uuid])}


def test_an_absence_a_teacher_marked_is_told_at_closing_too_and_each_once():
    register = registers.register()
    registers.mark(register.class_session, people.student(), Status.ABSENT)
    assert told("attendance.absent") == []
    close(register)
    close(register)
    assert readers("attendance.absent") == {people.student()}
    assert Notification.objects.count() == 1


def test_nobody_is_told_of_lateness_presence_or_leave():
    register = registers.register()
    timetables.enrol(people.other_student(), register.class_session.batch)
    registers.mark(register.class_session, people.student(), Status.LATE)
    asking.granted(people.other_student(), first=asking.day(-1), last=asking.day(0))
    close(register)
    assert told("attendance.absent") == []


def test_of_a_class_that_is_long_over_nobody_is_told():
    asking.missed(hours_ago=24 * 4)
    assert told("attendance.absent") == []


def test_a_guardian_of_two_who_were_absent_is_told_of_each():
    asking.a_family()
    asking.Guardianship.objects.create(guardian=people.guardian(), student=people.other_student())
    register = registers.register()
    timetables.enrol(people.other_student(), register.class_session.batch)
    close(register)
    about = Notification.objects.filter(recipient=people.guardian()).values_list("about", flat=True)
    assert set(about) == {people.student().pk, people.other_student().pk}


def test_a_whole_class_is_told_in_as_many_statements_as_one_student(django_assert_max_num_queries):
    batch = timetables.batch(venue=timetables.venue())
    crowd = registers.crowd(batch, 40)
    for student in crowd:
        asking.Guardianship.objects.create(guardian=people.guardian(), student=student)
    register = registers.register(registers.class_now(batch=batch))
    User.objects.filter(pk=people.guardian().pk).update(is_active=False)
    with django_assert_max_num_queries(45):
        close(register)
    assert Notification.objects.count() == 41


def test_an_absence_that_is_corrected_is_told_to_the_family_but_a_remark_is_not():
    asking.a_family()
    record = asking.missed()
    asking.post(people.teacher(), "record", record, status="P", reason="Seen in the lab", seen=record.version)
    assert readers("attendance.corrected") == {people.student(), people.guardian()}
    row = Notification.objects.filter(kind="attendance.corrected").first()
    assert row.title.startswith("Corrected to Present: ")
    assert row.body == "Seen in the lab"
    record.refresh_from_db()
    mark = marks.Mark(people.student().pk, Status.PRESENT, remark="Lab coat", reason="Note")
    register = registers.register(record.class_session)
    marks.set_marks(register, [mark], actor=people.teacher(), now=timezone.now())
    assert Notification.objects.filter(kind="attendance.corrected").count() == 2


def test_teachers_learn_that_somebody_asks_and_the_reason_stays_on_the_page():
    timetables.enrol(people.student(), timetables.batch())
    asking.post(people.student(), "leave_ask", first_on=asking.day(1), reason="Operation")
    row = Notification.objects.get(kind="attendance.asked")
    assert row.recipient == people.teacher()
    assert row.title.startswith("Ananya Kulkarni asks for leave: ")
    assert "Operation" not in row.title + row.body


def test_where_nobody_teaches_the_student_the_admins_learn_that_he_asks():
    people.admin()
    asking.post(people.student(), "leave_ask", first_on=asking.day(1), reason="Operation")
    assert readers("attendance.asked") == {people.admin()}


def test_a_request_for_a_correction_goes_to_the_teachers_of_the_class():
    record = asking.missed()
    record.class_session.teacher = people.other_teacher()
    record.class_session.save()
    asking.post(people.student(), "correction_ask", record, wanted="P", reason="There")
    assert readers("attendance.asked") == {people.teacher(), people.other_teacher()}


@pytest.mark.parametrize(("do", "begins"), [("grant", "Leave granted: "), ("refuse", "Leave refused: ")])
def test_the_family_learns_what_became_of_leave(do, begins):
    asking.a_family()
    asking.post(people.admin(), "leave_decide", asking.leave(), do=do, answer="Test on that day")
    assert readers("attendance.decided") == {people.student(), people.guardian()}
    assert all(title.startswith(begins) for _reader, title in told("attendance.decided"))


def test_the_family_learns_what_became_of_a_correction_once():
    asking.a_family()
    asked = asking.correction()
    Notification.objects.all().delete()
    asking.post(people.teacher(), "correction_decide", asked, do="grant")
    assert {(row.kind, row.recipient) for row in Notification.objects.select_related("recipient")} == {
        ("attendance.decided", people.student()),
        ("attendance.decided", people.guardian()),
    }


def test_leave_the_office_enters_is_told_to_the_family_only():
    asking.a_family()
    now = timezone.now()
    day = timezone.localdate() + timedelta(days=1)
    leaves.enter(people.student(), first_on=day, last_on=day, reason="Fever", actor=people.admin(), now=now)
    assert readers("attendance.decided") == {people.student(), people.guardian()}
    assert told("attendance.asked") == []
