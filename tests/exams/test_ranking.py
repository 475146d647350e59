"""Ranks with ties as data, and the definitions of a percentile."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.ranking import Candidate, percentiles, ranks

pytestmark = pytest.mark.apart

NEET = [{"by": "SECTION", "name": "Biology"}, {"by": "FEWER_WRONG"}, {"by": "OLDER"}]


def candidate(name: str, total: int, *, biology: int = 0, wrong: int = 0, born: int | None = None) -> Candidate:
    born_on = date(born, 6, 1) if born else None
    return Candidate(name, Decimal(total), {"Biology": Decimal(biology)}, wrong=wrong, born_on=born_on)


def test_equal_totals_share_a_rank_and_the_next_is_left_out():
    found = ranks([candidate(name, total) for name, total in [("a", 9), ("b", 7), ("c", 7), ("d", 5)]])
    assert found == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_ties_are_broken_by_each_rule_in_turn():
    rows = [
        candidate("less biology", 200, biology=90),
        candidate("more wrong", 200, biology=100, wrong=3),
        candidate("younger", 200, biology=100, wrong=1, born=2009),
        candidate("unknown birth", 200, biology=100, wrong=1),
        candidate("older", 200, biology=100, wrong=1, born=2007),
        candidate("twin", 200, biology=100, wrong=1, born=2007),
        candidate("best", 201),
    ]
    assert ranks(rows, NEET) == {
        "best": 1,
        "older": 2,
        "twin": 2,
        "younger": 4,
        "unknown birth": 5,
        "more wrong": 6,
        "less biology": 7,
    }


def test_section_of_a_tie_is_found_whatever_its_case_and_may_be_missing():
    with_it, without = candidate("with", 10, biology=-5), Candidate("without", Decimal(10))
    assert ranks([without, with_it], [{"by": "SECTION", "name": "BIOLOGY"}]) == {"with": 1, "without": 2}


def test_rule_that_is_unknown_is_refused():
    with pytest.raises(ValueError, match="HEIGHT"):
        ranks([candidate("a", 1)], [{"by": "HEIGHT"}])


@pytest.mark.parametrize(
    ("definition", "wanted"),
    [
        ("AT_OR_BELOW", {"a": "100", "b": "75", "c": "75", "d": "25"}),
        ("BELOW", {"a": "75", "b": "25", "c": "25", "d": "0"}),
        ("MIDDLE", {"a": "87.5", "b": "50", "c": "50", "d": "12.5"}),
    ],
)
def test_percentile_is_what_its_definition_says(definition, wanted):
    totals = {"a": Decimal(9), "b": Decimal(7), "c": Decimal(7), "d": Decimal(5)}
    assert percentiles(totals, definition) == {one: Decimal(said) for one, said in wanted.items()}


def test_percentile_of_a_third_has_seven_places():
    totals = {one: Decimal(one) for one in range(3)}
    assert percentiles(totals)[0] == Decimal("33.3333333")
    assert percentiles({}) == {}


@given(st.lists(st.integers(-20, 300), min_size=1, max_size=60))
def test_better_scores_never_rank_or_stand_lower(scores):
    rows = [Candidate(place, Decimal(score)) for place, score in enumerate(scores)]
    rank, standing = ranks(rows), percentiles({one.id: one.total for one in rows})
    for one in rows:
        assert rank[one.id] == 1 + sum(other.total > one.total for other in rows)
        exact = 100 * sum(other.total <= one.total for other in rows) / len(rows)
        assert abs(float(standing[one.id]) - exact) < 1e-6
