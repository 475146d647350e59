"""Classes of the coming week that lack something: nobody teaches them, or no room is named; who has left is nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from batches.models import Batch, ClassSession, Room, Teaching
from batches.models.timetable import ClassSessionQuerySet

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Without a `teacher`, whose batch has none either, who would then teach it; in the classroom without a `room`."""

    teacher: ClassSessionQuerySet
    room: ClassSessionQuerySet


def of_week(*, now: datetime) -> Gaps:
    """An institute that has no rooms lacks none. No query yet."""
    coming = ClassSession.objects.held().filter(starts_at__gt=now, starts_at__lte=now + WEEK)
    named = Teaching.objects.filter(batch=OuterRef("batch"), teacher__is_active=True)
    without_teacher = coming.filter(Q(~Exists(named), teacher=None) | Q(teacher__is_active=False))
    without_room = Q(Exists(Room.objects.usable()), room=None) | Q(room__is_active=False)
    return Gaps(without_teacher, coming.filter(without_room, mode=Batch.Mode.CLASSROOM))
