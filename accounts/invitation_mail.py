"""The mail that brings an invitation: text with an HTML part, no pictures, nothing that tells whether it was opened."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from accounts.models import Institute, Invitation
from accounts.models.invitations import hash_token
from coaching.lib.clock import moment_text

log = logging.getLogger("accounts.invitations")
MAIL_TIMEOUT_S = 15
PAGE_TIMEOUT_S = 4
"""How long a page that shows a link waits for each answer of the mail server.

It mails that very link, so it cannot leave the mail to a worker: only the hash is kept, and a worker's mail has a token
of its own, with which the link on the page would die unseen. A page that got no answer offers the worker's mail.
"""
MAILS_AT_ONCE = 100
CLAIM_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation with the link that is known now only, and whether a mail server took or refused it."""

    invitation: Invitation
    link: str
    is_mailed: bool = False
    is_refused: bool = False


def link_of(token: str) -> str:
    """Where the person goes, built from BASE_URL and not from what a request says of its host."""
    return f"{settings.BASE_URL}{reverse('invitation_open', kwargs={'token': token})}"


def sent(made: Made) -> Made:
    """The same after its link was mailed, if it has an address and a mail server takes it soon."""
    if not made.invitation.email:
        return made
    try:
        _hand_over(made, timeout_s=PAGE_TIMEOUT_S)
    except OSError:
        return replace(made, is_refused=True)
    return replace(made, is_mailed=True)


def _hand_over(made: Made, *, timeout_s: float) -> None:
    """Give the mail, in the language of the person, to the server. Raises: OSError, of which SMTPException is one."""
    invitation = made.invitation
    language = invitation.person.language if invitation.person else ""
    with translation.override(language or Institute.current().language):
        context = {
            "invitation": invitation,
            "link": made.link,
            "institute": Institute.current().name,
            "by": invitation.created_by,
            "until": moment_text(invitation.expires_at),
            "language": translation.get_language(),
        }
        subject = render_to_string("accounts/email/invitation_subject.txt", context).strip()
        body = render_to_string("accounts/email/invitation_message.txt", context).strip()
        html = render_to_string("accounts/email/invitation_message.html", context)
    try:
        mail = EmailMultiAlternatives(
            subject, body, to=[str(invitation.email)], connection=get_connection(timeout=timeout_s)
        )
        mail.attach_alternative(html, "text/html")
        mail.send()
    except OSError as error:
        log.warning("The mail of invitation %s was not taken: %s", invitation.pk, type(error).__name__)
        raise


def queue(invitations: Sequence[Invitation]) -> None:
    """Have a worker mail those that have an address. Tokens do not travel through the broker: it makes its own."""
    due = [one.pk for one in invitations if one.email]
    if due:
        Invitation.objects.filter(pk__in=due).update(mail_due_at=timezone.now())
        transaction.on_commit(wake)


def wake() -> None:
    """Send a worker to mail what is due; when the broker does not answer, the schedule sends one."""
    try:
        current_app.send_task("accounts.tasks.mail_invitations")
    except (OperationalError, OSError) as error:
        log.warning("no wake-up for invitations: %s", error)


def mail_due(*, now: datetime) -> int:
    """Mail at most MAILS_AT_ONCE invitations that are due, and wake a worker for the rest; returns how many it sent."""
    due = Invitation.objects.open_at(now).filter(mail_due_at__lte=now).order_by("mail_due_at", "pk")
    count = 0
    for one in due.select_related("person", "created_by")[:MAILS_AT_ONCE]:
        token = _claim(one, now=now)
        try:
            count += bool(token) and _mailed(one, token)
        except OSError:
            return count  # no mail server: the claims run out, then they are tried again
    if due.exists():
        wake()
    return count


def _mailed(invitation: Invitation, token: str) -> bool:
    """Whether the server took it. An address it refuses for now keeps its claim, one it refuses for good is given up.

    Raises: OSError when there is no server to ask.
    """
    try:
        _hand_over(Made(invitation, link_of(token)), timeout_s=MAIL_TIMEOUT_S)
    except SMTPRecipientsRefused as error:
        if any(code < 500 for code, _words in error.recipients.values()):  # RFC 5321, 4.2.1: not now
            return False
        is_taken = False
    else:
        is_taken = True
    Invitation.objects.filter(pk=invitation.pk, token_hash=hash_token(token)).update(mail_due_at=None)
    return is_taken


def _claim(invitation: Invitation, *, now: datetime) -> str:
    """A new token for the one worker that mails it in the next ten minutes; "" when another does."""
    token = secrets.token_urlsafe(32)
    rows = Invitation.objects.filter(
        pk=invitation.pk, mail_due_at=invitation.mail_due_at, used_at=None, revoked_at=None
    )
    return token if rows.update(mail_due_at=now + CLAIM_LASTS, token_hash=hash_token(token)) else ""
