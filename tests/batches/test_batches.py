"""Batches listed and made, over HTTP as the office does it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Institute, Notification, Role
from batches.models import Batch, Subject, Teaching, Venue
from batches.services import last_day_of_year
from tests import people
from tests.batches import timetables
from tests.batches.batch_pages import CREATE, LIST, LONG_NAME, errors, typed, words_and_codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


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
        ("name", LONG_NAME, "max_length"),
        ("name", "JEE\u202e2027", "one line"),
        ("name", "  ", "required"),
        ("name", "JEE\u20282027\u0007", "one line"),
        ("seats", "0", "min_value"),
        ("seats", "-1", "min_value"),
        ("seats", "10001", "max_value"),
        ("seats", "1e3", "invalid"),
        ("ends_on", "2026-11-30", "The last day is before the first."),
        ("ends_on", "2034-12-01", "three years at most"),
        ("ends_on", "2066-12-01", "Look at the year."),
        ("starts_on", "0001-01-01", "Look at the year."),
        ("starts_on", "9999-12-31", "Look at the year."),
        ("starts_on", "31.13.2026", "invalid"),
        ("link", "javascript:alert(1)", HTTPS),
        ("link", "http://meet.example/abc", HTTPS),
        ("link", "data:text/html,x", HTTPS),
        ("mode", "BALLOON", "invalid_choice"),
        ("venue", "999999", "invalid_choice"),
        ("subjects", ["999999"], "invalid_choice"),
        ("more_subjects", "x" * 61, "max_length"),
        ("more_subjects", ",".join(f"S{n}" for n in range(21)), "At most 20"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_kept(
    office: Client, field: str, value: Any, said: str
) -> None:
    answer = office.post(CREATE, typed(**{field: value}))
    assert answer.status_code == 200
    assert said in words_and_codes(answer.context["form"], field)
    assert (Batch.objects.count(), Subject.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("latitude", "91", "max_value"),
        ("latitude", "NaN", "Write degrees"),
        ("latitude", "-Infinity", "Write degrees"),
        ("latitude", "1e400", "Write degrees"),
        ("latitude", "20,0064", "Write degrees"),
        ("latitude", "20° 0′ N", "Write degrees"),
        ("latitude", "", "required"),
        ("longitude", "-180.5", "min_value"),
        ("radius_m", "0", "min_value"),
        ("radius_m", "1001", "max_value"),
        ("radius_m", "", "required"),
        ("name", "", "required"),
        ("name", LONG_NAME, "max_length"),
    ],
)
def test_new_venue_that_is_nowhere_is_refused_with_the_batch(office: Client, field: str, value: str, said: str) -> None:
    place = {"name": "Canada Corner", "latitude": "20.0064", "longitude": "73.7645", "radius_m": "50"} | {field: value}
    answer = office.post(CREATE, typed(**{f"place-{name}": text for name, text in place.items()}))
    assert said in words_and_codes(answer.context["form"].place, field)
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
    assert "invalid_choice" in words_and_codes(answer.context["form"].teachings.forms[0], "teacher")
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
