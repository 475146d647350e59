"""Tests as the calendar shows them."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from batches.models import Enrolment
from coaching.lib.clock import moment_text
from coaching.lib.offers import Entry, Facet
from exams.models import Test, TestBatch

A_DAY = timedelta(hours=24)


def calendar(person: User, *, since: datetime, until: datetime) -> list[Entry]:
    """The tests this person may see whose window shares an instant with [since, until). Four queries at most."""
    rows = Test.objects.for_user(person).current().filter(opens_at__lt=until, closes_at__gt=since)
    found = list(rows.only("uuid", "title", "opens_at", "closes_at", "duration_min", "published_at", "revision"))
    facets = _facets(found, person) if found else {}
    entries = (_entry(row, tuple(facets.get(row.pk, ()))) for row in found)
    return [one for one in entries if one.ends_at > since]


def _entry(row: Test, facets: tuple[Facet, ...]) -> Entry:
    """A window longer than a day stands at its opening, for as long as the test takes, and says until when it lasts."""
    opens_at, closes_at = row.window
    ends_at, meta = closes_at, ""
    if closes_at - opens_at > A_DAY:
        ends_at = opens_at + timedelta(minutes=row.duration_min or 60)
        meta = _("open until %(time)s") % {"time": moment_text(closes_at)}
    is_draft = row.published_at is None
    return Entry(
        key=f"test-{row.uuid}",
        area="tests",
        label=row.title,
        url=reverse("test", args=[row.uuid]),
        starts_at=opens_at,
        ends_at=ends_at,
        kind="test",
        meta=meta,
        tone="off" if is_draft else "",
        word=_("Draft") if is_draft else "",
        facets=facets,
        sequence=row.revision,
    )


def _facets(rows: list[Test], person: User) -> dict[int, list[Facet]]:
    """Of each test its batches, and the person's children who are in them."""
    named = TestBatch.objects.filter(test__in=rows).order_by()
    placed = list(named.values_list("test", "batch", "batch__uuid", "batch__name"))
    children = defaultdict(list)
    batches = {batch for _test, batch, _uuid, _name in placed}
    stays = Enrolment.objects.filter(batch__in=batches, student__guardian_links__guardian=person, left_at=None)
    for batch, uuid, name in stays.order_by().values_list("batch", "student__uuid", "student__name"):
        children[batch].append(Facet("child", str(uuid), name))
    found: dict[int, list[Facet]] = defaultdict(list)
    for test, batch, uuid, name in placed:
        found[test] += [Facet("batch", str(uuid), name), *children[batch]]
    return {test: list(dict.fromkeys(facets)) for test, facets in found.items()}
