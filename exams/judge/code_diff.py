"""Where an output is other than what was wanted, as a page shows it: a few lines of both, the first other one marked.

Only for looking at; whether an output is right is said by `exams.sandbox.checkers`. Pure.
"""

from dataclasses import dataclass
from itertools import zip_longest

BEFORE, AFTER = 2, 5
LONGEST = 160
_CONTEXT = 60


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1; `text` is cut when it is long, `is_first` the first line that differs."""

    number: int
    text: str
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """A few lines of each. `line`: the first that differs, None when none is known. `is_short`: one line each."""

    wanted: tuple[Line, ...]
    yours: tuple[Line, ...]
    line: int | None
    is_short: bool


def diff_of(
    wanted: str, yours: str, *, checker: str = "lines", tolerance: str = "1e-6", is_case_sensitive: bool = True
) -> Diff:
    """Of two outputs; of an own checker no line is said to be the wrong one, as it may take many outputs."""
    right, said = _lines(wanted), _lines(yours)
    found: int | None = None
    if checker != "custom":
        same = _Same(checker, _number(tolerance) or 0.0, is_case_sensitive)
        pairs = enumerate(zip_longest(right, said))
        found = next((at for at, (one, other) in pairs if one is None or other is None or not same(one, other)), None)
    at = found or 0
    offset = _first_sign(right, said, at)
    return Diff(
        wanted=_around(right, at, found, offset),
        yours=_around(said, at, found, offset),
        line=None if found is None else found + 1,
        is_short=len(right) <= 1 and len(said) <= 1 and max(map(len, [*right, *said]), default=0) <= 40,
    )


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


@dataclass(frozen=True, slots=True)
class _Same:
    """Whether two lines are the same to a checker."""

    checker: str
    tolerance: float
    is_case_sensitive: bool

    def __call__(self, one: str, other: str) -> bool:
        if self.checker == "exact":
            return one == other
        if self.checker == "lines":
            return one.rstrip() == other.rstrip()
        words, others = one.split(), other.split()
        return len(words) == len(others) and all(map(self._word, words, others))

    def _word(self, one: str, other: str) -> bool:
        if self.checker == "float":
            number, said = _number(one), _number(other)
            if number is not None and said is not None:
                return abs(number - said) <= self.tolerance * max(1.0, abs(number))
        return one == other if self.is_case_sensitive else one.casefold() == other.casefold()


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def _first_sign(right: list[str], said: list[str], at: int) -> int:
    """Where in that line they part."""
    one, other = (lines[at] if at < len(lines) else "" for lines in (right, said))
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _around(lines: list[str], at: int, found: int | None, offset: int) -> tuple[Line, ...]:
    begin, end = max(0, at - BEFORE), at + AFTER
    shown = [
        Line(place + 1, _cut(lines[place], offset if place == found else 0), is_first=place == found)
        for place in range(begin, min(end, len(lines)))
    ]
    if found is not None and found >= len(lines):
        shown.append(Line(found + 1, "", is_first=True))
    return tuple(shown)


def _cut(text: str, offset: int) -> str:
    """So much of a long line that the place where it differs is in it."""
    if len(text) <= LONGEST:
        return text
    begin = max(0, offset - _CONTEXT)
    end = begin + LONGEST
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"
