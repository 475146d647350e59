"""Invitations that are accepted with Google."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts import invitations
from accounts.invitees import Invitee
from accounts.models import Invitation, Role, SessionSlot, User
from tests import people
from tests.accounts.google_visits import come_back, connected, person_of, words
from tests.emulators.google import GoogleEmulator

pytestmark = pytest.mark.django_db


def invited(role: Role = Role.STAFF) -> Client:
    """A browser that has opened the link of an invitation."""
    invitee = Invitee(role=role, name="Lata Gaikwad", email="Lata@Gmail.test")
    made = invitations.invite(invitee, actor=people.admin())
    browser = Client()
    assert browser.get(made.link.replace("http://127.0.0.1:8000", "")).status_code == 302
    return browser


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN, Role.STUDENT])
def test_invited_person_comes_in_with_google(google: GoogleEmulator, settings: Any, role: Role) -> None:
    settings.MFA_REQUIRED = False  # the admin who invites has no second step here
    browser = invited(role)
    google.account("lata@gmail.test")
    assert come_back(browser, "lata@gmail.test", process="invitation").status_code == 302
    who = User.objects.get(email="lata@gmail.test")
    assert (who.role, who.name, who.has_usable_password()) == (role, "Lata Gaikwad", False)
    assert SessionSlot.objects.get(user=who, ended_at=None).method == "GOOGLE"
    assert SocialAccount.objects.get().user == who
    assert Invitation.objects.get().used_by == who
    again = Client()
    come_back(again, "lata@gmail.test")
    assert person_of(again) == who


def test_invitation_is_for_its_own_address_only(google: GoogleEmulator) -> None:
    browser = invited()
    google.account("somebody@gmail.test")
    answer = come_back(browser, "somebody@gmail.test", process="invitation")
    assert answer.status_code == 403
    assert "This invitation is for lata@gmail.test." in words(answer)
    google.account("lata@gmail.test").email_verified = False
    assert come_back(browser, "lata@gmail.test", process="invitation").status_code == 403
    assert Invitation.objects.get().used_at is None
    assert not User.objects.filter(email__contains="gmail").exists()


def test_google_account_of_somebody_else_accepts_no_invitation(google: GoogleEmulator) -> None:
    browser = invited()
    connected(google, people.teacher(), "lata@gmail.test")
    answer = come_back(browser, "lata@gmail.test", process="invitation")
    assert answer.status_code == 409
    assert person_of(browser) is None
    assert Invitation.objects.get().used_at is None
    assert not User.objects.filter(email="lata@gmail.test").exists()


def test_browser_without_the_invitation_is_refused(google: GoogleEmulator) -> None:
    invited()
    google.account("lata@gmail.test")
    for process in ("invitation", "login", ""):
        stranger = Client()
        assert come_back(stranger, "lata@gmail.test", process=process).status_code in {403, 410}
        assert person_of(stranger) is None
    assert Invitation.objects.get().used_at is None
