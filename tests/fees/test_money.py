"""Rupees: read as people type them, written as the institute writes them, split to the paisa."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching.lib import money
from coaching.lib.money import MOST_PAISE, NoAmount
from fees.fields import PercentField, RupeesField

PAISE = st.integers(min_value=0, max_value=MOST_PAISE)


@pytest.mark.parametrize(
    ("typed", "paise"),
    [
        ("1500", 150_000),
        ("1,18,000.00", 11_800_000),
        ("118,000", 11_800_000),
        ("₹ 99.5", 9_950),
        ("Rs. 2,000", 200_000),
        ("१,१८,०००.५०", 11_800_050),
        ("１２０", 12_000),  # as some phones write digits
        ("0", 0),
        ("0.29", 29),  # int(0.29 * 100) is 28
        ("  15 ", 1_500),
        ("10,00,00,00,000", MOST_PAISE),
    ],
)
def test_amounts_are_read_as_people_type_them(typed, paise):
    assert money.paise(typed) == paise


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12.345", "PLACES"),
        ("१२.३४५", "PLACES"),
        ("-1", "SIGN"),
        ("−1", "SIGN"),
        ("+1", "SIGN"),
        ("1e5", "SHAPE"),
        ("1e30", "SHAPE"),
        ("1" + "0" * 30, "LARGE"),
        ("10,00,00,00,000.01", "LARGE"),
        ("1,1,8", "SHAPE"),
        ("1,18,00", "SHAPE"),
        ("12.", "SHAPE"),
        (".5", "SHAPE"),
        ("0x10", "SHAPE"),
        ("NaN", "SHAPE"),
        ("", "SHAPE"),
        ("12 000", "SHAPE"),
        ("12²", "SHAPE"),
    ],
)
def test_what_is_no_amount_is_refused_and_says_why(typed, why):
    with pytest.raises(NoAmount) as refused:
        money.paise(typed)
    assert refused.value.why == why
    assert RupeesField(required=False).error_messages[why]


def test_no_paisa_is_lost_where_floats_lose_one_in_twenty():
    wrong = sum(int(paise / 100 * 100) != paise for paise in range(1, 100_000))
    assert wrong == 4_586  # what a float makes of them
    assert all(money.paise(money.plain(paise)) == paise for paise in range(1, 100_000))


@pytest.mark.parametrize(
    ("paise", "rupees", "plain"),
    [
        (11_800_000, "₹1,18,000.00", "118000.00"),
        (5, "₹0.05", "0.05"),
        (99_999, "₹999.99", "999.99"),
        (123_456_789_01, "₹12,34,56,789.01", "123456789.01"),
        (-650_00, "−₹650.00", "-650.00"),
    ],
)
def test_amounts_are_written_in_lakh_and_crore_and_plainly_in_files(paise, rupees, plain):
    assert (money.rupees(paise), money.plain(paise)) == (rupees, plain)


@given(PAISE)
def test_what_is_written_is_read_again(paise):
    assert money.paise(money.rupees(paise)) == money.paise(money.plain(paise)) == paise


@given(st.text(max_size=60))
def test_nothing_typed_breaks_it(typed):
    found: int | str
    try:
        found = money.paise(typed)
    except NoAmount as refusal:
        found = refusal.why
    assert found in {"PLACES", "SIGN", "LARGE", "SHAPE"} or 0 <= int(found) <= MOST_PAISE


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10_000, (1, 1, 1), [3_334, 3_333, 3_333]),
        (11_800_000, (1, 1, 1, 1), [2_950_000] * 4),
        (100, (33, 33, 34), [33, 33, 34]),
        (1, (5, 5), [1, 0]),
        (0, (5, 5), [0, 0]),
        (7, (0, 3, 4), [0, 3, 4]),
    ],
)
def test_a_sum_is_spread_to_the_paisa(total, weights, parts):
    assert money.spread(total, weights) == parts


@given(PAISE, st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any))
def test_parts_add_up_are_in_proportion_and_no_part_exceeds_its_weight(total, weights):
    parts = money.spread(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
        assert part <= weight or total > sum(weights)


@pytest.mark.parametrize(("value", "whole"), [("1/2", 1), ("49/100", 0), ("3/2", 2), ("5/2", 3), ("0", 0)])
def test_a_half_goes_up(value, whole):
    assert money.half_up(Fraction(value)) == whole


@pytest.mark.parametrize(("typed", "bp"), [("18", 1_800), ("2.5", 250), ("0", 0), ("१८", 1_800), ("100", 10_000)])
def test_rates_are_kept_in_basis_points(typed, bp):
    assert PercentField().clean(typed) == bp
    assert not PercentField().has_changed(bp, typed)
    assert PercentField().prepare_value(bp) == money.percent(bp)


def test_an_amount_field_shows_paise_as_rupees_and_what_was_typed_as_it_was():
    field = RupeesField()
    assert (field.prepare_value(11_800_000), field.prepare_value("12.345")) == ("1,18,000.00", "12.345")
    assert not field.has_changed(11_800_000, "118000")
    assert field.has_changed(11_800_000, "118000.50")
