"""All clashes among the classes that lie in the table: found in two queries, shown a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from batches.clashes import KINDS, NAMED, Held, Kind, between
from batches.models import ClassSession
from batches.overlaps import Ordered
from batches.series import Span
from batches.shared_students import SharedStudents
from coaching.lib.statements import written_once

SOON = timedelta(days=14)
"""What an admin is told of on his first screen."""


@dataclass(frozen=True, slots=True)
class Found:
    """Two classes, by number, that want the same at the same time; the first begins first."""

    kind: Kind
    at: datetime
    first: int
    second: int
    students: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The same to be read; `names` are the first of the students, `more` how many there are besides."""

    kind: Kind
    first: ClassSession
    second: ClassSession
    names: list[str]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.names)


def found(*, since: datetime, until: datetime) -> list[Found]:
    """Every clash of classes that share an instant with [since, until), by kind and time. Two queries."""
    held = Ordered(Held(*row) for row in _held(since=since, until=until))
    shared = SharedStudents.of_all(within=Span(since, until))
    clashes = [
        Found(kind, max(one.starts_at, other.starts_at), one.pk, other.pk, students)
        for one, other in held.pairs()
        for kind, students in between(one, other, shared)
    ]
    return sorted(clashes, key=lambda one: (KINDS.index(one.kind), one.at, one.first, one.second))


@written_once
def _held(*, since: datetime, until: datetime) -> QuerySet[ClassSession, tuple[Any, ...]]:
    rows = ClassSession.objects.held().between(since, until).order_by()
    return rows.values_list("starts_at", "ends_at", "batch_id", "teacher_id", "room_id", "pk")


def count(*, now: datetime) -> int:
    """How many pairs of classes clash in the coming two weeks, however they do."""
    return len({(one.first, one.second) for one in found(since=now, until=now + SOON)})


def lines(clashes: Sequence[Found]) -> list[Line]:
    """Rows and names for these, in two queries."""
    rows = ClassSession.objects.select_related("batch", "subject", "teacher", "room")
    classes = rows.in_bulk({pk for one in clashes for pk in (one.first, one.second)})
    named = _names(pk for one in clashes for pk in one.students[:NAMED])
    return [
        Line(
            kind=one.kind,
            first=classes[one.first],
            second=classes[one.second],
            names=[named[pk] for pk in one.students[:NAMED]],
            count=len(one.students),
        )
        for one in clashes
    ]


def _names(people: Iterable[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=set(people)).order_by().values_list("pk", "name"))
