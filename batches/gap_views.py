"""The list behind "2 classes have no teacher" on an admin's first screen."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role
from batches import gaps
from batches.class_lines import teachers_line, with_names

PAGE_ROWS = 25


@role_required(Role.ADMIN)
@require_safe
def class_gaps(request: SignedInRequest) -> HttpResponse:
    """Classes of the coming week without a teacher or a room, the first to come on top."""
    now = timezone.now()
    lacking = gaps.of_week(now=now)
    page = Paginator(with_names(lacking.teacher | lacking.room), PAGE_ROWS).get_page(request.GET.get("page"))
    lines = [teachers_line(row, now=now) for row in page]
    return render(request, "batches/class_gaps.html", {"page": page, "lines": lines})
