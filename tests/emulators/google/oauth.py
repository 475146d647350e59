"""Google's OAuth 2.0 for web servers: consent, codes, tokens, revocation, identities.

Follows Google's guides "Using OAuth 2.0 for web server applications" and "OpenID Connect", RFC 6749, RFC 7636 (PKCE)
and the store's reference: access tokens live 3,599 s; refresh tokens come only when the consent page was shown for
offline access, and die when revoked, after six months unused, after seven days while the project is in testing, or when
a person has given the same client more than a hundred.
"""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from tests.emulators.google.accounts import Account
from tests.emulators.google.answers import Answer, oauth_error, of_json, refuse
from tests.emulators.google.calls import Bearer, Call
from tests.emulators.google.clock import DAY_S, SimulatedClock
from tests.emulators.google.identity import Signer, half_hash, unpadded

ACCESS_TOKEN_S = 3_599
CODE_S = 600
TESTING_S = 7 * DAY_S
UNUSED_S = 183 * DAY_S
REFRESH_TOKENS_PER_GRANT = 100
APP_DATA_SCOPE = "https://www.googleapis.com/auth/drive.appdata"
# The short names are what a request may ask for; the long ones are what Google grants.
LONG_NAMES = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
IDENTITY_SCOPES = frozenset({"openid", *LONG_NAMES, *LONG_NAMES.values()})


@dataclass(frozen=True)
class Client:
    """An OAuth client. No `redirect_uris` means any."""

    client_id: str
    client_secret: str
    redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consent:
    """What an authorization code stands for."""

    account: Account
    client_id: str
    scopes: frozenset[str]
    redirect_uri: str
    nonce: str
    challenge: str
    gives_refresh_token: bool
    at: float


@dataclass
class Grant:
    """A refresh token."""

    account: Account
    client_id: str
    scopes: frozenset[str]
    issued_at: float
    used_at: float


@dataclass(frozen=True)
class Access:
    """An access token."""

    bearer: Bearer
    expires_at: float


