"""Shares: what counts, and that the promises made of them hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.shares import Share

pytestmark = pytest.mark.apart


@st.composite
def shares(draw):
    held = draw(st.integers(0, 400))
    return Share(draw(st.integers(0, held)), held)


wanteds = st.integers(1, 100)


def then(share, *, attended=0, missed=0):
    return Share(share.attended + attended, share.held + attended + missed)


def test_leave_and_what_nobody_decided_count_neither_way():
    assert Share.of("PPLAEWU") == Share(3, 4)
    assert Share.of("EWU").percent is None


def test_percent_is_rounded_down_so_that_75_never_stands_for_less():
    assert Share(749, 1000).percent == 74
    assert Share(2, 3).percent == 66


def test_75_of_100_reaches_75_percent_and_74_does_not():
    assert Share(75, 100).reaches(75)
    assert not Share(74, 100).reaches(75)


@given(share=shares(), wanted=wanteds)
def test_so_many_more_reach_it_and_one_fewer_does_not(share, wanted):
    needed = share.needed(wanted)
    if needed is None:
        assert wanted == 100
        assert share.attended < share.held
        return
    assert then(share, attended=needed).reaches(wanted)
    if needed:
        assert not then(share, attended=needed - 1).reaches(wanted)


@given(share=shares(), wanted=wanteds)
def test_so_many_may_be_missed_and_one_more_falls_below(share, wanted):
    spare = share.can_miss(wanted)
    if share.reaches(wanted):
        assert then(share, missed=spare).reaches(wanted)
        assert not then(share, missed=spare + 1).reaches(wanted)
    else:
        assert spare == 0


@given(share=shares(), wanted=wanteds)
def test_nobody_needs_more_and_may_miss_some_at_once(share, wanted):
    assert not (share.needed(wanted) and share.can_miss(wanted))


@given(share=shares(), wanted=wanteds)
def test_shown_percent_reaches_what_is_wanted_exactly_when_the_share_does(share, wanted):
    if share.held:
        assert (share.percent >= wanted) == share.reaches(wanted)
