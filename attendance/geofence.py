"""Whether somebody is where the class is, by what his phone says and how sure it is. Pure.

`accuracy` is the radius, in metres, within which the position lies in 95 of 100 cases. Distances are great circles on a
sphere, at most 0.54 % off the ellipsoid in India, which is less than any phone's accuracy.

Source: W3C Geolocation (accuracy); docs/decisions/attendance.md for the limits.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

EARTH_M = 6_371_008.8
"""Mean radius (IUGG)."""
SLACK_M = 1e-6
STALE_MS = 30_000
OLDEST_MS = 24 * 3600 * 1000
"""What a phone kept longer than this while it had no connection is not taken."""
ABSURD_M = 20_037_509.0
"""Half the way around the earth: no position is less certain."""


class Verdict(StrEnum):
    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    UNCERTAIN = "UNCERTAIN"
    LOW_ACCURACY = "LOW_ACCURACY"
    STALE = "STALE"


class NotAPosition(ValueError):
    """What was sent is no position on earth; `field` says which part."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in degrees with its accuracy in metres and its age in milliseconds."""

    latitude: float
    longitude: float
    accuracy_m: float
    age_ms: int

    @classmethod
    def of(cls, latitude: Any, longitude: Any, accuracy: Any, age_ms: Any) -> "Fix":
        """As JSON brought it. Raises: NotAPosition for no number, nowhere on earth, or exactly 0/0 (a default)."""
        north = _number(latitude, "latitude", -90, 90)
        east = _number(longitude, "longitude", -180, 180)
        if north == 0 and east == 0:
            raise NotAPosition("latitude")
        radius = _number(accuracy, "accuracy", 0, ABSURD_M)
        if radius <= 0:
            raise NotAPosition("accuracy")
        return cls(north, east, radius, int(_number(age_ms, "fix_age_ms", 0, OLDEST_MS)))


@dataclass(frozen=True, slots=True)
class Fence:
    """A circle around the middle of a place; `key` names it to the caller."""

    key: int
    latitude: float
    longitude: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict, and what it rests on: the nearest fence and the metres to its middle."""

    verdict: Verdict
    fence: Fence
    distance_m: float


def distance_m(a_latitude: float, a_longitude: float, b_latitude: float, b_longitude: float) -> float:
    """Along the great circle, by the haversine formula."""
    a, b = math.radians(a_latitude), math.radians(b_latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(b_longitude - a_longitude) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, half)))


def decide(fix: Fix, fences: Iterable[Fence], *, most_accuracy_m: float) -> Finding:
    """The verdict on the nearest of at least one fence.

    With distance d, accuracy a and radius R: too old; a above the limit; d + a/2 <= R inside; d - a > R outside;
    between them uncertain. The limit on a comes first, for without it "somewhere within 5 km" would be inside.
    """
    ranked = [(distance_m(fix.latitude, fix.longitude, one.latitude, one.longitude), one) for one in fences]
    far, fence = min(ranked, key=lambda pair: (pair[0] - pair[1].radius_m, pair[1].key))
    return Finding(_verdict(fix, far, fence.radius_m, most_accuracy_m), fence, far)


def _verdict(fix: Fix, far: float, radius_m: float, most_accuracy_m: float) -> Verdict:
    if fix.age_ms > STALE_MS:
        return Verdict.STALE
    if fix.accuracy_m > most_accuracy_m + SLACK_M:
        return Verdict.LOW_ACCURACY
    if far + fix.accuracy_m / 2 <= radius_m + SLACK_M:
        return Verdict.INSIDE
    if far - fix.accuracy_m > radius_m + SLACK_M:
        return Verdict.OUTSIDE
    return Verdict.UNCERTAIN


def speed_kmh(metres: float, seconds: float) -> float:
    """Between two positions; infinite when there was no time between them."""
    return math.inf if seconds <= 0 else metres / seconds * 3.6


def _number(value: Any, field: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise NotAPosition(field)  # NaN is between nothing
    return float(value)
