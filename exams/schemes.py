"""What an answer is worth, and which answers count. Pure: rules are data, no rule is code.

Rules, as `exam_scheme_versions` keep them (marks are decimal numbers as text, two places at most):

    {"kinds": {"SINGLE":   {"right": "4", "wrong": "-1", "blank": "0"},
               "MULTIPLE": {"right": "4", "wrong": "-2", "blank": "0", "partial": "PER_RIGHT", "each": "1"},
               "MATCH":    {"right": "3", "wrong": "-1", "blank": "0", "partial": "PER_ROW", "each": "1"}},
     "others": {"right": "1", "wrong": "0", "blank": "0"},
     "ties": [{"by": "SECTION", "name": "Mathematics"}, {"by": "FEWER_WRONG"}, {"by": "OLDER"}],
     "percentile": "AT_OR_BELOW"}

`others` holds for every kind that is not named. Ties and percentiles are `exams.ranking`'s.

Source of the partial rule: JEE (Advanced), multiple correct: +1 for each right option chosen while none is wrong, full
marks for all of them, a penalty for any wrong one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from exams.content import Key, Kind
from exams.content_checks import number_of

HUNDREDTH = Decimal("0.01")
NOTHING = Decimal(0)


class Partial(StrEnum):
    """What is given for an answer that is right in part."""

    NONE = "NONE"
    """As for a wrong one."""
    PER_RIGHT = "PER_RIGHT"
    """`each` for every right option chosen while none is wrong; one wrong option makes the whole wrong."""
    PROPORTION = "PROPORTION"
    """The share of right options chosen of the full marks, while none is wrong."""
    PER_ROW = "PER_ROW"
    """`each` for every row of a match that is right whole; `wrong` only when none is and something was said."""


class Verdict(StrEnum):
    """What became of an answer. WAITING: a person or the judge has to look at it. BONUS: the key was mended so that
    full marks are given; DROPPED: the question was taken out."""

    RIGHT = "RIGHT"
    PARTIAL = "PARTIAL"
    WRONG = "WRONG"
    BLANK = "BLANK"
    WAITING = "WAITING"
    BONUS = "BONUS"
    DROPPED = "DROPPED"


@dataclass(frozen=True, slots=True)
class Marks:
    """What one kind of question is worth."""

    right: Decimal = Decimal(1)
    wrong: Decimal = NOTHING
    blank: Decimal = NOTHING
    partial: Partial = Partial.NONE
    each: Decimal = NOTHING

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            right=Decimal(found.get("right", "1")),
            wrong=Decimal(found.get("wrong", "0")),
            blank=Decimal(found.get("blank", "0")),
            partial=Partial(found.get("partial", "NONE")),
            each=Decimal(found.get("each", "0")),
        )


@dataclass(frozen=True, slots=True)
class Rules:
    """A scheme whose JSON was read once."""

    kinds: Mapping[Kind, Marks]
    others: Marks
    ties: tuple[Mapping[str, str], ...] = ()
    percentile: str = "AT_OR_BELOW"

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(
            kinds={Kind(kind): Marks.from_json(marks) for kind, marks in (found.get("kinds") or {}).items()},
            others=Marks.from_json(found.get("others") or {}),
            ties=tuple(found.get("ties") or ()),
            percentile=found.get("percentile") or "AT_OR_BELOW",
        )

    def of(self, kind: Kind) -> Marks:
        return self.kinds.get(kind, self.others)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer got; WAITING has no marks yet."""

    verdict: Verdict
    marks: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class _Parts:
    """How much of an answer is right: of `whole` parts `hits` are, and `misses` were said that are not."""

    hits: int
    misses: int
    whole: int

    @property
    def is_right(self) -> bool:
        return self.hits == self.whole and not self.misses


