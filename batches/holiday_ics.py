"""Holidays out of a calendar file (iCalendar): its all-day events, each with the line it begins on.

The file is cut into events here, line by line, and only what a holiday needs of each is given to the parser: a broken
or hostile event is refused alone, and a huge one costs nothing. Source: RFC 5545, sections 3.1, 3.6.1 and 3.8.5.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Event, vRecur

from accounts.import_tables import Unreadable
from batches.names import tidy
from batches.series import DAY, Days
from coaching.lib.errors import DomainError
from coaching.templatetags.figures import grouped

MAX_EVENTS = 1_000
MAX_LINES = 200_000
MAX_DEPTH = 6
PROPERTY_BYTES = 4_000
NAME_CHARS = 120
UID_CHARS = 200
AHEAD_YEARS = 2
_MOST = 10_000
_EVENT = [b"VCALENDAR", b"VEVENT"]
_PROPERTY = re.compile(rb"([A-Za-z0-9-]{1,40})[;:]")
_WANTED = frozenset(
    {b"UID", b"SUMMARY", b"DTSTART", b"DTEND", b"DURATION", b"STATUS", b"RRULE", b"RDATE", b"EXDATE", b"RECURRENCE-ID"}
)
_PLAIN_RULE = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY"})


class NoHoliday(DomainError):
    """The event is none. The message says why."""

    code = "no_holiday"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one holiday: its line, name and days, or what is wrong with it; `uid` from a calendar."""

    line: int
    name: str
    days: Days | None = None
    uid: str = ""
    problem: str = ""


@dataclass(slots=True)
class Block:
    """The properties we look at of the event that begins on that line, unfolded."""

    line: int
    properties: list[bytes] = field(default_factory=list)


def is_calendar(content: bytes) -> bool:
    return content[:1_000].lstrip().upper().startswith(b"BEGIN:VCALENDAR")


def read(content: bytes, *, today: date) -> list[Entry]:
    """One entry for each event, of one that comes every year one for each time in the next two. Raises: Unreadable."""
    entries: list[Entry] = []
    for block in blocks(content):
        entries += _entries(block, today)
    if not entries:
        raise Unreadable(_("There is no event in this calendar."))
    return entries


# --- Cutting ----------------------------------------------------------------------------------------------------------


def blocks(content: bytes) -> list[Block]:
    """The events in the calendars of a file, in their order. Raises: Unreadable."""
    if b"\0" in content:
        raise Unreadable(_("This is not a calendar. Choose an ICS, CSV or XLSX file."))
    _require_few(content.count(b"BEGIN:VEVENT"))
    if content.count(b"\n") + content.count(b"\r") > 2 * MAX_LINES:
        raise Unreadable(_("The file has more than %(count)s lines.") % {"count": grouped(MAX_LINES)})
    found: list[Block] = []
    within: list[bytes] = []
    for number, line in _unfolded(content):
        key, _colon, value = line.partition(b":")
        word, name = key.strip().upper(), value.strip().upper()[:40]
        if word == b"BEGIN":
            _enter(within, name, number)
            if within == _EVENT:
                found.append(Block(number))
                _require_few(len(found))
        elif word == b"END":
            _leave(within, name, number)
        elif within == _EVENT:
            _note(found[-1], line)
    if within:
        raise Unreadable(_("The file breaks off in the middle. Export the calendar again."))
    return found


def _enter(within: list[bytes], name: bytes, number: int) -> None:
    """Raises: Unreadable."""
    within.append(name)
    if len(within) > MAX_DEPTH:
        raise Unreadable(_("Line %(line)s: parts lie in parts too deeply.") % {"line": number})


def _leave(within: list[bytes], name: bytes, number: int) -> None:
    """Raises: Unreadable."""
    if not within or within.pop() != name:
        raise Unreadable(_("Line %(line)s ends what did not begin.") % {"line": number})


def _require_few(count: int) -> None:
    if count > MAX_EVENTS:
        words = {"count": grouped(MAX_EVENTS)}
        raise Unreadable(_("The calendar has more than %(count)s events. Export the holidays alone.") % words)


