"""One person's page: for admins everything the areas know of him, for a guardian who his child is, for a teacher how
his student and the student's guardians are reached, and no more: neither birth date nor sessions nor devices.

A student's areas (batches, tests, fees) have their parts here, each as far as the reader may see it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import guardians, invitees, photos, second_step
from accounts.access import SignedInRequest, signed_in
from accounts.activity import lines
from accounts.models import Activity, ImportedRow, Institute, Invitation, Role, SessionSlot, User
from batches import taught
from batches.models import Enrolment
from dfs import owned
from exams import offers as exams_offers
from fees import offers as fees_offers

LINES_SHOWN = 10
DEVICES_SHOWN = 5
BATCHES_SHOWN = 20


@signed_in
@require_safe
def person(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Somebody this person may look up; anybody else is not there. One's own page is the profile."""
    now, reader = timezone.now(), request.user
    known = User.objects.for_user(reader).filter(uuid=public_id).first()
    found = known or get_object_or_404(taught.students_of(reader, now=now), uuid=public_id)
    if found.pk == reader.pk and not reader.is_admin:
        return redirect("profile")
    [found] = photos.with_tags([found]) if known else [found]
    context = _who(found) | {"enrolments": _enrolments(found, reader, now), "is_taught": known is None}
    if reader.is_admin:
        context |= _ties(found) | _ways_in(found) | _traces(found)
    elif known is None:
        context["guardians"] = list(guardians.links_of(found))
    if found.role == Role.STUDENT:
        context["tests"] = exams_offers.over_tests(found, reader, now=now)
        context["fees"] = fees_offers.standing(found, reader, now=now)
    return render(request, "pages/person.html", context)


def _who(found: User) -> dict[str, Any]:
    today = timezone.localtime(timezone.now(), Institute.current().zone).date()
    return {"person": found, "is_minor": found.is_minor(on=today), "is_student": found.role == Role.STUDENT}


def _enrolments(found: User, reader: User, now: datetime) -> list[Enrolment]:
    """In which batches, the newest first; a teacher is told of those that are his."""
    rows = found.enrolments.for_user(reader, now=now).select_related("batch")
    return list(rows.order_by("-joined_at", "-pk")[:BATCHES_SHOWN])


def _ties(found: User) -> dict[str, Any]:
    """Guardians of a student, students of a guardian, rights of staff."""
    students = [link.student for link in found.guardianships.select_related("student").order_by("student__name", "pk")]
    return {
        "guardians": list(guardians.links_of(found)) if found.role == Role.STUDENT else [],
        "students": students,
        "grants": list(found.grants.all()) if found.role == Role.STAFF else [],
    }


def _ways_in(found: User) -> dict[str, Any]:
    """How he signs in, or that he is still to be invited; where he is signed in now."""
    now = timezone.now()
    slots = list(SessionSlot.objects.of(found).live(now).order_by("-last_seen_at")[:DEVICES_SHOWN])
    last = SessionSlot.objects.of(found).order_by("-last_seen_at").first()
    return {
        "can_sign_in": invitees.can_sign_in(found),
        "invitation": Invitation.objects.open_at(now).filter(person=found).first(),
        "has_second_step": second_step.is_on(found),
        "slots": slots,
        "seen_at": last.last_seen_at if last else None,
    }


def _traces(found: User) -> dict[str, Any]:
    """What he did or had done to him lately, how he came, and the Drives he lent."""
    rows = Activity.objects.about(found).select_related("actor", "subject")[:LINES_SHOWN]
    entered = ImportedRow.objects.filter(person=found, action=ImportedRow.Action.ADDED).select_related("people_import")
    return {
        "lines": lines(rows),
        "entered": entered.first(),
        "drives": owned.drives_of([found]).get(found.pk, []),
    }
