"""Venues, rooms and subjects: entered, changed, taken out of use, and removed while nothing uses them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Activity
from batches.models import Room, Subject, Venue
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
VENUE = {"name": "College Road", "latitude": "20.0064", "longitude": "73.7645", "radius_m": "50"}
TYPED: dict[str, dict[str, Any]] = {
    "venue": VENUE,
    "room": {"name": "Room 1", "venue": "", "seats": "40"},
    "subject": {"name": "Physics"},
}
MODELS = {"venue": Venue, "room": Room, "subject": Subject}
KINDS = sorted(TYPED)


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def new_url(kind: str) -> str:
    return reverse("place_create", args=[kind])


def url_of(place: Any, name: str = "place_change") -> str:
    return reverse(name, args=[type(place).__name__.lower(), place.pk])


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


@pytest.mark.parametrize("kind", KINDS)
def test_place_is_entered_listed_changed_and_removed(office: Client, kind: str) -> None:
    assert office.post(new_url(kind), TYPED[kind])["Location"] == f"/batches/places/?kind={kind}"
    place = MODELS[kind].objects.get()
    assert place.name in office.get("/batches/places/", {"kind": kind}).content.decode()
    assert office.post(url_of(place), TYPED[kind] | {"name": "विज्ञान भवन"}).status_code == 302
    place.refresh_from_db()
    assert place.name == "विज्ञान भवन"
    assert office.post(url_of(place, "place_remove")).status_code == 302
    assert not MODELS[kind].objects.exists()
    lines = Activity.objects.filter(event="place.changed").order_by("pk")
    assert [line.extra["verb"] for line in lines] == ["added", "changed", "removed"]


@pytest.mark.parametrize("kind", KINDS)
def test_empty_list_says_what_to_do_next(office: Client, kind: str) -> None:
    page = office.get("/batches/places/", {"kind": kind}).content.decode()
    assert f"Add the first {kind}" in page


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("twin", ["ROOM Ä", "room a\u0308", " Room  ä "])
def test_same_name_in_another_case_or_composition_is_refused(office: Client, kind: str, twin: str) -> None:
    office.post(new_url(kind), TYPED[kind] | {"name": "Room Ä"})
    answer = office.post(new_url(kind), TYPED[kind] | {"name": twin})
    assert list(errors(answer)) == ["name"]
    assert MODELS[kind].objects.count() == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", "  ", "न" * 200, "a\nb", "x\u202ey", "a\0b"])
def test_name_that_is_none_is_refused(office: Client, kind: str, name: str) -> None:
    answer = office.post(new_url(kind), TYPED[kind] | {"name": name})
    if name == "a\nb":  # a line break becomes a space
        assert MODELS[kind].objects.get().name == "a b"
        return
    assert list(errors(answer)) == ["name"]
    assert not MODELS[kind].objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            ("latitude", value)
            for value in ("91", "-90.000001", "NaN", "sNaN", "Infinity", "1e400", "20,5", "", "x" * 999)
        ),
        *(("longitude", value) for value in ("180.1", "-181", "nan", "७३,७", "1e-400x")),
        *(("radius_m", value) for value in ("0", "9", "1001", "-50", "", "50.5", "9" * 500)),
    ],
)
def test_venue_off_the_earth_is_refused_at_its_field(office: Client, field: str, value: str) -> None:
    answer = office.post(new_url("venue"), VENUE | {field: value})
    assert list(errors(answer)) == [field]
    assert not Venue.objects.exists()


def test_more_decimals_than_a_phone_knows_are_rounded(office: Client) -> None:
    office.post(new_url("venue"), VENUE | {"latitude": "19.99999951234567890", "longitude": "-179.9999999"})
    venue = Venue.objects.get()
    assert (str(venue.latitude), str(venue.longitude)) == ("20.000000", "-180.000000")


@pytest.mark.parametrize("seats", ["0", "-1", "10001", "many", "1.5"])
def test_room_without_a_seat_is_refused(office: Client, seats: str) -> None:
    answer = office.post(new_url("room"), TYPED["room"] | {"seats": seats})
    assert list(errors(answer)) == ["seats"]


def test_place_in_use_is_not_removed_and_says_by_what(office: Client) -> None:
    venue, room, subject = timetables.venue(), timetables.room(), timetables.subject()
    batch = timetables.batch(venue=venue)
    batch.subjects.add(subject)
    timetables.slot(batch, room=room, subject=subject)
    timetables.class_session(batch, room=room, subject=subject)
    said = {
        venue: "This venue is used by 1 batch.",
        room: "This room is used by 1 weekly slot, 1 class. Take it out of use instead",
        subject: "This subject is used by 1 batch, 1 weekly slot, 1 class.",
    }
    for place, words in said.items():
        assert "Used by" in office.get(url_of(place)).content.decode()
        assert words in office.post(url_of(place, "place_remove"), follow=True).content.decode()
        place.refresh_from_db()


def test_room_goes_out_of_use_and_comes_back(office: Client) -> None:
    room = timetables.room()
    url = reverse("room_state", args=[room.pk])
    for do, usable in (("close", 0), ("close", 0), ("open", 1)):
        assert office.post(url, {"do": do}).status_code == 302
        assert Room.objects.usable().count() == usable
    verbs = Activity.objects.filter(event="place.changed").order_by("pk").values_list("extra__verb", flat=True)
    assert list(verbs) == ["closed", "opened"]
    assert office.post(url, {"do": "burn"}).status_code == 400


def test_second_of_two_tabs_does_not_put_back_what_the_first_changed(office: Client) -> None:
    venue = timetables.venue()
    shown = office.get(url_of(venue)).context["form"]["shown"].value()
    assert office.post(url_of(venue), VENUE | {"shown": shown, "radius_m": "80"}).status_code == 302
    answer = office.post(url_of(venue), VENUE | {"shown": shown, "name": "Old Road"})
    assert "Somebody changed this in the meantime" in str(errors(answer)["__all__"])
    venue.refresh_from_db()
    assert (venue.name, venue.radius_m) == ("College Road", 80)


def test_saving_without_a_change_writes_nothing(office: Client) -> None:
    venue = timetables.venue()
    assert office.post(url_of(venue), VENUE).status_code == 302
    assert not Activity.objects.filter(event="place.changed").exists()


@pytest.mark.parametrize(
    "path", ["/batches/places/planet/new/", "/batches/places/planet/1/", "/batches/places/room/9/"]
)
def test_kinds_and_places_that_are_not_are_404(office: Client, path: str) -> None:
    assert office.get(path).status_code == 404


def test_numbers_beyond_the_database_are_404(office: Client) -> None:
    assert office.get(f"/batches/places/room/{10**30}/").status_code == 404
    assert office.post(f"/batches/places/room/{10**30}/state/", {"do": "open"}).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_list_costs_the_same_at_3_and_at_30(same_queries: Any, office: Client, kind: str) -> None:
    number = iter(range(100))

    def add(count: int) -> None:
        for _ in range(count):
            name = f"P {next(number)}"
            given = {"latitude": 1, "longitude": 1} if kind == "venue" else {}
            place = MODELS[kind].objects.create(name=name, **given)
            if kind == "subject":
                timetables.batch(name).subjects.add(place)
            elif kind == "venue":
                Room.objects.create(name=name, venue=place)

    same_queries(lambda: office.get("/batches/places/", {"kind": kind}), add=add)
