"""Invitations: made by an admin, taken back, sent again, and accepted once.

A token is 32 random bytes; only its SHA-256 is kept, so the link is known for the moment in which it is made. Whoever
accepts holds the lock on the invitation's row: of sixteen who accept at once one gets in. Role, rights and whose
guardian somebody is come from the invitation, never from the person who accepts.

A browser that opened a link keeps the token's hash in its session under `KEPT`. A new token makes that worthless, too.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, changes, invitation_mail, invitees, news
from accounts.invitation_mail import Made, link_of
from accounts.invitees import Checked, Invitee
from accounts.models import Grant, Guardianship, Invitation, Role, User
from accounts.models.invitations import INVITATION_LIVES, hash_token
from coaching.lib.errors import DomainError, NotAllowed

KEPT = "invitation"


class InvitationRefused(DomainError):
    """These people cannot be invited like that. The message says why."""

    code = "invitation_refused"


class InvitationClosed(DomainError):
    """Used, taken back, expired or never made: nobody is told which (410)."""

    code = "invitation_closed"
    status = 410

    def __init__(self, message: str = "") -> None:
        super().__init__(message or _("This invitation does not work, or does not work any more."))


class WrongAddress(DomainError):
    """Somebody signed in at Google with another address than the one that was invited."""

    code = "wrong_address"
    status = 403


# --- Making -----------------------------------------------------------------------------------------------------------


def invite(invitee: Invitee, *, actor: User, request: HttpRequest | None = None) -> Made:
    """Make one invitation; with an e-mail address, mail its link.

    Raises: InvitationRefused, NotAllowed.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        [invitation] = _make([invitee], tokens=[token], actor=actor, request=request)
    return invitation_mail.sent(Made(invitation, link_of(token)))


@transaction.atomic
def invite_many(people: Sequence[Invitee], *, actor: User, request: HttpRequest | None = None) -> list[Invitation]:
    """Make all invitations or none. Those with an address are mailed by a worker; the others need slips.

    Raises: InvitationRefused for the first who cannot be invited, NotAllowed.
    """
    if len(people) > invitees.AT_MOST:
        raise InvitationRefused(invitees.too_many())
    tokens = [secrets.token_urlsafe(32) for _person in people]  # nobody learns these: mails and slips have their own
    made = _make(people, tokens=tokens, actor=actor, request=request)
    invitation_mail.queue(made)
    return made


def _make(
    people: Sequence[Invitee], *, tokens: list[str], actor: User, request: HttpRequest | None
) -> list[Invitation]:
    now = timezone.now()
    _require_right(actor, {one.role for one in people})
    rows = invitees.check(people, now=now)
    for row in rows:
        if row.problem:
            raise InvitationRefused(row.problem)
    Invitation.objects.filter(pk__in=[one.pk for row in rows for one in row.expired]).update(revoked_at=now)
    made = [_row(row, token=token, actor=actor, now=now) for row, token in zip(rows, tokens, strict=True)]
    try:
        with transaction.atomic():
            for one in made:
                one.save(force_insert=True)
    except IntegrityError:
        raise InvitationRefused(
            _("Somebody invited one of them a moment ago. Look at the list, then try again.")
        ) from None
    for one, row in zip(made, rows, strict=True):
        if row.students:
            one.students.set(row.students)
        activity.record("invitation.made", actor=actor, subject=row.person, on=one, request=request)
    return made


def _row(row: Checked, *, token: str, actor: User, now: datetime) -> Invitation:
    one = row.invitee
    return Invitation(
        role=one.role,
        name=one.name,
        email=one.email or None,
        admission_number=one.admission_number or None,
        grants=",".join(one.grants),
        person=row.person,
        token_hash=hash_token(token),
        created_by=actor,
        created_at=now,
        sent_at=now,
        expires_at=now + INVITATION_LIVES,
    )


