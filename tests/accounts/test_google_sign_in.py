"""Signing in with Google, over HTTP against the emulator: who gets in, and every answer that must not count."""

import json
import logging
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from accounts.models import Activity, Role, SessionSlot, User
from tests import people
from tests.accounts.google_visits import (
    CALLBACK,
    LOGIN,
    PROFILE,
    asked,
    at_google,
    changed,
    come_back,
    connected,
    imported,
    person_of,
    to_google,
    words,
)
from tests.emulators.google import Drop, GoogleEmulator, Refuse

pytestmark = pytest.mark.django_db
GMAIL = "meera.joshi@gmail.test"
NOT_CONNECTED = "This Google account is not connected with anybody here."


@pytest.fixture
def meera(google: GoogleEmulator) -> User:
    """A teacher who signs in with a Google account of another address than ours."""
    return connected(google, people.teacher(), GMAIL)


def refused(client: Client, response: Any, status: int, text: str, *, is_logged: bool = True) -> None:
    assert response.status_code == status, words(response)
    assert text in words(response)
    assert person_of(client) is None
    assert client.get(PROFILE).status_code == 302
    assert Activity.objects.filter(event="sign_in.failed").exists() is is_logged
    assert not SessionSlot.objects.filter(method="GOOGLE").exists()


# --- Getting in -------------------------------------------------------------------------------------------------------


def test_person_whose_google_account_is_known_gets_in(meera: User, client: Client) -> None:
    before = to_google(client)
    key = client.session.session_key
    response = client.get(at_google(before, login=GMAIL))
    assert response.headers["Location"] == "/dashboard/"
    assert person_of(client) == meera
    assert client.session.session_key != key
    assert SessionSlot.objects.get(user=meera, ended_at=None).method == "GOOGLE"
    assert Activity.objects.filter(event="sign_in.succeeded", actor=meera).count() == 1


def test_d30_google_is_asked_for_an_identity_and_no_more(google: GoogleEmulator, client: Client) -> None:
    place = to_google(client, f"{LOGIN}?scope=https://www.googleapis.com/auth/drive&auth_params=access_type%3Doffline")
    found = asked(place)
    assert set(found.pop("scope").split()) == {"openid", "email", "profile"}
    assert len(found.pop("state")) >= 43
    assert len(found.pop("nonce")) >= 32
    assert len(found.pop("code_challenge")) == 43
    assert found == {
        "client_id": google.client_id,
        "redirect_uri": f"http://127.0.0.1:8000{CALLBACK}",
        "response_type": "code",
        "access_type": "online",
        "code_challenge_method": "S256",
        "prompt": "select_account",
    }
    assert google.client_secret not in place


def test_callback_is_where_base_url_says_whatever_the_host_header(google: GoogleEmulator, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    found = asked(to_google(Client(headers={"Host": "evil.example"})))
    assert found["redirect_uri"] == f"http://127.0.0.1:8000{CALLBACK}"


@pytest.mark.usefixtures("google")
def test_d30_looking_at_the_address_starts_nothing(client: Client) -> None:
    for answer in (client.get(LOGIN), client.head(LOGIN)):
        assert answer.status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(LOGIN).status_code == 403


def test_person_goes_where_he_wanted_to_and_never_away(meera: User, client: Client) -> None:
    assert come_back(client, GMAIL, next=PROFILE).headers["Location"] == PROFILE
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert come_back(Client(), GMAIL, next=target).headers["Location"] == "/dashboard/"


@pytest.mark.parametrize("role", [Role.STUDENT, Role.TEACHER, Role.GUARDIAN])
def test_imported_person_gets_in_by_his_address_the_first_time(google: GoogleEmulator, role: Role) -> None:
    who, browser = imported(role, email="kavya@pragati.test"), Client()
    google.account("Kavya@Pragati.test")
    assert come_back(browser, "kavya@pragati.test").status_code == 302
    assert person_of(browser) == who
    account = SocialAccount.objects.get()
    assert (account.user, account.uid) == (who, google.account("kavya@pragati.test").sub)
    assert not SocialToken.objects.exists()
    assert set(account.extra_data) == {"email"}
    assert Activity.objects.filter(event="google.connected", subject=who).count() == 1


def test_d30_changed_address_with_the_same_sub_is_the_same_person(
    google: GoogleEmulator, meera: User, client: Client
) -> None:
    imported(email="meera.kulkarni@gmail.test")
    google.rename(google.account(GMAIL), "meera.kulkarni@gmail.test")
    assert come_back(client, "meera.kulkarni@gmail.test").status_code == 302
    assert person_of(client) == meera
    assert User.objects.get(pk=meera.pk).email == "meera@pragati.test"
    assert "meera.kulkarni@gmail.test" in words(client.get(PROFILE))


def test_newest_sign_in_of_a_student_replaces_the_other_one(google: GoogleEmulator) -> None:
    who = connected(google, people.student(), "ananya@gmail.test")
    phone = people.signed_in(who)
    laptop = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/141.0")
    come_back(laptop, "ananya@gmail.test")
    assert laptop.get(PROFILE).status_code == 200
    assert phone.get(PROFILE).status_code == 302


def test_second_step_is_asked_after_google_too(meera: User, client: Client) -> None:
    Authenticator.objects.create(user=meera, type=Authenticator.Type.TOTP, data={"secret": "x"})
    response = come_back(client, GMAIL)
    assert response.status_code == 302
    assert "/second-step/" in response.headers["Location"]
    assert person_of(client) is None


# --- Answers that do not count ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{"state": ""}, {"state": "x" * 32}])
def test_d30_missing_or_forged_state_is_refused(meera: User, client: Client, parameters: dict[str, str]) -> None:
    back = at_google(to_google(client), login=GMAIL)
    refused(client, client.get(changed(back, **parameters)), 409, "is not for this browser window", is_logged=False)
    assert client.get(back).status_code == 302  # the way itself stays open


def test_d30_answer_counts_once(meera: User, client: Client) -> None:
    back = at_google(to_google(client), login=GMAIL)
    assert client.get(back).headers["Location"] == "/dashboard/"
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 409
    assert person_of(client) is None


def test_d30_answer_counts_in_the_browser_that_asked_only(meera: User, client: Client) -> None:
    back = at_google(to_google(client), login=GMAIL)
    other = Client()
    to_google(other)
    refused(other, other.get(back), 409, "is not for this browser window", is_logged=False)


def test_d30_code_of_another_attempt_is_refused(meera: User, client: Client, google: GoogleEmulator) -> None:
    google.account("attacker@gmail.test")
    connected(google, people.other_teacher(), "attacker@gmail.test")
    planted = asked(at_google(to_google(Client()), login="attacker@gmail.test"))["code"]
    back = at_google(to_google(client), login=GMAIL)
    refused(client, client.get(changed(back, code=planted)), 409, "used or too old")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ["1"]},
    ],
)
def test_d30_identity_that_is_not_for_this_request_is_refused(
    google: GoogleEmulator, meera: User, client: Client, claims: dict[str, Any]
) -> None:
    google.account(GMAIL).says_instead = claims
    refused(client, come_back(client, GMAIL), 409, "is not an answer to what you asked")


