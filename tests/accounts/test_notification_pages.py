"""The bell, the list behind it, what one chooses to be told, and the admins' log of deliveries."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import deliveries, notifications
from accounts.models import Activity, Delivery, Notification, NotificationChoice, QuietHours, User
from tests import people
from tests.accounts.telling import TEST, URGENT, at, tell

pytestmark = pytest.mark.django_db
LIST, BELL, CHOICES, LOG = (
    reverse(name) for name in ("notification_list", "notification_bell", "notification_choices", "delivery_list")
)


@pytest.fixture
def meera() -> Client:
    return people.signed_in(people.teacher())


def words_of(client: Client, url: str, **asked: str) -> str:
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def post_choices(client: Client, **more: str | list[str]) -> Any:
    return client.post(CHOICES, {"begins": "", "ends": "", f"{TEST.key}-EMAIL": "AT_ONCE"} | more)


def test_the_bell_counts_what_is_unread_and_no_further_than_99(meera: Client) -> None:
    assert notifications.unread(people.teacher()) == ""
    assert "unread" not in words_of(meera, BELL)
    for number in range(101):
        tell([people.teacher()], event_key=f"room:{number}")
        if number == 2:
            assert "3 unread" in words_of(meera, BELL)
    assert "99+ unread" in words_of(meera, reverse("dashboard"))


def test_the_bell_costs_one_query(meera: Client, django_assert_num_queries: Any) -> None:
    reader = people.teacher()
    tell([reader])
    with django_assert_num_queries(1):
        assert notifications.unread(reader) == "1"


def test_opening_marks_as_read_and_leads_there(meera: Client) -> None:
    tell([people.teacher()], url="/dfs/files/")
    row = Notification.objects.get()
    opened = reverse("notification_open", args=[row.uuid])
    assert meera.get(opened).status_code == 405  # a browser that fetches links ahead reads nothing
    assert meera.head(LIST).status_code == 200
    assert notifications.unread(people.teacher()) == "1"
    assert meera.post(opened).headers["Location"] == "/dfs/files/"
    row.refresh_from_db()
    first = row.read_at
    assert first is not None
    meera.post(opened)
    row.refresh_from_db()
    assert row.read_at == first


def test_news_of_others_is_not_there(meera: Client) -> None:
    tell([people.student()])
    theirs = reverse("notification_open", args=[Notification.objects.get().uuid])
    assert meera.post(theirs).status_code == 404
    assert people.signed_in(people.admin()).post(theirs).status_code == 404
    assert "Room 3" not in words_of(meera, LIST)
    assert Notification.objects.get().read_at is None


def test_all_is_read_at_once_and_only_mine(meera: Client) -> None:
    for number in range(3):
        tell([people.teacher(), people.student()], event_key=f"room:{number}")
    assert "Room 3 is closed" in words_of(meera, LIST, show="unread")
    meera.post(reverse("notification_read_all"))
    assert "Nothing is unread" in words_of(meera, LIST, show="unread")
    assert Notification.objects.filter(read_at=None).count() == 3


def test_an_empty_list_says_what_comes_here(meera: Client) -> None:
    assert "Nothing yet" in words_of(meera, LIST)


def test_the_list_costs_the_same_at_any_length(meera: Client, same_queries: Callable[..., int]) -> None:
    def add(count: int) -> None:
        for _number in range(count):
            tell([people.teacher()], event_key=f"room:{Notification.objects.count()}")

    same_queries(lambda: meera.get(LIST), add=add)


# --- Choices ----------------------------------------------------------------------------------------------------------


def test_a_choice_holds_and_going_back_to_the_usual_leaves_no_row(meera: Client) -> None:
    assert post_choices(meera, **{f"{TEST.key}-EMAIL": "DIGEST"}).status_code == 302
    assert NotificationChoice.objects.get().when == "DIGEST"
    tell([people.teacher()])
    assert Delivery.objects.get().is_digest
    assert post_choices(meera).status_code == 302
    assert not NotificationChoice.objects.exists()


def test_mail_about_ones_own_account_cannot_be_turned_off(meera: Client) -> None:
    post_choices(meera, **{"security.changed-EMAIL": "NEVER"})
    assert not NotificationChoice.objects.filter(kind="security.changed").exists()
    NotificationChoice.objects.create(user=people.teacher(), kind="security.changed", channel="EMAIL", when="NEVER")
    tell([people.teacher()], kind="security.changed")
    assert Delivery.objects.get().is_digest is False


def test_what_is_silent_stands_in_the_list_and_is_not_counted(meera: Client) -> None:
    post_choices(meera, **{f"{TEST.key}-BELL": "NEVER"})
    tell([people.teacher(), people.student()])
    assert notifications.unread(people.teacher()) == ""
    assert "unread" not in words_of(meera, BELL)
    assert "Room 3 is closed" in words_of(meera, LIST)
    assert "Nothing is unread" in words_of(meera, LIST, show="unread")
    assert notifications.unread(people.student()) == "1"
    assert (
        Delivery.objects.get(notification__recipient=people.teacher()).state == "PENDING"
    )  # the mail goes all the same
    post_choices(meera, **{f"{TEST.key}-BELL": "AT_ONCE"})
    assert not NotificationChoice.objects.exists()
    assert tell([people.teacher()], event_key="room:4") == 1
    assert notifications.unread(people.teacher()) == "1"


@pytest.mark.parametrize("kind", [URGENT.key, "security.changed"])
def test_what_cannot_wait_is_counted_whatever_is_chosen(meera: Client, kind: str) -> None:
    post_choices(meera, **{f"{kind}-BELL": "NEVER"})
    assert not NotificationChoice.objects.exists()
    NotificationChoice.objects.create(user=people.teacher(), kind=kind, channel="BELL", when="NEVER")
    tell([people.teacher()], kind=kind)
    assert notifications.unread(people.teacher()) == "1"
    page = meera.get(CHOICES).content.decode()
    assert not re.search(rf'name="{kind}-BELL"', page)
    assert re.search(rf'<input type="checkbox" name="{TEST.key}-BELL" value="AT_ONCE"[^>]* checked', page)
    assert "always counted" in page


def test_the_box_of_the_bell_is_sent_as_it_stands(meera: Client) -> None:
    """As a browser sends it: the hidden field always, the box after it when it is ticked."""
    post_choices(meera, **{f"{TEST.key}-BELL": ["NEVER"]})
    assert NotificationChoice.objects.get().when == "NEVER"
    page = meera.get(CHOICES).content.decode()
    assert re.search(rf'<input type="hidden" name="{TEST.key}-BELL" value="NEVER"><input type="checkbox"', page)
    assert not re.search(rf'<input type="checkbox" name="{TEST.key}-BELL"[^>]* checked', page)
    post_choices(meera, **{f"{TEST.key}-BELL": ["NEVER", "AT_ONCE"]})
    assert not NotificationChoice.objects.exists()


@pytest.mark.parametrize(("value", "status"), [("NEVER", 302), ("WEEKLY", 200), ("", 302)])
def test_only_what_is_offered_can_be_chosen(meera: Client, value: str, status: int) -> None:
    assert post_choices(meera, **{f"{TEST.key}-EMAIL": value}).status_code == status


def test_quiet_hours_are_both_times_or_none(meera: Client) -> None:
    assert "Say both times" in post_choices(meera, begins="22:00").content.decode()
    assert "another time" in post_choices(meera, begins="22:00", ends="22:00").content.decode()
    assert not QuietHours.objects.exists()
    assert post_choices(meera, begins="22:00", ends="06:30").status_code == 302
    assert (QuietHours.objects.get().begins, QuietHours.objects.get().ends) == (time(22), time(6, 30))
    assert 'value="22:00"' in meera.get(CHOICES).content.decode()
    post_choices(meera)
    assert not QuietHours.objects.exists()


def test_each_role_chooses_among_its_own_kinds(meera: Client) -> None:
    assert "Invitation accepted" not in words_of(meera, CHOICES)
    assert "Invitation accepted" in words_of(people.signed_in(people.admin()), CHOICES)


def test_whoever_has_no_address_is_told_that_nothing_is_mailed() -> None:
    assert "no e-mail address of yours" in words_of(people.signed_in(people.student()), CHOICES)


# --- The log ----------------------------------------------------------------------------------------------------------


def test_the_log_says_what_went_to_whom_and_why_not() -> None:
    tell([people.teacher(), people.student()], now=at("10:00"), body="Between us.")
    deliveries.send_due(now=at("10:00"))
    said = words_of(people.signed_in(people.admin()), LOG)
    assert "Meera Joshi" in said
    assert "There is no address to send to." in said
    assert "Between us" not in said


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ({"state": "SENT"}, False),
        ({"state": "PENDING"}, True),
        ({"channel": "EMAIL", "kind": TEST.key, "person": "meera"}, True),
        ({"person": "nobody"}, False),
        ({"kind": "security.changed"}, False),
        ({"kind": "no.such"}, True),  # cannot be understood: said at the field, and filters nothing
        ({"page": "99"}, True),
    ],
)
def test_the_log_is_filtered(asked: dict[str, str], is_found: bool) -> None:
    tell([people.teacher()], title="Optics room")
    assert ("Optics room" in words_of(people.signed_in(people.admin()), LOG, **asked)) == is_found


def test_what_failed_is_tried_again_when_it_fits_the_filter() -> None:
    tell([people.teacher(), people.other_teacher()], now=at("10:00"))
    Delivery.objects.update(state="FAILED", error="550 full", tries=6)
    admin = people.signed_in(people.admin())
    admin.post(reverse("delivery_retry"), {"person": "meera"})
    assert set(Delivery.objects.values_list("state", "tries", "error")) == {
        ("PENDING", 0, ""),
        ("FAILED", 6, "550 full"),
    }
    assert deliveries.send_due(now=timezone.now()) == 1
    assert Activity.objects.get(event="delivery.retried").extra["count"] == 1


@pytest.mark.parametrize("asked", [{"state": "BOGUS"}, {"person": "x" * 101}, {"kind": "no.such"}])
def test_filter_that_makes_no_sense_tries_nothing_again(asked: dict[str, str]) -> None:
    tell([people.teacher()], now=at("10:00"))
    Delivery.objects.update(state="FAILED", error="550 full", tries=6)
    admin = people.signed_in(people.admin())
    assert admin.post(reverse("delivery_retry"), asked).status_code == 400
    assert Delivery.objects.get().state == "FAILED"
    assert 'action="/accounts/deliveries/retry/"' not in admin.get(LOG, asked).content.decode()


def test_the_log_costs_the_same_at_any_length(same_queries: Callable[..., int]) -> None:
    admin = people.signed_in(people.admin())

    def add(count: int) -> None:
        start = Notification.objects.count()
        made = [User(name=f"S {n}", email=f"s{n}@pragati.test", password="!") for n in range(start, start + count)]
        tell(User.objects.bulk_create(made), event_key="same")

    same_queries(lambda: admin.get(LOG), add=add)
