"""What the log never holds: the events of a person's way through the doors, searched for what was secret there."""

import json
import re

import pytest
from celery import current_app
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import tasks
from accounts.models import Activity, SessionSlot
from tests import people
from tests.accounts.browsers import AGENTS, enter

pytestmark = pytest.mark.django_db
NEW = "naya-shabd-4417"
TYPED = "my-password-in-the-wrong-field"


def test_d56_no_password_token_or_key_is_ever_a_part_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: told.extend(args))
    who, client = people.teacher(), Client(HTTP_USER_AGENT=AGENTS["chrome on android"])
    client.post("/accounts/login/", {"login": TYPED, "password": "wrong guess 123"})
    enter(who, client, password="wrong guess 123")
    enter(who, client)
    key = str(client.session.session_key)
    device = client.cookies["device"].value
    client.post("/accounts/reauthenticate/", {"password": people.PASSWORD})
    form = {"oldpassword": people.PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", form).status_code == 302
    client.post("/accounts/sessions/end-others/")
    client.post("/accounts/logout/")
    client.post("/accounts/password/reset/", {"email": who.email})
    tasks.send_password_link(told[0])
    link = re.search(r"https?://\S+", mail.outbox[0].body)[0]  # type: ignore[index]
    page = client.get(re.sub(r"^https?://[^/]+", "", link), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW + "x", "password2": NEW + "x"})
    admin = people.signed_in(people.admin())
    admin.post(reverse("activity_export"), {"person": "meera"})

    events = set(Activity.objects.values_list("event", flat=True))
    assert {"sign_in.failed", "sign_in.succeeded", "sign_out", "person.password_changed"} <= events
    assert {"person.password_link_asked", "activity.exported"} <= events
    kept = json.dumps(list(Activity.objects.values()), default=str)
    who.refresh_from_db()
    secret = [people.PASSWORD, NEW, TYPED, "wrong guess", key, device, who.password, AGENTS["chrome on android"]]
    secret += [link.rstrip("/").rpartition("-")[2], *SessionSlot.objects.values_list("key_hash", flat=True)]
    assert [word for word in secret if word in kept] == []


def test_d56_search_of_this_test_finds_what_is_there() -> None:
    """The log does hold the device and the address, so that a search that finds nothing means something."""
    enter(people.teacher(), Client(HTTP_USER_AGENT=AGENTS["chrome on android"]))
    kept = json.dumps(list(Activity.objects.values()), default=str)
    assert "Chrome, Android" in kept
    assert "127.0.0.1" in kept
