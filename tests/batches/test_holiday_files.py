"""Files of holidays: tables in any sensible form, calendars of any program, and what nobody should send."""

import time
from datetime import date
from typing import Any

import pytest
from icalendar import Calendar, Event

from accounts.import_tables import Unreadable
from batches import holiday_files, holiday_ics
from batches.holiday_ics import Entry
from batches.series import Days

TODAY = date(2026, 11, 22)
DIWALI = Days(date(2026, 11, 8), date(2026, 11, 10))
WHOLE = ("DTSTART;VALUE=DATE:20261108",)


def read(content: bytes | str) -> list[Entry]:
    return list(holiday_files.read(content if isinstance(content, bytes) else content.encode(), today=TODAY).entries)


def calendar(*events: str, before: str = "") -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", before, *events, "END:VCALENDAR", ""])


def event(*lines: str, uid: str = "1@state", name: str = "Diwali") -> str:
    given = [f"UID:{uid}"] if uid else []
    return "\r\n".join(["BEGIN:VEVENT", *given, *([f"SUMMARY:{name}"] if name else []), *lines, "END:VEVENT"])


def the_one(*lines: str, **more: str) -> Entry:
    [found] = read(calendar(event(*lines, **more)))
    return found


# --- Tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        "Name,First day,Last day\nDiwali,2026-11-08,2026-11-10\n",
        "last day;first day;name\n10/11/2026;08/11/2026;Diwali\n",
        "Holiday\tFrom\tTo\nDiwali\t8 Nov 2026\t10-Nov-2026\n",
        "\ufeffअवकाश,से,तक\nDiwali,०८/११/२०२६,10.11.2026\n",
        "Subject,Start Date,End Date\n  Diwali ,08/11/2026,10th November 2026\n",
        '"Occasion","Date","Till"\r\n"Diwali","2026/11/08","2026-11-10"\r\n',
    ],
)
def test_columns_are_found_by_their_titles_and_days_in_any_way_of_writing(table: str) -> None:
    assert read(table) == [Entry(2, "Diwali", DIWALI)]
    assert read(table.encode("utf-16")) == [Entry(2, "Diwali", DIWALI)]


def test_without_a_last_day_a_holiday_is_one_day() -> None:
    one = Days(date(2028, 2, 29), date(2028, 2, 29))
    assert read("Name,Date\nX,29/02/2028\n") == [Entry(2, "X", one)]
    assert read("Name,Date,To\nX,29/02/2028,\n") == [Entry(2, "X", one)]


def test_every_row_says_its_line_and_what_is_wrong_with_it() -> None:
    found = read("Name,From,To\nX,,\n\nX,29/02/2027,\nX,12/13/2026,\nX,soon,\nX,8/11/26,\n,2026-11-08,x\n")
    assert [entry.line for entry in found] == [2, 4, 5, 6, 7, 8]
    assert [entry.problem for entry in found] == [
        "The first day is missing.",
        "There is no such day in the calendar.",
        "There is no month 13. Write the day first, then the month.",
        "This is not a date. Write it like 31/12/2010 or 2010-12-31.",
        "Write the year with four digits.",
        "This is not a date. Write it like 31/12/2010 or 2010-12-31.",
    ]


