"""Batches as rows of a list: what a page of them says, in as many queries for one as for all."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role, User
from batches.models import Batch, ClassSession, Enrolment
from batches.models.timetable import LONGEST_CLASS

KNOW_THE_NUMBER = frozenset({Role.ADMIN, Role.TEACHER, Role.STAFF})


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch. `students` is None for whom the number is not, and in the archive.

    `learners` names a guardian's children in it; `tone` and `word` say what is unusual, "" for nothing.
    """

    batch: Batch
    subjects: str
    teachers: str
    next_at: datetime | None
    students: int | None
    learners: str
    tone: str
    word: str


def of(batches: Iterable[Batch], *, viewer: User, now: datetime) -> list[BatchRow]:
    """In the order given."""
    found = list(batches)
    knows = viewer.role in KNOW_THE_NUMBER
    counts = _students(found, now) if knows else {}
    children, begins, today = _children(found, viewer, now), _next(found, now), timezone.localdate(now)
    rows = []
    for batch in found:
        students = counts.get(batch.pk, 0) if knows and not batch.archived_at else None
        tone, word = _unusual(batch, students, today)
        people = dict.fromkeys(row.teacher.name for row in batch.teachings.all())
        rows.append(
            BatchRow(
                batch=batch,
                subjects=", ".join(subject.name for subject in batch.subjects.all()),
                teachers=", ".join(people),
                next_at=begins.get(batch.pk),
                students=students,
                learners=", ".join(children[batch.pk]),
                tone=tone,
                word=word,
            )
        )
    return rows


def with_names(batches: QuerySet[Batch]) -> QuerySet[Batch]:
    """The same batches with their subjects, teachers and venue fetched along."""
    return batches.select_related("venue").prefetch_related("subjects", "teachings__teacher")


def _students(batches: list[Batch], now: datetime) -> dict[int, int]:
    rows = Enrolment.objects.active_at(now).filter(batch__in=batches).order_by().values("batch")
    return {row["batch"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def _next(batches: list[Batch], now: datetime) -> dict[int, datetime]:
    """When the class that runs, or else the next one, begins."""
    coming = ClassSession.objects.held().filter(batch__in=batches, starts_at__gt=now - LONGEST_CLASS, ends_at__gt=now)
    return {row["batch"]: row["at"] for row in coming.order_by().values("batch").annotate(at=Min("starts_at"))}


def _children(batches: list[Batch], viewer: User, now: datetime) -> dict[int, list[str]]:
    """Names of those in each batch whose guardian the viewer is."""
    names: dict[int, list[str]] = defaultdict(list)
    theirs = Enrolment.objects.active_at(now).filter(batch__in=batches, student__guardian_links__guardian=viewer)
    for batch, name in theirs.order_by("student__name").values_list("batch", "student__name"):
        names[batch].append(name)
    return names


def _unusual(batch: Batch, students: int | None, today: date) -> tuple[str, str]:
    if batch.archived_at:
        return "off", _("Archived")
    if batch.ends_on < today:
        return "due", _("Over since %(day)s") % {"day": date_format(batch.ends_on, "D j M Y")}
    if batch.starts_on > today:
        return "run", _("Starts %(day)s") % {"day": date_format(batch.starts_on, "D j M Y")}
    if students is not None and batch.seats is not None and students >= batch.seats:
        return "run", _("Full")
    return "", ""
