"""The code of a class on the screen of the hall, for who holds the class."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from attendance import class_codes
from batches.models import ClassSession


@signed_in
@require_safe
@never_cache
def class_code(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The whole screen; `again` is set when a page without JavaScript renews itself, which is no other opening."""
    row = _shown_to(request, public_id)
    screen = class_codes.screen_of(row, now=timezone.now())
    note = class_codes.note_look if "again" in request.GET else class_codes.note_opening
    if screen.code:
        note(row, by=request.user, request=request)
    return render(request, "attendance/class_code.html", {"row": row, "screen": screen})


@signed_in
@require_safe
@never_cache
def class_code_now(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What changes on it, for the page that asks again and again."""
    row = _shown_to(request, public_id)
    screen = class_codes.screen_of(row, now=timezone.now())
    if screen.code:
        class_codes.note_look(row, by=request.user, request=request)
    return render(request, "attendance/_class_code.html", {"row": row, "screen": screen})


def _shown_to(request: SignedInRequest, public_id: UUID) -> ClassSession:
    """To its teachers and admins; to others there is no such page."""
    rows = ClassSession.objects.editable_by(request.user).select_related("batch__venue", "room__venue", "subject")
    return get_object_or_404(rows, uuid=public_id)
