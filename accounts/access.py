"""Who may open a page: the policy decorators every view carries.

Default deny is Django's LoginRequiredMiddleware; a policy says what comes on top. Which *rows* a person sees is not
decided here but by each queryset's `for_user`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import Grant, Role, User
from coaching.lib.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
_NEVER_KEPT = frozenset({"password", "oldpassword", "password1", "password2", "pin"})
_SIGN_SOMEBODY_IN = frozenset({"HTTP_COOKIE", "HTTP_AUTHORIZATION"})


class SignedInRequest(HttpRequest):
    """What a view behind `signed_in` or `role_required` gets, for the type checker: a person, nobody anonymous."""

    user: User


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view asks of a person: nothing, to be signed in, one of `roles`, or the right `grant`."""

    is_public: bool = False
    roles: frozenset[Role] = frozenset()
    grant: Grant.Kind | None = None


def public(view: View) -> View:
    """Anybody, signed in or not. The view, or the token in its address, is then the only guard."""
    marked: View = login_not_required(_wrapped(view))
    return _mark(marked, Policy(is_public=True))


def signed_in(view: View) -> View:
    """Every person who is signed in, whatever his role."""
    marked = _wrapped(view)
    marked.login_required = True  # type: ignore[attr-defined]  # a library's view may say otherwise
    return _mark(marked, Policy())


def role_required(*roles: Role) -> Callable[[View], View]:
    """People of one of `roles`; others get 403 with the reason. Views may be sync or async."""

    def decorate(view: View) -> View:
        marked = _wrapped(view, roles=frozenset(roles))
        marked.login_required = True  # type: ignore[attr-defined]
        return _mark(marked, Policy(roles=frozenset(roles)))

    return decorate


def grant_required(kind: Grant.Kind) -> Callable[[View], View]:
    """Staff who were given `kind`, and every admin; others get 403 with the reason. Views may be sync or async."""

    def decorate(view: View) -> View:
        marked = _wrapped(view, grant=kind)
        marked.login_required = True  # type: ignore[attr-defined]
        return _mark(marked, Policy(grant=kind))

    return decorate


def recent_sign_in_required(view: View) -> View:
    """Inside a role policy, for sync views: what changes rights, keys or money asks again who somebody is.

    A POST that comes too late is kept and done after the person has confirmed; one with a password in it is not kept,
    so its form is filled in again.
    """

    @wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if sessions.is_recent(request, now=timezone.now()):
            return view(request, *args, **kwargs)
        if not _NEVER_KEPT.isdisjoint(request.POST):
            way: str = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
            return redirect(f"{way}?{urlencode({'next': request.get_full_path()})}")
        without_cookies(request)
        raise ReauthenticationRequired

    return confirmed  # type: ignore[return-value]


def without_cookies(request: HttpRequest) -> None:
    """allauth keeps a late POST with all its headers, and the session's key may stand in no table, only its hash."""
    request.META = {name: value for name, value in request.META.items() if name not in _SIGN_SOMEBODY_IN}


def while_enrolling(view: View) -> View:
    """Above a policy: open also to an admin who must first set up his second step."""
    view.is_open_while_enrolling = True  # type: ignore[attr-defined]
    return view


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The policy a view carries, None when somebody forgot it."""
    policy: Policy | None = getattr(view, "policy", None)
    return policy


def require_role(user: Any, roles: frozenset[Role]) -> None:
    """Raises: NotAllowed when the person has none of `roles`."""
    if isinstance(user, User) and user.role in roles:
        return
    words = {"roles": get_text_list([str(role.label) for role in Role if role in roles], _("or"))}
    if isinstance(user, User):
        words["mine"] = str(Role(user.role).label)
        raise NotAllowed(_("This page is for: %(roles)s. You are signed in as: %(mine)s.") % words)
    raise NotAllowed(_("This page is for: %(roles)s. Sign in first.") % words)


def require_grant(user: Any, kind: Grant.Kind) -> None:
    """Raises: NotAllowed when the person may not do what `kind` names."""
    if not isinstance(user, User) or not user.may(kind):
        raise NotAllowed(
            _("For this page you need the right: %(right)s. An admin can give it to you.") % {"right": kind.label}
        )


def _mark(view: View, policy: Policy) -> View:
    view.policy = policy  # type: ignore[attr-defined]
    return view


def _wrapped(view: View, *, roles: frozenset[Role] = frozenset(), grant: Grant.Kind | None = None) -> View:
    """A function of our own around `view`, so that no mark lands on a library's view, with role and right checked."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def checked_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if roles:
                require_role(await request.auser(), roles)
            if grant:
                await sync_to_async(require_grant)(await request.auser(), grant)
            return await view(request, *args, **kwargs)

        return checked_async  # type: ignore[return-value]

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if roles:
            require_role(request.user, roles)
        if grant:
            require_grant(request.user, grant)
        return view(request, *args, **kwargs)

    return checked  # type: ignore[return-value]
