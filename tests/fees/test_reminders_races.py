"""Two workers remind at the same moment, and somebody by hand: real threads."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import Notification
from fees import reminders
from fees.models import Due, Reminder
from tests import people, racing
from tests.batches.enrolling import students
from tests.fees import made

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_and_two_hands_tell_each_family_once():
    crowd = students(6)
    for student in crowd:
        made.due(1_000_00, student=student, days=-3, part=1, parts=2)
    admin, noon = people.admin(), timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    works = [lambda: reminders.remind_due(now=noon + timedelta(microseconds=1))]
    works += [lambda: reminders.remind_due(now=noon)] * 2
    works += [lambda: reminders.remind(Due.objects.all(), actor=admin, now=noon)] * 2
    *workers, one_hand, other_hand = racing.at_once(works)
    assert Reminder.objects.count() == 12
    assert Notification.objects.count() == 12
    assert max(workers) == 6
    assert {one_hand, other_hand} >= {6}