def _require_right(actor: User, roles: set[Role]) -> None:
    """Raises: NotAllowed when `actor` may not invite people of these roles."""
    if not actor.is_admin or not actor.is_active:
        raise NotAllowed(_("Only admins invite people."))
    if Role.ADMIN in roles and getattr(settings, "MFA_REQUIRED", False) and not is_mfa_enabled(actor):
        raise NotAllowed(_("Set up your own second step before you invite another admin."))


# --- Sending again, taking back ---------------------------------------------------------------------------------------


def renew(invitation: Invitation, *, actor: User, request: HttpRequest | None = None) -> Made:
    """Another token and seven more days; the old link is worthless from now on. With an address, it is mailed.

    Raises: InvitationClosed when it was used or taken back.
    """
    [made] = make_links([invitation], actor=actor, request=request)
    return invitation_mail.sent(made)


@transaction.atomic
def make_links(invitations: Iterable[Invitation], *, actor: User, request: HttpRequest | None = None) -> list[Made]:
    """A new link for each, for slips of paper; what waits to be mailed is not, else these would die with it.

    Raises: InvitationClosed when one was used or taken back.
    """
    made = []
    for one in invitations:
        token = secrets.token_urlsafe(32)
        _rotate(one, token=token, actor=actor, request=request)
        made.append(Made(one, link_of(token)))
    return made


@transaction.atomic
def mail_again(invitations: Iterable[Invitation], *, actor: User, request: HttpRequest | None = None) -> int:
    """Have a worker mail new links to those that have an address; returns how many. The others stay as they are.

    Raises: InvitationClosed when one was used or taken back.
    """
    chosen = [one for one in invitations if one.email]
    for one in chosen:
        _rotate(one, token=secrets.token_urlsafe(32), actor=actor, request=request)
    invitation_mail.queue(chosen)
    return len(chosen)


def _rotate(invitation: Invitation, *, token: str, actor: User, request: HttpRequest | None) -> None:
    now = timezone.now()
    _require_right(actor, {Role(invitation.role)})
    invitation.token_hash, invitation.sent_at, invitation.expires_at = hash_token(token), now, now + INVITATION_LIVES
    rows = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    fields = {"token_hash": invitation.token_hash, "sent_at": now, "expires_at": invitation.expires_at}
    if not rows.update(**fields, mail_due_at=None):
        raise InvitationClosed(_("This invitation was used or taken back already."))
    activity.record("invitation.sent", actor=actor, subject=invitation.person, on=invitation, request=request)


@transaction.atomic
def revoke(invitations: Iterable[Invitation], *, actor: User, request: HttpRequest | None = None) -> int:
    """Take back those that were not used; returns how many were."""
    now, count = timezone.now(), 0
    for one in invitations:
        rows = Invitation.objects.filter(pk=one.pk, used_at=None, revoked_at=None)
        if rows.update(revoked_at=now, mail_due_at=None):
            activity.record("invitation.revoked", actor=actor, subject=one.person, on=one, request=request)
            count += 1
    return count


# --- Accepting --------------------------------------------------------------------------------------------------------


def find(mark: str) -> Invitation:
    """The open invitation whose token has the hash `mark`. Raises: InvitationClosed."""
    rows = Invitation.objects.open_at(timezone.now()).select_related("person", "created_by")
    found: Invitation | None = rows.filter(token_hash=mark).first()
    if found is None or not _is_vouched_for(found):
        raise InvitationClosed
    return found


def _is_vouched_for(invitation: Invitation) -> bool:
    """Rights over others need an admin behind them still: nobody who is dismissed leaves a door open for himself."""
    by = invitation.created_by
    gives_rights = invitation.role == Role.ADMIN or bool(invitation.grants)
    return by is None or not gives_rights or (by.is_active and by.is_admin)


def candidate(invitation: Invitation, name: str = "") -> User:
    """Who accepts: the person who was invited, else a new one, not saved. `name` counts only for a new one."""
    if invitation.person:
        return invitation.person
    return User(
        name=name.strip() or invitation.name,
        role=invitation.role,
        email=invitation.email,
        admission_number=invitation.admission_number,
    )


