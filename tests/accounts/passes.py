"""Guardian links in tests: made by the admin, opened by somebody with a phone."""

import re
from typing import Any

from django.test import Client

from accounts import guardian_passes
from accounts.guardian_passes import MadePass
from tests import people


def made(**fields: Any) -> MadePass:
    """A link to read about the student."""
    return guardian_passes.make_pass(people.student(), **({"label": "Mother", "actor": people.admin()} | fields))


def path_of(link: str) -> str:
    return link[link.index("/g/") :]


def wrong(pin: str) -> str:
    """Six digits that are not the PIN."""
    return f"{(int(pin) + 1) % 10**6:06}"


def typed(link: str, pin: str, browser: Client | None = None) -> Any:
    """The answer to a PIN, and where it leads."""
    return (browser or Client()).post(path_of(link), {"pin": pin}, follow=True)


def opened(one: MadePass) -> Client:
    """A phone in which the link is open."""
    phone = Client()
    assert people.student().name in typed(one.link, one.pin, phone).content.decode()
    return phone


def without_tokens(page: str) -> str:
    """A page without what differs each time it is asked for."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return re.sub(r"/g/[\w-]+/", "/g/…/", page)