def test_columns_that_mean_nothing_are_named() -> None:
    assert holiday_files.read(b"Name,Date,Day\nX,2026-11-08,Sunday\n", today=TODAY).unknown == ["Day"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Name,Day\nX,Sunday\n", "must hold the titles"),
        ("Name,From,Date\nX,1,2\n", "both stand for the same"),
        ("Name,Date\n" + "X,2026-11-08\n" * 501, "more than 500 rows"),
        ("", "empty"),
    ],
)
def test_table_that_is_none_is_refused_as_a_whole(content: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(content)


# --- Calendars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (("DTSTART;VALUE=DATE:20261108", "DTEND;VALUE=DATE:20261111"), 10),  # the end is the day after
        (("DTSTART;VALUE=DATE:20261108",), 8),
        (("DTSTART:20261108", "DTEND:20261108"), 8),
        (("DTSTART;VALUE=DATE:20261108", "DURATION:P3D"), 10),
        (("dtstart;value=date:20261108", "DTEND;VALUE=DATE:20261110"), 9),
        (("DTSTART;VALUE=DATE:20261108", "BEGIN:VALARM", "DTSTART:x", "TRIGGER:-P1D", "END:VALARM"), 8),
    ],
)
def test_all_day_event_is_a_holiday(lines: tuple[str, ...], last: int) -> None:
    assert the_one(*lines) == Entry(4, "Diwali", Days(date(2026, 11, 8), date(2026, 11, last)), "1@state")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART:20261108T090000Z", "DTEND:20261108T100000Z"), "time of the day"),
        (("DTSTART;TZID=Asia/Kolkata:20261108T090000",), "time of the day"),
        ((*WHOLE, "DTEND:20261109T000000"), "time of the day"),
        ((*WHOLE, "DTEND;VALUE=DATE:20261101"), "last day is before the first"),
        ((*WHOLE, *WHOLE), "twice"),
        ((*WHOLE, "DURATION:PT1H"), "whole days"),
        ((*WHOLE, "DURATION:-P3D"), "whole days"),
        ((*WHOLE, "DURATION:P99999999D"), "not in our calendar"),
        ((), "no first day"),
        (("DTSTART;VALUE=DATE:20261345",), "cannot be read"),
        (("DTSTART;VALUE=DATE:00000000",), "cannot be read"),
        ((*WHOLE, "STATUS:CANCELLED"), "is cancelled"),
        ((*WHOLE, "RECURRENCE-ID;VALUE=DATE:20261108"), "changes one day"),
        ((*WHOLE, "RDATE;VALUE=DATE:20261208"), "days that are listed"),
        ((*WHOLE, "RRULE:FREQ=DAILY"), "every year"),
        ((*WHOLE, "RRULE:FREQ=SECONDLY;COUNT=999999999"), "every year"),
        ((*WHOLE, "RRULE:FREQ=YEARLY;BYDAY=MO"), "every year"),
        ((*WHOLE, "RRULE:FREQ=YEARLY;BYMONTH=1,2,3"), "every year"),
        ((*WHOLE, "RRULE:FREQ=YEARLY;INTERVAL=0"), "every year"),
        ((*WHOLE, "RRULE:FREQ=YEARLY", "RRULE:FREQ=YEARLY"), "every year"),
        ((*WHOLE, "RRULE:FREQ=YEARLY;UNTIL=20200101"), "next two years"),
        ((*WHOLE, "RRULE:nonsense"), "every year"),
    ],
)
def test_what_is_no_holiday_is_refused_alone(lines: tuple[str, ...], why: str) -> None:
    refused, good = read(calendar(event(*lines), event(*WHOLE, uid="2@state", name="Eid")))
    assert why in refused.problem
    assert (refused.name in {"Diwali", ""}, good.problem, good.name) == (True, "", "Eid")


@pytest.mark.parametrize(
    ("rule", "first", "years"),
    [
        ("FREQ=YEARLY", "19500126", [2027, 2028]),
        ("FREQ=YEARLY;INTERVAL=1;WKST=MO;BYMONTH=1;BYMONTHDAY=26", "20200126", [2027, 2028]),
        ("FREQ=YEARLY;INTERVAL=2", "20200126", [2028]),
        ("FREQ=YEARLY;COUNT=3", "20250126", [2027]),
        ("FREQ=YEARLY;UNTIL=20270126", "20250126", [2027]),
        ("FREQ=YEARLY;UNTIL=20270126T000000Z", "20250126", [2027]),
        ("FREQ=YEARLY", "20200229", [2028]),
        ("FREQ=YEARLY", "20251231", [2026, 2027]),
    ],
)
def test_yearly_event_comes_in_the_next_two_years_only(rule: str, first: str, years: list[int]) -> None:
    found = read(calendar(event(f"DTSTART;VALUE=DATE:{first}", f"RRULE:{rule}")))
    assert [entry.days.first.year for entry in found if entry.days] == years
    assert [entry.uid for entry in found] == [f"1@state#{year}" for year in years]
    for entry in found:
        assert entry.days
        assert f"{entry.days.first:%m%d}" == first[4:]


