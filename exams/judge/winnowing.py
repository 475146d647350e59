"""Which programs have stretches of code in common, whatever their names, comments and order are. Pure.

Every stretch of `GRAM` tokens has a number; of the numbers in every window of `WINDOW` neighbours the least is kept, as
a fingerprint. So any stretch of `GRAM + WINDOW - 1` equal tokens is found, nothing shorter than `GRAM` is, and a
program has about two fingerprints for every nine tokens. Fingerprints lead to pairs; each pair is then compared token
by token, so a number that two stretches share by chance shows nothing. First come the pairs that share most of what few
others have: each shared fingerprint weighs the logarithm of how rare it is among the programs.

What everybody was given is nobody's: tokens in a stretch of the template are left out, and so are those in a stretch
that more than half of the programs have (at least `LEAST_COMMON`; programs of equal tokens count as one, else the
most copied one of all would vanish). Only what is left, a program's own tokens, is compared and counted.

Source: Schleimer, Wilkerson, Aiken (2003), Winnowing: local algorithms for document fingerprinting; tiles as in Wise
(1993), String similarity via greedy string tiling.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from math import log
from zlib import crc32

from exams.judge.code_tokens import Tokens

GRAM = 12
"""Tokens: about two short statements. A loop's head over a range has eight."""
WINDOW = 8
LEAST_TOKENS = 60
"""A program with fewer tokens of its own is not compared: there are too few ways to write it."""
LEAST_SHARE = 0.6
"""A pair is listed when one of both has as much of its own tokens in the other."""
LEAST_SHARE_OF_GROUP = 0.8
"""Of both; so that a chain of half alike programs is no group."""
LEAST_SHARED = 0.25
"""Of the fingerprints of the smaller one; pairs with fewer are not looked at."""
COMMON_SHARE, LEAST_COMMON = 0.5, 10
MOST_TOKENS = 10_000
MOST_LOOKED_AT = 20_000
MOST_LISTED = 200
MOST_PLACES = 16
"""So many places of one number in a program are tried: code that repeats itself without end would cost without end."""
BRIDGED = 4
"""Matches that follow each other in both programs with no more tokens between are shown as one."""
_BASE, _MODULUS = 1_000_003, (1 << 61) - 1

Lines = tuple[int, int]
"""First and last line, from 1."""


@dataclass(frozen=True, slots=True)
class Match:
    """So many equal tokens, from `first` of the one program and `second` of the other on."""

    first: int
    second: int
    length: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """So many tokens are equal, which of the own tokens of each is such a share; `spans` are ends of what goes together
    in both, in tokens: (0, 40, 12, 52)."""

    tokens: int
    shares: tuple[float, float]
    spans: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Alike:
    """A pair of what stands for programs of equal tokens."""

    first: int
    second: int
    overlap: Overlap
    rarest: int
    weight: float


