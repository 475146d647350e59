"""A person's own page: who he is here, his look and language, his ways in, his Drives, what was last done.

Each section is a form of its own and saves by itself; most lead on to a page of their own.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import second_step, sessions
from accounts.access import SignedInRequest, signed_in
from accounts.activity import lines
from accounts.adapters import keep_language
from accounts.forms import LanguageForm, PhoneForm
from accounts.models import Activity, SessionSlot, User
from accounts.services import change_person
from accounts.ways_in import leads_to_google
from coaching.pages.child import contact
from dfs import offers

OWN_LINES = 10


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_google
def profile(request: SignedInRequest) -> HttpResponse:
    """Everything about myself; a POST brings a `phone` or a `language`."""
    person = User.objects.get(pk=request.user.pk)
    if "language" in request.POST:
        return _speak(request, person)
    form = PhoneForm(request.POST if request.method == "POST" else None, instance=person)
    if request.method == "POST" and form.is_valid():
        if form.changed_data:
            change_person(person, changed=["phone"], actor=person, request=request)
        messages.success(request, _("Saved."))
        return redirect("profile")
    return render(request, "pages/profile.html", {"form": form, **_sections(request, person)})


def _speak(request: SignedInRequest, person: User) -> HttpResponse:
    """Change the language; without one of his own he gets his browser's again."""
    form = LanguageForm(request.POST, instance=person)
    if not form.is_valid():
        raise BadRequest("unknown language")
    form.save()
    response = redirect("profile")
    if person.language:
        keep_language(response, person.language)
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


def _sections(request: SignedInRequest, person: User) -> dict[str, Any]:
    now = timezone.now()
    done = Activity.objects.about(person).select_related("actor", "subject")[:OWN_LINES]
    return {
        "person": person,
        "languages": [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES],
        "slots": SessionSlot.objects.of(person).live(now).order_by("-last_seen_at"),
        "here": sessions.slot_id(request),
        "second_step": second_step.standing(person),
        "drives": offers.drive_panel(person, now=now),
        "contact": contact(),
        "lines": lines(done),
    }
