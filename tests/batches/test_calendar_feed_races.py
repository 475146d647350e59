"""Two taps on "Make an address" at once, and two clicks on taking it back."""

import pytest
from django.test import Client

from batches import feeds
from batches.models import CalendarFeed
from tests import people
from tests.racing import at_once


@pytest.mark.django_db(transaction=True)
def test_of_addresses_made_at_once_exactly_one_opens():
    student = people.student()
    secrets = at_once([lambda: feeds.make_feed(student)] * 8)
    assert CalendarFeed.objects.filter(person=student).count() == 1
    statuses = sorted(Client().get(f"/calendar/{secret}.ics").status_code for secret in secrets)
    assert statuses == [200] + [404] * 7


@pytest.mark.django_db(transaction=True)
def test_an_address_is_taken_back_once():
    student = people.student()
    feeds.make_feed(student)
    assert sorted(at_once([lambda: feeds.revoke_feed(student)] * 8)) == [False] * 7 + [True]
