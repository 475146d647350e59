"""What one attempt came to: its questions, its sections, its total. Pure: no tables, no clock.

A `Sheet` is a paper ready to be marked with: keys, schemes and corrections read once. `Grader.outcomes` says what each
answer is worth, `total_up` what a section of them comes to; whoever mends one question calls the second again for its
section only, so that a correction and a full reckoning cannot differ.

What is worth what besides the scheme: a dropped question is out of the marks and out of the maximum; a bonus is the
full marks of its question, to everybody or to who answered; of several right keys the best outcome counts; a program
that was submitted is worth what the judge says; marks given by hand are the last word on what people mark.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from exams.content import Key, Kind
from exams.result_reading import LETTERS, OutlineSection, ResultOutline
from exams.schemes import HUNDREDTH, NOTHING, Answered, Outcome, Rules, Verdict, counting, most_of_section, score

FOR_PEOPLE = frozenset({Kind.LONG, Kind.CODING})
"""What no key marks: a person does, or of programs the judge; hardly two such answers are equal."""
BY_HAND = FOR_PEOPLE | {Kind.SHORT}
"""What people may mark; all else is marked by its key alone."""
DROP, BONUS_ALL, BONUS_TRIED = "DROP", "BONUS_ALL", "BONUS_TRIED"
REMEMBERED = 5_000
"""So many different answers to a question are marked once and remembered."""
NO_ANSWER = "null"


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it is marked: `keys` are all right, `full` is what a right answer is worth, `fix` one of DROP,
    BONUS_ALL, BONUS_TRIED or ""."""

    id: int
    kind: Kind
    keys: tuple[Key, ...]
    rules: Rules
    fix: str = ""

    @property
    def full(self) -> Decimal:
        return self.rules.of(self.kind).right


@dataclass(frozen=True, slots=True)
class Part:
    """A section; `places` are those of its questions in the paper. `at_most`: so many answers count, None for all."""

    id: int
    title: str
    title_hi: str
    places: tuple[int, ...]
    at_most: int | None = None
    best: bool = False


@dataclass(frozen=True)
class Sheet:
    """A paper, its questions in the order staff gave them."""

    items: tuple[Item, ...]
    parts: tuple[Part, ...]

    def most_of(self, part: Part) -> Decimal:
        """Its full marks, without what was dropped."""
        fulls = [self.items[place].full for place in part.places if self.items[place].fix != DROP]
        return most_of_section(fulls, at_most=part.at_most)

    def outline(self, counted: str) -> ResultOutline:
        sections = tuple(
            OutlineSection(part.id, part.title, part.title_hi, self.most_of(part), part.places) for part in self.parts
        )
        most = sum((one.most for one in sections), NOTHING)
        return ResultOutline(tuple(one.id for one in self.items), sections, most, counted)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge says of a program: its share of the full marks, 0 to 1; None while it is not decided."""

    share: Fraction | None


@dataclass(slots=True)
class Written:
    """An attempt's answers by the places of their questions: as JSON text; when first answered (anything that can be
    compared); milliseconds; marks by hand; and what the judge says, where a program was submitted."""

    answers: dict[int, str] = field(default_factory=dict)
    first: dict[int, Any] = field(default_factory=dict)
    spent_ms: dict[int, int] = field(default_factory=dict)
    given: dict[int, Decimal] = field(default_factory=dict)
    judged: dict[int, Judged] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartTotal:
    """What a section came to; `letters` has one for each of its questions. What does not count is in no number but
    `waiting`; `blank` is how many are missing to what counts."""

    marks: Decimal
    right: int
    partial: int
    wrong: int
    blank: int
    waiting: int
    letters: str


@dataclass(frozen=True, slots=True)
class Graded:
    """What an attempt came to; `spent_ms` follows `parts`, `verdicts` and `marks` the questions of the paper."""

    parts: list[PartTotal]
    spent_ms: list[int]
    verdicts: str
    marks: list[str]


class Grader:
    """Marks attempt after attempt by one sheet; equal answers to a question are marked once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._known: list[dict[str, Outcome]] = [{} for _item in sheet.items]

    def grade(self, written: Written) -> Graded:
        outcomes = self.outcomes(written)
        parts, letters, spent = [], [""] * len(outcomes), []
        for part in self.sheet.parts:
            total = total_up(part, [outcomes[place] for place in part.places], written.first)
            for place, letter in zip(part.places, total.letters, strict=True):
                letters[place] = letter
            parts.append(total)
            spent.append(sum(written.spent_ms.get(place, 0) for place in part.places))
        return Graded(parts, spent, "".join(letters), [plain(one.marks) for one in outcomes])

    def outcomes(self, written: Written) -> list[Outcome]:
        """What each answer is worth, in the order of the paper, whether it counts or not."""
        found = []
        answers, given, judged = written.answers, written.given, written.judged
        for place, known in enumerate(self._known):
            answer = answers.get(place, NO_ANSWER)
            outcome = known.get(answer)
            if outcome is None or place in given or place in judged:
                outcome = self.outcome(place, answer, given.get(place), judged.get(place))
            found.append(outcome)
        return found

    def outcome(self, place: int, answer: str, given: Decimal | None = None, judged: Judged | None = None) -> Outcome:
        """What this answer (JSON text) to the question there is worth; `given`: marks by hand, `judged`: what the judge
        says of it, None where nothing was submitted."""
        item, known = self.sheet.items[place], self._known[place]
        if given is not None and item.kind in BY_HAND and item.fix not in (DROP, BONUS_ALL):
            return _by_hand(item, answer, given)
        if judged is not None and not item.fix:
            return _by_judge(item, judged)
        if item.kind in FOR_PEOPLE and (answer != NO_ANSWER or judged):
            return _marked(item, json.loads(answer), is_submitted=judged is not None)
        if answer not in known:
            if len(known) >= REMEMBERED:
                known.clear()
            known[answer] = _marked(item, json.loads(answer))
        return known[answer]


