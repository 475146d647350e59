"""System checks: pairs of settings of which only half is set, what a public site must not run with, no sandbox."""

import os
import stat
import sys
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.http import is_same_domain

from coaching import env

# Each is one feature: all set, or none.
TOGETHER = (
    ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ("RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRETS"),
)

# What Google says of a person is believed because of the connection it comes over; his code and our secret go there.
GOOGLE_PLACES = (
    "GOOGLE_AUTHORIZE_URL",
    "GOOGLE_TOKEN_URL",
    "GOOGLE_CERTS_URL",
    "GOOGLE_IDENTITY_URL",
    "GOOGLE_REVOKE_URL",
)
BELIEVED = "What Google says of a person is believed because of TLS."


@register(Tags.compatibility)
def half_configured(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """E001: some settings of one feature are there and others are not."""
    for names in TOGETHER:
        missing = [name for name in names if not env.text(name)]
        if missing and len(missing) < len(names):
            present = ", ".join(name for name in names if name not in missing)
            yield Error(
                f"{present} is set but {' and '.join(missing)} is not.", hint="Set all or none.", id="coaching.E001"
            )


@register(Tags.compatibility)
def places(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """E002, E003: settings that can only be a slip of the pen."""
    url = urlsplit(settings.BASE_URL)
    if url.scheme not in {"http", "https"} or not url.hostname or url.path or url.query:
        yield Error(f"BASE_URL is {settings.BASE_URL!r}.", hint="Say https://host without a path.", id="coaching.E002")
    if settings.TIME_ZONE not in available_timezones():
        yield Error(f"TIME_ZONE is {settings.TIME_ZONE!r}.", hint="Say Asia/Kolkata, for example.", id="coaching.E003")


@register(Tags.security)
def google(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """E007, E008: Google is asked in clear over a network; there are no passwords and nothing in their place."""
    for name in GOOGLE_PLACES:
        place = urlsplit(getattr(settings, name))
        if place.scheme != "https" and not _is_this_machine(place.hostname or ""):
            yield Error(f"{name} is not https and not on this machine.", hint=BELIEVED, id="coaching.E007")
    if not settings.AUTH_LOCAL and not (settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET):
        hint = "Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, or leave AUTH_LOCAL on."
        yield Error("AUTH_LOCAL is off, but Google is not set: nobody could sign in.", hint=hint, id="coaching.E008")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@register(Tags.security, deploy=True)
def public_site(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """E004, E005, E006, W001, W003: what the address of a public site needs."""
    url = urlsplit(settings.BASE_URL)
    if url.scheme != "https":
        yield Error("BASE_URL is not https.", hint="Cookies and sign-ins would travel in clear.", id="coaching.E004")
    if not any(is_same_domain(url.hostname or "", pattern) or pattern == "*" for pattern in settings.ALLOWED_HOSTS):
        message = f"ALLOWED_HOSTS does not name BASE_URL's host {url.hostname!r}."
        yield Error(message, hint="Every request would be refused.", id="coaching.E005")
    plain = [name for name in GOOGLE_PLACES if not getattr(settings, name).startswith("https://")]
    if plain:
        yield Error(f"{' and '.join(plain)} is not https.", hint=BELIEVED, id="coaching.E006")
    if not settings.MFA_REQUIRED:
        message = "MFA_REQUIRED is off: a stolen password of an admin is enough."
        yield Warning(message, hint="Leave it unset.", id="coaching.W003")
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        message = "EMAIL_URL is not set: mails are only written to the log."
        yield Warning(message, hint="Say smtp+tls://user:password@host:587.", id="coaching.W001")


@register(Tags.security, deploy=True)
def private_data(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """W002: DATA_DIR holds the spool, where files lie in clear for the seconds until they are sealed."""
    if os.name != "posix" or not settings.DATA_DIR.is_dir():
        return
    mode = stat.S_IMODE(settings.DATA_DIR.stat().st_mode)
    if mode & stat.S_IRWXO:
        yield Warning(f"DATA_DIR is open to everybody ({mode:o}).", hint="chmod 700 it.", id="coaching.W002")


@register("judge")
def judge(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """judge.E001 and so on, as `exams.sandbox.hosting` finds them: why no program can be run on this machine. Errors
    where the settings ask for a sandbox; else coding questions are switched off by it, which is worth a warning."""
    if settings.JUDGE_RUNNER == "off" or _command() != "check":
        return
    from exams.sandbox import probe

    kind = Error if settings.JUDGE_RUNNER == "bwrap" else Warning
    for found in probe.quick(runner=settings.JUDGE_RUNNER, bwrap=settings.JUDGE_BWRAP).findings:
        hint = found.fix or "Say JUDGE_RUNNER=off."
        yield kind(f"Coding questions cannot be judged. {found.message}", hint=hint, id=f"judge.{found.code}")


def _command() -> str:
    """Which command of manage.py this is. Trying a sandbox takes 30 ms, which no other command should pay for."""
    script, *words = sys.argv
    return words[0] if words and Path(script).name == "manage.py" else "check"
