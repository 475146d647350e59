"""What no browser of ours sends to slots and classes, and what a person decided about one class on a holiday."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from batches import classes, holidays, timetable
from batches.models import ClassSession, WeeklySlot
from batches.series import Days
from batches.slot_changes import change_slot
from batches.timetable import SlotDetails
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)  # a Wednesday
TUESDAY = date(2026, 11, 24)
WRONG = ("9" * 30, "9" * 5_000, "a\0b", "💥" * 1_000, "javascript:alert(1)", "\u202eabc", "-1", "²", "24:00")
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59-05:00")


@pytest.fixture(autouse=True)
def _on_a_wednesday(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def slot() -> WeeklySlot:
    batch = timetables.batch(starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 31))
    to = SlotDetails(1, time(17), time(18, 30), date(2026, 11, 18), batch.ends_on, teacher=people.teacher())
    made = timetable.make_slot(batch, to=to, actor=people.admin(), now=NOW).slot
    assert made
    return made


def failing(addresses: list[str], good: dict[str, str], *more: str) -> list[tuple[str, str, str]]:
    """Address, field and value of each form that broke over one wrong field."""
    browser, failed = people.signed_in(people.admin()), []
    browser.raise_request_exception = False
    for address in addresses:
        for field in (*good, *more):
            for value in (*WRONG, *DAYS):
                cache.clear()
                if browser.post(address, good | {field: value}).status_code >= 500:
                    failed.append((address, field, value[:20]))
    return failed


def test_no_class_fails_over_one_wrong_field(slot: WeeklySlot) -> None:
    row = slot.class_sessions.order_by("on")[0]
    good = {"day": "2026-11-25", "starts_at": "09:00", "ends_at": "10:00", "mode": "ONLINE", "version": "0"}
    good |= {"link": "https://meet.test/", "reason": "Hall"}
    addresses = [reverse("class_change", args=[row.uuid]), reverse("class_create", args=[slot.batch.uuid])]
    assert failing(addresses, good, "teacher", "room", "topic", "take", "despite", "form_uuid") == []


def test_no_slot_fails_over_one_wrong_field(slot: WeeklySlot) -> None:
    good = {"weekday": "2", "starts_at": "09:00", "ends_at": "10:00", "from_day": "2026-11-20", "version": "1"}
    good |= {"starts_on": "2026-11-20", "ends_on": "2026-12-20"}
    addresses = [reverse("slot_change", args=[slot.uuid]), reverse("slot_create", args=[slot.batch.uuid])]
    assert failing(addresses, good, "subject", "take", "despite") == []


@pytest.mark.parametrize("verb", ["class_cancel", "class_restore", "slot_end"])
def test_no_small_form_fails_over_a_number_that_is_none(slot: WeeklySlot, verb: str) -> None:
    row = slot.class_sessions.order_by("on")[0]
    if verb == "class_restore":
        classes.cancel_class(row, reason="No power", sequence=0, actor=people.admin(), now=NOW)
    on = slot.uuid if verb == "slot_end" else row.uuid
    assert failing([reverse(verb, args=[on])], {"version": "77", "reason": "No", "from_day": "2026-12-20"}) == []


def test_a_class_held_on_a_holiday_by_decision_stays_held_when_its_slot_changes(slot: WeeklySlot) -> None:
    office = people.admin()
    holidays.add_holiday("Guru Nanak Jayanti", Days(TUESDAY, TUESDAY), actor=office, now=NOW)
    row = ClassSession.objects.get(slot=slot, on=TUESDAY)
    classes.restore_class(row, sequence=row.sequence, actor=office, now=NOW)
    to = replace(SlotDetails.of(slot), teacher=people.other_teacher())
    change_slot(slot, to=to, from_day=TUESDAY, revision=slot.revision, actor=office, now=NOW)
    row.refresh_from_db()
    assert (row.is_cancelled, row.teacher) == (False, people.other_teacher())


def test_a_class_restored_on_an_ordinary_day_falls_under_holidays_as_before(slot: WeeklySlot) -> None:
    office, row = people.admin(), ClassSession.objects.get(slot=slot, on=TUESDAY)
    classes.cancel_class(row, reason="No power", sequence=0, actor=office, now=NOW)
    classes.restore_class(row, sequence=1, actor=office, now=NOW)
    row.refresh_from_db()
    assert row.own == []
    holidays.add_holiday("Guru Nanak Jayanti", Days(TUESDAY, TUESDAY), actor=office, now=NOW)
    row.refresh_from_db()
    assert row.is_cancelled
