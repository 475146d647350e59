"""Other times at which a class or a series fits."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches import free_slots
from batches.free_slots import Bounds, free_spans
from batches.series import Days, Span, span

pytestmark = pytest.mark.apart

IST, BERLIN = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 11, 24)
YEAR = Days(date(2026, 4, 1), date(2027, 3, 31))


def at(day: date, hour: int, minute: int = 0, *, minutes: int = 90, zone: ZoneInfo = IST) -> Span:
    begins = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    return Span(begins, begins + timedelta(minutes=minutes))


def bounds(**changed) -> Bounds:
    given = {"zone": IST, "within": YEAR, "now": datetime(2026, 11, 22, tzinfo=UTC)}
    return Bounds(**{**given, **changed})


def said(spans: list[Span], zone: ZoneInfo = IST) -> list[str]:
    return [f"{one.starts_at.astimezone(zone):%a %d %H:%M}" for one in spans]


def test_what_is_proposed_first_is_near_the_wanted_clock_time():
    wanted = at(TUESDAY, 17)
    assert said(free_spans([wanted], busy=[wanted], bounds=bounds())) == [
        "Tue 24 18:30",
        "Tue 24 15:30",
        "Wed 25 17:00",
    ]


def test_a_full_day_leads_to_the_next_one():
    wanted = at(TUESDAY, 17)
    full = at(TUESDAY, 7, minutes=870)
    found = free_spans([wanted], busy=[full, at(TUESDAY + timedelta(days=1), 17)], bounds=bounds())
    assert said(found) == ["Wed 25 18:30", "Wed 25 15:30", "Thu 26 17:00"]


def test_a_class_may_begin_when_another_ends():
    found = free_spans([at(TUESDAY, 17)], busy=[at(TUESDAY, 16, minutes=120)], bounds=bounds())
    assert said(found)[0] == "Tue 24 18:00"


def test_nothing_is_proposed_outside_opening_hours_or_in_the_past():
    late = at(TUESDAY, 20, 30, minutes=60)
    begun = datetime(2026, 11, 24, 20, 0, tzinfo=IST)
    found = free_spans([late], busy=[late], bounds=bounds(now=begun))
    assert said(found) == ["Wed 25 20:30", "Wed 25 19:30", "Wed 25 18:30"]


def test_holidays_and_days_outside_the_batch_are_left_out():
    wanted, free = at(TUESDAY, 17), (Days(date(2026, 11, 25), date(2026, 11, 26)),)
    whole_day = at(TUESDAY, 7, minutes=870)
    found = free_spans(
        [wanted], busy=[whole_day], bounds=bounds(free=free, within=Days(YEAR.first, date(2026, 11, 27)))
    )
    assert said(found) == ["Fri 27 17:00", "Fri 27 18:30", "Fri 27 15:30"]
    assert not free_spans([wanted], busy=[whole_day], bounds=bounds(within=Days(YEAR.first, TUESDAY)))


def test_a_series_is_moved_as_a_whole_and_its_holidays_count_for_nothing():
    series = [at(TUESDAY + timedelta(days=7 * week), 17) for week in range(40)]
    busy = [*series, at(TUESDAY + timedelta(days=70), 18, 30), at(TUESDAY + timedelta(days=105), 15, 45)]
    assert said(free_spans(series, busy=busy, bounds=bounds())) == ["Wed 25 17:00", "Tue 24 14:15", "Tue 24 20:00"]
    holiday = (Days(TUESDAY + timedelta(days=70), TUESDAY + timedelta(days=70)),)
    assert said(free_spans(series, busy=busy, bounds=bounds(free=holiday)))[0] == "Tue 24 18:30"


def test_a_series_keeps_its_clock_time_when_summer_time_begins():
    first = date(2027, 3, 22)
    series = [span(first + timedelta(days=7 * week), time(17), time(18), BERLIN) for week in range(4)]
    fourth_taken = span(first + timedelta(days=21), time(18), time(19), BERLIN)
    within = Days(first, date(2027, 12, 31))
    found = free_spans(series, busy=[*series, fourth_taken], bounds=bounds(zone=BERLIN, within=within))
    assert said(found, BERLIN) == ["Mon 22 16:00", "Mon 22 19:00", "Mon 22 15:00"]


def test_what_lasts_longer_than_the_institute_is_open_fits_nowhere():
    assert not free_spans([at(TUESDAY, 7, minutes=900)], busy=[], bounds=bounds())
    assert not free_spans([], busy=[], bounds=bounds())


@pytest.mark.parametrize("zone", [IST, BERLIN], ids=str)
@given(
    minute=st.integers(0, 24 * 60 - 1),
    length=st.integers(15, 300),
    taken=st.lists(st.tuples(st.integers(0, 15 * 24 * 4), st.integers(1, 20)), max_size=40),
)
def test_proposals_are_free_inside_opening_hours_and_apart(zone: ZoneInfo, minute: int, length: int, taken):
    first = datetime(2027, 3, 20, tzinfo=zone)
    begins = first.astimezone(UTC) + timedelta(minutes=minute)
    wanted = Span(begins, begins + timedelta(minutes=length))
    quarter = timedelta(minutes=15)
    busy = [Span(first + quarter * start, first + quarter * (start + size)) for start, size in taken]
    found = free_spans([wanted], busy=busy, bounds=bounds(zone=zone, now=first - timedelta(days=1)))
    for one in found:
        local = one.starts_at.astimezone(zone)
        assert one.ends_at - one.starts_at == timedelta(minutes=length)
        assert local.time() >= free_slots.OPENS
        assert one.ends_at.astimezone(zone) <= local.replace(hour=21, minute=30)
        assert not any(one.overlaps(other) for other in busy)
    assert not any(one.overlaps(other) for one in found for other in found if one is not other)