def _marked(item: Item, answer: Any, *, is_submitted: bool = False) -> Outcome:
    if item.fix == DROP:
        return Outcome(Verdict.DROPPED)
    if item.fix == BONUS_ALL:
        return Outcome(Verdict.BONUS, item.full)
    found = max((score(item.rules, item.kind, key, answer) for key in item.keys), key=_worth)
    if item.fix == BONUS_TRIED and (found.verdict is not Verdict.BLANK or is_submitted):
        return Outcome(Verdict.BONUS, item.full)
    return found


def _worth(outcome: Outcome) -> tuple[Decimal, bool]:
    return (outcome.marks, outcome.verdict is Verdict.RIGHT)


def _by_hand(item: Item, answer: str, given: Decimal) -> Outcome:
    if item.fix == BONUS_TRIED and answer != NO_ANSWER:
        return Outcome(Verdict.BONUS, item.full)
    if given >= item.full:
        return Outcome(Verdict.RIGHT, given)
    return Outcome(Verdict.PARTIAL if given > 0 else Verdict.WRONG, given)


def _by_judge(item: Item, judged: Judged) -> Outcome:
    """The scheme says what is right and what is wrong; between them it is the share, to the hundredth."""
    if judged.share is None:
        return Outcome(Verdict.WAITING)
    if judged.share >= 1:
        return Outcome(Verdict.RIGHT, item.full)
    if judged.share <= 0:
        return Outcome(Verdict.WRONG, item.rules.of(item.kind).wrong)
    marks = item.full * judged.share.numerator / judged.share.denominator
    return Outcome(Verdict.PARTIAL, marks.quantize(HUNDREDTH, ROUND_HALF_UP))


def total_up(part: Part, outcomes: Sequence[Outcome], first: Mapping[int, Any]) -> PartTotal:
    """What the outcomes of a section's questions come to; `first`: when they were answered, by place."""
    letters = [LETTERS[one.verdict] for one in outcomes]
    if part.at_most is None:
        return _total(outcomes, "".join(letters), blank=letters.count("B"))
    chosen = _chosen(part, part.at_most, outcomes, first)
    asked = min(part.at_most, len(letters) - letters.count("D"))
    shown = (letter if at in chosen or letter == "D" else letter.lower() for at, letter in enumerate(letters))
    return _total([outcomes[at] for at in sorted(chosen)], "".join(shown), blank=max(asked - len(chosen), 0))


def _total(counting_ones: Sequence[Outcome], letters: str, *, blank: int) -> PartTotal:
    return PartTotal(
        marks=sum((one.marks for one in counting_ones), NOTHING),
        right=letters.count("R"),
        partial=letters.count("P"),
        wrong=letters.count("W"),
        blank=blank,
        waiting=letters.count("M") + letters.count("m"),
        letters=letters,
    )


def _chosen(part: Part, at_most: int, outcomes: Sequence[Outcome], first: Mapping[int, Any]) -> set[int]:
    """Which of a section's outcomes count, by their places in it. A bonus costs nobody anything: it counts by its
    answer, else where there is room, else instead of what is worth less."""
    said = [
        Answered(at, one, first.get(place), at)
        for at, (place, one) in enumerate(zip(part.places, outcomes, strict=True))
        if one.verdict not in (Verdict.DROPPED, Verdict.BLANK)
    ]
    if part.best:
        return {one.question for one in counting(said, at_most=at_most, best=True)}
    answered = [one for one in said if one.outcome.verdict is not Verdict.BONUS or one.answered_at is not None]
    chosen = {one.question for one in counting(answered, at_most=at_most, best=False)}
    bonus = [one for one in said if one.outcome.verdict is Verdict.BONUS and one.question not in chosen]
    for one in sorted(bonus, key=lambda one: -one.outcome.marks):
        if len(chosen) >= at_most:
            least = min(chosen, key=lambda at: (outcomes[at].marks, -at))
            if outcomes[least].marks >= one.outcome.marks:
                break
            chosen.remove(least)
        chosen.add(one.question)
    return chosen


@lru_cache(4096)
def plain(marks: Decimal) -> str:
    """Marks as text without needless zeros: 4, -1, 1.33."""
    return f"{marks.normalize() + 0:f}"
