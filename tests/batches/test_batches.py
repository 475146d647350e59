"""Batches made, changed, archived, taken out of the archive and deleted, over HTTP as the office does it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Institute, Notification, Role
from batches.models import Batch, ClassSession, JoinCode, JoinRequest, Subject, Teaching, Venue
from batches.services import last_day_of_year
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
CREATE, LIST = "/batches/new/", "/batches/"
LONG_NAME = "विज्ञान और गणित की विशेष कक्षा " * 4  # more than 120 signs


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def typed(**fields: Any) -> dict[str, Any]:
    """A form of a new batch as a browser sends it; `teachers` are pairs of a person and a subject or None."""
    teachers = fields.pop("teachers", [])
    rows = {"teachings-TOTAL_FORMS": str(len(teachers) + 2), "teachings-INITIAL_FORMS": "0"}
    for number, (who, what) in enumerate(teachers):
        rows[f"teachings-{number}-teacher"] = who.pk
        rows[f"teachings-{number}-subject"] = what.pk if what else ""
    plain = {"name": "NEET 2027", "mode": "CLASSROOM", "starts_on": "2026-12-01", "ends_on": "2027-05-01"}
    return {**plain, "seats": "", "venue": "", "link": "", "more_subjects": "", **rows, **fields}


def sent(answer: Any) -> dict[str, Any]:
    """What a browser would send back of the form in this page, nothing changed."""
    form = answer.context["form"]
    found = {name: form[name].value() for name in form.fields if form[name].value() not in (None, [], "")}
    for part in (form.teachings.management_form, *form.teachings):
        for bound in part:
            found[bound.html_name] = bound.value() if bound.value() is not None else ""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in found.items()}


def change_url(batch: Batch) -> str:
    return reverse("batch_change", args=[batch.uuid])


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


# --- Making -----------------------------------------------------------------------------------------------------------


def test_admin_makes_a_batch_with_teachers_subjects_and_a_new_venue_on_one_page(office: Client) -> None:
    physics = timetables.subject("Physics")
    place = {"place-name": "Canada  Corner", "place-latitude": "20.0064123456789", "place-longitude": "73.7645"}
    body = typed(
        name=" NEET  2027 ",
        teachers=[(people.teacher(), physics), (people.other_teacher(), None)],
        more_subjects="Botany, Zoology, botany",
        seats="40",
        link="meet.example/abc",
        **place,
        **{"place-radius_m": "60"},
    )
    answer = office.post(CREATE, body)
    batch = Batch.objects.get()
    assert answer["Location"] == reverse("batch", args=[batch.uuid])
    assert (batch.name, batch.seats, batch.link) == ("NEET 2027", 40, "https://meet.example/abc")
    assert (str(batch.venue), str(batch.venue.latitude), batch.venue.radius_m) == ("Canada Corner", "20.006412", 60)
    assert [one.name for one in batch.subjects.all()] == ["Botany", "Physics", "Zoology"]
    assert {(row.teacher, row.subject) for row in batch.teachings.all()} == {
        (people.teacher(), physics),
        (people.other_teacher(), None),
    }
    assert Activity.objects.get(event="batch.created").extra == {"name": "NEET 2027"}
    told = Notification.objects.filter(kind="batch.joined").values_list("recipient__name", "title")
    assert set(told) == {(one.name, "You teach NEET 2027 now") for one in (people.teacher(), people.other_teacher())}


def test_last_day_left_empty_is_the_end_of_the_academic_year(office: Client) -> None:
    Institute.objects.create(pk=1, name="Pragati", academic_year_month=6)
    office.post(CREATE, typed(starts_on="2026-11-22", ends_on=""))
    assert Batch.objects.get().ends_on == date(2027, 5, 31)


@pytest.mark.parametrize(
    ("day", "month", "last"),
    [
        (date(2026, 11, 22), 4, date(2027, 3, 31)),
        (date(2027, 3, 31), 4, date(2027, 3, 31)),
        (date(2027, 4, 1), 4, date(2028, 3, 31)),
        (date(2026, 2, 3), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2026, 12, 31)),
        (date(2027, 9, 1), 3, date(2028, 2, 29)),
    ],
)
def test_academic_year_ends_the_day_before_the_next_begins(day: date, month: int, last: date) -> None:
    assert last_day_of_year(day, first_month=month) == last


def test_form_sent_twice_makes_one_batch_and_one_venue(office: Client) -> None:
    page = office.get(CREATE)
    body = typed(batch_uuid=page.context["form"]["batch_uuid"].value())
    body |= {"place-name": "Canada Corner", "place-latitude": "20", "place-longitude": "73", "place-radius_m": "50"}
    first, second = office.post(CREATE, body), office.post(CREATE, body)
    assert first["Location"] == second["Location"]
    assert (Batch.objects.count(), Venue.objects.count(), Activity.objects.filter(event="batch.created").count()) == (
        1,
        1,
        1,
    )


def test_a_refused_batch_leaves_no_venue_and_no_subject_behind(office: Client) -> None:
    timetables.batch("NEET 2027")
    body = typed(more_subjects="Botany")
    body |= {"place-name": "Canada Corner", "place-latitude": "20", "place-longitude": "73", "place-radius_m": "50"}
    answer = office.post(CREATE, body)
    assert errors(answer) == {"name": ["There is a batch of this name already."]}
    assert (Venue.objects.count(), Subject.objects.count(), Batch.objects.count()) == (0, 0, 1)
    assert answer.context["form"].place["name"].value() == "Canada Corner"


HTTPS = "Write an address with https."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", LONG_NAME, "at most 120"),
        ("name", "JEE\u202e2027", "one line"),
        ("name", "  ", "required"),
        ("name", "JEE\u20282027\u0007", "one line"),
        ("seats", "0", "greater than or equal to 1"),
        ("seats", "-1", "greater than or equal to 1"),
        ("seats", "10001", "less than or equal to 10000"),
        ("seats", "1e3", "whole number"),
        ("ends_on", "2026-11-30", "The last day is before the first."),
        ("ends_on", "2034-12-01", "three years at most"),
        ("ends_on", "2066-12-01", "Look at the year."),
        ("starts_on", "0001-01-01", "Look at the year."),
        ("starts_on", "9999-12-31", "Look at the year."),
        ("starts_on", "31.13.2026", "valid date"),
        ("link", "javascript:alert(1)", HTTPS),
        ("link", "http://meet.example/abc", HTTPS),
        ("link", "data:text/html,x", HTTPS),
        ("mode", "BALLOON", "valid choice"),
        ("venue", "999999", "valid choice"),
        ("subjects", ["999999"], "valid choice"),
        ("more_subjects", "x" * 61, "at most 60"),
        ("more_subjects", ",".join(f"S{n}" for n in range(21)), "At most 20"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_kept(
    office: Client, field: str, value: Any, said: str
) -> None:
    answer = office.post(CREATE, typed(**{field: value}))
    assert answer.status_code == 200
    assert said in " ".join(errors(answer)[field])
    assert (Batch.objects.count(), Subject.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("latitude", "91", "less than or equal to 90"),
        ("latitude", "NaN", "Write degrees"),
        ("latitude", "-Infinity", "Write degrees"),
        ("latitude", "1e400", "Write degrees"),
        ("latitude", "20,0064", "Write degrees"),
        ("latitude", "20° 0′ N", "Write degrees"),
        ("latitude", "", "required"),
        ("longitude", "-180.5", "greater than or equal to -180"),
        ("radius_m", "0", "greater than or equal to 10"),
        ("radius_m", "1001", "less than or equal to 1000"),
        ("radius_m", "", "required"),
        ("name", "", "required"),
        ("name", LONG_NAME, "at most 120"),
    ],
)
def test_new_venue_that_is_nowhere_is_refused_with_the_batch(office: Client, field: str, value: str, said: str) -> None:
    place = {"name": "Canada Corner", "latitude": "20.0064", "longitude": "73.7645", "radius_m": "50"} | {field: value}
    answer = office.post(CREATE, typed(**{f"place-{name}": text for name, text in place.items()}))
    assert said in " ".join(answer.context["form"].place.errors[field])
    assert (Batch.objects.count(), Venue.objects.count()) == (0, 0)


def test_digits_of_another_script_are_digits(office: Client) -> None:
    place = {"place-name": "नाशिक", "place-latitude": "२०.००", "place-longitude": "٧٣", "place-radius_m": "५०"}
    office.post(CREATE, typed(name="विज्ञान और गणित", seats="١٢", **place))
    batch = Batch.objects.get()
    assert (batch.seats, float(batch.venue.latitude), float(batch.venue.longitude)) == (12, 20.0, 73.0)


@pytest.mark.parametrize("twin", ["jee 2027 ä", "JEE 2027 A\u0308", "JEE  2027  Ä", "Jee 2027 ä "])
def test_name_of_another_batch_is_refused_in_any_case_and_composition(office: Client, twin: str) -> None:
    timetables.batch("JEE 2027 Ä")
    answer = office.post(CREATE, typed(name=twin))
    assert errors(answer) == {"name": ["There is a batch of this name already."]}


def test_name_of_an_archived_batch_is_free(office: Client) -> None:
    timetables.batch("NEET 2027", archived_at=timezone.now())
    assert office.post(CREATE, typed()).status_code == 302


def test_a_chosen_and_a_new_venue_at_once_are_refused(office: Client) -> None:
    place = {"place-name": "B", "place-latitude": "20", "place-longitude": "73", "place-radius_m": "50"}
    answer = office.post(CREATE, typed(venue=timetables.venue().pk, **place))
    assert errors(answer) == {"venue": ["Choose a venue or enter a new one, not both."]}
    assert Venue.objects.count() == 1


def test_only_teachers_are_offered_and_taken(office: Client) -> None:
    teacher, student = people.teacher(), people.student()
    offered = dict(office.get(CREATE).context["form"].teachings.forms[0].fields["teacher"].choices)
    assert (teacher.pk in offered, student.pk in offered) == (True, False)
    answer = office.post(CREATE, typed(teachers=[(people.student(), None)]))
    assert "valid choice" in str(answer.context["form"].teachings.errors)
    assert not Batch.objects.exists()


def test_namesakes_are_told_apart(office: Client) -> None:
    people.person("Meera Joshi", Role.TEACHER, email="meera.j@pragati.test")
    people.teacher()
    offered = dict(office.get(CREATE).context["form"].teachings.forms[0].fields["teacher"].choices).values()
    assert {"Meera Joshi · meera@pragati.test", "Meera Joshi · meera.j@pragati.test"} <= set(offered)


def test_a_subject_without_a_teacher_asks_for_one(office: Client) -> None:
    body = typed(**{"teachings-0-subject": timetables.subject().pk})
    answer = office.post(CREATE, body)
    assert "Choose who teaches it" in str(answer.context["form"].teachings.errors)


# --- Changing ---------------------------------------------------------------------------------------------------------


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


# --- Archive ----------------------------------------------------------------------------------------------------------


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


# --- The list ---------------------------------------------------------------------------------------------------------


def names(answer: Any) -> list[str]:
    return [row.batch.name for row in answer.context["rows"]]


def test_everybody_sees_his_own_batches_and_nobody_others(office: Client) -> None:
    own, other = timetables.batch(), timetables.batch("NEET 2027")
    Teaching.objects.filter(batch=other).update(teacher=people.other_teacher())
    timetables.enrol(people.student(), own)
    people.guardian().guardianships.create(student=people.student())
    assert names(office.get(LIST)) == ["JEE 2027 A", "NEET 2027"]
    for who in (people.teacher(), people.student(), people.guardian()):
        assert names(people.signed_in(who).get(LIST)) == ["JEE 2027 A"], who
    assert names(people.signed_in(people.other_student()).get(LIST)) == []
    assert names(people.signed_in(people.cashier()).get(LIST)) == []
    [row] = people.signed_in(people.guardian()).get(LIST).context["rows"]
    assert (row.learners, row.students) == ("Ananya Kulkarni", None)


def test_list_finds_by_name_subject_and_teacher_and_keeps_the_archive_apart(office: Client) -> None:
    timetables.batch().subjects.add(timetables.subject("भौतिकी"))
    timetables.batch("Old", archived_at=timezone.now())
    for words in ("jee", "भौतिकी", "meera 2027"):
        assert names(office.get(LIST, {"q": words})) == ["JEE 2027 A"], words
    assert names(office.get(LIST, {"q": "chemistry"})) == []
    assert names(office.get(LIST, {"state": "archived"})) == ["Old"]


def test_row_says_next_class_seats_and_what_is_unusual(office: Client) -> None:
    batch, now = timetables.batch(seats=1), timezone.now()
    timetables.enrol(people.student(), batch)
    runs = timetables.class_session(batch, now - timedelta(minutes=10))
    timetables.class_session(batch, now + timedelta(days=1))
    today = timezone.localdate()
    over = timetables.batch("Z", starts_on=today - timedelta(days=90), ends_on=today - timedelta(days=1))
    first, last = office.get(LIST).context["rows"]
    assert (first.next_at, first.students, first.word) == (runs.starts_at, 1, "Full")
    assert (last.batch, last.tone, last.next_at) == (over, "due", None)


def test_institute_without_a_batch_is_told_how_to_begin(office: Client) -> None:
    page = office.get(LIST).content.decode()
    assert "Add the first batch" in page
    assert 'href="/batches/new/"' in page


def test_list_costs_the_same_at_3_and_at_30(same_queries: Any, office: Client) -> None:
    number = iter(range(100))

    def add(count: int) -> None:
        for _ in range(count):
            batch = timetables.batch(f"B {next(number)}")
            batch.subjects.add(timetables.subject())
            timetables.class_session(batch)
            timetables.enrol(people.student(), batch)

    same_queries(lambda: office.get(LIST), add=add)
    teacher = people.signed_in(people.teacher())
    same_queries(lambda: teacher.get(LIST), add=add)
