"""What of an outage a student gets back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.outages import Span, lost

pytestmark = pytest.mark.apart

TEN = datetime(2026, 11, 22, 10, tzinfo=UTC)


def span(begins: float, ends: float) -> Span:
    return Span(TEN + timedelta(minutes=begins), TEN + timedelta(minutes=ends))


@pytest.mark.parametrize(
    ("outage", "wrote", "covered", "minutes"),
    [
        ((60, 70), (0, 90), [], 10),  # all of it
        ((60, 70), (65, 90), [], 5),  # who began while it lasted
        ((60, 70), (0, 62), [], 2),  # whose deadline came first
        ((60, 70), (75, 90), [], 0),  # who came later
        ((60, 70), (0, 90), [(50, 64)], 6),  # part was given back
        ((60, 70), (0, 90), [(61, 63), (62, 65)], 6),  # by two that overlap
        ((60, 70), (0, 90), [(50, 80)], 0),
        ((60, 70), (0, 90), [(70, 80)], 10),
    ],
)
def test_he_gets_what_he_could_not_write_and_nothing_twice(outage, wrote, covered, minutes):
    assert lost(span(*outage), span(*wrote), [span(*one) for one in covered]) == minutes * 60


def test_part_of_a_second_counts_as_one_for_him():
    outage = Span(TEN, TEN + timedelta(milliseconds=1))
    assert lost(outage, span(0, 90)) == 1


minutes = st.integers(0, 120)
spans = st.tuples(minutes, minutes).map(lambda pair: span(min(pair), max(pair)))


@given(outage=spans, wrote=spans, covered=st.lists(spans, max_size=4))
def test_it_is_the_minutes_that_lie_in_both_and_in_none_given_back(outage, wrote, covered):
    def lies_in(one: Span, minute: int) -> bool:
        return one.begins <= TEN + timedelta(minutes=minute) < one.ends

    counted = sum(
        lies_in(outage, minute) and lies_in(wrote, minute) and not any(lies_in(one, minute) for one in covered)
        for minute in range(120)
    )
    assert lost(outage, wrote, covered) == counted * 60
