"""How far a student is from the topper: marks by section, and what the topper did otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from exams.analysis_doc import AnalysisDoc
from exams.own_result import OwnResult
from exams.result_words import clock, section_title
from exams.scheme_words import number

HALF, MOST = 0.45, 0.6
"""From which share on a section is said to be about half, or most, of the way to the topper."""


@dataclass(frozen=True, slots=True)
class GapLine:
    """How many marks of a section the topper has more; `width` in percent of the widest."""

    title: str
    marks: str
    width: str
    is_widest: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """The way to the topper, the widest section first; `rows` are (what, you, average, topper)."""

    marks: str
    lead: str
    more: str
    lines: tuple[GapLine, ...]
    rows: tuple[tuple[str, str, str, str], ...]


def gap(own: OwnResult) -> Gap | None:
    """None for who is first, and where no section is known of the topper. One query."""
    figures = own.figures
    if own.is_first or not own.has_others:
        return None
    missing = round(figures.highest - float(own.row.total), 2)
    pairs = [
        (section_title(one.section), top.top - float(one.marks))
        for one, top in zip(own.sections, figures.sections, strict=False)
    ]
    pairs = sorted((pair for pair in pairs if pair[1] > 0), key=lambda pair: -pair[1])
    if missing <= 0 or not pairs:
        return None
    widest = pairs[0][1]
    lines = tuple(
        GapLine(name, rounded_marks(marks), f"{marks * 100 / widest:.1f}%", place == 0)
        for place, (name, marks) in enumerate(pairs)
    )
    rows = _compared(own, figures)
    more = _time_words(own, figures)
    return Gap(rounded_marks(missing), _lead(pairs, len(own.sections)), more, lines, tuple(rows))


def _lead(pairs: Sequence[tuple[str, float]], sections: int) -> str:
    name, widest = pairs[0]
    share = widest / sum(marks for _name, marks in pairs)
    if sections < 2:
        return ""
    if len(pairs) == 1 or share > 0.9:
        return _("Nearly all of it is %(section)s.") % {"section": name}
    if share >= MOST:
        return _("Most of it is %(section)s.") % {"section": name}
    if share >= HALF:
        return _("About half of it is %(section)s.") % {"section": name}
    return _("%(section)s is the largest part of it.") % {"section": name}


def _time_words(own: OwnResult, figures: AnalysisDoc) -> str:
    count = len(own.items)
    if not count or not own.row.spent_s or not figures.top_spent_s:
        return ""
    less = round((own.row.spent_s - figures.top_spent_s) / count)
    if not less:
        return _("The topper spent as much time on a question.")
    words = (
        _("The topper spent %(count)d s less on a question.")
        if less > 0
        else _("The topper spent %(count)d s more on a question.")
    )
    return words % {"count": abs(less)}


def _compared(own: OwnResult, figures: AnalysisDoc) -> list[tuple[str, str, str, str]]:
    if not own.items:
        return []
    row, count = own.row, len(own.items)
    best = own.version.results.filter(rank=1).order_by("pk").values_list("right", "partial", "wrong").first()
    answered = sum(one.answered for one in figures.questions)
    right = sum(one.right for one in figures.questions)
    return [
        (
            _("right of tried"),
            _share(row.right, row.right + row.partial + row.wrong),
            _share(right, answered),
            _share(best[0], sum(best)) if best else "",
        ),
        (
            _("a question"),
            clock(row.spent_s / count),
            clock(figures.mean_spent_s / count),
            clock(figures.top_spent_s / count),
        ),
    ]


def _share(part: int, whole: int) -> str:
    return _("%(percent)d %%") % {"percent": round(part * 100 / whole)} if whole else "–"


def rounded_marks(marks: float) -> str:
    return number(Decimal(str(round(marks, 2))))
