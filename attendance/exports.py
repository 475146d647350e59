"""Attendance for spreadsheets: a student's month, a batch's month, a day, and who attends too little."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from attendance.absentees import DayOf
from attendance.grids import Grid
from attendance.low import Low
from attendance.models import Record
from attendance.models.records import Source, Status
from attendance.report_months import Month
from attendance.report_scope import records_of
from attendance.shares import ATTENDED
from coaching.lib.clock import clock_text

# --- A student's month ------------------------------------------------------------------------------------------------


def student_header() -> list[str]:
    return [_("Day"), _("Time"), _("Batch"), _("Class"), _("Status"), _("Late, minutes"), _("By"), _("Remark")]


def student_cells(student: User, month: Month, *, viewer: User, sees_all: bool) -> Iterator[list[Any]]:
    """A row for each record of the month, by time."""
    rows = records_of(student, viewer=viewer, sees_all=sees_all).filter(
        class_session__starts_at__gte=month.span.starts_at, class_session__starts_at__lt=month.span.ends_at
    )
    rows = rows.select_related("class_session__batch", "class_session__subject").order_by("class_session__starts_at")
    return (_record_cells(row) for row in list(rows))


def _record_cells(row: Record) -> list[Any]:
    held, status = row.class_session, Status(row.status)
    by = Source(row.source).label if status != Status.UNMARKED else ""
    when = [timezone.localdate(held.starts_at).isoformat(), clock_text(held.starts_at)]
    return [*when, held.batch.name, held.title, status.label, row.late_min, by, row.remark]


# --- A batch's month --------------------------------------------------------------------------------------------------


def grid_header(grid: Grid) -> list[str]:
    days = [f"{timezone.localtime(one.starts_at):%Y-%m-%d %H:%M}" for one in grid.held]
    return [_("Admission number"), _("Name"), *days, _("Attended"), _("Held"), _("Percent")]


def grid_cells(grid: Grid) -> Iterator[list[Any]]:
    """A row for each student with the letters of his records, then how many were there in each class."""
    for one in grid.students:
        share = grid.share_of(one)
        letters = ["" if letter == Status.UNMARKED else letter for letter in grid.cells_of(one)]
        yield [one.number, one.name, *letters, share.attended, share.held, share.percent]
    there = [sum(row.get(one.pk, "") in ATTENDED for row in grid.letters.values()) for one in grid.held]
    yield ["", _("There"), *there, grid.share.attended, grid.share.held, grid.share.percent]


# --- A day ------------------------------------------------------------------------------------------------------------


def day_header(*, with_guardians: bool) -> list[str]:
    header = [_("Admission number"), _("Name"), _("Batch"), _("Class"), _("Time"), _("Remark"), _("Guardians told")]
    return [*header, _("Guardians")] if with_guardians else header


def day_cells(day: DayOf, *, with_guardians: bool) -> Iterator[list[Any]]:
    """A row for each class somebody missed."""
    for one in day.absentees:
        for row in one.missed:
            told = _("yes") if one.is_told else _("no")
            about = [row.batch, row.label, clock_text(row.starts_at), row.remark, told]
            cells = [one.student.admission_number, one.student.name, *about]
            yield [*cells, _reached(link.guardian for link in one.guardians)] if with_guardians else cells


def _reached(guardians: Iterable[User]) -> str:
    """Names with the ways to reach them."""
    return "; ".join(", ".join(filter(None, (one.name, one.phone, one.email))) for one in guardians)


# --- Who attends too little -------------------------------------------------------------------------------------------


def low_header() -> list[str]:
    names = [_("Admission number"), _("Name"), _("Batch"), _("Attended"), _("Held"), _("Percent"), _("Wanted, percent")]
    return [*names, _("Classes needed"), _("Absent in a row")]


def low_cells(rows: Iterable[Low]) -> Iterator[list[Any]]:
    for one in rows:
        share = [one.share.attended, one.share.held, one.share.percent, one.wanted, one.needed, one.in_a_row]
        yield [one.student.admission_number, one.student.name, one.batch.name, *share]
