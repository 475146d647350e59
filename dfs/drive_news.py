"""Telling people what became of a Drive: its owner and the admins, once for each change of state.

What nobody can mend but a person is told at once. What often passes by itself (a Drive that is full or does not
answer) is told only after every look of an hour found it so, and of one Drive at most once a day. What a person asked
for is told to the others. All there is to tell a person in one round is one piece of news.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import notifications
from accounts.activity import record
from accounts.models import Activity, Institute, Role, User
from accounts.notifications import Kind
from dfs import consent
from dfs.models import DriveAccount

KIND = Kind("dfs.drives", gettext_lazy("Drives that need somebody"))
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
    """A change to tell. `by` asked for it, None when nobody here did."""

    account: DriveAccount
    by: User | None

    def concerns(self, person: User) -> bool:
        """Its owner and the admins, but not whoever did it himself."""
        is_theirs = person.is_admin or person.pk == self.account.owner_id
        return is_theirs and (self.by is None or self.by.pk != person.pk)


@transaction.atomic
def tell(now: datetime | None = None) -> int:
    """Tell what nobody was told yet; returns of how many Drives there was something to tell."""
    now = now or timezone.now()
    changed = DriveAccount.objects.exclude(told_state=F("state"), seen_state=F("state"))
    found = [_claim(account, now) for account in changed.select_related("owner")]
    news = [one for one in found if one is not None]
    for person in _readers(news):
        _tell([one for one in news if one.concerns(person)], person, now)
    for one in news:
        if one.account.state in EVENTS:
            record(EVENTS[one.account.state], on=one.account, subject=one.account.owner, name=one.account.label)
    return len(news)


def _claim(account: DriveAccount, now: datetime) -> News | None:
    """What there is to tell of the Drive, for one sender of all that ask."""
    _see(account, now)
    told, state = account.told_state, account.state
    if state == told or (state in PASSING and not _is_lasting(account, now)):
        return None
    rows = DriveAccount.objects.filter(pk=account.pk, state=state, told_state=told)
    if not rows.update(told_state=state) or _is_wanted_gone(account):
        return None
    if state in EVENTS:
        return News(account, None)
    asked = _lines(account).filter(event__in=(*ASKED.values(), *EVENTS.values())).select_related("actor").first()
    if state not in ASKED or asked is None or asked.event != ASKED[state]:
        return None  # fine again, or after an outage what it was before
    return News(account, account.owner if account.leaving_at else asked.actor)


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


# --- Words ------------------------------------------------------------------------------------------------------------


def _readers(news: list[News]) -> list[User]:
    """The owners first, then the admins; nobody twice."""
    owners = {one.account.owner.pk: one.account.owner for one in news if one.account.owner is not None}
    admins = User.objects.active().filter(role=Role.ADMIN).exclude(pk__in=owners) if news else []
    return [person for person in (*owners.values(), *admins) if person.is_active]


def _tell(news: list[News], person: User, now: datetime) -> None:
    """All of it as one piece of news, in the reader's language."""
    if not news:
        return
    is_owner = not person.is_admin or all(one.account.owner_id == person.pk for one in news)

    def title() -> str:
        if len(news) > 1:
            return ngettext("News of %(count)d Drive", "News of %(count)d Drives", len(news)) % {"count": len(news)}
        return render_to_string("dfs/email/drive_needs_you_subject.txt", _words(news[0], person))

    def body() -> str:
        parts = [render_to_string("dfs/email/drive_needs_you_news.txt", _words(one, person)) for one in news]
        return "\n\n".join(part.strip() for part in parts)

    notifications.tell(
        [person],
        kind=KIND.key,
        event_key=_event_key(news),
        title=title,
        body=body,
        url=reverse("dfs:drive_list" if is_owner else "dfs:console"),
        now=now,
    )


def _event_key(news: list[News]) -> str:
    """Names these changes for good: which Drives, in what states, found so since when."""
    changes = sorted(f"{one.account.uuid} {one.account.state} {one.account.seen_at}" for one in news)
    return f"drives:{hashlib.sha256(';'.join(changes).encode()).hexdigest()[:40]}"


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
        "institute": Institute.current().name,
    }
