"""From a plan to dues: heads into instalments, days, equal parts, and what a concession takes of each."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees import schedule
from fees.schedule import Charge, Part

AMOUNTS = st.integers(1, 10**10)


@pytest.mark.parametrize(
    ("charges", "parts", "rows"),
    [
        ([Charge(11_800_000)], [2_950_000] * 4, [[2_950_000]] * 4),
        # Admission goes with the first instalment as a whole, tuition in proportion to what is left of each.
        ([Charge(100_000, True), Charge(300_000)], [200_000, 200_000], [[100_000, 100_000], [0, 200_000]]),
        # What is one-off and larger than the first instalment goes on into the next.
        ([Charge(250_000, True), Charge(50_000)], [200_000, 100_000], [[200_000, 0], [50_000, 50_000]]),
        ([Charge(100), Charge(100), Charge(100)], [100, 200], [[34, 33, 33], [66, 67, 67]]),
    ],
)
def test_heads_fall_into_instalments(charges, parts, rows):
    assert schedule.shares(charges, [Part(paise, days_after=0) for paise in parts]) == rows


def test_instalments_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError):
        schedule.shares([Charge(100)], [Part(99, days_after=0)])


@given(st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1, max_size=6), st.lists(AMOUNTS, max_size=8))
def test_rows_add_up_to_instalments_and_columns_to_heads(heads, wanted):
    charges = [Charge(*one) for one in heads]
    left, parts = sum(one.paise for one in charges), []
    for paise in wanted:
        if 0 < paise < left:
            parts.append(Part(paise, days_after=0))
            left -= paise
    parts.append(Part(left, days_after=0))
    rows = schedule.shares(charges, parts)
    assert [sum(row) for row in rows] == [one.paise for one in parts]
    assert [sum(column) for column in zip(*rows, strict=True)] == [one.paise for one in charges]
    assert min(min(row) for row in rows) >= 0


@pytest.mark.parametrize(
    ("part", "due_on"),
    [
        (Part(1, due_on=date(2026, 11, 30)), date(2026, 11, 30)),
        (Part(1, due_on=date(2026, 6, 10)), date(2026, 11, 21)),  # never before he joined
        (Part(1, days_after=0), date(2026, 11, 21)),
        (Part(1, days_after=45), date(2027, 1, 5)),
    ],
)
def test_when_a_part_is_due_for_who_joined_on_21_november(part, due_on):
    assert schedule.due_day(part, joined_on=date(2026, 11, 21)) == due_on


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 6, 10), 2, date(2026, 8, 10)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_months_end_on_a_day_they_have(day, months, then):
    assert schedule.months_later(day, months) == then


def test_equal_parts_begin_on_a_day_or_on_joining():
    dated = schedule.split_equally(10_000, 3, first_on=date(2026, 12, 31), months=2)
    assert dated == [
        Part(3_334, due_on=date(2026, 12, 31)),
        Part(3_333, due_on=date(2027, 2, 28)),
        Part(3_333, due_on=date(2027, 4, 30)),
    ]
    joining = schedule.split_equally(11_800_000, 4, first_on=None, months=3)
    assert [(one.paise, one.days_after) for one in joining] == [(2_950_000, days) for days in (0, 90, 180, 270)]


@pytest.mark.parametrize(
    ("open_paise", "terms", "taken"),
    [
        # Merit concession 10 % of ₹1,31,111.11 as the design has it: ₹13,111.11.
        ([13_111_111], {"bp": 1_000}, [1_311_111]),
        ([2_950_000, 2_950_000, 2_950_000], {"bp": 1_000}, [295_000] * 3),
        ([2_950_000, 1_770_000], {"paise": 100_000}, [62_500, 37_500]),
        ([100, 100, 100], {"paise": 100}, [34, 33, 33]),
        ([500, 0], {"paise": 900}, [500, 0]),  # never more than is open
        # A percentage is of what was issued, although a part is paid by now.
        ([50_000, 100_000], {"bp": 5_000, "of_paise": [100_000, 100_000]}, [33_333, 66_667]),
        ([0, 0], {"paise": 100}, [0, 0]),
        ([101], {"bp": 5_000}, [51]),  # half a paisa goes up
    ],
)
def test_a_concession_is_taken_off_what_is_open(open_paise, terms, taken):
    assert schedule.concession(open_paise, **terms) == taken


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.integers(0, 10_000), st.integers(0, 10**10))
def test_no_concession_takes_more_than_there_is(open_paise, bp, paise):
    for taken in (schedule.concession(open_paise, bp=bp), schedule.concession(open_paise, paise=paise)):
        assert all(0 <= part <= room for part, room in zip(taken, open_paise, strict=True))
    assert sum(schedule.concession(open_paise, paise=paise)) == min(paise, sum(open_paise))
