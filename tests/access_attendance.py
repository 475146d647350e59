"""Who may open what of attendance: part of the table in `tests.access_table`.

Each subject adds its addresses as one block of its own; `the_class` is held now in the batch of `tests.access_batches`,
which "teacher" teaches, "student" is in, and "guardian" is his guardian.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from attendance.models import Freeze
from batches.models import ClassSession
from tests import people
from tests.access_batches import the_batch
from tests.access_rows import Row, only
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
