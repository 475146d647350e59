"""Double tap, two tabs and a closing register at the same moment: with real threads and on whichever database."""

import uuid
from functools import partial

import pytest
from django.utils import timezone

from attendance import check_ins
from attendance.check_in_forms import Sent
from attendance.check_ins import CheckInClosed, Taken
from attendance.closing import close_register
from attendance.devices import Device
from attendance.geofence import Fix
from attendance.models import CheckInAttempt, Record, RecordChange, Register
from attendance.models.records import Source, Status
from batches.models import ClassSession
from tests import people
from tests.attendance import registers
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def phone(class_session: ClassSession, student, sent: Sent) -> Taken:
    """One request, from its own reading of the class on."""
    now = timezone.now()
    row = ClassSession.objects.select_related("register", "batch__venue", "room__venue").get(pk=class_session.pk)
    register = check_ins.opened(row, now=now)
    return check_ins.check_in(register, student, sent, now=now, device=Device("a" * 32, "Chrome, Android"))


def there(number: uuid.UUID | None = None) -> Sent:
    return Sent(number or uuid.uuid4(), fix=Fix(*registers.THERE, 10.0, 500))


def test_one_tap_sent_many_times_at_once_is_one_check_in():
    class_session, student, sent = registers.class_now(), people.student(), there()
    taken = at_once([partial(phone, class_session, student, sent)] * AT_ONCE)
    assert sorted(one.is_repeat for one in taken) == [False] + [True] * (AT_ONCE - 1)
    assert CheckInAttempt.objects.count() == Record.objects.count() == RecordChange.objects.count() == 1
    assert Register.objects.count() == 1


def test_two_tabs_at_once_mark_once():
    class_session, student = registers.class_now(), people.student()
    at_once([partial(phone, class_session, student, there()) for _ in range(AT_ONCE)])
    assert CheckInAttempt.objects.count() == AT_ONCE
    assert Record.objects.get().status == Status.PRESENT
    assert RecordChange.objects.count() == 1


def test_check_in_while_the_register_closes_is_either_in_time_or_told_that_it_is_too_late():
    for number in range(4):
        register = registers.register(registers.class_now(began_min_ago=number + 1))
        student, teacher, now = people.student(), people.teacher(), timezone.now()
        came, closed = outcomes(
            [
                partial(phone, register.class_session, student, there()),
                partial(close_register, register, actor=teacher, now=now),
            ]
        )
        assert not isinstance(closed, Exception), closed
        record = Record.objects.get(class_session=register.class_session)
        if isinstance(came, CheckInClosed):
            assert (record.status, record.source) == (Status.ABSENT, Source.CLOSING)
        else:
            assert isinstance(came, Taken), came
            assert record.status == Status.PRESENT
