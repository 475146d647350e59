"""Telling people that a Drive needs them: its owner and the admins, by e-mail, once for each change of state."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.activity import record
from accounts.models import Role, User
from dfs.models import DriveAccount

log = logging.getLogger("dfs.news")
EVENTS: dict[str, str] = {
    DriveAccount.State.NEEDS_REAUTH: "drive.needs_sign_in",
    DriveAccount.State.LOST: "drive.lost",
}
"""States in which nothing gets better until somebody acts, and what the activity log calls them."""


def tell() -> int:
    """Send what nobody was told yet; returns how many Drives were told of."""
    told = 0
    for account in DriveAccount.objects.exclude(told_state=F("state")).select_related("owner"):
        told += _tell(account)
    return told


def _tell(account: DriveAccount) -> bool:
    """One sender wins the row; when no mail server can be reached the row is as before, for the next round."""
    before, state = account.told_state, account.state
    rows = DriveAccount.objects.filter(pk=account.pk, state=state)
    is_mine = rows.filter(told_state=before).update(told_state=state)
    if not is_mine or state not in EVENTS or _is_wanted_gone(account):
        return False
    try:
        with get_connection() as connection:
            _send(account, connection)
    except OSError as error:
        log.warning("nobody could be told of Drive %s: %s", account.uuid, type(error).__name__)
        rows.filter(told_state=state).update(told_state=before)
        return False
    record(EVENTS[state], on=account, subject=account.owner, name=account.label)
    return True


def _send(account: DriveAccount, connection: BaseEmailBackend) -> None:
    """An address that is refused keeps nobody else from his mail, and nobody gets his twice."""
    for person in _readers(account):
        try:
            _mail(account, person, connection).send()
        except SMTPException as error:
            log.warning("person %s could not be told of Drive %s: %s", person.pk, account.uuid, type(error).__name__)


def _is_wanted_gone(account: DriveAccount) -> bool:
    """One its owner takes back, with nothing left on it, needs nobody."""
    return account.leaving_at is not None and not account.chunks.exists()


def _readers(account: DriveAccount) -> list[User]:
    """The owner first, then the admins; nobody twice."""
    admins = User.objects.active().filter(role=Role.ADMIN).exclude(pk=account.owner_id)
    owner = [account.owner] if account.owner is not None and account.owner.is_active else []
    return [person for person in (*owner, *admins) if person.email]


def _mail(account: DriveAccount, person: User, connection: BaseEmailBackend) -> EmailMessage:
    is_owner = person.pk == account.owner_id
    page = "dfs:drive_list" if is_owner else "dfs:console"
    with translation.override(person.language or settings.LANGUAGE_CODE):
        words = {
            "drive": account,
            "person": person,
            "is_owner": is_owner,
            "is_google": account.kind == DriveAccount.Kind.GOOGLE,
            "is_lost": account.state == DriveAccount.State.LOST,
            "institute": settings.INSTITUTE_NAME,
            "url": settings.BASE_URL + reverse(page),
        }
        subject = " ".join(render_to_string("dfs/email/drive_needs_you_subject.txt", words).split())
        body = render_to_string("dfs/email/drive_needs_you_message.txt", words).strip() + "\n"
    return EmailMessage(subject, body, to=[str(person.email)], connection=connection)
