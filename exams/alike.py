"""Which pairs of students have more wrong answers in common than chance explains. Pure.

Two students who both are wrong at a question may still be wrong alike by chance: with `same` of its wrong answers, as
often as two who were picked among those who are wrong there gave the same. Over the questions where both are wrong the
number of equal answers then is a sum of independent yes-or-noes (Poisson's binomial), and `tail` is how rarely it comes
out so high or higher, reckoned without approximation. Times the pairs of the test that is how many innocent pairs like
this are to be `expected` in it; only pairs below `BOUND` are listed, so that in a test where nobody copied hardly ever
any pair is.

Which wrong answer tempts somebody depends on how strong he is. So the students, who come in the order of their ranks,
are cut into groups of about equal strength, and of chance by the groups of a pair and chance over all the larger one is
taken, which can only make a pair less rare.

Right answers and blank ones count for nothing: good students are alike. Students who learnt the same mistake from the
same book, or who were taught together, are more alike than this reckons with, so a listed pair is a reason to look.

Source: the identical-incorrect family, Angoff (1974), The development of statistical indices for detecting cheaters;
expectation over all pairs after Bonferroni.

5,000 students are 12.5 million pairs. `_Screen` rules nearly all out by ANDs of whole numbers, soundly: whatever it
rules out has a tail above the bound.
"""

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log

BOUND = 0.05
"""So many innocent pairs may be expected in the whole test for a pair to be listed."""
MOST_LISTED = 200
GRAIN = 0.5
MOST_BUCKETS = 16
CLASSES = 3
MOST_GROUPS, LEAST_IN_GROUP = 5, 30
DRAWN_TO_ALL = 20
"""Chance by groups is known from few pairs: it is mixed with so many pairs as there would be over all."""

