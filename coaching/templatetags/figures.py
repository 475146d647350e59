"""Numbers, sizes, times and names the way the institute writes them."""

import unicodedata
from datetime import datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from coaching.lib import money
from coaching.lib.clock import clock_text, day_text, moment_text, time_text

register = template.Library()

UNITS = ("KB", "MB", "GB", "TB")
RELATIVE_UNDER = timedelta(days=1)


@register.filter
def grouped(number: int) -> str:
    """In lakh and crore: 1234567 → 12,34,567."""
    return money.grouped(int(number))


@register.filter(name="bytes")
def size(number: int | None) -> str:
    """At most three digits and a unit of 1,024, as phones and Drives show it: 18.4 MB, 612 MB, 5 GB."""
    count = int(number or 0)
    if count < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", count) % {"count": count}
    amount, steps = count / 1024, 0
    while amount >= 999.5 and steps < len(UNITS) - 1:
        amount, steps = amount / 1024, steps + 1
    unit = UNITS[steps]
    return f"{amount:.0f} {unit}" if amount >= 99.95 else f"{amount:.1f}".removesuffix(".0") + f" {unit}"


def _relative(when: datetime, now: datetime) -> str:
    distance = abs(now - when)
    minutes = int(distance.total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        past = ngettext("%(count)d min ago", "%(count)d min ago", minutes)
        future = ngettext("in %(count)d min", "in %(count)d min", minutes)
        return (past if when < now else future) % {"count": minutes}
    hours = minutes // 60
    past, future = (
        ngettext("%(count)d h ago", "%(count)d h ago", hours),
        ngettext("in %(count)d h", "in %(count)d h", hours),
    )
    return (past if when < now else future) % {"count": hours}


def _time(when: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', when.isoformat(), moment_text(when), text)


@register.filter
def ago(when: datetime | None) -> str:
    """Relative under a day, else the day; the exact time is in the title. Nothing for None."""
    if when is None:
        return ""
    now = timezone.now()
    return _time(when, _relative(when, now) if abs(now - when) < RELATIVE_UNDER else day_text(when, now))


@register.filter
def moment(when: datetime | None) -> str:
    """The exact time, for logs and certificates. Nothing for None."""
    return _time(when, moment_text(when)) if when else ""


@register.filter
def day(when: datetime | None) -> str:
    """The day as a list's margin says it: Today, Thu 19 Nov. Nothing for None."""
    if when is None:
        return ""
    is_today = timezone.localtime(when).date() == timezone.localdate()
    return _time(when, gettext("Today") if is_today else day_text(when))


@register.filter
def clock(when: datetime | None) -> str:
    """The time of the day alone. Nothing for None."""
    return clock_text(when) if when else ""


@register.filter
def time_of_day(at: time | None) -> str:
    """A clock time of no day. Nothing for None."""
    return time_text(at) if at is not None else ""


def first_cluster(word: str) -> str:
    """The first written sign with everything that hangs on it, so that प्रगति gives प्र and not प."""
    taken = word[:1]
    for sign in word[1:]:
        is_joined = taken.endswith(("\N{DEVANAGARI SIGN VIRAMA}", "\N{ZERO WIDTH JOINER}"))
        if not is_joined and not unicodedata.category(sign).startswith("M") and sign != "\N{ZERO WIDTH JOINER}":
            break
        taken += sign
    return taken


@register.filter
def initials(name: str) -> str:
    """For the avatar: first and last word without titles. Dr. Venkataraghavan Subramaniam → VS, रितिका शर्मा → रश."""
    words = [word for word in name.split() if not word.endswith(".")] or name.split()
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper()
