"""Where the parts of two charts lie, in percent of their boxes, as in `coaching.lib.charts`. Pure.

Months: a bar of what came, with a line across it at what was expected. Ages: parts of one bar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coaching.lib.money import grouped

PAISE = 100
LAKH = 100_000 * PAISE
STEPS = (1, 2, 5, 10)
LINES = 4
HIGHEST = 92
"""Percent of the height that the top line has; above it stands a value."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A month: the bar from `x`, `y` down, and the line from `mark_x1` to `mark_x2` at `mark_y`, "" for none.

    `is_every_second`: its label is left out where there is little room.
    """

    label: str
    x: str
    y: str
    width: str
    height: str
    middle: str
    mark_x1: str
    mark_x2: str
    mark_y: str
    value: str
    is_now: bool
    is_every_second: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across with its value."""

    y: str
    label: str


@dataclass(frozen=True, slots=True)
class Months:
    """`is_lakh`: the values at the lines are lakhs of rupees, else rupees."""

    bars: tuple[Bar, ...]
    rules: tuple[Rule, ...]
    is_lakh: bool


def months_chart(labels: Sequence[str], came: Sequence[int], expected: Sequence[int]) -> Months:
    """Of paise, the last month being the one that is not over. Less than nothing is drawn as nothing."""
    top = max([*came, *expected, 0])
    step = _step(top)
    ceiling = step * max(1, -(-top // step))
    slot = 100 / max(1, len(labels))
    is_lakh = ceiling >= LAKH

    def down(paise: int) -> float:
        return 100 - max(paise, 0) * HIGHEST / ceiling

    bars = []
    for at, (label, paise, wanted) in enumerate(zip(labels, came, expected, strict=True)):
        left = at * slot
        bars.append(
            Bar(
                label=label,
                x=_percent(left + slot * 0.2),
                y=_percent(down(paise)),
                width=_percent(slot * 0.6),
                height=_percent(100 - down(paise)),
                middle=_percent(left + slot / 2),
                mark_x1=_percent(left + slot * 0.1),
                mark_x2=_percent(left + slot * 0.9),
                mark_y=_percent(down(wanted)) if wanted else "",
                value=_value(paise, is_lakh=is_lakh),
                is_now=at == len(labels) - 1,
                is_every_second=(len(labels) - at) % 2 == 0,
            )
        )
    rules = [Rule(_percent(down(paise)), _value(paise, is_lakh=is_lakh)) for paise in range(step, ceiling + 1, step)]
    return Months(tuple(bars), tuple(rules), is_lakh)


def _step(top: int) -> int:
    """Between lines: 1, 2 or 5 and noughts, whole rupees, for about four lines."""
    least = max(PAISE, -(-top // LINES))
    size = PAISE
    while True:
        for step in STEPS:
            if step * size >= least:
                return step * size
        size *= 10


def _value(paise: int, *, is_lakh: bool) -> str:
    """23.5 of lakhs, 18,500 of rupees."""
    if not is_lakh:
        return grouped(paise // PAISE)
    return f"{paise / LAKH:.1f}".removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar; `level` from 1 says how dark it is."""

    x: str
    width: str
    level: int


def pieces(amounts: Sequence[int]) -> list[Piece]:
    """One after the other, as wide as their amounts are among each other; none for nothing."""
    whole, at, found = sum(amounts) or 1, 0, []
    for level, amount in enumerate(amounts, 1):
        if amount > 0:
            found.append(Piece(_percent(at * 100 / whole), _percent(amount * 100 / whole), level))
        at += max(amount, 0)
    return found


def _percent(value: float) -> str:
    return f"{value:.2f}%"
