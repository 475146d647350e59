"""Tests on first screens and on the page of a batch: those running, those to come."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Subquery, Value
from django.db.models.expressions import OuterRef
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import guardians
from accounts.models import Role, User
from batches.models import Batch
from coaching.lib.offers import Empty, Figure, Line, Panel
from coaching.lib.statements import written_once
from coaching.templatetags.figures import grouped
from exams.models import Attempt, Test
from exams.pending import counts_of
from exams.result_boards import means_of

SHOWN = 5
AHEAD = timedelta(days=14)


def panel(person: User, *, now: datetime) -> Panel:
    """Tests a teacher has running or coming, or those of a guardian's children."""
    if person.role == Role.GUARDIAN:
        lines = tuple(_childs_lines(person, now))
        said = _("Tests of your children stand here before they are written.")
    else:
        lines = tuple(_line(row, now) for row in _near(teacher=person.pk, now=now))
        said = _("Running and coming tests stand here.")
    return Panel(
        key="tests",
        title=_("Tests"),
        url=reverse("test_list"),
        link=_("All"),
        lines=lines,
        empty=Empty(_("No test is planned"), said, reverse("test_list"), _("Tests"), "clipboard-check"),
    )


@written_once
def _near(*, teacher: int, now: datetime) -> QuerySet[Test]:
    """Published ones of his that are not over, with how many write just now."""
    rows = Test.objects.editable_by(User(pk=teacher, role=Role.TEACHER)).published()
    return _with_writing(rows.filter(closes_at__gt=now, opens_at__lt=now + AHEAD)).order_by("opens_at", "pk")[:SHOWN]


def _with_writing(rows: QuerySet[Test]) -> QuerySet[Test]:
    writing = Attempt.objects.writing().filter(test=OuterRef("pk")).order_by().values("test")
    return rows.annotate(writing=Coalesce(Subquery(writing.annotate(count=Count("pk")).values("count")[:1]), Value(0)))


def _line(row: Test, now: datetime) -> Line:
    """A test of a teacher's: while it is open it leads to the monitor."""
    is_open = row.window[0] <= now and not row.is_on_paper
    count = {"count": grouped(vars(row)["writing"])}
    return Line(
        label=row.title,
        url=reverse("test_monitor" if is_open else "test", args=[row.uuid]),
        area="tests",
        at=row.opens_at,
        meta=_("%(count)s write now") % count if is_open else "",
        tone="run",
        word=_("Running") if is_open else _("To come"),
    )


def _childs_lines(guardian: User, now: datetime) -> Iterable[Line]:
    children = {one.pk: one.name for one in guardians.children_of(guardian)}
    for row in _of_children(students=tuple(children), now=now) if children else ():
        name = children[row["student"]]
        yield Line(
            label=row["title"] if len(children) == 1 else f"{name} · {row['title']}",
            url=reverse("test", args=[row["uuid"]]),
            area="tests",
            at=row["opens_at"],
            tone="run",
            word=_("Running") if row["opens_at"] <= now else _("To come"),
        )


@written_once
def _of_children(*, students: tuple[int, ...], now: datetime) -> QuerySet[Test, Any]:
    """Each test of each child once, though two batches of his write it."""
    stays = Q(batches__enrolments__left_at=None) | Q(batches__enrolments__left_at__gt=now)
    rows = Test.objects.published().filter(
        stays,
        batches__enrolments__student__in=students,
        batches__enrolments__joined_at__lte=now,
        closes_at__gt=now,
        opens_at__lt=now + AHEAD,
    )
    named = rows.values("uuid", "title", "opens_at", student=F("batches__enrolments__student")).distinct()
    return named.order_by("opens_at", "uuid", "student")[:SHOWN]


# --- The office, a batch ----------------------------------------------------------------------------------------------


def office(admin: User, *, now: datetime) -> Panel:
    """How many tests are open, and how many students write."""
    counts = counts_of(admin, now=now)
    figure = Figure(
        label=_("Tests running"),
        value=grouped(counts["tests"]),
        url=reverse("test_list"),
        note=_("%(count)s write now") % {"count": grouped(counts["writing"])} if counts["tests"] else "",
    )
    return Panel(key="tests", title=_("Tests"), figures=(figure,))


def batch_panel(batch: Batch, person: User, *, now: datetime) -> Panel | None:
    """Tests of a batch that are open or to come, then the last ones; nothing where there is none."""
    seen = Test.objects.for_user(person, now=now).published().filter(batches=batch)
    coming = list(seen.filter(closes_at__gt=now).order_by("opens_at", "pk")[:SHOWN])
    past = list(seen.filter(closes_at__lte=now).order_by("-closes_at", "-pk")[: SHOWN - len(coming)])
    means = means_of(batch, past, person) if past and (person.is_admin or person.is_teacher) else {}
    lines = tuple(_batch_line(row, now, means.get(row.pk, "")) for row in (*coming, *past))
    if not lines and not (person.is_admin or person.is_teacher):
        return None
    return Panel(
        key="tests",
        title=_("Tests"),
        url=reverse("test_list"),
        link=_("All"),
        lines=lines,
        empty=Empty(_("No test yet"), _("Tests of this batch stand here."), reverse("test_list"), _("Tests")),
    )


def _batch_line(row: Test, now: datetime, mean: str) -> Line:
    """One that is over leads who may see them to its results, with what the batch came to."""
    opens_at, closes_at = row.window
    word, tone = (_("Over"), "off") if closes_at <= now else (_("Running"), "run")
    if opens_at > now:
        word, tone = _("To come"), "run"
    url = reverse("test_results" if mean else "test", args=[row.uuid])
    return Line(row.title, url, "tests", meta=mean, at=row.opens_at, tone=tone, word=word)
