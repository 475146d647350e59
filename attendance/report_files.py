"""Attendance as CSV. Taking it away is a line of the log."""

from uuid import UUID

from django.db import models
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import activity
from accounts.access import SignedInRequest, role_required, signed_in
from accounts.limits import ATTENDANCE_EXPORT, limited, person_of
from accounts.models import Role, User
from attendance import absentees, exports, grids, low
from attendance.report_lists import Asked
from attendance.report_months import Month, day_said
from attendance.report_scope import sees_all_of, students_seen_by
from batches import taught
from coaching.lib.exports import csv_response


@signed_in
@require_POST
@limited(ATTENDANCE_EXPORT, key=person_of)
def student_export(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """What registers say of a student in a month."""
    person, now = request.user, timezone.now()
    student = get_object_or_404(students_seen_by(person, now=now), uuid=public_id)
    month = Month.said(request.POST.get("month", ""), today=timezone.localdate(now))
    _record(request, str(month), on=student, subject=student)
    cells = exports.student_cells(student, month, viewer=person, sees_all=sees_all_of(person, student))
    return csv_response(f"{student.name}-{month}.csv", header=exports.student_header(), rows=cells)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
@limited(ATTENDANCE_EXPORT, key=person_of)
def grid_export(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The month of a batch."""
    now = timezone.now()
    batch = get_object_or_404(taught.rosters_of(request.user, now=now), uuid=public_id)
    month = Month.said(request.POST.get("month", ""), today=timezone.localdate(now))
    _record(request, f"{batch.name} {month}", on=batch)
    grid = grids.grid_of(batch, month, now=now)
    return csv_response(f"{batch.name}-{month}.csv", header=exports.grid_header(grid), rows=exports.grid_cells(grid))


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
@limited(ATTENDANCE_EXPORT, key=person_of)
def absentee_export(request: SignedInRequest) -> HttpResponseBase:
    """Who was absent on a day; admins get the guardians with it."""
    now = timezone.now()
    asked = Asked(request, now=now)
    day = day_said(request.POST.get("on", ""), today=timezone.localdate(now))
    _record(request, _named(asked, f"{day:%Y-%m-%d}"), on=asked.chosen)
    found, is_admin = absentees.day_of(day, asked.narrowed), request.user.is_admin
    header = exports.day_header(with_guardians=is_admin)
    rows = exports.day_cells(found, with_guardians=is_admin)
    return csv_response(f"absent-{day:%Y-%m-%d}.csv", header=header, rows=rows)


@role_required(Role.ADMIN, Role.TEACHER)
@require_POST
@limited(ATTENDANCE_EXPORT, key=person_of)
def low_export(request: SignedInRequest) -> HttpResponseBase:
    """Students below what their batch wants."""
    now = timezone.now()
    asked, today = Asked(request, now=now), timezone.localdate(now)
    _record(request, _named(asked, f"{today:%Y-%m-%d}"), on=asked.chosen)
    rows = exports.low_cells(low.low_of(asked.narrowed, now=now, order=request.POST.get("sort", "")))
    return csv_response(f"low-attendance-{today:%Y-%m-%d}.csv", header=exports.low_header(), rows=rows)


def _named(asked: Asked, what: str) -> str:
    return f"{asked.chosen.name} {what}" if asked.chosen else what


def _record(request: SignedInRequest, name: str, *, on: models.Model | None, subject: User | None = None) -> None:
    activity.record("attendance.exported", actor=request.user, subject=subject, on=on, request=request, name=name)
