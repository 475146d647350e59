"""What a guardian link opens: first the PIN and nothing else, then one child's day, to be read only.

Behind the PIN stands no session but a signed cookie for this one address, half an hour old at most, so it opens no
other page. The row is asked each time: a link that was taken back closes at once. Every token gets the same first page,
and every token that does not open the same answer to a PIN.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import guardian_passes
from accounts.access import public
from accounts.guardian_pass_forms import PinForm
from accounts.guardian_passes import PassClosed
from accounts.limits import GUARDIAN_PIN, limited
from accounts.models import GuardianPass
from coaching.pages.child import day_of

OPEN_S = 30 * 60
_SALT = "guardian link"


@public
@require_safe
def guardian_link_bare(request: HttpRequest, token: str) -> HttpResponse:
    """The address as some messengers cut it, without its slash. Here, because the log hides only known addresses."""
    return redirect("guardian_link", token)


@public
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@limited(GUARDIAN_PIN)
def guardian_link(request: HttpRequest, token: str) -> HttpResponse:
    """The child's day for who has shown the PIN, else the form for it."""
    row = _opened(request, token)
    if row is not None and request.method != "POST":
        response = render(request, "pages/guardian_link.html", day_of(row.student) | {"row": row})
        return _private(response, referrer="no-referrer")
    form = PinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            pin = form.cleaned_data["pin"]
            return _let_in(request, guardian_passes.open_with_pin(token, pin=pin, now=timezone.now(), request=request))
        except PassClosed as error:
            form.add_error("pin", error.message)
    # With no-referrer the browser would send the form without its origin, and it would be refused as forged.
    return _private(render(request, "pages/guardian_link_pin.html", {"form": form}), referrer="strict-origin")


def _cookie() -> str:
    """Its name; not `__Host-`, which is for cookies of the whole site."""
    return "__Secure-guardian" if settings.SESSION_COOKIE_SECURE else "guardian"


def _opened(request: HttpRequest, token: str) -> GuardianPass | None:
    """The link that this browser opened in the last half hour and that still works."""
    shown = request.get_signed_cookie(_cookie(), default="", salt=_SALT, max_age=OPEN_S)
    row = guardian_passes.find_open(token, now=timezone.now()) if shown else None
    return row if row is not None and shown == str(row.uuid) else None


def _let_in(request: HttpRequest, row: GuardianPass) -> HttpResponse:
    response = redirect(request.path)
    response.set_signed_cookie(
        _cookie(),
        str(row.uuid),
        salt=_SALT,
        max_age=OPEN_S,
        path=request.path,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Strict",
    )
    return _private(response, referrer="no-referrer")


def _private(response: HttpResponse, *, referrer: str) -> HttpResponse:
    """The address is half of the key: no search engine and no other site gets it."""
    response.headers["Referrer-Policy"] = referrer
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
