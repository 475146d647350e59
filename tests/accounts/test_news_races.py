"""The same event told by many at once, the same news carried by two workers: real threads, whichever database."""

from functools import partial

import pytest
from django.core import mail

from accounts import deliveries
from accounts.models import Delivery, Notification
from tests import people
from tests.accounts.telling import DAILY, at, tell
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_event_told_by_eight_at_once_is_one_piece_of_news_for_each_person() -> None:
    readers = [people.teacher(), people.other_teacher(), people.admin(), people.cashier()]
    assert sum(at_once([partial(tell, readers[n % 4 :] + readers[: n % 4]) for n in range(8)])) == 4
    assert Notification.objects.count() == Delivery.objects.count() == 4


def test_two_workers_at_once_send_each_mail_once() -> None:
    readers = [people.teacher(), people.other_teacher(), people.admin(), people.cashier()]
    for number in range(5):
        tell(readers, event_key=f"room:{number}", now=at("10:00"))
    at_once([lambda: deliveries.send_due(now=at("10:00"))] * 4)
    assert len(mail.outbox) == 20
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 20
    assert set(Delivery.objects.values_list("state", "tries")) == {("SENT", 1)}


def test_two_workers_at_once_send_one_digest() -> None:
    for number in range(6):
        tell([people.teacher(), people.admin()], kind=DAILY.key, event_key=f"note:{number}", now=at("11:00"))
    at_once([lambda: deliveries.send_due(now=at("7:00", day=22))] * 4)
    assert sorted(letter.to for letter in mail.outbox) == [["meera@pragati.test"], ["rajendra@pragati.test"]]
    assert all(letter.subject.endswith("6 pieces of news") for letter in mail.outbox)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"SENT"}
