"""Who may open what of batches, timetable and calendar: part of the table in `tests.access_table`.

Each subject adds its addresses as one block of its own; `the_batch` is taught by "teacher", "student" is in it, and
"guardian" is his guardian. To all others but admins it is not there.
"""

from typing import Any

from accounts.models import Guardianship
from batches.models import Batch, Enrolment
from tests import people
from tests.access_rows import Row, everybody, only, whoever_is_signed_in
from tests.batches import timetables


def the_batch() -> Batch:
    batch = timetables.batch()
    if not Enrolment.objects.filter(batch=batch, student=people.student()).exists():
        timetables.enrol(people.student(), batch)
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
    return batch


def the_batchs_number() -> dict[str, Any]:
    return {"public_id": the_batch().uuid}


BATCHES: dict[str, Row] = {}

# --- The page of a batch, and messages to it --------------------------------------------------------------------------

BATCHES |= {
    "batch": Row(only("admin", "teacher", "student", "guardian", status=200, others=404), kwargs=the_batchs_number),
    "batch_message": Row(
        {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404},
        kwargs=the_batchs_number,
    ),
}

# --- Clashes, the calendar and what phones read of it -----------------------------------------------------------------

BATCHES |= {
    "clash_report": Row(only("admin", status=200)),
    "calendar": Row(whoever_is_signed_in(200)),
    "calendar_feed_page": Row(whoever_is_signed_in(200)),
    "calendar_feed_revoke": Row(whoever_is_signed_in(302), "post"),
    "calendar_feed": Row(everybody(404), kwargs=lambda: {"secret": "nobodys"}),
    "calendar_feed_slashed": Row(everybody(302), kwargs=lambda: {"secret": "nobodys"}),
}
