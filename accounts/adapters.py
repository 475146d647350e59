"""What allauth asks this project: who may register (nobody), what a refusal says, what follows a sign-in."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import activity, half_done, limits, second_step, services, sessions, ways_in
from accounts.access import without_cookies
from accounts.models import SessionSlot, User
from coaching.lib.limits import Spent, TooMany
from coaching.lib.refusals import refuse_error

_NO_MATCH = _("This sign-in and this password do not belong together. Check both and try again.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by e-mail address or admission number; no registration."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _NO_MATCH,
        "username_password_mismatch": _NO_MATCH,
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
    }

    _spent: tuple[Spent, ...] = ()

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers himself: people are entered or invited by the institute."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address the rate limits count; people behind a socket without one share a bucket."""
        return activity.client_ip(request) or "local"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at, by counters that hold across processes.

        Raises: ValidationError when there are too many, which the form shows; Unavailable when nobody can count.
        """
        typed = str(credentials.get("email") or credentials.get("username") or "")
        try:
            self._spent = tuple(limits.take_password_try(request, typed))
        except TooMany as error:
            request.limit_reached = error  # type: ignore[attr-defined]
            raise ValidationError(error.message, code=error.code) from None

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's hook for a password that was right: it does not count."""
        for spent in self._spent:
            spent.give_back()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The password was wrong: the try stays counted, and nobody waits for its end."""
        for spent in self._spent:
            spent.keep()

    def get_login_stages(self) -> list[str]:
        """The number of devices is looked at last, when the person is known for certain."""
        return [*super().get_login_stages(), "accounts.stages.SessionLimitStage"]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """allauth's own pages ask again who somebody is by the same rule as ours."""
        if sessions.is_recent(context.request, now=timezone.now()):
            return False
        without_cookies(context.request)
        raise ReauthenticationRequired  # True would let those pass who have neither password nor second step

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """allauth's, and Google for whom has an account connected; no password where there are none."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not ways_in.has_passwords():
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        if user.is_authenticated and ways_in.has_google() and ways_in.google_account(user):
            methods.append({"id": "google", "description": _("Confirm with Google"), "url": reverse("google_confirm")})
        # Whoever has none must not be sent in circles: coming in anew shows who he is, too.
        return methods or [{"id": "sign_out", "description": _("Sign out"), "url": reverse("account_logout")}]

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """The first step is done."""
        half_done.begin(request, user)
        refusal: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return refusal

    def login(self, request: HttpRequest, user: User) -> None:
        """The one place where a session is opened for a person, as he is now: counted under the lock on his row."""
        try:
            with transaction.atomic():
                ended = sessions.make_room(user, request=request)
                user.refresh_from_db()
                half_done.finish(request, user)
                super().login(request, user)
                second_step.confine(request, user)
                sessions.name_replacement(ended, request=request)
        except (sessions.TooManySessions, sessions.Deactivated, half_done.SignInOutdated) as error:
            # It happened since the stages looked.
            raise ImmediateHttpResponse(refuse_error(request, error)) from None

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The person's own language follows him to a new browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.language:
            keep_language(response, user.language)
        keep_device(response, request)
        return response

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Being in says that one is in; only other news is told."""
        if message_template and message_template.endswith(("/logged_in.txt", "/logged_out.txt")):
            return
        super().add_message(request, level, message_template, *args, **kwargs)

    def set_password(self, user: User, password: str) -> None:
        """The person's other sessions end with the old password, in the same transaction.

        Raises: PasswordOutdated, Deactivated, when that happened since the person was looked up.
        """
        request = context.request
        person = getattr(request, "user", None)
        actor = person if getattr(person, "is_authenticated", False) else user
        keep = sessions.slot_id(request) if actor == user and request is not None else None
        hashed = make_password(password)  # outside the lock
        services.replace_password(user, hashed, actor=actor, request=request, keep=keep)
        if request is not None:
            limits.forget_wrong_passwords(request, user)


def keep_language(response: HttpResponseBase, language: str) -> None:
    """Remember the language in the browser, where Django's LocaleMiddleware looks for it."""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, language, for_days=365)


def keep_device(response: HttpResponse, request: HttpRequest) -> None:
    """Give the browser an id of its own, so that signing in again here replaces this browser's session and no other."""
    slot: SessionSlot = request.session_slot  # type: ignore[attr-defined]
    _keep(response, settings.DEVICE_COOKIE_NAME, str(slot.device_id), for_days=400)  # the longest a browser keeps


def _keep(response: HttpResponseBase, name: str, value: str, *, for_days: int) -> None:
    """A cookie of ours that no script reads and no other site sends."""
    is_secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=for_days * 24 * 3600, secure=is_secure, httponly=True, samesite="Lax")
