"""Classes for which nobody took a register."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from attendance.models import Record
from attendance.models.records import SAID
from batches.models import ClassSession, Enrolment
from batches.models.timetable import ClassSessionQuerySet

LOOKS_BACK = timedelta(days=14)


def classes_without_register(now: datetime, *, back: timedelta = LOOKS_BACK) -> ClassSessionQuerySet:
    """Held classes of the last days that are over, had somebody on the roll, and of whom nothing is said.

    Whose they are is the caller's to say: `taught_by(teacher)`, `editable_by(user)`.
    """
    said = Record.objects.filter(class_session=OuterRef("pk"), status__in=SAID).order_by()
    stays = Enrolment.objects.filter(batch=OuterRef("batch")).order_by()
    on_roll = stays.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at"))
    # By their beginnings too, for which there is an index.
    over = ClassSession.objects.held().between(now - back, now).filter(ends_at__lte=now)
    return over.filter(~Exists(said), Exists(on_roll))
