"""Pairs whose wrong answers are alike: copiers are found, others hardly ever, and nobody is ruled out wrongly."""

import math
import random
from functools import cache
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exams import alike

pytestmark = pytest.mark.apart

Wrong = dict[int, str]


def hall(students: int, questions: int, *, seed: int, numbers: float = 0.2) -> list[Wrong]:
    """Who writes for himself: wrong with a chance of his own, then one of three options, some better liked, or one of
    many numbers."""
    chance = random.Random(seed)
    liked = [[chance.random() ** 2 + 0.1 for _option in "acd"] for _question in range(questions)]
    typed = [chance.random() < numbers for _question in range(questions)]

    def said(place: int) -> str:
        if typed[place]:
            return str(chance.choice([1, 2, 10] if chance.random() < 0.4 else range(100)))
        return chance.choices("acd", liked[place])[0]

    weak = [chance.uniform(0.1, 0.7) for _student in range(students)]
    return [{place: said(place) for place in range(questions) if chance.random() < share} for share in weak]


def tempted(students: int, questions: int, *, seed: int) -> list[Wrong]:
    """Strong and weak students, the strong first, fall for other options."""
    chance = random.Random(seed)
    pull = [[(chance.gauss(0, 1), chance.gauss(0, 1)) for _option in "acd"] for _question in range(questions)]
    found: list[Wrong] = []
    for student in range(students):
        strength = 2 - 4 * student / students
        weights = [[math.exp(base + slope * strength) for base, slope in one] for one in pull]
        share = 0.45 - 0.15 * strength
        places = [place for place in range(questions) if chance.random() < share]
        found.append({place: chance.choices("acd", weights[place])[0] for place in places})
    return found


def copied(source: Wrong, own: Wrong, share: float, *, seed: int) -> Wrong:
    """He took over that share of what the other had wrong."""
    chance = random.Random(seed)
    return own | {place: answer for place, answer in source.items() if chance.random() < share}


def unscreened(students: list[Wrong], bound: float, *, groups: int = 1) -> dict[tuple[int, int], float]:
    """Every pair by the plain formulas."""
    chances, found = alike.same_by_chance(students), {}
    pairs = list(combinations(range(len(students)), 2))
    group_of = [place * groups // len(students) for place in range(len(students))]

    @cache
    def chance(place: int, one: int, other: int) -> float:
        said = [
            [wrong.get(place) for wrong, group in zip(students, group_of, strict=True) if group == g]
            for g in (one, other)
        ]
        drawn = permutations(said[0], 2) if one == other else product(*said)
        both = [a == b for a, b in drawn if a is not None and b is not None]
        share = (sum(both) + 20 * chances[place]) / (len(both) + 20)
        return max(share, chances[place])

    for first, second in pairs:
        one, other = students[first], students[second]
        both = [place for place in one if place in other]
        same = sum(one[place] == other[place] for place in both)
        by_groups = [chance(place, *sorted((group_of[first], group_of[second]))) for place in both]
        expected = alike.tail(by_groups, same) * len(pairs)
        if expected <= bound:
            found[first, second] = expected
    return found


@settings(max_examples=25)
@given(st.lists(st.floats(0, 1), max_size=9), st.integers(-1, 10))
def test_the_tail_is_the_sum_over_all_ways(chances: list[float], least: int) -> None:
    exactly = np.array([1.0])
    for chance in chances:
        exactly = np.convolve(exactly, [1 - chance, chance])
    assert alike.tail(chances, least) == pytest.approx(exactly[max(least, 0) :].sum(), rel=1e-9, abs=1e-15)


def test_a_very_small_tail_keeps_its_digits() -> None:
    assert alike.tail([0.1] * 20, 20) == pytest.approx(1e-20, rel=1e-9)


def test_chance_is_the_share_of_pairs_who_said_the_same() -> None:
    students: list[Wrong] = [{0: "a", 1: "x"}, {0: "a"}, {0: "a"}, {0: "c"}, {2: "b"}]
    assert alike.same_by_chance(students) == {0: 0.5}  # 3 of 6 pairs; the others have nobody to be like


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_ruled_out_who_is_alike_so_rarely(seed: int) -> None:
    students = hall(36, 40, seed=seed, numbers=seed / 6)
    students[1] = copied(students[0], students[1], 0.8, seed=seed)
    students[3] = copied(students[2], {}, 1, seed=seed)
    for bound in (0.05, 20):
        found = alike.find(students, bound=bound)
        wanted = unscreened(students, bound)
        assert {(one.first, one.second): one.expected for one in found.pairs} == pytest.approx(wanted)
        assert found.count == len(wanted)
        assert [one.expected for one in found.pairs] == sorted(one.expected for one in found.pairs)
    assert found.compared == 36 * 35 // 2


def test_nobody_is_ruled_out_where_students_are_in_groups() -> None:
    students = tempted(75, 30, seed=4)
    students[60] = copied(students[70], students[60], 0.8, seed=4)
    found = alike.find(students, bound=20)
    wanted = unscreened(students, 20, groups=2)
    assert {(one.first, one.second): one.expected for one in found.pairs} == pytest.approx(wanted)
    assert len(wanted) > 3


def test_who_writes_for_himself_is_hardly_ever_listed() -> None:
    """Promised is that 0.05 pairs of a test are listed on average, 2 of 40 tests; more than 7 come once in 900 times
    (Poisson)."""
    assert sum(alike.find(hall(40, 45, seed=1000 + seed)).count for seed in range(40)) <= 7


def test_nor_where_the_strong_and_the_weak_fall_for_other_options() -> None:
    """Without groups this lists one pair in every test."""
    assert sum(alike.find(tempted(150, 60, seed=seed)).count for seed in range(15)) <= 4


def test_who_copied_is_found_and_named_first() -> None:
    for seed in range(5):
        students = hall(80, 75, seed=50 + seed)
        one, other = sorted(range(80), key=lambda place: -len(students[place]))[20:22]
        students[other] = copied(students[one], students[other], 0.8, seed=seed)
        found = alike.find(students).pairs
        assert {found[0].first, found[0].second} == {one, other}
        assert found[0].expected < 0.001
        assert all(students[one][place] == students[other][place] for place in found[0].same)


def test_of_equal_blank_papers_and_of_equal_right_ones_nothing_is_said() -> None:
    assert alike.find([{}] * 30) == alike.Found((), 0, 435)
    assert alike.find([]) == alike.Found((), 0, 0)
    assert alike.find([{0: "a"}]) == alike.Found((), 0, 0)


def test_a_mistake_all_make_is_nobodys_sign() -> None:
    """A wrong key makes all alike; true or false leaves one way to be wrong."""
    assert alike.find([dict.fromkeys(range(60), "c")] * 50).count == 0


def test_of_very_many_pairs_the_rarest_are_listed_and_all_counted() -> None:
    groups = [{place: f"{group}-{place}" for place in range(30)} for group in range(20)]
    found = alike.find([one for one in groups for _copy in range(6)])
    assert found.count == 20 * 15
    assert len(found.pairs) == alike.MOST_LISTED
