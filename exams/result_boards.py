"""Results on first screens, on a student's page and on a batch's: only what the one who looks may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, F, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import guardians
from accounts.models import Role, User
from batches.models import Batch
from coaching.lib.charts import LineChart, Point, line_chart
from coaching.lib.clock import day_text
from coaching.lib.offers import Empty, Line, Panel
from coaching.lib.statements import written_once
from exams.models import Result, Test
from exams.result_words import marks_words, percent_of, rank_words
from exams.weak_topics import weakest

CHILDREN_SHOWN = 5
LAST_SHOWN = 12


def panel(person: User, *, now: datetime) -> Panel:
    """A student's last result, or the last one of each of a guardian's children."""
    if person.role == Role.GUARDIAN:
        lines, title = tuple(_childs_lines(guardians.children_of(person), now)), _("Last results")
        return _panel(title, lines)
    rows = _last_of(students=(person.pk,), now=now)
    lines = tuple(_line(row, reverse("own_result", args=[row["uuid"]]), row["title"]) for row in rows)
    return _panel(_("Last result"), lines)


def _panel(title: str, lines: tuple[Line, ...]) -> Panel:
    url = reverse("own_results")
    empty = Empty(_("No result yet"), _("Results stand here when they are released."), url, _("Results"))
    return Panel(key="results", title=title, url=url, link=_("All"), lines=lines, empty=empty)


def _childs_lines(children: Sequence[User], now: datetime) -> Iterable[Line]:
    names = {one.pk: one.name for one in children}
    for row in _last_of(students=tuple(names), now=now) if names else ():
        label = row["title"] if len(names) == 1 else f"{names[row['student']]} · {row['title']}"
        yield _line(row, reverse("student_result", args=[row["uuid"], row["student"]]), label)


def _line(row: Mapping[str, Any], url: str, label: str) -> Line:
    """Marks, rank, percentile, and the topic that cost most."""
    said, topic = _said(row), weakest(row["topics"] or (), row["verdicts"])
    if topic:
        words = _("weakest: %(topic)s, %(right)d of %(asked)d right")
        said.append(words % {"topic": topic.name, "right": topic.right, "asked": topic.asked})
    return Line(label, url, "tests", meta=" · ".join(said), percent=percent_of(row["total"], row["most"]))


def _said(row: Mapping[str, Any]) -> list[str]:
    """Marks, and rank with percentile."""
    return [marks_words(row["total"], row["most"]), rank_words(row["rank"], row["ranked"], row["percentile"])]


@written_once
def _last_of(*, students: tuple[int, ...], now: datetime) -> QuerySet[Result, Any]:
    """Of each of them the result of the last test that he may see. One query."""
    shown = Result.objects.shown(now).filter(student=OuterRef("pk"))
    last = shown.order_by("-version__test__closes_at", "-pk").values("pk")[:1]
    people = User.objects.filter(pk__in=students).annotate(last=Subquery(last)).order_by().values("last")
    rows = Result.objects.filter(pk__in=people).values(
        "student",
        "total",
        "most",
        "rank",
        "percentile",
        "verdicts",
        uuid=F("version__test__uuid"),
        title=F("version__test__title"),
        ranked=F("version__ranked_count"),
        topics=F("version__analysis__document__topics"),
    )
    return rows.order_by("-version__test__closes_at", "pk")[:CHILDREN_SHOWN]


# --- The page of a student --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OverTests:
    """A student's last results, newest first, and the line they make, oldest first."""

    lines: tuple[Line, ...]
    chart: LineChart | None
    finding: str


def over_tests(student: User, reader: User, *, now: datetime) -> OverTests:
    """What the reader may see of his last tests. One query."""
    rows = list(_seen_of(student, reader, now=now))
    lines = tuple(_dated_line(row, student) for row in rows)
    known = [(row, percent_of(row["total"], row["most"])) for row in reversed(rows)]
    points = [Point(day_text(row["closes_at"]), percent) for row, percent in known]
    if len(points) < 2:
        return OverTests(lines, None, "")
    mean = _mean(points)
    chart = line_chart(points, wanted=mean, wanted_label=_("average %(percent)d %%") % {"percent": mean})
    return OverTests(lines, chart, _finding(points))


def _seen_of(student: User, reader: User, *, now: datetime) -> QuerySet[Result, Any]:
    rows = Result.objects.for_user(reader, now=now).newest().filter(student=student)
    named = rows.values(
        "total",
        "most",
        "rank",
        "percentile",
        uuid=F("version__test__uuid"),
        title=F("version__test__title"),
        closes_at=F("version__test__closes_at"),
        ranked=F("version__ranked_count"),
    )
    return named.order_by("-version__test__closes_at", "-pk")[:LAST_SHOWN]


def _dated_line(row: Mapping[str, Any], student: User) -> Line:
    url = reverse("student_result", args=[row["uuid"], student.pk])
    percent = percent_of(row["total"], row["most"])
    return Line(
        row["title"], url, "tests", meta=" · ".join(_said(row)), percent=percent, over=day_text(row["closes_at"])
    )


def _mean(points: Sequence[Point]) -> int:
    known = [one.percent or 0 for one in points]
    return round(sum(known) / len(known))


def _finding(points: Sequence[Point]) -> str:
    """From what to what it went."""
    first, last = points[0].percent or 0, points[-1].percent or 0
    said = {"first": first, "last": last, "count": len(points)}
    if last > first:
        return _("Up from %(first)d %% to %(last)d %% over %(count)d tests.") % said
    if last < first:
        return _("Down from %(first)d %% to %(last)d %% over %(count)d tests.") % said
    return _("As at first, %(last)d %% over %(count)d tests.") % said


# --- The page of a batch ----------------------------------------------------------------------------------------------


def means_of(batch: Batch, tests: Iterable[Test], person: User) -> dict[int, str]:
    """What the batch came to on average, by test, for who may change the test. One query."""
    mine = Test.objects.editable_by(person).filter(pk__in=[one.pk for one in tests]).order_by().values("pk")
    rows = Result.objects.newest().filter(version__test__in=mine, batch=batch).order_by()
    found = rows.values("version__test").annotate(mean=Avg("total"), most=Max("most"))
    return {row["version__test"]: _mean_words(row["mean"], row["most"]) for row in found}


def _mean_words(mean: Any, most: Decimal) -> str:
    rounded = Decimal(mean).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _("average %(marks)s") % {"marks": marks_words(rounded, most)}
