"""Lines of the activity log go a day after their year, a part at a time."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import old_activity, tasks
from accounts.models import ACTIVITY_KEPT, Activity
from accounts.old_activity import MARGIN
from tests import people

pytestmark = pytest.mark.django_db
MOMENT = timedelta(minutes=1)


def line(age: timedelta) -> Activity:
    return Activity.objects.create(event="sign_out", actor=people.student(), at=timezone.now() - age)


def test_a_line_goes_when_its_year_and_the_margin_are_over() -> None:
    line(ACTIVITY_KEPT + MARGIN + MOMENT)
    kept = [line(ACTIVITY_KEPT + MARGIN - MOMENT), line(timedelta(0))]
    tasks.forget_old_activity()
    assert list(Activity.objects.order_by("pk")) == kept


def test_a_round_takes_so_many_and_the_next_one_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_activity, "AT_MOST", 5)
    monkeypatch.setattr(old_activity, "AT_A_TIME", 2)
    for _number in range(7):
        line(ACTIVITY_KEPT + MARGIN + MOMENT)
    now = timezone.now()
    assert [old_activity.forget(now=now) for _round in range(3)] == [5, 2, 0]


def test_a_round_without_anything_old_costs_one_query(django_assert_num_queries: Any) -> None:
    line(ACTIVITY_KEPT)
    with django_assert_num_queries(1):
        assert old_activity.forget(now=timezone.now()) == 0
