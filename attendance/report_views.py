"""Looking at attendance: the first page of each role, the month of a batch, and a student."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from attendance import grids, report_home, report_student
from attendance.report_months import Month
from attendance.report_scope import students_seen_by
from batches import taught
from coaching.lib.text import search_text


@signed_in
@require_safe
def attendance(request: SignedInRequest) -> HttpResponse:
    """One's own, one's children's, or one's batches'."""
    person, now = request.user, timezone.now()
    if person.is_admin or person.is_teacher:
        words = search_text(request.GET.get("q", ""))
        context = report_home.of_staff(person, words=words, page=request.GET.get("page"), now=now)
        return render(request, "attendance/home_staff.html", context)
    if person.role == Role.STUDENT:
        context = report_home.of_student(person, viewer=person, now=now)
    else:
        context = report_home.of_guardian(person, request.GET.get("child", ""), now=now)
    return render(request, "attendance/home.html", context)


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def attendance_grid(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Students × classes of a month."""
    now = timezone.now()
    batch = get_object_or_404(taught.rosters_of(request.user, now=now), uuid=public_id)
    month = Month.said(request.GET.get("month", ""), today=timezone.localdate(now))
    grid = grids.grid_of(batch, month, now=now)
    context = {"batch": batch, "month": month, "around": month.around, "grid": grid, "share": grid.share}
    if grid.held and grid.students:
        context["head"] = mark_safe("".join(grids.head_of(grid)))  # noqa: S308 - made by format_html
        context["rows"] = mark_safe("\n".join(grids.rows_of(grid)))  # noqa: S308 - names are escaped there
        context["feet"] = grids.feet_of(grid)
    return render(request, "attendance/grid.html", context)


@signed_in
@require_safe
def attendance_of(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A student's month, shares, absences and how it went."""
    now = timezone.now()
    student = get_object_or_404(students_seen_by(request.user, now=now), uuid=public_id)
    month = Month.said(request.GET.get("month", ""), today=timezone.localdate(now))
    by_months = request.GET.get("by") == "months"
    context = report_student.of(student, month, viewer=request.user, by_months=by_months, now=now)
    return render(request, "attendance/student.html", context)
