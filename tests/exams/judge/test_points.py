"""What the verdicts of a program's tests come to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.judge.points import Scored, Weighed, headline, reckon
from exams.sandbox.protocol import Verdict

pytestmark = pytest.mark.apart

AC, WA, PA, TLE, RE, SE, CE, SK = (
    Scored(one, 0.5 if one is Verdict.PA else float(one is Verdict.AC))
    for one in (
        Verdict.AC,
        Verdict.WA,
        Verdict.PA,
        Verdict.TLE,
        Verdict.RE,
        Verdict.SE,
        Verdict.CE,
        Verdict.SK,
    )
)


def each(points: str, group: int = 1) -> Weighed:
    return Weighed(Decimal(points), group, all_or_nothing=False)


def of_all(points: str, group: int = 2) -> Weighed:
    return Weighed(Decimal(points), group, all_or_nothing=True)


@pytest.mark.parametrize(
    ("tests", "scored", "points", "verdict"),
    [
        ([each("5"), each("5")], [AC, AC], "10", Verdict.AC),
        ([each("5"), each("5")], [AC, WA], "5", Verdict.WA),
        ([each("5"), each("5")], [PA, AC], "7.5", Verdict.PA),
        ([of_all("30"), of_all("30")], [AC, TLE], "0", Verdict.TLE),
        ([of_all("30"), of_all("30")], [AC, PA], "30", Verdict.PA),
        ([of_all("30"), of_all("30")], [AC, AC], "60", Verdict.AC),
        ([each("0"), each("5"), of_all("60")], [WA, AC, RE], "5", Verdict.WA),
        ([of_all("30"), of_all("30")], [WA, SK], "0", Verdict.WA),
        ([each("5"), each("5")], [WA, SE], "0", Verdict.SE),
        ([each("0.1"), each("0.2")], [AC, AC], "0.3", Verdict.AC),
    ],
)
def test_tests_and_groups_give_these_points(tests, scored, points, verdict) -> None:
    found = reckon(tests, scored)
    assert (found.points, found.verdict) == (Decimal(points), verdict)


def test_the_points_of_groups_come_to_the_whole() -> None:
    tests = [each("5"), each("5"), of_all("30"), of_all("30")]
    found = reckon(tests, [AC, WA, AC, AC])
    assert found.of_groups == {1: (Decimal(5), Decimal(10)), 2: (Decimal(60), Decimal(60))}
    assert found.each == (Decimal(5), Decimal(0), Decimal(30), Decimal(30))
    assert found.fraction == Decimal(65) / Decimal(70)


@pytest.mark.parametrize(("scored", "fraction"), [(AC, 1), (WA, 0), (PA, 0)])
def test_without_points_the_headline_decides(scored, fraction) -> None:
    assert reckon([each("0")], [scored]).fraction == fraction


def test_nothing_was_run_when_all_tests_were_skipped() -> None:
    assert headline([Verdict.SK, Verdict.SK]) is Verdict.SK
    assert headline([Verdict.AC, Verdict.CE]) is Verdict.CE


def test_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        reckon([each("1")], [])


WEIGHED = st.builds(Weighed, st.decimals("0", "100", places=2), st.integers(1, 3), st.booleans())
SCORED = st.one_of(
    st.sampled_from([AC, WA, TLE, RE]), st.builds(lambda score: Scored(Verdict.PA, score), st.floats(0.001, 0.999))
)


@given(st.lists(st.tuples(WEIGHED, SCORED), min_size=1, max_size=20))
def test_points_stay_between_nothing_and_the_most(pairs) -> None:
    tests, scored = zip(*pairs, strict=True)
    found = reckon(tests, scored)
    assert Decimal(0) <= found.points <= found.most
    assert sum((had for had, _most in found.of_groups.values()), Decimal(0)) == found.points
    assert (found.verdict is Verdict.AC) == all(one.verdict is Verdict.AC for one in scored)


@given(st.lists(st.tuples(WEIGHED, SCORED), min_size=1, max_size=20), st.data())
def test_one_more_right_test_never_costs_points(pairs, data) -> None:
    tests, scored = map(list, zip(*pairs, strict=True))
    at = data.draw(st.integers(0, len(tests) - 1))
    better = [*scored[:at], AC, *scored[at + 1 :]]
    assert reckon(tests, better).points >= reckon(tests, scored).points
