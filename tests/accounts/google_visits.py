"""Ways to Google and back that the tests of signing in share."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts.models import Role, SessionSlot, User
from tests.emulators.google import GoogleEmulator

LOGIN, CALLBACK = "/accounts/google/login/", "/accounts/google/login/callback/"
CONNECT, DISCONNECT = "/accounts/google/connect/", "/accounts/google/disconnect/"
CONFIRM, PROFILE = "/accounts/reauthenticate/google/", "/accounts/profile/"


def to_google(client: Client, path: str = LOGIN, **fields: str) -> str:
    """Press the button; where the browser is sent."""
    response = client.post(path, fields)
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def at_google(address: str, **answers: Any) -> str:
    """Press the buttons there; the path and query the browser comes back with."""
    back = requests.get(f"{address}&{urlencode(answers, doseq=True)}", allow_redirects=False, timeout=20)
    assert back.status_code == 302, back.text
    place = urlsplit(back.headers["Location"])
    return f"{place.path}?{place.query}"


def come_back(client: Client, email: str, path: str = LOGIN, **fields: str) -> Any:
    """There and back with the account of that address; the answer of the callback."""
    return client.get(at_google(to_google(client, path, **fields), login=email))


def asked(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def changed(address: str, **parameters: str) -> str:
    place = urlsplit(address)
    return f"{place.path}?{urlencode(asked(address) | parameters)}"


def imported(role: Role = Role.TEACHER, email: str = "kavya@pragati.test", **more: Any) -> User:
    """Somebody the office has entered, who was never in and has no password."""
    person: User = User.objects.create(name="Kavya Nair", role=role, email=email, password=make_password(None), **more)
    return person


def connected(google: GoogleEmulator, who: User, email: str = "somebody@gmail.test") -> User:
    """A person with that Google account."""
    uid = google.account(email).sub
    SocialAccount.objects.create(user=who, provider="google", uid=uid, extra_data={"email": email})
    return who


def person_of(client: Client) -> User | None:
    """Who is signed in in this browser."""
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def long_ago(client: Client) -> None:
    """Let the time pass in which the site knows for certain who somebody is."""
    slots = SessionSlot.objects.filter(ended_at=None)
    slots.update(created_at=timezone.now() - timedelta(minutes=11))
    session = client.session
    for record in session.get("account_authentication_methods", []):
        record["at"] -= 660
    session.save()
