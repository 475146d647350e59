"""What allauth asks this project about Google: our OAuth client, how to speak to Google, what an answer leads to.

What comes back from Google is led on by what was asked: to sign in, to accept an invitation, to connect the account, or
to confirm who somebody is. Nothing here lets allauth register a person or connect an account by itself.
"""

import functools
import logging
import re
import secrets
from typing import Any, NoReturn, cast
from urllib.parse import urlencode

import requests
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import google_accounts, invitations, sessions
from accounts.google import CONFIRM, CONNECT, INVITATION, AnswerRefused, GoogleRefused, NotAsked
from accounts.models import User
from accounts.ways_in import GOOGLE, has_google
from coaching.lib.errors import Unavailable

log = logging.getLogger("accounts.google")
TIMEOUT_S = (5.0, 15.0)


class GoogleAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """One provider, from the settings; nobody registers; every decision of who comes in is `google_accounts`'."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """The institute's OAuth client, from the settings alone: none can be put into the database."""
        if not has_google():
            return []
        fields = {"client_id": settings.GOOGLE_CLIENT_ID, "secret": settings.GOOGLE_CLIENT_SECRET}
        return [SocialApp(provider=GOOGLE, name="Google", **fields)]

    def get_requests_session(self) -> requests.Session:
        """Never follows a redirect with the client's secret in hand, and does not wait for ever."""
        session = requests.Session()
        session.max_redirects = 0
        session.request = functools.partial(session.request, timeout=TIMEOUT_S)  # type: ignore[method-assign]
        return session

    def generate_state_param(self, state: dict[str, Any]) -> str:
        return secrets.token_urlsafe(32)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Raises: ImmediateHttpResponse for who stopped at Google, else NotAsked, AnswerRefused or Unavailable."""
        state = (extra_context or {}).get("state")
        if state and error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(_stopped(request, state))
        if isinstance(exception, requests.RequestException):
            log.warning("Google did not answer: %s", type(exception).__name__)
            raise Unavailable(_("Google does not answer now. Try again in a few minutes, or come in another way."))
        if state is None:
            raise NotAsked(
                _("This answer from Google is not for this browser window, or it was used already. Start again.")
            )
        log.warning("Google refused a code: %s", _plain(exception))
        raise AnswerRefused(_("What Google sent back was used or too old, so nothing was done. Start again."))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lead on by what was asked; returns only where allauth then signs in the person found.

        Raises: DomainError; ImmediateHttpResponse when there is nobody to sign in.
        """
        asked = sociallogin.state.get("process")
        if asked == CONNECT:
            raise ImmediateHttpResponse(_connect(request, sociallogin))
        if asked == CONFIRM:
            raise ImmediateHttpResponse(_confirm(request, sociallogin))
        if asked == INVITATION or not sociallogin.is_existing:
            account = _accept(request, sociallogin) if asked == INVITATION else _adopt(request, sociallogin)
            sociallogin.account, sociallogin.user = account, account.user


def _adopt(request: HttpRequest, sociallogin: SocialLogin) -> SocialAccount:
    account = sociallogin.account
    return google_accounts.adopt(account.uid, email=account.extra_data["email"], request=request)


@transaction.atomic
def _accept(request: HttpRequest, sociallogin: SocialLogin) -> SocialAccount:
    """The invitation this browser opened, used up by the person Google vouches for. Raises: DomainError."""
    account = sociallogin.account
    mark, email = str(request.session.get(invitations.KEPT, "")), account.extra_data["email"]
    person = invitations.accept_with_google(mark, email=email, request=request)
    attached = google_accounts.attach(account.uid, email=email, person=person, actor=person, request=request)
    request.session.pop(invitations.KEPT, None)
    return attached


def _connect(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    _require_same_person(request, sociallogin)
    account = sociallogin.account
    email = account.extra_data["email"]
    google_accounts.connect(cast("User", request.user), uid=account.uid, email=email, request=request)
    messages.success(request, _("You can sign in with %(email)s now.") % {"email": email})
    return redirect("profile")


def _confirm(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Note that the person showed who he is, and go on with what he wanted to do."""
    _require_same_person(request, sociallogin)
    if not sociallogin.is_existing or sociallogin.user.pk != request.user.pk:
        raise GoogleRefused(_("That is not the Google account you sign in with here. Choose that one."))
    named = {"provider": GOOGLE, "uid": sociallogin.account.uid}
    record_authentication(request, request.user, "socialaccount", **named, reauthenticated=True)
    # Where allauth looks for it: the browser comes from Google, not from a form of ours.
    request.GET = QueryDict(urlencode({"next": sociallogin.state.get("next") or reverse("dashboard")}))
    return reauthentication.resume_request(request) or redirect("dashboard")


def _require_same_person(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Raises: AnswerRefused unless whoever began is still signed in, with a session that lives."""
    is_live = request.user.is_authenticated and sessions.look(request, now=timezone.now()) is not None
    if not is_live or sociallogin.state.get("data") != {"person": request.user.pk}:
        raise AnswerRefused(_("You were signed out while you were at Google, so nothing was done. Start again."))


def _stopped(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    asked = state.get("process")
    if asked == CONNECT:
        messages.info(request, _("You stopped at Google, so nothing was connected."))
        return redirect("profile")
    if asked == CONFIRM:
        messages.info(request, _("You stopped at Google. Confirm that it is you to go on."))
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': state.get('next') or '/'})}")
    messages.info(request, _("You stopped at Google, so you are not signed in."))
    return redirect("invitation_accept" if asked == INVITATION else "account_login")


def _plain(exception: Exception | None) -> str:
    """Google's error code when it says one; whatever else stands there is not written down."""
    found = re.search(r'"error":\s*"([a-z_]{1,40})"', str(exception))
    return found[1] if found else "(no code)"
