"""What a student's result says: marks, place, sections, a corrected key. The way to the topper: `own_gap`.

Everything is read from the rows of a version and its analysis, so the page costs the same for any number of students.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coaching.lib.clock import day_text
from exams.analysis_doc import AnalysisDoc, SectionStats
from exams.models import KeyFix, Result, ResultVersion
from exams.models.results import Cause
from exams.own_charts import Strip, strip
from exams.own_result_rows import Seen
from exams.result_reading import ItemResult, ResultOutline, SectionResult, items_of, sections_of
from exams.result_words import marks_words, section_title
from exams.scheme_words import number


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section: his marks beside the average's and the topper's, and how many of what."""

    title: str
    marks: str
    most: str
    strip: Strip | None
    aloud: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A key was corrected: since when, which, and what it changed for him."""

    lead: str
    change: str


@dataclass(frozen=True, slots=True)
class OtherAttempt:
    """Another attempt of his at the same test, which does not count."""

    number: int
    total: str
    submitted_at: datetime | None


@dataclass(frozen=True)
class OwnResult:
    """A result read with its version and what that says of everybody."""

    seen: Seen
    outline: ResultOutline
    items: tuple[ItemResult, ...]
    sections: tuple[SectionResult, ...]
    figures: AnalysisDoc

    @property
    def row(self) -> Result:
        return self.seen.result

    @property
    def version(self) -> ResultVersion:
        return self.row.version

    @property
    def has_others(self) -> bool:
        """Whether somebody else wrote it, so that averages are not his own marks."""
        return self.version.ranked_count > 1

    @property
    def is_first(self) -> bool:
        return self.row.rank == 1


def read(seen: Seen, figures: AnalysisDoc) -> OwnResult:
    row = seen.result
    outline = ResultOutline.from_json(row.version.outline)
    items = items_of(outline, row.verdicts, row.marks) if row.verdicts else []
    return OwnResult(seen, outline, tuple(items), tuple(sections_of(outline, row.sections)), figures)


# --- Marks and place --------------------------------------------------------------------------------------------------


def whole_strip(own: OwnResult) -> tuple[Strip | None, str]:
    """Of the whole test, and the same aloud."""
    row = own.row
    return _strip(own, row.total, row.most, own.figures.mean, own.figures.highest)


def section_lines(own: OwnResult) -> list[SectionLine]:
    figures = own.figures.sections
    return [
        _section_line(own, one, figures[place] if place < len(figures) else None)
        for place, one in enumerate(own.sections)
    ]


def _section_line(own: OwnResult, one: SectionResult, others: SectionStats | None) -> SectionLine:
    drawn, aloud = None, ""
    if others:
        drawn, aloud = _strip(own, one.marks, one.section.most, others.mean, others.top)
    return SectionLine(
        section_title(one.section), number(one.marks), number(one.section.most), drawn, aloud, tuple(_counts(own, one))
    )


def _counts(own: OwnResult, one: SectionResult) -> list[str]:
    if not own.items:
        return []
    said = [
        ngettext("%(count)d right", "%(count)d right", one.right) % {"count": one.right},
        ngettext("%(count)d in part", "%(count)d in part", one.partial) % {"count": one.partial} if one.partial else "",
        ngettext("%(count)d wrong", "%(count)d wrong", one.wrong) % {"count": one.wrong},
        ngettext("%(count)d left", "%(count)d left", one.blank) % {"count": one.blank},
        minutes(one.spent_s),
    ]
    return [words for words in said if words]


def _strip(own: OwnResult, marks: Decimal, most: Decimal, mean: float, top: float) -> tuple[Strip | None, str]:
    """None where nobody else is to be compared with, or nothing can be got."""
    if not own.has_others or most <= 0:
        return None, ""
    values = {"you": number(marks), "average": rounded(mean), "topper": rounded(top), "most": number(most)}
    others = [(mean, _("average %(average)s") % values)]
    if not own.is_first:
        others.append((top, _("topper %(topper)s") % values))
    own_words = _("you %(you)s") if own.seen.is_own else _("student %(you)s")
    drawn = strip(float(most), (float(marks), own_words % values), others)
    if own.is_first:
        return drawn, _("Marks %(you)s, average %(average)s, of %(most)s") % values
    return drawn, _("Marks %(you)s, average %(average)s, topper %(topper)s, of %(most)s") % values


def rounded(value: float) -> str:
    return number(Decimal(round(value)))


def minutes(seconds: float) -> str:
    whole = round(seconds / 60)
    return ngettext("%(count)d min", "%(count)d min", whole) % {"count": whole}


def used_of(used: int, given: int) -> str:
    """175 of 180 min used."""
    return _("%(used)d of %(given)d min used") % {"used": used, "given": given}


# --- What came before, and beside -------------------------------------------------------------------------------------


def note_of(own: OwnResult, fixes: dict[int, KeyFix], numbers: dict[int, int]) -> Note | None:
    """What the last correction of keys changed for him; `numbers` are his, of questions. One query at most."""
    last = max((one.version.number for one in fixes.values() if one.version.cause == Cause.KEY_FIX), default=0)
    if last < 2:
        return None
    fixed = [one for one in fixes.values() if one.version.number == last]
    rows = Result.objects.filter(
        version__test=own.version.test_id, version__number__in=(last - 1, last), student=own.row.student_id
    )
    found = {row.version.number: row for row in rows.filter(is_counted=True).select_related("version")}
    before, after = found.get(last - 1), found.get(last)
    change = _change(before, after, own) if before and after else ""
    return Note(_fixed_words(own, fixed, numbers), change)


def _fixed_words(own: OwnResult, fixed: Sequence[KeyFix], numbers: dict[int, int]) -> str:
    day = day_text(fixed[0].version.made_at)
    has_key = fixed[0].action != KeyFix.Action.CHANGE or fixed[0].keys  # else people mark it again
    if not own.seen.shows_questions or len(fixed) > 1 or not has_key:
        words = ngettext(
            "%(count)d question was corrected on %(day)s.", "%(count)d questions were corrected on %(day)s.", len(fixed)
        )
        return words % {"count": len(fixed), "day": day}
    place = {"number": numbers.get(fixed[0].question_id, 0), "day": day}
    match fixed[0].action:
        case KeyFix.Action.DROP:
            return _("Question %(number)d was taken out on %(day)s.") % place
        case KeyFix.Action.BONUS_ALL | KeyFix.Action.BONUS_ATTEMPTED:
            return _("Question %(number)d gives full marks since %(day)s.") % place
    return _("Key of question %(number)d corrected on %(day)s.") % place


def _change(before: Result, after: Result, own: OwnResult) -> str:
    values = {"before": number(before.total), "after": number(after.total), "old": before.rank, "new": after.rank}
    is_same = before.total == after.total
    if not own.seen.is_own:
        if is_same:
            return _("The marks stayed %(after)s, the rank went from %(old)d to %(new)d.") % values
        return _("The marks went from %(before)s to %(after)s, the rank from %(old)d to %(new)d.") % values
    if is_same and before.rank == after.rank:
        return _("Your marks and rank stayed the same.")
    if is_same:
        return _("Your marks stayed %(after)s, your rank went from %(old)d to %(new)d.") % values
    return _("You went from %(before)s to %(after)s, rank %(old)d to %(new)d.") % values


def other_attempts(own: OwnResult) -> list[OtherAttempt]:
    """His others at the same test, the first one first. One query."""
    rows = Result.objects.filter(version=own.version, student=own.row.student_id, is_counted=False)
    found = rows.exclude(attempt=None).select_related("attempt").order_by("attempt__number")
    return [
        OtherAttempt(
            one.attempt.number,
            marks_words(one.total, one.most),
            one.attempt.submitted_at,
        )
        for one in found
        if one.attempt
    ]
