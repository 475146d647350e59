"""The month of a batch as a grid."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from attendance import grids
from attendance.report_months import Month
from batches.models import Batch
from tests import people
from tests.attendance import months
from tests.attendance.months import text_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def at(batch, month=""):
    return reverse("attendance_grid", args=[batch.uuid]) + (f"?month={month}" if month else "")


def a_month(letters="PLAEW.", student=None):
    """Six classes on days of last month, so that the first of a month breaks no test."""
    batch, month = timetables.batch(), Month.of(timezone.localdate()).before
    student = student or people.student()
    timetables.enrol(student, batch)
    rows = [timetables.class_session(batch, timetables.at(month.first + timedelta(days=2 * n), 17)) for n in range(6)]
    months.say(rows, student, letters)
    return batch, month, rows


def test_each_class_has_its_letter_and_the_row_its_share():
    batch, month, rows = a_month()
    grid = grids.grid_of(batch, month, now=timezone.now())
    assert grid.cells_of(grid.students[0]) == ["P", "L", "A", "E", "W", "U"]
    assert (grid.share.attended, grid.share.held) == (2, 3)
    page = people.signed_in(people.teacher()).get(at(batch, month))
    text = text_of(page)
    assert '<td class=a aria-label="Absent">A' in text
    assert "<td>2/3<td class=t-due>66 %" in text
    assert reverse("register", args=[rows[0].uuid]) in text
    assert "Percentages are rounded down." in text
    assert page.context["feet"] == [("There", [1, 1, 0, 0, 0, 0]), ("Absent", [0, 0, 1, 0, 0, 0])]


def test_who_was_not_in_the_batch_yet_has_no_letter_there():
    batch, month, rows = a_month()
    late = people.other_student()
    timetables.enrol(late, batch, joined_at=rows[3].starts_at)
    grid = grids.grid_of(batch, month, now=timezone.now())
    second = next(one for one in grid.students if one.pk == late.pk)
    assert grid.cells_of(second) == ["", "", "", "U", "U", "U"]


def test_who_left_keeps_the_letters_of_his_days():
    batch, month, rows = a_month("PPPPPP")
    batch.enrolments.update(left_at=rows[2].starts_at)
    grid = grids.grid_of(batch, month, now=timezone.now())
    assert grid.share.held == 6
    assert len(grid.students) == 1


def test_two_classes_of_one_day_are_two_columns():
    batch, month, _rows = a_month()
    timetables.class_session(batch, timetables.at(month.first, 9))
    grid = grids.grid_of(batch, month, now=timezone.now())
    assert [timezone.localdate(one.starts_at).day for one in grid.held][:2] == [1, 1]
    assert len(grid.held) == 7


def test_cancelled_classes_have_no_column_and_those_to_come_only_a_count():
    batch, month, rows = a_month()
    type(rows[0]).objects.filter(pk=rows[0].pk).update(cancelled_at=timezone.now())
    assert len(grids.grid_of(batch, month, now=timezone.now()).held) == 5
    before = rows[3].starts_at
    grid = grids.grid_of(batch, month, now=before)
    assert (len(grid.held), grid.coming) == (2, 3)


def test_names_cannot_break_out_of_the_grid():
    evil = people.person("<script>alert(1)</script>", "STUDENT", admission_number="X-1")
    batch, month, _rows = a_month(student=evil)
    text = text_of(people.signed_in(people.admin()).get(at(batch, month)))
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("month", ["", "2026-13", "nonsense", "9999-99", "2026-1", "1999-12", "२०२६-११", "2026-11-01"])
def test_what_is_no_month_is_this_one(month):
    page = people.signed_in(people.admin()).get(at(timetables.batch(), month))
    assert page.status_code == 200
    assert page.context["month"] == Month.of(timezone.localdate())


def test_empty_months_say_what_is_missing():
    admin, batch = people.signed_in(people.admin()), timetables.batch()
    assert "No classes in this month" in text_of(admin.get(at(batch, "2020-02")))
    timetables.class_session(batch, timetables.at(Month.of(timezone.localdate()).after.first, 12))
    assert "No class yet in this month" in text_of(admin.get(at(batch, Month.of(timezone.localdate()).after)))
    timetables.class_session(batch, timetables.at(Month.of(timezone.localdate()).before.first, 12))
    assert "Nobody was in the batch" in text_of(admin.get(at(batch, Month.of(timezone.localdate()).before)))


def test_grid_of_a_batch_of_somebody_else_is_not_there():
    batch = Batch.objects.create(name="Other", starts_on="2026-01-01", ends_on="2026-12-31")
    assert people.signed_in(people.teacher()).get(at(batch)).status_code == 404
    assert people.signed_in(people.student()).get(at(batch)).status_code == 403


def test_grid_costs_the_same_for_thirty_students_as_for_three(same_queries):
    batch, month, rows = a_month()
    browser = people.signed_in(people.teacher())

    def add(count):
        first = User.objects.filter(admission_number__startswith="G-").count()
        for number in range(first, first + count):
            one = people.person(f"Student {number}", Role.STUDENT, admission_number=f"G-{number:03}")
            timetables.enrol(one, batch)
            months.say(rows, one, "PPALPE")

    assert same_queries(lambda: browser.get(at(batch, month)), add=add, at_most=15) <= 15
