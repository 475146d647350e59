"""Telling people what became of a Drive: its owner and the admins, by e-mail, once for each change of state.

What nobody can mend but a person is told at once. What often passes by itself (a Drive that is full or does not
answer) is told only after every look of an hour found it so, and of one Drive at most once a day. What a person asked
for is told to the others. All there is to tell a person in one round goes into one mail.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.activity import record
from accounts.models import Activity, Role, User
from dfs import consent
from dfs.models import DriveAccount

log = logging.getLogger("dfs.news")
_STATE = DriveAccount.State
EVENTS: dict[str, str] = {
    _STATE.NEEDS_REAUTH: "drive.needs_sign_in",
    _STATE.LOST: "drive.lost",
    _STATE.FULL: "drive.full",
    _STATE.SUSPECT: "drive.silent",
}
"""States nobody asked for, and what the activity log calls them."""
PASSING = (_STATE.FULL, _STATE.SUSPECT)
LASTS = timedelta(hours=1)
QUIET = timedelta(days=1)
ASKED: dict[str, str] = {_STATE.PAUSED: "drive.pause", _STATE.DRAINING: "drive.drain"}
"""States somebody asked for, and the line that names him."""


@dataclass(frozen=True, slots=True)
class News:
    """A change to tell. `before` is the state last told of; `by` asked for the change, None when nobody here did."""

    account: DriveAccount
    before: str
    by: User | None

    def concerns(self, person: User) -> bool:
        """Its owner and the admins, but not whoever did it himself."""
        is_theirs = person.is_admin or person.pk == self.account.owner_id
        return is_theirs and (self.by is None or self.by.pk != person.pk)


def tell(now: datetime | None = None) -> int:
    """Send what nobody was told yet; returns of how many Drives there was something to tell."""
    now = now or timezone.now()
    changed = DriveAccount.objects.exclude(told_state=F("state"), seen_state=F("state"))
    found = [_claim(account, now) for account in changed.select_related("owner")]
    news = [one for one in found if one is not None]
    if not news or not _send_all(news):
        return 0
    for one in news:
        if one.account.state in EVENTS:
            record(EVENTS[one.account.state], on=one.account, subject=one.account.owner, name=one.account.label)
    return len(news)


def _claim(account: DriveAccount, now: datetime) -> News | None:
    """What there is to tell of the Drive, for one sender of all that ask."""
    _see(account, now)
    before, state = account.told_state, account.state
    if state == before or (state in PASSING and not _is_lasting(account, now)):
        return None
    rows = DriveAccount.objects.filter(pk=account.pk, state=state, told_state=before)
    if not rows.update(told_state=state) or _is_wanted_gone(account):
        return None
    if state in EVENTS:
        return News(account, before, None)
    asked = _lines(account).filter(event__in=(*ASKED.values(), *EVENTS.values())).select_related("actor").first()
    if state not in ASKED or asked is None or asked.event != ASKED[state]:
        return None  # fine again, or after an outage what it was before
    return News(account, before, account.owner if account.leaving_at else asked.actor)


def _see(account: DriveAccount, now: datetime) -> None:
    """Note since when the Drive is found in this state, in its row and in `account`."""
    if account.seen_state != account.state:
        account.seen_state, account.seen_at = account.state, now
        DriveAccount.objects.filter(pk=account.pk).update(seen_state=account.state, seen_at=now)


def _is_lasting(account: DriveAccount, now: datetime) -> bool:
    if account.seen_at is None or account.seen_at > now - LASTS:
        return False
    return not _lines(account).filter(event=EVENTS[account.state], at__gt=now - QUIET).exists()


def _is_wanted_gone(account: DriveAccount) -> bool:
    """One its owner takes back, with nothing left on it, needs nobody."""
    return account.leaving_at is not None and not account.chunks.exists()


def _lines(account: DriveAccount) -> QuerySet[Activity]:
    """The activity log about this Drive, newest first."""
    return Activity.objects.filter(object_type=account._meta.label_lower, object_id=str(account.uuid))


# --- Mails ------------------------------------------------------------------------------------------------------------


def _send_all(news: list[News]) -> bool:
    """A mail to everybody it concerns; when no mail server can be reached the rows are as before, for another round."""
    try:
        with get_connection() as connection:
            for person in _readers(news):
                _send([one for one in news if one.concerns(person)], person, connection)
    except OSError as error:
        log.warning("nobody could be told of %d Drives: %s", len(news), type(error).__name__)
        for one in news:
            rows = DriveAccount.objects.filter(pk=one.account.pk, told_state=one.account.state)
            rows.update(told_state=one.before)
        return False
    return True


def _readers(news: list[News]) -> list[User]:
    """The owners first, then the admins; nobody twice."""
    owners = {one.account.owner.pk: one.account.owner for one in news if one.account.owner is not None}
    admins = User.objects.active().filter(role=Role.ADMIN).exclude(pk__in=owners)
    return [person for person in (*owners.values(), *admins) if person.is_active and person.email]


def _send(news: list[News], person: User, connection: BaseEmailBackend) -> None:
    """An address that is refused keeps nobody else from his mail, and nobody gets his twice."""
    if not news:
        return
    try:
        _mail(news, person, connection).send()
    except SMTPException as error:
        log.warning("person %s could not be told of %d Drives: %s", person.pk, len(news), type(error).__name__)


def _mail(news: list[News], person: User, connection: BaseEmailBackend) -> EmailMessage:
    """One mail about all of it, in the reader's language."""
    is_owner = not person.is_admin or all(one.account.owner_id == person.pk for one in news)
    url = settings.BASE_URL + reverse("dfs:drive_list" if is_owner else "dfs:console")
    with translation.override(person.language or settings.LANGUAGE_CODE):
        told = [_words(one, person) for one in news]
        subject = " ".join(render_to_string("dfs/email/drive_needs_you_subject.txt", told[0]).split())
        if len(told) > 1:
            subject = ngettext("News of %(count)d Drive", "News of %(count)d Drives", len(told)) % {"count": len(told)}
        parts = [render_to_string("dfs/email/drive_needs_you_news.txt", words).strip() for words in told]
        whole = {"parts": parts, "is_owner": is_owner, "url": url}
        body = render_to_string("dfs/email/drive_needs_you_message.txt", whole).strip() + "\n"
    return EmailMessage(subject, body, to=[str(person.email)], connection=connection)


def _words(one: News, person: User) -> dict[str, object]:
    """What the templates of one Drive's news go by."""
    account = one.account
    return {
        "drive": account,
        "state": account.state,
        "is_owner": person.pk == account.owner_id,
        "is_google": account.kind == DriveAccount.Kind.GOOGLE,
        "is_leaving": account.leaving_at is not None,
        "by": one.by.name if one.by else _("Somebody at the institute's own machine"),
        "hint": consent.IN_TESTING if person.is_admin and account.ended_young else "",
        "institute": settings.INSTITUTE_NAME,
    }
