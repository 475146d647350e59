"""How the institute writes times and days, in its own time zone."""

from datetime import datetime, time

from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import gettext


def clock_text(when: datetime) -> str:
    """6:30 pm, in the institute's time."""
    return time_text(timezone.localtime(when).time())


def time_text(clock: time) -> str:
    """6:30 pm, of a clock time without a day."""
    half = gettext("am") if clock.hour < 12 else gettext("pm")
    return gettext("%(time)s %(half)s") % {"time": f"{clock.hour % 12 or 12}:{clock.minute:02d}", "half": half}


def hour_text(when: datetime) -> str:
    """6 pm: a whole hour, in the institute's time."""
    local = timezone.localtime(when)
    half = gettext("am") if local.hour < 12 else gettext("pm")
    return gettext("%(time)s %(half)s") % {"time": local.hour % 12 or 12, "half": half}


def day_text(when: datetime, now: datetime | None = None) -> str:
    """Sat 21 Nov, with the year when it is another one."""
    local, today = timezone.localtime(when), timezone.localtime(now)
    return _day(local) if local.year == today.year else f"{_day(local)} {local.year}"


def moment_text(when: datetime) -> str:
    """Sat 21 Nov 2026, 6:30 pm."""
    local = timezone.localtime(when)
    return f"{_day(local)} {local.year}, {time_text(local.time())}"


def _day(local: datetime) -> str:
    """Django's "D j M", put together at half of its cost: a list says it twice in every line."""
    return f"{WEEKDAYS_ABBR[local.weekday()]} {local.day} {str(MONTHS_3[local.month]).title()}"
