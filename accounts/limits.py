"""How often what may be tried at the doors, in numbers. `docs/security.md` shows the same table; a test compares them.

A whole institute shares one address, so limits per address are wide. What guards a person is the limit per sign-in
name. It is narrow for a stranger's address and wide for all addresses together, and a browser in which the person was
signed in before has a count of its own: strangers who guess keep nobody out of his own browser, nor out of a live
session.
"""

from collections.abc import Callable
from functools import wraps
from ipaddress import IPv6Network, ip_address
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import sessions
from accounts.activity import client_ip
from accounts.models import SessionSlot, User
from coaching.lib.errors import DomainError
from coaching.lib.limits import Limit, Spent, TooMany

View = TypeVar("View", bound=Callable[..., Any])

SIGN_IN = Limit("sign-in per address", tries=300, per_s=60)
WRONG_PER_ADDRESS = Limit("wrong password per address", tries=60, per_s=60)
WRONG_PER_BROWSER = Limit("wrong password per name and address", tries=5, per_s=300)
WRONG_PER_NAME = Limit("wrong password per name", tries=20, per_s=900)
RESET_PER_ADDRESS = Limit("password link per address", tries=20, per_s=60)
RESET_PER_NAME_HERE = Limit("password link per name and address", tries=5, per_s=900)
RESET_PER_NAME = Limit("password link per name", tries=10, per_s=3600)
RESET_TRIES = Limit("use of a password link per address", tries=20, per_s=60)
PASSWORD_CHANGE = Limit("password change per person", tries=5, per_s=60)
CONFIRMATION = Limit("confirming who one is per person", tries=10, per_s=60)
INVITATION_LOST = Limit("invitation link that does not work per address", tries=60, per_s=60)
INVITATION_ACCEPT = Limit("accepting an invitation per address", tries=300, per_s=60)
INVITATION_SENDS = Limit("making or sending invitations per person", tries=120, per_s=3600)
INVITATION_AGAIN = Limit("sending one invitation again", tries=5, per_s=3600)
GUARDIAN_PIN = Limit("PIN of a guardian link per address", tries=20, per_s=60)
PHOTO_CHANGE = Limit("change of the photo per person", tries=20, per_s=3600)
QUESTION_WRITING = Limit("writing to the office per person", tries=60, per_s=3600)
PATIENCE_S = 5  # for the right passwords of others at the same address, or of one person on many devices at once
PEOPLE_IMPORT = Limit("files of people read or imported per person", tries=120, per_s=3600)
PEOPLE_EXPORT = Limit("export of the list of people per person", tries=10, per_s=600)
ATTENDANCE_EXPORT = Limit("export of attendance per person", tries=20, per_s=600)
JOIN_CODE_TRIES = Limit("join codes typed per person", tries=20, per_s=600)
JOIN_CODE_LOST = Limit("join code that does not work per address", tries=60, per_s=60)
JOIN_CODE_MAKING = Limit("making join codes per person", tries=60, per_s=3600)
BATCH_MESSAGES = Limit("writing to batches per person", tries=30, per_s=3600)
CALENDAR_MAKING = Limit("making a calendar link per person", tries=20, per_s=3600)
CALENDAR_READING = Limit("reading of one calendar link", tries=60, per_s=3600)
CALENDAR_LOST = Limit("calendar link that does not work per address", tries=300, per_s=3600)
RESULT_LOST = Limit("code of a scorecard that does not work per address", tries=60, per_s=60)
DOCUMENT_LOST = Limit("code of a receipt that does not work per address", tries=60, per_s=60)
DOCUMENT_MAKING = Limit("documents of fees as PDF per person", tries=240, per_s=600)
SCORECARD_MAKING = Limit("scorecards per person", tries=120, per_s=600)
SCORECARDS_MAKING = Limit("scorecards of a whole test per person", tries=10, per_s=600)
ACTIVITY_EXPORT = Limit("export of the activity log per person", tries=5, per_s=600)


def address_of(request: HttpRequest) -> str:
    """Whom a limit per address counts: an IPv4 address, or an IPv6 network of 64 bits, which one household has."""
    given = client_ip(request)
    if given is None:
        return "local"  # behind a socket without an address
    address = ip_address(given)
    return given if address.version == 4 else str(IPv6Network((address, 64), strict=False))


def person_of(request: HttpRequest) -> str:
    """Whom a limit per person counts."""
    return str(request.user.pk)


def limited(limit: Limit, *, key: Callable[[HttpRequest], str] = address_of) -> Callable[[View], View]:
    """Around a view: each request that is no mere look takes one of `limit`, else 429.

    A form that was refused by a limit inside the view is shown with that status too.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in {"GET", "HEAD", "OPTIONS"}:
                limit.take(key(request))
            response: HttpResponseBase = view(request, *args, **kwargs)
            reached: TooMany | None = getattr(request, "limit_reached", None)
            if reached is not None and response.status_code == 200:
                response.status_code = reached.status
                response.headers["Retry-After"] = str(reached.retry_after_s)
            return response

        return counted  # type: ignore[return-value]

    return decorate


def take_password_try(request: HttpRequest, identifier: str) -> list[Spent]:
    """Count a password before it is looked at; to be given back when it is right. Raises: TooMany, Unavailable."""
    person = _known(identifier)
    name, browser = _name(identifier, person), sessions.device_id(request)
    wanted = [(WRONG_PER_ADDRESS, address_of(request))]
    if person and browser and SessionSlot.objects.filter(user=person, device_id=browser).exists():
        wanted += [(WRONG_PER_BROWSER, f"{name} {browser}")]
    else:
        wanted += [(WRONG_PER_BROWSER, f"{name} {address_of(request)}"), (WRONG_PER_NAME, name)]
    return _take(wanted, patience_s=PATIENCE_S)


def take_reset(request: HttpRequest, identifier: str) -> None:
    """Count a wish for a password link. Raises: TooMany, Unavailable."""
    name = _name(identifier, _known(identifier))
    here = f"{name} {address_of(request)}"
    _take([(RESET_PER_ADDRESS, address_of(request)), (RESET_PER_NAME_HERE, here), (RESET_PER_NAME, name)])


def forget_wrong_passwords(request: HttpRequest, person: User) -> None:
    """A new password begins without the old one's wrong tries."""
    name = _name(person.identifier, person)
    WRONG_PER_NAME.clear(name)
    WRONG_PER_BROWSER.clear(f"{name} {address_of(request)}")


def _take(wanted: list[tuple[Limit, str]], *, patience_s: float = 0) -> list[Spent]:
    """One try of each, or of none."""
    taken: list[Spent] = []
    try:
        for limit, key in wanted:
            taken.append(limit.take(key, patience_s=patience_s))
    except DomainError:
        for spent in taken:
            spent.give_back()
        raise
    return taken


def _known(identifier: str) -> User | None:
    person: User | None = User.objects.known_as(identifier).first()
    return person


def _name(identifier: str, person: User | None) -> str:
    """One count for a person, whichever of his two names is typed."""
    return f"person {person.pk}" if person else f"nobody {identifier.strip().casefold()[:254]}"
