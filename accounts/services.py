"""The verbs of this floor: make the first admin, hand out a password link, choose a look."""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity, news, password_links, sessions
from accounts.models import Grant, Role, SessionSlot, User
from coaching.lib.errors import DomainError


class NotAnAdmin(DomainError):
    """The address belongs to somebody with another role."""

    code = "not_an_admin"


class LastAdmin(DomainError):
    """There must be an active admin (409)."""

    code = "last_admin"


class PasswordOutdated(DomainError):
    """Somebody else gave the person a password a moment ago (409)."""

    code = "password_outdated"


@transaction.atomic
def create_admin(email: str, *, name: str) -> User:
    """The admin with this address, made when there is none. He has no password yet.

    Raises: NotAnAdmin when the address is a teacher's, a student's … ; ValidationError when it is no address.
    """
    known: User | None = User.objects.known_as(email).first()
    if known and (known.role != Role.ADMIN or not known.is_active):
        raise NotAnAdmin(
            _("%(email)s belongs to somebody who is not an active admin. Change it in the people list.")
            % {"email": email}
        )
    if known:
        return known
    person = User(email=email.strip().lower(), name=name or email.split("@")[0], role=Role.ADMIN)
    person.set_unusable_password()
    person.full_clean()
    person.save()
    activity.record("person.created", subject=person, on=person, role=Role.ADMIN)
    return person


@transaction.atomic
def let_admin_in(email: str, *, name: str, password: str) -> str:
    """Make or find the admin and give him `password`, or when that is empty return a link at which he sets one.

    Raises: what `create_admin` and `set_password` raise; nothing is kept then.
    """
    person = create_admin(email, name=name)
    if not password:
        return make_password_link(person)
    set_password(person, password)
    return ""


@transaction.atomic
def set_password(person: User, password: str, *, actor: User | None = None) -> None:
    """Give a person a password; his sessions end. Raises: ValidationError when it is too weak."""
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    _leave_old_password(person, actor=actor)


@transaction.atomic
def replace_password(
    person: User,
    hashed: str,
    *,
    actor: User | None = None,
    request: HttpRequest | None = None,
    keep: int | None = None,
) -> None:
    """Put a new hash in the place of the one `person` was read with; his sessions end, but the slot `keep`.

    So a link that lets somebody set a password does so once, however often it is used at the same moment.
    Raises: PasswordOutdated when it is not that one any more, Deactivated.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not now.is_active:
        raise sessions.Deactivated(_("Your account was deactivated. Ask the office."))
    if now.password != person.password:
        raise PasswordOutdated(_("The password was changed a moment ago. Use that one, or ask for a new link."))
    person.password = hashed
    person.save(update_fields=["password"])
    _leave_old_password(person, actor=actor, request=request, keep=keep)


def _leave_old_password(
    person: User, *, actor: User | None, request: HttpRequest | None = None, keep: int | None = None
) -> None:
    """What was opened with the old one ends, and the person is told."""
    reason = SessionSlot.EndReason.PASSWORD
    sessions.end_all(person, reason=reason, actor=actor, request=request, keep=keep)
    line = activity.record("person.password_changed", actor=actor, subject=person, request=request)
    news.of_change(person, line=line)


@transaction.atomic
def change_person(
    person: User, *, changed: list[str], actor: User | None = None, request: HttpRequest | None = None
) -> None:
    """Keep what was changed on `person` (names of fields); a new role or a deactivation ends his sessions with it.

    Nothing else is written: his password may be a newer one by now than the one `person` was read with.
    Raises: LastAdmin when nobody would be left who may change people.
    """
    before = locked_beside_admins([person.pk])[person.pk]
    person.save(update_fields=changed)
    if not User.objects.active().filter(role=Role.ADMIN).exists() and before.is_admin:
        raise LastAdmin(_("Nobody would be left who is an admin. Make somebody else one first."))
    if "is_active" in changed and before.is_active and not person.is_active:
        sessions.end_all(person, reason=SessionSlot.EndReason.DEACTIVATED, actor=actor, request=request)
    elif "role" in changed and before.role != person.role:
        sessions.end_all(person, reason=SessionSlot.EndReason.ROLE_CHANGE, actor=actor, request=request)
    activity.record("person.changed", actor=actor, subject=person, on=person, request=request, fields=changed)


def locked_beside_admins(pks: Iterable[int]) -> dict[int, User]:
    """These people and every admin as they are now, locked in one order for all who lock them.

    So of two admins who dismiss each other one stays, and nobody waits in a circle.
    """
    admins = Q(role=Role.ADMIN, is_active=True)
    rows = User.objects.select_for_update(no_key=True).filter(admins | Q(pk__in=list(pks))).order_by("pk")
    return {row.pk: row for row in rows}


@transaction.atomic
def give_grant(person: User, *, kind: str, actor: User | None = None, request: HttpRequest | None = None) -> None:
    """Let a person do what the grant names; giving it twice changes nothing."""
    grant, is_new = Grant.objects.get_or_create(user=person, kind=kind, defaults={"given_by": actor})
    if is_new:
        activity.record("grant.given", actor=actor, subject=person, on=grant, request=request, name=kind)


@transaction.atomic
def take_grant(grant: Grant, *, actor: User | None = None, request: HttpRequest | None = None) -> None:
    """From the next request on the person may not do it any more."""
    activity.record("grant.taken", actor=actor, subject=grant.user, on=grant, request=request, name=grant.kind)
    grant.delete()


def make_password_link(person: User, *, actor: User | None = None) -> str:
    """An address where the person sets his password, for whoever hands it to him; see `password_links`."""
    activity.record("person.password_link_made", actor=actor, subject=person)
    return password_links.address_for(person)
