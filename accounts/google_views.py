"""To Google and back: sign in, connect and disconnect an account, confirm who one is."""

from typing import Any, cast

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import activity, google_accounts, invitations, ways_in
from accounts.access import SignedInRequest, public, recent_sign_in_required, signed_in, while_enrolling
from accounts.google import CONFIRM, CONNECT, INVITATION, SIGN_IN, CodeExchange, NotAsked
from accounts.limits import CONFIRMATION, limited, person_of
from accounts.limits import SIGN_IN as SIGN_IN_TRIES
from coaching.lib.errors import DomainError
from coaching.lib.refusals import Sorry, refuse

_come_back = OAuth2CallbackView.adapter_view(CodeExchange)
_NOT_IN = Sorry("google", gettext_lazy("You are not signed in"), "", "")
_NOTHING_DONE = Sorry("google", gettext_lazy("Nothing was changed"), "", "")


@public
@limited(SIGN_IN_TRIES)
@require_POST
def google_login(request: HttpRequest) -> HttpResponse:
    """Go to Google to sign in, or with `process` = invitation to accept the one this browser holds."""
    if request.user.is_authenticated:
        return redirect("dashboard")
    asked = INVITATION if request.POST.get("process") == INVITATION else SIGN_IN
    return _go(request, asked)


@public
@never_cache
@require_GET
def google_callback(request: HttpRequest) -> HttpResponse:
    """Where Google sends the browser back; this address works once."""
    ways_in.require_google()
    was_in = request.user.is_authenticated
    try:
        return cast("HttpResponse", _come_back(request))
    except DomainError as error:
        if not was_in and not isinstance(error, NotAsked):
            activity.record("sign_in.failed", subject=getattr(error, "subject", None), request=request, way="google")
        return refuse(
            request,
            status=error.status,
            sorry=_NOTHING_DONE if was_in else _NOT_IN,
            code=error.code,
            message=error.message,
            next_url=reverse(_back(request)),
        )


def _back(request: HttpRequest) -> str:
    """Where somebody who was refused goes on."""
    if request.user.is_authenticated:
        return "profile"
    return "invitation_accept" if invitations.KEPT in request.session else "account_login"


@signed_in
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def google_connect(request: SignedInRequest) -> HttpResponse:
    """Go to Google to choose the account one wants to sign in with from now on."""
    if request.method != "POST":
        return redirect("profile")
    return _go(request, CONNECT)


@signed_in
@recent_sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def google_disconnect(request: SignedInRequest) -> HttpResponse:
    """Sign in with Google no more."""
    if request.method == "POST":
        google_accounts.disconnect(request.user, request=request)
        messages.success(request, _("Google is disconnected."))
    return redirect("profile")


@while_enrolling
@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited(CONFIRMATION, key=person_of)
@ways_in.leads_to_google
def google_confirm(request: SignedInRequest) -> HttpResponse:
    """Ask again who somebody is, for whom Google is the only way in or the one he likes."""
    account = ways_in.google_account(request.user)
    if account is None:
        return redirect("account_reauthenticate")
    if request.method == "POST":
        choice = {"prompt": "select_account", "login_hint": account.extra_data.get("email", "")}
        return _go(request, CONFIRM, asked=choice)
    return render(request, "account/google_again.html", {"redirect_field": _where_to(request)})


def _where_to(request: HttpRequest) -> str:
    """The hidden field that keeps where one wanted to go, as allauth's own pages have it."""
    wanted = get_next_redirect_url(request)
    return format_html('<input type="hidden" name="next" value="{}">', wanted) if wanted else ""


def _go(request: HttpRequest, process: str, *, asked: dict[str, str] | None = None) -> HttpResponse:
    """To Google's page. Raises: NotAllowed when the institute has no OAuth client there."""
    ways_in.require_google()
    provider: Any = get_adapter().get_provider(request, ways_in.GOOGLE)
    parameters = provider.get_auth_params() | (asked or {"prompt": "select_account"})
    data = {"person": request.user.pk} if request.user.is_authenticated else None
    next_url = get_next_redirect_url(request)
    return cast("HttpResponse", provider.redirect(request, process, next_url, data, auth_params=parameters))
