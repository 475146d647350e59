"""Questions of a version of results as staff look at them: how hard, how well they tell strong from weak, what was
chosen, and what to do about it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from coaching.lib.charts import Share, Shares, shares_chart
from exams import item_flags
from exams.analysis_doc import AnalysisDoc, QuestionStats
from exams.asked import Asked, asked_of
from exams.content import CHOSEN, Kind
from exams.item_flags import Advice, Flag
from exams.models import ExamQuestion, ResultVersion
from exams.paper_sheet import words_of
from exams.result_words import NONE, clock, two_places

COMMONEST = 3
MOST_ANSWER = 24
SLOT, WIDE_SLOT = 40, 64
"""Pixels for each bar; wide where the name of a choice is a word."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A question in the table. `right` is in percent, `d` and `r` are words ("–" where nothing can be said);
    `answers` says the commonest answers where there is nothing to choose from."""

    number: int
    asked: Asked
    row: ExamQuestion
    words: str
    stats: QuestionStats
    advice: Advice
    right: int | None
    d: str
    r: str
    chart: Shares | None
    chart_label: str
    answers: str
    minutes: str

    @property
    def is_flagged(self) -> bool:
        return bool(self.advice.flags)

    @property
    def topic(self) -> str:
        """Of what it is, as far as that is known."""
        return self.asked.topic_name or self.asked.subject

    @property
    def urgency(self) -> tuple[int, int]:
        """Smaller for what should be looked at first."""
        order = list(Flag)
        return (order.index(Flag(self.advice.flags[0])) if self.advice.flags else len(order), self.number)


def rows_of(version: ResultVersion, doc: AnalysisDoc, *, only_flagged: bool = False) -> list[ItemRow]:
    """All questions in the paper's order, or those something is to be said of. Three queries."""
    asked = asked_of(version)
    if only_flagged:
        asked = [one for one in asked if doc.questions[one.place].flags]
    found = placed([one.question for one in asked])
    return [row_of(one, found[one.question], doc) for one in asked]


def placed(numbers: Collection[int]) -> dict[int, ExamQuestion]:
    """Questions of papers by their numbers, with what a line says of each. One query."""
    rows = ExamQuestion.objects.select_related("question", "version", "passage_version__question")
    return rows.in_bulk(list(numbers))


def row_of(asked: Asked, row: ExamQuestion, doc: AnalysisDoc) -> ItemRow:
    """The line of one question."""
    stats = doc.questions[asked.place]
    shares = shares_of(asked, stats, doc.count)
    return ItemRow(
        number=asked.place + 1,
        asked=asked,
        row=row,
        words=words_of(row.version),
        stats=stats,
        advice=item_flags.advice(stats, asked, doc=doc),
        right=round(100 * stats.p) if stats.p is not None else None,
        d=two_places(stats.d),
        r=two_places(stats.r),
        chart=shares_chart(shares, slot=WIDE_SLOT if asked.kind is Kind.TRUE_FALSE else SLOT) if shares else None,
        chart_label=shares_words(shares),
        answers="" if shares else commonest(asked, stats.chosen, doc.count),
        minutes=time_words(stats.mean_s),
    )


# --- What was chosen --------------------------------------------------------------------------------------------------


def is_chosen(asked: Asked) -> bool:
    """Whether it is answered by choosing among options."""
    return asked.kind in CHOSEN or asked.kind is Kind.TRUE_FALSE


def tones_of(asked: Asked, stats: QuestionStats) -> dict[str, str]:
    """By ids of options: ok is right now, bad is wrong and was chosen so often by the best that the key is in doubt."""
    tones = dict.fromkeys(_suspects(stats), "bad")
    return tones | dict.fromkeys((one for key in asked.keys for one in key.right), "ok")


def _suspects(stats: QuestionStats) -> list[str]:
    if stats.suspect is None or Flag.KEY not in stats.flags:
        return []
    answer = stats.suspect.answer
    return [str(one) for one in (answer if isinstance(answer, list) else [answer])]


def shares_of(asked: Asked, stats: QuestionStats, count: int) -> list[Share]:
    """How many in a hundred chose each option, and how many none; nothing where there are no options."""
    if not is_chosen(asked):
        return []
    tones = tones_of(asked, stats)
    shares = [
        Share(name, percent(stats.chosen.get(one, 0), count), tones.get(one, ""))
        for one, name in item_flags.option_names(asked).items()
    ]
    return [*shares, Share(NONE, percent(max(count - stats.answered, 0), count))]


def shares_words(shares: Sequence[Share]) -> str:
    """For the ear: "Chosen in percent: A 11, B 14, none 5"."""
    said = ", ".join(f"{_('none') if one.label == NONE else one.label} {one.percent}" for one in shares)
    return _("Chosen in percent: %(shares)s") % {"shares": said} if said else ""


def commonest(asked: Asked, chosen: Mapping[str, int], count: int) -> str:
    """The answers most gave, each with its share."""
    names = item_flags.option_names(asked) if asked.kind is Kind.MATCH else {}
    found = sorted(((many, one) for one, many in chosen.items() if many), key=lambda one: (-one[0], one[1]))[:COMMONEST]
    return ", ".join(f"{_short(names.get(one, one))} {percent(many, count)}" for many, one in found)


def _short(answer: str) -> str:
    said = " ".join(answer.split())
    return said if len(said) <= MOST_ANSWER else f"{said[:MOST_ANSWER]}…"


# --- In which order ---------------------------------------------------------------------------------------------------


SORTS: Mapping[str, Callable[[ItemRow], float | None]] = {
    "right": lambda one: one.stats.p,
    "d": lambda one: one.stats.d,
    "time": lambda one: None if one.stats.mean_s is None else -one.stats.mean_s,
}


def sorts() -> list[tuple[str, str]]:
    """What the table can be sorted by: (word in its address, label); the first is the paper's own order."""
    return [("", _("Number")), ("right", _("Fewest right")), ("d", _("Discrimination")), ("time", _("Longest"))]


def in_order(rows: Sequence[ItemRow], sort: str) -> list[ItemRow]:
    """What should be looked at first comes first, what has no figure last; the paper's order for any other word."""
    if sort not in SORTS:
        return list(rows)

    def place(one: ItemRow) -> tuple[bool, float, int]:
        found = SORTS[sort](one)
        return (found is None, found or 0.0, one.number)

    return sorted(rows, key=place)


# --- In words ---------------------------------------------------------------------------------------------------------


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def time_words(seconds: float | None) -> str:
    """1:32, of seconds; a dash when nobody looked at it."""
    return clock(seconds) or NONE
