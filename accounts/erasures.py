"""Asking to be forgotten, and what an admin decides about it.

What must be kept, and for how long, the areas say (`offers.holds`); `coaching.pages.erasures` asks them and erases
what lies in each. WAITING → HELD | DONE | REFUSED, and a held one is decided again later.
"""

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import activity, consents, news
from accounts.models import ErasureRequest, User
from accounts.services import locked_beside_admins
from coaching.lib.errors import DomainError, NotAllowed
from coaching.lib.offers import Hold

State = ErasureRequest.State
OPEN = (State.WAITING, State.HELD)
REASON_LENGTH = 400


class AlreadyDecided(DomainError):
    """Somebody decided about the request meanwhile."""

    code = "already_decided"


class LastAdmin(DomainError):
    """Without this admin nobody could let anybody in."""

    code = "last_admin"


def open_request(person: User) -> ErasureRequest | None:
    """The request about a person that is still to be decided."""
    return ErasureRequest.objects.filter(subject=person, state__in=OPEN).first()


@transaction.atomic
def ask(person: User, *, actor: User, request: HttpRequest | None = None) -> ErasureRequest:
    """Ask that a person be forgotten: he himself, the guardian of a minor, or an admin to whom somebody wrote.

    Asked already: the open request. Raises: NotAllowed.
    """
    subject = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    today = consents.day_of(timezone.now())
    is_his = subject.pk == actor.pk or consents.can_decide(subject, actor=actor, on=today)
    if not (is_his or actor.is_admin):
        raise NotAllowed(_("A guardian asks this only for somebody under 18; from then on only the person does."))
    known = open_request(subject)
    if known is not None:
        return known
    row = ErasureRequest.objects.create(subject=subject, asked_by=actor)
    activity.record("erasure.asked", actor=actor, subject=subject, on=row, request=request)
    news.of_erasure_asked(row)
    return row


@transaction.atomic
def locked(row: ErasureRequest) -> ErasureRequest:
    """The request, held until the caller's transaction ends. Raises: AlreadyDecided."""
    held = ErasureRequest.objects.select_for_update().get(pk=row.pk)
    if held.state not in OPEN:
        raise AlreadyDecided(_("This request was decided already: %(state)s.") % {"state": held.get_state_display()})
    return held


@transaction.atomic
def refuse(row: ErasureRequest, *, reason: str, actor: User, request: HttpRequest | None = None) -> None:
    """Leave everything as it is and say why. Raises: AlreadyDecided."""
    _decide(locked(row), State.REFUSED, reason, actor, request)


@transaction.atomic
def hold(row: ErasureRequest, *, holds: Iterable[Hold], actor: User, request: HttpRequest | None = None) -> None:
    """Keep the request until what holds it is over. Raises: AlreadyDecided."""
    _decide(locked(row), State.HELD, " ".join(words_of(one) for one in holds), actor, request)


def close(row: ErasureRequest, *, actor: User, request: HttpRequest | None = None) -> None:
    """Note that everything was erased, in the transaction that erased it."""
    _decide(row, State.DONE, "", actor, request)


def words_of(hold: Hold) -> str:
    """A hold as one sentence."""
    if hold.until is None:
        return hold.reason
    day = date_format(hold.until, "D j M Y")
    return _("%(reason)s (until %(day)s)") % {"reason": hold.reason, "day": day}


def locked_beside_another_admin(person: User) -> User:
    """The person as he is now, held with all admins until the transaction that takes him away ends.

    Raises: LastAdmin.
    """
    rows = locked_beside_admins([person.pk])
    admins = [one for one in rows.values() if one.is_admin and one.is_active]
    if admins == [rows[person.pk]]:
        raise LastAdmin(_("This is the last admin. Make somebody else an admin first."))
    return rows[person.pk]


def _decide(row: ErasureRequest, state: str, reason: str, actor: User, request: HttpRequest | None) -> None:
    row.state, row.reason = state, reason[:REASON_LENGTH]
    row.decided_by, row.decided_at = actor, timezone.now()
    row.save()
    activity.record(f"erasure.{state.lower()}", actor=actor, subject=row.subject, on=row, request=request)
    news.of_erasure_decided(row)
