"""People who were invited: their links, and what they do with them."""

from typing import Any

from django.test import Client

from accounts import invitations
from accounts.invitees import Invitee
from accounts.models import Invitation, Role
from tests import people

NEW = "quiet-monsoon-ledger-7"
ACCEPT = "/accounts/invitation/"


def invitee(role: Role = Role.TEACHER, **fields: Any) -> Invitee:
    given = {"name": "Farhan Qureshi", "email": "farhan@pragati.test"}
    return Invitee(role=role, **(given | fields))


def student_on_paper() -> Invitee:
    """A student without an address."""
    return Invitee(role=Role.STUDENT, name="Isha Rao", admission_number="2026-0500")


def invited(someone: Invitee | None = None) -> tuple[Invitation, str]:
    """An invitation made by the admin, and the path of its link."""
    made = invitations.invite(someone or invitee(), actor=people.admin())
    return made.invitation, path_of(made.link)


def path_of(link: str) -> str:
    return link[link.index("/accounts/invitation/") :]


def opened(path: str, client: Client | None = None) -> Client:
    """A browser that followed the link to the page of the invited."""
    client = client or Client()
    assert client.get(path, follow=True).status_code == 200
    return client


def accept(client: Client, **typed: str) -> Any:
    entry = {"name": "Farhan Qureshi", "password1": NEW, "password2": NEW}
    return client.post(ACCEPT, entry | typed)
