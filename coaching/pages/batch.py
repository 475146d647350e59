"""The page of one batch: its classes, who teaches it and who is in it, with what other areas know of them.

Who learns in it, and his guardians, see no list of the others: most of them are minors.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from accounts.models import User
from attendance import offers as attendance_offers
from batches import messages, taught
from batches.class_lines import in_its_batch, with_names
from batches.models import Batch, ClassSession, Enrolment
from batches.weekly import weekly_of
from coaching.lib.offers import Cell, Column, Line, Panel
from coaching.pages.classes import with_states
from exams import offers as exams_offers
from fees import offers as fees_offers

PANELS: tuple[Callable[..., Panel | None], ...] = (
    attendance_offers.batch_panel,
    exams_offers.batch_panel,
    fees_offers.batch_panel,
)
"""`batch_panel` of each area that has a place here."""
COLUMNS: tuple[Callable[..., Column | None], ...] = (attendance_offers.roster_column,)
"""`roster_column` of each area that knows something of the students."""
PAST, COMING = 2, 4
PAGE_ROWS = 40


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A student in the batch, with what each column says of him."""

    number: int
    enrolment: Enrolment
    cells: tuple[Cell | None, ...]


@signed_in
@require_safe
def batch(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """For admins and teachers with its students, for all others without."""
    person, now = request.user, timezone.now()
    found = get_object_or_404(Batch.objects.for_user(person, now=now).select_related("venue"), uuid=public_id)
    weekly = weekly_of(found, today=timezone.localdate(now))
    lines = classes_of(found, person, now=now)
    context: dict[str, Any] = {
        "batch": found,
        "weekly": weekly,
        "mine": [one for one in weekly if one.teacher == person and one.times],
        "lines": lines,
        "joining": next((line.action for line in lines if line.action), None),
        "panels": [panel for offer in PANELS if (panel := offer(found, person, now=now))],
    }
    if sees_roster(found, person, now=now):
        context |= roster(found, person, request.GET.get("page"), now=now)
        context["writing"] = writing(found, person, now=now)
    else:
        context["learners"] = learners(found, person, now=now)
    return render(request, "pages/batch.html", context)


def sees_roster(found: Batch, person: User, *, now: datetime) -> bool:
    """Admins, and who teaches the batch or stands in there; not a teacher whose child is in it."""
    is_taught = person.is_teacher and taught.batches_of(person, now=now).filter(pk=found.pk).exists()
    return person.is_admin or is_taught


def classes_of(found: Batch, person: User, *, now: datetime) -> list[Line]:
    """The last and the next classes this person may see, in the order of time."""
    seen = with_names(ClassSession.objects.for_user(person).filter(batch=found))
    past = list(seen.filter(ends_at__lte=now).reverse()[:PAST])[::-1]
    rows = [*past, *seen.filter(ends_at__gt=now)[:COMING]]
    return list(with_states((in_its_batch(row, now=now) for row in rows), person, now=now))


def roster(found: Batch, person: User, number: str | None, *, now: datetime) -> dict[str, Any]:
    """Who is in the batch now, a page of them, and how many come later; who was granted it sees who has paid."""
    every = found.enrolments.select_related("student").order_by("student__name", "pk")
    page: Page[Enrolment] = Paginator(every.active_at(now), PAGE_ROWS).get_page(number)
    students = [row.student for row in page]
    columns = [column for offer in COLUMNS if (column := offer(found, students, now=now))]
    if not person.is_admin and fees_offers.may_read_status(person):  # an admin sees sums on the same page
        columns.append(fees_offers.status_column(found, students, today=timezone.localdate(now)))
    first = page.start_index()
    rows = [
        RosterRow(place, row, tuple(column.cells.get(row.student_id) for column in columns))
        for place, row in enumerate(page, first)
    ]
    later = found.enrolments.filter(joined_at__gt=now).count()
    return {"page": page, "roster": rows, "columns": columns, "later": later, "has_roster": True}


def writing(found: Batch, person: User, *, now: datetime) -> dict[str, Any] | None:
    """What its page needs to write to the batch; None for whom it is not, and while nobody would read it."""
    may_write = person.is_admin or Batch.objects.editable_by(person).filter(pk=found.pk).exists()
    if found.archived_at or not may_write:
        return None
    count = messages.count_readers(found, now=now)
    texts = messages.ready_texts(found, now=now) if count.students else []
    return {"texts": texts, "count": count, "form": uuid.uuid4()} if count.students else None


def learners(found: Batch, person: User, *, now: datetime) -> list[Enrolment]:
    """His own enrolment, or those of his children."""
    rows = Enrolment.objects.filter(batch=found).active_at(now).for_user(person, now=now)
    return list(rows.select_related("student").order_by("student__name", "pk"))
