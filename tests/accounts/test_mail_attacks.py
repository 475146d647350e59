"""A mail server that is silent, or says no to one of many: nobody waits for ever, and the others get their mail."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts import deliveries, invitation_mail, invitations, password_links
from accounts.invitees import Invitee
from accounts.models import Delivery, Invitation, Role
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
