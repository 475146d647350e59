"""Who may open what of batches, timetable and calendar: part of the table in `tests.access_table`.

Each subject adds its addresses as one block of its own; `the_batch` is taught by "teacher", "student" is in it, and
"guardian" is his guardian. To all others but admins it is not there.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Guardianship
from batches.models import Batch, Enrolment, JoinCode, JoinRequest
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


def a_venue() -> dict[str, Any]:
    return {"kind": "venue", "number": timetables.venue().pk}


def a_room() -> dict[str, Any]:
    return {"number": timetables.room().pk}


BATCHES: dict[str, Row] = {}

# --- Batches and places -----------------------------------------------------------------------------------------------

BATCHES |= {
    "batch_list": Row(whoever_is_signed_in(200)),
    "batch_create": Row(only("admin", status=200)),
    "batch_change": Row(only("admin", status=200), kwargs=the_batchs_number),
    "batch_archive": Row(only("admin", status=200), kwargs=the_batchs_number),
    "batch_restore": Row(only("admin", status=200), kwargs=the_batchs_number),
    "batch_delete": Row(only("admin", status=200), kwargs=the_batchs_number),
    "places": Row(only("admin", status=200)),
    "place_create": Row(only("admin", status=200), kwargs=lambda: {"kind": "room"}),
    "place_change": Row(only("admin", status=200), kwargs=a_venue),
    "place_remove": Row(only("admin", status=302), "post", a_venue),
    "room_state": Row(only("admin", status=302), "post", a_room, body={"do": "close"}),
}

# --- The page of a batch, and messages to it --------------------------------------------------------------------------

BATCHES |= {
    "batch": Row(only("admin", "teacher", "student", "guardian", status=200, others=404), kwargs=the_batchs_number),
    "batch_message": Row(
        {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404},
        kwargs=the_batchs_number,
    ),
    "student_list": Row({**only("admin", "teacher", status=200), "other teacher": 200, "guardian who teaches": 200}),
    "class_gaps": Row(only("admin", status=200)),
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

# --- Holidays ---------------------------------------------------------------------------------------------------------


def a_holiday() -> dict[str, Any]:
    return {"public_id": timetables.holiday().uuid}


BATCHES |= {
    "holiday_list": Row(whoever_is_signed_in(200)),
    "holiday_create": Row(only("admin", status=200)),
    "holiday_change": Row(only("admin", status=200), kwargs=a_holiday),
    "holiday_remove": Row(only("admin", status=302), "post", a_holiday),
    "holiday_template": Row(only("admin", status=200)),
    "holiday_import": Row(only("admin", status=200)),
    "holiday_import_preview": Row(only("admin", status=302), kwargs=lambda: {"draft": uuid.UUID(int=1)}),
}

# --- Students of a batch, and the ways in -----------------------------------------------------------------------------


def the_students_stay() -> dict[str, Any]:
    return {"public_id": Enrolment.objects.get(batch=the_batch(), student=people.student()).uuid}


def the_students_request() -> dict[str, Any]:
    """For another batch; his guardian is the batch's above."""
    the_batch()
    asked, _is_new = JoinRequest.objects.get_or_create(batch=timetables.batch("NEET 2027"), student=people.student())
    return {"public_id": asked.uuid}


def a_code_of_the_batch() -> dict[str, Any]:
    fields = {"expires_at": timezone.now() + timedelta(days=7), "created_by": people.teacher(), "code": "ABCDEFGH"}
    return {"public_id": (JoinCode.objects.first() or JoinCode.objects.create(batch=the_batch(), **fields)).uuid}


def its_teachers(status: int) -> dict[str, int]:
    """Admins and the batch's teachers; to other teachers it is not there."""
    return {**only("admin", "teacher", status=status), "other teacher": 404, "guardian who teaches": 404}


EVERY_TEACHER = ("admin", "teacher", "other teacher", "guardian who teaches")

BATCHES |= {
    "enrolment_list": Row(its_teachers(200), kwargs=the_batchs_number),
    "enrolment_add": Row(only("admin", status=200), kwargs=the_batchs_number),
    "enrolment_act": Row(only("admin", status=302), "post", the_batchs_number, body={"do": "leave"}),
    "enrolment": Row(its_teachers(200), kwargs=the_students_stay),
    "roll_export": Row(its_teachers(200), "post", the_batchs_number),
    "roll_import": Row(only("admin", status=200), kwargs=the_batchs_number),
    "roll_import_preview": Row(
        only("admin", status=302), kwargs=lambda: {**the_batchs_number(), "draft": uuid.UUID(int=1)}
    ),
    "join_request_list": Row(only(*EVERY_TEACHER, status=200)),
    "join_request_act": Row(only(*EVERY_TEACHER, status=302), "post", body={"do": "approve"}),
    "join_request_answer": Row(
        only("student", "guardian", status=302, others=404), "post", the_students_request, body={"do": "withdraw"}
    ),
    "my_batches": Row(whoever_is_signed_in(200)),
    "join_batch": Row(whoever_is_signed_in(200)),
    "join_batch_with": Row(whoever_is_signed_in(200), kwargs=lambda: {"code": "ABCDEFGH"}),
    "join_code_list": Row(its_teachers(200), kwargs=the_batchs_number),
    "join_code_revoke": Row(its_teachers(302), "post", a_code_of_the_batch),
    "batch_invite": Row(only("admin", status=200), kwargs=the_batchs_number),
}

# --- Weekly slots and classes -----------------------------------------------------------------------------------------


def a_slot() -> dict[str, Any]:
    return {"public_id": timetables.slot(the_batch()).uuid}


def a_class() -> dict[str, Any]:
    return {"public_id": timetables.class_session(the_batch(), teacher=people.teacher()).uuid}


_SEEN = only("admin", "teacher", "student", "guardian", status=200, others=404)
_CHANGED = {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404}

BATCHES |= {
    "timetable": Row(_SEEN, kwargs=the_batchs_number),
    "slot_create": Row(only("admin", status=200), kwargs=the_batchs_number),
    "slot_change": Row(only("admin", status=200), kwargs=a_slot),
    "slot_end": Row(only("admin", status=200), kwargs=a_slot),
    "class_create": Row(_CHANGED, kwargs=the_batchs_number),
    "class_session": Row(_SEEN, kwargs=a_class),
    "class_change": Row(_CHANGED, kwargs=a_class),
    "class_cancel": Row(_CHANGED, kwargs=a_class),
    "class_restore": Row(_CHANGED, kwargs=a_class),
    "class_join": Row(
        {**_SEEN, **only("admin", "teacher", "student", "guardian", status=302, others=404)}, kwargs=a_class
    ),
}
