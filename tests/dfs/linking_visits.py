"""Ways to Google and back that the tests of linking and unlinking share."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.test import Client

from accounts.models import User
from dfs.models import DriveAccount
from tests import people
from tests.dfs.test_my_drives import PAGE, words

LINK, BACK = f"{PAGE}link/", f"{PAGE}callback/"


def confirmed(who: User) -> Client:
    """A browser whose person has just typed his password."""
    client = people.signed_in(who)
    answer = client.post("/accounts/reauthenticate/", {"password": people.PASSWORD, "next": LINK})
    assert answer.headers["Location"] == LINK
    return client


def to_google(client: Client, address: str = LINK, gigabytes: str = "5") -> str:
    """Open the page, press the button; where the browser is sent."""
    assert client.get(address).status_code == 200
    response = client.post(address, {"gigabytes": gigabytes})
    assert response.status_code == 302
    return str(response.headers["Location"])


def at_google(address: str, **answers: Any) -> str:
    """Press the buttons there; the path and query the browser comes back with."""
    back = requests.get(f"{address}&{urlencode(answers, doseq=True)}", allow_redirects=False, timeout=10)
    assert back.status_code == 302, back.text
    place = urlsplit(back.headers["Location"])
    return f"{place.path}?{place.query}"


def linked(client: Client, email: str = "meera.joshi@gmail.test", address: str = LINK) -> DriveAccount:
    response = client.get(at_google(to_google(client, address), login=email))
    assert response.status_code == 302, words(response)
    return DriveAccount.objects.get(label=email)
