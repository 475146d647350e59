"""Students who belong to two batches at one instant."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Self

from django.db.models import Exists, OuterRef, QuerySet

from batches.models import Enrolment
from batches.series import Span
from coaching.lib.statements import written_once

Stay = tuple[int, int, datetime, datetime | None]
"""Batch, student, from, until (None: until further notice)."""
FOREVER = datetime.max.replace(tzinfo=UTC)


class SharedStudents:
    """Who belongs to which batch from when to when, asked for two batches and a stretch of time."""

    def __init__(self, stays: Iterable[Stay]) -> None:
        self._stays: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
        for batch, student, since, until in stays:
            self._stays[batch][student].append(Span(since, until or FOREVER))
        self._both: dict[tuple[int, int], list[tuple[int, Span]]] = {}

    @classmethod
    def of(cls, batches: Collection[int], *, within: Span) -> Self:
        """Those of these batches with the other batches they are in. One query."""
        rolls = Enrolment.objects.on_roll(starts_at=within.starts_at, ends_at=within.ends_at).order_by()
        of_students = rolls.filter(batch__in=batches).values("student")
        stays = rolls.filter(student__in=of_students)
        return cls(stays.values_list("batch_id", "student_id", "joined_at", "left_at"))

    @classmethod
    def of_all(cls, *, within: Span) -> Self:
        """Everybody who is in more than one batch. One query."""
        return cls(_stays_in_several(since=within.starts_at, until=within.ends_at))

    @property
    def batches(self) -> Collection[int]:
        return self._stays.keys()

    def at(self, one: int, other: int, *spans: Span) -> tuple[int, ...]:
        """The students who are in both batches at some instant of all these spans, which overlap; by number.

        On a line, what overlaps two spans that overlap shares an instant with both (Helly).
        """
        both = self._in_both(one, other)
        if not both:
            return ()
        return tuple(sorted({student for student, stay in both if all(stay.overlaps(span) for span in spans)}))

    def _in_both(self, one: int, other: int) -> list[tuple[int, Span]]:
        key = (one, other)
        if key not in self._both:
            first, second = self._stays.get(one, {}), self._stays.get(other, {})
            self._both[key] = [
                (student, Span(max(stay.starts_at, also.starts_at), min(stay.ends_at, also.ends_at)))
                for student in first.keys() & second.keys()
                for stay in first[student]
                for also in second[student]
                if stay.overlaps(also)
            ]
        return self._both[key]


@written_once
def _stays_in_several(*, since: datetime, until: datetime) -> QuerySet[Enrolment, Stay]:
    rolls = Enrolment.objects.on_roll(starts_at=since, ends_at=until).order_by()
    elsewhere = rolls.filter(student=OuterRef("student")).exclude(batch=OuterRef("batch"))
    return rolls.filter(Exists(elsewhere)).values_list("batch_id", "student_id", "joined_at", "left_at")
