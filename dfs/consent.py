"""Google's consent for one Drive, apart from sign-in: what we ask for, and what the answer must say before it counts.

The OAuth code flow with PKCE, a state that works once and a nonce. The ID token comes over our own TLS connection from
the token endpoint, so its signature need not be checked (OpenID Connect Core 3.1.3.7); its claims are, all of them.

Nothing here puts a token, a code or Google's own words into a message or a log.

Source: developers.google.com/identity/protocols/oauth2/web-server, RFC 7636 (PKCE), RFC 6749 section 5.2.
"""

import base64
import binascii
import hashlib
import json
import logging
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.errors import DomainError, Unavailable

log = logging.getLogger("dfs.consent")
DRIVE_SCOPE = "https://www.googleapis.com/auth/drive.appdata"
SCOPES = f"openid email {DRIVE_SCOPE}"
TIMEOUT_S = (5.0, 15.0)
CLOCK_SLACK_S = 60
IN_TESTING = gettext_lazy(
    "Google's consent screen is probably still in Testing: tokens end after seven days. "
    "Publish it in the project's settings at Google, then have the Drive signed in for again."
)
"""For admins, of a Drive whose sign-in `ended_young`."""


class LinkRefused(DomainError):
    """The Drive is not linked. The message says why and what to do."""

    code = "link_refused"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to Google and back. `begun_s` is a Unix time, `drive` the uuid of the one to sign in for again or ""."""

    state: str
    nonce: str
    verifier: str
    begun_s: float
    drive: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What Google gave: for whom, and the token that opens his Drive. Not for logs: `repr` hides the token."""

    subject: str
    email: str
    refresh_token: str

    def __repr__(self) -> str:
        return f"Grant({self.email})"


def is_configured() -> bool:
    """Whether the institute has an OAuth client at Google."""
    return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)


def google_origin() -> str:
    """The one origin a form may lead to from the page where a Drive is linked."""
    place = urlsplit(settings.GOOGLE_AUTHORIZE_URL)
    return f"{place.scheme}://{place.netloc}"


def redirect_uri() -> str:
    """Where Google sends the browser back; it must stand exactly so in the OAuth client at Google."""
    return settings.BASE_URL + reverse("dfs:drive_callback")


def new_attempt(*, now: datetime, drive: str = "") -> Attempt:
    return Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        begun_s=now.timestamp(),
        drive=drive,
    )


def address(attempt: Attempt, *, hint: str = "") -> str:
    """Google's consent page for this attempt. `hint` is the account it should offer."""
    challenge = hashlib.sha256(attempt.verifier.encode()).digest()
    asked = {
        "client_id": settings.GOOGLE_CLIENT_ID,
        "redirect_uri": redirect_uri(),
        "response_type": "code",
        "scope": SCOPES,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "access_type": "offline",  # a refresh token …
        "prompt": "consent select_account",  # … each time, and of the account the person means
    }
    return f"{settings.GOOGLE_AUTHORIZE_URL}?{urlencode(asked | ({'login_hint': hint} if hint else {}))}"


def exchange(attempt: Attempt, code: str) -> Grant:
    """Turn the code into a grant that may be kept. Raises: LinkRefused, Unavailable."""
    answer = _ask_for_tokens(attempt, code)
    claims = _checked_claims(str(answer.get("id_token", "")), attempt.nonce)
    if DRIVE_SCOPE not in str(answer.get("scope", "")).split():
        raise LinkRefused(
            _(
                "You did not allow Google to keep this app's data in your Drive, so nothing was linked. "
                "Start again and leave that box ticked."
            )
        )
    token = str(answer.get("refresh_token", ""))
    if not token:
        raise LinkRefused(_("Google did not give a lasting permission, so nothing was linked. Start again."))
    return Grant(str(claims["sub"]), str(claims["email"]), token)


def revoke(refresh_token: str) -> None:
    """Give the permission back to Google; one that is gone already is success. Raises: Unavailable.

    Google takes back everything this person granted our client with it, so this is only for a Drive that goes.
    """
    status, answer = _post(settings.GOOGLE_REVOKE_URL, {"token": refresh_token})
    if status == 200 or (status == 400 and answer.get("error") == "invalid_token"):
        return
    log.warning("Google did not take a permission back: HTTP %s", status)
    raise Unavailable(_("Google does not answer now. Try again in a few minutes."))


def _ask_for_tokens(attempt: Attempt, code: str) -> dict[str, Any]:
    status, answer = _post(
        settings.GOOGLE_TOKEN_URL,
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": attempt.verifier,
            "redirect_uri": redirect_uri(),
            "client_id": settings.GOOGLE_CLIENT_ID,
            "client_secret": settings.GOOGLE_CLIENT_SECRET,
        },
    )
    if status == 200:
        return answer
    log.warning("Google refused a code: HTTP %s %s", status, _plain(answer.get("error")))
    if status >= 500 or status in (0, 429):
        raise Unavailable(_("Google does not answer now, so nothing was linked. Try again in a few minutes."))
    if answer.get("error") == "invalid_grant":
        raise LinkRefused(_("What Google sent back was used or too old, so nothing was linked. Start again."))
    raise LinkRefused(
        _("Google does not accept this institute's registration, so nothing was linked. Tell the office.")
    )


def _checked_claims(id_token: str, nonce: str) -> dict[str, Any]:
    """Raises: LinkRefused unless the token is Google's, for us, of this attempt and in time."""
    claims, problem = _claims(id_token), ""
    issuer, now = settings.GOOGLE_ID_TOKEN_ISSUER, datetime.now(UTC).timestamp()
    if claims.get("iss") not in (issuer, issuer.removeprefix("https://")):
        problem = "issuer"
    elif claims.get("aud") != settings.GOOGLE_CLIENT_ID:
        problem = "audience"
    elif not _is_after(claims.get("exp"), now - CLOCK_SLACK_S) or _is_after(claims.get("iat"), now + CLOCK_SLACK_S):
        problem = "time"
    elif not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        problem = "nonce"
    elif not claims.get("sub") or not claims.get("email"):
        problem = "identity"
    if problem:
        log.warning("An ID token was refused for its %s", problem)
        raise LinkRefused(_("What Google sent back is not for this request, so nothing was linked. Start again."))
    return claims


def _is_after(claim: Any, moment_s: float) -> bool:
    return isinstance(claim, int | float) and not isinstance(claim, bool) and claim > moment_s


def _claims(id_token: str) -> dict[str, Any]:
    """The token's middle part; nothing when it is not one."""
    parts = id_token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _plain(error: Any) -> str:
    """Google's error code when it is one; whatever else stands there is not written down."""
    return str(error) if re.fullmatch(r"[a-z_]{1,40}", str(error)) else "(no code)"


def _post(url: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON object; status 0 when there was no answer. Never follows a redirect with secrets in hand."""
    import requests  # 0.1 s that a site without Google need not pay at each start

    try:
        answer = requests.post(url, data=fields, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("Google did not answer: %s", type(error).__name__)
        return 0, {}
    try:
        body = answer.json()
    except ValueError:
        body = None
    return answer.status_code, body if isinstance(body, dict) else {}