def accept_with_password(mark: str, *, password: str, name: str = "", request: HttpRequest | None = None) -> User:
    """The person, made or bound, with this password; the caller signs him in.

    `mark` is what this browser's session keeps under KEPT.
    Raises: InvitationClosed; InvitationRefused for what is no name; ValidationError for a weak password.
    """
    validate_password(password, candidate(find(mark), name))
    return _accept(mark, hashed=make_password(password), name=name, request=request)  # hashed outside the lock


def accept_with_google(mark: str, *, email: str, name: str = "", request: HttpRequest | None = None) -> User:
    """The person, made or bound, without a password. `email` is the address Google verified, `name` Google's.

    The caller connects the Google account in the same transaction, then signs the person in.
    Raises: InvitationClosed; WrongAddress when another address was invited, or none.
    """
    seen = find(mark)
    if not seen.email:
        raise WrongAddress(_("This invitation is not bound to an e-mail address. Choose a password instead."))
    # Only ASCII is folded: the Kelvin sign becomes a plain k, and would be another person's address.
    if seen.email != (email.lower() if email.isascii() else email).strip():
        words = {"email": seen.email}
        raise WrongAddress(_("This invitation is for %(email)s. Continue with that Google account.") % words)
    return _accept(mark, hashed=make_password(None), name=seen.name or name, request=request)


@transaction.atomic
def _accept(mark: str, *, hashed: str, name: str, request: HttpRequest | None) -> User:
    """Under the lock on the invitation's row: it is open, and then it is used."""
    now = timezone.now()
    invitation = Invitation.objects.select_for_update().filter(token_hash=mark).first()
    if invitation is None or not invitation.is_open(now) or not _is_vouched_for(invitation):
        raise InvitationClosed
    person = _person(invitation, name)
    is_new, person.password, person.email = person.pk is None, hashed, person.email or invitation.email
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:  # entered by hand since he was invited
        raise InvitationClosed from None
    if is_new:
        activity.record("person.created", actor=person, subject=person, on=person, request=request, role=person.role)
    _give(invitation, person)
    used = {"used_at": now, "used_by": person, "person": person, "mail_due_at": None}
    Invitation.objects.filter(pk=invitation.pk).update(**used)
    activity.record("invitation.accepted", actor=person, subject=person, on=invitation, request=request)
    news.of_acceptance(invitation, person=person)
    changes.invitation_accepted(invitation, person)
    return person


def _person(invitation: Invitation, name: str) -> User:
    """The person the invitation is for, his row locked when there is one.

    Raises: InvitationClosed when he got in another way, left, or has another role or address by now; InvitationRefused.
    """
    if invitation.person_id is None:
        person = candidate(invitation, name)
        problem = invitees.name_problem(person.name)
        if problem:
            raise InvitationRefused(problem)
        return person
    entered: User = User.objects.select_for_update(no_key=True).get(pk=invitation.person_id)
    if not entered.is_active or entered.role != invitation.role or invitees.can_sign_in(entered):
        raise InvitationClosed
    if not _is_for(entered, invitation):
        raise InvitationClosed
    return entered


def _is_for(entered: User, invitation: Invitation) -> bool:
    """Whether it went to an identity the person still has: a link sent to a wrong address dies with its correction."""
    if invitation.email:
        return entered.email in {None, invitation.email}
    return entered.admission_number == invitation.admission_number


def _give(invitation: Invitation, person: User) -> None:
    """The rights and the students that the invitation names."""
    by = invitation.created_by
    kinds = [Grant(user=person, kind=kind, given_by=by) for kind in invitation.grant_kinds]
    Grant.objects.bulk_create(kinds, ignore_conflicts=True)
    students = invitation.students.filter(role=Role.STUDENT).exclude(pk=person.pk)
    links = [Guardianship(guardian=person, student=student) for student in students]
    Guardianship.objects.bulk_create(links, ignore_conflicts=True)