def test_audience_that_names_others_too_is_refused(google: GoogleEmulator, meera: User, client: Client) -> None:
    google.account(GMAIL).says_instead = {"aud": [google.client_id, "another-client"]}
    refused(client, come_back(client, GMAIL), 409, "is not an answer to what you asked")


def test_d30_id_token_that_ran_out_is_refused(google: GoogleEmulator, meera: User, client: Client) -> None:
    now = int(time.time())
    google.account(GMAIL).says_instead = {"iat": now - 7200, "exp": now - 3600}
    refused(client, come_back(client, GMAIL), 409, "is not an answer to what you asked")


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_d30_address_google_has_not_verified_is_refused(
    google: GoogleEmulator, meera: User, client: Client, verified: Any
) -> None:
    google.account(GMAIL).says_instead = {"email_verified": verified}
    refused(client, come_back(client, GMAIL), 403, "has not verified")


@pytest.mark.parametrize("domain", [None, "", "evil.test", "gmail.test", "notpragati.test", "pragati.test.evil.test"])
def test_d30_account_outside_the_institutes_domains_is_refused(
    google: GoogleEmulator, client: Client, settings: Any, domain: str | None
) -> None:
    settings.ALLOWED_GOOGLE_DOMAINS = ["pragati.test", "pragati.example"]
    connected(google, people.teacher(), "meera@pragati.test")
    google.account("meera@pragati.test").says_instead = {"hd": domain}
    refused(client, come_back(client, "meera@pragati.test"), 403, "ends in @pragati.test or @pragati.example")


def test_account_of_the_institutes_domain_gets_in(google: GoogleEmulator, client: Client, settings: Any) -> None:
    settings.ALLOWED_GOOGLE_DOMAINS = ["pragati.test"]
    connected(google, people.teacher(), "meera@pragati.test")
    google.account("meera@pragati.test").hosted_domain = "Pragati.test"
    assert come_back(client, "meera@pragati.test").status_code == 302
    assert person_of(client) == people.teacher()


@pytest.mark.usefixtures("meera")
def test_d30_stopping_at_google_is_no_failure(client: Client) -> None:
    response = client.get(at_google(to_google(client), deny=1), follow=True)
    assert "You stopped at Google, so you are not signed in." in words(response)
    assert response.redirect_chain[-1][0] == "/accounts/login/"
    assert not Activity.objects.filter(event="sign_in.failed").exists()