def test_break_over_new_year_comes_whole_and_what_is_excluded_does_not() -> None:
    lines = ("DTSTART;VALUE=DATE:20201224", "DTEND;VALUE=DATE:20210103", "RRULE:FREQ=YEARLY")
    found = read(calendar(event(*lines, "EXDATE;VALUE=DATE:20271224")))
    assert [entry.days for entry in found] == [Days(date(2026, 12, 24), date(2027, 1, 2))]


def test_long_folded_and_escaped_names_are_read_and_cut() -> None:
    folded = "SUMMARY:Guru Nanak\\, Jayanti\r\n  and more"
    assert the_one(folded, *WHOLE, name="").name == "Guru Nanak, Jayanti and more"
    long = the_one(*WHOLE, name="दीपावली " * 25)
    assert (len(long.name), long.name[-1]) == (120, "…")
    assert len(the_one(*WHOLE, uid="u" * 3_000).uid) == 64


def test_fold_within_a_letter_is_mended() -> None:
    raw = calendar(event(*WHOLE, name="दीपावली")).encode()
    at = raw.index("पा".encode()) + 1
    assert read(raw[:at] + b"\r\n " + raw[at:])[0].name == "दीपावली"


def test_what_a_calendar_library_writes_is_read() -> None:
    made = Calendar()
    one = Event()
    one.add("uid", "x@y")
    one.add("summary", "होली, the festival of colours; with a long name that is folded by the library that wrote it")
    one.add("dtstart", date(2027, 3, 22))
    one.add("dtend", date(2027, 3, 24))
    made.add_component(one)
    [found] = read(made.to_ical())
    assert (found.name, found.days) == (str(one["summary"]), Days(date(2027, 3, 22), date(2027, 3, 23)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(encoding: str) -> None:
    assert read(calendar(event(*WHOLE, name="दीपावली")).encode(encoding))[0].name == "दीपावली"


def test_event_in_another_encoding_is_refused_alone() -> None:
    content = calendar(event(*WHOLE, name="Noël"), event(*WHOLE, uid="2")).encode("cp1252")
    refused, good = read(content)
    assert "cannot be read" in refused.problem
    assert not good.problem


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (calendar(), "no event"),
        (calendar(before="BEGIN:VTODO\r\nEND:VTODO"), "no event"),
        (calendar(event(*WHOLE))[:-25], "breaks off"),
        (calendar("END:VEVENT"), "ends what did not begin"),
        (calendar("BEGIN:X\r\n" * 300_000), "too deeply|more than"),
        (calendar("BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 100_000), "more than 1,000 events"),
        ("BEGIN:VCALENDAR" + "\n" * 5_000_000, "more than 2,00,000 lines"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:a\0b\r\n", "not a calendar"),
        ("BEGIN:VCALENDAR;" + "x" * 5_000_000, "no event|breaks off"),
        ("BEGIN:VCALENDAR\r\nX:" + "y\r\n " * 190_000, "breaks off"),
    ],
)
def test_hostile_calendar_is_refused_as_a_whole_and_soon(content: str, why: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unreadable, match=why):
        read(content)
    assert time.process_time() - begun < 3


def test_event_with_far_too_long_a_line_is_refused_alone() -> None:
    refused, good = read(calendar(event(*WHOLE, name="x" * 4_000_000), event(*WHOLE, uid="2")))
    assert "far too long" in refused.problem
    assert not good.problem
    folded = "\r\n " * 20_000
    assert the_one(*WHOLE, name=f"x{folded.join('yyyyy')}").name == "xyyyyy"


def test_thousand_events_are_read_within_seconds() -> None:
    rows: list[Any] = [event(*WHOLE, "RRULE:FREQ=YEARLY", uid=str(number)) for number in range(holiday_ics.MAX_EVENTS)]
    begun = time.process_time()
    assert len(read(calendar(*rows))) == 2 * holiday_ics.MAX_EVENTS
    assert time.process_time() - begun < 10
