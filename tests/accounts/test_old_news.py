"""How long people's news are kept, and the log of what went to whom."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import old_news, tasks
from accounts.models import Delivery, Notification
from accounts.old_news import KEPT, READ_KEPT
from tests import people
from tests.accounts.telling import at, tell

pytestmark = pytest.mark.django_db
NOW = at("12:00")
MOMENT = timedelta(seconds=1)


def told(age: timedelta, *, state: str = "", is_read: bool = False, now: datetime = NOW) -> Notification:
    """News of this age, carried by mail to where `state` says; "" for the bell alone."""
    row: Notification = Notification.objects.create(
        recipient=people.teacher(),
        event_key=f"old:{Notification.objects.count()}:{age}",
        kind="test.room",
        title="Room 3 is closed",
        created_at=now - age,
        read_at=now - age + MOMENT if is_read else None,
    )
    if state:
        Delivery.objects.create(notification=row, channel="EMAIL", state=state, due_at=now - age)
    return row


def is_kept(row: Notification) -> bool:
    old_news.forget(now=NOW)
    return Notification.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("state", ["", "SKIPPED"])
def test_what_was_read_at_the_bell_alone_is_kept_for_half_a_year(state: str) -> None:
    assert is_kept(told(READ_KEPT, state=state, is_read=True))
    assert not is_kept(told(READ_KEPT + MOMENT, state=state, is_read=True))
    assert not Delivery.objects.filter(notification__created_at__lt=NOW - READ_KEPT).exists()


@pytest.mark.parametrize(
    ("state", "is_read"), [("", False), ("SKIPPED", False), ("SENT", True), ("SENT", False), ("FAILED", True)]
)
def test_what_was_never_read_or_went_out_is_kept_as_long_as_the_log(state: str, is_read: bool) -> None:
    assert is_kept(told(KEPT, state=state, is_read=is_read))
    assert not is_kept(told(KEPT + MOMENT, state=state, is_read=is_read))
    assert Delivery.objects.count() == (1 if state else 0)


@pytest.mark.parametrize("is_read", [True, False])
def test_what_still_waits_to_be_sent_stays(is_read: bool) -> None:
    assert is_kept(told(3 * KEPT, state="PENDING", is_read=is_read))


def test_one_who_reads_late_keeps_it_no_longer_than_others() -> None:
    row = told(KEPT + MOMENT)
    Notification.objects.filter(pk=row.pk).update(read_at=NOW)
    assert not is_kept(row)


def test_a_round_takes_so_many_and_the_next_one_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_news, "AT_MOST", 5)
    monkeypatch.setattr(old_news, "AT_A_TIME", 2)
    for _number in range(7):
        told(KEPT + MOMENT, state="SENT")
    young = told(timedelta(days=1), state="SENT")
    assert [old_news.forget(now=NOW) for _round in range(3)] == [5, 2, 0]
    assert list(Notification.objects.all()) == [young]
    assert Delivery.objects.get().notification == young


def test_an_event_is_told_once_while_its_news_are_kept(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    assert tell([people.student()]) == 1
    time_machine.shift(READ_KEPT)
    tasks.forget_old_news()
    assert tell([people.student()]) == 0
    time_machine.shift(KEPT - READ_KEPT + MOMENT)
    tasks.forget_old_news()
    assert tell([people.student()]) == 1


def test_a_round_without_anything_old_costs_one_query(django_assert_num_queries: Any) -> None:
    told(READ_KEPT, is_read=True)
    with django_assert_num_queries(1):
        assert old_news.forget(now=NOW) == 0
