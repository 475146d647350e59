"""Files of holidays: a table with names and days, or a calendar, as rows that say what they mean or what is wrong.

Nothing is asked of the database here and nothing is decided; `holiday_imports` does both.
"""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts import import_files, import_values
from accounts.import_columns import plain
from accounts.import_tables import Line, Unreadable
from batches import holiday_ics
from batches.holiday_ics import Entry
from batches.names import tidy
from batches.series import Days
from coaching.lib.errors import DomainError
from coaching.templatetags.figures import grouped

AT_MOST = 500
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NAMES = ("name", "holiday", "holiday name", "name of holiday", "occasion", "event", "festival", "title", "subject")
_NAMES_HI = ("नाम", "अवकाश", "छुट्टी", "त्योहार", "त्यौहार", "पर्व", "अवसर")
_FIRST = ("first day", "first", "from", "from date", "since", "start", "starts", "start date", "starts on", "begin")
_FIRST_MORE = (
    "begins",
    "beginning",
    "date",
    "on",
    "starts_on",
    "पहला दिन",
    "से",
    "आरंभ",
    "प्रारंभ",
    "दिनांक",
    "तिथि",
    "तारीख",
)
_LAST = ("last day", "last", "to", "to date", "till", "until", "end", "ends", "end date", "ends on", "upto", "up to")
_LAST_HI = ("अंतिम दिन", "आखिरी दिन", "तक", "अंत", "समाप्ति")
TITLES: Mapping[str, str] = {
    plain(word): meaning
    for meaning, words in (
        ("name", (*_NAMES, *_NAMES_HI)),
        ("first", (*_FIRST, *_FIRST_MORE)),
        ("last", (*_LAST, *_LAST_HI)),
    )
    for word in words
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """All a file says, in its order; `unknown` are titles of columns that are not looked at."""

    entries: Sequence[Entry]
    unknown: Sequence[str] = ()
    is_calendar: bool = False


def read(content: bytes, *, today: date) -> Sheet:
    """Rows of a table (CSV, XLSX), or events of a calendar (ICS). Raises: Unreadable."""
    if holiday_ics.is_calendar(_in_utf8(content)):
        return Sheet(holiday_ics.read(_in_utf8(content), today=today), is_calendar=True)
    table = import_files.read(content, is_title=lambda title: plain(title) in TITLES)
    if len(table.lines) > AT_MOST:
        words = {"count": grouped(AT_MOST)}
        raise Unreadable(_("The file has more than %(count)s rows. Divide it into several files.") % words)
    places = _places(table.header)
    unknown = [title for title in table.header if title and plain(title) not in TITLES]
    return Sheet([_entry(line, places) for line in table.lines], unknown)


def _in_utf8(content: bytes) -> bytes:
    """What is marked as UTF-16 in UTF-8, without a mark; the rest as it is."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises: Unreadable."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        meaning = TITLES.get(plain(title), "")
        if meaning in places:
            words = {"one": header[places[meaning]], "other": title}
            raise Unreadable(_("“%(one)s” and “%(other)s” both stand for the same. Keep one of them.") % words)
        if meaning:
            places[meaning] = place
    if "name" not in places or "first" not in places:
        raise Unreadable(_("The first row must hold the titles: “Name”, “First day” and, if you like, “Last day”."))
    return places


def _entry(line: Line, places: Mapping[str, int]) -> Entry:
    cells = {name: line.cells[at] if at < len(line.cells) else "" for name, at in places.items()}
    name = tidy(cells["name"].replace("\0", "")) if not line.problem else ""
    if line.problem:
        return Entry(line.number, "", problem=line.problem)
    if not cells["first"]:
        return Entry(line.number, name, problem=_("The first day is missing."))
    try:
        first = import_values.calendar_day(cells["first"])
        last = import_values.calendar_day(cells["last"]) if cells.get("last") else first
    except DomainError as error:
        return Entry(line.number, name, problem=error.message)
    return Entry(line.number, name, Days(first, last))
