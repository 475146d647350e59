"""People as the office keeps them: one added or changed, many let in, closed, signed out, invited or written to.

Nobody closes himself, and of two admins who close each other at the same moment the second finds himself closed and
does nothing. So there is always an admin.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import activity, forgetting, invitations, invitees, sessions
from accounts.invitees import Invitee
from accounts.kinds import Kind, declare
from accounts.models import Grant, Invitation, Role, SessionSlot, User
from accounts.notifications import tell
from accounts.services import change_person, give_grant, locked_beside_admins, take_grant
from coaching.lib.errors import DomainError, NotAllowed

MESSAGE = "office.message"
INVITED_AT_ONCE = invitees.AT_MOST


class PersonRefused(DomainError):
    """This cannot be done to this person. The message says why."""

    code = "person_refused"


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting many: `left_out` could not be invited, being able to sign in, or invited already."""

    made: list[Invitation]
    left_out: int


def declare_kinds() -> None:
    """Called once, in `AppConfig.ready`."""
    declare(Kind(MESSAGE, gettext_lazy("Message from the office")))


@transaction.atomic
def add_person(person: User, *, actor: User, request: HttpRequest | None = None) -> None:
    """Somebody new, without a password: an invitation is his way in. Raises: PersonRefused."""
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise _taken() from error
    activity.record("person.created", actor=actor, subject=person, on=person, request=request, role=person.role)


@transaction.atomic
def change_details(person: User, *, changed: list[str], actor: User, request: HttpRequest | None = None) -> None:
    """Keep what was changed on `person`. Whoever gets another role loses grants that are not given to it.

    Raises: PersonRefused, NotAllowed.
    """
    before = _locked([person.pk], actor)[person.pk]
    if person.pk == actor.pk and (person.role != before.role or not person.is_active):
        raise PersonRefused(_("Your own role and account are another admin's to change."))
    if forgetting.is_forgotten(before):
        raise PersonRefused(_("This person was erased. Enter somebody new instead."))
    try:
        with transaction.atomic():
            change_person(person, changed=changed, actor=actor, request=request)
    except IntegrityError as error:
        raise _taken() from error
    if person.role != before.role:
        kept = person.grants.values_list("kind", flat=True)
        set_grants(person, kinds=list(kept), actor=actor, request=request)


@transaction.atomic
def set_grants(person: User, *, kinds: Iterable[str], actor: User, request: HttpRequest | None = None) -> None:
    """Let somebody do these things, as far as they are given to his role, and no others."""
    wanted = {kind for kind in kinds if person.role in Grant.ROLES[kind]}
    for grant in Grant.objects.filter(user=person).exclude(kind__in=wanted):
        take_grant(grant, actor=actor, request=request)
    for kind in sorted(wanted):
        give_grant(person, kind=kind, actor=actor, request=request)


# --- Many at once -----------------------------------------------------------------------------------------------------


@transaction.atomic
def let_in(people: QuerySet[User], *, actor: User, request: HttpRequest | None = None) -> int:
    """Open the accounts of those who are closed, but of nobody who was erased; answers how many were."""
    closed = [one for one in _chosen(people, actor) if not one.is_active and not forgetting.is_forgotten(one)]
    User.objects.filter(pk__in=[one.pk for one in closed]).update(is_active=True)
    activity.record_each("person.let_in", closed, actor=actor, request=request)
    return len(closed)


@transaction.atomic
def close(people: QuerySet[User], *, actor: User, request: HttpRequest | None = None) -> int:
    """Close the accounts of those who are open and end their sessions, but never the actor's; answers how many."""
    opened = [one for one in _chosen(people, actor) if one.is_active and one.pk != actor.pk]
    pks = [one.pk for one in opened]
    User.objects.filter(pk__in=pks).update(is_active=False)
    _end(pks, reason=SessionSlot.EndReason.DEACTIVATED, actor=actor, request=request)
    activity.record_each("person.closed", opened, actor=actor, request=request)
    return len(opened)


@transaction.atomic
def sign_out(people: QuerySet[User], *, actor: User, request: HttpRequest | None = None) -> int:
    """End all their sessions, but never the actor's; answers how many sessions ended."""
    pks = list(people.exclude(pk=actor.pk).values_list("pk", flat=True))
    return _end(pks, reason=SessionSlot.EndReason.ADMIN_ENDED, actor=actor, request=request)


def invite(people: QuerySet[User], *, actor: User, request: HttpRequest | None = None) -> Invited:
    """Invite those of the first INVITED_AT_ONCE who have no way in and no open invitation.

    Raises: InvitationRefused, NotAllowed.
    """
    known = [
        Invitee(Role(one.role), one.name, one.email or "", one.admission_number or "")
        for one in people.order_by("pk")[:INVITED_AT_ONCE]
    ]
    fit = [row.invitee for row in invitees.check(known, now=timezone.now()) if not row.problem]
    made = invitations.invite_many(fit, actor=actor, request=request) if fit else []
    return Invited(made, len(known) - len(made))


def write_to(people: QuerySet[User], *, title: str, text: str, message: uuid.UUID, actor: User) -> int:
    """Tell them something from the office; answers how many are told.

    The same `message` again tells nobody twice; with other words in it, it is another one.
    """
    event = uuid.uuid5(message, f"{title}\n{text}")
    told = tell(people, kind=MESSAGE, event_key=f"message:{event}", title=title, body=text)
    if told:
        activity.record("people.written_to", actor=actor, count=told)
    return told


def _taken() -> PersonRefused:
    """Somebody else was a moment faster."""
    return PersonRefused(_("Somebody with this e-mail address or admission number is already here."))


def _end(pks: list[int], *, reason: str, actor: User, request: HttpRequest | None) -> int:
    slots = SessionSlot.objects.filter(user__in=pks, ended_at=None).select_related("user")
    return sessions.end(slots, reason=reason, now=timezone.now(), actor=actor, request=request)


def _chosen(people: QuerySet[User], actor: User) -> list[User]:
    pks = set(people.values_list("pk", flat=True))
    return [one for pk, one in _locked(pks, actor).items() if pk in pks]


def _locked(pks: Iterable[int], actor: User) -> dict[int, User]:
    """These people, the actor and all admins, locked. Raises: NotAllowed when the actor is no admin by now."""
    rows = locked_beside_admins([*pks, actor.pk])
    if not rows[actor.pk].is_admin or not rows[actor.pk].is_active:
        raise NotAllowed(_("You are no admin any more."))
    return rows
