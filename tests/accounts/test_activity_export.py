"""The activity log narrowed down, and taken away as a table."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.events import EVENTS, GROUPS, describe, group_of
from accounts.models import Activity, SessionSlot
from tests import factories, people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 6, 30, tzinfo=UTC)  # 12:00 in Kolkata


@pytest.fixture
def admin() -> Client:
    return people.signed_in(people.admin())


def line(event: str = "sign_out", **fields: Any) -> Activity:
    return Activity.objects.create(event=event, **fields)


def found(client: Client, **asked: str) -> set[str]:
    """The events on the page, those of the visit itself left out."""
    page = client.get(reverse("activity"), asked).context["page"]
    return {row.event for row in page} - {"session.ended"}


def table(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_group_of_events_is_shown_together(admin: Client) -> None:
    for event in ("second_step.added", "second_step.failed", "file.put"):
        line(event)
    assert found(admin, event="second_step.") == {"second_step.added", "second_step.failed"}
    assert found(admin, event="second_step.failed") == {"second_step.failed"}
    page = admin.get(reverse("activity")).content.decode()
    assert '<optgroup label="Second step">' in page
    assert page.count("All of these") >= 5


def test_every_group_has_words() -> None:
    assert {group_of(event) for event in EVENTS} <= GROUPS.keys()


def test_days_are_the_institutes_own_and_the_last_one_counts(admin: Client) -> None:
    line("first", at=NOON - timedelta(hours=12))  # midnight
    line("last", at=NOON + timedelta(hours=11, minutes=59))
    line("before", at=NOON - timedelta(hours=12, minutes=1))
    line("after", at=NOON + timedelta(hours=12))
    assert found(admin, since="2026-07-01", until="2026-07-01") == {"first", "last"}
    assert found(admin, until="2026-06-30") == {"before"}


def test_address_and_device_narrow_the_log(admin: Client) -> None:
    line("here", ip="192.0.2.7", device="Chrome, Android")
    line("there", ip="2001:db8::9", device="Safari, iPhone")
    assert found(admin, ip="192.0.2.7") == {"here"}
    assert found(admin, ip="2001:DB8:0::9") == {"there"}
    assert found(admin, device="iphone") == {"there"}
    page = admin.get(reverse("activity"), {"ip": "192.0.2.7"}).content.decode()
    assert "Chrome, Android" in page


def test_field_that_cannot_be_understood_says_so_and_filters_nothing(admin: Client) -> None:
    line("something")
    assert "something" in found(admin, ip="12.34", since="yesterday")
    page = admin.get(reverse("activity"), {"ip": "12.34"}).content.decode()
    assert "has-error" in page


def test_page_says_how_long_lines_are_kept(admin: Client) -> None:
    assert "kept for at least 365 days" in admin.get(reverse("activity")).content.decode()


def test_filtered_log_costs_the_same_at_3_and_30_lines(admin: Client, same_queries: Any) -> None:
    url = reverse("activity")
    asked = {"event": "sign_in.", "ip": "192.0.2.7", "since": "2020-01-01"}
    same_queries(lambda: admin.get(url, asked), add=lambda n: factories.activity_lines([people.student()] * n))


def test_export_holds_the_lines_that_were_shown_newest_first(admin: Client) -> None:
    line("file.put", actor=people.teacher(), at=NOON, ip="192.0.2.7", device="Chrome, Android", request_id="abc")
    line("file.put", actor=people.teacher(), at=NOON + timedelta(hours=1), extra={"name": "=cmd()"})
    line("file.erase", actor=people.teacher(), at=NOON)
    rows = table(admin.post(reverse("activity_export"), {"event": "file.put", "person": "meera"}))
    assert rows[0][:4] == ["Time", "Event", "What", "Who"]
    assert [row[1] for row in rows[1:]] == ["file.put", "file.put"]
    assert rows[1][7] == "'=cmd()"
    assert rows[2] == [
        "2026-07-01T12:00:00+05:30",
        "file.put",
        describe("file.put"),
        "Meera Joshi",
        "",
        "",
        "",
        "",
        "192.0.2.7",
        "Chrome, Android",
        "abc",
    ]


def test_export_is_a_line_of_the_log_with_what_was_asked(admin: Client) -> None:
    line("file.put")
    admin.post(reverse("activity_export"), {"event": "file.put"})
    reported = Activity.objects.get(event="activity.exported")
    assert (reported.actor, reported.extra) == (people.admin(), {"lines": 1, "asked": {"event": "file.put"}})


@pytest.mark.parametrize("asked", [{"person": "x" * 201}, {"event": "nonsense"}, {"ip": "12.34"}, {"since": "soon"}])
def test_export_of_a_filter_that_makes_no_sense_gives_nothing_away(admin: Client, asked: dict[str, str]) -> None:
    assert admin.post(reverse("activity_export"), asked).status_code == 400
    assert not Activity.objects.filter(event="activity.exported").exists()


def test_long_export_is_whole_and_comes_in_chunks(admin: Client) -> None:
    factories.activity_lines([people.student()] * 2500)
    response = admin.post(reverse("activity_export"), {"event": "sign_in.succeeded", "person": "2026-0188"})
    with CaptureQueriesContext(connection) as captured:
        rows = table(response)
    assert len(rows) == 1 + 2500
    assert len({tuple(row) for row in rows}) >= 2
    assert len(captured) == 4


def test_d23_export_is_limited(admin: Client) -> None:
    answers = [admin.post(reverse("activity_export"), {"event": "sign_out"}).status_code for _ in range(6)]
    assert answers == [200] * limits.ACTIVITY_EXPORT.tries + [429]


def test_d21_export_asks_again_who_somebody_is(admin: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=11)
    SessionSlot.objects.update(created_at=long_ago)
    answer = admin.post(reverse("activity_export"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not Activity.objects.filter(event="activity.exported").exists()


def test_export_needs_a_post_and_an_admin(admin: Client) -> None:
    assert admin.get(reverse("activity_export")).status_code == 405
    assert people.signed_in(people.teacher()).post(reverse("activity_export")).status_code == 403
