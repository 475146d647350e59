"""All results of a student that are shown: the newest first, how they go, and what he is weak and strong in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from accounts.access import SignedInRequest
from accounts.models import Role, User
from exams import result_words
from exams.analysis_doc import SHAPE, AnalysisDoc
from exams.models import Analysis, Result
from exams.own_charts import Progress, progress
from exams.result_reading import ResultOutline, items_of
from exams.schemes import Verdict
from exams.weak_topics import FEWEST, RIGHT

PAGE_ROWS = 20
LAST = 12
"""So many tests the chart shows."""
TOPICS_OF = 5
"""So many of the last tests say what he is weak and strong in."""
ASKED, SHOWN = 3, 4
WEAK, STRONG = 50, 75
STEADY = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A result in the list; `under` the day stands the weekday or, of another year, that."""

    result: Result
    day: str
    under: str
    marks: str
    percent: int
    percentile: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Right answers of so many over the last tests."""

    name: str
    subject: str
    right: int
    asked: int

    @property
    def percent(self) -> int:
        return round(self.right * 100 / self.asked)


def context_of(request: SignedInRequest, *, now: datetime) -> dict[str, Any]:
    """The page of the student himself or, for a guardian, of the child that was chosen."""
    people = students_of(request.user)
    student = next((one for one in people if str(one.uuid) == request.GET.get("child")), people[0] if people else None)
    context: dict[str, Any] = {"student": student, "people": people if len(people) > 1 else []}
    if student is None:
        return context
    same = Result.objects.filter(pk=OuterRef("pk"))
    rows = Result.objects.shown(now).filter(student=student).select_related("version__test")
    rows = rows.annotate(has_solutions=Exists(same.with_solutions(now)))
    ordered = rows.order_by("-version__test__closes_at", "-pk")
    page: Page[Result] = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    last = list(page.object_list[:LAST]) if page.number == 1 else []
    weak, strong = topics_of(last[:TOPICS_OF])
    return context | {
        "is_own": student.pk == request.user.pk,
        "page": page,
        "lines": [line_of(one) for one in page.object_list],
        "last": [line_of(one) for one in reversed(last)],
        "chart": chart_of(last),
        "finding": finding(last),
        "weak": weak,
        "strong": strong,
        "topics_of": len(last[:TOPICS_OF]),
    }


def students_of(user: User) -> list[User]:
    """Himself when he is a student, and his children."""
    children = list(User.objects.filter(guardian_links__guardian=user).order_by("name", "pk").distinct())
    return [user, *children] if user.role == Role.STUDENT else children


def line_of(row: Result) -> Line:
    marks = result_words.marks_words(row.total, row.most)
    place = result_words.percentile_words(row.percentile)
    opened = timezone.localtime(row.version.test.opens_at)
    is_this_year = opened.year == timezone.localdate().year
    under = str(WEEKDAYS_ABBR[opened.weekday()]) if is_this_year else str(opened.year)
    return Line(row, _day(row), under, marks, percent_of(row), place)


def percent_of(row: Result) -> int:
    """Marks in percent of the full ones."""
    return result_words.percent_of(row.total, row.most)


# --- How they go ------------------------------------------------------------------------------------------------------


def chart_of(last: Sequence[Result]) -> Progress | None:
    """Of results, newest first; None of fewer than two."""
    if len(last) < 2:
        return None
    rows = list(reversed(last))
    marks, places = [percent_of(one) for one in rows], [float(one.percentile or 0) for one in rows]
    return progress(marks, places, [_day(one) for one in rows])


def _day(row: Result) -> str:
    when = timezone.localtime(row.version.test.opens_at)
    return f"{when.day} {str(MONTHS_3[when.month]).title()}"


def finding(last: Sequence[Result]) -> tuple[str, str]:
    """What the chart says: up or down against the tests before, and the best one."""
    if len(last) < 2:
        return "", ""
    newest, before = percent_of(last[0]), [percent_of(one) for one in last[1:]]
    mean = sum(before) / len(before)
    best = max(last, key=lambda one: (percent_of(one), one.pk))
    values = {"percent": newest, "mean": round(mean), "points": abs(round(newest - mean))}
    if abs(newest - mean) < STEADY:
        lead = _("%(percent)d %% in the newest test, as in those before.")
    elif newest > mean:
        lead = _("%(percent)d %% in the newest test, %(points)d points above those before.")
    else:
        lead = _("%(percent)d %% in the newest test, %(points)d points below those before.")
    more = _("The best was %(test)s with %(percent)d %%.") % {
        "test": best.version.test.title,
        "percent": percent_of(best),
    }
    return lead % values, more


# --- Weak and strong --------------------------------------------------------------------------------------------------


def topics_of(last: Iterable[Result]) -> tuple[list[Topic], list[Topic]]:
    """What went badly and what went well, over these results; one query. Where solutions are held back, topics of few
    questions are left out: they would tell which of them was right."""
    rows = {row.version_id: row for row in last if row.verdicts}
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for version, document in Analysis.objects.filter(version__in=rows).order_by().values_list("version", "document"):
        if document.get("shape") == SHAPE:
            _count(counts, rows[version], AnalysisDoc.from_json(document))
    topics = [Topic(name, subject, *found) for (subject, name), found in counts.items() if found[1] >= ASKED]
    weak = sorted((one for one in topics if one.percent < WEAK), key=lambda one: (one.percent, -one.asked))
    strong = sorted((one for one in topics if one.percent >= STRONG), key=lambda one: (-one.percent, -one.asked))
    return weak[:SHOWN], strong[:SHOWN]


def _count(counts: dict[tuple[str, str], list[int]], row: Result, figures: AnalysisDoc) -> None:
    items = items_of(ResultOutline.from_json(row.version.outline), row.verdicts, row.marks)
    for topic in figures.topics:
        found = [items[place] for place in topic.questions if items[place].verdict is not Verdict.DROPPED]
        if not topic.name or (len(found) < FEWEST and not row.has_solutions):  # type: ignore[attr-defined]
            continue
        counts[topic.subject, topic.name][0] += sum(one.verdict in RIGHT for one in found)
        counts[topic.subject, topic.name][1] += len(found)
