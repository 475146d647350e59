"""Months and days of reports, as addresses name them: 2026-11, 2026-11-22."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

FIRST_YEAR, LAST_YEAR = 2000, 2100
DAY = timedelta(days=1)
_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year; `number` counts from 1."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def said(cls, text: str) -> "Month | None":
        """The month written as YYYY-MM; None for anything else and for years that are not shown."""
        found = _WRITTEN.fullmatch(text)
        month = cls(int(found[1]), int(found[2])) if found else None
        return month if month and 1 <= month.number <= 12 and FIRST_YEAR <= month.year <= LAST_YEAR else None

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, monthrange(self.year, self.number)[1])

    @property
    def before(self) -> "Month":
        return self.of(self.first - DAY)

    @property
    def after(self) -> "Month":
        return self.of(self.last + DAY)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last, for `__range`."""
        return self.first, self.last

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """From midnight of the first day until just before midnight after the last, by the institute's clock."""
        return instants_of(self.first, self.last)

    @property
    def name(self) -> str:
        return date_format(self.first, "F Y")


def instants_of(first: date, last: date) -> tuple[datetime, datetime]:
    """The first instant of a day, and the last one of another, for `__range`."""
    begin, end = (timezone.make_aware(datetime.combine(one, time.min)) for one in (first, last + DAY))
    return begin, end - timedelta(microseconds=1)


def last_months(count: int, *, until: Month) -> list[Month]:
    """So many, the last one being `until`."""
    found = [until]
    while len(found) < count:
        found.insert(0, found[0].before)
    return found


def day_said(text: str) -> date | None:
    """The day written as YYYY-MM-DD; None for anything else and for years that are not shown."""
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None
