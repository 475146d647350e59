"""A person's own page: what he may change there, and what he finds."""

from collections.abc import Callable

import pytest

from accounts.models import Activity, SessionSlot
from dfs.models import DriveAccount
from tests import people

pytestmark = pytest.mark.django_db
PAGE = "/accounts/profile/"


def test_everybody_keeps_a_phone_number_of_his_own() -> None:
    browser = people.signed_in(people.student())
    assert browser.post(PAGE, {"phone": "+91 98901 23428"}).status_code == 302
    assert people.student().phone == "+91 98901 23428"
    line = Activity.objects.get(event="person.changed")
    assert (line.actor, line.extra["fields"]) == (people.student(), ["phone"])
    browser.post(PAGE, {"phone": "+91 98901 23428"})
    assert Activity.objects.filter(event="person.changed").count() == 1
    assert browser.post(PAGE, {"phone": ""}).status_code == 302
    assert people.student().phone == ""


def test_a_number_that_is_none_stays_in_the_field_with_the_reason() -> None:
    browser = people.signed_in(people.student())
    refused = browser.post(PAGE, {"phone": "call <me>"}).content.decode()
    assert 'value="call &lt;me&gt;"' in refused
    assert "Only digits, spaces and a + in front." in refused
    assert people.student().phone == ""


def test_the_page_shows_ways_in_drives_and_the_office_to_all_but_the_office_itself() -> None:
    DriveAccount.objects.create(
        label="Ananya’s Drive", owner_key="a", cap_bytes=5 * 1024**3, used_bytes=1024**3, owner=people.student()
    )
    page = people.signed_in(people.student()).get(PAGE).content.decode()
    for words in ("1 GB of 5 GB used", "This one", "Change password", "Contact the office", "Privacy and my data"):
        assert words in page, words
    office = people.signed_in(people.admin()).get(PAGE).content.decode()
    assert "Contact the office" not in office
    assert "You lend no Drive yet" in office


def test_the_page_costs_the_same_for_much_activity_and_many_devices(same_queries: Callable[..., int]) -> None:
    browser = people.signed_in(people.student())
    here = SessionSlot.objects.get()

    def add(count: int) -> None:
        for number in range(count):
            key = f"{SessionSlot.objects.count()}-{number}"
            SessionSlot.objects.create(
                user=people.student(), key_hash=key, idle_until=here.idle_until, expires_at=here.expires_at
            )
            Activity.objects.create(event="person.changed", actor=people.admin(), subject=people.student())

    assert same_queries(lambda: browser.get(PAGE), add=add) <= 16