Wrong = Mapping[int, str]
"""A student's wrong answers: by the place of the question what was said, the same for what says the same."""


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` and `second` are places of students; `same` are the questions (places) with equal wrong answers, `both`
    how many both have wrong, `by_chance` how many of these are alike on average, `expected` how many innocent pairs
    so much alike the test would have."""

    first: int
    second: int
    both: int
    same: tuple[int, ...]
    by_chance: float
    expected: float


@dataclass(frozen=True, slots=True)
class Found:
    """The rarest pairs first, at most `MOST_LISTED` of `count`; `compared` is how many pairs there are."""

    pairs: tuple[Pair, ...]
    count: int
    compared: int


def find(students: Sequence[Wrong], *, bound: float = BOUND) -> Found:
    """All pairs of students whose wrong answers are alike so rarely. `students` by rank, the best first."""
    compared = len(students) * (len(students) - 1) // 2
    chances = same_by_chance(students)
    if not compared or not chances:
        return Found((), 0, compared)
    most_tail = bound / compared
    groups = _Groups(students, chances)
    listed: list[tuple[float, int, int, Pair]] = []
    count = 0
    for first, second in _Screen(students, chances, most_tail).pairs():
        pair = _pair(first, second, students, groups.chances(first, second), compared)
        if pair.expected > bound:
            continue
        count += 1
        insort(listed, (pair.expected, first, second, pair))
        del listed[MOST_LISTED:]
    return Found(tuple(pair for *_order, pair in listed), count, compared)


def same_by_chance(students: Iterable[Wrong]) -> dict[int, float]:
    """By the place of a question, how likely two who are wrong there said the same: of all pairs of them the share
    that did. Only of questions where at least two are wrong."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for wrong in students:
        for place, answer in wrong.items():
            said[place][answer] += 1
    return {place: _share(answers) for place, answers in said.items() if answers.total() > 1}


def _share(answers: Counter[str]) -> float:
    many = answers.total()
    return sum(count * (count - 1) for count in answers.values()) / (many * (many - 1))


class _Groups:
    """Students of about equal strength, and how likely two of given groups who are wrong at a question said the same;
    never less than over all."""

    def __init__(self, students: Sequence[Wrong], overall: Mapping[int, float]) -> None:
        many = max(min(MOST_GROUPS, len(students) // LEAST_IN_GROUP), 1)
        self.group_of = [place * many // len(students) for place in range(len(students))]
        self.overall = overall
        self._said: list[dict[int, Counter[str]]] = [defaultdict(Counter) for _group in range(many)]
        for group, wrong in zip(self.group_of, students, strict=True):
            for place, answer in wrong.items():
                self._said[group][place][answer] += 1
        self._known: dict[tuple[int, int], dict[int, float]] = {}

    def chances(self, first: int, second: int) -> Mapping[int, float]:
        """By the places of questions, for these two students."""
        groups = (self.group_of[first], self.group_of[second])
        if groups not in self._known:
            one, other = (self._said[group] for group in groups)
            self._known[groups] = {
                place: max(share, _mixed(share, one[place], other[place], is_one=groups[0] == groups[1]))
                for place, share in self.overall.items()
            }
        return self._known[groups]


def _mixed(share: float, one: Counter[str], other: Counter[str], *, is_one: bool) -> float:
    """The share of equal pairs of somebody here and somebody there, drawn towards `share`; `is_one`: of one group."""
    same = sum(count * (other[answer] - is_one) for answer, count in one.items())
    pairs = one.total() * (other.total() - is_one)
    return (same + DRAWN_TO_ALL * share) / (pairs + DRAWN_TO_ALL)


def tail(chances: Sequence[float], least: int) -> float:
    """How likely at least `least` of independent events with these chances happen. Exact: only sums of products."""
    if least <= 0:
        return 1.0
    if least > len(chances):
        return 0.0
    upto = [1.0] + [0.0] * least  # upto[n]: n happened; the last one: least or more
    for seen, chance in enumerate(chances):
        other = 1.0 - chance
        upto[least] += upto[least - 1] * chance
        for n in range(min(seen + 1, least - 1), 0, -1):
            upto[n] = upto[n] * other + upto[n - 1] * chance
        upto[0] *= other
    return upto[least]


def _pair(first: int, second: int, students: Sequence[Wrong], chances: Mapping[int, float], compared: int) -> Pair:
    one, other = students[first], students[second]
    both = sorted(one.keys() & other.keys())
    same = tuple(place for place in both if one[place] == other[place])
    among = [chances[place] for place in both]
    return Pair(first, second, len(both), same, sum(among), tail(among, len(same)) * compared)


# --- Ruling out -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Marks:
    """A student's wrong answers as numbers: `heavy` for the first look, `said` and `wrong` by classes for the next."""

    heavy: int = 0
    said: list[int] = field(default_factory=lambda: [0] * CLASSES)
    wrong: list[int] = field(default_factory=lambda: [0] * CLASSES)


class _Screen:
    """Rules out pairs whose tail is above the bound, in two looks, by chance over all: by groups the tail is no less.

    First: the chance that just those questions agree which do is no more than the tail. So the logarithms of their
    chances must sum up to that of the bound: each answer has as many bits as its question's logarithm has grains,
    rounded up, and one AND counts them all.
    Second: with questions in classes of similar chances, the tail is at least the product over the classes of how
    likely the same number agrees among as many questions of the class that agree least of all.
    Answers to a question beyond the commonest share bits: that can only let more through.
    """

    def __init__(self, students: Sequence[Wrong], chances: Mapping[int, float], most_tail: float) -> None:
        self.most_tail = most_tail
        self.classes = _classes(chances)
        self.tails = [_least_tails([chances[place] for place in one]) for one in self.classes]
        least = -log(most_tail)
        self.grains = {place: ceil(-log(one) / GRAIN) if one else 0 for place, one in chances.items()}
        self.least = ceil(least / GRAIN - 1e-9)
        self.marks = self._marks_of(students, chances)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Places of students; the smaller one first."""
        heavy = [one.heavy for one in self.marks]
        least = self.least
        for first, mine in enumerate(heavy):
            if mine.bit_count() < least:
                continue
            likely = [
                second
                for second, other in enumerate(heavy[first + 1 :], start=first + 1)
                if (mine & other).bit_count() >= least
            ]
            yield from ((first, second) for second in likely if self._is_rare(first, second))

    def _is_rare(self, first: int, second: int) -> bool:
        one, other = self.marks[first], self.marks[second]
        lowest = 1.0
        for at, tails in enumerate(self.tails):
            both = (one.wrong[at] & other.wrong[at]).bit_count()
            lowest *= tails[both][(one.said[at] & other.said[at]).bit_count()]
        return lowest <= self.most_tail * (1 + 1e-9)

    def _marks_of(self, students: Sequence[Wrong], chances: Mapping[int, float]) -> list[_Marks]:
        bits = _bits(students, chances, self.grains)
        class_of = {place: at for at, one in enumerate(self.classes) for place in one}
        found = []
        for wrong in students:
            marks = _Marks()
            for place, answer in wrong.items():
                if place not in class_of:
                    continue
                at = class_of[place]
                marks.wrong[at] |= 1 << place
                bit = bits.get((place, answer))
                if bit is not None:
                    marks.said[at] |= 1 << bit[0]
                    marks.heavy |= bit[1]
            found.append(marks)
        return found


def _classes(chances: Mapping[int, float]) -> list[list[int]]:
    """Questions by how likely they agree, in classes of about equal size, those that agree least first."""
    ordered = sorted(chances, key=lambda place: (chances[place], place))
    size = ceil(len(ordered) / CLASSES)
    return [ordered[at * size : (at + 1) * size] for at in range(CLASSES)]


def _least_tails(chances: Sequence[float]) -> list[list[float]]:
    """[n][k]: how likely at least k of the n questions that agree least do. `chances` in rising order."""
    exactly = [1.0]
    found = [[1.0]]
    for chance in chances:
        longer = [*exactly, 0.0]
        exactly = [here * (1 - chance) + (longer[n - 1] * chance if n else 0.0) for n, here in enumerate(longer)]
        found.append(_sums_from_the_end(exactly))
    return found


def _sums_from_the_end(values: Sequence[float]) -> list[float]:
    sums, so_far = [0.0] * len(values), 0.0
    for n in range(len(values) - 1, -1, -1):
        so_far += values[n]
        sums[n] = so_far
    return sums


def _bits(
    students: Sequence[Wrong], chances: Mapping[int, float], grains: Mapping[int, int]
) -> dict[tuple[int, str], tuple[int, int]]:
    """By question and answer its bit among `said`, and its bits among `heavy` as a number. What only one student said
    has none; the commonest lie lowest, so that numbers stay short."""
    said: Counter[tuple[int, str]] = Counter()
    for wrong in students:
        said.update(wrong.items())
    used: Counter[int] = Counter()
    found: dict[tuple[int, str], tuple[int, int]] = {}
    starts: dict[tuple[int, int], tuple[int, int]] = {}
    next_said = next_heavy = 0
    for (place, answer), count in sorted(said.items(), key=lambda one: (-one[1], one[0])):
        if count < 2 or place not in chances:
            continue
        bucket = used[place] % MOST_BUCKETS
        used[place] += 1
        if (place, bucket) not in starts:
            starts[place, bucket] = (next_said, ((1 << grains[place]) - 1) << next_heavy)
            next_said += 1
            next_heavy += grains[place]
        found[place, answer] = starts[place, bucket]
    return found
