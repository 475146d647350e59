"""What staff read of a test the same evening: figures, how marks lie, topics by batch, what to look at, the best."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from batches.models import Batch
from coaching.lib.charts import Histogram, Spread, histogram
from coaching.lib.clock import clock_text, day_text
from coaching.lib.offers import Figure
from exams import analysis, result_items, result_ranks, result_topics
from exams.analysis_doc import AnalysisDoc
from exams.item_flags import Flag
from exams.models import Analysis, Result, ResultVersion, Test
from exams.result_items import ItemRow
from exams.result_reading import ResultOutline
from exams.result_states import students_meant
from exams.result_words import one_place, section_title, two_places
from exams.scheme_words import number
from exams.statistics import Histogram as Bars

FIRST_RANKS = 5
MOST_LOOKED_AT = 10
FAR = 0.8
"""Of the marks: who has so much did very well."""
GOOD_ALPHA, FAIR_ALPHA = 0.8, 0.7


def page_of(test: Test, version: ResultVersion, *, viewer: User) -> dict[str, Any]:
    """All the overview shows of a version. As many queries for 5,000 students as for five."""
    doc, outline = analysis.of(version), ResultOutline.from_json(version.outline)
    items = result_items.rows_of(version, doc, only_flagged=True)
    flagged = sorted((one for one in items if one.is_flagged), key=lambda one: one.urgency)
    ranks = result_ranks.rows_of(version, result_ranks.ranked(version)[:FIRST_RANKS])
    return {
        "doc": doc,
        "outline": outline,
        "most": number(outline.most),
        "figures": figures_of(test, version, doc, viewer=viewer, ranks=ranks),
        **_suspect(test, flagged),
        "provisional": provisional_words(version),
        "marks": marks_of(doc, outline.most),
        "heat": result_topics.heat_of(doc),
        "flagged": flagged[:MOST_LOOKED_AT],
        "flagged_count": len(flagged),
        "ranks": ranks,
        "titles": [section_title(one) for one in outline.sections],
        "sections": sections_of(outline, doc),
        "batches": batches_of(doc),
    }


def _suspect(test: Test, flagged: Sequence[ItemRow]) -> dict[str, Any]:
    """The question whose key is most in doubt, and where it is mended."""
    found = next((one for one in flagged if Flag.KEY in one.advice.flags), None)
    if found is None:
        return {"suspect": None}
    return {"suspect": found, "suspect_url": reverse("key_fix", args=[test.uuid, found.number])}


# --- Figures ----------------------------------------------------------------------------------------------------------


def figures_of(
    test: Test, version: ResultVersion, doc: AnalysisDoc, *, viewer: User, ranks: Sequence[result_ranks.RankRow]
) -> list[Figure]:
    """Who wrote it, the mean, the highest, the reliability."""
    all_ranks = reverse("test_ranks", args=[test.uuid])
    outline = ResultOutline.from_json(version.outline)
    most = _("of %(most)s") % {"most": number(outline.most)}
    found = [
        _wrote(test, version, all_ranks),
        Figure(_("Mean"), one_place(doc.mean), all_ranks, small=most, note=before_words(test, viewer=viewer)),
        Figure(_("Highest"), one_place(doc.highest), all_ranks, note=_best(ranks, version)),
    ]
    if outline.questions:
        items = reverse("test_items", args=[test.uuid])
        found.append(Figure(_("Reliability"), two_places(doc.alpha), items, note=alpha_words(doc.alpha)))
    else:
        found.append(Figure(_("Median"), one_place(doc.median), all_ranks, note=_("half of them have more")))
    return found


def _wrote(test: Test, version: ResultVersion, url: str) -> Figure:
    meant = max(students_meant(test), version.ranked_count)
    return Figure(
        _("Wrote it"),
        str(version.ranked_count),
        url,
        small=_("of %(count)d") % {"count": meant},
        note=when_words(test),
    )


def when_words(test: Test) -> str:
    """Sat 14 Nov, 8:00 pm to 11:00 pm; of several days both; "" of a draft."""
    if not (test.opens_at and test.closes_at):
        return ""
    opens_at, closes_at = test.window
    first, last = day_text(opens_at), day_text(closes_at)
    if first == last:
        parts = {"day": first, "opens": clock_text(opens_at), "closes": clock_text(closes_at)}
        return _("%(day)s, %(opens)s to %(closes)s") % parts
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def before_words(test: Test, *, viewer: User) -> str:
    """The mean of the test its batches wrote before, "" when there is none with results that the viewer may see."""
    found = (
        Test.objects.editable_by(viewer)
        .current()
        .filter(
            newest_results__isnull=False, opens_at__lt=test.opens_at, test_batches__batch__in=test.batches.order_by()
        )
    )
    before = found.select_related("newest_results").order_by("-opens_at", "-pk").first()
    if before is None or before.newest_results is None:
        return ""
    version = before.newest_results
    known = Analysis.objects.filter(version=version).values_list("document__mean", flat=True).first()
    mean = analysis.of(version).mean if known is None else known
    most = ResultOutline.from_json(version.outline).most
    return _("%(test)s: %(mean)s of %(most)s") % {
        "test": before.title,
        "mean": one_place(mean),
        "most": number(most),
    }


def _best(ranks: Sequence[result_ranks.RankRow], version: ResultVersion) -> str:
    if not ranks:
        return ""
    name = ranks[0].result.student.name
    if len(ranks) < 2 or ranks[1].result.rank != 1:
        return name
    others = Result.objects.filter(version=version, is_counted=True, rank=1).count() - 1
    text = ngettext("%(name)s and %(count)d other", "%(name)s and %(count)d others", others)
    return text % {"name": name, "count": others}


def alpha_words(alpha: float | None) -> str:
    """What Cronbach's α says, in a few words."""
    if alpha is None:
        return _("Cronbach’s α cannot be said of so few")
    if alpha >= GOOD_ALPHA:
        return _("Cronbach’s α, good above 0.80")
    return _("Cronbach’s α, fair; good above 0.80") if alpha >= FAIR_ALPHA else _("Cronbach’s α, low; good above 0.80")