def score(rules: Rules, kind: Kind, key: Key, answer: Any) -> Outcome:
    """What `answer` (checked by `exams.answers`; None: nothing) is worth under these rules with this key."""
    marks = rules.of(kind)
    if _is_nothing(answer):
        return Outcome(Verdict.BLANK, marks.blank)
    parts = _parts(kind, key, answer)
    if parts is None:
        return Outcome(Verdict.WAITING)
    if parts.is_right:
        return Outcome(Verdict.RIGHT, marks.right)
    part = _part_of(marks, parts)
    return Outcome(Verdict.WRONG, marks.wrong) if part is None else Outcome(Verdict.PARTIAL, part)


def most(rules: Rules, kind: Kind) -> Decimal:
    """The full marks of a question of this kind."""
    return rules.of(kind).right


def _is_nothing(answer: Any) -> bool:
    if isinstance(answer, str):
        return not answer.strip()
    if isinstance(answer, Mapping) and "source" in answer:
        return not str(answer["source"]).strip()
    return answer in (None, [], {}) or (isinstance(answer, Mapping) and not any(answer.values()))


def _parts(kind: Kind, key: Key, answer: Any) -> _Parts | None:
    match kind:
        case Kind.SINGLE | Kind.TRUE_FALSE:
            return _yes_or_no(answer in key.right)
        case Kind.MULTIPLE:
            chosen, right = set(answer), set(key.right)
            return _Parts(len(chosen & right), len(chosen - right), len(right))
        case Kind.NUMERICAL:
            return _yes_or_no(is_right_number(key, answer))
        case Kind.SHORT:
            return _yes_or_no(_is_accepted(key, answer))
        case Kind.MATCH:
            said = {row: set(columns) for row, columns in answer.items() if columns}
            hits = sum(said.get(row) == set(columns) for row, columns in key.pairs.items())
            return _Parts(hits, len(said) - hits, len(key.pairs))
    return None


def _yes_or_no(is_right: bool) -> _Parts:
    return _Parts(int(is_right), int(not is_right), 1)


def is_right_number(key: Key, typed: str) -> bool:
    """Whether the number is within the tolerance of one that is right; the ends count. No rounding, no floats."""
    said = number_of(typed)
    if said is None:
        return False
    exact = Fraction(said)
    return any(abs(exact - Fraction(one.value)) <= Fraction(one.tolerance) for one in key.numbers)


def _is_accepted(key: Key, typed: str) -> bool:
    def alike(text: str) -> str:
        text = " ".join(text.split())
        return text if key.is_case_sensitive else text.casefold()

    return alike(typed) in {alike(one) for one in key.accepted}


def _part_of(marks: Marks, parts: _Parts) -> Decimal | None:
    """What a part is worth; None when it is as good as wrong."""
    if marks.partial is Partial.NONE or not parts.hits:
        return None
    if marks.partial is Partial.PER_ROW:
        return marks.each * parts.hits
    if parts.misses:
        return None
    if marks.partial is Partial.PER_RIGHT:
        return marks.each * parts.hits
    return (marks.right * parts.hits / parts.whole).quantize(HUNDREDTH, ROUND_HALF_UP)


# --- Any n of m -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """One question of a section as it came out, and when it was first answered (None: never)."""

    question: Any
    outcome: Outcome
    answered_at: datetime | None = None
    place: int = 0


def counting(section: Iterable[Answered], *, at_most: int | None, best: bool) -> list[Answered]:
    """Those of a section that count: all, or of those that were answered the `at_most` best or first ones.

    Equal ones: the earlier answer, then the earlier place. What was not answered is never one of them.
    """
    among = list(section)
    if at_most is None:
        return among
    answered = [one for one in among if one.outcome.verdict is not Verdict.BLANK]
    answered.sort(key=_when)
    if best:
        answered.sort(key=lambda one: -one.outcome.marks)
    chosen = {id(one) for one in answered[:at_most]}
    return [one for one in among if id(one) in chosen]


def _when(one: Answered) -> tuple[Any, ...]:
    return (0, one.answered_at, one.place) if one.answered_at else (1, one.place)


def most_of_section(fulls: Sequence[Decimal], *, at_most: int | None) -> Decimal:
    """The full marks of a section: of all its questions, or of the `at_most` that are worth most."""
    return sum(sorted(fulls, reverse=True)[:at_most], NOTHING)