def _unfolded(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that are no continuations, each with its number and what continues it, up to what we read of one."""
    parts: list[bytes] = []
    begun, size = 0, 0
    for number, line in enumerate(content.splitlines(), 1):
        if line[:1] in {b" ", b"\t"} and parts:
            if size <= PROPERTY_BYTES:
                parts.append(line[1:])
                size += len(line) - 1
            continue
        if parts:
            yield begun, b"".join(parts)
        begun, parts, size = number, ([line] if line.strip() else []), len(line)
    if parts:
        yield begun, b"".join(parts)


def _note(block: Block, line: bytes) -> None:
    found = _PROPERTY.match(line)
    if found and found[1].upper() in _WANTED:
        block.properties.append(line[: PROPERTY_BYTES + 1])


# --- Meaning ----------------------------------------------------------------------------------------------------------


def _entries(block: Block, today: date) -> Iterable[Entry]:
    name = ""
    try:
        event = _parsed(block)
        name = _text(event, "SUMMARY")
        days = _days(event)
        _require_holiday(event, name)
        uid = _uid(event)
        if "RRULE" not in event:
            return [Entry(block.line, _cut(name), days, uid)]
        each = _yearly(event, days, today)
    except NoHoliday as error:
        return [Entry(block.line, _cut(name), problem=error.message)]
    return [Entry(block.line, _cut(name), one, f"{uid}#{one.first:%Y}" if uid else "") for one in each]


def _parsed(block: Block) -> Any:
    """Raises: NoHoliday."""
    if any(len(line) > PROPERTY_BYTES for line in block.properties):
        raise NoHoliday(_("A line of this event is far too long."))
    try:
        lines = [line.decode() for line in block.properties]
    except UnicodeDecodeError:
        raise NoHoliday(_("This event holds signs that cannot be read. Export the calendar in UTF-8.")) from None
    try:
        event = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""]))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
        raise NoHoliday(_("This event cannot be read.")) from None
    if event.errors:
        names = sorted({str(name) for name, _why in event.errors if name}) or ["?"]
        raise NoHoliday(_("This event cannot be read: %(what)s.") % {"what": ", ".join(names)})
    return event


def _require_holiday(event: Any, name: str) -> None:
    """Raises: NoHoliday."""
    if _text(event, "STATUS").upper() == "CANCELLED":
        raise NoHoliday(_("It is cancelled."))
    if "RECURRENCE-ID" in event:
        raise NoHoliday(_("It changes one day of an event that comes again. Enter it by hand."))
    if "RDATE" in event:
        raise NoHoliday(_("It comes on several days that are listed. Enter them by hand."))
    if not name:
        raise NoHoliday(_("It has no name."))


def _text(event: Any, key: str) -> str:
    value = event.get(key, "")
    return tidy(str(value[0] if isinstance(value, list) else value).replace("\0", ""))


def _cut(name: str) -> str:
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"


def _uid(event: Any) -> str:
    uid = _text(event, "UID")
    return uid if len(uid) <= UID_CHARS else hashlib.sha256(uid.encode()).hexdigest()


def _days(event: Any) -> Days:
    """DTEND is the day after the last. Raises: NoHoliday."""
    first = _date(event, "DTSTART")
    if first is None:
        raise NoHoliday(_("It has no first day."))
    after = _date(event, "DTEND")
    try:
        last = after - DAY if after else first + _length(event) - DAY
    except OverflowError:
        raise NoHoliday(_("Its days are not in our calendar.")) from None
    if after == first:  # some programs write the last day itself
        last = first
    if last < first:
        raise NoHoliday(_("The last day is before the first."))
    return Days(first, last)


def _date(event: Any, key: str) -> date | None:
    """Raises: NoHoliday for a time of the day."""
    value = event.get(key)
    if value is None:
        return None
    if isinstance(value, list):
        raise NoHoliday(_("%(what)s stands in it twice.") % {"what": key})
    day = getattr(value, "dt", None)
    if isinstance(day, datetime) or not isinstance(day, date):
        raise NoHoliday(_("It has a time of the day. Only whole days are holidays."))
    return day


def _length(event: Any) -> timedelta:
    """Raises: NoHoliday, when it is not of whole days."""
    value = event.get("DURATION")
    length = getattr(value, "dt", None) if value is not None else DAY
    if not isinstance(length, timedelta) or length < DAY or length % DAY:
        raise NoHoliday(_("It does not last whole days."))
    return length


# --- Every year -------------------------------------------------------------------------------------------------------


def _yearly(event: Any, days: Days, today: date) -> list[Days]:
    """The times that are not over and begin within two years. Raises: NoHoliday, for any rule but “every year”."""
    rule = _rule(event, days.first)
    until, left = _until(rule), rule["COUNT"]
    skipped = set(_excluded(event))
    horizon = today.replace(year=today.year + AHEAD_YEARS, day=min(today.day, 28))
    found = []
    for year in range(days.first.year, min(horizon.year, until.year) + 1, rule["INTERVAL"]):
        first = _in_year(days.first, year)
        if first is None:
            continue
        left -= 1
        if left < 0 or first > min(until, horizon):
            break
        last = first + (days.last - days.first)
        if last >= today and first not in skipped:
            found.append(Days(first, last))
    if not found:
        raise NoHoliday(_("It does not come in the next two years."))
    return found


def _rule(event: Any, first: date) -> dict[str, Any]:
    """Every so many years, on the day of the first time. Raises: NoHoliday, for any other."""
    given = event["RRULE"]
    each = {str(key).upper(): values for key, values in given.items()} if isinstance(given, vRecur) else {}
    single = {key: values[0] for key, values in each.items() if isinstance(values, list) and len(values) == 1}
    rule = {"INTERVAL": 1, "COUNT": _MOST, "BYMONTH": first.month, "BYMONTHDAY": first.day, "UNTIL": date.max, **single}
    is_plain = (
        len(single) == len(each)
        and not set(each) - _PLAIN_RULE
        and str(rule.get("FREQ", "")).upper() == "YEARLY"
        and all(isinstance(rule[key], int) and 1 <= rule[key] <= _MOST for key in ("INTERVAL", "COUNT"))
        and (str(rule["BYMONTH"]), str(rule["BYMONTHDAY"])) == (str(first.month), str(first.day))
        and isinstance(rule["UNTIL"], date)
    )
    if not is_plain:
        raise NoHoliday(_("It comes again in a way that is not read. Only “every year on this day” is."))
    return rule


def _until(rule: dict[str, Any]) -> date:
    until: date = rule["UNTIL"]
    return until.date() if isinstance(until, datetime) else until


def _excluded(event: Any) -> Iterator[date]:
    given = event.get("EXDATE", [])
    for one in given if isinstance(given, list) else [given]:
        for value in getattr(one, "dts", []):
            day = getattr(value, "dt", None)
            if isinstance(day, date):
                yield day.date() if isinstance(day, datetime) else day


def _in_year(day: date, year: int) -> date | None:
    """None for the 29th of February where there is none, as the standard has it."""
    try:
        return day.replace(year=year)
    except ValueError:
        return None
