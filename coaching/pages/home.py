"""The bare address, the page behind the phone's More tab, and the language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts.access import public, signed_in
from accounts.models import User


@signed_in
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The bare address leads home."""
    return redirect("dashboard")


@signed_in
@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """All of the navigation, the look, the language and sign-out, for a phone."""
    return render(request, "pages/more.html")


@public
@require_POST
def language_set(request: HttpRequest) -> HttpResponseBase:
    """Change the language and stay where one was; for a person who is signed in also at his next sign-in."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)
