"""Where check-ins were sent from: who sees what of it, that looking is logged, and that it goes in time."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone, translation

from accounts.models import Activity
from attendance import positions, tasks
from attendance.geofence import Fence
from attendance.models import CheckInAttempt, CheckInPosition, CheckInRule, Flag, Register
from attendance.position_plan import HEIGHT, WIDTH, plan_of
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
AWAY = registers.north_of(240)
LATER = datetime(2027, 11, 24, 6, 0, tzinfo=UTC)


def attempt(register: Register | None = None, *, taken_at: datetime | None = None, **fields: Any) -> CheckInAttempt:
    """From 240 m north of the venue."""
    held = register or registers.register()
    given: dict[str, Any] = {"decision": "OUTSIDE", "distance_m": 240.4, "accuracy_m": 18.25}
    given |= {"venue": timetables.venue(), "student": people.student(), "client_uuid": uuid.uuid4()} | fields
    row = CheckInAttempt.objects.create(register=held, **given)
    CheckInPosition.objects.create(
        attempt=row, latitude=AWAY[0], longitude=AWAY[1], ip="203.0.113.7", taken_at=taken_at or timezone.now()
    )
    return row


def url_of(row: CheckInAttempt) -> str:
    return f"/attendance/check-ins/{row.uuid}/position/"


def looks() -> int:
    return Activity.objects.filter(event="check_in.position_seen").count()


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "0–10 m"),
        (10, "0–10 m"),
        (10.01, "10–25 m"),
        (240.4, "150–250 m"),
        (1000, "500–1000 m"),
        (1500, "1–2 km"),
        (10_001, "more than 10 km"),
        (20_000_000, "more than 10 km"),
        (None, ""),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_band_says_a_distance_coarsely(metres: float | None, words: str) -> None:
    with translation.override("en"):
        assert positions.band(metres) == words


def test_admin_sees_the_coordinates_and_each_look_is_logged_with_whose_they_are() -> None:
    row, office = attempt(), people.signed_in(people.admin())
    page = office.get(url_of(row)).content.decode()
    assert "240 m to the middle of College Road" in page
    assert f"{AWAY[0]:.4f}" not in page
    assert looks() == 0
    assert f"{AWAY[0]:.6f}, 73.764500" in office.post(url_of(row)).content.decode()
    office.post(url_of(row))
    line = Activity.objects.filter(event="check_in.position_seen").first()
    assert line is not None
    assert (looks(), line.actor, line.subject) == (2, people.admin(), people.student())


def test_page_asks_nobody_elses_map() -> None:
    page = people.signed_in(people.admin()).post(url_of(attempt())).content.decode()
    assert not [one for one in re.findall(r'(?:src|href)="([^"]+)"', page) if one.startswith(("http", "//"))]


@pytest.mark.parametrize("who", [people.teacher, people.student, people.guardian, people.cashier])
def test_nobody_but_an_admin_sees_coordinates(who: Any) -> None:
    row = attempt()
    answer = people.signed_in(who()).post(url_of(row))
    assert answer.status_code == 403
    assert f"{AWAY[0]:.4f}" not in answer.content.decode()
    assert looks() == 0


def test_teacher_reads_the_distance_as_a_band_and_no_coordinates() -> None:
    row = attempt()
    Flag.objects.create(attempt=row, kind=Flag.Kind.OUTSIDE)
    page = people.signed_in(people.teacher()).get("/attendance/flags/").content.decode()
    assert "from elsewhere: 150–250 m from the middle of College Road" in page
    for secret in ("240 m", "240.", "20.00", "73.76", "203.0.113.7", "position/"):
        assert secret not in page


def test_page_of_a_deleted_position_says_so_and_logs_no_look() -> None:
    row = attempt()
    CheckInPosition.objects.all().delete()
    page = people.signed_in(people.admin()).post(url_of(row)).content.decode()
    assert "its time is over" in page
    assert "Elsewhere" in page
    assert looks() == 0


def test_position_without_a_venue_is_shown_too() -> None:
    row = attempt(venue=None, distance_m=None)
    assert f"{AWAY[0]:.6f}" in people.signed_in(people.admin()).post(url_of(row)).content.decode()


def test_positions_go_after_their_days_and_what_was_decided_stays() -> None:
    with time_machine.travel(LATER, tick=False):
        register = registers.register()
        old = attempt(register, taken_at=LATER - timedelta(days=365, seconds=1))
        young = attempt(register, taken_at=LATER - timedelta(days=365))
        tasks.delete_old_positions()
    assert list(CheckInPosition.objects.values_list("pk", flat=True)) == [young.pk]
    kept = CheckInAttempt.objects.get(pk=old.pk)
    assert (kept.decision, kept.distance_m, kept.accuracy_m) == ("OUTSIDE", 240.4, 18.25)
    line = Activity.objects.get(event="check_in.positions_deleted")
    assert line.extra["count"] == 1


def test_institute_says_how_long_positions_are_kept() -> None:
    CheckInRule.objects.create(pk=1, positions_kept_days=30)
    attempt(taken_at=timezone.now() - timedelta(days=31))
    assert positions.delete_old(now=timezone.now()) == 1


def test_old_positions_go_in_parts_and_one_run_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    register, long_ago = registers.register(), timezone.now() - timedelta(days=400)
    for _ in range(7):
        attempt(register, taken_at=long_ago)
    monkeypatch.setattr(positions, "AT_ONCE", 2)
    monkeypatch.setattr(positions, "ROUNDS", 3)
    assert [positions.delete_old(now=timezone.now()) for _ in range(3)] == [6, 1, 0]
    counts = Activity.objects.filter(event="check_in.positions_deleted").values_list("extra__count", flat=True)
    assert sorted(counts) == [1, 2, 2, 2]


FENCE = Fence(1, 20.0064, 73.7645, 50.0)


@pytest.mark.parametrize("metres", [0, 30, 240, 9000, 2_000_000])
@pytest.mark.parametrize("accuracy", [1.0, 60.0, 5000.0])
def test_plan_shows_venue_and_point_whole(metres: float, accuracy: float) -> None:
    latitude, longitude = registers.north_of(metres)
    plan = plan_of(FENCE, latitude, longitude, accuracy)
    assert plan.venue is not None
    for x, y in ((plan.venue.x, plan.venue.y), (plan.point.x, plan.point.y)):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT
    assert float(plan.point.y) <= float(plan.venue.y)  # north is up
    assert 0 < float(plan.bar) <= WIDTH / 2


def test_plan_is_true_to_scale() -> None:
    latitude, longitude = registers.north_of(240)
    plan = plan_of(FENCE, latitude, longitude, 18)
    assert plan.venue is not None
    unit = float(plan.venue.radius) / 50
    assert float(plan.venue.y) - float(plan.point.y) == pytest.approx(240 * unit, abs=1)
    assert float(plan.bar) == pytest.approx(plan.bar_m * unit, abs=0.5)
    assert plan.bar_m in {1, 2, 5, 10, 20, 50, 100, 200}


def test_plan_goes_the_short_way_around_the_earth() -> None:
    plan = plan_of(Fence(1, 0.5, 179.9999, 50.0), 0.5, -179.9999, 10)
    assert plan.bar_m < 50
