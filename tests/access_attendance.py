"""Who may open what of attendance: part of the table in `tests.access_table`.

Each subject adds its addresses as one block of its own; `the_class` is held now in the batch of `tests.access_batches`,
which "teacher" teaches, "student" is in, and "guardian" is his guardian.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from attendance.models import CheckInAttempt, CorrectionRequest, Flag, Freeze, Leave, Record
from attendance.models.records import Status
from batches.models import ClassSession
from tests import people
from tests.access_batches import the_batch
from tests.access_rows import Row, only, whoever_is_signed_in
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

# --- A student's own check-in -----------------------------------------------------------------------------------------

ATTENDANCE |= {
    "check_in": Row(
        {**only("guardian", "teacher", "admin", status=302, others=404), "student": 200},
        kwargs=the_classs_number,
    ),
    "check_in_link": Row(whoever_is_signed_in(302), kwargs=the_classs_number),  # the page it leads to decides
}

# --- Code on the screen, rules, frozen periods ------------------------------------------------------------------------


def a_freeze() -> dict[str, Any]:
    day = timezone.localdate() - timedelta(days=40)
    row = Freeze.objects.first() or Freeze.objects.create(
        first_on=day, last_on=day, reason="Salaries", made_by=people.admin()
    )
    return {"public_id": row.uuid}


def the_batchs_number() -> dict[str, Any]:
    return {"public_id": the_batch().uuid}


STAFF = ("admin", "teacher", "other teacher", "guardian who teaches")
WHO_HOLDS_IT = {**only("admin", "teacher", status=200), "other teacher": 404, "guardian who teaches": 404}

ATTENDANCE |= {
    "class_code": Row(only("admin", "teacher", status=200, others=404), kwargs=the_classs_number),
    "class_code_now": Row(only("admin", "teacher", status=200, others=404), kwargs=the_classs_number),
    "register_mode": Row(WHO_HOLDS_IT, kwargs=the_classs_number),
    "check_in_rules": Row(only(*STAFF, status=200)),
    "institute_rule": Row(only("admin", status=200)),
    "check_in_rule": Row(WHO_HOLDS_IT, kwargs=the_batchs_number),
    "check_in_rule_drop": Row(only("admin", status=302), "post", the_batchs_number),
    "freeze_list": Row(only("admin", status=200)),
    "freeze_create": Row(only("admin", status=200)),
    "freeze_lift": Row(only("admin", status=200), kwargs=a_freeze),
}

# --- Flags and positions ----------------------------------------------------------------------------------------------


def a_flag() -> dict[str, Any]:
    attempt = an_attempt()
    return {"public_id": Flag.objects.get_or_create(attempt=attempt, kind=Flag.Kind.OUTSIDE)[0].uuid}


def an_attempt() -> CheckInAttempt:
    known = CheckInAttempt.objects.filter(register=the_class().register).first()
    return known or CheckInAttempt.objects.create(
        register=the_class().register, student=people.student(), client_uuid=uuid.uuid4(), decision="OUTSIDE"
    )


WHO_HOLDS_IT_POSTS = {**only("admin", "teacher", status=302), "other teacher": 404, "guardian who teaches": 404}

ATTENDANCE |= {
    "flag_list": Row(only(*STAFF, status=200)),
    "flag_review": Row(WHO_HOLDS_IT_POSTS, "post", a_flag),
    "check_in_position": Row(only("admin", status=200), kwargs=lambda: {"public_id": an_attempt().uuid}),
}

# --- Grids, students, lists and files ---------------------------------------------------------------------------------


def the_students_number() -> dict[str, Any]:
    the_batch()
    return {"public_id": people.student().uuid}


WHO_SEES_HIM = only("student", "guardian", "teacher", "admin", status=200, others=404)

ATTENDANCE |= {
    "attendance": Row(whoever_is_signed_in(200)),
    "attendance_grid": Row(WHO_HOLDS_IT, kwargs=the_batchs_number),
    "attendance_grid_export": Row(WHO_HOLDS_IT, "post", the_batchs_number),
    "attendance_of": Row(WHO_SEES_HIM, kwargs=the_students_number),
    "attendance_of_export": Row(WHO_SEES_HIM, "post", the_students_number),
    "low_attendance": Row(only(*STAFF, status=200)),
    "low_attendance_export": Row(only(*STAFF, status=200), "post"),
    "absentees": Row(only(*STAFF, status=200)),
    "absentees_export": Row(only(*STAFF, status=200), "post"),
}

# --- Records, leave and requests for corrections ----------------------------------------------------------------------


def a_record() -> dict[str, Any]:
    """Of the student, in a class that is over."""
    batch = the_batch()
    row = Record.objects.filter(student=people.student(), class_session__ends_at__lt=timezone.now()).first()
    held = registers.class_now(began_min_ago=200, batch=batch) if row is None else None
    row = row or registers.mark(held, people.student(), Status.ABSENT)
    return {"public_id": row.uuid}


def a_correction() -> dict[str, Any]:
    row = Record.objects.get(uuid=a_record()["public_id"])
    given = {"wanted": Status.PRESENT, "reason": "I was there", "asked_by": people.student()}
    return {"public_id": CorrectionRequest.objects.get_or_create(record=row, defaults=given)[0].uuid}


def a_leave() -> dict[str, Any]:
    the_batch()
    day = timezone.localdate()
    given = {"first_on": day, "last_on": day, "reason": "Wedding", "asked_by": people.student()}
    return {"public_id": Leave.objects.get_or_create(student=people.student(), defaults=given)[0].uuid}


def with_the_family() -> dict[str, Any]:
    the_batch()
    return {}


ITS_PEOPLE = ("student", "guardian", "teacher", "admin")
FAMILY_ASKS = only("student", "guardian", status=302, others=404)
FAMILY_OR_OFFICE = {**FAMILY_ASKS, "admin": 302}
DECIDERS = {**only("teacher", "admin", status=302), "other teacher": 404, "guardian who teaches": 404}

ATTENDANCE |= {
    "record": Row(only(*ITS_PEOPLE, status=200, others=404), kwargs=a_record),
    "own_record": Row(only(*ITS_PEOPLE, status=302, others=404), kwargs=the_classs_number),
    "correction_ask": Row(FAMILY_ASKS, "post", a_record, body={"wanted": "P", "reason": "I was there"}),
    "correction_withdraw": Row(FAMILY_OR_OFFICE, "post", a_correction),
    "correction_decide": Row(DECIDERS, "post", a_correction, body={"do": "grant"}),
    "leave_list": Row(whoever_is_signed_in(200)),
    "leave_ask": Row(only("student", "other student", "guardian", "admin", status=200), kwargs=with_the_family),
    "leave_withdraw": Row(FAMILY_OR_OFFICE, "post", a_leave),
    "leave_decide": Row(DECIDERS, "post", a_leave, body={"do": "grant"}),
    "ask_list": Row(only(*STAFF, status=200)),
}

# --- The register -----------------------------------------------------------------------------------------------------


def taken_by(status: int) -> dict[str, int]:
    """Who takes it; to teachers of other classes it is not there, to everybody else it is not open."""
    return {**only("teacher", "admin", status=status), "other teacher": 404, "guardian who teaches": 404}


ATTENDANCE |= {
    "register": Row(taken_by(200), kwargs=the_classs_number),
    "register_lines": Row(taken_by(200), kwargs=the_classs_number),
    "register_marks": Row(taken_by(302), "post", the_classs_number),
    "register_confirm": Row(taken_by(302), "post", the_classs_number),
    "register_close": Row(taken_by(200), kwargs=the_classs_number),
    "register_headcount": Row(taken_by(302), "post", the_classs_number, body={"heads": "1"}),
    "register_call": Row(taken_by(302), "post", the_classs_number),
}
