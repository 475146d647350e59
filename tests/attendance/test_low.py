"""Who attends too little."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from attendance import low
from attendance.models import CheckInRule
from batches.models import Batch
from tests import people
from tests.attendance import months
from tests.attendance.months import lines_of, text_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def a_student(number, letters, batch=None):
    held = batch or timetables.batch()
    student = people.person(f"Student {number}", Role.STUDENT, admission_number=f"L-{number:03}")
    timetables.enrol(student, held)
    have = list(held.class_sessions.order_by("starts_at"))
    rows = have[: len(letters)] if len(have) >= len(letters) else months.classes(len(letters), batch=held)
    months.say(rows, student, letters)
    return student


def found(order="share"):
    return [one.student.name for one in low.low_of(Batch.objects.all(), now=timezone.now(), order=order)]


def test_list_holds_who_is_below_and_not_who_is_at_the_percent():
    a_student(1, "PPPA")
    a_student(2, "PPAA")
    a_student(3, "PPLL")
    assert found() == ["Student 2"]


def test_two_classes_say_nothing_yet():
    a_student(1, "AA")
    assert found() == []


def test_percent_is_the_batchs_own_else_the_institutes():
    a_student(1, "PPPA")
    CheckInRule.objects.create(pk=1, percent_wanted=80)
    assert found() == ["Student 1"]
    CheckInRule.objects.create(pk=2, batch=timetables.batch(), percent_wanted=60)
    assert found() == []


def test_who_left_the_batch_is_not_on_the_list():
    student = a_student(1, "AAAA")
    student.enrolments.update(left_at=timezone.now() - timedelta(minutes=1))
    assert found() == []


def test_absences_in_a_row_end_with_a_class_he_attended_and_leave_does_not_break_them():
    a_student(1, "PAPAEA")
    a_student(2, "PPAAAP")
    rows = {one.student.name: one.in_a_row for one in low.low_of(Batch.objects.all(), now=timezone.now())}
    assert rows == {"Student 1": 2, "Student 2": 0}


def test_orders():
    a_student(1, "PPPPPAAA")
    a_student(2, "PAAAAAAP")
    assert found() == ["Student 2", "Student 1"]
    assert found("in_a_row") == ["Student 1", "Student 2"]
    assert found("name") == ["Student 1", "Student 2"]
    assert found("nonsense") == found()


def test_page_says_what_is_needed_and_leads_on():
    student = a_student(1, "PPAAAA")
    text = text_of(people.signed_in(people.teacher()).get(reverse("low_attendance")))
    assert "33 %" in text
    assert "2 of 6" in text
    assert "10 more for 75 %" in text
    assert "absent 4 times in a row" in text
    assert reverse("attendance_of", args=[student.uuid]) in text
    assert "Percentages are rounded down." in text


def test_teacher_sees_his_batches_only_and_can_narrow_to_one():
    a_student(1, "AAAA")
    a_student(2, "AAAA", timetables.batch("NEET 2027 C"))
    strange = Batch.objects.create(name="Other", starts_on="2026-01-01", ends_on="2027-12-31")
    a_student(3, "AAAA", strange)
    teacher, url = people.signed_in(people.teacher()), reverse("low_attendance")
    assert [one.student.name for one in teacher.get(url).context["page"]] == ["Student 1", "Student 2"]
    narrowed = teacher.get(url, {"batch": timetables.batch().uuid}).context["page"]
    assert [one.student.name for one in narrowed] == ["Student 1"]
    for odd in (strange.uuid, "nonsense", "\0"):
        assert len(teacher.get(url, {"batch": odd}).context["page"]) == 2


def test_file_has_the_same_rows():
    a_student(1, "PPAAAA")
    answer = people.signed_in(people.teacher()).post(reverse("low_attendance_export"), {"sort": "name"})
    assert lines_of(answer)[1] == "L-001,Student 1,JEE 2027 A,2,6,33,75,10,4"


def test_list_costs_the_same_at_thirty_students_as_at_three(same_queries):
    browser, batch = people.signed_in(people.teacher()), timetables.batch()

    def add(count):
        had = batch.enrolments.count()
        for number in range(had, had + count):
            a_student(number, "PAAA")

    same_queries(lambda: browser.get(reverse("low_attendance")), add=add, at_most=14)
