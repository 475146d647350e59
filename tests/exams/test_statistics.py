"""The figures of an analysis are those of NumPy and SciPy, to 1e-9, and None where there is none."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from exams import statistics as ours

pytestmark = pytest.mark.apart

CLOSE: dict[str, Any] = {"rel": 1e-9, "abs": 1e-9}


def marks(count: int, *, seed: int, low: int = -6000, high: int = 30000) -> list[Decimal]:
    """Totals with two places, negative ones among them."""
    return [Decimal(int(one)).scaleb(-2) for one in np.random.default_rng(seed).integers(low, high, count)]


def answers(students: int, questions: int, *, seed: int) -> list[list[Decimal]]:
    """Marks by question and student, as strong students have them: 4, -1, 0 or a part."""
    chance = np.random.default_rng(seed)
    strength, hardness = chance.normal(size=students), chance.normal(size=questions)
    drawn = chance.random((questions, students)) < 1 / (1 + np.exp(hardness[:, None] - strength[None, :]))
    parts = chance.choice(["-1", "0", "1.33"], size=(questions, students))
    return [
        [Decimal(4) if is_right else Decimal(str(part)) for is_right, part in zip(*both, strict=True)]
        for both in zip(drawn, parts, strict=True)
    ]


@pytest.mark.parametrize(("count", "seed"), [(2, 1), (3, 2), (7, 3), (64, 4), (1001, 5)])
def test_averages_and_spread_are_numpys(count: int, seed: int) -> None:
    values = marks(count, seed=seed)
    floats = np.array([float(one) for one in values])
    assert ours.mean(values) == pytest.approx(floats.mean(), **CLOSE)
    assert ours.variance(values) == pytest.approx(floats.var(ddof=1), **CLOSE)
    assert ours.sd(values) == pytest.approx(floats.std(ddof=1), **CLOSE)
    assert ours.quartiles(values) == pytest.approx(tuple(np.percentile(floats, [25, 50, 75])), **CLOSE)
    for share in (Fraction(0), Fraction(1, 10), Fraction(9, 10), Fraction(1)):
        wanted = np.percentile(floats, float(share) * 100, method="linear")
        assert ours.quantile(sorted(values), share) == pytest.approx(wanted, **CLOSE)


def test_a_million_beside_a_small_spread_costs_no_digits() -> None:
    values = [Decimal("900000.01"), Decimal("900000.02"), Decimal("900000.03")]
    assert ours.sd(values) == pytest.approx(0.01, rel=1e-12)


def test_of_one_student_there_is_no_spread_and_of_nobody_no_mean() -> None:
    one = [Decimal("7.5")]
    assert (ours.mean(one), ours.sd(one), ours.quartiles(one)) == (7.5, None, (7.5, 7.5, 7.5))
    assert (ours.mean([]), ours.sd([]), ours.quartiles([])) == (None, None, (None, None, None))
    assert ours.sd([Decimal(3)] * 5) == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_the_median_of_counts_is_that_of_the_values(seed: int) -> None:
    counts = [(n * 3, int(many)) for n, many in enumerate(np.random.default_rng(seed).integers(0, 5, 12))]
    values = [value for value, many in counts for _one in range(many)]
    assert ours.median_of_counts(counts) == np.median(values)
    assert ours.median_of_counts([]) is None
    assert ours.median_of_counts([(4, 1)]) == 4


@pytest.mark.parametrize(
    ("most", "width", "bars"),
    [(1, 1, 1), (10, 1, 10), (20, 2, 10), (40, 5, 8), (100, 10, 10), (180, 20, 9), (300, 30, 10), (720, 100, 8)],
)
def test_bars_are_as_wide_as_people_count(most: int, width: int, bars: int) -> None:
    found = ours.histogram([Decimal(0), Decimal(most)], most=most)
    assert (found.start, found.width, len(found.counts)) == (0, width, bars)
    assert found.counts[-1] == (1 if bars > 1 else 2)  # full marks are in the last bar


@pytest.mark.parametrize("seed", range(3))
def test_bars_count_as_numpy_counts(seed: int) -> None:
    values = marks(500, seed=seed)
    found = ours.histogram(values, most=Decimal(300))
    edges = [found.start + n * found.width for n in range(len(found.counts) + 1)]
    assert list(found.counts) == list(np.histogram([float(one) for one in values], bins=edges)[0])
    assert found.start < 0
    assert sum(found.counts) == 500


def test_marks_below_nothing_and_above_everything_have_bars() -> None:
    found = ours.histogram([Decimal("-3.25"), Decimal(0), Decimal("41.5")], most=Decimal(40))
    assert (found.start, found.width, sum(found.counts), found.counts[0]) == (-5, 5, 3, 1)
    assert ours.histogram([], most=0).counts == (0,)
    assert sum(ours.histogram([Decimal(10**6)], most=10**6).counts) == 1


@pytest.mark.parametrize(("students", "seed"), [(5, 1), (64, 2), (999, 3)])
def test_point_biserial_is_scipys_against_the_rest(students: int, seed: int) -> None:
    rows = answers(students, 12, seed=seed)
    totals = [sum(one) for one in zip(*rows, strict=True)]
    compared = 0
    for row in rows:
        right = [int(one == 4) for one in row]
        rest = [total - own for total, own in zip(totals, row, strict=True)]
        found = ours.point_biserial(right, rest)
        if found is not None:
            wanted = stats.pointbiserialr(right, [float(one) for one in rest]).statistic
            assert found == pytest.approx(wanted, **CLOSE)
            compared += 1
    assert compared >= 5


def test_without_any_difference_nothing_goes_together() -> None:
    assert ours.point_biserial([1, 1, 1], [Decimal(1), Decimal(2), Decimal(3)]) is None
    assert ours.point_biserial([0, 0], [Decimal(1), Decimal(2)]) is None
    assert ours.point_biserial([0, 1], [Decimal(2), Decimal(2)]) is None
    assert ours.point_biserial([], []) is None
    assert ours.point_biserial([0, 1], [Decimal(2), Decimal(3)]) == pytest.approx(1)
    with pytest.raises(ValueError, match="as many"):
        ours.point_biserial([0, 1], [Decimal(2)])


@pytest.mark.parametrize(("students", "questions", "seed"), [(2, 2, 7), (30, 5, 2), (200, 40, 3)])
def test_alpha_is_that_of_numpys_variances(students: int, questions: int, seed: int) -> None:
    rows = answers(students, questions, seed=seed)
    table = np.array([[float(one) for one in row] for row in rows])
    shares = table.var(axis=1, ddof=1).sum() / table.sum(axis=0).var(ddof=1)
    assert ours.alpha(rows) == pytest.approx(questions / (questions - 1) * (1 - shares), **CLOSE)


def test_there_is_no_alpha_of_one_question_one_student_or_equal_totals() -> None:
    assert ours.alpha([]) is None
    assert ours.alpha([[Decimal(1), Decimal(2)]]) is None
    assert ours.alpha([[Decimal(1)], [Decimal(2)]]) is None
    assert ours.alpha([[Decimal(1), Decimal(2)], [Decimal(2), Decimal(1)]]) is None
    assert ours.alpha([[Decimal(0)] * 4, [Decimal(0)] * 4]) is None


@pytest.mark.parametrize(("count", "size"), [(2, 1), (3, 1), (5, 1), (6, 2), (10, 3), (50, 14), (64, 17), (100, 27)])
def test_the_groups_are_27_percent_each(count: int, size: int) -> None:
    assert ours.group_size(count) == size
    right = [1] * size + [0] * (count - size)
    assert ours.discrimination(right) == 1
    assert ours.discrimination(right[::-1]) == -1
    assert ours.difficulty(right) == size / count


def test_one_student_tells_nobody_apart() -> None:
    assert (ours.discrimination([1]), ours.discrimination([]), ours.difficulty([])) == (None, None, None)
