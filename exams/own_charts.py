"""Where the parts of a student's charts lie: strips, time per question, progress over tests. Pure.

Places are percent of the box, so that words keep their size on any screen; only the bars of the time chart are drawn
in a box of their own that is stretched, as they are nothing but bars.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SIGN = 2.4
"""So many percent of a strip a letter takes, at its narrowest (19 rem)."""
GAP = 3.0
EDGE = 14
BAR, TALLEST = 10, 110
MARKS_AT = 116
HEIGHT, HEIGHT_WITHOUT = 130, 111
MARK_HEIGHTS = {"ok": 8, "part": 11, "bad": 14, "left": 8}
TICKS = 4


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place; `anchor` is start, middle or end."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Strip:
    """A line from nothing to the most: a dot for oneself, strokes for others, and what they are called."""

    you: str
    own: Label
    strokes: tuple[str, ...]
    labels: tuple[Label, ...]


def strip(most: float, own: tuple[float, str], others: Sequence[tuple[float, str]]) -> Strip:
    """Marks with their words; what lies below nothing stands at nothing. `others` are one or two, small to large."""
    place = _percent(own[0], most)
    named = sorted((_percent(value, most), words) for value, words in others)
    return Strip(
        you=_at(place),
        own=Label(_at(place), own[1], "start" if place < EDGE else "end" if place > 100 - EDGE else "middle"),
        strokes=tuple(_at(one) for one, _words in named),
        labels=_apart(named),
    )


def _apart(named: Sequence[tuple[float, str]]) -> tuple[Label, ...]:
    """Words below their strokes, pushed apart where they would run into each other or over an end."""
    spans = [_span(place, words) for place, words in named]
    if len(spans) == 2 and spans[0][1] + GAP > spans[1][0]:
        over = spans[0][1] + GAP - spans[1][0]
        widths = [end - start for start, end in spans]
        second = min(spans[1][0] + over / 2, 100 - widths[1])
        first = max(0.0, second - GAP - widths[0])
        second = max(second, first + widths[0] + GAP)
        return Label(_at(first), named[0][1], "start"), Label(_at(second), named[1][1], "start")
    return tuple(_below(place, words) for place, words in named)


def _span(place: float, words: str) -> tuple[float, float]:
    half = len(words) * SIGN / 2
    start = min(max(0.0, place - half), 100 - 2 * half)
    return start, start + 2 * half


def _below(place: float, words: str) -> Label:
    start, end = _span(place, words)
    if start <= 0:
        return Label("0%", words, "start")
    return Label("100%", words, "end") if end >= 100 else Label(_at(place), words, "middle")


# --- Time per question ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on a question; `average` None where nobody's are known, `mark` ok, part, bad, left or "" (not said)."""

    number: int
    seconds: float
    average: float | None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Bars and marks as thick strokes in a box of that size; the longest stands alone, with its words."""

    width: int
    height: int
    bars: str
    longest: str
    average: str
    marks: tuple[tuple[str, str], ...]
    borders: tuple[int, ...]
    label: Label


def time_chart(spent: Sequence[Spent], sections: Sequence[int], *, words: str) -> TimeChart:
    """`sections` are their numbers of questions, in order; `words` are of the longest question. Raises: ValueError."""
    tallest = max((max(one.seconds, one.average or 0) for one in spent), default=0) or 1.0
    longest = max(range(len(spent)), key=lambda place: spent[place].seconds)
    heights = [round(one.seconds / tallest * TALLEST) for one in spent]
    at = (longest + 0.5) * 100 / len(spent)
    marks: dict[str, list[str]] = {name: [] for name in MARK_HEIGHTS}
    for place, one in enumerate(spent):
        if one.mark:
            marks[one.mark].append(_bar(place, MARKS_AT, MARK_HEIGHTS[one.mark]))
    borders, reached = [], 0
    for count in sections[:-1]:
        reached += count
        borders.append(reached * BAR)
    return TimeChart(
        width=len(spent) * BAR,
        height=HEIGHT if any(marks.values()) else HEIGHT_WITHOUT,
        bars="".join(_bar(place, TALLEST, -high) for place, high in enumerate(heights) if place != longest and high),
        longest=_bar(longest, TALLEST, -heights[longest]),
        average=_steps(
            [None if one.average is None else round(TALLEST * (1 - one.average / tallest)) for one in spent]
        ),
        marks=tuple((name, "".join(found)) for name, found in marks.items() if found),
        borders=tuple(borders),
        label=Label(_at(at), words, "end" if at > 80 else "start"),
    )


def _bar(place: int, since: int, height: int) -> str:
    return f"M{place * BAR + BAR // 2} {since}v{height}"


def _steps(heights: Sequence[int | None]) -> str:
    """A line that goes level over each question, and is broken where none is known."""
    said, is_drawn = [], False
    for place, high in enumerate(heights):
        if high is not None:
            said.append(f"V{high}" if is_drawn else f"M{place * BAR} {high}")
            said.append(f"H{(place + 1) * BAR}")
        is_drawn = high is not None
    return "".join(said)


# --- Progress over tests ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """Dots between nothing and 100, and the pieces between them."""

    dots: tuple[tuple[str, str], ...]
    pieces: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Two lines over the same tests, with the days below."""

    marks: Line
    percentile: Line
    ticks: tuple[Label, ...]


def progress(marks: Sequence[float], percentiles: Sequence[float], days: Sequence[str]) -> Progress:
    """Percent of the full marks and percentile of at least two tests, oldest first."""
    many, steps = min(TICKS, len(days)), len(days) - 1
    places = sorted({round(step * steps / (many - 1)) for step in range(many)})
    anchors = {0: "start", steps: "end"}
    return Progress(
        marks=_line(marks),
        percentile=_line(percentiles),
        ticks=tuple(Label(_at(one * 100 / steps), days[one], anchors.get(one, "middle")) for one in places),
    )


def _line(values: Sequence[float]) -> Line:
    steps = len(values) - 1
    dots = tuple((_at(place * 100 / steps), _at(100 - _percent(one, 100))) for place, one in enumerate(values))
    return Line(dots, tuple((*one, *two) for one, two in pairwise(dots)))


def _percent(value: float, most: float) -> float:
    return min(100.0, max(0.0, value * 100 / most)) if most > 0 else 0.0


def _at(percent: float) -> str:
    return f"{percent:.2f}".rstrip("0").rstrip(".") + "%"
