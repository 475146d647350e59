"""The page on which a person signs in and ticks what the application may do.

A test may press its buttons without a browser: add `login=EMAIL` to the address to agree to everything, `grant=SCOPE`
once or more to tick only those boxes (`ticked=1` alone: none), `deny=1` to refuse. Signing in is not a box:
only further scopes can be left out (granular consent).
"""

from html import escape
from urllib.parse import urlencode

from tests.emulators.google.answers import Answer, of_json
from tests.emulators.google.calls import Call
from tests.emulators.google.oauth import IDENTITY_SCOPES, Authority, Client, Consent, long_scopes

_OWN = frozenset({"login", "grant", "ticked", "deny"})


def authorize(authority: Authority, call: Call, now: float) -> Answer:
    """GET /o/oauth2/v2/auth: the page, or the redirect with a code once somebody has answered it."""
    client = authority.clients.get(call.value("client_id"))
    if client is None:
        return _page("Error 401: invalid_client", "<p>The OAuth client was not found.</p>", 401)
    wrong = _wrong(client, call)
    if wrong:
        return _page(f"Error 400: {wrong}", "<p>Access blocked: this app's request is invalid.</p>", 400)
    if call.value("deny"):
        return _back(call, {"error": "access_denied"})
    if not call.value("login"):
        return _ask(authority, call)
    return _agree(authority, client, call, now)


def _wrong(client: Client, call: Call) -> str:
    uri = call.value("redirect_uri")
    if not uri.startswith(("http://", "https://")) or (client.redirect_uris and uri not in client.redirect_uris):
        return "redirect_uri_mismatch"
    if call.value("response_type") != "code" or not call.value("scope"):
        return "invalid_request"
    if call.value("code_challenge") and call.value("code_challenge_method") != "S256":
        return "invalid_request"  # Google also takes "plain"; nobody should send it
    return ""


def _agree(authority: Authority, client: Client, call: Call, now: float) -> Answer:
    account = authority.accounts.get(call.value("login").casefold())
    if account is None:
        return _page("Couldn't find your Google Account", "", 404)
    asked = long_scopes(call.value("scope"))
    ticked = long_scopes(" ".join(call.values("grant")))
    boxes_were_shown = bool(call.values("grant")) or bool(call.value("ticked"))
    granted = asked & (ticked | IDENTITY_SCOPES) if boxes_were_shown else asked
    shown = "consent" in call.value("prompt").split() or not authority.has_consent(account, client.client_id, asked)
    consent = Consent(
        account,
        client.client_id,
        granted,
        call.value("redirect_uri"),
        call.value("nonce"),
        call.value("code_challenge"),
        gives_refresh_token=shown and call.value("access_type") == "offline",
        at=now,
    )
    answer = {
        "code": authority.remember(consent),
        "scope": " ".join(sorted(granted)),
        "authuser": "0",
        "prompt": "consent" if shown else "none",
    }
    if account.hosted_domain:
        answer["hd"] = account.hosted_domain
    return _back(call, answer)


def _back(call: Call, parameters: dict[str, str]) -> Answer:
    """To the application, with its state and Google's issuer-less answer."""
    state = {"state": call.value("state")} if call.value("state") else {}
    uri = call.value("redirect_uri")
    joint = "&" if "?" in uri else "?"
    return Answer(
        302, b"", {"Location": f"{uri}{joint}{urlencode({**state, **parameters})}", "Cache-Control": "no-store"}
    )


def _ask(authority: Authority, call: Call) -> Answer:
    if "none" in call.value("prompt").split():
        return _back(call, {"error": "interaction_required"})
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(call.value(name))}">'
        for name in sorted(call.names() - _OWN)
    )
    hint = call.value("login_hint").casefold()
    people = "".join(
        f'<p><label><input type="radio" name="login" required value="{escape(email)}"'
        f"{' checked' if email == hint else ''}> {escape(account.name)} ({escape(account.email)})</label></p>"
        for email, account in authority.accounts.items()
    )
    boxes = "".join(
        f'<p><label><input type="checkbox" name="grant" value="{escape(scope)}" checked> {escape(scope)}</label></p>'
        for scope in sorted(long_scopes(call.value("scope")) - IDENTITY_SCOPES)
    )
    form = (
        f'<form method="get" action="{escape(call.path)}">{kept}<input type="hidden" name="ticked" value="1">'
        f'{people}{boxes}<button>Continue</button> <button name="deny" value="1" formnovalidate>Cancel</button></form>'
    )
    return _page("Choose an account and what ClassCrew may do", form)


def _page(title: str, inside: str, status: int = 200) -> Answer:
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
    html = f"{head}<h1>{escape(title)}</h1>{inside}</html>"
    return Answer(status, html.encode(), {"Content-Type": "text/html; charset=utf-8"})


def certificates(authority_keys: dict[str, object]) -> Answer:
    """GET /certs and /oauth2/v3/certs."""
    return of_json(
        dict(authority_keys), headers={"Cache-Control": "public, max-age=21600, must-revalidate, no-transform"}
    )
