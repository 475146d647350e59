"""Whose Google account is whose: the account's number (`sub`) identifies, never its address.

Whatever connects an account holds the lock on the person's row, so that a second one gets its own words. That nobody
has two is besides an index of ours (`google_index`), that no account has two people a constraint of the table.
"""

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.google import as_stored
from accounts.models import Role, User
from accounts.ways_in import GOOGLE, google_account, has_another_way, has_passwords
from coaching.lib.errors import DomainError

ADOPTED = (Role.STUDENT, Role.TEACHER, Role.GUARDIAN)
"""Whose imported people may come in by their address the first time. Admins and staff connect Google themselves."""


class NotConnected(DomainError):
    """Nobody here signs in with this Google account (403). The same words whether the address is known or not.

    `subject` is whose address it is, for the log.
    """

    code = "google_not_connected"
    status = 403

    def __init__(self, *, subject: User | None = None) -> None:
        with_password = _(
            "This Google account is not connected with anybody here. If you have a password, sign in with it and "
            "connect Google in your profile. Otherwise ask the office."
        )
        without = _("This Google account is not connected with anybody here. Ask the office.")
        super().__init__(with_password if has_passwords() else without)
        self.subject = subject


class ConnectionRefused(DomainError):
    """The account stays as it is, connected or not; the message says why."""

    code = "google_connection"


@transaction.atomic
def adopt(uid: str, *, email: str, request: HttpRequest) -> SocialAccount:
    """Connect an account nobody has with the person the institute entered under its address, if he was never in yet.

    `email` is an address Google has verified. Raises: NotConnected.
    """
    person = User.objects.select_for_update(no_key=True).filter(email=as_stored(email)).first()
    known: SocialAccount | None = SocialAccount.objects.filter(provider=GOOGLE, uid=uid).first()
    if known is not None:  # another tab was quicker
        return known
    if person is None or not _waits_for_google(person):
        raise NotConnected(subject=person)
    return attach(uid, email=email, person=person, actor=person, request=request)


def _waits_for_google(person: User) -> bool:
    """Nobody can have come in as him: he was entered by the office and has neither password nor sign-in so far."""
    is_new = person.last_login is None and not person.has_usable_password() and google_account(person) is None
    return is_new and person.is_active and person.role in ADOPTED


@transaction.atomic
def connect(person: User, *, uid: str, email: str, request: HttpRequest) -> SocialAccount:
    """Connect the account the person has just signed in to at Google; twice is once. Raises: ConnectionRefused."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    mine = google_account(person)
    if mine is not None and mine.uid == uid:
        return mine
    if mine is not None:
        raise ConnectionRefused(
            _("%(email)s is connected already. Disconnect it first.") % {"email": mine.extra_data.get("email", "")}
        )
    return attach(uid, email=email, person=person, actor=person, request=request)


def attach(uid: str, *, email: str, person: User, actor: User, request: HttpRequest) -> SocialAccount:
    """Write the connection and its line in the log; to be called under the lock on the person's row.

    Raises: ConnectionRefused when the account is somebody else's.
    """
    try:
        with transaction.atomic():
            account: SocialAccount = SocialAccount.objects.create(
                user=person, provider=GOOGLE, uid=uid, extra_data={"email": email}
            )
    except IntegrityError:
        raise ConnectionRefused(
            _("This Google account is connected with somebody else here. Choose another one, or ask the office.")
        ) from None
    activity.record("google.connected", actor=actor, subject=person, on=person, request=request, name=email)
    return account


@transaction.atomic
def disconnect(person: User, *, request: HttpRequest) -> None:
    """Forget a person's Google account; twice is once. His sessions stay. Raises: ConnectionRefused."""
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    account = google_account(person)
    if account is None:
        return
    if not has_another_way(person):
        raise ConnectionRefused(
            _("Without Google you could not come in any more. Set a password first, then disconnect it.")
        )
    email = account.extra_data.get("email", "")
    account.delete()
    activity.record("google.disconnected", actor=person, subject=person, on=person, request=request, name=email)
