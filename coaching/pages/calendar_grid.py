"""Days, weeks and months of the calendar, and what lies on which day. Pure: no database, no Django."""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta

from coaching.lib.offers import Entry

DAY = timedelta(days=1)
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
"""Days outside are not shown: nobody plans there, and arithmetic on them ends at the ends of time."""

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day_said(text: str, *, today: date) -> date:
    """The day written as YYYY-MM-DD; today for anything else and for days that are not shown."""
    if not _WRITTEN.fullmatch(text):
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if is_shown(day) else today


def is_shown(day: date) -> bool:
    return FIRST <= day <= LAST


def week_of(day: date) -> list[date]:
    """Monday to Sunday."""
    monday = day - DAY * day.weekday()
    return [monday + DAY * number for number in range(7)]


def weeks_of_month(day: date) -> list[list[date]]:
    """The weeks that touch its month; the first and the last may reach into the neighbours."""
    first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    mondays = range((week_of(last)[0] - week_of(first)[0]).days // 7 + 1)
    return [week_of(first + DAY * 7 * number) for number in mondays]


def months_away(day: date, months: int) -> date:
    """The same day so many months on, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def by_day(
    entries: Iterable[Entry], days: Collection[date], *, day_of: Callable[[datetime], date]
) -> dict[date, list[Entry]]:
    """What lies on these days, in its order; `day_of` says on which day of the institute an instant falls.

    All-day entries lie on each of their days and come first; one with a time lies where it begins, even if it ends
    after midnight.
    """
    found: dict[date, list[Entry]] = defaultdict(list)
    wanted = frozenset(days)
    for entry in sorted(entries, key=lambda one: (not one.is_all_day, one.starts_at)):
        day = day_of(entry.starts_at)
        if not entry.is_all_day:
            if day in wanted:
                found[day].append(entry)
            continue
        last = day_of(entry.ends_at - timedelta(microseconds=1))
        for one in sorted(wanted):
            if day <= one <= last:
                found[one].append(entry)
    return found
