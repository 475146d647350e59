"""One person's page: for admins everything the areas know of him, for a guardian who his child is.

A student's areas (batches, attendance, results, fees) offer their parts here as they come.
"""

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
from dfs import owned

LINES_SHOWN = 10
DEVICES_SHOWN = 5


@signed_in
@require_safe
def person(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Somebody this person may look up; anybody else is not there. One's own page is the profile."""
    found = get_object_or_404(User.objects.for_user(request.user), uuid=public_id)
    if found.pk == request.user.pk and not request.user.is_admin:
        return redirect("profile")
    [found] = photos.with_tags([found])
    context = _who(found)
    if request.user.is_admin:
        context |= _ties(found) | _ways_in(found) | _traces(found)
    return render(request, "pages/person.html", context)


def _who(found: User) -> dict[str, Any]:
    today = timezone.localtime(timezone.now(), Institute.current().zone).date()
    return {"person": found, "is_minor": found.is_minor(on=today), "is_student": found.role == Role.STUDENT}


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
