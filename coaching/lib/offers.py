"""What an area offers to the pages composed of several areas: rows ready to be shown, without its models.

Each area answers with plain functions in `<app>/offers.py`, and a composed page names those it asks in one tuple:

    panel(person, *, now) -> Panel | None      its place on the first screen of this person
    office(admin, *, now) -> Panel             figures and the state of things, on the admins' first screen
    todo(person, *, now) -> list[Todo]         what waits for this person; for an admin also what waits for the office
    calendar(person, *, since, until) -> list[Entry]
    export(person) -> list[Section]            what is kept about a person, for his own copy
    holds(person) -> list[Hold]                why this person cannot be forgotten yet
    batch_panel(batch, person, *, now) -> Panel | None      its place on the page of a batch
    roster_column(batch, students, *, now) -> Column | None      what its roster says of each student
    class_states(person, refs, *, now) -> Mapping[int, ClassState]      what it says of these classes, by their numbers

Texts are rendered in the language of whoever asks. Addresses are paths of this site. `tone` is ok, due, bad, run or
off, "" for none; `area` one of timetable, attendance, tests, fees, chat, files, "" for none (see the icons); `drawn`
is another icon than the area's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

URGENT = frozenset({"bad", "due"})


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
class Action:
    """What can be done with a line at once; `small` is said behind the label, as until when; `posts`: by a form."""

    label: str
    url: str
    drawn: str = ""
    small: str = ""
    posts: bool = False


@dataclass(frozen=True, slots=True)
class ClassState:
    """What another area says of a class in a list, and what can be done there at once.

    On the page of the class `url` is where the word is explained, and `more` what else can be done.
    """

    tone: str = ""
    word: str = ""
    action: Action | None = None
    url: str = ""
    more: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a panel. `meta` is said in small type, `at` stands in the margin, `percent` (0-100) draws a bar.

    `is_post`: following the address changes something, so it is a button. `is_new`: not seen yet. What lasts until
    `ends_at` shows clock times in the margin and is `now`, `past`, `off` (will not be) or, "", to come by its `state`;
    `over` stands above the label, `why` behind the word. A class has its number as `ref`, by which other areas are
    asked what they say of it: `also`.
    """

    label: str
    url: str
    area: str = ""
    drawn: str = ""
    meta: str = ""
    at: datetime | None = None
    tone: str = ""
    word: str = ""
    percent: int | None = None
    is_post: bool = False
    is_new: bool = False
    over: str = ""
    why: str = ""
    ends_at: datetime | None = None
    state: str = ""
    action: Action | None = None
    ref: int | None = None
    also: ClassState | None = None

    @property
    def actions(self) -> tuple[Action, ...]:
        """Its own, then the other area's."""
        return tuple(one for one in (self.action, self.also.action if self.also else None) if one)


@dataclass(frozen=True, slots=True)
class Empty:
    """What a panel without rows says: what is missing and what to do next, with the link that does it."""

    title: str
    text: str = ""
    url: str = ""
    label: str = ""
    drawn: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One area's part of a first screen; `url` and `link` lead to all of it. Without figures and lines, `empty`.

    `note` stands below the lines.
    """

    key: str
    title: str
    url: str = ""
    link: str = ""
    figures: tuple[Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    empty: Empty | None = None
    note: str = ""

    @property
    def has_times(self) -> bool:
        """Whether its lines stand on a rule with their times in the margin."""
        return any(line.at for line in self.lines)

    @property
    def has_work_now(self) -> bool:
        """Whether something can be done with a line that is on now: it is then what the screen is for."""
        return any(line.state == "now" and line.actions for line in self.lines)

    @property
    def rest(self) -> tuple[Line, ...]:
        """All lines but the first."""
        return self.lines[1:]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column says of one student."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a roster; `cells` by the students' numbers, of whom nothing is known has none."""

    title: str
    cells: Mapping[int, Cell]


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for one person. `due_at` is None when nothing forces the hour; `action` labels the button.

    `kind` names it for good, as "test" or "drive.sign_in". Without a time, what is due or bad counts as due now.
    """

    kind: str
    label: str
    url: str
    action: str
    area: str = ""
    drawn: str = ""
    due_at: datetime | None = None
    meta: str = ""
    tone: str = ""

    @property
    def is_urgent(self) -> bool:
        """Whether it ought to be done though no hour is set."""
        return self.due_at is None and self.tone in URGENT


@dataclass(frozen=True, slots=True)
class Facet:
    """By what a calendar can be narrowed: `kind` is batch, teacher, room or child, `value` stands in the address."""

    kind: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with a place in the calendar. `key` stays the same when it is moved, for calendars elsewhere.

    `kind` is class, holiday, test, homework or due. An all-day entry begins and ends at midnights of the institute.
    `word` with `tone` says that it is cancelled, moved or the like, `why` goes on after it. `sequence` counts its
    changes, of which the last was at `changed_at`. `is_covered`: another entry says so already, as a holiday does of
    the classes it cancels, so only calendars elsewhere are told.
    """

    key: str
    area: str
    label: str
    url: str
    starts_at: datetime
    ends_at: datetime
    kind: str = ""
    place: str = ""
    meta: str = ""
    tone: str = ""
    word: str = ""
    why: str = ""
    facets: tuple[Facet, ...] = ()
    is_all_day: bool = False
    is_cancelled: bool = False
    is_covered: bool = False
    sequence: int = 0
    changed_at: datetime | None = None


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
