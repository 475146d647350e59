"""Who may open what of attendance: part of the table in `tests.access_table`.

Each subject adds its addresses as one block of its own; `the_class` is held now in the batch of `tests.access_batches`,
which "teacher" teaches, "student" is in, and "guardian" is his guardian.
"""

from typing import Any

from batches.models import ClassSession
from tests.access_batches import the_batch
from tests.access_rows import Row
from tests.attendance import registers
from tests.batches import timetables


def the_class() -> ClassSession:
    batch = the_batch()
    if batch.venue is None:
        batch.venue = timetables.venue()
        batch.save()
    held = ClassSession.objects.filter(batch=batch, register__isnull=False).first()
    return held or registers.register(registers.class_now(batch=batch)).class_session


def the_classs_number() -> dict[str, Any]:
    return {"public_id": the_class().uuid}


ATTENDANCE: dict[str, Row] = {}
