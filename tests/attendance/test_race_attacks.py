"""Attendance attacked by doing much at the same moment: real threads, on whichever database."""

import uuid
from functools import partial

import pytest
from django.utils import timezone

from attendance import closing, leaves, marks, registers
from attendance.models import Leave, Mode, Record, RecordChange
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from tests import people
from tests.attendance import asking
from tests.attendance import registers as held_now
from tests.attendance.checking_in import body, code_now, fix, send
from tests.batches import timetables
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)


def test_right_code_from_two_tabs_at_once_is_never_taken_for_a_pause():
    register = held_now.register(mode=Mode.CODE)
    browsers = [people.signed_in(people.student()) for _ in range(5)]
    code = code_now(register)
    works = [partial(send, register.class_session, body(code=code), browser=one) for one in browsers]
    assert [one.status_code for one in at_once(works)] == [200] * 5
    assert Record.objects.get().status == Status.PRESENT


def test_wrong_codes_at_once_are_counted_together():
    """Twelve at the same moment: five are looked at, the rest are refused, and so is the right one after them."""
    register = held_now.register(mode=Mode.CODE)
    browsers = [people.signed_in(people.student()) for _ in range(12)]
    works = [partial(send, register.class_session, body(code="AAAAAAA7"), browser=one) for one in browsers]
    statuses = [one.status_code for one in at_once(works)]
    assert statuses.count(200) <= 5
    assert set(statuses) <= {200, 429}
    assert send(register.class_session, body(code=code_now(register))).status_code == 429


def test_confirming_all_while_who_waits_brings_a_code_marks_him_once_and_never_lower():
    for _round in range(3):
        held = held_now.class_now()
        register = held_now.register(held)
        send(held, body(tell_teacher=True))
        assert Record.objects.get(class_session=held).status == Status.WAITING
        teacher, student = people.teacher(), people.signed_in(people.student())
        confirmed, came = at_once(
            [
                partial(registers.accept_waiting, register, actor=teacher, now=timezone.now()),
                partial(send, held, body(**fix()), browser=student),
            ]
        )
        record = Record.objects.get(class_session=held)
        assert (record.status, came.status_code) == (Status.PRESENT, 200)
        assert confirmed in {0, 1}
        assert RecordChange.objects.filter(record=record).count() == record.version == 2


def test_two_who_mark_overlapping_students_in_opposite_order_both_get_through():
    batch = timetables.batch()
    crowd = held_now.crowd(batch, 12)
    register = held_now.register(held_now.class_now(batch=batch))
    teacher, office = people.teacher(), people.admin()

    def say(students, letter, who):
        wanted = [marks.Mark(one.pk, letter, reason="Seen") for one in students]
        return marks.set_marks(register, wanted, actor=who, now=timezone.now())

    for _round in range(3):
        done = at_once(
            [
                partial(say, crowd[:9], Status.PRESENT, teacher),
                partial(say, crowd[:2:-1], Status.ABSENT, office),
                partial(say, crowd[::-1], Status.EXCUSED, teacher),
                partial(say, crowd[4:8], Status.LATE, office),
            ]
        )
        assert not any(one.refused for one in done)
    for record in Record.objects.all():
        versions = list(record.changes.order_by("version").values_list("version", flat=True))
        assert versions == list(range(1, record.version + 1))


def test_leave_granted_while_the_register_closes_excuses_him_in_the_end():
    for number in range(4):
        held = held_now.class_now(began_min_ago=number + 1)
        register = held_now.register(held)
        row = asking.leave(first=timezone.localdate(held.starts_at))
        teacher, now = people.teacher(), timezone.now()
        at_once(
            [
                partial(leaves.grant, row, actor=teacher, now=now),
                partial(closing.close_register, register, actor=teacher, now=now),
            ]
        )
        record = Record.objects.get(class_session=held)
        assert (record.status, record.source) == (Status.EXCUSED, Source.LEAVE)
        Leave.objects.update(state=AskState.WITHDRAWN)


def test_leave_granted_by_one_and_refused_by_another_at_once_is_one_of_both():
    row = asking.leave()
    teacher, office, now = people.teacher(), people.admin(), timezone.now()
    given = outcomes(
        [
            partial(leaves.grant, row, actor=teacher, now=now),
            partial(leaves.refuse, row, answer="No", actor=office, now=now),
        ]
    )
    assert sum(isinstance(one, Exception) for one in given) == 1
    row.refresh_from_db()
    assert row.state in {AskState.GRANTED, AskState.REFUSED}


def test_one_number_in_two_classes_at_once_counts_in_one():
    first = held_now.class_now()
    second = held_now.class_now(batch=first.batch, minutes=30)
    sent = body(**fix(), client_uuid=str(uuid.uuid4()))
    browsers = [people.signed_in(people.student()) for _ in range(2)]
    works = [partial(send, held, sent, browser=one) for held, one in zip((first, second), browsers, strict=True)]
    assert sorted(one.status_code for one in at_once(works)) == [200, 422]
    assert Record.objects.filter(status=Status.PRESENT).count() == 1
