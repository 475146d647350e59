"""What an area offers to the pages composed of several areas: rows ready to be shown, without its models.

Each area answers with plain functions in `<app>/offers.py`, and a composed page names those it asks in one tuple:

    panel(person, *, now) -> Panel | None      its place on the first screen of this person
    todo(person, *, now) -> list[Todo]         what waits for this person
    calendar(person, *, since, until) -> list[Entry]
    export(person) -> list[Section]            what is kept about a person, for his own copy
    holds(person) -> list[Hold]                why this person cannot be forgotten yet

Texts are rendered in the language of whoever asks. Addresses are paths of this site. `tone` is ok, due, bad, run or
off, "" for none; `area` one of timetable, attendance, tests, fees, chat, files, people, system (see the icons).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that leads to its rows. `small` stands behind the value, `percent` (0-100) draws a bar under it."""

    label: str
    value: str
    url: str
    small: str = ""
    note: str = ""
    tone: str = ""
    word: str = ""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a panel. `meta` is said in small type, `at` stands in the margin, `action` names what the link does."""

    label: str
    url: str
    area: str = ""
    meta: str = ""
    at: datetime | None = None
    tone: str = ""
    word: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What a panel without rows says: what is missing and what to do next, with the link that does it."""

    title: str
    text: str = ""
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One area's part of a first screen; `url` and `link` lead to all of it. Without figures and lines, `empty`."""

    key: str
    title: str
    area: str
    url: str = ""
    link: str = ""
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    empty: Empty | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for one person. `due_at` is None when nothing forces the hour; `action` labels the button.

    `kind` names it for good, as "test" or "drive.sign_in". `about` is the child, for a guardian.
    """

    kind: str
    area: str
    label: str
    url: str
    action: str
    due_at: datetime | None = None
    meta: str = ""
    tone: str = ""
    word: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with a place in the calendar. `key` stays the same when it is moved, for calendars elsewhere."""

    key: str
    area: str
    label: str
    url: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    meta: str = ""
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a person's own copy. `key` names its file (a-z and _), rows hold text, numbers, booleans, instants."""

    key: str
    title: str
    header: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why something about a person must be kept, and until which day (None: until somebody lifts it)."""

    reason: str
    until: date | None = None
