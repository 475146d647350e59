"""A person's own page, the switch of the look, and the doors that are closed."""

from typing import NoReturn

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import second_step
from accounts.access import public, signed_in
from accounts.activity import lines
from accounts.adapters import keep_language
from accounts.forms import LookForm, ThemeForm
from accounts.models import Activity, User
from accounts.ways_in import leads_to_google
from coaching.lib.errors import NotAllowed

OWN_LINES = 10


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@leads_to_google
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, my look and language, and what was last done in my name."""
    person = User.objects.get(pk=request.user.pk)
    form = LookForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        response = redirect("profile")
        if person.language:
            keep_language(response, person.language)
        return response
    rows = Activity.objects.about(person).select_related("actor", "subject")[:OWN_LINES]
    context = {"person": person, "form": form, "lines": lines(rows), "second_step": second_step.standing(person)}
    return render(request, "accounts/profile.html", context)


@signed_in
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Change the look and stay where one was."""
    form = ThemeForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        raise BadRequest("unknown theme")
    form.save()
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else "profile")


@public
def registration_closed(request: HttpRequest) -> NoReturn:
    """Where other sites let people register."""
    raise NotAllowed(_("Nobody registers here. Your institute enters you and tells you how to sign in."))


@public
def not_here(request: HttpRequest, **kwargs: str) -> NoReturn:
    """Pages of allauth that this project does not have, under the names allauth asks for."""
    raise Http404