@dataclass(frozen=True, slots=True)
class Pair:
    """`first` and `second` are places of programs; `tokens` are equal, `shares` say how much of the own tokens of each
    that is; `regions` are lines of both that go together, in the order of the first one's. `rarest`: how many programs,
    with these two, have the rarest of what they share. `weight`: by which pairs are ranked."""

    first: int
    second: int
    tokens: int
    shares: tuple[float, float]
    rarest: int
    weight: float
    regions: tuple[tuple[Lines, Lines], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """Those that share most of what is rare first, at most `MOST_LISTED` of `count` pairs; `groups` are places of three
    or more programs that hang together by pairs that are much alike; `short` programs were not compared, and `common`
    stretches in none."""

    pairs: tuple[Pair, ...]
    count: int
    groups: tuple[tuple[int, ...], ...]
    compared: int
    short: int
    common: int


class Program:
    """A program's tokens and which of them are its own; `runs` are the ends of what is own without a gap."""

    def __init__(self, tokens: Tokens, given: frozenset[int] = frozenset()) -> None:
        self.signs, self.lines = tokens.signs[:MOST_TOKENS], tokens.lines[:MOST_TOKENS]
        self.grams = numbers_of(self.signs)
        self.own = bytearray(b"\x01") * len(self.signs)
        self.leave_out(given)

    def leave_out(self, given: Iterable[int]) -> None:
        """Tokens in stretches with one of these numbers are not its own."""
        given = given if isinstance(given, set | frozenset) else set(given)
        for at, number in enumerate(self.grams):
            if number in given:
                self.own[at : at + GRAM] = bytes(GRAM)
        self.own_count = self.own.count(1)
        self.prints = self._prints()

    def _prints(self) -> dict[int, list[int]]:
        """Places by fingerprint."""
        found: dict[int, list[int]] = defaultdict(list)
        for start, end in self._runs():
            for at in winnowed(self.grams[start : end - GRAM + 1]):
                found[self.grams[start + at]].append(start + at)
        return found

    def _runs(self) -> Iterable[tuple[int, int]]:
        start = self.own.find(1)
        while start >= 0:
            end = self.own.find(0, start)
            end = len(self.own) if end < 0 else end
            if end - start >= GRAM:
                yield start, end
            start = self.own.find(1, end)


@cache
def _number(sign: str) -> int:
    return crc32(sign.encode()) + 1


def numbers_of(signs: Sequence[str]) -> list[int]:
    """Of every stretch of GRAM tokens its number, the same on every machine and in every process."""
    found: list[int] = []
    top = pow(_BASE, GRAM, _MODULUS)
    values = [_number(one) for one in signs]
    number = 0
    for at, value in enumerate(values):
        number = number * _BASE + value
        if at >= GRAM:
            number -= values[at - GRAM] * top
        number %= _MODULUS
        if at >= GRAM - 1:
            found.append(number)
    return found


def winnowed(numbers: Sequence[int]) -> list[int]:
    """Places of the least number in every window, of equal ones the last; of fewer than a window the least of all."""
    if not numbers:
        return []
    window, found, last = min(WINDOW, len(numbers)), [], -1
    rising: deque[int] = deque()
    for at, number in enumerate(numbers):
        while rising and numbers[rising[-1]] >= number:
            rising.pop()
        rising.append(at)
        if rising[0] <= at - window:
            rising.popleft()
        if at >= window - 1 and rising[0] != last:
            last = rising[0]
            found.append(last)
    return found


# --- Two programs -----------------------------------------------------------------------------------------------------


def matches_of(one: Program, other: Program) -> list[Match]:
    """What both have in common, the longest first; no token of either is in two of them."""
    if (other.signs, bytes(other.own)) < (one.signs, bytes(one.own)):  # so that it does not matter who comes first
        return [Match(found.second, found.first, found.length) for found in matches_of(other, one)]
    stretches = sorted(_stretches(one, other), key=lambda found: (-found.length, found.first, found.second))
    taken_one, taken_other = bytearray(len(one.signs)), bytearray(len(other.signs))
    kept = []
    for stretch in stretches:
        for match in _still_free(stretch, taken_one, taken_other):
            taken_one[match.first : match.first + match.length] = b"\x01" * match.length
            taken_other[match.second : match.second + match.length] = b"\x01" * match.length
            kept.append(match)
    return kept


def _stretches(one: Program, other: Program) -> Iterable[Match]:
    """Every stretch of equal own tokens that a fingerprint of both lies in, as long as it goes, once."""
    reached: dict[int, int] = {}
    seeds = sorted(
        (mine, its)
        for number, places in one.prints.items()
        if number in other.prints
        for mine in places[:MOST_PLACES]
        for its in other.prints[number][:MOST_PLACES]
    )
    for mine, its in seeds:
        if mine < reached.get(mine - its, 0) or one.signs[mine : mine + GRAM] != other.signs[its : its + GRAM]:
            continue
        start, end = _extended(one, other, mine, its)
        reached[mine - its] = end
        yield Match(start, start - mine + its, end - start)


def _extended(one: Program, other: Program, mine: int, its: int) -> tuple[int, int]:
    """Where the stretch around these places begins and ends in the first program."""
    ones, others, own, its_own, shift = one.signs, other.signs, one.own, other.own, its - mine
    start, end = mine, mine + GRAM
    while min(start, start + shift) > 0 and ones[start - 1] == others[start - 1 + shift]:
        if not (own[start - 1] and its_own[start - 1 + shift]):
            break
        start -= 1
    last = min(len(ones), len(others) - shift)
    while end < last and ones[end] == others[end + shift] and own[end] and its_own[end + shift]:
        end += 1
    return start, end


def _still_free(found: Match, taken_one: bytearray, taken_other: bytearray) -> list[Match]:
    """The parts of it that are free in both, without those that are too short."""
    parts, run = [], 0
    for at in range(found.length + 1):
        if at < found.length and not (taken_one[found.first + at] or taken_other[found.second + at]):
            run += 1
            continue
        if run >= GRAM:
            parts.append(Match(found.first + at - run, found.second + at - run, run))
        run = 0
    return parts


def overlap_of(one: Program, other: Program) -> Overlap:
    """How much two programs have in common, and where; matches that follow each other closely in both are one."""
    matches = matches_of(one, other)
    merged: list[tuple[int, int, int, int]] = []
    for found in sorted(matches, key=lambda found: found.first):
        a, b, c, d = found.first, found.first + found.length, found.second, found.second + found.length
        if merged and 0 <= a - merged[-1][1] <= BRIDGED and 0 <= c - merged[-1][3] <= BRIDGED:
            a, _end, c, _its_end = merged.pop()
        merged.append((a, b, c, d))
    tokens = sum(found.length for found in matches)
    shares = (tokens / max(one.own_count, 1), tokens / max(other.own_count, 1))
    return Overlap(tokens, shares, tuple(merged))


# --- All of them ------------------------------------------------------------------------------------------------------


def find(programs: Sequence[Tokens], *, templates: Sequence[Tokens] = ()) -> Found:
    """The pairs of programs that are alike. Of programs of equal tokens one stands for all until pairs are listed."""
    given = frozenset(chain.from_iterable(numbers_of(one.signs) for one in templates))
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, tokens in enumerate(programs):
        places[tokens.signs].append(place)
    same = list(places.values())
    several = [Program(programs[one[0]], given) for one in same]
    common = _common(several)
    for program in several if common else ():
        program.leave_out(common)
    compared = [at for at, one in enumerate(several) if one.own_count >= LEAST_TOKENS]
    among = [*_likely(several, compared), *((at, at) for at in compared if len(same[at]) > 1)]
    size = sum(len(same[at]) for at in compared)
    rarity = _Rarity((several[at].prints, len(same[at])) for at in compared)
    alike = []
    for first, second in among:
        overlap = overlap_of(several[first], several[second])
        if max(overlap.shares) >= LEAST_SHARE:
            alike.append(_Alike(first, second, overlap, *rarity.of(several[first], several[second])))
    alike.sort(key=lambda one: (-one.weight, -one.overlap.tokens, one.first, one.second))
    return Found(
        pairs=tuple(islice(_pairs(alike, same, programs), MOST_LISTED)),
        count=sum(_count(same[one.first], same[one.second]) for one in alike),
        groups=_groups(alike, same),
        compared=size,
        short=len(programs) - size,
        common=len(common),
    )


def _common(several: Sequence[Program]) -> set[int]:
    """Numbers of stretches so many have that they say nothing."""
    having = Counter(chain.from_iterable(set(one.grams) for one in several))
    most = max(LEAST_COMMON, int(len(several) * COMMON_SHARE))
    return {number for number, count in having.items() if count > most}


def _likely(several: Sequence[Program], compared: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs that share a good part of the fingerprints of the smaller one, the largest shares first if too many."""
    having: dict[int, list[int]] = defaultdict(list)
    found: list[tuple[float, int, int]] = []
    for second in compared:
        prints = several[second].prints
        shared = Counter(chain.from_iterable(having[number] for number in prints if number in having))
        for first, count in shared.items():
            share = count / min(len(several[first].prints), len(prints))
            if share >= LEAST_SHARED:
                found.append((-share, first, second))
        for number in prints:
            having[number].append(second)
    found.sort()
    return [(first, second) for _share, first, second in found[:MOST_LOOKED_AT]]


class _Rarity:
    """How many programs have each fingerprint."""

    def __init__(self, prints: Iterable[tuple[Mapping[int, object], int]]) -> None:
        self._having: Counter[int] = Counter()
        self._size = 0
        for numbers, programs in prints:
            self._size += programs
            for number in numbers:
                self._having[number] += programs

    def of(self, one: Program, other: Program) -> tuple[int, float]:
        """How many programs have the rarest of what both have, and what all of it weighs."""
        counts = [self._having[number] for number in one.prints.keys() & other.prints.keys()]
        weight = sum(log((self._size + 1) / count) for count in counts)
        return min(counts, default=self._size), round(weight, 6)


def _count(ones: Sequence[int], others: Sequence[int]) -> int:
    """How many pairs of programs a pair of what stands for them is."""
    return len(ones) * (len(ones) - 1) // 2 if ones is others else len(ones) * len(others)


def _pairs(alike: Iterable[_Alike], same: Sequence[Sequence[int]], programs: Sequence[Tokens]) -> Iterator[Pair]:
    """Pairs of programs: equal tokens may stand in other lines."""
    for one in alike:
        for first in same[one.first]:
            for second in same[one.second]:
                if one.first != one.second or first < second:
                    shares, regions = one.overlap.shares, _regions(one.overlap, programs[first], programs[second])
                    yield Pair(first, second, one.overlap.tokens, shares, one.rarest, one.weight, regions)


def _regions(overlap: Overlap, one: Tokens, other: Tokens) -> tuple[tuple[Lines, Lines], ...]:
    ones, others = one.lines, other.lines
    return tuple(((ones[a], ones[b - 1]), (others[c], others[d - 1])) for a, b, c, d in overlap.spans)


def _groups(alike: Iterable[_Alike], same: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """Programs that hang together by pairs that are much alike, if they are three or more; the largest first."""
    leads: dict[int, int] = {}

    def head(place: int) -> int:
        while leads.setdefault(place, place) != place:
            leads[place] = place = leads[leads[place]]
        return place

    for one in alike:
        if min(one.overlap.shares) >= LEAST_SHARE_OF_GROUP:
            leads[head(one.second)] = head(one.first)
    members: dict[int, list[int]] = defaultdict(list)
    for place in leads:
        members[head(place)].extend(same[place])
    several = sorted((tuple(sorted(one)) for one in members.values() if len(one) > 2), key=lambda one: (-len(one), one))
    return tuple(several)
