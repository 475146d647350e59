"""Consent, tokens and identities, driven by hand and by google-auth."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import id_token

from tests.emulators import google_clients
from tests.emulators.google import Refuse
from tests.emulators.google.oauth import APP_DATA_SCOPE

DAY_S = 86_400
BACK = "https://classcrew.example/dfs/link/done/"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
LINKING = {
    "response_type": "code",
    "redirect_uri": BACK,
    "scope": f"openid email {APP_DATA_SCOPE}",
    "state": "st&te",
    "nonce": "n0nce",
    "access_type": "offline",
    "prompt": "consent",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def consent(google, **changed):
    """The answer of the consent page."""
    asked = {**LINKING, "client_id": google.client_id, **changed}
    return requests.get(google.settings["GOOGLE_AUTHORIZE_URL"], params=asked, allow_redirects=False, timeout=60)


def returned(answer):
    """What comes back to the application with the browser."""
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def token(google, **form):
    """The answer of the token endpoint to this client."""
    given = {"client_id": google.client_id, "client_secret": google.client_secret, **form}
    return requests.post(google.settings["GOOGLE_TOKEN_URL"], data=given, timeout=60)


def redeemed(google, code, **changed):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER}
    return token(google, **{**form, **changed})


def refreshed(google, refresh_token):
    return token(google, grant_type="refresh_token", refresh_token=refresh_token)


def linked(google, meera, **changed):
    return redeemed(google, returned(consent(google, login=meera.email, **changed))["code"]).json()


def verified(google, signed):
    """The claims, checked by google-auth against the published keys."""
    return id_token.verify_token(
        signed, Request(), audience=google.client_id, certs_url=f"{google.root}/oauth2/v3/certs"
    )


def test_consent_gives_a_code_that_gives_tokens_and_a_signed_identity(google, meera):
    back = returned(consent(google, login=meera.email))
    assert back["state"] == "st&te"
    assert APP_DATA_SCOPE in back["scope"].split()

    told = redeemed(google, back["code"]).json()

    assert (told["expires_in"], told["token_type"]) == (3599, "Bearer")
    assert APP_DATA_SCOPE in told["scope"].split()
    assert refreshed(google, told["refresh_token"]).json()["access_token"] != told["access_token"]
    claims = verified(google, told["id_token"])
    expected = {"iss": google.root, "sub": meera.sub, "email": meera.email, "email_verified": True, "nonce": "n0nce"}
    assert expected.items() <= claims.items()


def test_the_keys_are_published_as_certificates_too(google, meera):
    certificates = requests.get(google.settings["GOOGLE_CERTS_URL"], timeout=60).json()
    jwt = linked(google, meera)["id_token"]
    claims = id_token.verify_token(jwt, Request(), google.client_id, google.settings["GOOGLE_CERTS_URL"])
    assert claims["sub"] == meera.sub
    assert all(pem.startswith("-----BEGIN CERTIFICATE-----") for pem in certificates.values())


def test_userinfo_tells_what_the_scopes_allow(google, meera):
    access = linked(google, meera)["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    told = requests.get(google.settings["GOOGLE_IDENTITY_URL"], headers=headers, timeout=60).json()
    assert (told["sub"], told["email"], told["email_verified"]) == (meera.sub, meera.email, True)
    assert "name" not in told
    assert requests.get(google.settings["GOOGLE_IDENTITY_URL"], timeout=60).status_code == 401


def test_a_person_may_leave_the_drive_box_unticked(google, meera):
    told = linked(google, meera, ticked="1")
    assert APP_DATA_SCOPE not in told["scope"].split()
    assert "openid" in told["scope"].split()
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    answer = requests.get(f"{google.root}/drive/v3/about?fields=user", headers=headers, timeout=60)
    assert answer.status_code == 403
    assert APP_DATA_SCOPE in linked(google, meera, grant=APP_DATA_SCOPE)["scope"].split()


def test_a_person_may_refuse(google):
    back = returned(consent(google, deny="1"))
    assert back == {"error": "access_denied", "state": "st&te"}


def test_the_page_can_be_filled_in_by_a_browser(google, meera):
    page = consent(google, login_hint=meera.email)
    assert page.status_code == 200
    assert f'value="{meera.email}" checked' in page.text
    assert f'type="checkbox" name="grant" value="{APP_DATA_SCOPE}"' in page.text
    assert '<input type="hidden" name="state" value="st&amp;te">' in page.text


@pytest.mark.parametrize(
    ("changed", "given"),
    [
        ({}, True),
        ({"access_type": "online"}, False),
        ({"prompt": ""}, False),
        ({"prompt": "select_account"}, False),
    ],
)
def test_a_refresh_token_needs_offline_access_and_a_consent_that_was_shown(google, meera, changed, given):
    assert ("refresh_token" in linked(google, meera, **changed)) is given


def test_somebody_who_never_agreed_is_asked_whatever_the_prompt(google):
    other = google.add_client()
    arjun = google.account("arjun@example.org")
    code = returned(consent(google, login=arjun.email, prompt="", client_id=other.client_id))["code"]
    told = redeemed(google, code, client_id=other.client_id, client_secret=other.client_secret).json()
    assert "refresh_token" in told


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example/"}, "redirect_uri_mismatch"),
        ({"code": "4/0Amadeup"}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_code_is_refused_for_anybody_it_was_not_given_to(google, meera, changed, error):
    code = returned(consent(google, login=meera.email))["code"]
    answer = redeemed(google, **{"code": code, **changed})
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert answer.json()["error"] == error


def test_a_code_works_once_and_for_ten_minutes(google, meera):
    code = returned(consent(google, login=meera.email))["code"]
    assert redeemed(google, code).status_code == 200
    assert redeemed(google, code).json()["error"] == "invalid_grant"
    late = returned(consent(google, login=meera.email))["code"]
    google.clock.advance(601)
    assert redeemed(google, late).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"client_id": "nobody"}, 401),
        ({"redirect_uri": "javascript:alert(1)"}, 400),
        ({"response_type": "token"}, 400),
        ({"code_challenge_method": "plain"}, 400),
        ({"login": "nobody@example.org"}, 404),
    ],
)
def test_a_wrong_request_for_consent_never_redirects(google, meera, changed, status):
    assert consent(google, **{"login": meera.email, **changed}).status_code == status


def test_registered_redirect_uris_are_the_only_ones(google, meera):
    client = google.add_client(BACK)
    assert consent(google, client_id=client.client_id, login=meera.email).status_code == 302
    elsewhere = consent(google, client_id=client.client_id, login=meera.email, redirect_uri=f"{BACK}x")
    assert (elsewhere.status_code, "redirect_uri_mismatch" in elsewhere.text) == (400, True)


def test_an_access_token_dies_after_an_hour_and_google_auth_refreshes_it(google, wire):
    address = f"{google.root}/drive/v3/about?fields=user"
    assert wire.get(address).status_code == 200
    google.clock.advance(3600)
    assert wire.get(address).status_code == 200
    assert [seen.status for seen in google.requests.of("about")] == [200, 401, 200]


@pytest.mark.parametrize(
    ("days", "in_testing", "works"), [(8, False, True), (6, True, True), (8, True, False), (190, False, False)]
)
def test_refresh_tokens_die_in_testing_after_a_week_and_unused_after_half_a_year(
    google, meera, days, in_testing, works
):
    google.in_testing = in_testing
    google.clock.advance(days * DAY_S)
    answer = refreshed(google, meera.refresh_token)
    assert (answer.status_code == 200) is works
    assert works or answer.json()["error"] == "invalid_grant"


def test_use_keeps_a_refresh_token_alive(google, meera):
    for _ in range(3):
        google.clock.advance(120 * DAY_S)
        assert refreshed(google, meera.refresh_token).status_code == 200


def test_revoking_either_token_ends_both(google, meera):
    told = linked(google, meera)
    assert requests.post(google.settings["GOOGLE_REVOKE_URL"], data={"token": told["access_token"]}, timeout=60).ok
    assert refreshed(google, told["refresh_token"]).json()["error"] == "invalid_grant"
    again = requests.post(google.settings["GOOGLE_REVOKE_URL"], data={"token": told["refresh_token"]}, timeout=60)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_a_person_who_revokes_leaves_the_data_and_one_who_disconnects_does_not(google, meera):
    meera.add_file("c1.a", b"x")
    meera.revoke()
    with pytest.raises(RefreshError, match="invalid_grant"):
        google_clients.credentials(google, meera).refresh(Request())
    assert len(meera.files) == 1
    meera.disconnect()
    assert meera.files == {}


def test_the_hundred_and_first_refresh_token_ends_the_first(google, meera):
    for _ in range(100):
        newest = google.link(meera)
    assert refreshed(google, meera.refresh_token).json()["error"] == "invalid_grant"
    assert refreshed(google, newest).status_code == 200


def test_a_refresh_token_belongs_to_its_client(google, meera):
    other = google.add_client()
    form = {"grant_type": "refresh_token", "refresh_token": meera.refresh_token}
    answer = token(google, **form, client_id=other.client_id, client_secret=other.client_secret)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")


def test_a_plan_may_refuse_tokens(google, meera):
    google.plan.add("token", Refuse(400, "invalid_grant"), nth=2)
    assert refreshed(google, meera.refresh_token).status_code == 200
    assert refreshed(google, meera.refresh_token).json()["error"] == "invalid_grant"
    google.plan.add("token", Refuse(401, "invalid_client"))
    assert refreshed(google, meera.refresh_token).json()["error"] == "invalid_client"


def test_linking_the_same_account_twice_shows_the_same_person(google, meera):
    first, second = (verified(google, linked(google, meera)["id_token"]) for _ in range(2))
    assert first["sub"] == second["sub"] == meera.sub
    assert google.account("MEERA@example.org") is meera


def test_person_who_changes_his_address_stays_the_same_one(google, meera):
    sub = meera.sub
    google.rename(meera, "meera.kulkarni@example.org")
    code = returned(consent(google, login="meera.kulkarni@example.org"))["code"]
    claims = verified(google, redeemed(google, code).json()["id_token"])
    assert (claims["sub"], claims["email"]) == (sub, "meera.kulkarni@example.org")
    assert consent(google, login="meera@example.org").status_code == 404


def test_identity_says_falsely_what_a_test_wants(google, meera):
    meera.says_instead = {"nonce": "another", "aud": "another", "email_verified": None}
    told = redeemed(google, returned(consent(google, login=meera.email))["code"]).json()
    claims = jwt.decode(told["id_token"], options={"verify_signature": False})
    assert (claims["nonce"], claims["aud"]) == ("another", "another")
    assert "email_verified" not in claims
