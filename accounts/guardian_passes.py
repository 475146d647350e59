"""Links with which a guardian without an account reads about one student: made, opened, extended, taken back.

The token is 32 random bytes, of which only the SHA-256 is kept; the PIN is kept like a password. So neither the table
nor a backup of it opens anything. A PIN's try is taken from the row before the PIN is looked at, and given back when it
was right: however many guess at once, five wrong PINs are looked at, and then the link is locked until an admin extends
it. What lets in is a cookie of `coaching.pages.guardian_link`, never a session.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import GuardianPass, Role, User
from accounts.models.guardian_passes import WRONG_PINS_AT_MOST
from accounts.models.invitations import hash_token
from coaching.lib.errors import DomainError

PIN_DIGITS = 6
DAYS_USUAL = 30
DAYS_AT_MOST = 180


class PassRefused(DomainError):
    """Such a link cannot be made, or nothing can be done to it any more. The message says why."""

    code = "guardian_link_refused"


class PassClosed(DomainError):
    """A wrong PIN, or a link that is unknown, too old, locked or taken back: nobody is told which (403)."""

    code = "guardian_link_closed"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("This did not open. Compare the PIN. If the link is too old or was locked, ask the office for a new one.")
        )


@dataclass(frozen=True, slots=True)
class MadePass:
    """A link and its PIN, known at this moment only."""

    row: GuardianPass
    link: str
    pin: str


# --- The office -------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_pass(
    student: User, *, label: str, days: int = DAYS_USUAL, actor: User, request: HttpRequest | None = None
) -> MadePass:
    """A link for `days` (1 to 180) from now; `label` says for whom it is. Raises: PassRefused."""
    if student.role != Role.STUDENT or not student.is_active:
        raise PassRefused(_("Guardian links are made for students who may sign in."))
    if not 1 <= days <= DAYS_AT_MOST:
        raise PassRefused(_("A link works for 1 to %(most)d days.") % {"most": DAYS_AT_MOST})
    now, token = timezone.now(), secrets.token_urlsafe(32)
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
    row = GuardianPass.objects.create(
        student=student,
        label=label,
        token_hash=hash_token(token),
        pin_hash=make_password(pin),
        created_by=actor,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    activity.record("guardian_link.made", actor=actor, subject=student, on=row, request=request, name=label)
    link = f"{settings.BASE_URL}{reverse('guardian_link', kwargs={'token': token})}"
    return MadePass(row, link, pin)


@transaction.atomic
def revoke_pass(row: GuardianPass, *, actor: User, request: HttpRequest | None = None) -> bool:
    """Take it back: whoever reads by it sees the PIN's page next. Answers whether it was not taken back before."""
    if not GuardianPass.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    activity.record("guardian_link.revoked", actor=actor, subject=row.student, on=row, request=request, name=row.label)
    return True


@transaction.atomic
def extend_pass(row: GuardianPass, *, actor: User, until: str = "", request: HttpRequest | None = None) -> GuardianPass:
    """Thirty more days, with five new tries for the PIN. Never more than 180 days from now.

    `until` (ISO 8601) is the end it had when somebody asked for more; with another end it was given already.
    Raises: PassRefused.
    """
    now = timezone.now()
    kept = GuardianPass.objects.select_for_update().select_related("student").get(pk=row.pk)
    if kept.revoked_at is not None:
        raise PassRefused(_("This link was taken back. Make a new one."))
    if until and kept.expires_at.isoformat() != until:
        return kept
    longer = max(kept.expires_at, now) + timedelta(days=DAYS_USUAL)
    kept.expires_at, kept.wrong_pins = min(longer, now + timedelta(days=DAYS_AT_MOST)), 0
    kept.save(update_fields=["expires_at", "wrong_pins"])
    activity.record(
        "guardian_link.extended", actor=actor, subject=kept.student, on=kept, request=request, name=kept.label
    )
    return kept


# --- Whoever has the link ---------------------------------------------------------------------------------------------


def find_open(token: str, *, now: datetime) -> GuardianPass | None:
    """The link with this token while it works, its student fetched along."""
    rows = GuardianPass.objects.open_at(now).select_related("student")
    return rows.filter(token_hash=hash_token(token), student__is_active=True, student__role=Role.STUDENT).first()


def open_with_pin(token: str, *, pin: str, now: datetime, request: HttpRequest | None = None) -> GuardianPass:
    """The link this PIN opens. Each PIN costs one hash, whether there is such a link or not. Raises: PassClosed."""
    row = find_open(token, now=now)
    # One statement on the row itself takes the try, so that no two guesses share one, and it is not inside a
    # transaction, so that no lock is held while the hash is made.
    if row is None or not GuardianPass.objects.open_at(now).filter(pk=row.pk).update(wrong_pins=F("wrong_pins") + 1):
        make_password(pin)
        raise PassClosed
    if not check_password(pin, row.pin_hash):
        _note_wrong(row, request)
        raise PassClosed
    with transaction.atomic():
        GuardianPass.objects.filter(pk=row.pk, wrong_pins__gt=0).update(wrong_pins=F("wrong_pins") - 1)
        GuardianPass.objects.filter(pk=row.pk).update(last_used_at=now)
        activity.record("guardian_link.opened", subject=row.student, on=row, request=request, name=row.label)
    return row


@transaction.atomic
def _note_wrong(row: GuardianPass, request: HttpRequest | None) -> None:
    activity.record("guardian_link.failed", subject=row.student, on=row, request=request, name=row.label)
    if GuardianPass.objects.filter(pk=row.pk, wrong_pins__gte=WRONG_PINS_AT_MOST).exists():
        activity.record("guardian_link.locked", subject=row.student, on=row, request=request, name=row.label)
