"""Late fines, which due a payment pays, and numbers of documents: the rules without tables."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees import allocating, fines, numbering
from fees.allocating import Open
from fees.fines import FLAT, NONE, PER_DAY, PER_WEEK, FineRule

DUE_ON = date(2026, 8, 16)


@pytest.mark.parametrize(
    ("rule", "late", "paise"),
    [
        (FineRule(), 400, 0),
        (FineRule(FLAT, 50_000), 0, 0),  # on the day itself nobody is late
        (FineRule(FLAT, 50_000), 1, 50_000),
        (FineRule(FLAT, 50_000, 7), 7, 0),
        (FineRule(FLAT, 50_000, 7), 97, 50_000),
        (FineRule(PER_DAY, 1_000, 0, 20_000), 15, 15_000),
        (FineRule(PER_DAY, 1_000, 0, 20_000), 97, 20_000),
        (FineRule(PER_WEEK, 5_000), 6, 5_000),  # study material of the design, six days late
        (FineRule(PER_WEEK, 5_000), 7, 5_000),
        (FineRule(PER_WEEK, 5_000), 8, 10_000),
        (FineRule(PER_WEEK, 5_000), 91, 65_000),  # 13 weeks at ₹50.00
        (FineRule(PER_WEEK, 5_000, 7, 200_000), 7, 0),
        (FineRule(PER_WEEK, 5_000, 7, 200_000), 8, 5_000),
        (FineRule(PER_WEEK, 5_000, 7, 200_000), 97, 65_000),  # of the design: overdue 97 days, 13 weeks
        (FineRule(PER_DAY, 1_000, 5), 15, 10_000),
        (FineRule(PER_WEEK, 5_000, 7, 200_000), 400, 200_000),
        (FineRule(PER_WEEK, 5_000, 0, 0), 97, 0),  # at most nothing
        (FineRule(PER_DAY, 1_000), -3, 0),
    ],
)
def test_a_late_fine_grows_after_its_grace_up_to_its_cap(rule, late, paise):
    assert fines.accrued(rule, due_on=DUE_ON, on=DUE_ON + timedelta(days=late)) == paise


@given(
    st.sampled_from([NONE, FLAT, PER_DAY, PER_WEEK]),
    st.integers(1, 10**7),
    st.integers(0, 60),
    st.none() | st.integers(0, 10**8),
    st.integers(-10, 800),
)
def test_a_fine_never_shrinks_and_never_passes_its_cap(kind, paise, grace, cap, late):
    rule = FineRule(kind, paise, grace, cap)
    today, tomorrow = (
        fines.accrued(rule, due_on=DUE_ON, on=DUE_ON + timedelta(days=days)) for days in (late, late + 1)
    )
    assert 0 <= today <= tomorrow
    assert cap is None or tomorrow <= cap


# The cashier's page of the design: 20,000 rupees handed in for what Arshad owes.
OWED = [
    Open(2, date(2026, 8, 16), 1_450_000),
    Open(9, date(2026, 8, 16), 65_000, is_fine=True),
    Open(3, date(2026, 11, 30), 2_950_000),
    Open(4, date(2027, 1, 15), 1_770_000),
]


@pytest.mark.parametrize(
    ("paise", "fine_first", "given_to"),
    [
        (2_000_000, False, {2: 1_450_000, 9: 65_000, 3: 485_000}),
        (2_000_000, True, {9: 65_000, 2: 1_450_000, 3: 485_000}),
        (50_000, True, {9: 50_000}),
        (50_000, False, {2: 50_000}),
        (6_235_001, True, {9: 65_000, 2: 1_450_000, 3: 2_950_000, 4: 1_770_000}),  # ₹0.01 is over
        (0, True, {}),
    ],
)
def test_money_goes_to_the_oldest_due_first(paise, fine_first, given_to):
    found = allocating.allocate(OWED, paise, fine_first=fine_first)
    assert found == given_to
    assert list(found) == list(given_to)


@pytest.mark.parametrize(
    ("wanted", "is_there"),
    [({2: 1_450_000}, True), ({2: 1_450_001}, False), ({2: 0}, False), ({2: -1}, False), ({7: 1}, False), ({}, True)],
)
def test_more_than_is_open_cannot_be_chosen(wanted, is_there):
    assert allocating.chosen(OWED, wanted) is is_there


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10**6), st.booleans()), max_size=12), st.integers(0, 10**7)
)
def test_no_due_gets_more_than_is_open_and_nothing_is_kept_back(rows, paise):
    dues = [Open(key, DUE_ON + timedelta(days=days), left, fine) for key, (days, left, fine) in enumerate(rows)]
    found = allocating.allocate(dues, paise, fine_first=True)
    assert sum(found.values()) == min(paise, sum(one.paise for one in dues))
    assert allocating.chosen(dues, found)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), "25-26"),
        (date(2026, 4, 1), "26-27"),
        (date(2026, 11, 21), "26-27"),
        (date(2027, 3, 31), "26-27"),
        (date(2099, 12, 31), "99-00"),
    ],
)
def test_a_financial_year_begins_in_april(day, year):
    assert numbering.financial_year(day) == year


def test_a_year_knows_its_first_and_last_day():
    assert numbering.year_bounds("26-27") == (date(2026, 4, 1), date(2027, 3, 31))


def test_numbers_are_as_long_as_the_law_allows_and_no_longer():
    assert numbering.number("RCP", "26-27", 4182) == "RCP/26-27/004182"
    assert all(len(numbering.number(one, "26-27", 999_999)) == 16 for one in numbering.PREFIXES.values())
    with pytest.raises(ValueError):
        numbering.number("RCP", "26-27", 1_000_000)
    assert len(set(numbering.PREFIXES.values())) == len(numbering.PREFIXES)
