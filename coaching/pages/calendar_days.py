"""Days as the calendar writes them: cells of a month or week, and the agenda with its times in the margin."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.clock import clock_text
from coaching.lib.offers import Entry

Address = Callable[[str, date], str]
"""Of the calendar in a view and on a day, with what it is narrowed to."""
Found = Mapping[date, list[Entry]]

MOST_IN_CELL = {"month": 3, "week": 12}
MOST_OF_A_DAY = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its times as text: `at` is 6:30 pm, `short` 6:30, `until` stands under `at`."""

    entry: Entry
    at: str
    short: str
    until: str
    children: str
    is_now: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the grid: the first of what lies on it, and how much `more` its agenda has."""

    day: date
    label: str
    spoken: str
    url: str
    more_url: str
    is_today: bool
    is_out: bool
    is_chosen: bool
    free: list[Entry]
    lines: list[Shown]
    more: int
    areas: list[str]

    @property
    def marks(self) -> str:
        """Classes of the cell."""
        marks = {"out": self.is_out, "is-today": self.is_today, "is-chosen": self.is_chosen}
        return " ".join(mark for mark, is_set in marks.items() if is_set)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the agenda; `note` is how much there is, or the name of the holiday."""

    day: date
    title: str
    note: str
    url: str
    lines: list[Shown] = field(default_factory=list)
    more: int = 0
    is_free: bool = False


def cells(days: Sequence[date], found: Found, *, view: str, on: date, now: datetime, address: Address) -> list[Cell]:
    """One week of the grid."""
    return [_cell(day, found.get(day, []), view=view, on=on, now=now, address=address) for day in days]


def _cell(day: date, entries: list[Entry], *, view: str, on: date, now: datetime, address: Address) -> Cell:
    free, rest = _apart(entries)
    most = max(MOST_IN_CELL[view] - len(free), 1)
    kept = rest if len(rest) <= most + 1 else rest[:most]
    spoken = date_format(day, "l j F Y")
    return Cell(
        day=day,
        label=date_format(day, "j M") if day.day == 1 else str(day.day),
        spoken=f"{spoken}, {note(entries)}" if entries else spoken,
        url=address(view, day),
        more_url=address("agenda", day),
        is_today=day == timezone.localdate(now),
        is_out=view == "month" and (day.year, day.month) != (on.year, on.month),
        is_chosen=day == on,
        free=free,
        lines=[shown(entry, now) for entry in kept],
        more=len(rest) - len(kept),
        areas=list(dict.fromkeys(entry.area for entry in rest if not entry.is_cancelled))[:3],
    )


def agenda(
    days: Iterable[date], found: Found, *, most: int, most_of_a_day: int, now: datetime, address: Address
) -> list[Day]:
    """The first day, and those after it on which something lies, until `most` entries are shown."""
    told: list[Day] = []
    count = 0
    for place, day in enumerate(days):
        entries = found.get(day, [])
        if count >= most or (place and not entries):
            continue
        free, rest = _apart(entries)
        kept = _first_of(rest, most_of_a_day, now)
        count += max(len(kept), 1)
        told.append(
            Day(
                day=day,
                title=_title(day, now),
                note=" · ".join(one.label for one in free) or note(rest),
                url=address("agenda", day),
                lines=[shown(entry, now) for entry in kept],
                more=len(rest) - len(kept),
                is_free=bool(free),
            )
        )
    return told


def _first_of(entries: list[Entry], most: int, now: datetime) -> list[Entry]:
    """Of a day with more than that the first which are not over."""
    if len(entries) <= most:
        return entries
    return ([one for one in entries if one.ends_at > now] or entries)[:most]


def shown(entry: Entry, now: datetime) -> Shown:
    """Its times in words, and whether it is now."""
    at, until = clock_text(entry.starts_at), clock_text(entry.ends_at)
    short, half = _halves(at)
    ends, other_half = _halves(until)
    says_end = not entry.is_cancelled and entry.ends_at > entry.starts_at
    return Shown(
        entry=entry,
        at=at,
        short=short,
        until=_("to %(time)s") % {"time": ends if half == other_half else until} if says_end else "",
        children=", ".join(facet.label for facet in entry.facets if facet.kind == "child"),
        is_now=not entry.is_cancelled and entry.starts_at <= now < entry.ends_at,
        is_past=entry.ends_at <= now,
    )


def note(entries: Iterable[Entry]) -> str:
    """2 classes, 1 test. What is cancelled does not count."""
    counts = Counter(entry.kind for entry in entries if not entry.is_cancelled)
    return ", ".join(_counted(kind, counts[kind]) for kind in counts)


def _counted(kind: str, count: int) -> str:
    said = {
        "class": ngettext("%(count)d class", "%(count)d classes", count),
        "holiday": ngettext("%(count)d holiday", "%(count)d holidays", count),
        "test": ngettext("%(count)d test", "%(count)d tests", count),
        "homework": ngettext("%(count)d homework", "%(count)d pieces of homework", count),
    }
    return said.get(kind, ngettext("%(count)d thing", "%(count)d things", count)) % {"count": count}


def _title(day: date, now: datetime) -> str:
    today = timezone.localdate(now)
    written = date_format(day, "D j M" if day.year == today.year else "D j M Y")
    return _("Today, %(day)s") % {"day": written} if day == today else written


def _halves(clock: str) -> tuple[str, str]:
    short, _space, half = clock.partition(" ")
    return short, half


def _apart(entries: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Holidays, and the rest without what a holiday says already."""
    free = [one for one in entries if one.kind == "holiday"]
    return free, [one for one in entries if one.kind != "holiday" and not one.is_covered]
