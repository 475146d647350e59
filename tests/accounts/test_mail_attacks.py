"""A mail server that is silent, or says no to one of many: nobody waits for ever, and the others get their mail."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts import deliveries, invitation_mail, invitations, password_links
from accounts.invitees import Invitee
from accounts.models import Delivery, Invitation, Role
from accounts.quiet import end_of_quiet
from tests import people
from tests.accounts.telling import at, tell
from tests.emulators.smtp import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent_server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Takes the call and never says a word."""
    for module in ("senders", "invitation_mail", "password_links"):
        monkeypatch.setattr(f"accounts.{module}.MAIL_TIMEOUT_S", 0.2)
    monkeypatch.setattr(invitation_mail, "PAGE_TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        yield


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def invited(count: int) -> list[Invitation]:
    return invitations.invite_many(
        [Invitee(Role.TEACHER, f"Teacher {chr(65 + n)}", f"t{n}@pragati.test") for n in range(count)],
        actor=people.admin(),
    )


def test_news_wait_for_a_server_that_is_silent(silent_server):
    tell([people.teacher(), people.other_teacher()], now=at("10:00"))
    assert deliveries.send_due(now=at("10:00")) == 0
    assert sorted(Delivery.objects.values_list("state", "tries")) == [("PENDING", 0), ("PENDING", 1)]


def test_invitations_wait_for_a_server_that_is_silent(silent_server):
    invited(3)
    assert invitation_mail.mail_due(now=timezone.now()) == 0
    assert Invitation.objects.exclude(mail_due_at=None).count() == 3


def test_page_of_one_invitation_waits_a_moment_and_leaves_the_link_to_the_admin(silent_server, monkeypatch):
    monkeypatch.setattr(invitation_mail, "MAIL_TIMEOUT_S", 60)
    admin, began = people.signed_in(people.admin()), monotonic()
    page = admin.post("/accounts/invitations/new/", {"role": "TEACHER", "name": "Farhan", "email": "f@pragati.test"})
    assert monotonic() - began < 30
    assert "The mail server did not take it." in page.content.decode()
    [slip] = page.context["slips"]
    assert Client().get(urlsplit(slip.link).path).status_code == 302


def test_worker_mails_a_new_link_once_the_server_answers(silent_server, settings):
    admin = people.signed_in(people.admin())
    page = admin.post("/accounts/invitations/new/", {"role": "TEACHER", "name": "Farhan", "email": "f@pragati.test"})
    [slip] = page.context["slips"]
    assert f'name="chosen" value="{slip.invitation.uuid}"' in page.content.decode()
    admin.post("/accounts/invitations/chosen/", {"chosen": slip.invitation.uuid, "do": "send"})
    assert "mail on its way" in admin.get("/accounts/invitations/").content.decode()
    assert invitation_mail.mail_due(now=timezone.now()) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert invitation_mail.mail_due(now=timezone.now() + invitation_mail.CLAIM_LASTS) == 1
    assert Client().get(urlsplit(slip.link).path).status_code == 410


def test_link_on_a_slip_outlives_a_mail_that_was_waiting():
    [one] = invited(1)
    [made] = invitations.make_links([one], actor=people.admin())
    assert invitation_mail.mail_due(now=timezone.now()) == 0
    assert Client().get(urlsplit(made.link).path).status_code == 302


def test_slip_of_somebody_with_an_address_blames_no_mail_server():
    [one] = invited(1)
    page = people.signed_in(people.admin()).post("/accounts/invitations/chosen/", {"chosen": one.uuid, "do": "slips"})
    assert "The mail server did not take it." not in page.content.decode()


def test_password_link_does_not_wait_for_ever(silent_server):
    with pytest.raises(OSError, match="timed out"):
        password_links.send(people.teacher().pk)


@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"])
@pytest.mark.parametrize("hours", [("22:00", "06:30"), ("01:15", "01:45"), ("00:30", "02:30"), ("02:15", "02:45")])
def test_quiet_hours_end_later_and_loud_on_the_nights_the_clock_changes(name, hours):
    """Also where the clock is put back, an hour comes twice, and where it leaps over their end."""
    zone, begins, ends = ZoneInfo(name), *(time.fromisoformat(hour) for hour in hours)
    changes = [(2, 14), (3, 7), (3, 21), (4, 4), (10, 3), (10, 31)]
    starts = [datetime(2026, month, day, tzinfo=UTC) for month, day in changes]
    for now in (start + timedelta(minutes=15 * quarter) for start in starts for quarter in range(3 * 96)):
        end = end_of_quiet(now, begins=begins, ends=ends, zone=zone)
        assert now <= end <= now + timedelta(hours=10)
        assert end_of_quiet(end, begins=begins, ends=ends, zone=zone) == end


@pytest.mark.parametrize(("reply", "left"), [("550 no such mailbox", 0), ("450 try later", 3)])
def test_addresses_that_are_refused_hold_up_no_other_invitation(mail_server, reply, left):
    rows, now = invited(5), timezone.now()
    Invitation.objects.filter(pk__in=[row.pk for row in rows[3:]]).update(mail_due_at=None)
    mail_server.replies["RCPT"] = reply
    assert invitation_mail.mail_due(now=now) == 0
    assert Invitation.objects.exclude(mail_due_at=None).count() == left
    mail_server.replies.clear()
    Invitation.objects.filter(pk__in=[row.pk for row in rows[3:]]).update(mail_due_at=now)
    assert invitation_mail.mail_due(now=now) == 2
    assert invitation_mail.mail_due(now=now + invitation_mail.CLAIM_LASTS) == left
    assert len(mail_server.mails) == 2 + left
