"""The first page after sign-in, and the page behind the phone's More tab."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from accounts import guardians, second_step
from accounts.access import public, signed_in
from accounts.models import Role, User
from dfs import offers

NEWEST = 5


def greeting(name: str) -> str:
    """Good evening, Ananya. By the institute's clock; titles are left out."""
    hour = timezone.localtime().hour
    first = next((word for word in name.split() if not word.endswith(".")), name)
    if hour < 12:
        return _("Good morning, %(name)s.") % {"name": first}
    if hour < 17:
        return _("Good afternoon, %(name)s.") % {"name": first}
    return _("Good evening, %(name)s.") % {"name": first}


@signed_in
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The bare address leads home."""
    return redirect("dashboard")


@signed_in
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Everybody's own files; for an admin the store's figures and what needs a decision on top."""
    person: User = request.user  # type: ignore[assignment]
    context = {
        "greeting": greeting(person.name),
        "today": timezone.localdate(),
        "children": guardians.students_of(person),
        "mine": offers.own_files(person, newest=NEWEST),
        "drives_to_sign_in": offers.drives_to_sign_in(person),
        "lacks_second_step": person.is_admin and not settings.MFA_REQUIRED and not second_step.is_on(person),
        "store": offers.store_figures() if person.role == Role.ADMIN else None,
    }
    return render(request, "pages/dashboard.html", context)


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
