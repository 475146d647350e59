"""The classes of one day: a teacher's own, and each child's as his guardians read them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from batches.class_lines import learners_line, with_names
from batches.models import ClassSession, Enrolment
from batches.series import DAY, Span
from coaching.lib.offers import Line
from coaching.lib.statements import written_once


def day_span(day: date) -> Span:
    """From midnight to midnight by the institute's clock, as long as that day is."""
    first, last = (timezone.make_aware(datetime.combine(one, time.min)) for one in (day, day + DAY))
    return Span(first, last)


def classes_on(day: date) -> list[ClassSession]:
    """All that begin on that day, cancelled ones too. One query."""
    span = day_span(day)
    return _classes(since=span.starts_at, until=span.ends_at)


@written_once
def _classes(*, since: datetime, until: datetime) -> QuerySet[ClassSession]:
    return with_names(ClassSession.objects.filter(starts_at__gte=since, starts_at__lt=until))


def children_today(students: Sequence[User], *, now: datetime) -> list[Line]:
    """Today's classes of these students in the order of time; of several, each says whose it is. Two queries."""
    span = day_span(timezone.localdate(now))
    stays: dict[int, list[Enrolment]] = defaultdict(list)
    names = {student.pk: student.name for student in students}
    for row in _enrolments(students=tuple(names), since=span.starts_at, until=span.ends_at) if names else ():
        stays[row.batch_id].append(row)
    lines = []
    for one in _classes_of(batches=tuple(stays), since=span.starts_at, until=span.ends_at) if stays else ():
        line = learners_line(one, now=now)
        whose = [names[pk] for pk in _on_roll(one, stays[one.batch_id]) if pk in names]
        if whose and len(students) > 1:
            line = replace(line, over=" · ".join(filter(None, (", ".join(whose), line.over))))
        lines += [line] if whose else []
    return lines


@written_once
def _enrolments(*, students: tuple[int, ...], since: datetime, until: datetime) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(student__in=students).on_roll(starts_at=since, ends_at=until).order_by()


@written_once
def _classes_of(*, batches: tuple[int, ...], since: datetime, until: datetime) -> QuerySet[ClassSession]:
    return with_names(ClassSession.objects.filter(batch__in=batches, starts_at__gte=since, starts_at__lt=until))


def _on_roll(one: ClassSession, stays: Iterable[Enrolment]) -> list[int]:
    """The numbers of the students among these who belong to the batch while the class is held."""
    held = [row for row in stays if row.joined_at < one.ends_at and (not row.left_at or row.left_at > one.starts_at)]
    return [row.student_id for row in held]
