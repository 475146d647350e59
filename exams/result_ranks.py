"""The ranks of a version of results: rows for a page, narrowed by batch and name, and all of them for a file."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from batches.models import Batch
from exams.models import Result, ResultVersion
from exams.result_reading import ResultOutline, items_of, sections_of
from exams.result_words import percentile_words, section_title
from exams.scheme_words import number
from exams.schemes import Verdict

PAGE_ROWS = 50
CHUNK_ROWS = 500
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class RankRow:
    """A student's result as a line: `sections` are marks in words, `place` is his rank in his batch, when asked."""

    result: Result
    sections: tuple[str, ...]
    total: str
    percentile: str
    place: int | None = None


def ranked(version: ResultVersion) -> QuerySet[Result]:
    """Those of its results that have a rank, the best first."""
    found = Result.objects.filter(version=version, is_counted=True)
    return found.select_related("student", "batch").order_by("rank", "pk")


def batches_of(version: ResultVersion) -> list[Batch]:
    """In which its students wrote, by name."""
    wrote = Result.objects.filter(version=version, is_counted=True).order_by().values("batch")
    return list(Batch.objects.filter(pk__in=wrote).order_by("name", "pk"))


def page_of(version: ResultVersion, *, batch: Batch | None, words: str, page: str | None) -> Page[Any]:
    """A page of ranks whose `object_list` are rows. In a batch each has his place there, too."""
    found = ranked(version)
    found = found.filter(batch=batch) if batch else found
    if words:
        found = found.filter(Q(student__name__icontains=words) | Q(student__admission_number__iexact=words))
    shown: Page[Any] = Paginator(found, PAGE_ROWS).get_page(page)
    shown.object_list = rows_of(version, shown.object_list, ranks=_ranks_in(version, batch) if batch else None)
    return shown


def rows_of(version: ResultVersion, results: Any, *, ranks: Sequence[int] | None = None) -> list[RankRow]:
    """`ranks`: of all in the batch, from the first on."""
    outline = ResultOutline.from_json(version.outline)
    return [_row(outline, one, ranks) for one in results]


def _row(outline: ResultOutline, result: Result, ranks: Sequence[int] | None) -> RankRow:
    return RankRow(
        result=result,
        sections=tuple(number(one.marks) for one in sections_of(outline, result.sections)),
        total=number(result.total),
        percentile=percentile_words(result.percentile),
        place=bisect_left(ranks, result.rank or 0) + 1 if ranks is not None else None,
    )


def _ranks_in(version: ResultVersion, batch: Batch) -> list[int]:
    found = Result.objects.filter(version=version, is_counted=True, batch=batch).order_by("rank")
    return [one or 0 for one in found.values_list("rank", flat=True)]


# --- For a spreadsheet ------------------------------------------------------------------------------------------------

WIDE = (3, 4)
"""The places of the columns with names."""


def header(version: ResultVersion, *, with_questions: bool) -> list[str]:
    """Titles of the columns of `cells`; questions are counted through the paper."""
    outline = ResultOutline.from_json(version.outline)
    questions = range(1, len(outline.questions) + 1) if with_questions else ()
    return [
        _("Rank"),
        _("Rank in the batch"),
        _("Admission number"),
        _("Name"),
        _("Batch"),
        *(section_title(one) for one in outline.sections),
        _("Marks"),
        _("Out of"),
        _("Percentile"),
        _("Right"),
        _("Partly right"),
        _("Wrong"),
        _("Blank"),
        _("Not marked yet"),
        _("Minutes"),
        *(_("Question %(number)d") % {"number": one} for one in questions),
    ]


def cells(version: ResultVersion, *, with_questions: bool, batch: Batch | None = None) -> Iterator[list[Any]]:
    """A row for each rank, fetched some hundred at a time by rank, so that no query stays open while they are sent."""
    outline = ResultOutline.from_json(version.outline)
    found = ranked(version).filter(batch=batch) if batch else ranked(version)
    found = found if with_questions else found.defer("verdicts", "marks")
    ranks = _ranks_by_batch(version)
    after = (0, 0)
    while chunk := list(found.filter(Q(rank__gt=after[0]) | Q(rank=after[0], pk__gt=after[1]))[:CHUNK_ROWS]):
        yield from (_cells(outline, one, ranks, with_questions=with_questions) for one in chunk)
        after = (chunk[-1].rank or 0, chunk[-1].pk)


def _ranks_by_batch(version: ResultVersion) -> dict[int | None, list[int]]:
    found: dict[int | None, list[int]] = defaultdict(list)
    rows = Result.objects.filter(version=version, is_counted=True).order_by("rank")
    for batch, rank in rows.values_list("batch", "rank"):
        found[batch].append(rank or 0)
    return found


def _cells(
    outline: ResultOutline, one: Result, ranks: dict[int | None, list[int]], *, with_questions: bool
) -> list[Any]:
    student, rank = one.student, one.rank or 0
    return [
        rank,
        bisect_left(ranks[one.batch_id], rank) + 1 if one.batch_id else "",
        student.admission_number or "",
        student.name,
        one.batch.name if one.batch else "",
        *(_as_cell(part.marks) for part in sections_of(outline, one.sections)),
        _as_cell(one.total),
        _as_cell(one.most),
        _as_cell(one.percentile) if one.percentile is not None else "",
        one.right,
        one.partial,
        one.wrong,
        one.blank,
        one.waiting,
        _as_cell((Decimal(one.spent_s) / 60).quantize(TENTH)),
        *(_marks(outline, one) if with_questions else ()),
    ]


def _marks(outline: ResultOutline, one: Result) -> Iterator[Any]:
    """Nothing where nobody has marked it yet."""
    if not one.verdicts:
        return iter("" for _question in outline.questions)
    items = items_of(outline, one.verdicts, one.marks)
    return ("" if item.verdict is Verdict.WAITING else _as_cell(item.marks) for item in items)


def _as_cell(marks: Decimal) -> Decimal | int:
    """A number without needless places, as a spreadsheet has it: 4 and not 4.00; a percentile has all seven."""
    return int(marks) if marks == marks.to_integral_value() else marks.normalize()
