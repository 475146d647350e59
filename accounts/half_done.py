"""A sign-in between its first step and its last: worth nothing once what it stands on has changed.

It may wait for a quarter of an hour at the second step or at the choice of a session. A new password, another role or
another second step ends a person's sessions in that time, and so it must end what is not a session yet.
"""

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import DomainError

STANDS_ON = "sign_in.stands_on"


class SignInOutdated(DomainError):
    """The account changed since the first step of this sign-in (409)."""

    code = "sign_in_outdated"


def begin(request: HttpRequest, person: User) -> None:
    """Note in this browser's session what the person's account is like at the first step.

    The session gets a new key: whoever knew the old one, on a computer that many use, must not take the next step.
    """
    if request.session.session_key:
        request.session.cycle_key()
    request.session[STANDS_ON] = _mark(person)


def finish(request: HttpRequest, person: User) -> None:
    """To be called under the lock on the person's row, with `person` as he is now.

    Raises: SignInOutdated.
    """
    if not constant_time_compare(str(request.session.pop(STANDS_ON, "")), _mark(person)):
        raise SignInOutdated(_("Your account was changed while you were signing in. Sign in again."))


def _mark(person: User) -> str:
    """Tells two states of an account apart and says nothing about either. Recovery codes do not count: using one is a
    step of the sign-in."""
    rows = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    steps = ",".join(str(key) for key in rows.order_by("pk").values_list("pk", flat=True))
    return salted_hmac(__name__, f"{person.pk} {person.role} {person.password} {steps}", algorithm="sha256").hexdigest()
