"""One question of a version of results, whole: as it was asked, what was chosen, and what became of its key."""

from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exams import analysis, bank_rows, item_flags, result_items
from exams.analysis_doc import AnalysisDoc, QuestionStats
from exams.asked import Asked, asked_of
from exams.bank_rows import KeyLine
from exams.content import Content, Key, Kind
from exams.judge import code_words, scores
from exams.judge.marked_programs import Verdict
from exams.judge.suites import is_judged
from exams.models import ExamQuestion, KeyFix, ResultVersion, Test
from exams.result_items import percent, time_words
from exams.result_words import NONE, two_places


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """An option, or a common answer: shares in percent of all and of the best; `tone` ok is right, bad is suspect."""

    name: str
    html: str
    count: int
    all: int
    best: int
    tone: str


@dataclass(frozen=True, slots=True)
class FixLine:
    """A correction of the key: `keys` is what is right by it."""

    fix: KeyFix
    number: int
    keys: list[KeyLine]


def page_of(test: Test, version: ResultVersion, place: int) -> dict[str, Any]:
    """All a page says of the question at that place, counted from 0. Raises: IndexError."""
    doc, asked = analysis.of(version), asked_of(version)[place]
    row = result_items.placed([asked.question])[asked.question]
    stats, content = doc.questions[place], row.version.content
    return {
        "item": result_items.row_of(asked, row, doc),
        "stats": stats,
        "question": row.question,
        "sides": bank_rows.sides(content),
        "keys": bank_rows.key_lines(content),
        "passage": bank_rows.sides(row.passage_version.content) if row.passage_version else [],
        "fixes": fixes_of(row, content),
        "choices": choices_of(asked, stats, content, doc),
        "has_options": result_items.is_chosen(asked),
        "best_count": doc.best_count,
        "count": doc.count,
        "figures": figures_of(stats, asked.kind),
        "verdicts": verdicts_of(stats),
        "is_judged": is_judged(row.question),
        "programs": programs_of(test, row),
        "times": times_of(stats),
        "before": place or None,
        "after": place + 2 if place + 1 < len(doc.questions) else None,
        "to_bank": reverse("bank_question", args=[row.question.uuid]),
    }


def fixes_of(question: ExamQuestion, content: Content) -> list[FixLine]:
    """Newest first."""
    rows = KeyFix.objects.filter(question=question).select_related("by", "version").order_by("-pk")
    return [
        FixLine(one, one.version.number, [line for key in one.keys for line in lines_of(content, key)]) for one in rows
    ]


def lines_of(content: Content, key: dict[str, Any]) -> list[KeyLine]:
    """What is right by another key."""
    return bank_rows.key_lines(replace(content, key=Key.from_json(key)))


def choices_of(asked: Asked, stats: QuestionStats, content: Content, doc: AnalysisDoc) -> list[ChoiceLine]:
    """Every option, or what was answered most where there are none, the commonest first."""
    names, tones = item_flags.option_names(asked), result_items.tones_of(asked, stats)
    if result_items.is_chosen(asked):
        tongue = "hi" if get_language() == "hi" else "en"
        side = next(one for one in bank_rows.sides(content) if one.lang == tongue)
        texts: dict[str, str] = {one.id: one.html for one in side.shown.options}
        lines = [(one, name if len(name) == 1 else "", texts.get(one, name)) for one, name in names.items()]
    else:
        most = sorted((one for one, many in stats.chosen.items() if many), key=lambda one: (-stats.chosen[one], one))
        lines = [(one, "", names.get(one, one)) for one in most]
    return [
        ChoiceLine(
            name=name,
            html=html,
            count=stats.chosen.get(one, 0),
            all=percent(stats.chosen.get(one, 0), doc.count),
            best=percent(stats.chosen_best.get(one, 0), doc.best_count),
            tone=tones.get(one, ""),
        )
        for one, name, html in lines
    ]


def verdicts_of(stats: QuestionStats) -> list[tuple[str, str, int]]:
    """(tone, word, how many), without what there is none of."""
    found = (
        ("ok", _("Right"), stats.right),
        ("due", _("Partly right"), stats.partial),
        ("bad", _("Wrong"), stats.wrong),
        ("off", _("Blank"), stats.blank),
        ("run", _("Not marked yet"), stats.waiting),
    )
    return [one for one in found if one[2]]


def programs_of(test: Test, row: ExamQuestion) -> list[tuple[Verdict, int]]:
    """Each verdict with how many programs came to it, the commonest first; nothing of what is no program. One query."""
    if row.question.kind != Kind.CODING:
        return []
    counts = scores.verdicts_of(test, row.pk)
    found = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [(Verdict.of(code_words.sign_of(code)), count) for code, count in found]


def times_of(stats: QuestionStats) -> list[tuple[str, str]]:
    """Minutes and seconds."""
    return [
        (_("On average"), time_words(stats.mean_s)),
        (_("Half took at most"), time_words(stats.median_s)),
        (_("Rank 1 took"), time_words(stats.top_s)),
    ]


def figures_of(stats: QuestionStats, kind: Kind) -> list[tuple[str, str, str]]:
    """(name, value, what it means)."""
    right = f"{round(100 * stats.p)} %" if stats.p is not None else NONE
    usual = _("of all who wrote it; from %(least)d to %(most)d %% tells most") % {"least": 30, "most": 80}
    share = {"share": 27}
    if kind is Kind.CODING:
        groups = _("marks of the best %(share)d %% less those of the last %(share)d %%, as shares") % share
        names = (_("Share of the marks"), _("Correlation"))
    else:
        groups = _("right among the best %(share)d %% less right among the last %(share)d %%") % share
        names = (_("Right"), _("Point-biserial"))
    return [
        (names[0], right, usual),
        (_("Discrimination"), two_places(stats.d), groups),
        (names[1], two_places(stats.r), _("goes with the marks of the rest; above 0.20 is good")),
    ]
