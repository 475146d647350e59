"""Which question serves which line of a blueprint: as many as can be, by any way there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.matching import filled

pytestmark = pytest.mark.apart


def test_wide_want_leaves_the_rare_ones_to_the_narrow_want():
    assert filled([2, 1], [[1, 2, 3], [1]]) == [[2, 3], [1]]


def test_earlier_items_are_preferred():
    assert filled([2], [[7, 5, 3, 1]]) == [[7, 5]]


def test_kept_items_serve_before_any_other():
    assert filled([2, 1], [[1, 2, 3], [1, 2]], kept={3, 2}) == [[2, 3], [1]]


def test_too_few_items_leave_a_want_short():
    assert filled([3, 1], [[1, 2], [4]]) == [[1, 2], [4]]


wants = st.lists(st.tuples(st.integers(1, 3), st.lists(st.integers(0, 5), unique=True)), min_size=1, max_size=3)


@given(wants, st.sets(st.integers(0, 5)))
def test_as_many_are_served_as_the_best_of_all_ways(drawn, kept):
    counts, fitting = [count for count, _items in drawn], [items for _count, items in drawn]
    found = filled(counts, fitting, kept)
    served = [item for items in found for item in items]
    assert len(served) == len(set(served))
    assert all(len(items) <= count for items, count in zip(found, counts, strict=True))
    assert all(set(items) <= set(fits) for items, fits in zip(found, fitting, strict=True))
    assert len(served) == most([want for want, count in enumerate(counts) for _ in range(count)], fitting)


def most(slots, fitting):
    """By plain recursion over the slots."""

    def serve(place, used):
        if place == len(slots):
            return 0
        free = [item for item in fitting[slots[place]] if item not in used]
        return max([serve(place + 1, used), *(1 + serve(place + 1, used | {item}) for item in free)])

    return serve(0, frozenset())
