"""Who attends less than is wanted: of each student in each batch he is in, below the percent of the batch's rule."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from attendance.models import Record
from attendance.models.records import COUNTED, Status
from attendance.shares import Share
from attendance.totals import ATTENDED, HELD, WANTED, tone_of
from batches.models import Batch, Enrolment
from batches.models.batches import BatchQuerySet

LOOKED_BACK = timedelta(days=90)
"""As far as absences in a row are counted."""
ENOUGH_CLASSES = 3
"""After fewer classes a share says nothing."""


@dataclass(frozen=True, slots=True)
class Low:
    """A student in a batch. `in_a_row`: so many classes of it, up to the last, was he absent one after the other."""

    student: User
    batch: Batch
    share: Share
    wanted: int
    in_a_row: int

    @property
    def needed(self) -> int | None:
        return self.share.needed(self.wanted)

    @property
    def tone(self) -> str:
        return tone_of(self.share, self.wanted)


ORDERS: dict[str, Callable[[Low], tuple[object, ...]]] = {
    "share": lambda one: (one.share.attended / one.share.held, one.student.name, one.student.pk),
    "name": lambda one: (one.student.name, one.student.pk, one.batch.name),
    "batch": lambda one: (one.batch.name, one.share.attended / one.share.held, one.student.name),
    "in_a_row": lambda one: (-one.in_a_row, one.share.attended / one.share.held, one.student.name),
}


def low_of(batches: BatchQuerySet, *, now: datetime, order: str = "share") -> list[Low]:
    """Of these batches, of students who are in them now, after some classes. Three queries."""
    # Who left is taken out below: that costs a third of a join over every record of a large institute.
    counts = {
        (row["student"], row["class_session__batch"]): (Share(row["attended"], row["held"]), row["wanted"])
        for row in _below(Record.objects.counted().filter(class_session__batch__in=batches.order_by().values("pk")))
    }
    stays = Enrolment.objects.active_at(now).filter(
        student__in={student for student, _batch in counts}, batch__in={batch for _student, batch in counts}
    )
    rows = [
        stay
        for stay in stays.select_related("student", "batch").order_by()
        if (stay.student_id, stay.batch_id) in counts
    ]
    streaks = in_a_row([(stay.student_id, stay.batch_id) for stay in rows], now=now)
    found = [
        Low(stay.student, stay.batch, *counts[stay.student_id, stay.batch_id], streaks[stay.student_id, stay.batch_id])
        for stay in rows
    ]
    return sorted(found, key=ORDERS.get(order, ORDERS["share"]))


def in_a_row(pairs: Sequence[tuple[int, int]], *, now: datetime) -> dict[tuple[int, int], int]:
    """Of each (student, batch), how many classes up to the last one was he absent. One query."""
    rows = Record.objects.filter(
        student__in={student for student, _batch in pairs},
        class_session__batch__in={batch for _student, batch in pairs},
        class_session__starts_at__gte=now - LOOKED_BACK,
        class_session__cancelled_at=None,
        status__in=COUNTED,
    ).order_by("-class_session__starts_at", "-class_session")
    statuses: dict[tuple[int, int], list[str]] = defaultdict(list)
    for student, batch, status in rows.values_list("student", "class_session__batch", "status"):
        statuses[student, batch].append(status)
    return {pair: _leading(statuses[pair]) for pair in pairs}


def _leading(statuses: Iterable[str]) -> int:
    """So many absences stand at the beginning."""
    count = 0
    for status in statuses:
        if status != Status.ABSENT:
            break
        count += 1
    return count


def below_in(batches: QuerySet[Batch], *, now: datetime) -> QuerySet[Record, Any]:
    """Students, batch by batch, who attended less than is wanted of them there and are in it still; to be counted."""
    stays = Enrolment.objects.active_at(now).filter(batch__in=batches.order_by().values("pk")).order_by()
    rows = Record.objects.counted().filter(
        class_session__batch__enrolments__in=stays.values("pk"), class_session__batch__enrolments__student=F("student")
    )
    return _below(rows)


def _below(rows: QuerySet[Record]) -> QuerySet[Record, Any]:
    """The rule itself, of these records: enough classes, and less than is wanted."""
    shares = rows.order_by().values("student", "class_session__batch")
    less = {"held__gte": ENOUGH_CLASSES, "attended__lt": F("wanted") * F("held") / 100.0}
    return shares.annotate(wanted=WANTED, attended=ATTENDED, held=HELD).filter(**less)
