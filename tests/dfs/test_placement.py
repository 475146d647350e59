"""Which policy, which owner."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dfs.placement import Candidate, Policy, choose, parse_policy, policy_for


@pytest.mark.parametrize(
    ("owners", "expected"), [(0, "1+1"), (1, "1+1"), (2, "1+1"), (3, "1+1"), (4, "2+2"), (5, "3+2"), (50, "3+2")]
)
def test_auto_follows_the_number_of_owners(owners: int, expected: str) -> None:
    assert str(policy_for(owners)) == expected


@pytest.mark.parametrize(("owners", "expected"), [(6, "4+2"), (5, "3+2"), (4, "2+2"), (3, "1+1"), (1, "1+1")])
def test_a_wanted_policy_gives_way_to_the_owners_there_are(owners: int, expected: str) -> None:
    assert str(policy_for(owners, Policy(4, 2))) == expected


def test_a_modest_wish_is_not_exceeded() -> None:
    assert policy_for(9, Policy(2, 1)) == Policy(2, 1)


@pytest.mark.parametrize("text", ["", "3", "3+", "0+1", "3+0", "17+2", "3+9", "three+two", "3+2+1"])
def test_a_policy_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_policy(text)


def test_a_policy_is_read() -> None:
    assert parse_policy("auto") is None
    assert parse_policy(" 4 + 2 ") == Policy(4, 2)


drives = st.lists(
    st.builds(Candidate, st.integers(1, 30), st.sampled_from("abcdefgh"), st.integers(0, 100), takes_new=st.booleans()),
    min_size=1,
    max_size=12,
    unique_by=lambda drive: drive.account,
)


@given(drives, st.lists(st.sets(st.integers(1, 30), max_size=3), min_size=1, max_size=5), st.integers(1, 100))
def test_a_stripe_never_lies_twice_with_an_owner_and_never_without_room(
    candidates: list[Candidate], holders: list[set[int]], size: int
) -> None:
    known = {drive.account: drive for drive in candidates}
    chosen = choose(holders, candidates, size, rng=random.Random(1))
    placed = [known[account] for account in chosen if account is not None]
    if len({drive.owner for drive in candidates}) > 1:
        assert len({drive.owner for drive in placed}) == len(placed)
    for accounts, account in zip(holders, chosen, strict=True):
        if account is not None and account not in accounts:
            assert known[account].takes_new
            assert known[account].free_bytes >= size


@given(st.integers(2, 7), st.data())
def test_what_lies_well_stays(owners: int, data: st.DataObject) -> None:
    candidates = [Candidate(n, f"owner{n}", 100) for n in range(owners)]
    positions = data.draw(st.permutations(range(owners)))[: data.draw(st.integers(1, owners))]
    assert choose([{n} for n in positions], candidates, 200) == list(positions)


def test_a_matching_keeps_as_many_as_possible() -> None:
    """Greedy would keep position 0 on drive 1 and lose position 1."""
    candidates = [Candidate(1, "a", 100), Candidate(2, "b", 100), Candidate(3, "c", 100)]
    assert choose([{1, 2}, {1}], candidates, 10) == [2, 1]


def test_the_roomiest_owner_comes_first() -> None:
    candidates = [Candidate(1, "a", 50), Candidate(2, "b", 500), Candidate(3, "c", 100)]
    assert choose([set(), set()], candidates, 10) == [2, 3]


def test_too_few_owners_leave_a_position_open() -> None:
    candidates = [Candidate(1, "a", 100), Candidate(2, "b", 5)]
    assert choose([set(), set()], candidates, 10) == [1, None]


def test_a_single_owner_takes_both_copies() -> None:
    assert choose([set(), set()], [Candidate(1, "a", 25)], 10) == [1, 1]
    assert choose([set(), set()], [Candidate(1, "a", 15)], 10) == [1, None]
