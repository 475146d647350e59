"""What attendance keeps of a person is in his copy, and what is his alone goes with an erasure."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from attendance import own_copy
from attendance.models import CheckInAttempt, CheckInPosition, CorrectionRequest, Flag, Leave, Record, RecordChange
from attendance.models.records import Status
from tests import people
from tests.attendance import registers

pytestmark = pytest.mark.django_db


@pytest.fixture
def student() -> User:
    """With a record that was changed once, a check-in somebody looked at, a leave, and a correction that waits."""
    found, held = people.student(), registers.class_now()
    record = registers.mark(held, found, Status.PRESENT)
    registers.mark(held, found, Status.ABSENT)
    Record.objects.filter(pk=record.pk).update(remark="Left early")
    attempt = CheckInAttempt.objects.create(
        register=held.register, student=found, client_uuid=found.uuid, distance_m=12.0, accuracy_m=8.0
    )
    CheckInPosition.objects.create(attempt=attempt, latitude=20.0065, longitude=73.7645, ip="203.0.113.7")
    Flag.objects.create(attempt=attempt, kind=Flag.Kind.DESKTOP, note="Her tablet")
    today = timezone.localdate()
    asked: dict[str, Any] = {"reason": "A wedding", "answer": "Ask earlier", "asked_by": found}
    Leave.objects.create(student=found, first_on=today, last_on=today, state="REFUSED", **asked)
    CorrectionRequest.objects.create(record=record, wanted="P", **asked)
    return found


def copied(person: User) -> dict[str, list[tuple[Any, ...]]]:
    return {section.key: list(section.rows) for section in own_copy.export(person)}


def test_copy_has_every_record_change_check_in_and_request(student):
    tables = copied(student)
    assert {key: len(rows) for key, rows in tables.items()} == {
        "attendance": 1,
        "attendance_changes": 2,
        "check_ins": 1,
        "leaves": 1,
        "attendance_requests": 1,
    }
    assert {"Absent", "Left early"} <= set(tables["attendance"][0])
    assert {12.0, 8.0, 20.0065, 73.7645, "203.0.113.7"} <= set(tables["check_ins"][0])
    assert "A computer as exact as a phone" in tables["check_ins"][0]
    for section in own_copy.export(student):
        assert all(len(row) == len(section.header) for row in section.rows)


def test_copy_of_another_student_has_nothing_of_it(student):
    assert not any(copied(people.other_student()).values())


def test_erasure_takes_positions_and_words_and_leaves_the_history_of_the_class(student):
    own_copy.erase(student)
    assert not CheckInPosition.objects.exists()
    assert Record.objects.get().remark == ""
    assert Flag.objects.get().note == ""
    assert Leave.objects.values_list("state", "reason", "answer").get() == ("REFUSED", "", "")
    assert CorrectionRequest.objects.values_list("state", "reason", "answer").get() == ("WITHDRAWN", "", "")
    assert CheckInAttempt.objects.values_list("distance_m", "accuracy_m").get() == (12.0, 8.0)
    assert RecordChange.objects.count() == 2


def test_erasure_of_one_touches_nobody_else(student):
    own_copy.erase(people.other_student())
    assert CheckInPosition.objects.exists()
    assert Record.objects.get().remark == "Left early"
    assert CorrectionRequest.objects.get().state == "ASKED"
