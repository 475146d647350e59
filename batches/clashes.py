"""Whether classes fit: no teacher, room, batch or student is wanted twice at one instant.

A service that writes classes asks `check` under its locks, before it writes; the person sees what clashes and may save
all the same what he has seen: each clash has a key that changes with anything he was shown. Cancelled classes never
clash, classes that touch do not, and what is planned is not held against itself: `replaces` names its rows. Planned
classes are compared with what is in the table, not with one another.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, Self

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institute, User
from batches import free_slots
from batches.models import Batch, ClassSession, Holiday
from batches.overlaps import across
from batches.series import DAY, Days, Span
from batches.shared_students import SharedStudents
from coaching.lib.errors import DomainError

Kind = Literal["teacher", "room", "batch", "students"]
KINDS: tuple[Kind, ...] = ("teacher", "room", "batch", "students")
NAMED = 3


@dataclass(frozen=True, slots=True)
class Planned(Span):
    """A class as it would be, by the numbers of its rows; without teacher or room nothing clashes there."""

    batch_id: int
    teacher_id: int | None = None
    room_id: int | None = None

    @classmethod
    def of(cls, row: ClassSession) -> Self:
        """As the row stands, saved or not."""
        return cls(row.starts_at, row.ends_at, row.batch_id, row.teacher_id, row.room_id)


@dataclass(frozen=True, slots=True)
class Held(Planned):
    """A class that is in the table."""

    pk: int = 0


@dataclass(frozen=True, slots=True)
class Clash:
    """What is planned wants the same as `with_` at the same time; `students` are their numbers, `names` the first."""

    kind: Kind
    planned: Planned
    with_: ClassSession
    students: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same as long as both classes and the students are the same."""
        planned, other = self.planned, self.with_
        instants = (planned.starts_at, planned.ends_at, other.starts_at, other.ends_at)
        who = (planned.batch_id, planned.teacher_id, planned.room_id, other.teacher_id, other.room_id, *self.students)
        seen = [self.kind, str(other.uuid), *(str(at.timestamp()) for at in instants), *map(str, who)]
        return sha256(" ".join(seen).encode()).hexdigest()[:16]

    @property
    def more(self) -> int:
        """How many students are not named."""
        return len(self.students) - len(self.names)


class Clashes(DomainError):
    """The class or series does not fit; with all its clashes and the next times at which it would."""

    code = "clashes"

    def __init__(self, message: str, *, clashes: Sequence[Clash], proposals: Sequence[Span]) -> None:
        super().__init__(message)
        self.clashes, self.proposals = tuple(clashes), tuple(proposals)


def check(
    planned: Sequence[Planned],
    *,
    now: datetime,
    replaces: Collection[int] = (),
    despite: Collection[str] = frozenset(),
) -> list[Clash]:
    """The clashes that somebody has seen and accepts, by their keys in `despite`. Raises: Clashes, for any other."""
    found = of_spans(planned, replaces=replaces)
    if any(clash.key not in despite for clash in found):
        proposals = free_spans(planned, now=now, replaces=replaces)
        raise Clashes(_("This does not fit in the timetable."), clashes=found, proposals=proposals)
    return found


def of_spans(planned: Sequence[Planned], *, replaces: Collection[int] = ()) -> list[Clash]:
    """What clashes with these classes, by time; `replaces`: rows they stand for. Four queries, however many."""
    if not planned:
        return []
    within = _from_first_to_last(planned)
    shared = SharedStudents.of({one.batch_id for one in planned}, within=within)
    held = _held(_wanting(planned, shared), within, replaces)
    raw = [
        (kind, one, other, students)
        for one, other in across(planned, held)
        for kind, students in between(one, other, shared)
    ]
    rows = ClassSession.objects.select_related("batch", "subject", "teacher", "room")
    classes = rows.in_bulk({other.pk for _kind, _one, other, _students in raw})
    names = User.objects.filter(pk__in={pk for *_rest, students in raw for pk in students[:NAMED]})
    named = dict(names.order_by().values_list("pk", "name")) if raw else {}
    found = [
        Clash(kind, one, classes[other.pk], students, tuple(named[pk] for pk in students[:NAMED]))
        for kind, one, other, students in raw
    ]
    return sorted(found, key=lambda one: (one.planned.starts_at, KINDS.index(one.kind), one.with_.starts_at))


