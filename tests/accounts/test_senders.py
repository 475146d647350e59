"""What every way of carrying news must do, run against each there is."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts import senders
from accounts.models import Delivery, User
from accounts.senders import ConsoleSender, EmailSender, Permanent, Temporary, Unreachable
from tests import people
from tests.accounts.telling import at, tell
from tests.emulators.smtp import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def delivery() -> Delivery:
    User.objects.filter(pk=people.teacher().pk).update(phone="9890100028")
    tell([people.teacher()], now=at("10:00"))
    return Delivery.objects.select_related("notification__recipient").get()


@pytest.mark.parametrize("kind", [EmailSender, ConsoleSender])
def test_a_sender_carries_one_or_many_and_can_be_closed_twice(
    kind: type[senders.Sender], delivery: Delivery, mail_server: MailServer, settings: Any
) -> None:
    settings.DEMO = True
    sender = kind()
    assert sender.address_of(delivery.notification.recipient)
    assert sender.address_of(User()) == ""
    sender.send([delivery])
    delivery.is_digest = True
    sender.send([delivery, delivery])
    sender.close()
    sender.close()
    sender.send([delivery])
    sender.close()


@pytest.mark.parametrize(
    ("step", "reply", "raised"),
    [
        ("RCPT", "450 busy", Temporary),
        ("RCPT", "550 unknown", Permanent),
        ("MAIL", "452 full", Temporary),
        ("MAIL", "553 not you", Permanent),
        (".", "451 later", Temporary),
        (".", "554 spam", Permanent),
        ("DATA", "hang up", Unreachable),
    ],
)
def test_a_mail_servers_reply_decides(
    step: str, reply: str, raised: type[Exception], delivery: Delivery, mail_server: MailServer
) -> None:
    mail_server.replies[step] = reply
    sender = EmailSender()
    with pytest.raises(Exception, match=reply if raised is not Unreachable else "does not answer") as error:
        sender.send([delivery])
    assert error.type is raised
    mail_server.replies.clear()
    sender.send([delivery])
    sender.close()
    assert len(mail_server.mails) == 1


def test_an_address_no_mail_can_carry_is_final(delivery: Delivery, mail_server: MailServer) -> None:
    delivery.notification.recipient.email = "meera@pragati.test\nBcc: x@y.test"
    sender = EmailSender()
    with pytest.raises(Permanent):
        sender.send([delivery])
    sender.close()
    assert mail_server.mails == []


def test_the_console_refuses_where_people_would_believe_it(delivery: Delivery, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Permanent, match="reaches nobody"):
        ConsoleSender().send([delivery])


def test_every_configured_sender_keeps_the_protocol(settings: Any) -> None:
    for channel in senders.channels():
        sender = senders.sender_of(channel)
        assert sender is not None
        assert all(callable(getattr(sender, verb)) for verb in ("address_of", "send", "close"))
    assert senders.sender_of("SMS") is None


def test_a_sender_that_is_not_there_is_found_before_anybody_is_told(settings: Any) -> None:
    assert senders.check_senders() == []
    settings.NOTIFICATION_SENDERS = {"EMAIL": "accounts.senders.EmailSender", "SMS": "no.such.Sender"}
    [error] = senders.check_senders()
    assert (error.id, "SMS" in error.msg) == ("accounts.E001", True)
