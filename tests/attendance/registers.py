"""Classes that are held now, with their registers and records, as the tests of attendance need them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from attendance import marks, rules
from attendance.models import Mode, Record, Register
from attendance.models.records import Status
from batches.models import Batch, ClassSession, Enrolment
from tests import people
from tests.batches import timetables

THERE = (20.0064, 73.7645)
"""The middle of `timetables.venue()`, whose radius is 50 m."""


def north_of(metres: float) -> tuple[float, float]:
    """A position so far north of the venue's middle."""
    return THERE[0] + metres / 111_195, THERE[1]


def class_now(
    *, began_min_ago: float = 1, minutes: int = 90, batch: Batch | None = None, **fields: Any
) -> ClassSession:
    """A class of a batch with a venue that began so many minutes ago; Ananya is in it."""
    held = batch or timetables.batch(venue=timetables.venue())
    if not Enrolment.objects.filter(batch=held, student=people.student()).exists():
        timetables.enrol(people.student(), held)
    starts_at = timezone.now() - timedelta(minutes=began_min_ago)
    return timetables.class_session(held, starts_at, minutes=minutes, **fields)


def register(class_session: ClassSession | None = None, *, mode: Mode | None = None, **fields: Any) -> Register:
    """The opened register of a class, of one that is now unless said otherwise."""
    held = class_session or class_now()
    row = rules.open_register(held, now=max(timezone.now(), held.starts_at))
    fields |= {"mode": mode} if mode else {}
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def mark(
    class_session: ClassSession,
    student: User,
    status: Status,
    *,
    now: datetime | None = None,
    by: User | None = None,
) -> Record:
    """A record with its line of history, as the service writes it."""
    marks.set_marks(
        register(class_session),
        [marks.Mark(student.pk, status, reason="Seen")],
        actor=by or people.teacher(),
        now=now or timezone.now(),
    )
    return Record.objects.get(class_session=class_session, student=student)


def crowd(batch: Batch, count: int) -> list[User]:
    """So many students in a batch, in two statements."""
    User.objects.bulk_create(
        User(name=f"Student {n:03}", role=Role.STUDENT, admission_number=f"C-{n:04}", password="!")
        for n in range(count)
    )
    made = list(User.objects.filter(admission_number__startswith="C-").order_by("admission_number"))
    Enrolment.objects.bulk_create(Enrolment(batch=batch, student=one, joined_at=timetables.LONG_AGO) for one in made)
    return made
