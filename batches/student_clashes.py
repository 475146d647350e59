"""Which students would be wanted in two classes at once if they joined a batch: a hint, never a refusal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from batches.models import Batch, ClassSession, Enrolment
from batches.overlaps import across
from batches.series import Span

AHEAD = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class _Held(Span):
    batch_id: int


@dataclass(frozen=True, slots=True)
class Hint:
    """The student's other batch has `count` classes in the coming weeks at times of this one's, first at `first_at`."""

    student: User
    other: Batch
    count: int
    first_at: datetime


def hints(batch: Batch, students: Collection[User], *, since: datetime) -> list[Hint]:
    """For four weeks from `since`. Three queries, however many students."""
    until = since + AHEAD
    stays = Enrolment.objects.filter(student__in=students).exclude(batch=batch)
    found = list(stays.on_roll(starts_at=since, ends_at=until).select_related("student", "batch").order_by("pk"))
    classes = ClassSession.objects.held().between(since, until).order_by("starts_at", "pk")
    rows = classes.filter(batch__in={batch.pk, *(stay.batch_id for stay in found)}) if found else classes.none()
    held = [_Held(*row) for row in rows.values_list("starts_at", "ends_at", "batch_id")]
    mine = [one for one in held if one.batch_id == batch.pk]
    hits: dict[int, list[Span]] = {}
    for _own, other in across(mine, [one for one in held if one.batch_id != batch.pk]):
        hits.setdefault(other.batch_id, []).append(other)
    return [_hint(stay, hits[stay.batch_id]) for stay in found if stay.batch_id in hits]


def _hint(stay: Enrolment, spans: list[Span]) -> Hint:
    distinct = {span.starts_at for span in spans}
    return Hint(stay.student, stay.batch, len(distinct), min(distinct))
