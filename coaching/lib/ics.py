"""Calendar entries as iCalendar, for phones and desks that read them again and again.

An entry keeps its UID for good, whatever the site's address is; a change raises SEQUENCE, and what is cancelled says so
instead of vanishing. DTSTAMP is the last change, not the moment of asking, so that the same calendar is the same bytes.
Source: RFC 5545, RFC 7986 (REFRESH-INTERVAL, NAME).
"""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from coaching.lib.offers import Entry

PRODUCT = "-//ClassCrew//Calendar//EN"
UID_DOMAIN = "classcrew"
ASK_EVERY = timedelta(hours=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def written(entries: Iterable[Entry], *, name: str, zone: ZoneInfo, site: str, today: date) -> bytes:
    """The calendar of that name in that zone; `site` is put before the entries' paths.

    A child's class begins with the child's first name. No online link and no reason that somebody typed is in it: what
    is here is copied to whoever keeps the reader's calendar.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("x-wr-timezone", zone.key)
    calendar.add("refresh-interval", ASK_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    years = date(today.year - 1, 1, 1), date(today.year + 2, 12, 31)
    calendar.add_component(Timezone.from_tzinfo(zone, first_date=years[0], last_date=years[1]))
    for entry in entries:
        calendar.add_component(_event(entry, zone, site))
    return bytes(calendar.to_ical())


def one_line(text: str) -> str:
    """Without line breaks and without signs that have no shape, which some calendars refuse; joiners are kept."""
    kept = (" " if sign in "\t\r\n\u2028\u2029" else sign for sign in text)
    return " ".join("".join(sign for sign in kept if _has_shape(sign)).split())


def _has_shape(sign: str) -> bool:
    return sign in "\u200c\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _event(entry: Entry, zone: ZoneInfo, site: str) -> Event:
    event = Event()
    changed = (entry.changed_at or LONG_AGO).astimezone(UTC)
    event.add("uid", f"{entry.key}@{UID_DOMAIN}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", entry.sequence)
    starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    event.add("dtstart", starts.date() if entry.is_all_day else starts)
    event.add("dtend", ends.date() if entry.is_all_day else ends)
    children = [facet.label.split()[0] for facet in entry.facets if facet.kind == "child" and facet.label.strip()]
    event.add("summary", one_line(": ".join(filter(None, [", ".join(children), entry.label]))))
    if entry.place:
        event.add("location", one_line(entry.place))
    if said := one_line(" · ".join(filter(None, [entry.word, entry.meta]))):
        event.add("description", said)
    if entry.url:
        event.add("url", site + entry.url)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_all_day or entry.is_cancelled else "OPAQUE")
    return event
