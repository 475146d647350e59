"""Parity: any j of j + p blocks give every other back."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dfs import stripes
from tests.dfs.conftest import content


@settings(max_examples=60)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4), st.integers(1, 3), st.data())
def test_any_survivors_give_every_block_back(lengths: list[int], p: int, data: st.DataObject) -> None:
    j, longest = len(lengths), max(lengths)
    blocks = [content(length, seed=number) for number, length in enumerate(lengths)]
    everything = dict(enumerate(blocks + stripes.parity(blocks, p)))
    survivors = data.draw(st.permutations(range(j + p)))[:j]
    for wanted in range(j + p):
        found = stripes.recover({n: everything[n] for n in survivors}, j, p, longest, wanted)
        assert found[: len(everything[wanted])] == everything[wanted]
        assert not any(found[len(everything[wanted]) :])


def test_recovering_twice_from_the_same_blocks_gives_the_same() -> None:
    """zfec's decoder permutes what it is handed; ours must not let that show."""
    blocks = [content(100, seed=n) for n in range(3)]
    known = {4: stripes.parity(blocks, 2)[1], 2: blocks[2], 3: stripes.parity(blocks, 2)[0]}
    for _again in range(3):
        assert stripes.recover(known, 3, 2, 100, 0) == blocks[0]
        assert stripes.recover(known, 3, 2, 100, 1) == blocks[1]


def test_a_row_of_parity_does_not_depend_on_how_many_rows_there_are() -> None:
    """Policies with the same k share their parity objects."""
    blocks = [content(64, seed=n) for n in range(3)]
    assert stripes.parity(blocks, 4)[:2] == stripes.parity(blocks, 2)


def test_parity_of_one_block_is_a_copy() -> None:
    assert stripes.parity([b"only"], 2) == [b"only", b"only"]


def test_too_few_blocks_are_refused() -> None:
    blocks = [content(10, seed=n) for n in range(3)]
    parity = stripes.parity(blocks, 2)
    for survivors in combinations(range(5), 2):
        known = {n: (blocks + parity)[n] for n in survivors}
        wanted = next(n for n in range(5) if n not in survivors)
        with pytest.raises(ValueError):
            stripes.recover(known, 3, 2, 10, wanted)
