"""The switch of the look, and the doors that are closed."""

from typing import NoReturn

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import public, signed_in
from accounts.forms import ThemeForm
from accounts.models import User
from coaching.lib.errors import NotAllowed


@signed_in
@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Change the look and stay where one was."""
    form = ThemeForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        raise BadRequest("unknown theme")
    form.save()
    target = request.POST.get("next", "")
    # A word without a slash would be taken for the name of a page.
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, None)
    return redirect(target if is_ours else "profile")


@public
def registration_closed(request: HttpRequest) -> NoReturn:
    """Where other sites let people register."""
    raise NotAllowed(_("Nobody registers here. Your institute enters you and tells you how to sign in."))


@public
def not_here(request: HttpRequest, **kwargs: str) -> NoReturn:
    """Pages of allauth that this project does not have, under the names allauth asks for."""
    raise Http404
