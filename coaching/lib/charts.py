"""Where the parts of a chart lie, in percent of its box: drawn without a view box, so that no text is stretched. Pure.

`components/chart_line.html`, `chart_histogram.html` and `chart_shares.html` draw them. A chart has a caption that
states the finding and the numbers in a table.
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


# --- Histogram --------------------------------------------------------------------------------------------------------

HIGHEST_BAR = 86
"""Percent of the height: above it stands its count, and what is said of the line."""
MOST_EDGES = 12
"""So many edges are labelled on a phone."""
HEAT_FROM = (30, 45, 60, 75)
"""From so many percent on a cell of a heat map is of the next level."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A class of a histogram: `count` values from `since` to below `until`; its count is said at `label_x`."""

    x: str
    y: str
    width: str
    height: str
    label_x: str
    count: int
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Box:
    """The middle half of the values with their median, between the least and the highest."""

    least: str
    q1: str
    median: str
    q3: str
    highest: str
    width: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each class, and where their mean is; `mean_anchor` is start or end."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    mean: str
    mean_anchor: str
    box: Box


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of values besides how many lie where."""

    mean: float
    least: float
    q1: float
    median: float
    q3: float
    highest: float


def histogram(counts: Sequence[int], *, start: float, width: float, spread: Spread) -> Histogram:
    """Classes of the same `width` from `start` on; each has its count above it, beside the line of the mean."""
    edges = [start + width * number for number in range(len(counts) + 1)]
    reach = max(edges[-1] - start, 1e-9)

    def across(value: float) -> float:
        return min(max((value - start) * 100 / reach, 0.0), 100.0)

    tallest, mean = max(counts, default=0) or 1, across(spread.mean)
    bars = tuple(
        _bar(count, across(since), across(until), mean, count * HIGHEST_BAR / tallest, (_plain(since), _plain(until)))
        for count, (since, until) in zip(counts, pairwise(edges), strict=True)
    )
    every = -(-len(edges) // MOST_EDGES)
    ticks = tuple(Tick(_percent(across(edge)), _plain(edge), "middle") for edge in edges[::every])
    box = Box(
        least=_percent(across(spread.least)),
        q1=_percent(across(spread.q1)),
        median=_percent(across(spread.median)),
        q3=_percent(across(spread.q3)),
        highest=_percent(across(spread.highest)),
        width=_percent(across(spread.q3) - across(spread.q1)),
    )
    return Histogram(bars, ticks, _percent(mean), "end" if mean > 70 else "start", box)


def _bar(count: int, left: float, right: float, mean: float, height: float, names: tuple[str, str]) -> Bar:
    middle = (left + right) / 2
    if left < mean < right:  # in the half that is free of the line
        middle = (left + mean) / 2 if mean > middle else (mean + right) / 2
    return Bar(
        _percent(left),
        _percent(100 - height),
        _percent(right - left),
        _percent(height),
        _percent(middle),
        count,
        *names,
    )


def heat_level(percent: float) -> int:
    """1 to 5: how dark a cell of a heat map is."""
    return 1 + sum(percent >= least for least in HEAT_FROM)


# --- Shares -----------------------------------------------------------------------------------------------------------

SHARE_HEIGHT, SHARE_ROOM = 42, 20
"""Pixels: of the chart, and of its longest bar; below it the label."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many chose something, 0 to 100; `tone` is ok for what is right, bad for what should be looked at."""

    label: str
    percent: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ShareBar:
    """Pixels, from the upper left corner of the chart; `middle` is where its label is centred."""

    share: Share
    x: int
    y: str
    height: str
    middle: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Small bars side by side, of a size of their own; `bar_width` is that of each."""

    bars: tuple[ShareBar, ...]
    width: int
    bar_width: int
    height: int = SHARE_HEIGHT


def shares_chart(shares: Sequence[Share], *, slot: int = 40) -> Shares:
    """Each in a slot of so many pixels."""
    bars = []
    for number, one in enumerate(shares):
        height = max(min(one.percent, 100) * SHARE_ROOM / 100, 1.0)
        x = number * slot + 6
        bars.append(ShareBar(one, x, f"{24 - height:.1f}", f"{height:.1f}", number * slot + slot // 2))
    return Shares(tuple(bars), len(shares) * slot, slot - 12)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _plain(value: float) -> str:
    """An edge as one writes it: 30, −12, 7.5."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text.replace("-", "−")
