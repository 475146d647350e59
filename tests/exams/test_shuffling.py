"""The same seed gives the same order, every order is as likely, and nothing is lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.shuffling import shuffled

pytestmark = pytest.mark.apart

KNOWN = [3, 0, 2, 5, 1, 7, 6, 4, 9, 8]


def test_order_of_a_seed_is_what_it_was_when_papers_were_printed():
    """Known answer: were it to change, no printed paper could be made again."""
    assert shuffled(range(10), "mock 5", 17) == KNOWN


@given(st.lists(st.integers()), st.text())
def test_nothing_is_lost_or_doubled(items, seed):
    assert sorted(shuffled(items, seed)) == sorted(items)
    assert shuffled(items, seed) == shuffled(items, seed)


def test_every_order_of_three_is_as_likely():
    seen = Counter(tuple(shuffled("abc", n)) for n in range(6000))
    assert len(seen) == 6
    assert all(abs(count - 1000) < 150 for count in seen.values())


def test_parts_of_a_seed_do_not_run_together():
    assert shuffled(range(30), "a", "bc") != shuffled(range(30), "ab", "c")
