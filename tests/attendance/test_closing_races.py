"""Closing a register while students check in and others close it: real threads, the real check-in over HTTP."""

import pytest
from django.utils import timezone

from accounts.models import Notification
from attendance import closing, marks
from attendance.models import CheckInAttempt, Record, RecordChange
from attendance.models.records import Status
from tests import people, racing
from tests.attendance import registers
from tests.attendance.checking_in import body, fix, send
from tests.batches import timetables

pytestmark = pytest.mark.django_db(transaction=True)


def close(register, teacher):
    return lambda: closing.close_register(register, actor=teacher, now=timezone.now())


def test_a_register_is_closed_once_by_two_who_close_it_at_once():
    register, teacher = registers.register(), people.teacher()
    assert sorted(racing.at_once([close(register, teacher)] * 2)) == [0, 1]
    assert RecordChange.objects.count() == 1
    assert Notification.objects.filter(recipient=people.student()).count() == 1


def test_who_checks_in_while_the_register_is_being_closed_is_in_time_or_told_and_never_lost():
    batch = timetables.batch(venue=timetables.venue())
    crowd, teacher = registers.crowd(batch, 5), people.teacher()
    register = registers.register(registers.class_now(batch=batch))
    works = [lambda one=one: send(register.class_session, body(**fix()), who=one) for one in crowd]
    *answers, made_absent = racing.at_once([*works, close(register, teacher)])
    statuses = {one.student_id: one.status for one in Record.objects.all()}
    for student, answer in zip(crowd, answers, strict=True):
        expected = {200: Status.PRESENT, 403: Status.ABSENT}[answer.status_code]
        assert statuses[student.pk] == expected
    assert statuses[people.student().pk] == Status.ABSENT
    assert made_absent == list(statuses.values()).count(Status.ABSENT)
    assert CheckInAttempt.objects.count() == [one.status_code for one in answers].count(200)
    assert RecordChange.objects.count() == len(crowd) + 1


def test_a_teacher_who_marks_while_the_register_is_being_closed_is_refused_or_counts():
    register, teacher = registers.register(), people.teacher()
    mark = marks.Mark(people.student().pk, Status.PRESENT, seen=0)

    def say():
        return marks.set_marks(register, [mark], actor=teacher, now=timezone.now())

    outcome, made_absent = racing.at_once([say, close(register, teacher)])
    expected = (Status.PRESENT, 0) if outcome.saved else (Status.ABSENT, 1)
    assert (Record.objects.get().status, made_absent) == expected
    assert RecordChange.objects.count() == 1
