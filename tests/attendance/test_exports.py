"""Attendance as files for a spreadsheet."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.limits import ATTENDANCE_EXPORT
from accounts.models import Activity
from attendance.report_months import Month
from batches.models import Batch
from tests import people
from tests.attendance import months
from tests.attendance.months import lines_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def a_month(student=None, letters="PLAE."):
    batch, month = timetables.batch(), Month.of(timezone.localdate()).before
    learner = student or people.student()
    timetables.enrol(learner, batch)
    days = [month.first + timedelta(days=number) for number in range(len(letters))]
    rows = [timetables.class_session(batch, timetables.at(day, 17), subject=timetables.subject()) for day in days]
    months.say(rows, learner, letters)
    return batch, month


def test_grid_of_a_month_has_a_column_for_each_class_and_totals():
    batch, month = a_month()
    url = reverse("attendance_grid_export", args=[batch.uuid])
    lines = lines_of(people.signed_in(people.teacher()).post(url, {"month": str(month)}))
    days = ",".join(f"{month}-{number:02} 17:00" for number in range(1, 6))
    assert lines == [
        f"Admission number,Name,{days},Attended,Held,Percent",
        "2026-0188,Ananya Kulkarni,P,L,A,E,,2,3,66",
        ",There,1,1,0,0,0,2,3,66",
    ]


def test_students_month_has_a_row_for_each_record():
    _batch, month = a_month()
    url = reverse("attendance_of_export", args=[people.student().uuid])
    answer = people.signed_in(people.student()).post(url, {"month": str(month)})
    lines = lines_of(answer)
    assert lines[0] == 'Day,Time,Batch,Class,Status,"Late, minutes",By,Remark'
    assert lines[1] == f"{month}-01,5:00 pm,JEE 2027 A,Physics,Present,,Teacher,"
    assert len(lines) == 5
    assert f"{month}.csv" in answer.headers["Content-Disposition"]


def test_names_that_would_be_formulas_are_text_and_hindi_has_its_mark():
    evil = people.person("=HYPERLINK(1)", "STUDENT", admission_number="+91")
    batch, month = a_month(evil)
    url = reverse("attendance_grid_export", args=[batch.uuid])
    answer = people.signed_in(people.teacher()).post(url, {"month": str(month)})
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "'+91,'=HYPERLINK(1)," in content.decode()


def test_taking_a_file_away_is_a_line_of_the_log():
    batch, month = a_month()
    teacher = people.signed_in(people.teacher())
    teacher.post(reverse("attendance_grid_export", args=[batch.uuid]), {"month": str(month)})
    teacher.post(reverse("attendance_of_export", args=[people.student().uuid]), {"month": str(month)})
    teacher.post(reverse("low_attendance_export"))
    teacher.post(reverse("absentees_export"))
    lines = Activity.objects.filter(event="attendance.exported", actor=people.teacher())
    assert lines.count() == 4
    assert lines.filter(subject=people.student()).count() == 1


def test_looking_makes_no_file():
    batch, _month = a_month()
    assert (
        people.signed_in(people.teacher()).get(reverse("attendance_grid_export", args=[batch.uuid])).status_code == 405
    )


def test_files_without_end_are_refused():
    a_month()
    student, url = people.signed_in(people.student()), reverse("attendance_of_export", args=[people.student().uuid])
    answers = [student.post(url).status_code for _number in range(ATTENDANCE_EXPORT.tries + 1)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


def test_teachers_file_of_a_student_has_only_classes_of_his_batches():
    _batch, month = a_month()
    other = Batch.objects.create(name="Chemistry B", starts_on="2026-01-01", ends_on="2027-12-31")
    timetables.enrol(people.student(), other)
    months.say([timetables.class_session(other, timetables.at(month.first, 8))], people.student(), "A")
    url = reverse("attendance_of_export", args=[people.student().uuid])
    lines = lines_of(people.signed_in(people.teacher()).post(url, {"month": str(month)}))
    assert not [line for line in lines if "Chemistry B" in line]
    offices = lines_of(people.signed_in(people.admin()).post(url, {"month": str(month)}))
    assert len(offices) == len(lines) + 1
