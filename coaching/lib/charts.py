"""Where the points of a chart lie, in percent of its box: drawn without a view box, so that no text is stretched. Pure.

`components/chart_line.html` draws it. A chart has a caption that states the finding and the numbers in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

ROOM_BELOW = 20
"""From so many percent on there is room for a word under a dot."""
LABELS = 4
"""So many fit under a chart on a phone."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value from 0 to 100, None where there is none; `label` says when."""

    label: str
    percent: int | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A point in its place. `is_last` has its value beside it: below when it `is_dip`, as the line comes from above."""

    x: str
    y: str
    label: str
    percent: int
    is_low: bool
    is_last: bool
    is_dip: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """The line from one dot to the next."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the chart; `anchor` is start, middle or end."""

    x: str
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """One line between 0 and 100 percent, and the line that is wanted."""

    dots: tuple[Dot, ...]
    pieces: tuple[Piece, ...]
    ticks: tuple[Tick, ...]
    wanted: str
    wanted_label: str
    points: tuple[Point, ...]


def line_chart(points: Sequence[Point], *, wanted: int, wanted_label: str) -> LineChart:
    """Evenly spaced points; where one is missing the line goes on to the next."""
    steps = max(1, len(points) - 1)
    known = [(number, point, point.percent) for number, point in enumerate(points) if point.percent is not None]
    dots = tuple(
        Dot(
            _at(number, steps),
            _down(value),
            point.label,
            value,
            is_low=value < wanted,
            is_last=number == known[-1][0],
            is_dip=value >= ROOM_BELOW and any(value < before for _number, _point, before in known[-3:]),
        )
        for number, point, value in known
    )
    pieces = tuple(Piece(one.x, one.y, two.x, two.y) for one, two in pairwise(dots))
    return LineChart(dots, pieces, _ticks(points, steps), _down(wanted), wanted_label, tuple(points))


def _ticks(points: Sequence[Point], steps: int) -> tuple[Tick, ...]:
    """Labels at both ends and evenly between."""
    many = min(LABELS, len(points))
    places = sorted({round(step * (len(points) - 1) / max(1, many - 1)) for step in range(many)})
    anchors = {places[0]: "start", places[-1]: "end"} if len(places) > 1 else {}
    return tuple(Tick(_at(place, steps), points[place].label, anchors.get(place, "middle")) for place in places)


def _at(number: int, steps: int) -> str:
    return f"{number * 100 / steps:.2f}%"


def _down(percent: int) -> str:
    return f"{100 - percent}%"
