"""The best of a test by name, and whether a student wants to be among them."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import SignedInRequest, role_required, signed_in
from accounts.models import Role
from exams import leaderboard
from exams.models import Test

CHOICES = {"yes": True, "no": False}


@signed_in
@never_cache
@require_safe
def test_leaderboard(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """For whom the test concerns, once marks are out for him; of a test without one there is no page."""
    now = timezone.now()
    test = get_object_or_404(Test.objects.for_user(request.user, now=now), uuid=public_id)
    is_staff = Test.objects.editable_by(request.user).filter(pk=test.pk).exists()
    if not leaderboard.has_one(test) and not is_staff:
        raise Http404
    context = {
        "test": test,
        "is_staff": is_staff,
        "has_one": leaderboard.has_one(test),
        "board": leaderboard.board_of(test, request.user, is_staff=is_staff, now=now),
        "standing": leaderboard.standing_of(request.user, now=now) if request.user.role == Role.STUDENT else None,
    }
    return render(request, "exams/leaderboard.html", context)


@role_required(Role.STUDENT)
@require_POST
def leaderboard_choice(request: SignedInRequest) -> HttpResponse:
    """`is_shown`: yes or no; back to `next`, a path of this site, else to the privacy page."""
    said = request.POST.get("is_shown", "")
    if said not in CHOICES:
        raise BadRequest("yes or no")
    now = timezone.now()
    leaderboard.choose(request.user, is_shown=CHOICES[said], now=now, request=request)
    standing = leaderboard.standing_of(request.user, now=now)
    if standing.waits:
        messages.success(request, _("Noted. You are named as soon as your guardian agrees, too."))
    elif standing.is_shown:
        messages.success(request, _("You are named on leaderboards."))
    else:
        messages.success(request, _("You are not named on leaderboards."))
    back = request.POST.get("next", "")
    return redirect(back if back.startswith("/") and url_has_allowed_host_and_scheme(back, None) else "privacy")
