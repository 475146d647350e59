"""Two at the counter at the same moment, over HTTP: one payment of each due, and a page for whoever came second."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.utils import timezone

from fees import days, proving
from fees.models import CashierDay, Document, Payment, Reversal
from tests import people
from tests.fees import made
from tests.fees.desk import opened, send
from tests.fees.paid import pay
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _the_books_are_right() -> Iterator[None]:
    yield
    assert proving.broken() == []


def test_a_double_click_and_two_cashiers_take_the_same_due_once() -> None:
    made.due(10000)
    first, second = people.signed_in(made.the_cashier()), people.signed_in(people.admin())
    mine, his = opened(first, people.student()), opened(second, people.student())
    works = [partial(send, first, people.student(), mine)] * 3 + [partial(send, second, people.student(), his)] * 3
    answers = at_once(works)
    assert sorted(one.status_code for one in answers) == [302] * 3 + [422] * 3
    assert len({one.headers["Location"] for one in answers if one.status_code == 302}) == 1
    assert Payment.objects.count() == Document.objects.count() == 1
    refused = next(one for one in answers if one.status_code == 422)
    assert refused.context["form"].rows == []


def test_a_day_that_is_closed_while_money_comes_and_goes_holds_exactly_what_it_says() -> None:
    made.due(10000)
    kept, cashier = pay(5000, student=people.other_student()), made.the_cashier()
    desk = people.signed_in(cashier)
    fields, day = opened(desk, people.student()), CashierDay.objects.get()
    close = {"counted": "50", "note": "Counted while somebody paid"}
    at_once(
        [
            partial(send, desk, people.student(), fields),
            partial(desk.post, f"/fees/counter/day/{day.uuid}/close/", close),
            partial(desk.post, f"/fees/receipts/{kept.uuid}/undo/", {"reason": "Wrong one"}),
            partial(desk.post, "/fees/counter/day/open/", {"opening": "500"}),
        ]
    )
    day.refresh_from_db()
    assert day.expected_paise == days.drawer(day).should_be
    assert Payment.objects.filter(received_at__gt=day.closed_at or timezone.now()).count() == 0
    assert Reversal.objects.count() <= 1
