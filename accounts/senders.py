"""Ways by which news is carried out of the site, one class each, named in NOTIFICATION_SENDERS.

E-mail is real. For SMS, WhatsApp and push there is no provider unless the institute names one: such a channel is then
not offered, and nothing is ever marked as sent that nobody sent. `ConsoleSender` writes to the worker's log, for
development only.
"""

import logging
from collections.abc import Sequence
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Protocol

from django.conf import settings
from django.core import checks
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from accounts import notification_mail
from accounts.models import Delivery, User

log = logging.getLogger("accounts.deliveries")
MAIL_TIMEOUT_S = 15


class Temporary(Exception):
    """Not now; to be tried again. The message is kept beside the delivery and holds no secret."""


class Unreachable(Temporary):
    """The provider itself does not answer, so nobody else's news need be tried either."""


class Permanent(Exception):
    """Never: the address is refused, say. The message is kept beside the delivery."""


class Sender(Protocol):
    """One channel. An object lives for one round of the worker, in one thread."""

    def address_of(self, person: User) -> str:
        """Where the person is reached, "" when nowhere."""

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Carry one piece of news, or a day's of one person, `notification` and `recipient` fetched.

        Raises: Temporary, Unreachable, Permanent; without one of them the provider has taken it.
        """

    def close(self) -> None:
        """The round is over."""


class EmailSender:
    """By the mail server of EMAIL_URL, over one connection in a round."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def address_of(self, person: User) -> str:
        return person.email or ""

    def send(self, deliveries: Sequence[Delivery]) -> None:
        try:
            mail = notification_mail.write(deliveries)
            mail.connection = self._opened()
            mail.send()
        except ValueError as error:  # an address no mail can carry
            raise Permanent(str(error)) from error
        except SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise _refusal(code, words) from error
        except SMTPAuthenticationError as error:
            self.close()
            raise Unreachable(f"The mail server refused the sign-in ({error.smtp_code}).") from error
        except SMTPResponseException as error:
            self.close()
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except OSError as error:  # SMTPException is one, too
            self.close()
            raise Unreachable(f"The mail server does not answer ({type(error).__name__}).") from error

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except (OSError, SMTPException) as error:
            log.info("The mail server hung up: %s", type(error).__name__)

    def _opened(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = get_connection(timeout=MAIL_TIMEOUT_S)
            connection.open()
            self._connection = connection
        return self._connection


def _refusal(code: int, words: bytes | str) -> Exception:
    """A reply of 400 to 499 asks to try later, 500 and above is final. Source: RFC 5321, 4.2.1."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    said = f"{code} {text}"
    return Permanent(said) if code >= 500 else Temporary(said)


class ConsoleSender:
    """Writes the titles into the worker's log. For development: elsewhere it refuses, as nobody would be reached."""

    def address_of(self, person: User) -> str:
        return person.phone

    def send(self, deliveries: Sequence[Delivery]) -> None:
        if not (settings.DEBUG or settings.DEMO):
            raise Permanent("No provider: the console reaches nobody.")
        for delivery in deliveries:
            person = delivery.notification.recipient
            log.info("%s to person %s: %s", delivery.channel, person.pk, delivery.notification.title)

    def close(self) -> None:
        return


def check_senders(**kwargs: object) -> list[checks.CheckMessage]:
    """accounts.E001: a class that is not there would be found missing only when somebody is told something."""
    found: list[checks.CheckMessage] = []
    for channel in channels():
        try:
            sender_of(channel)
        except (ImportError, TypeError) as error:
            text = f"The sender of {channel} cannot be used: {error}"
            found.append(checks.Error(text, hint="Correct or unset its setting.", id="accounts.E001"))
    return found


def channels() -> list[Delivery.Channel]:
    """The channels that carry anything here, e-mail first."""
    return [channel for channel in Delivery.Channel if settings.NOTIFICATION_SENDERS.get(channel)]


def sender_of(channel: str) -> Sender | None:
    """A sender for one round, None when the channel has no provider."""
    path = settings.NOTIFICATION_SENDERS.get(channel)
    return import_string(path)() if path else None
