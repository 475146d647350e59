"""The institute's own time zone wins over TIME_ZONE: on pages, in streams, in tasks."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import async_to_sync
from celery import shared_task
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient
from django.urls import include, path
from django.utils import timezone

from accounts.access import public
from accounts.models import Activity, Institute
from accounts.zones import INSTITUTE_ZONE
from coaching.lib.clock import clock_text
from tests import people

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@public
def written(request: HttpRequest) -> HttpResponse:
    return HttpResponse(clock_text(NOON))


@public
def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(clock_text(NOON) for _line in range(2))


@public
async def written_on_the_loop(request: HttpRequest) -> HttpResponse:
    return HttpResponse(clock_text(NOON))


urlpatterns = [
    path("written/", written),
    path("streamed/", streamed),
    path("loop/", written_on_the_loop),
    path("", include("coaching.urls")),
]


def in_zone(name: str) -> None:
    Institute.objects.update_or_create(pk=1, defaults={"name": "Pragati", "time_zone": name})
    Institute.forget()


@pytest.mark.urls(__name__)
def test_page_and_stream_write_the_institutes_time(client):
    in_zone("America/New_York")
    assert client.get("/written/").content == b"8:00 am"
    assert b"".join(client.get("/streamed/").streaming_content) == b"8:00 am8:00 am"
    in_zone("")
    assert client.get("/written/").content == b"5:30 pm"  # TIME_ZONE


@pytest.mark.urls(__name__)
def test_async_view_writes_the_zone_that_is_known_and_asks_no_database():
    assert async_to_sync(AsyncClient().get)("/loop/").content == b"5:30 pm"
    in_zone("America/New_York")
    Institute.current()
    assert async_to_sync(AsyncClient().get)("/loop/").content == b"8:00 am"


def test_zone_does_not_stay_behind(client):
    in_zone("America/New_York")
    client.get("/accounts/login/")
    assert str(timezone.get_current_timezone()) == "Asia/Kolkata"


def test_task_works_in_the_institutes_zone():
    @shared_task(name="tests.say_the_time")
    def say_the_time() -> str:
        return clock_text(NOON)

    in_zone("America/New_York")
    assert say_the_time.apply().get() == "8:00 am"
    assert str(timezone.get_current_timezone()) == "Asia/Kolkata"


def test_both_ends_of_summer_time_are_right():
    in_zone("America/New_York")
    for instant, local in {
        datetime(2026, 3, 8, 6, 59, tzinfo=UTC): "01:59 -0500",
        datetime(2026, 3, 8, 7, 0, tzinfo=UTC): "03:00 -0400",
        datetime(2026, 11, 1, 5, 59, tzinfo=UTC): "01:59 -0400",
        datetime(2026, 11, 1, 6, 0, tzinfo=UTC): "01:00 -0500",
    }.items():
        there = instant.astimezone(INSTITUTE_ZONE)
        assert there.strftime("%H:%M %z") == local
        assert there.astimezone(UTC) == instant


def test_database_groups_days_in_the_institutes_zone():
    in_zone("America/New_York")
    Activity.objects.create(event="test", at=datetime(2026, 7, 2, 2, tzinfo=UTC), actor=people.admin())
    with timezone.override(INSTITUTE_ZONE):
        days = Activity.objects.filter(event="test").values_list(TruncDate("at"), flat=True)
        assert [day.isoformat() for day in days if day] == ["2026-07-01"]
        assert Activity.objects.filter(event="test", at__date="2026-07-01").exists()
