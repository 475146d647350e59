"""A plan of where a check-in was sent from: the venue's circle, the point with its accuracy, a scale. Pure.

Drawn by ourselves, so that no coordinates go to a map of somebody else's. North is up; over the few kilometres of a
plan the earth is flat.
"""

import math
from dataclasses import dataclass

from attendance.geofence import EARTH_M, Fence

WIDTH, HEIGHT, EDGE = 480, 320, 28
LEAST_MARK = 3.0
"""So wide a circle is drawn at least, however far away the other one is."""
BAR = 110
"""About so long the bar of the scale is at most."""
MOST_DRAWN_ACCURACY = 3
"""An accuracy beyond so many times everything else would leave of that a dot: its circle then leaves the plan."""


@dataclass(frozen=True, slots=True)
class Circle:
    """As attributes of an SVG element."""

    x: str
    y: str
    radius: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is drawn, in units of the picture; `bar_m` metres are `bar` long."""

    venue: Circle | None
    point: Circle
    accuracy: Circle
    bar: str
    bar_m: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bar_words(self) -> str:
        """What stands at the bar."""
        return f"{self.bar_m // 1000} km" if self.bar_m >= 1000 else f"{self.bar_m} m"


def plan_of(fence: Fence | None, latitude: float, longitude: float, accuracy_m: float) -> Plan:
    """The plan of a position, with a venue or without one."""
    east, north = _offset(fence, latitude, longitude) if fence else (0.0, 0.0)
    rings = [(0.0, 0.0, fence.radius_m)] if fence else []
    needed = max([math.hypot(east, north), *(radius for _x, _y, radius in rings), 1.0])
    rings.append((east, north, min(accuracy_m, MOST_DRAWN_ACCURACY * needed)))
    left, right = min(x - r for x, _y, r in rings), max(x + r for x, _y, r in rings)
    low, high = min(y - r for _x, y, r in rings), max(y + r for _x, y, r in rings)
    scale = min((WIDTH - 2 * EDGE) / (right - left), (HEIGHT - 2 * EDGE) / (high - low))
    middle_x, middle_y = (left + right) / 2, (low + high) / 2

    def circle(x: float, y: float, radius: float) -> Circle:
        across, down = WIDTH / 2 + (x - middle_x) * scale, HEIGHT / 2 - (y - middle_y) * scale
        return Circle(f"{across:.1f}", f"{down:.1f}", f"{max(LEAST_MARK, radius * scale):.1f}")

    bar_m = _round_below(BAR / scale)
    venue = circle(0, 0, fence.radius_m) if fence else None
    return Plan(venue, circle(east, north, 0), circle(east, north, accuracy_m), f"{bar_m * scale:.1f}", bar_m)


def _offset(fence: Fence, latitude: float, longitude: float) -> tuple[float, float]:
    """Metres east and north of the middle of the fence, the short way around the earth."""
    turn = (longitude - fence.longitude + 180) % 360 - 180
    east = math.radians(turn) * math.cos(math.radians((latitude + fence.latitude) / 2)) * EARTH_M
    return east, math.radians(latitude - fence.latitude) * EARTH_M


def _round_below(metres: float) -> int:
    """1, 2 or 5 times a power of ten, not above `metres`; at least one metre."""
    power: int = 10 ** max(0, math.floor(math.log10(max(metres, 1.0))))
    return max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0))
