"""The second step at sign-in: setting it up, using it, losing it."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import second_step
from accounts.models import Activity, SessionSlot
from tests import people
from tests.accounts.second_steps import (
    LOGIN,
    STEP,
    TOLERANCE,
    enter,
    give_app,
    phone_of,
    recovery_codes_of,
    secret_on,
)

pytestmark = pytest.mark.django_db
Reason = SessionSlot.EndReason


@pytest.fixture(autouse=True)
def _patient_clock(settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = TOLERANCE


def test_admin_without_a_second_step_gets_only_to_setting_it_up() -> None:
    browser = enter(people.admin())
    assert SessionSlot.objects.get().must_enrol
    for path in ("/dashboard/", "/admin/", "/accounts/activity/", "/accounts/profile/", reverse("dfs:console")):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("second_step")), path
    assert browser.post("/accounts/theme/", {"theme": "dark"}).headers["Location"] == reverse("second_step")
    told = browser.get("/dashboard/", headers={"accept": "application/json"})
    assert (told.status_code, told.json()["error"]["code"]) == (403, "must_enrol")
    for name in ("second_step", "second_step_app", "passkey_add", "account_reauthenticate"):
        assert browser.get(reverse(name)).status_code == 200, name
    assert browser.post("/language/", {"language": "hi"}).status_code == 302
    assert browser.post("/accounts/logout/").headers["Location"] == LOGIN