class Authority:
    """Who may do what. Tokens are opaque and look like Google's."""

    def __init__(self, clock: SimulatedClock, signer: Signer) -> None:
        self._clock = clock
        self._signer = signer
        self._lock = threading.RLock()
        self.clients: dict[str, Client] = {}
        self.accounts: dict[str, Account] = {}
        self.in_testing = False
        self.issuer = ""  # the root the server listens at
        self._codes: dict[str, Consent] = {}
        self._grants: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}

    # What tests arrange

    def add_client(self, *redirect_uris: str) -> Client:
        number = secrets.randbelow(9 * 10**11) + 10**11
        client_id = f"{number}-{secrets.token_hex(16)}.apps.googleusercontent.com"
        client = Client(client_id, f"GOCSPX-{secrets.token_urlsafe(21)}", redirect_uris)
        self.clients[client_id] = client
        return client

    def grant(self, account: Account, client_id: str, scopes: frozenset[str]) -> str:
        """A new refresh token, as consent would have given it."""
        token = f"1//0g{secrets.token_urlsafe(64)}"
        now = self._clock.now()
        with self._lock:
            self._grants[token] = Grant(account, client_id, scopes, now, now)
            mine = [
                key for key, grant in self._grants.items() if (grant.account, grant.client_id) == (account, client_id)
            ]
            for oldest in mine[:-REFRESH_TOKENS_PER_GRANT]:
                del self._grants[oldest]
        return token

    def give_access(self, account: Account, client_id: str, scopes: frozenset[str]) -> str:
        """A new access token, good for 3,599 s."""
        token = f"ya29.{secrets.token_urlsafe(120)}"
        with self._lock:
            self._access[token] = Access(Bearer(account, client_id, scopes), self._clock.now() + ACCESS_TOKEN_S)
        return token

    def forget(self, account: Account, client_id: str | None = None) -> None:
        """Withdraw all tokens of an account, for one client or for all of them."""
        with self._lock:
            self._grants = {
                token: grant
                for token, grant in self._grants.items()
                if grant.account is not account or client_id not in (None, grant.client_id)
            }
            self._access = {
                token: access
                for token, access in self._access.items()
                if access.bearer.account is not account or client_id not in (None, access.bearer.client_id)
            }

    def expire(self, account: Account) -> None:
        """Access tokens in use are stale at once; refresh tokens still work."""
        with self._lock:
            self._access = {key: access for key, access in self._access.items() if access.bearer.account is not account}

    # What the services ask

    def published(self, path: str) -> dict[str, Any]:
        """The public key in the form of the address asked: a key set at v3, certificates elsewhere."""
        return self._signer.keys if "/v3/" in path else self._signer.certificates

    def bearer(self, call: Call) -> Bearer | None:
        """Whom the Authorization header (or the old `access_token` parameter) speaks for; None for nobody."""
        scheme, _, token = call.header("authorization").partition(" ")
        if scheme.lower() != "bearer":
            token = call.value("access_token")
        with self._lock:
            access = self._access.get(token)
        return access.bearer if access and self._clock.now() < access.expires_at else None

    def token(self, call: Call) -> Answer:
        """POST /token."""
        form = call.form()
        client = self._client(call, form)
        if form.get("grant_type") == "authorization_code":
            return self._redeem(client, form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(client, form)
        raise oauth_error("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")

    def _client(self, call: Call, form: dict[str, str]) -> Client:
        """The client by the form, or by HTTP Basic (RFC 6749, 2.3.1)."""
        client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        scheme, _, encoded = call.header("authorization").partition(" ")
        if scheme.lower() == "basic":
            client_id, _, secret = (unquote_plus(part) for part in base64.b64decode(encoded).decode().partition(":"))
        client = self.clients.get(client_id)
        if client is None:
            raise oauth_error("invalid_client", "The OAuth client was not found.", 401)
        if not hmac.compare_digest(client.client_secret, secret):
            raise oauth_error("invalid_client", "Unauthorized", 401)
        return client

    def _redeem(self, client: Client, form: dict[str, str]) -> Answer:
        with self._lock:
            consent = self._codes.pop(form.get("code", ""), None)
        if consent is None or consent.client_id != client.client_id or self._clock.now() > consent.at + CODE_S:
            raise oauth_error("invalid_grant", "Malformed auth code.")
        if consent.redirect_uri != form.get("redirect_uri", ""):
            raise oauth_error("redirect_uri_mismatch", "Bad Request")
        if consent.challenge:
            verifier = form.get("code_verifier", "")
            if not verifier:
                raise oauth_error("invalid_grant", "Missing code verifier.")
            if unpadded(hashlib.sha256(verifier.encode()).digest()) != consent.challenge:
                raise oauth_error("invalid_grant", "Invalid code verifier.")
        answer = self._tokens(consent.account, client.client_id, consent.scopes, nonce=consent.nonce)
        if consent.gives_refresh_token:
            answer["refresh_token"] = self.grant(consent.account, client.client_id, consent.scopes)
        return of_json(answer, headers={"Cache-Control": "no-store"})

    def _refresh(self, client: Client, form: dict[str, str]) -> Answer:
        now = self._clock.now()
        with self._lock:
            grant = self._grants.get(form.get("refresh_token", ""))
        if grant is None:
            raise oauth_error("invalid_grant", "Token has been expired or revoked.")
        if grant.client_id != client.client_id:
            raise oauth_error("unauthorized_client", "Unauthorized", 401)
        if now > grant.used_at + UNUSED_S or (self.in_testing and now > grant.issued_at + TESTING_S):
            raise oauth_error("invalid_grant", "Token has been expired or revoked.")
        grant.used_at = now
        wanted = long_scopes(form.get("scope", "")) or grant.scopes
        if not wanted <= grant.scopes:
            raise oauth_error("invalid_scope", "Some requested scopes were invalid.")
        return of_json(self._tokens(grant.account, client.client_id, wanted), headers={"Cache-Control": "no-store"})

    def _tokens(self, account: Account, client_id: str, scopes: frozenset[str], *, nonce: str = "") -> dict[str, Any]:
        access = self.give_access(account, client_id, scopes)
        answer: dict[str, Any] = {
            "access_token": access,
            "expires_in": ACCESS_TOKEN_S,
            "scope": " ".join(sorted(scopes)),
            "token_type": "Bearer",
        }
        if "openid" in scopes:
            answer["id_token"] = self._signer.sign(self._claims(account, client_id, scopes, access, nonce))
        return answer

    def _claims(
        self, account: Account, client_id: str, scopes: frozenset[str], access: str, nonce: str
    ) -> dict[str, Any]:
        now = int(self._clock.now())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "azp": client_id,
            "aud": client_id,
            "at_hash": half_hash(access),
            "iat": now,
            "exp": now + 3600,
            **described(account, scopes),
        }
        if nonce:
            claims["nonce"] = nonce
        claims |= account.says_instead
        return {name: value for name, value in claims.items() if value is not None}

    def remember(self, consent: Consent) -> str:
        """A one-time code for what was consented."""
        code = f"4/0A{secrets.token_urlsafe(48)}"
        with self._lock:
            self._codes[code] = consent
        return code

    def has_consent(self, account: Account, client_id: str, scopes: frozenset[str]) -> bool:
        """Whether the person has agreed to all of this before, so that Google need not ask again."""
        with self._lock:
            given = [
                grant.scopes
                for grant in self._grants.values()
                if grant.account is account and grant.client_id == client_id
            ]
        return any(scopes <= before for before in given)

    def revoke(self, call: Call) -> Answer:
        """POST /revoke: either kind of token withdraws everything the person granted this client."""
        token = call.form().get("token", "")
        with self._lock:
            grant = self._grants.get(token)
            access = self._access.get(token)
        if grant is not None:
            self.forget(grant.account, grant.client_id)
        elif access is not None:
            self.forget(access.bearer.account, access.bearer.client_id)
        else:
            raise oauth_error("invalid_token", "Token expired or revoked")
        return of_json({})

    def userinfo(self, call: Call) -> Answer:
        """GET /userinfo: the claims of the token's owner; `id` as in the older version too."""
        bearer = call.bearer
        if bearer is None:
            raise refuse("authError")
        claims = described(bearer.account, bearer.scopes)
        return of_json({**claims, "id": bearer.account.sub, "verified_email": bearer.account.email_verified})


def long_scopes(text: str) -> frozenset[str]:
    """A scope parameter as the set Google grants."""
    return frozenset(LONG_NAMES.get(scope, scope) for scope in text.split())


def described(account: Account, scopes: frozenset[str]) -> dict[str, Any]:
    """The claims about a person that `scopes` allow."""
    claims: dict[str, Any] = {"sub": account.sub}
    if LONG_NAMES["email"] in scopes:
        claims |= {"email": account.email, "email_verified": account.email_verified}
    if LONG_NAMES["profile"] in scopes:
        given, _, family = account.name.partition(" ")
        claims |= {"name": account.name, "given_name": given, "family_name": family, "locale": "en-IN"}
    if account.hosted_domain:
        claims["hd"] = account.hosted_domain
    return claims