# --- How marks lie ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marks:
    """The histogram with what it says: `finding` in a sentence, `label` for the ear."""

    chart: Histogram
    finding: str
    more: str
    label: str
    mean: str
    width: str
    numbers: list[tuple[str, str]]


def marks_of(doc: AnalysisDoc, most: Decimal) -> Marks | None:
    """None where nobody has a rank."""
    if not doc.count or not doc.histogram.counts:
        return None
    bars = doc.histogram
    spread = Spread(doc.mean, doc.least, doc.q1, doc.median, doc.q3, doc.highest)
    named = (
        (_("Least"), doc.least),
        (_("A quarter has at most"), doc.q1),
        (_("Half has at most"), doc.median),
        (_("Three quarters have at most"), doc.q3),
        (_("Highest"), doc.highest),
        (_("Standard deviation"), doc.sd),
    )
    return Marks(
        chart=histogram(bars.counts, start=float(bars.start), width=float(bars.width), spread=spread),
        finding=_("The middle half lies between %(q1)s and %(q3)s.")
        % {"q1": one_place(doc.q1), "q3": one_place(doc.q3)},
        more=_passed(bars, most),
        label=_("Histogram of marks. The numbers stand below it."),
        mean=_("mean %(marks)s") % {"marks": one_place(doc.mean)},
        width=one_place(float(bars.width)),
        numbers=[(label, one_place(value)) for label, value in named if value is not None],
    )


def _passed(bars: Bars, most: Decimal) -> str:
    """How many have four fifths of the marks or more, by the bar that begins there."""
    first = next((at for at in range(len(bars.counts)) if bars.start + at * bars.width >= FAR * float(most)), None)
    if first is None or not most:
        return ""
    count = sum(bars.counts[first:])
    said = {"count": count, "marks": one_place(float(bars.start + first * bars.width))}
    if not count:
        return _("Nobody has %(marks)s or more.") % said
    return (
        ngettext("%(count)d student has %(marks)s or more.", "%(count)d students have %(marks)s or more.", count) % said
    )


# --- Batches and sections ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchLine:
    """How a batch did; `uuid` is None for who wrote it in none."""

    uuid: UUID | None
    name: str
    count: int
    mean: str
    highest: str


def batches_of(doc: AnalysisDoc) -> list[BatchLine]:
    """One query."""
    known = Batch.objects.in_bulk([one.id for one in doc.batches if one.id is not None])
    lines = []
    for one in doc.batches:
        row = known.get(one.id or 0)
        name = row.name if row else one.name
        lines.append(BatchLine(row.uuid if row else None, name, one.count, one_place(one.mean), one_place(one.highest)))
    return lines


@dataclass(frozen=True, slots=True)
class SectionLine:
    """Marks of a section on average, and those of who came first."""

    title: str
    mean: str
    top: str
    most: str
    percent: int


def sections_of(outline: ResultOutline, doc: AnalysisDoc) -> list[SectionLine]:
    if len(outline.sections) < 2:
        return []
    return [
        SectionLine(
            section_title(one),
            one_place(stats.mean),
            one_place(stats.top),
            number(one.most),
            max(0, min(100, round(100 * stats.mean / float(one.most)))) if one.most else 0,
        )
        for one, stats in zip(outline.sections, doc.sections, strict=True)
    ]


def provisional_words(version: ResultVersion) -> str:
    """What still has to be marked; "" when nothing."""
    waiting = version.waiting_count
    text = ngettext("%(count)d answer waits to be marked.", "%(count)d answers wait to be marked.", waiting)
    return text % {"count": waiting} if waiting else ""
