from collections.abc import Sequence
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.core import checks
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from accounts import google_index
from coaching.lib import triggers

HEALED = "Run: python manage.py migrate"


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")
    default = True

    def ready(self) -> None:
        from django.contrib.auth import signals

        from accounts import activity, news, people, senders, sessions, zones
        from accounts.models import ACTIVITY_KEPT, Activity

        triggers.declare(triggers.AppendOnly(Activity._meta.db_table, kept_days=ACTIVITY_KEPT.days))
        news.declare_kinds()
        people.declare_kinds()
        post_migrate.connect(_after_migrate, sender=self)
        checks.register(checks.Tags.database)(check_guards)
        checks.register(checks.Tags.compatibility)(senders.check_senders)
        signals.user_logged_in.connect(sessions.open_on_sign_in)
        signals.user_logged_in.connect(activity.record_sign_in)
        signals.user_logged_in.connect(news.of_new_device)
        signals.user_logged_out.connect(activity.record_sign_out)
        signals.user_login_failed.connect(activity.record_refused_sign_in)
        task_prerun.connect(zones.enter_task)
        task_postrun.connect(zones.leave_task)


class DjangoAdminConfig(admin_apps.AdminConfig):
    """Django's admin behind the site's own sign-in."""

    default = False
    default_site = "accounts.admin_site.SignInAdminSite"


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Guards go back on (all of them: this runs after every table was migrated), new master keys are marked."""
    from accounts.keys import mark_master_keys, verify_master_keys

    triggers.install(connections[using])
    google_index.install(connections[using])
    verify_master_keys()  # else a ring that lacks an old key would be marked, and the right one refused afterwards
    mark_master_keys()


def check_guards(
    *, databases: Sequence[str] | None = None, app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A guard the database should have and has not. A warning, so that migrate, which heals it, still runs."""
    messages: list[checks.CheckMessage] = []
    for alias in databases or []:
        lost = triggers.missing(connections[alias])
        if lost:
            text = f"Append-only guards are missing in the database: {', '.join(lost)}."
            messages.append(checks.Warning(text, hint=HEALED, id="accounts.W001"))
        if google_index.is_missing(connections[alias]):
            text = "Nothing in the database keeps a person from having two Google accounts."
            messages.append(checks.Warning(text, hint=HEALED, id="accounts.W002"))
    return messages
