"""Which ways into the site there are, and which of them a person has."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
GOOGLE = "google"


def has_google() -> bool:
    """Whether the institute has an OAuth client at Google."""
    return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)


def has_passwords() -> bool:
    """Whether anybody signs in with a password here (AUTH_LOCAL)."""
    return bool(settings.AUTH_LOCAL)


def google_account(person: User) -> SocialAccount | None:
    """The Google account connected with this person; there is one at most."""
    found: SocialAccount | None = SocialAccount.objects.filter(user=person, provider=GOOGLE).first()
    return found


def has_password(person: User) -> bool:
    """Whether this person can sign in with a password here."""
    return has_passwords() and person.has_usable_password()


def has_another_way(person: User) -> bool:
    """Whether somebody can come in without Google: by a password or by a passkey."""
    if has_password(person):
        return True
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())


def leads_to_google(view: View) -> View:
    """Let the forms of this page lead to Google: Chromium holds the redirect after a POST to the page's form-action.

    Only for pages with a button that goes there.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if has_google():
            place = urlsplit(settings.GOOGLE_AUTHORIZE_URL)
            response._csp_update = {"form-action": [f"{place.scheme}://{place.netloc}"]}
        return response

    return page  # type: ignore[return-value]


def passwords_only(view: View) -> View:
    """For pages that are about passwords: where there are none, they say so (403)."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        require_passwords()
        return view(request, *args, **kwargs)

    return page  # type: ignore[return-value]


def sent_passwords_only(view: View) -> View:
    """The same for the sign-in page, which has other ways in on it: only what is sent to it is refused."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            require_passwords()
        return view(request, *args, **kwargs)

    return page  # type: ignore[return-value]


def require_passwords() -> None:
    """Raises: NotAllowed."""
    if not has_passwords():
        raise NotAllowed(_("There are no passwords here. Sign in with Google."))


def require_google() -> None:
    """Raises: NotAllowed."""
    if not has_google():
        raise NotAllowed(_("The institute is not connected with Google yet. Sign in another way."))
