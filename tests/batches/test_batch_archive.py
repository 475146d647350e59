"""Batches archived, taken out of the archive, and deleted when nothing happened in them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Notification, Role
from batches.models import Batch, ClassSession, Holiday, JoinCode, JoinRequest
from tests import people
from tests.batches import timetables
from tests.batches.batch_pages import errors

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def test_archiving_ends_what_goes_on_and_says_so_before(office: Client) -> None:
    batch, now = timetables.batch(), timezone.now()
    people.guardian()
    now_in = timetables.enrol(people.student(), batch)
    later = timetables.enrol(people.other_student(), batch, joined_at=now + timedelta(days=9))
    begun = timetables.class_session(batch, now - timedelta(minutes=5))
    coming = timetables.class_session(batch, now + timedelta(days=3))
    third = people.person("Zoya Ansari", Role.STUDENT, admission_number="2026-0400")
    asked = JoinRequest.objects.create(batch=batch, student=third)
    url = reverse("batch_archive", args=[batch.uuid])
    page = office.get(url).content.decode()
    for said in ("2 students leave it now", "1 coming class is cancelled", "1 open request to join is refused"):
        assert said in page
    assert [office.post(url).status_code for _time in range(2)] == [302, 302]
    for row in (batch, now_in, later, begun, coming, asked):
        row.refresh_from_db()
    assert now_in.left_at == batch.archived_at == coming.cancelled_at
    assert (later.left_at, begun.cancelled_at, coming.sequence) == (later.joined_at, None, 1)
    assert (asked.state, asked.reason) == (JoinRequest.State.REFUSED, "The batch was archived.")
    assert Activity.objects.filter(event="batch.archived").count() == 1
    told = Notification.objects.filter(title="JEE 2027 A has ended")
    assert set(told.values_list("recipient__name", flat=True)) == {
        "Ananya Kulkarni",
        "रितिका शर्मा",
        "Meera Joshi",
    }


def test_restoring_brings_students_and_coming_classes_back(office: Client) -> None:
    batch, now = timetables.batch(), timezone.now()
    gone = timetables.enrol(people.other_student(), batch, left_at=now - timedelta(days=4))
    back = timetables.enrol(people.student(), batch)
    third = people.person("Zoya Ansari", Role.STUDENT, admission_number="2026-0400")
    later = timetables.enrol(third, batch, joined_at=now + timedelta(days=9))
    coming = timetables.class_session(batch, now + timedelta(days=3))
    off = timetables.class_session(batch, now + timedelta(days=4), cancelled_at=now - timedelta(days=1), reason="Ill")
    office.post(reverse("batch_archive", args=[batch.uuid]))
    url = reverse("batch_restore", args=[batch.uuid])
    assert [office.post(url, {"name": batch.name}).status_code for _time in range(2)] == [302, 302]
    for row in (batch, gone, back, later, coming, off):
        row.refresh_from_db()
    assert (batch.archived_at, back.left_at, later.left_at, coming.cancelled_at) == (None, None, None, None)
    assert (coming.sequence, off.reason, off.sequence) == (2, "Ill", 0)
    assert gone.left_at is not None
    assert Notification.objects.filter(title="JEE 2027 A goes on", recipient=people.student()).count() == 1


def test_class_whose_room_is_taken_or_whose_day_is_off_by_now_stays_cancelled(office: Client) -> None:
    batch, now, room = timetables.batch(), timezone.now(), timetables.room()
    days = [now + timedelta(days=number) for number in (3, 6, 9)]
    taken, off, free = [timetables.class_session(batch, day, room=room) for day in days]
    office.post(reverse("batch_archive", args=[batch.uuid]))
    timetables.class_session(timetables.batch("NEET 2027"), days[0] + timedelta(minutes=60), room=room)
    day = timezone.localdate(days[1])
    Holiday.objects.create(name="Guru Nanak Jayanti", starts_on=day, ends_on=day)
    page = office.post(reverse("batch_restore", args=[batch.uuid]), {"name": batch.name}, follow=True)
    assert "2 classes stay cancelled" in page.content.decode()
    for row in (taken, off, free):
        row.refresh_from_db()
    assert (taken.is_cancelled, taken.reason) == (True, "Teacher or room is in another class.")
    assert (off.is_cancelled, str(off.holiday), off.reason) == (True, "Guru Nanak Jayanti", "Guru Nanak Jayanti")
    assert (free.is_cancelled, free.reason) == (False, "")


def test_restoring_under_a_taken_name_asks_for_another(office: Client) -> None:
    batch = timetables.batch(archived_at=timezone.now())
    Batch.objects.create(name="jee 2027 a", starts_on=batch.starts_on, ends_on=batch.ends_on)
    url = reverse("batch_restore", args=[batch.uuid])
    assert "Another batch has this name now" in str(errors(office.post(url, {"name": batch.name})))
    assert office.post(url, {"name": "JEE 2027 A (old)"}).status_code == 302
    batch.refresh_from_db()
    assert (batch.name, batch.archived_at) == ("JEE 2027 A (old)", None)


# --- Deleting ---------------------------------------------------------------------------------------------------------


def test_batch_made_by_mistake_goes_with_its_timetable(office: Client) -> None:
    batch = timetables.batch(name="विज्ञान २०२७")
    slot = timetables.slot(batch)
    day = timezone.localdate() + timedelta(days=2)
    timetables.class_session(batch, timezone.now() + timedelta(days=2), slot=slot, on=day)
    soon = timezone.now() + timedelta(days=1)
    JoinCode.objects.create(batch=batch, code="K7QX2MPD", expires_at=soon, created_by=people.admin())
    url = reverse("batch_delete", args=[batch.uuid])
    assert "not the name" in str(errors(office.post(url, {"typed": "विज्ञान"})))
    assert office.post(url, {"typed": " विज्ञान  २०२७ "}).status_code == 302
    assert (Batch.objects.count(), ClassSession.objects.count()) == (0, 0)
    assert Activity.objects.get(event="batch.deleted").extra == {"name": "विज्ञान २०२७"}
    assert office.post(url, {"typed": "विज्ञान २०२७"}).status_code == 404


@pytest.mark.parametrize("history", ["left", "begun"])
def test_batch_with_a_history_is_not_deleted_but_archived(office: Client, history: str) -> None:
    batch, now = timetables.batch(), timezone.now()
    if history == "left":
        timetables.enrol(people.student(), batch, left_at=now - timedelta(days=2))
    else:
        timetables.class_session(batch, now - timedelta(minutes=1))
    url = reverse("batch_delete", args=[batch.uuid])
    page = office.get(url).content.decode()
    assert "cannot be deleted" in page
    assert reverse("batch_archive", args=[batch.uuid]) in page
    answer = office.post(url, {"typed": batch.name})
    assert answer.status_code == 409
    assert "Archive it instead." in answer.content.decode()
    assert Batch.objects.filter(pk=batch.pk).exists()
