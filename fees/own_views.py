"""A student's own fees, his guardians' view of them, and the way from /fees/ to where somebody's fees are."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import guardians
from accounts.access import SignedInRequest, signed_in
from accounts.models import Grant, Institute, Role, User
from fees import fee_status, own_page


@signed_in
@require_safe
def fees(request: SignedInRequest) -> HttpResponse:
    """One's own fees, or one's first child's; staff come to their work with fees."""
    person = request.user
    if person.is_admin:
        return redirect("fees_overview")
    if person.may(Grant.Kind.CASHIER):
        return redirect("counter")
    if person.role == Role.STUDENT:
        return _shown(request, person)
    first = guardians.students_of(person).first()
    if first is not None:
        return redirect("fees_of", first.uuid)
    if fee_status.may_read(person):
        return redirect("fee_status")
    return render(request, "fees/own/none.html")


@signed_in
@require_safe
def fees_of(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A child's fees; anybody else's are not there."""
    children = list(guardians.students_of(request.user))
    student = next((one for one in children if one.uuid == public_id), None)
    if student is None:
        raise Http404
    return _shown(request, student, children=children)


def _shown(request: SignedInRequest, student: User, *, children: list[User] | None = None) -> HttpResponse:
    now = timezone.now()
    context = {
        "student": student,
        "children": children if children and len(children) > 1 else [],
        "own": own_page.of(student, now=now),
        "institute": Institute.current(),
        "today": timezone.localdate(now),
    }
    return render(request, "fees/own/own.html", context)
