"""A teacher's students: found by name or number, each with his batches of the teacher's; for admins all students."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, role_required
from accounts.models import Role, User
from batches import taught
from batches.models import Batch, Enrolment
from coaching.lib.text import search_text
from coaching.lib.uuids import uuid_of

PAGE_ROWS = 40


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student, and the batches of the reader's in which he is."""

    student: User
    batches: list[Batch]


@role_required(Role.ADMIN, Role.TEACHER)
@require_safe
def student_list(request: SignedInRequest) -> HttpResponse:
    """By name or admission number, and by batch."""
    now, words = timezone.now(), search_text(request.GET.get("q", ""))
    batches = list(taught.rosters_of(request.user, now=now).current().order_by("name", "pk"))
    chosen = next((one for one in batches if one.uuid == uuid_of(request.GET.get("batch", ""))), None)
    stays = Enrolment.objects.filter(batch__in=[chosen] if chosen else batches).not_over(now).order_by()
    found = User.objects.filter(pk__in=stays.values("student")).search(words).order_by("name", "pk")
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": _rows(list(page), stays), "words": words, "batches": batches, "chosen": chosen}
    return render(request, "pages/student_list.html", context)


def _rows(students: list[User], stays: QuerySet[Enrolment]) -> list[StudentRow]:
    by_student: dict[int, list[Batch]] = defaultdict(list)
    for row in stays.filter(student__in=students).select_related("batch").order_by("batch__name"):
        by_student[row.student_id].append(row.batch)
    return [StudentRow(one, by_student[one.pk]) for one in students]
