"""Pages of holidays: read by all, kept by the office, and filled from files."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Notification
from batches.models import ClassSession, Holiday
from tests import people
from tests.batches import timetables
from tests.batches.free_days import add, cancelled, evening, soon

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT = "/batches/holidays/", "/batches/holidays/new/", "/batches/holidays/import/"


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def typed(first: date, last: date | str = "", name: str = "Diwali", **more: str) -> dict[str, str]:
    return {"name": name, "starts_on": str(first), "ends_on": str(last), **more}


def words(answer: Any) -> str:
    return str(answer.content.decode())


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_holiday_is_added_changed_and_removed_with_the_classes_of_its_days(office: Client) -> None:
    before, during, after = (evening(soon(days)) for days in (9, 10, 11))
    timetables.enrol(people.student(), timetables.batch())
    page = words(office.post(NEW, typed(soon(), name=" Diwali  break "), follow=True))
    assert "Diwali break is added." in page
    assert "1 class is cancelled." in page
    row = Holiday.objects.get()
    during.refresh_from_db()
    assert (row.name, row.ends_on, during.holiday, during.reason) == ("Diwali break", soon(), row, "Diwali break")
    assert (during.sequence, during.changed_by, cancelled()) == (1, people.admin(), [during.pk])
    url = reverse("holiday_change", args=[row.uuid])
    assert "1 class is held again" in words(office.get(url))
    page = words(office.post(url, typed(soon(11), soon(12)), follow=True))
    assert "1 class is cancelled." in page
    assert "1 class is held again." in page
    assert cancelled() == [after.pk]
    page = words(office.post(reverse("holiday_remove", args=[row.uuid]), follow=True))
    assert "Diwali is removed. To undo this, add it again." in page
    assert (cancelled(), Holiday.objects.count()) == ([], 0)
    before.refresh_from_db()
    assert before.sequence == 0
    events = Activity.objects.filter(event__startswith="holiday.").order_by("pk").values_list("event", flat=True)
    assert list(events) == ["holiday.made", "holiday.changed", "holiday.removed"]
    assert Notification.objects.filter(recipient=people.student()).count() == 3


def test_same_holiday_again_adds_nothing_and_says_so(office: Client) -> None:
    evening(soon())
    for _time in range(2):
        assert office.post(NEW, typed(soon())).status_code == 302
    page = words(office.post(NEW, typed(soon(), name="DIWALI"), follow=True))
    assert "DIWALI is in the list already, on the same days." in page
    assert (Holiday.objects.count(), ClassSession.objects.get().sequence) == (1, 1)


def test_removing_twice_says_that_it_is_gone(office: Client) -> None:
    url = reverse("holiday_remove", args=[add()[0].uuid])
    assert office.post(url).status_code == 302
    assert "not in the list any more" in words(office.post(url, follow=True))


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("name", {"name": "दीपावली " * 25}),
        ("name", {"name": "  "}),
        ("name", {"name": "a\u202eb"}),
        ("name", {"name": "a\0b"}),
        ("starts_on", {"starts_on": "2026-02-30"}),
        ("starts_on", {"starts_on": ""}),
        ("starts_on", {"starts_on": "1999-12-31", "ends_on": "2000-01-01"}),
        ("ends_on", {"starts_on": "2100-12-31", "ends_on": "2101-01-01"}),
        ("ends_on", {"starts_on": "2027-03-01", "ends_on": "2027-02-28"}),
        ("ends_on", {"starts_on": "2027-01-01", "ends_on": "2027-05-01"}),
        ("ends_on", {"ends_on": "x" * 999}),
    ],
)
def test_what_is_no_holiday_is_said_at_its_field(office: Client, field: str, entry: dict[str, str]) -> None:
    answer = office.post(NEW, typed(date(2027, 1, 1)) | entry)
    assert field in answer.context["form"].errors
    row, _effect = add()
    answer = office.post(reverse("holiday_change", args=[row.uuid]), typed(date(2027, 1, 1)) | entry)
    assert field in answer.context["form"].errors
    assert Holiday.objects.get().name == "Diwali"


def test_longest_break_lasts_120_days(office: Client) -> None:
    assert office.post(NEW, typed(date(2027, 1, 1), date(2027, 4, 30))).status_code == 302
    assert (Holiday.objects.get().ends_on - Holiday.objects.get().starts_on).days == 119


def test_second_of_two_tabs_does_not_put_back_what_the_first_changed(office: Client) -> None:
    row, _effect = add()
    url = reverse("holiday_change", args=[row.uuid])
    shown = office.get(url).context["form"]["shown"].value()
    office.post(url, typed(soon(), soon(11), shown=shown))
    answer = office.post(url, typed(soon(), name="Eid", shown=shown))
    assert "Somebody changed this in the meantime" in words(answer)
    row.refresh_from_db()
    assert (row.name, row.ends_on) == ("Diwali", soon(11))


def test_changing_it_into_one_that_is_there_is_refused(office: Client) -> None:
    add("Eid")
    row, _effect = add()
    answer = office.post(reverse("holiday_change", args=[row.uuid]), typed(soon(), name="eid"))
    assert "is in the list already" in words(answer)
    row.refresh_from_db()
    assert row.name == "Diwali"


def test_everybody_reads_the_year_and_only_admins_see_what_to_do(office: Client) -> None:
    assert "Add the first holiday" in words(office.get(LIST))
    student = people.signed_in(people.student())
    assert "as soon as the office enters them" in words(student.get(LIST))
    timetables.holiday("Winter break", date(2026, 12, 25), date(2027, 1, 2))
    timetables.holiday("होली", date(2027, 3, 22))
    for year, names in (("2026", ["Winter break"]), ("2027", ["Winter break", "होली"]), ("2028", [])):
        answer = student.get(LIST, {"year": year})
        assert [row.name for row, *_rest in answer.context["rows"]] == names
        assert NEW not in words(answer)
    page = words(office.get(LIST, {"year": "2026"}))
    assert "Fri 25 Dec 2026 to Sat 2 Jan 2027" in page
    assert "9 days" in page
    assert NEW in page


@pytest.mark.parametrize("year", ["0", "1999", "2101", "२०२६", "9" * 5000, "a\0", "²⁰²⁶"])
def test_year_that_is_none_is_this_one(office: Client, year: str) -> None:
    assert office.get(LIST, {"year": year}).context["year"] == timezone.localdate().year


def test_list_costs_the_same_for_many(office: Client, same_queries: Any) -> None:
    def more(count: int) -> None:
        first = Holiday.objects.count()
        for number in range(first, first + count):
            timetables.holiday(f"Holiday {number}", soon(0))

    same_queries(lambda: office.get(LIST), add=more, at_most=20)


def test_class_whose_room_is_taken_by_now_stays_cancelled_and_is_reported(office: Client) -> None:
    room = timetables.room()
    lost, free = evening(soon(), room=room), evening(soon(11), room=room)
    row, _effect = add(last=soon(11))
    timetables.class_session(timetables.batch("NEET 2027"), lost.starts_at, room=room)
    page = words(office.post(reverse("holiday_remove", args=[row.uuid]), follow=True))
    assert "1 class is held again." in page
    assert "1 class stays cancelled: its teacher, room or students have something else by now." in page
    for one in (lost, free):
        one.refresh_from_db()
    assert (lost.is_cancelled, lost.holiday, free.is_cancelled) == (True, None, False)


# --- Files ------------------------------------------------------------------------------------------------------------


def send(office: Client, content: bytes, name: str = "list.csv") -> Any:
    return office.post(IMPORT, {"file": SimpleUploadedFile(name, content)})


def test_file_is_looked_at_then_taken_in_once(office: Client) -> None:
    evening(soon())
    evening(soon(11))
    content = f"Holiday,From,To\nDiwali,{soon()},{soon(11)}\nEid,{soon(40):%d/%m/%Y},\n".encode()
    preview = send(office, content)["Location"]
    page = office.get(preview)
    assert "2 new holidays" in words(page)
    assert "2 classes would be cancelled" in words(page)
    assert not Holiday.objects.exists()
    shown = page.context["plan"].fingerprint
    for said in ("2 holidays were added.", "All of them are in the list already."):
        assert said in words(office.post(preview, {"shown": shown}, follow=True))
    assert [row.name for row in Holiday.objects.all()] == ["Diwali", "Eid"]
    assert len(cancelled()) == 2
    assert Activity.objects.filter(event="holiday.imported").count() == 1
    again = words(office.get(send(office, content)["Location"]))
    assert "Nothing to add" in again


def test_one_row_that_does_not_fit_keeps_all_out(office: Client) -> None:
    preview = send(office, b"Name,First day\nDiwali,2027-10-29\nEid,31/13/2027\n")["Location"]
    page = office.get(preview)
    assert "1 of 2 rows does not fit" in words(page)
    assert "There is no month 13" in words(page) or "no such day" in words(page)
    said = words(office.post(preview, {"shown": page.context["plan"].fingerprint}, follow=True))
    assert "Some rows do not fit." in said
    assert not Holiday.objects.exists()


def test_rows_that_changed_since_they_were_looked_at_are_looked_at_again(office: Client) -> None:
    preview = send(office, f"Name,First day\nDiwali,{soon()}\nEid,{soon(40)}\n".encode())["Location"]
    shown = office.get(preview).context["plan"].fingerprint
    add()
    assert "Look at the rows again." in words(office.post(preview, {"shown": shown}, follow=True))
    assert Holiday.objects.count() == 1


def test_calendar_adds_what_it_can_and_the_next_edition_only_what_is_new(office: Client) -> None:
    def edition(*events: tuple[str, str, str]) -> bytes:
        parts = [
            f"BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{name}\r\nDTSTART:{when}\r\nEND:VEVENT\r\n"
            for uid, name, when in events
        ]
        return "".join(["BEGIN:VCALENDAR\r\n", *parts, "END:VCALENDAR\r\n"]).encode()

    first = (("a", "Diwali", "20271029"), ("b", "Party", "20271030T190000Z"), ("a", "Diwali again", "20271101"))
    page = office.get(send(office, edition(*first), "state.ics")["Location"])
    assert [row.fate for row in page.context["plan"].rows] == ["ADD", "OUT", "OUT"]
    office.post(page.request["PATH_INFO"], {"shown": page.context["plan"].fingerprint})
    assert list(Holiday.objects.values_list("name", "uid")) == [("Diwali", "a")]
    second = (("a", "Diwali", "20271030"), ("a2", "diwali", "20271029"), ("c", "Eid", "20280226"))
    page = office.get(send(office, edition(*second), "state.ics")["Location"])
    assert [row.fate for row in page.context["plan"].rows] == ["OUT", "IN", "ADD"]
    assert "In the list on other days: Fri 29 Oct 2027. Change it there." in words(page)


def test_another_admins_draft_and_one_that_is_gone_are_not_there(office: Client) -> None:
    preview = send(office, b"Name,First day\nDiwali,2027-10-29\n")["Location"]
    other = people.signed_in(people.person("Isha Rao", "ADMIN", email="isha@pragati.test"))
    assert other.get(preview)["Location"] == IMPORT


def test_template_is_a_file_that_can_be_read(office: Client) -> None:
    content = b"".join(office.get("/batches/holidays/template.csv").streaming_content)
    assert "2 new holidays" in words(office.get(send(office, content)["Location"]))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0", b"PK\x03\x04zip", b"x", b"BEGIN:VCALENDAR\r\n"])
def test_file_that_is_none_is_said_at_the_field(office: Client, content: bytes) -> None:
    answer = send(office, content)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["file"]
