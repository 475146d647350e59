"""A batch is changed: by one admin, by two at once, to days and seats that do not fit it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Notification
from batches.models import Batch, ClassSession, JoinRequest, Subject, Teaching, Venue
from tests import people
from tests.batches import timetables
from tests.batches.batch_pages import change_url, errors, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def test_change_keeps_what_was_changed_and_counts_the_revision(office: Client) -> None:
    batch = timetables.batch()
    body = sent(office.get(change_url(batch))) | {"name": "JEE 2027 B", "seats": "30"}
    assert office.post(change_url(batch), body)["Location"] == reverse("batch", args=[batch.uuid])
    batch.refresh_from_db()
    assert (batch.name, batch.seats, batch.revision) == ("JEE 2027 B", 30, 2)
    assert Activity.objects.get(event="batch.changed").extra["fields"] == ["name", "seats"]
    assert batch.teachings.get().teacher == people.teacher()


def test_same_form_again_changes_nothing_more(office: Client) -> None:
    batch = timetables.batch()
    body = sent(office.get(change_url(batch))) | {"name": "JEE 2027 B", "more_subjects": "Botany"}
    assert [office.post(change_url(batch), body).status_code for _time in range(2)] == [302, 302]
    batch.refresh_from_db()
    assert (batch.revision, Activity.objects.filter(event="batch.changed").count()) == (2, 1)


def test_second_of_two_admins_gets_his_input_back_with_what_the_first_changed(office: Client) -> None:
    batch = timetables.batch()
    mine = sent(office.get(change_url(batch))) | {"seats": "25"}
    theirs = sent(office.get(change_url(batch))) | {"name": "JEE 2027 Alpha", "seats": "40"}
    assert office.post(change_url(batch), theirs).status_code == 302
    answer = office.post(change_url(batch), mine)
    assert answer.status_code == 409
    form = answer.context["form"]
    assert (form["name"].value(), form["seats"].value()) == ("JEE 2027 Alpha", 25)
    assert form.theirs == [("Name", "JEE 2027 Alpha"), ("Seats", "40")]
    batch.refresh_from_db()
    assert (batch.name, batch.seats) == ("JEE 2027 Alpha", 40)
    assert office.post(change_url(batch), sent(answer)).status_code == 302
    batch.refresh_from_db()
    assert (batch.name, batch.seats) == ("JEE 2027 Alpha", 25)


def test_what_was_new_beside_the_batch_comes_back_too(office: Client) -> None:
    batch = timetables.batch()
    mine = sent(office.get(change_url(batch))) | {"more_subjects": "Botany"}
    mine |= {"place-name": "Canada Corner", "place-latitude": "20", "place-longitude": "73", "place-radius_m": "50"}
    Batch.objects.filter(pk=batch.pk).update(name="Renamed", revision=2)
    answer = office.post(change_url(batch), mine)
    form = answer.context["form"]
    assert (answer.status_code, form["more_subjects"].value()) == (409, "Botany")
    assert (form.place["name"].value(), form.place["latitude"].value()) == ("Canada Corner", "20")
    assert (Venue.objects.count(), Subject.objects.count()) == (0, 0)


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", '{"revision": 1}', "9" * 5_000, '{"name": "\\ud800"}'])
def test_a_broken_mark_of_the_page_is_no_error(office: Client, seen: str) -> None:
    batch = timetables.batch()
    body = sent(office.get(change_url(batch))) | {"seen": seen, "name": "B"}
    assert office.post(change_url(batch), body).status_code == 302
    assert Batch.objects.get().name == "B"


def test_archived_batch_is_not_changed(office: Client) -> None:
    batch = timetables.batch()
    body = sent(office.get(change_url(batch))) | {"name": "B"}
    office.post(reverse("batch_archive", args=[batch.uuid]))
    answer = office.post(change_url(batch), body)
    assert "archived" in " ".join(errors(answer)["__all__"])
    assert Batch.objects.get().name == "JEE 2027 A"


def test_days_that_leave_classes_outside_are_refused_with_their_number(office: Client) -> None:
    batch, today = timetables.batch(), timezone.localdate()
    for days in (10, 20):
        timetables.class_session(batch, timetables.at(today + timedelta(days=days), 23, 30))
    gone = timetables.class_session(batch, timetables.at(today + timedelta(days=30), 9))
    ClassSession.objects.filter(pk=gone.pk).update(cancelled_at=timezone.now())
    body = sent(office.get(change_url(batch)))
    refused = office.post(change_url(batch), body | {"ends_on": str(today + timedelta(days=9))})
    [said] = errors(refused)["ends_on"]
    assert said.startswith("2 classes are outside these days")
    refused = office.post(change_url(batch), body | {"starts_on": str(today + timedelta(days=11))})
    [said] = errors(refused)["starts_on"]
    assert said.startswith("1 class is outside these days")
    assert office.post(change_url(batch), body | {"ends_on": str(today + timedelta(days=20))}).status_code == 302
    batch.refresh_from_db()
    assert batch.ends_on == today + timedelta(days=20)


def test_shorter_days_cut_weekly_slots_and_drop_those_without_a_day(office: Client) -> None:
    batch, today = timetables.batch(), timezone.localdate()
    long, late = timetables.slot(batch), timetables.slot(batch, starts_on=today + timedelta(days=90))
    last = today + timedelta(days=60)
    office.post(change_url(batch), sent(office.get(change_url(batch))) | {"ends_on": str(last)})
    long.refresh_from_db()
    assert (long.ends_on, long.revision) == (last, 2)
    assert not batch.slots.filter(pk=late.pk).exists()


def test_fewer_seats_than_are_taken_or_offered_are_refused(office: Client) -> None:
    batch, now = timetables.batch(), timezone.now()
    timetables.enrol(people.student(), batch)
    offer = {"state": JoinRequest.State.OFFERED, "offer_ends_at": now + timedelta(days=1)}
    JoinRequest.objects.create(batch=batch, student=people.other_student(), **offer)
    body = sent(office.get(change_url(batch)))
    answer = office.post(change_url(batch), body | {"seats": "1"})
    assert errors(answer)["seats"][0].startswith("2 seats are taken or offered.")
    assert office.post(change_url(batch), body | {"seats": "2"}).status_code == 302


def test_more_seats_are_offered_to_who_waits(office: Client) -> None:
    batch = timetables.batch(seats=1)
    timetables.enrol(people.student(), batch)
    asked = JoinRequest.objects.create(batch=batch, student=people.other_student(), state="WAITING")
    office.post(change_url(batch), sent(office.get(change_url(batch))) | {"seats": "2"})
    asked.refresh_from_db()
    assert asked.state == JoinRequest.State.OFFERED


def test_teacher_taken_off_leaves_word_of_his_coming_classes(office: Client) -> None:
    batch = timetables.batch()
    timetables.class_session(batch, teacher=people.teacher())
    body = sent(office.get(change_url(batch))) | {"teachings-0-teacher": people.other_teacher().pk}
    page = office.post(change_url(batch), body, follow=True).content.decode()
    assert "Meera Joshi still has coming classes of this batch: 1." in page
    assert Teaching.objects.get().teacher == people.other_teacher()
    told = Notification.objects.get(kind="batch.joined")
    assert (told.recipient, told.title) == (people.other_teacher(), "You teach JEE 2027 A now")


def test_who_teaches_stays_offered_after_his_account_was_closed(office: Client) -> None:
    batch, who = timetables.batch(), people.teacher()
    who.is_active = False
    who.save()
    answer = office.post(change_url(batch), sent(office.get(change_url(batch))) | {"name": "B"})
    assert answer.status_code == 302
    assert Teaching.objects.get().teacher == who


def test_batch_that_goes_online_takes_its_coming_classes_along(office: Client) -> None:
    batch, now = timetables.batch(), timezone.now()
    timetables.enrol(people.student(), batch)
    begun = timetables.class_session(batch, now - timedelta(minutes=5))
    coming = timetables.class_session(batch, now + timedelta(days=1), teacher=people.teacher())
    own = timetables.class_session(batch, now + timedelta(days=2), own=["mode"])
    body = sent(office.get(change_url(batch))) | {"mode": "ONLINE", "link": "https://meet.example/abc"}
    page = office.post(change_url(batch), body, follow=True).content.decode()
    assert "1 coming class is held so too" in page
    for row in (begun, coming, own):
        row.refresh_from_db()
    assert (begun.mode, own.mode) == ("CLASSROOM", "CLASSROOM")
    assert (coming.mode, coming.sequence, coming.changed_by) == ("ONLINE", 1, people.admin())
    told = Notification.objects.filter(kind="class.changed").values_list("recipient__name", "title")
    said = "JEE 2027 A: classes are online now"
    assert set(told) == {("Ananya Kulkarni", said), ("Meera Joshi", said)}
