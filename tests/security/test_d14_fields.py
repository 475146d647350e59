"""Fields nobody offered change nothing (D14), and a request's shape opens no way round a check (D15)."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Grant, Guardianship, Invitation, SessionPolicy, SessionSlot, User
from dfs.models import DriveAccount, StoredFile
from tests import people
from tests.test_access import TABLE

pytestmark = pytest.mark.django_db
TOGETHER = 20
"""So many forms are sent before it is looked what they changed: looking costs more than a form."""
RIGHTS = ("role", "is_active", "teaches", "email", "admission_number", "name", "password", "uuid")


def hostile() -> dict[str, str]:
    """Every field of a person, a right, an owner and a policy, with values the sender would like."""
    admin, other = people.admin(), people.other_student()
    fields = {"role": "ADMIN", "is_staff": "1", "is_superuser": "1", "is_active": "0", "teaches": "1", "must_enrol": ""}
    fields |= {"email": "new@evil.test", "admission_number": "2026-9999", "name": "Somebody Else", "password": "x" * 20}
    fields |= dict.fromkeys(("user", "user_id", "owner", "owner_id", "actor", "actor_id", "subject"), str(admin.pk))
    fields |= dict.fromkeys(("pk", "id", "person", "guardian", "sender"), str(other.pk))
    fields |= {
        "student": str(other.pk),
        "students": str(other.pk),
        "uuid": str(admin.uuid),
        "public_id": str(admin.uuid),
    }
    fields |= {"grants": "CASHIER", "kind": "CASHIER", "may": "CASHIER", "max_sessions": "20", "idle_minutes": "99999"}
    return fields | {
        "state": "COMPLETE",
        "purpose": "CONSOLE",
        "key_hash": "x",
        "method": "CODE",
        "expires_at": "2099-01-01",
    }


def standing(who: User) -> dict[str, Any]:
    """What none of this may change: rights, what others own, whose session lives."""
    return {
        "people": list(User.objects.order_by("pk").values_list("pk", *RIGHTS)),
        "grants": Grant.objects.count(),
        "guardianships": Guardianship.objects.count(),
        "policies": list(SessionPolicy.objects.values()),
        "invitations": Invitation.objects.count(),
        "others' files": list(
            StoredFile.objects.exclude(owner=who).order_by("pk").values("pk", "owner", "name", "state")
        ),
        "others' Drives": list(DriveAccount.objects.exclude(owner=who).order_by("pk").values()),
        "others' sessions": list(SessionSlot.objects.exclude(user=who).order_by("pk").values_list("pk", "ended_at")),
    }


def sent(client: Client, address: str, body: dict[str, Any], *, as_json: bool) -> HttpResponse:
    if as_json:
        return client.post(address, json.dumps(body), content_type="application/json")
    return client.post(address, body)


@pytest.mark.parametrize(
    ("kind", "as_json"), [("student", False), ("student", True), ("teacher", False), ("cashier", False)]
)
def test_d14_no_field_of_a_form_gives_a_right_or_touches_others(kind: str, as_json: bool) -> None:
    who = people.EVERYBODY[kind]()
    victim = people.signed_in(people.admin())
    addresses = {name: reverse(name, kwargs=row.kwargs()) for name, row in TABLE.items()}
    Authenticator.objects.all().delete()  # the table's passkey holds no key, so no page can ask for it
    fields = hostile()
    before = standing(who)
    names, client = list(addresses), people.signed_in(who)
    for at in range(0, len(names), TOGETHER):
        some = names[at : at + TOGETHER]
        for name in some:
            body = {**TABLE[name].body, **fields}
            answer = sent(client, addresses[name], body, as_json=as_json)
            if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/accounts/login/"):
                client = people.signed_in(who)  # a form before this one has ended the session
                answer = sent(client, addresses[name], body, as_json=as_json)
            assert answer.status_code < 500, name
        after = standing(who)
        assert after == before, f"one of {some} changed {[part for part in after if after[part] != before[part]]}"
    assert victim.get("/accounts/profile/").status_code == 200


def test_d15_of_two_names_the_one_that_is_tried_is_the_one_that_is_counted() -> None:
    people.teacher()
    client = Client()

    def wrong(first: str, last: str) -> int:
        body = f"login={first}&login={last}&password=wrong-guess-123"
        return client.post("/accounts/login/", body, content_type="application/x-www-form-urlencoded").status_code

    statuses = [wrong(f"n{number}@pragati.test", "meera@pragati.test") for number in range(7)]
    assert statuses == [200] * 5 + [429] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"login": "meera@pragati.test", "password": people.PASSWORD},
        {"login": ["meera@pragati.test"], "password": [people.PASSWORD]},
        [["login", "meera@pragati.test"]],
        "meera@pragati.test",
        None,
    ],
)
def test_d15_json_is_no_sign_in_form(body: Any) -> None:
    people.teacher()
    client = Client()
    answer = client.post("/accounts/login/", json.dumps(body), content_type="application/json")
    assert answer.status_code < 500
    assert client.get("/accounts/profile/").status_code == 302


def test_d15_list_in_place_of_a_word_changes_nothing() -> None:
    client = people.signed_in(people.student())
    twice = "theme=dark&theme=system&theme[]=light&theme[role]=ADMIN"
    kind = "application/x-www-form-urlencoded"
    assert client.post("/accounts/theme/", twice, content_type=kind).status_code == 302
    assert client.post("/accounts/theme/", "theme[]=light", content_type=kind).status_code == 400
    who = User.objects.get(pk=people.student().pk)
    assert (who.theme, who.role) == ("system", "STUDENT")


def test_d15_method_in_a_field_or_header_is_not_believed() -> None:
    client = people.signed_in(people.student())
    spoof = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    assert client.get("/accounts/theme/", {"_method": "POST", "theme": "dark"}, headers=spoof).status_code == 405
    assert User.objects.get(pk=people.student().pk).theme == "system"


def test_d15_rights_in_the_address_are_not_those_of_the_session() -> None:
    client = people.signed_in(people.student())
    for address in (
        "/accounts/activity/?role=ADMIN",
        "/accounts/activity/?user=1&is_superuser=1",
        "/accounts//activity/",
    ):
        assert client.get(address).status_code in (403, 404)
