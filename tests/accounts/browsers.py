"""Browsers that go through the door, each with a name and a jar of cookies of its own."""

from django.test import Client

from accounts.models import SessionSlot, User
from tests import people

AGENTS = {
    "chrome on android": "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Mobile Safari/537.36",
    "safari on iphone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "edge on windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
}


def browser(name: str = "chrome on android", *, ip: str = "127.0.0.1") -> Client:
    return Client(HTTP_USER_AGENT=AGENTS[name], REMOTE_ADDR=ip)


def enter(who: User, client: Client | None = None, *, password: str = people.PASSWORD) -> Client:
    """Through the sign-in page with a password; the browser, signed in or held at the next step."""
    client = client or browser()
    client.post("/accounts/login/", {"login": who.identifier, "password": password})
    return client


def is_in(client: Client) -> bool:
    """Whether the browser gets its own page."""
    return client.get("/accounts/profile/").status_code == 200


def live(who: User) -> int:
    """How many slots of a person have not ended, by the table alone."""
    return SessionSlot.objects.filter(user=who, ended_at=None).count()
