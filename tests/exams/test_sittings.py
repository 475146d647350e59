"""By when an attempt is over: the test's minutes, its closing, extra time, timed sections."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sittings import clock_of, with_more

pytestmark = pytest.mark.apart

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("begins", "minutes", "extra_s", "ends"),
    [
        (0, 60, 0, 60),  # the whole time
        (150, 60, 0, 180),  # begun late: closing ends it
        (150, 60, 600, 190),  # extra time goes past the closing
        (0, None, 0, 180),  # without minutes: until it closes
        (0, 60, 600, 70),
    ],
)
def test_deadline_is_the_minutes_but_not_past_closing(begins, minutes, extra_s, ends):
    clock = clock_of(begins_at=at(begins), closes_at=at(180), minutes=minutes, extra_s=extra_s)
    assert clock.deadline_at == at(ends)
    assert clock.section_at(at(begins)) is None


def test_sections_follow_each_other_and_share_the_extra_time():
    clock = clock_of(begins_at=TEN, closes_at=at(300), minutes=None, section_minutes=[40, 20], extra_s=30 * 60)
    assert clock.section_ends == (at(60), at(90))
    assert clock.deadline_at == at(90)
    assert [clock.section_at(at(minute)) for minute in (0, 59, 60, 89, 95)] == [0, 0, 1, 1, 1]


def test_closing_cuts_the_last_sections_off():
    clock = clock_of(begins_at=at(30), closes_at=at(60), minutes=None, section_minutes=[20, 20, 20])
    assert clock.section_ends == (at(50), at(60), at(60))


def test_credit_lengthens_the_section_that_is_open_and_moves_those_after():
    clock = clock_of(begins_at=TEN, closes_at=at(300), minutes=None, section_minutes=[40, 20, 20])
    later = with_more(clock, seconds=600, now=at(45))
    assert later.section_ends == (at(40), at(70), at(90))
    assert later.deadline_at == at(90)


def test_time_given_past_the_deadline_counts_from_now():
    clock = clock_of(begins_at=TEN, closes_at=at(60), minutes=None)
    assert with_more(clock, seconds=300, now=at(75)).deadline_at == at(80)


@given(
    sections=st.lists(st.integers(1, 90), max_size=5),
    begins=st.integers(0, 170),
    extra=st.integers(0, 7200),
    given_s=st.integers(1, 3600),
    now=st.integers(0, 400),
)
def test_ends_stand_in_order_and_the_last_is_the_deadline(sections, begins, extra, given_s, now):
    clock = clock_of(begins_at=at(begins), closes_at=at(180), minutes=60, section_minutes=sections, extra_s=extra)
    later = with_more(clock, seconds=given_s, now=at(now))
    for one in (clock, later):
        assert list(one.section_ends) == sorted(one.section_ends)
        assert not one.section_ends or one.section_ends[-1] == one.deadline_at
        assert one.deadline_at > at(begins)
    assert later.deadline_at >= clock.deadline_at + timedelta(seconds=given_s)
