"""A mail server that is silent, or says no to one of many: nobody waits for ever, and the others get their mail."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
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
