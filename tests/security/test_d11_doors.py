"""Doors and objects: D11 and D13 generated from the access table; D12 is the table itself (tests/test_access.py)."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import policy_of
from accounts.models import User
from tests import people
from tests.test_access import ANONYMOUS, KINDS, ROUTES, TABLE

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
PRIVATE = [name for name in sorted(TABLE) if not policy_of(ROUTES[name].callback).is_public]  # type: ignore[union-attr]
OBJECTS = [name for name in sorted(TABLE) if {"public_id", "key"} & ROUTES[name].pattern.converters.keys()]
TUS = {"Tus-Resumable": "1.0.0"}
# The table asks these in a way that is refused to everybody alike, or answered so.
OWNERS = {"dfs:upload": "student", "check_in_link": "student"}
# What the objects of the table hold: names of files, people and devices.
HELD = ("Optics", "Backup", "Ananya", "2026-0188", "farhan", "Phone", "meera", "ananya")


def test_d11_stranger_gets_to_the_sign_in_page_from_everywhere() -> None:
    for name in PRIVATE:
        row = TABLE[name]
        address = reverse(name, kwargs=row.kwargs())
        page = Client().generic(row.method.upper(), address)
        assert (page.status_code, page["Location"].partition("?")[0]) == (302, "/accounts/login/"), name
        assert Client().generic(row.method.upper(), address, headers=JSON).status_code == 401, name


def test_d11_allowlist_is_what_strangers_need() -> None:
    public = [name for name in TABLE if policy_of(ROUTES[name].callback).is_public]  # type: ignore[union-attr]
    assert not [name for name in public if name.startswith("dfs:")]
    assert len(public) <= 32  # each of them stands by name in tests.test_access


def test_d12_every_row_of_the_table_speaks_of_every_kind_of_person() -> None:
    assert {frozenset(row.statuses) for row in TABLE.values()} == {frozenset(KINDS)}


def test_d12_deactivated_person_gets_nowhere() -> None:
    who = people.admin()
    client = people.signed_in(who)
    User.objects.filter(pk=who.pk).update(is_active=False)
    for name in PRIVATE:
        row = TABLE[name]
        assert client.generic(row.method.upper(), reverse(name, kwargs=row.kwargs())).status_code == 302, name


def told(client: Client, method: str, address: str, body: dict[str, Any]) -> tuple[int, str]:
    """Status and body, without what differs each time: request id, token, the address itself."""
    answer = getattr(client, method)(address, body, headers=TUS)
    text = answer.content.decode() if not answer.streaming else ""
    text = text.replace(answer.headers["X-Request-ID"], "REFERENCE").replace(address, "ADDRESS")
    return answer.status_code, re.sub(r'csrfmiddlewaretoken" value="\w+"', "TOKEN", text)


@pytest.mark.parametrize("name", OBJECTS)
def test_d13_anothers_object_looks_like_one_that_is_not_there(name: str, browser_of: Callable[[str], Client]) -> None:
    row = TABLE[name]
    real = row.kwargs()
    wanted = "public_id" if "public_id" in real else "key"
    nowhere = {**real, wanted: uuid.uuid4() if wanted == "public_id" else 999_999}
    refused = [kind for kind in KINDS if kind != ANONYMOUS and row.statuses[kind] in (403, 404)]
    refused = refused or [kind for kind in KINDS if kind not in (ANONYMOUS, OWNERS[name])]
    for kind in refused:
        client = browser_of(kind)
        there = told(client, row.method, reverse(name, kwargs=real), row.body)
        absent = told(client, row.method, reverse(name, kwargs=nowhere), row.body)
        assert there == absent, kind
        main = there[1].partition("<main")[2]  # around it stands the visitor's own name
        assert not [word for word in HELD if word in main], kind


@pytest.mark.parametrize("name", [name for name in OBJECTS if "public_id" in ROUTES[name].pattern.converters])
def test_d13_numbers_do_not_lead_to_objects(name: str, browser_of: Callable[[str], Client]) -> None:
    """Addresses take a uuid; the row's own number is no address at all."""
    with_uuid = reverse(name, kwargs={**TABLE[name].kwargs(), "public_id": uuid.UUID(int=0)})
    for guess in ("1", "0", "-1", "1%00", "..%2f..%2f1"):
        address = with_uuid.replace(str(uuid.UUID(int=0)), guess)
        assert browser_of("admin").get(address).status_code == 404, address
