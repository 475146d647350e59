"""Advice on questions: flags by thresholds that are stated here, and a plain sentence for each.

They say where to look, never what is so. Sources of the bounds: Ebel (1979), Essentials of educational measurement: D
under 0.20 is poor; Haladyna and Downing (1993): an option chosen by fewer than 5 % does not work (3 % here, as three of
four options are often enough).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.analysis_doc import AnalysisDoc, QuestionStats
from exams.asked import Asked
from exams.content import FALSE, TRUE, Key, Kind
from exams.result_words import two_places
from exams.showing import ROW_NAMES, letters

LEAST_STUDENTS = 10
"""Of fewer nothing is said."""
LEAST_FOR_OPTIONS = 30
"""Of fewer nothing is said of options nobody chose."""
KEY_LEAST, KEY_SHARE, KEY_TIMES, KEY_MOST_R = 3, 0.5, 2, 0.1
"""One wrong answer is that of at least three and half of the best, twice as many as are right, while r is at most this.
"""
EASY_FROM, HARD_UNDER = 0.9, 0.3
WEAK_D, WEAK_R = 0.2, 0.15
RARE_UNDER = 0.03
SLOW_TIMES, SLOW_FROM_S = 2.5, 60


class Flag(StrEnum):
    """What is to be looked at, the most pressing first."""

    KEY = "KEY"
    NEGATIVE = "NEGATIVE"
    WEAK = "WEAK"
    HARD = "HARD"
    EASY = "EASY"
    DISTRACTOR = "DISTRACTOR"
    SLOW = "SLOW"


WORDS: dict[Flag, tuple[str, str | Promise]] = {
    Flag.KEY: ("bad", gettext_lazy("Check the key")),
    Flag.NEGATIVE: ("bad", gettext_lazy("The best do worse")),
    Flag.WEAK: ("due", gettext_lazy("Tells little")),
    Flag.HARD: ("due", gettext_lazy("Hard")),
    Flag.EASY: ("due", gettext_lazy("Too easy")),
    Flag.DISTRACTOR: ("due", gettext_lazy("%(option)s rarely chosen")),
    Flag.SLOW: ("due", gettext_lazy("Takes long")),
}
"""Tone and badge."""


@dataclass(frozen=True, slots=True)
class Advice:
    """On one question: all its flags, and the first of them as a badge (`tone`, `word`) and as a sentence; of a good
    question no flags and no sentence."""

    place: int
    flags: tuple[str, ...]
    tone: str
    word: str
    sentence: str


# --- Which flags ------------------------------------------------------------------------------------------------------


def flags_of(
    questions: Sequence[QuestionStats], asked: Sequence[Asked], *, count: int, best_count: int
) -> list[tuple[str, ...]]:
    """For each question its flags, the most pressing first."""
    if count < LEAST_STUDENTS:
        return [() for _one in questions]
    medians = [one.median_s for one in questions if one.median_s is not None]
    usual_s = median(medians) if medians else 0.0
    return [
        tuple(flag for flag in Flag if RULES[flag](stats, one, _Around(count, best_count, usual_s)))
        for stats, one in zip(questions, asked, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Around:
    """How many wrote, how many are the best of them, and the seconds questions of this test usually take."""

    count: int
    best_count: int
    usual_s: float


def _is_key(stats: QuestionStats, _asked: Asked, around: _Around) -> bool:
    suspect = stats.suspect
    if suspect is None or stats.p is None or (stats.r is not None and stats.r > KEY_MOST_R):
        return False
    return suspect.best >= max(KEY_LEAST, KEY_SHARE * around.best_count, KEY_TIMES * stats.right_best)


def _is_negative(stats: QuestionStats, _asked: Asked, _around: _Around) -> bool:
    return stats.d is not None and stats.r is not None and stats.d < 0 and stats.r < 0


def _is_weak(stats: QuestionStats, _asked: Asked, _around: _Around) -> bool:
    """Neither the groups nor the correlation tell anybody apart, although it is neither very easy nor very hard."""
    if stats.p is None or stats.d is None or stats.r is None or not HARD_UNDER <= stats.p < EASY_FROM:
        return False
    return stats.d < WEAK_D and stats.r < WEAK_R


def _is_hard(stats: QuestionStats, _asked: Asked, _around: _Around) -> bool:
    return stats.p is not None and stats.p < HARD_UNDER


def _is_easy(stats: QuestionStats, _asked: Asked, _around: _Around) -> bool:
    return stats.p is not None and stats.p >= EASY_FROM


def _has_rare_option(stats: QuestionStats, asked: Asked, around: _Around) -> bool:
    return around.count >= LEAST_FOR_OPTIONS and bool(rare_options(stats, asked))


def _is_slow(stats: QuestionStats, _asked: Asked, around: _Around) -> bool:
    return stats.median_s is not None and stats.median_s >= max(SLOW_TIMES * around.usual_s, SLOW_FROM_S)


def rare_options(stats: QuestionStats, asked: Asked) -> list[str]:
    """Wrong options of a question with one right answer that nearly nobody of those who answered chose; of an easy
    question they are no news."""
    if asked.kind is not Kind.SINGLE or stats.p is None or stats.p >= EASY_FROM or not stats.answered:
        return []
    right = {one for key in asked.keys for one in key.right}
    return [one for one in asked.options if one not in right and stats.chosen[one] < RARE_UNDER * stats.answered]


RULES: Mapping[Flag, Callable[[QuestionStats, Asked, _Around], bool]] = {
    Flag.KEY: _is_key,
    Flag.NEGATIVE: _is_negative,
    Flag.WEAK: _is_weak,
    Flag.HARD: _is_hard,
    Flag.EASY: _is_easy,
    Flag.DISTRACTOR: _has_rare_option,
    Flag.SLOW: _is_slow,
}


# --- In words ---------------------------------------------------------------------------------------------------------


def advice(stats: QuestionStats, asked: Asked, *, doc: AnalysisDoc) -> Advice:
    """In the language that is active now."""
    if not asked.measures:
        return Advice(asked.place, (), "off", _("Not marked by its key"), "")
    if stats.p is None:
        return Advice(asked.place, (), "off", _("Nothing to tell by yet"), "")
    if doc.count < LEAST_STUDENTS:
        return Advice(asked.place, (), "off", _("Too few wrote it"), "")
    if not stats.flags:
        return Advice(asked.place, (), "ok", _("Good"), "")
    flag = Flag(stats.flags[0])
    tone, word = WORDS[flag]
    options = ", ".join(_options(asked, rare_options(stats, asked))) if flag is Flag.DISTRACTOR else ""
    return Advice(asked.place, stats.flags, tone, str(word) % {"option": options}, sentence(flag, stats, asked, doc))


def sentence(flag: Flag, stats: QuestionStats, asked: Asked, doc: AnalysisDoc) -> str:
    """Why the flag stands there, with the numbers that say so."""
    suspect = stats.suspect
    said: dict[str, Any] = {
        "right": _percent(stats.p or 0),
        "count": stats.right,
        "all": doc.count,
        "best": doc.best_count,
        "d": two_places(stats.d),
        "r": two_places(stats.r),
        "seconds": round(stats.median_s or 0),
        "key": key_words(asked),
    }
    if flag is Flag.KEY and suspect:
        said |= {
            "share": _percent(suspect.count / max(doc.count, 1)),
            "answer": answer_words(asked, suspect.answer),
            "among": suspect.best,
        }
    if asked.kind is Kind.CODING and flag in OF_MARKS:
        return str(OF_MARKS[flag]) % said
    if flag is Flag.DISTRACTOR:
        said["option"] = ", ".join(_options(asked, rare_options(stats, asked)))
    return str(SENTENCES[flag]) % said


SENTENCES: dict[Flag, str | Promise] = {
    Flag.KEY: gettext_lazy(
        "%(share)s %% chose %(answer)s, among them %(among)s of the best %(best)s; the key says %(key)s."
    ),
    Flag.NEGATIVE: gettext_lazy(
        "Who did well in the rest was right less often than others: discrimination %(d)s, point-biserial %(r)s. "
        "Look at its words and its key."
    ),
    Flag.WEAK: gettext_lazy(
        "Strong and weak students were right about equally often: discrimination %(d)s, point-biserial %(r)s."
    ),
    Flag.HARD: gettext_lazy("%(right)s %% were right: %(count)s of %(all)s."),
    Flag.EASY: gettext_lazy("%(right)s %% were right: it tells nobody apart."),
    Flag.DISTRACTOR: gettext_lazy("Nearly nobody chose %(option)s: who guesses has fewer options to guess among."),
    Flag.SLOW: gettext_lazy("Half took %(seconds)s seconds or more, far longer than for other questions of this test."),
}

OF_MARKS: dict[Flag, str | Promise] = {
    Flag.NEGATIVE: gettext_lazy(
        "Who did well in the rest got fewer marks here than others: discrimination %(d)s, correlation %(r)s. "
        "Look at its words and its tests."
    ),
    Flag.WEAK: gettext_lazy(
        "Strong and weak students got about the same marks: discrimination %(d)s, correlation %(r)s."
    ),
    Flag.HARD: gettext_lazy("%(right)s %% of the marks were got on average; %(count)s of %(all)s passed all tests."),
    Flag.EASY: gettext_lazy("%(right)s %% of the marks were got on average: it tells nobody apart."),
}
"""Of programs, which are right in part."""


def key_words(asked: Asked) -> str:
    """What is right, as one says it: B; A and D; 5.237 ± 0.001. Several keys are told one after the other."""
    return _(" or ").join(dict.fromkeys(_key_words(asked, key) for key in asked.keys))


def _key_words(asked: Asked, key: Key) -> str:
    match asked.kind:
        case Kind.SINGLE | Kind.TRUE_FALSE:
            return _(" or ").join(_options(asked, key.right))
        case Kind.MULTIPLE:
            return _(" and ").join(_options(asked, key.right))
        case Kind.NUMERICAL:
            return _(" or ").join(
                f"{one.value} ± {one.tolerance}" if one.tolerance not in ("", "0") else one.value for one in key.numbers
            )
        case Kind.SHORT:
            return _(" or ").join(key.accepted)
        case Kind.MATCH:
            return ", ".join(_pairs(asked, key.pairs))
    return ""


def answer_words(asked: Asked, answer: Any) -> str:
    """An answer as one says it, with the letters of the paper's own order; "" for none."""
    if answer is None:
        return ""
    match asked.kind:
        case Kind.SINGLE | Kind.TRUE_FALSE:
            return _options(asked, [answer])[0]
        case Kind.MULTIPLE:
            return _(" and ").join(_options(asked, answer))
        case Kind.MATCH:
            return ", ".join(_pairs(asked, answer))
    return str(answer)


