"""The code of a class on the screen of the hall, for who holds the class."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import SignedInRequest, signed_in
from attendance import class_codes
from batches.models import ClassSession


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def class_code(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The whole screen; its first code comes by POST, which is logged: looking at an address shows none."""
    row = _shown_to(request, public_id)
    if request.method == "POST":
        class_codes.open_screen(row, by=request.user, now=timezone.now(), request=request)
        return redirect("class_code", public_id)
    screen = class_codes.screen_of(row, by=request.user, now=timezone.now())
    return render(request, "attendance/class_code.html", {"row": row, "screen": screen})


@signed_in
@require_safe
@never_cache
def class_code_now(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What changes on it, for the page that asks again and again."""
    row = _shown_to(request, public_id)
    screen = class_codes.screen_of(row, by=request.user, now=timezone.now())
    return render(request, "attendance/_class_code.html", {"row": row, "screen": screen})


def _shown_to(request: SignedInRequest, public_id: UUID) -> ClassSession:
    """To its teachers and admins; to others there is no such page."""
    rows = ClassSession.objects.editable_by(request.user).select_related("batch__venue", "room__venue", "subject")
    return get_object_or_404(rows, uuid=public_id)
