"""Google's word about somebody: how we ask for it, and what must stand in it before it counts. Knows no people.

allauth walks to Google and back: a state kept in the session that works once, a code, PKCE (S256). Ours are the nonce,
the checks of the ID token, and the rules about the address. The token comes over our own TLS connection from the token
endpoint, so its signature need not be checked (OpenID Connect Core 3.1.3.7); its claims are, all of them.

The nonce is a hash of the PKCE verifier, which never leaves the session (OpenID Connect Core 15.5.2), so the
two belong together and nothing else has to be kept.
"""

import base64
import hashlib
import logging
import secrets
from typing import Any, ClassVar

import jwt
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError

log = logging.getLogger("accounts.google")
CLOCK_SLACK_S = 60
MUST_SAY = ("iss", "aud", "exp", "iat", "sub")
SIGN_IN = AuthProcess.LOGIN
CONNECT = AuthProcess.CONNECT
CONFIRM = "confirm"
INVITATION = "invitation"


class GoogleRefused(DomainError):
    """Google knows this person, but its account is not one that may be used here (403)."""

    code = "google_refused"
    status = 403


class AnswerRefused(DomainError):
    """What came back is not an answer to what this browser asked (409)."""

    code = "google_answer"


class NotAsked(AnswerRefused):
    """This browser asked nothing, or had its answer. Anybody can send one, so the activity log takes no line of it."""


def nonce_of(verifier: str) -> str:
    """The nonce that goes with a PKCE verifier; says nothing of it."""
    digest = hashlib.sha256(b"nonce:" + verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def as_stored(email: str) -> str:
    """An address as the people's table holds it. One with other letters than ASCII stays: two may fold alike."""
    email = email.strip()
    return email.lower() if email.isascii() else email


def checked_claims(id_token: str, *, verifier: str) -> dict[str, Any]:
    """The claims of a token that is Google's, for us, for this attempt and in time, of somebody who may use it here.

    Raises: AnswerRefused, GoogleRefused.
    """
    issuer = settings.GOOGLE_ID_TOKEN_ISSUER
    strict = {"verify_signature": False, "verify_exp": True, "verify_iat": True, "verify_sub": True}
    strict |= {"verify_aud": True, "strict_aud": True, "verify_iss": True}
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            options={**strict, "require": list(MUST_SAY)},  # type: ignore[arg-type]  # one mapping for both kinds
            audience=settings.GOOGLE_CLIENT_ID,
            issuer=[issuer, issuer.removeprefix("https://")],
            leeway=CLOCK_SLACK_S,
        )
    except jwt.PyJWTError as error:
        log.warning("An ID token was refused: %s", type(error).__name__)
        raise AnswerRefused(_not_for_this()) from None
    if not verifier or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce_of(verifier).encode()):
        log.warning("An ID token was refused for its nonce")
        raise AnswerRefused(_not_for_this())
    _require_usable(claims)
    return claims


def _require_usable(claims: dict[str, Any]) -> None:
    """Raises: GoogleRefused."""
    if not claims["sub"] or not isinstance(claims.get("email"), str) or claims.get("email_verified") is not True:
        raise GoogleRefused(
            _("Google has not verified this account's e-mail address. Verify it at Google, or use another account.")
        )
    allowed = settings.ALLOWED_GOOGLE_DOMAINS
    if allowed and str(claims.get("hd", "")).lower() not in allowed:  # the claim; an address alone proves no domain
        wanted = get_text_list([f"@{domain}" for domain in allowed], _("or"))
        raise GoogleRefused(_("Choose the Google account that ends in %(domains)s.") % {"domains": wanted})


def _not_for_this() -> str:
    return _("What Google sent back is not an answer to what you asked here, so nothing was done. Start again.")


class CodeExchange(GoogleOAuth2Adapter):  # type: ignore[misc]
    """From the code to checked claims, at the endpoints of the settings. There is no other source of claims."""

    verifier = ""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.access_token_url = settings.GOOGLE_TOKEN_URL
        self.authorize_url = settings.GOOGLE_AUTHORIZE_URL

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """From BASE_URL, never from what the browser calls this host."""
        return settings.BASE_URL + reverse("google_callback")

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self.verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """Raises: AnswerRefused, GoogleRefused."""
        claims = checked_claims(str(kwargs["response"].get("id_token", "")), verifier=self.verifier)
        return self.get_provider().sociallogin_from_response(request, claims)


class Google(GoogleProvider):  # type: ignore[misc]
    """allauth's provider, which asks for no more than an identity and sends a nonce along."""

    package = "allauth.socialaccount.providers.google"
    oauth2_adapter_class: ClassVar[type[CodeExchange]] = CodeExchange

    def get_pkce_params(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().get_pkce_params()
        return asked | {"nonce": nonce_of(asked["code_verifier"])}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """All that is kept of a Google account besides its number: the address, for the person to recognise it by."""
        return {"email": data["email"]}
