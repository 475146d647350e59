"""Classes and holidays as the calendar shows them, for thousands of rows: plain values, each name looked up once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from batches.models import Batch, ClassSession, Enrolment, Holiday, Room, Subject
from batches.series import DAY, Span
from batches.shared_students import FOREVER
from coaching.lib.clock import clock_text, day_text
from coaching.lib.offers import Entry, Facet

NOBODY = UUID(int=0)
FAR = date(2200, 1, 1)
"""No holiday is shown beyond: somebody's slip in a year must not break everybody's calendar."""


class Row(NamedTuple):
    """What is read of a class, in this order."""

    uuid: UUID
    batch_id: int
    starts_at: datetime
    ends_at: datetime
    subject_id: int | None
    teacher_id: int | None
    room_id: int | None
    mode: str
    topic: str
    slot_id: int | None
    own: list[str]
    sequence: int
    cancelled_at: datetime | None
    holiday_id: int | None
    reason: str
    moved_from: datetime | None
    changed_at: datetime


@dataclass
class Names:
    """What the numbers in the rows stand for, and when whose children belong to which batch."""

    person: User
    subjects: dict[int, str]
    facets: dict[tuple[str, int], Facet]
    stays: dict[int, list[tuple[int, Span]]] = field(default_factory=dict)

    def children_in(self, row: Row) -> list[Facet]:
        """The person's children who are on the roll of this class."""
        held, stays = Span(row.starts_at, row.ends_at), self.stays.get(row.batch_id, [])
        found = {student for student, stay in stays if stay.overlaps(held)}
        return [self.facets["child", student] for student in sorted(found)]


def calendar(person: User, *, since: datetime, until: datetime) -> list[Entry]:
    """Holidays, and the classes this person may see, that share an instant with [since, until).

    Classes are in the order of their beginning. Eight queries at most.
    """
    seen = ClassSession.objects.for_user(person).between(since, until).order_by("starts_at", "pk")
    rows = [Row(*row) for row in seen.values_list(*Row._fields)]
    names = _names(rows, person, Span(since, until)) if rows else None
    address = reverse("class_session", args=[NOBODY])
    classes = [_entry(row, names, address) for row in rows] if names else []
    return [*_holidays(person, since, until), *classes]


def _names(rows: list[Row], person: User, within: Span) -> Names:
    subjects = Subject.objects.filter(pk__in={row.subject_id for row in rows}).order_by().values_list("pk", "name")
    kinds: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("batch", Batch.objects.filter(pk__in={row.batch_id for row in rows})),
        ("teacher", User.objects.filter(pk__in={row.teacher_id for row in rows if row.teacher_id})),
        ("room", Room.objects.filter(pk__in={row.room_id for row in rows if row.room_id})),
        ("child", User.objects.filter(guardian_links__guardian=person)),
    )
    facets = {
        (kind, pk): Facet(kind, str(uuid), name)
        for kind, known in kinds
        for pk, uuid, name in known.order_by().values_list("pk", "uuid", "name")
    }
    children = [pk for kind, pk in facets if kind == "child"]
    return Names(person, dict(subjects), facets, _stays(children, within) if children else {})


def _stays(students: Iterable[int], within: Span) -> dict[int, list[tuple[int, Span]]]:
    found = defaultdict(list)
    rolls = Enrolment.objects.on_roll(starts_at=within.starts_at, ends_at=within.ends_at).filter(student__in=students)
    for batch, student, since, left in rolls.values_list("batch_id", "student_id", "joined_at", "left_at"):
        found[batch].append((student, Span(since, left or FOREVER)))
    return found


def _entry(row: Row, names: Names, address: str) -> Entry:
    wanted = (("batch", row.batch_id), ("teacher", row.teacher_id), ("room", row.room_id))
    found = {kind: names.facets[kind, pk] for kind, pk in wanted if pk}
    label = row.topic or names.subjects.get(row.subject_id or 0) or found["batch"].label
    tone, word, why = _state(row)
    return Entry(
        key=str(row.uuid),
        area="timetable",
        kind="class",
        label=label,
        url=address.replace(str(NOBODY), str(row.uuid)),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=_place(row, found),
        meta=" · ".join(_said(names.person, label, found)),
        tone=tone,
        word=word,
        why=why,
        facets=(*found.values(), *names.children_in(row)),
        is_cancelled=row.cancelled_at is not None,
        is_covered=row.cancelled_at is not None and row.holiday_id is not None,
        sequence=row.sequence,
        changed_at=row.changed_at,
    )


def _place(row: Row, found: dict[str, Facet]) -> str:
    if "room" in found:
        return found["room"].label
    return _("Online") if row.mode == Batch.Mode.ONLINE else ""


def _said(person: User, label: str, found: dict[str, Facet]) -> list[str]:
    """Batch and teacher, but nothing somebody knows of himself: a student his batch, a teacher his own name."""
    said = []
    if person.role != Role.STUDENT and found["batch"].label != label:
        said.append(found["batch"].label)
    if "teacher" in found and found["teacher"].value != str(person.uuid):
        said.append(found["teacher"].label)
    return said


def _state(row: Row) -> tuple[str, str, str]:
    """Tone, word and what follows it, when a class is not as the timetable has it."""
    if row.cancelled_at is not None:
        return "bad", _("Cancelled"), row.reason
    if row.moved_from is not None and row.moved_from != row.starts_at:
        before = _("from %(when)s") % {"when": f"{day_text(row.moved_from)}, {clock_text(row.moved_from)}"}
        return "run", _("Moved"), f"{before} · {row.reason}" if row.reason else before
    if row.slot_id is not None and "teacher" in row.own:
        return "run", _("Substitute"), row.reason
    if row.slot_id is not None and "room" in row.own:
        return "run", _("Other room"), row.reason
    return "", "", ""


def _holidays(person: User, since: datetime, until: datetime) -> list[Entry]:
    first, last = timezone.localdate(since), timezone.localdate(until)
    url = reverse("holiday_list") if person.is_admin else ""
    rows = Holiday.objects.between(first, last).values_list("uuid", "name", "starts_on", "ends_on")
    every = [
        Entry(
            key=str(uuid),
            area="timetable",
            kind="holiday",
            label=name,
            url=url,
            starts_at=_midnight(starts_on),
            ends_at=_midnight(min(ends_on, FAR) + DAY),
            is_all_day=True,
        )
        for uuid, name, starts_on, ends_on in rows
    ]
    return [one for one in every if one.starts_at < until and one.ends_at > since]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
