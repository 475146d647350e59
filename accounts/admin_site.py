"""Django's admin without a sign-in of its own: the same door, the same limits, the same log."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.access import public, recent_sign_in_required, role_required
from accounts.models import Role

NOT_SHOWN = frozenset({"auth", "account", "socialaccount", "mfa"})


class SignInAdminSite(AdminSite):
    """Every view carries the admin policy; signing in and out happens at the site's own pages."""

    site_header = site_title = _("Records")
    index_title = _("All records")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Groups and allauth's own rows stay out: the role alone gives rights, one address identifies a person, and
        what signs people in is nobody's to read."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        shown = [model for model in models if model._meta.app_label not in NOT_SHOWN]
        super().register(shown, admin_class, **options)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        urls: list[URLPattern | URLResolver] = super().get_urls()
        _carry_policy(urls)
        return urls

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the site's sign-in; it checks where `next` leads."""
        target = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the site's sign-out, which asks and posts."""
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the site's own form, which is limited and logged."""
        return redirect("account_change_password")


def _carry_policy(urls: list[URLPattern | URLResolver]) -> None:
    """Django wraps some admin views late, so the policy is put on the finished routes."""
    for url in urls:
        if isinstance(url, URLResolver):
            _carry_policy(url.url_patterns)
        else:
            policy: Callable[[Any], Any] = public if url.name == "login" else role_required(Role.ADMIN)
            url.callback = policy(_confirmed(url.callback))


def _confirmed(view: Any) -> Any:
    """A record is changed by whoever has shown lately who he is; a form that comes too late waits for that.

    An address with a number or a day that no column of a database can hold asks for nothing that is there (400).
    """
    again = recent_sign_in_required(view)

    @wraps(view)
    def look_or_change(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return (view if request.method in {"GET", "HEAD", "OPTIONS"} else again)(request, *args, **kwargs)
        except (OverflowError, DataError) as error:
            raise BadRequest("no such value") from error

    return look_or_change