@pytest.mark.usefixtures("meera")
def test_error_that_is_no_answer_to_anything_is_refused(client: Client) -> None:
    refused(
        client, client.get(f"{CALLBACK}?error=access_denied"), 409, "is not for this browser window", is_logged=False
    )
    back = at_google(to_google(client), deny=1)
    refused(client, client.get(changed(back, error="<script>")), 409, "used or too old")
    assert client.get(CALLBACK, {"code": "x"}).status_code == 409
    assert client.post(CALLBACK).status_code == 405


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Refuse(503), 409), (Drop(), 503), (Refuse(400, "invalid_client"), 409), (Refuse(200, body=b"[]"), 409)],
)
def test_silent_or_odd_google_lets_nobody_in(
    google: GoogleEmulator, meera: User, client: Client, fault: Any, status: int
) -> None:
    back = at_google(to_google(client), login=GMAIL)
    google.plan.add("token", fault, times=None)
    refused(client, client.get(back), status, "Google")


def test_secrets_stand_in_no_log_and_no_row(
    google: GoogleEmulator, meera: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    back = at_google(to_google(client), login=GMAIL)
    state, code = asked(back)["state"], asked(back)["code"]
    client.get(back)
    client.get(back)
    google.account(GMAIL).says_instead = {"nonce": "another"}
    come_back(Client(), GMAIL)
    ours = " ".join(one.getMessage() for one in caplog.records if one.name.startswith(("accounts", "coaching")))
    for secret in (state, code, google.client_secret):
        assert secret not in ours
    assert google.client_secret not in caplog.text
    assert not [
        row for row in Activity.objects.all() if state in json.dumps(row.extra) or code in json.dumps(row.extra)
    ]


# --- Nobody is taken over ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(people.EVERYBODY))
def test_d30_address_of_a_person_with_a_password_opens_nothing(
    google: GoogleEmulator, client: Client, kind: str
) -> None:
    who = people.EVERYBODY[kind]()
    if not who.email:
        who.email = "ananya@pragati.test"
        who.save()
    google.account(who.email)
    refused(client, come_back(client, who.email), 403, NOT_CONNECTED)
    assert not SocialAccount.objects.exists()
    assert Activity.objects.get(event="sign_in.failed").subject == who


@pytest.mark.parametrize("role", [Role.ADMIN, Role.STAFF])
def test_d30_address_alone_never_lets_an_admin_or_staff_in(google: GoogleEmulator, client: Client, role: Role) -> None:
    imported(role)
    google.account("kavya@pragati.test")
    refused(client, come_back(client, "kavya@pragati.test"), 403, NOT_CONNECTED)


def test_person_who_was_in_before_is_not_found_by_his_address(google: GoogleEmulator, client: Client) -> None:
    who = imported()
    people.signed_in(who)
    google.account("kavya@pragati.test")
    come_back(client, "kavya@pragati.test")
    assert person_of(client) is None
    assert not SocialAccount.objects.exists()


def test_person_with_a_google_account_is_not_found_by_the_address_of_another(
    google: GoogleEmulator, client: Client
) -> None:
    connected(google, imported(), "kavya@gmail.test")
    google.account("kavya@pragati.test")
    refused(client, come_back(client, "kavya@pragati.test"), 403, NOT_CONNECTED)


@pytest.mark.parametrize(
    "like", ["ka.vya@pragati.test", "kavya+1@pragati.test", "kavyа@pragati.test", "\u212aavya@pragati.test"]
)
def test_address_that_only_looks_alike_is_another_one(google: GoogleEmulator, client: Client, like: str) -> None:
    """Dots, plus signs, a Cyrillic letter, and a Kelvin sign that folds to k."""
    imported()
    google.account("kavya@x.test").says_instead = {"email": like}
    refused(client, come_back(client, "kavya@x.test"), 403, NOT_CONNECTED)
    assert not SocialAccount.objects.exists()


def test_d30_known_and_unknown_addresses_get_the_same_answer(google: GoogleEmulator) -> None:
    people.teacher()
    imported(Role.STAFF)
    imported(email="closed@pragati.test", is_active=False)
    pages = set()
    for email in ("meera@pragati.test", "kavya@pragati.test", "closed@pragati.test", "nobody@pragati.test"):
        google.account(email)
        browser = Client()
        response = come_back(browser, email)
        page = (
            words(response).replace(response.headers["X-Request-ID"], "").replace(response.request["QUERY_STRING"], "")
        )
        pages.add((response.status_code, page))
        assert person_of(browser) is None
    assert len(pages) == 1
    assert not SocialAccount.objects.exists()
    assert User.objects.count() == 3


def test_d30_deactivated_person_is_refused(meera: User, client: Client) -> None:
    User.objects.filter(pk=meera.pk).update(is_active=False)
    assert come_back(client, GMAIL).headers["Location"] == "/accounts/inactive/"
    assert person_of(client) is None


def test_d30_disconnected_account_opens_nothing(google: GoogleEmulator, meera: User, client: Client) -> None:
    browser = people.signed_in(meera)
    assert browser.post("/accounts/google/disconnect/").status_code == 302
    assert person_of(browser) == meera
    refused(client, come_back(client, GMAIL), 403, NOT_CONNECTED)
