"""Weekly slots and classes as admins, teachers, students and guardians use them in the browser."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship, Notification
from batches.models import Batch, ClassSession, WeeklySlot
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)  # a Wednesday, 11:30 in Kolkata
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _on_a_wednesday(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def batch() -> Batch:
    made = timetables.batch(starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 31))
    timetables.enrol(people.student(), made)
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())
    return made


def slot_fields(**fields: Any) -> dict[str, Any]:
    usual = {"weekday": 1, "starts_at": "17:00", "ends_at": "18:30", "starts_on": "2026-11-18", "ends_on": "2026-12-31"}
    return {**usual, "teacher": people.teacher().pk, "room": timetables.room().pk, **fields}


def class_fields(row: ClassSession, **fields: Any) -> dict[str, Any]:
    starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
    usual = {"day": f"{starts:%Y-%m-%d}", "starts_at": f"{starts:%H:%M}", "ends_at": f"{ends:%H:%M}"}
    usual |= {"mode": row.mode, "topic": row.topic, "version": row.sequence}
    usual |= {"teacher": row.teacher_id or "", "room": row.room_id or ""}
    return {**usual, **fields}


def make_slot(batch: Batch, **fields: Any) -> WeeklySlot:
    browser = people.signed_in(people.admin())
    answer = browser.post(reverse("slot_create", args=[batch.uuid]), slot_fields(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return WeeklySlot.objects.latest("pk")


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- Slots ------------------------------------------------------------------------------------------------------------


def test_an_admin_adds_a_weekly_slot_and_everybody_sees_its_classes(batch: Batch) -> None:
    make_slot(batch)
    assert ClassSession.objects.filter(batch=batch).count() == 6
    for who in (people.admin(), people.teacher(), people.student(), people.guardian()):
        page = text(people.signed_in(who).get(reverse("timetable", args=[batch.uuid])))
        assert "5:00 pm" in page
        assert "Room 1" in page
        assert ("Add weekly slot" in page) == who.is_admin
    assert Notification.objects.filter(recipient=people.student()).count() == 1


def test_a_clash_is_shown_with_free_times_and_one_tap_takes_one(batch: Batch) -> None:
    make_slot(batch)
    other = timetables.batch("NEET", starts_on=batch.starts_on, ends_on=batch.ends_on)
    browser = people.signed_in(people.admin())
    address = reverse("slot_create", args=[other.uuid])
    answer = browser.post(address, slot_fields(starts_at="18:00", ends_at="19:00"))
    assert answer.status_code == 409
    assert "Meera Joshi teaches then" in text(answer)
    assert "Room 1 is taken" in text(answer)
    assert not other.slots.exists()
    take = answer.context["free_times"][0][0]
    assert browser.post(address, slot_fields(starts_at="18:00", ends_at="19:00", take=take)).status_code == 302
    taken = other.slots.get()
    assert datetime.fromisoformat(take).astimezone(timezone.get_current_timezone()).time() == taken.starts_at
    assert other.class_sessions.exists()


def test_what_was_seen_can_be_saved_all_the_same(batch: Batch) -> None:
    make_slot(batch)
    other = timetables.batch("NEET", starts_on=batch.starts_on, ends_on=batch.ends_on)
    browser = people.signed_in(people.admin())
    address = reverse("slot_create", args=[other.uuid])
    answer = browser.post(address, slot_fields())
    despite = answer.context["form"].accepted()
    assert f'value="{despite}"' in text(answer)
    assert browser.post(address, slot_fields(despite=despite)).status_code == 302
    assert other.class_sessions.count() == 6


def test_two_admins_who_edit_one_slot_lose_nothing_silently(batch: Batch) -> None:
    slot = make_slot(batch)
    browser = people.signed_in(people.admin())
    address = reverse("slot_change", args=[slot.uuid])
    page = browser.get(address)
    version = page.context["form"].initial["version"]
    first = slot_fields(from_day="2026-12-08", room="", version=version)
    assert browser.post(address, first).status_code == 302
    second = browser.post(address, slot_fields(from_day="2026-11-18", starts_at="16:00", version=version))
    assert second.status_code == 409
    assert "Somebody else changed this weekly slot" in text(second)
    assert 'value="16:00"' in text(second)
    again = slot_fields(from_day="2026-11-18", starts_at="16:00", ends_on="2026-12-07")
    again["version"] = second.context["form"].data["version"]
    assert browser.post(address, again).status_code == 302
    assert ClassSession.objects.filter(slot__starts_at__hour=16).count() == 2
    assert ClassSession.objects.filter(room=None).count() == 4


def test_ending_a_slot_takes_its_coming_classes_away(batch: Batch) -> None:
    slot = make_slot(batch)
    browser = people.signed_in(people.admin())
    fields = {"from_day": "2026-12-01", "version": slot.revision}
    assert browser.post(reverse("slot_end", args=[slot.uuid]), fields).status_code == 302
    assert [row.on for row in ClassSession.objects.all()] == [TUESDAY]


@pytest.mark.parametrize(
    "fields",
    [
        {"weekday": 9},
        {"weekday": "x"},
        {"starts_at": "25:00"},
        {"ends_at": ""},
        {"starts_on": "0000-00-00"},
        {"ends_on": "9999-12-31"},
        {"teacher": 10**30},
        {"room": "'"},
        {"subject": "\0"},
        {"take": "2026-13-01"},
        {"take": "9999-12-31T23:59:59+00:00", "ends_on": "x"},
        {"version": "-1"},
    ],
)
def test_nonsense_is_answered_at_the_form(batch: Batch, fields: dict[str, Any]) -> None:
    browser = people.signed_in(people.admin())
    answer = browser.post(reverse("slot_create", args=[batch.uuid]), slot_fields(**fields))
    assert answer.status_code in {200, 302, 400}
    assert answer.status_code != 200 or "has-error" in text(answer) or "banner" in text(answer)


# --- One class --------------------------------------------------------------------------------------------------------


def a_class(batch: Batch, **fields: Any) -> ClassSession:
    starts = timetables.at(TUESDAY, 17)
    return timetables.class_session(batch, starts, **{"teacher": people.teacher(), **fields})


def test_a_teacher_moves_a_class_and_whom_it_concerns_is_told(batch: Batch) -> None:
    row = a_class(batch)
    browser = people.signed_in(people.teacher())
    fields = class_fields(row, day="2026-11-25", starts_at="16:00", ends_at="17:30", reason="Hall is taken")
    assert browser.post(reverse("class_change", args=[row.uuid]), fields).status_code == 302
    row.refresh_from_db()
    assert row.starts_at == timetables.at(date(2026, 11, 25), 16)
    assert (row.sequence, row.moved_from) == (1, timetables.at(TUESDAY, 17))
    told = Notification.objects.filter(title__startswith="Moved: JEE 2027 A")
    assert {one.recipient for one in told} == {people.student(), people.guardian()}
    page = text(people.signed_in(people.student()).get(reverse("class_session", args=[row.uuid])))
    assert "Moved" in page
    assert "Hall is taken" in page


def test_a_cancelled_class_stays_visible_and_can_be_held_after_all(batch: Batch) -> None:
    row = a_class(batch)
    browser = people.signed_in(people.teacher())
    address = reverse("class_cancel", args=[row.uuid])
    assert browser.post(address, {"reason": "", "version": 0}).status_code == 200
    for _twice in range(2):
        assert browser.post(address, {"reason": "Imran is ill", "version": 0}).status_code == 302
    row.refresh_from_db()
    assert (row.is_cancelled, row.sequence) == (True, 1)
    assert Notification.objects.filter(recipient=people.student()).count() == 1
    assert "Imran is ill" in text(people.signed_in(people.student()).get(reverse("class_session", args=[row.uuid])))
    assert browser.post(reverse("class_restore", args=[row.uuid]), {"version": 1}).status_code == 302
    row.refresh_from_db()
    assert (row.is_cancelled, row.sequence, row.reason) == (False, 2, "")


def test_what_took_the_place_meanwhile_is_shown_before_it_is_held_after_all(batch: Batch) -> None:
    row = a_class(batch, cancelled_at=NOW)
    a_class(timetables.batch("NEET"))
    browser = people.signed_in(people.admin())
    address = reverse("class_restore", args=[row.uuid])
    answer = browser.post(address, {"version": 0})
    assert answer.status_code == 409
    assert browser.post(address, {"version": 0, "despite": answer.context["accepted"]}).status_code == 302
    row.refresh_from_db()
    assert not row.is_cancelled


def test_a_substitute_changes_only_his_own_class(batch: Batch) -> None:
    own = a_class(batch, teacher=people.other_teacher())
    others = timetables.class_session(batch, timetables.at(TUESDAY, 10), teacher=people.teacher())
    browser = people.signed_in(people.other_teacher())
    assert browser.post(reverse("class_change", args=[own.uuid]), class_fields(own, topic="Optics")).status_code == 302
    assert browser.get(reverse("class_change", args=[others.uuid])).status_code == 404
    assert browser.get(reverse("class_create", args=[batch.uuid])).status_code == 403


def test_a_class_added_twice_by_one_form_is_one(batch: Batch) -> None:
    browser = people.signed_in(people.teacher())
    address = reverse("class_create", args=[batch.uuid])
    number = browser.get(address).context["form"].initial["form_uuid"]
    fields = {"day": "2026-11-28", "starts_at": "09:00", "ends_at": "10:00", "mode": "CLASSROOM", "form_uuid": number}
    for _twice in range(2):
        assert browser.post(address, {**fields, "topic": "Doubts"}).status_code == 302
    assert ClassSession.objects.get().topic == "Doubts"


def test_a_class_over_midnight_ends_the_next_day(batch: Batch) -> None:
    row = a_class(batch)
    browser = people.signed_in(people.teacher())
    fields = class_fields(row, starts_at="23:30", ends_at="00:30", reason="The hall")
    assert browser.post(reverse("class_change", args=[row.uuid]), fields).status_code == 302
    row.refresh_from_db()
    assert row.ends_at - row.starts_at == timedelta(hours=1)


def test_a_class_that_is_over_changes_only_its_topic(batch: Batch) -> None:
    row = timetables.class_session(batch, NOW - timedelta(days=1))
    browser = people.signed_in(people.teacher())
    address = reverse("class_change", args=[row.uuid])
    assert browser.post(address, class_fields(row, topic="Optics 3")).status_code == 302
    row.refresh_from_db()
    assert browser.post(address, class_fields(row, room=timetables.room().pk)).status_code == 302
    row.refresh_from_db()
    assert (row.topic, row.room) == ("Optics 3", None)
    assert not Notification.objects.exists()


def test_a_class_is_not_moved_without_a_reason(batch: Batch) -> None:
    row = a_class(batch)
    browser = people.signed_in(people.teacher())
    answer = browser.post(reverse("class_change", args=[row.uuid]), class_fields(row, starts_at="16:00"))
    assert "Say why it is moved" in text(answer)
    row.refresh_from_db()
    assert row.sequence == 0


def test_the_second_of_two_who_change_a_class_is_told(batch: Batch) -> None:
    row = a_class(batch)
    first, second = people.signed_in(people.teacher()), people.signed_in(people.admin())
    address = reverse("class_change", args=[row.uuid])
    assert first.post(address, class_fields(row, room=timetables.room().pk)).status_code == 302
    answer = second.post(address, class_fields(row, starts_at="16:00", reason="The hall"))
    assert answer.status_code == 409
    assert 'value="16:00"' in text(answer)
    row.refresh_from_db()
    assert row.room == timetables.room()


# --- Online -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "is_open"), [(-11, False), (-10, True), (89, True), (90, False)])
def test_the_link_opens_near_the_time_only(batch: Batch, time_machine: Any, minutes: int, is_open: bool) -> None:
    Batch.objects.filter(pk=batch.pk).update(link="https://meet.example/jee")
    row = a_class(batch, mode="ONLINE")
    time_machine.move_to(row.starts_at + timedelta(minutes=minutes), tick=False)
    browser = people.signed_in(people.student())
    answer = browser.get(reverse("class_join", args=[row.uuid]))
    page = browser.get(reverse("class_session", args=[row.uuid]))
    assert (answer["Location"] == "https://meet.example/jee") == is_open
    assert "https://meet.example/jee" not in text(page)
    assert (reverse("class_join", args=[row.uuid]) in text(page)) == is_open


def test_who_left_the_batch_sees_its_past_classes_only(batch: Batch) -> None:
    past = timetables.class_session(batch, NOW - timedelta(days=2))
    coming = a_class(batch)
    batch.enrolments.update(left_at=NOW)
    browser = people.signed_in(people.student())
    assert browser.get(reverse("class_session", args=[past.uuid])).status_code == 200
    assert browser.get(reverse("class_session", args=[coming.uuid])).status_code == 404


def test_a_timetable_costs_the_same_with_thirty_classes(batch: Batch, django_assert_max_num_queries: Any) -> None:
    make_slot(batch)
    browser: Client = people.signed_in(people.student())
    with django_assert_max_num_queries(15):
        browser.get(reverse("timetable", args=[batch.uuid]))
