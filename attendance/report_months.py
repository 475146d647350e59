"""Months of the institute as addresses name them: 2026-11."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from batches.class_days import day_span
from batches.series import DAY, Span

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Nobody kept a register here before, or plans one after."""

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_DAY_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


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
    def said(cls, text: str, *, today: date) -> "Month":
        """The month written as YYYY-MM; this one for anything else and for years that are not shown."""
        found = _WRITTEN.fullmatch(text)
        month = cls(int(found[1]), int(found[2])) if found else None
        return month if month and 1 <= month.number <= 12 and month.is_shown else cls.of(today)

    @property
    def is_shown(self) -> bool:
        return FIRST_YEAR <= self.year <= LAST_YEAR

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
    def around(self) -> "tuple[Month | None, Month | None]":
        """The neighbours that are shown."""
        before, after = self.before, self.after
        return (before if before.is_shown else None), (after if after.is_shown else None)

    @property
    def span(self) -> Span:
        """From midnight of its first day to midnight after its last, by the institute's clock."""
        return Span(day_span(self.first).starts_at, day_span(self.last).ends_at)

    @property
    def weeks(self) -> list[list[date | None]]:
        """Monday to Sunday; None where a week reaches into a neighbour."""
        days: list[date | None] = [self.first + DAY * number for number in range(self.last.day)]
        padded = [None] * self.first.weekday() + days
        padded += [None] * (-len(padded) % 7)
        return [padded[at : at + 7] for at in range(0, len(padded), 7)]


def day_said(text: str, *, today: date) -> date:
    """The day written as YYYY-MM-DD; today for anything else and for years that are not shown."""
    try:
        day = date.fromisoformat(text) if _DAY_WRITTEN.fullmatch(text) else today
    except ValueError:
        return today
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else today


def since_of(day: date) -> datetime:
    """Its first instant."""
    return day_span(day).starts_at
