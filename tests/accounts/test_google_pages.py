"""Which pages lead to Google, and what a site without Google or without passwords shows."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from tests import people
from tests.accounts.google_visits import CALLBACK, LOGIN, PROFILE, come_back, connected, to_google, words
from tests.emulators.google import GoogleEmulator

pytestmark = pytest.mark.django_db
GMAIL = "meera.joshi@gmail.test"


@pytest.fixture
def meera(google: GoogleEmulator) -> User:
    """A teacher who signs in with a Google account of another address than ours."""
    return connected(google, people.teacher(), GMAIL)


def form_action(response: Any) -> str:
    policy: str = response.headers["Content-Security-Policy"]
    return next(part.strip() for part in policy.split(";") if part.strip().startswith("form-action"))


def test_pages_with_a_way_to_google_may_lead_there_and_no_others(google: GoogleEmulator, meera: User) -> None:
    browser = people.signed_in(meera)
    leading = [
        Client().get("/accounts/login/"),
        browser.get(PROFILE),
        browser.get("/accounts/reauthenticate/"),
        browser.get("/accounts/reauthenticate/google/"),
    ]
    for page in leading:
        assert form_action(page) == f"form-action 'self' {google.root}", page.request["PATH_INFO"]
        assert "Google" in words(page)
    for path in ("/dashboard/", "/accounts/sessions/", "/accounts/password/change/"):
        assert form_action(browser.get(path)) == "form-action 'self'"


def test_site_without_google_offers_nothing_of_it(client: Client) -> None:
    page = client.get("/accounts/login/")
    assert "Google" not in words(page)
    assert form_action(page) == "form-action 'self'"
    assert client.post(LOGIN).status_code == 403
    assert "Google" not in words(people.signed_in(people.teacher()).get(PROFILE))
    assert client.get(f"{CALLBACK}?code=x&state=y").status_code == 403


def test_site_without_passwords_has_google_only(
    google: GoogleEmulator, meera: User, client: Client, settings: Any
) -> None:
    settings.AUTH_LOCAL = False
    page = words(client.get("/accounts/login/"))
    assert "Continue with Google" in page
    assert 'type="password"' not in page
    answer = client.post("/accounts/login/", {"login": meera.email, "password": people.PASSWORD})
    assert answer.status_code == 403
    assert "There are no passwords here" in words(answer)
    assert not client.login(email=meera.email, password=people.PASSWORD)
    for path in ("/accounts/password/reset/", "/accounts/password/reset/key/1-x/"):
        assert client.get(path).status_code == 403
    assert come_back(client, GMAIL).status_code == 302
    for path in ("/accounts/password/change/", "/accounts/password/set/"):
        assert client.get(path).status_code == 403
    assert "Change password" not in words(client.get(PROFILE))
    assert client.get("/accounts/reauthenticate/").headers["Location"].startswith("/accounts/reauthenticate/google/")
    assert urlsplit(to_google(Client())).path == "/o/oauth2/v2/auth"
