"""Where somebody is: distances, the verdict and its limits, and what is no position."""

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance.geofence import (
    ABSURD_M,
    EARTH_M,
    OLDEST_MS,
    SLACK_M,
    STALE_MS,
    Fence,
    Fix,
    NotAPosition,
    Verdict,
    decide,
    distance_m,
    speed_kmh,
)

pytestmark = pytest.mark.apart

NASHIK = (20.0064, 73.7645)
HERE = Fence(1, *NASHIK, 100.0)
A_DEGREE_M = math.radians(1) * EARTH_M

latitudes = st.floats(8, 34.5)
longitudes = st.floats(68, 97.5)
accuracies = st.floats(0.1, 5_000)
radii = st.floats(30, 1_000)


def north(metres: float, *, accuracy: float = 20.0, age_ms: int = 0) -> Fix:
    return Fix(NASHIK[0] + metres / A_DEGREE_M, NASHIK[1], accuracy, age_ms)


def verdict(metres: float, *, accuracy: float = 20.0, age_ms: int = 0, limit: float = 150) -> Verdict:
    return decide(north(metres, accuracy=accuracy, age_ms=age_ms), [HERE], most_accuracy_m=limit).verdict


@pytest.mark.parametrize(
    ("metres", "accuracy", "found"),
    [
        (0, 20, Verdict.INSIDE),
        (89.9, 20, Verdict.INSIDE),
        (90, 20, Verdict.INSIDE),  # d + a/2 = R
        (90.01, 20, Verdict.UNCERTAIN),
        (120, 20, Verdict.UNCERTAIN),  # d - a = R
        (120.01, 20, Verdict.OUTSIDE),
        (25, 150, Verdict.INSIDE),
        (25.01, 150, Verdict.UNCERTAIN),
        (0, 150.01, Verdict.LOW_ACCURACY),
        (3_000, 5_000, Verdict.LOW_ACCURACY),  # at home and "somewhere within 5 km"
        (240, 12, Verdict.OUTSIDE),
    ],
)
def test_verdict_at_its_limits(metres, accuracy, found):
    assert verdict(metres, accuracy=accuracy) == found


def test_position_is_fresh_for_thirty_seconds_included():
    assert verdict(0, age_ms=STALE_MS) == Verdict.INSIDE
    assert verdict(0, age_ms=STALE_MS + 1) == Verdict.STALE
    assert verdict(9_000, age_ms=STALE_MS + 1) == Verdict.STALE


def test_known_distances():
    assert distance_m(0, 0, 1, 0) == pytest.approx(111_195.08, abs=0.1)
    assert distance_m(19.0760, 72.8777, 18.5204, 73.8567) == pytest.approx(120_150, rel=0.001)  # Mumbai to Pune
    assert distance_m(90, 0, -90, 0) == pytest.approx(math.pi * EARTH_M)
    assert distance_m(10, 179.9999, 10, -179.9999) < 25


def test_nearest_fence_is_the_one_whose_edge_is_nearest():
    small, large = Fence(1, NASHIK[0], NASHIK[1], 30), Fence(2, NASHIK[0] + 400 / A_DEGREE_M, NASHIK[1], 300)
    found = decide(north(120), [small, large], most_accuracy_m=150)
    assert (found.fence.key, found.verdict) == (2, Verdict.INSIDE)


def test_two_fences_alike_give_the_first_by_its_key():
    twins = [replace(HERE, key=9), replace(HERE, key=4)]
    assert decide(north(10), twins, most_accuracy_m=150).fence.key == 4


@given(latitudes, longitudes, latitudes, longitudes)
def test_distance_is_the_same_both_ways_and_never_negative(a, b, c, d):
    there, back = distance_m(a, b, c, d), distance_m(c, d, a, b)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= math.pi * EARTH_M
    assert distance_m(a, b, a, b) == 0


@given(latitudes, longitudes, latitudes, longitudes, latitudes, longitudes)
def test_no_way_round_is_shorter(a, b, c, d, e, f):
    assert distance_m(a, b, e, f) <= distance_m(a, b, c, d) + distance_m(c, d, e, f) + 1e-3


@given(st.floats(0, 3_000), st.floats(0.1, 150), radii)
def test_verdict_follows_the_rule_as_it_is_written(metres, accuracy, radius):
    found = decide(north(metres, accuracy=accuracy), [replace(HERE, radius_m=radius)], most_accuracy_m=150)
    d, a, r = found.distance_m, accuracy, radius + SLACK_M
    wanted = Verdict.INSIDE if d + a / 2 <= r else Verdict.OUTSIDE if d - a > r else Verdict.UNCERTAIN
    assert found.verdict == wanted


@given(st.floats(0, 3_000), st.floats(0.1, 150), st.floats(0, 500))
def test_who_is_nearer_is_never_judged_worse(metres, accuracy, nearer_m):
    order = [Verdict.INSIDE, Verdict.UNCERTAIN, Verdict.OUTSIDE]
    far, near = verdict(metres, accuracy=accuracy), verdict(max(0, metres - nearer_m), accuracy=accuracy)
    assert order.index(near) <= order.index(far)


@given(st.floats(0, 3_000), st.floats(0.1, 150), st.floats(0, 100))
def test_claiming_to_be_less_sure_never_brings_somebody_inside(metres, accuracy, vaguer_m):
    assume(verdict(metres, accuracy=accuracy) != Verdict.INSIDE)
    assert verdict(metres, accuracy=accuracy + vaguer_m) != Verdict.INSIDE


@given(accuracies, st.floats(20, 500))
def test_nothing_less_certain_than_the_limit_decides(accuracy, limit):
    assume(accuracy > limit + 1)
    assert verdict(0, accuracy=accuracy, limit=limit) == Verdict.LOW_ACCURACY


@given(latitudes, longitudes, accuracies, st.integers(0, OLDEST_MS))
def test_every_position_in_india_is_one(latitude, longitude, accuracy, age_ms):
    assert Fix.of(latitude, longitude, accuracy, age_ms) == Fix(latitude, longitude, accuracy, age_ms)


@given(
    st.sampled_from(range(4)),
    st.one_of(st.text(), st.booleans(), st.none(), st.lists(st.integers()), st.just(math.nan), st.just(math.inf)),
)
def test_what_is_no_number_is_no_position(place, value):
    numbers = [20.0, 73.0, 10.0, 500]
    numbers[place] = value
    with pytest.raises(NotAPosition) as refusal:
        Fix.of(*numbers)
    assert refusal.value.field == ("latitude", "longitude", "accuracy", "fix_age_ms")[place]


@pytest.mark.parametrize(
    "numbers",
    [
        (0, 0, 10, 0),
        (90.0001, 73, 10, 0),
        (20, 180.0001, 10, 0),
        (20, 73, 0, 0),
        (20, 73, -1, 0),
        (20, 73, ABSURD_M + 1, 0),
        (20, 73, 10, -1),
        (20, 73, 10, OLDEST_MS + 1),
        (10**400, 73, 10, 0),
    ],
)
def test_what_is_nowhere_is_no_position(numbers):
    with pytest.raises(NotAPosition):
        Fix.of(*numbers)


def test_equator_and_meridian_are_places():
    assert Fix.of(0, 73, 10, 0).latitude == 0
    assert Fix.of(20, 0, 10, 0).longitude == 0


def test_speed_between_two_positions():
    assert speed_kmh(1_000, 60) == pytest.approx(60)
    assert speed_kmh(1, 0) == math.inf
