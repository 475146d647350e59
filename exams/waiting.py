"""What waits in exams for a person: tests a student writes or soon will; for who makes tests what needs him."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Role, User
from batches.models import Enrolment
from coaching.lib.clock import moment_text
from coaching.lib.offers import Todo
from coaching.lib.statements import written_once
from exams.judge.scores import waits_for_judge
from exams.models import Attempt, ManualMark, TakeoverRequest, Test
from exams.models.attempts import State
from exams.pending import counts_of, doubtful, to_mark, to_release

AHEAD = timedelta(days=7)
SHOWN = 5


def todo(person: User, *, now: datetime) -> list[Todo]:
    """A student's tests of now and the next week; for who makes tests, who asks, what is to mark, release, look at."""
    if person.role == Role.STUDENT:
        return [_test(row, now) for row in _to_write(student=person.pk, now=now)]
    if person.is_admin:
        return list(_for_office(person, now))
    return list(_needs(person, now)) if person.is_teacher else []


@written_once
def _to_write(*, student: int, now: datetime) -> QuerySet[Test]:
    """What he may still write: `open_state` is that of his open attempt, `written` counts those he handed in."""
    stays = Enrolment.objects.active_at(now).filter(student=student, batch__tests=OuterRef("pk")).order_by()
    mine = Attempt.objects.filter(test=OuterRef("pk"), student=student).order_by()
    handed_in = mine.filter(state=State.SUBMITTED).values("test").annotate(count=Count("pk")).values("count")
    is_writing = Exists(mine.filter(state=State.WRITING))
    rows = (
        Test.objects.published()
        .filter(is_on_paper=False)
        .filter(Q(closes_at__gt=now, is_active=True) & Exists(stays) | Q(is_writing), opens_at__lt=now + AHEAD)
    )
    told = rows.annotate(open_state=Subquery(mine.open().values("state")[:1]), written=Subquery(handed_in[:1]))
    left = told.filter(Q(open_state__isnull=False) | Q(written=None) | Q(written__lt=F("most_attempts")))
    return left.order_by("opens_at", "pk")[:SHOWN]


def _test(row: Test, now: datetime) -> Todo:
    """Until it opens its hour is the opening, from then on the closing."""
    opens_at, closes_at = row.window
    url, title = reverse("test", args=[row.uuid]), {"title": row.title}
    if vars(row)["open_state"] == State.WRITING:
        return Todo("test", _("Go on with %(title)s") % title, url, _("Go on"), "tests", due_at=now, tone="due")
    if opens_at > now:
        return Todo("test", row.title, url, _("Look"), "tests", due_at=opens_at, meta=_takes(row))
    label, meta = _("Write %(title)s") % title, _("until %(time)s") % {"time": moment_text(closes_at)}
    return Todo("test", label, url, _("Begin"), "tests", due_at=closes_at, meta=meta, tone="due")


def _takes(row: Test) -> str:
    if not row.duration_min:
        return ""
    return ngettext("%(count)d minute", "%(count)d minutes", row.duration_min) % {"count": row.duration_min}


def _needs(teacher: User, now: datetime) -> Iterator[Todo]:
    """What is to be decided, marked, released or looked at, test by test."""
    for row in _needing(teacher=teacher.pk, now=now):
        told = vars(row)
        if told["asked"]:
            yield _takeover(told["asked"], reverse("test_monitor", args=[row.uuid]), row.title)
        left = (told["waiting"] or 0) - (told["marked"] or 0) - told["of_judge"]
        if left > 0:
            yield _marking(left, row)
        if told["is_to_release"]:
            yield _release(row)
        if told["is_doubtful"]:
            words, url = _("A key may be wrong"), reverse("test_items", args=[row.uuid])
            yield Todo("test.key", words, url, _("Look"), "tests", "circle-help", meta=row.title)


def _takeover(count: int, url: str, title: str = "") -> Todo:
    label = ngettext("%(count)d student asks for another device", "%(count)d students ask for another device", count)
    words = label % {"count": count}
    return Todo("test.takeover", words, url, _("Decide"), "tests", "tablet-smartphone", meta=title, tone="due")


def _marking(count: int, row: Test) -> Todo:
    words = ngettext("%(count)d answer to mark", "%(count)d answers to mark", count) % {"count": count}
    return Todo("test.marking", words, reverse("test_marking", args=[row.uuid]), _("Mark"), "tests", meta=row.title)


def _release(row: Test) -> Todo:
    url = reverse("test_release", args=[row.uuid])
    return Todo("test.release", _("Results to release"), url, _("Release"), "tests", "eye", meta=row.title)


@written_once
def _needing(*, teacher: int, now: datetime) -> QuerySet[Test]:
    """Tests he may change that need him: how many have `asked`, answers `waiting` less those `marked` since and those
    `of_judge`, and whether it is to release or a key is doubtful."""
    asked = TakeoverRequest.objects.filter(attempt__test=OuterRef("pk"), state=TakeoverRequest.State.ASKED).order_by()
    since = ManualMark.objects.filter(
        attempt__test=OuterRef("pk"), number=1, pk__gt=OuterRef("newest_results__marks_upto")
    ).order_by()
    tests = Test.objects.editable_by(User(pk=teacher, role=Role.TEACHER)).annotate(
        asked=Subquery(asked.values("attempt__test").annotate(count=Count("pk")).values("count")[:1]),
        marked=Subquery(since.values("attempt__test").annotate(count=Count("pk")).values("count")[:1]),
        waiting=F("newest_results__waiting_count"),
        of_judge=waits_for_judge(),
        is_to_release=_whether(to_release()),
        is_doubtful=_whether(doubtful(now)),
    )
    is_left = to_mark() & Q(waiting__gt=Coalesce("marked", 0) + F("of_judge"))
    needing = Q(asked__gt=0) | is_left | Q(is_to_release=True) | Q(is_doubtful=True)
    return tests.filter(needing).order_by("-closes_at", "pk")[:SHOWN]


def _whether(said: Q) -> Case:
    return Case(When(said, then=True), default=False, output_field=BooleanField())


def _for_office(admin: User, now: datetime) -> Iterator[Todo]:
    """The same of the whole institute, counted."""
    counts = counts_of(admin, now=now)
    if counts["takeovers"]:
        yield _takeover(counts["takeovers"], reverse("test_list"))
    if counts["marking"]:
        count = counts["marking"]
        words = ngettext("%(count)d test waits to be marked", "%(count)d tests wait to be marked", count)
        yield Todo("test.marking", words % {"count": count}, reverse("marking"), _("Look"), "tests")
    if counts["unreleased"]:
        count = counts["unreleased"]
        words = ngettext("Results of %(count)d test to release", "Results of %(count)d tests to release", count)
        yield Todo("test.release", words % {"count": count}, reverse("test_list"), _("Look"), "tests", "eye")
    if counts["unjudged"]:
        count = counts["unjudged"]
        words = ngettext("%(count)d program is not judged", "%(count)d programs are not judged", count)
        where = reverse("judge")
        yield Todo("test.judge", words % {"count": count}, where, _("Look"), "tests", "server-crash", tone="due")