def between(one: Planned, other: Planned, shared: SharedStudents) -> Iterator[tuple[Kind, tuple[int, ...]]]:
    """In what two classes that overlap clash, with the students who would be in both."""
    if one.teacher_id is not None and one.teacher_id == other.teacher_id:
        yield "teacher", ()
    if one.room_id is not None and one.room_id == other.room_id:
        yield "room", ()
    if one.batch_id == other.batch_id:
        yield "batch", ()
        return
    students = shared.at(one.batch_id, other.batch_id, one, other)
    if students:
        yield "students", students


def free_spans(
    planned: Sequence[Planned], *, now: datetime, replaces: Collection[int] = (), count: int = 3
) -> list[Span]:
    """The next spans in which teacher, room, batch and students are free; of a series that of its first class."""
    if not planned:
        return []
    zone = Institute.current().zone
    ahead = DAY * (free_slots.DAYS_AHEAD + 1)
    wanted = _from_first_to_last(planned)
    within = Span(wanted.starts_at - DAY, wanted.ends_at + ahead)
    shared = SharedStudents.of({one.batch_id for one in planned}, within=within)
    first = planned[0]
    busy = [
        other
        for other in _held(_wanting(planned, shared), within, replaces)
        if any(between(_at(first, other), other, shared))
    ]
    free = Holiday.objects.between(within.starts_at.astimezone(zone).date(), within.ends_at.astimezone(zone).date())
    days = Batch.objects.values_list("starts_on", "ends_on").get(pk=first.batch_id)
    bounds = free_slots.Bounds(
        zone=zone, within=Days(*days), now=now, free=tuple(Days(one.starts_on, one.ends_on) for one in free)
    )
    return free_slots.free_spans(planned, busy=busy, bounds=bounds, count=count)


def holidays_of(planned: Sequence[Planned]) -> list[Holiday]:
    """Holidays on whose days some of these classes begin; a hint, for a class may be held on a holiday. One query."""
    days = {timezone.localdate(one.starts_at) for one in planned}
    if not days:
        return []
    touched = Holiday.objects.between(min(days), max(days))
    return [holiday for holiday in touched if any(holiday.starts_on <= day <= holiday.ends_on for day in days)]


def _wanting(planned: Sequence[Planned], shared: SharedStudents) -> Q:
    """Classes that may want the same teacher, room, batch or students."""
    teachers = {one.teacher_id for one in planned if one.teacher_id is not None}
    rooms = {one.room_id for one in planned if one.room_id is not None}
    batches = {*(one.batch_id for one in planned), *shared.batches}
    wanting = Q(batch__in=batches)
    if teachers:
        wanting |= Q(teacher__in=teachers)
    if rooms:
        wanting |= Q(room__in=rooms)
    return wanting


def _held(wanting: Q, within: Span, replaces: Collection[int] = ()) -> list[Held]:
    rows = ClassSession.objects.held().between(within.starts_at, within.ends_at).filter(wanting).order_by()
    fields = rows.values_list("starts_at", "ends_at", "batch_id", "teacher_id", "room_id", "pk")
    replaced = frozenset(replaces)
    return [Held(*row) for row in fields if row[-1] not in replaced]


def _at(one: Planned, other: Span) -> Planned:
    """The class as it would be if it were held when the other is."""
    return Planned(other.starts_at, other.ends_at, one.batch_id, one.teacher_id, one.room_id)


def _from_first_to_last(planned: Iterable[Span]) -> Span:
    spans = list(planned)
    return Span(min(one.starts_at for one in spans), max(one.ends_at for one in spans))