def option_names(asked: Asked) -> dict[str, str]:
    """What the names in `QuestionStats.chosen` are called: A, B, …; true, false; P–1; numbers and words themselves."""
    if asked.kind is Kind.MATCH:
        return {f"{row}-{column}": f"{r}–{c}" for row, r in _rows(asked) for column, c in _columns(asked)}
    return dict(zip(asked.options, _options(asked, asked.options), strict=True))


def _options(asked: Asked, ids: Sequence[str]) -> list[str]:
    """Their letters, in the paper's order."""
    if asked.kind is Kind.TRUE_FALSE:
        said = {TRUE: _("True"), FALSE: _("False")}
        return [said.get(one, one) for one in ids]
    named = dict(zip(asked.options, letters(), strict=False))
    return sorted(named.get(one, one) for one in ids)


def _rows(asked: Asked) -> Iterator[tuple[str, str]]:
    return zip(asked.rows, ROW_NAMES, strict=False)


def _columns(asked: Asked) -> Iterator[tuple[str, str]]:
    return ((one, str(place)) for place, one in enumerate(asked.columns, start=1))


def _pairs(asked: Asked, pairs: Mapping[str, Sequence[str]]) -> list[str]:
    rows, columns = dict(_rows(asked)), dict(_columns(asked))
    return [f"{rows.get(row, row)}–{'/'.join(columns.get(one, one) for one in said)}" for row, said in pairs.items()]


def _percent(share: float) -> str:
    return str(round(100 * share))
