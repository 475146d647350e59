"""Shares of many students at once, counted in the database as `attendance.shares` defines them."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, Subquery, Value
from django.db.models.functions import Coalesce

from attendance.models import CheckInRule, Record
from attendance.models.records import THERE, RecordQuerySet
from attendance.models.registers import PERCENT_WANTED
from attendance.shares import Share
from batches.models import Batch

HELD, ATTENDED = Count("pk"), Count("pk", filter=Q(status__in=THERE))
WANTED = Coalesce(
    F("class_session__batch__check_in_rule__percent_wanted"),
    Subquery(CheckInRule.objects.filter(batch=None).order_by().values("percent_wanted")[:1]),
    Value(PERCENT_WANTED),
)
"""The percent a record's batch asks for: its own rule's, else the institute's."""
FAR_BELOW = 10
"""So many points under what is wanted are serious."""


def shares_of(
    students: Iterable[int], *, batch: Batch | None = None, since: datetime | None = None, until: datetime | None = None
) -> dict[int, Share]:
    """By the students' numbers, of classes beginning in [since, until); who has no class that counts is missing.

    One query.
    """
    rows = _counted(since, until).filter(student__in=students)
    if batch is not None:
        rows = rows.filter(class_session__batch=batch)
    return _by("student", rows)


def shares_by_batch(
    batches: Iterable[int], *, since: datetime | None = None, until: datetime | None = None
) -> dict[int, Share]:
    """Of everybody together, by the batches' numbers. One query."""
    return _by("class_session__batch", _counted(since, until).filter(class_session__batch__in=batches))


def shares_by_student_and_batch(
    students: Iterable[int], *, since: datetime | None = None, until: datetime | None = None
) -> dict[tuple[int, int], Share]:
    """By (student, batch), both as their numbers. One query."""
    rows = _counted(since, until).filter(student__in=students).order_by()
    counts = rows.values("student", "class_session__batch").annotate(held=HELD, attended=ATTENDED)
    return {
        (row["student"], row["class_session__batch"]): Share(attended=row["attended"], held=row["held"])
        for row in counts
    }


def wanted_by_batch(batches: Iterable[int]) -> dict[int, int]:
    """The percent each of these batches asks for: its own rule's, else the institute's. One query."""
    wanted = set(batches)
    rows = CheckInRule.objects.filter(Q(batch__in=wanted) | Q(batch=None)).order_by()
    said: dict[int | None, int] = dict(rows.values_list("batch", "percent_wanted"))
    return {number: said.get(number, said.get(None, PERCENT_WANTED)) for number in wanted}


def tone_of(share: Share, wanted: int) -> str:
    """How a share stands to what is wanted, as lists show it; "" while nothing was held."""
    if not share.held:
        return ""
    if share.reaches(wanted):
        return "ok"
    return "due" if share.reaches(max(0, wanted - FAR_BELOW)) else "bad"


def _counted(since: datetime | None, until: datetime | None) -> RecordQuerySet:
    rows = Record.objects.counted()
    if since is not None:
        rows = rows.filter(class_session__starts_at__gte=since)
    if until is not None:
        rows = rows.filter(class_session__starts_at__lt=until)
    return rows


def _by(column: str, rows: RecordQuerySet) -> dict[int, Share]:
    counts = rows.order_by().values(column).annotate(held=HELD, attended=ATTENDED)
    return {row[column]: Share(attended=row["attended"], held=row["held"]) for row in counts}
