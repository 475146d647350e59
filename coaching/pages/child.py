"""One child's day as a guardian reads it: signed in, with the other children one tap away, or by a guardian link."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import guardians, photos
from accounts.access import SignedInRequest, signed_in
from accounts.models import Institute, Notification, User
from attendance import offers as attendance_offers
from batches.class_days import children_today
from coaching.pages.classes import with_states_of

NEWEST = 3


@dataclass(frozen=True, slots=True)
class Contact:
    """How the office is reached. `dial` is the number as a phone takes it; empty is what the office has not said."""

    phone: str
    dial: str
    email: str
    address: str


@signed_in
@require_safe
def child_list(request: SignedInRequest) -> HttpResponse:
    """The first child's page; who has no child linked to him learns who does that."""
    first = guardians.students_of(request.user).first()
    if first is None:
        return render(request, "pages/child_none.html", {"contact": contact()})
    return redirect("child", first.uuid)


@signed_in
@require_safe
def child(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One of one's own children; anybody else's is not there."""
    children = photos.with_tags(guardians.students_of(request.user))
    student = next((one for one in children if one.uuid == public_id), None)
    if student is None:
        raise Http404
    news = Notification.objects.for_user(request.user).filter(about=student)[:NEWEST]
    shares = attendance_offers.batch_shares(student, viewer=request.user, sees_all=True, now=timezone.now())
    context = day_of(student) | {"children": children if len(children) > 1 else [], "news": news, "shares": shares}
    return render(request, "pages/child.html", context)


def day_of(student: User) -> dict[str, object]:
    """What the part that both pages share shows of this student today."""
    now = timezone.now()
    lines = with_states_of(children_today([student], now=now), [student], now=now)
    return {"student": student, "today": timezone.localdate(now), "lines": lines, "contact": contact()}


def contact() -> Contact:
    """The office as the institute's settings have it."""
    institute = Institute.current()
    dial = "".join(sign for sign in institute.phone if sign in "+0123456789")
    return Contact(phone=institute.phone, dial=dial, email=institute.email, address=institute.address)
