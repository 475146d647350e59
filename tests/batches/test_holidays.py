"""Holidays: read by all, kept by the office, and what becomes of the classes of those days."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Institute, Notification
from batches import holidays, timetable
from batches.holidays import HolidayRefused, HolidayThere
from batches.models import ClassSession, Holiday
from batches.series import DAY, Days
from tests import people
from tests.batches import timetables
from tests.racing import outcomes

pytestmark = pytest.mark.django_db
LIST, NEW, IMPORT = "/batches/holidays/", "/batches/holidays/new/", "/batches/holidays/import/"
NOW = timezone.now()


def soon(days: int = 10) -> date:
    return timezone.localdate() + timedelta(days=days)


def evening(day: date, **fields: Any) -> ClassSession:
    """A class of the evening of that day."""
    return timetables.class_session(timetables.batch(), timetables.at(day, 18), **fields)


def add(name: str = "Diwali", first: date | None = None, last: date | None = None) -> tuple[Holiday, holidays.Effect]:
    day = first or soon()
    return holidays.add_holiday(name, Days(day, last or day), actor=people.admin(), now=timezone.now())


def change(row: Holiday, first: date, last: date | None = None, name: str = "Diwali") -> holidays.Effect:
    days = Days(first, last or first)
    return holidays.change_holiday(row, name=name, days=days, actor=people.admin(), now=timezone.now())


def remove(row: Holiday) -> holidays.Effect:
    return holidays.remove_holiday(row, actor=people.admin(), now=timezone.now())


def cancelled() -> list[int]:
    return list(ClassSession.objects.exclude(cancelled_at=None).order_by("pk").values_list("pk", flat=True))


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


# --- What becomes of classes ------------------------------------------------------------------------------------------


def test_what_has_begun_is_over_or_was_cancelled_by_hand_stays_as_it_is() -> None:
    now = timezone.make_aware(datetime.combine(soon(), time(18, 30)))
    running, over, later = evening(soon()), evening(soon() - DAY), evening(soon(), minutes=10)
    ClassSession.objects.filter(pk=later.pk).update(starts_at=now, ends_at=now + timedelta(hours=1))
    by_hand = timetables.class_session(
        timetables.batch(), now + timedelta(hours=1), cancelled_at=now - DAY, reason="Meera is ill"
    )
    days = Days(soon() - DAY, soon())
    row, effect = holidays.add_holiday("Diwali", days, actor=people.admin(), now=now)
    assert list(effect.cancelled) == []
    assert holidays.remove_holiday(row, actor=people.admin(), now=now).held == 0
    for one in (running, over, later, by_hand):
        one.refresh_from_db()
        assert one.sequence == 0
    assert (by_hand.is_cancelled, by_hand.reason) == (True, "Meera is ill")


def test_class_that_began_before_the_holiday_went_stays_cancelled_with_its_reason() -> None:
    one = evening(soon())
    row, _effect = add()
    later = timezone.make_aware(datetime.combine(soon(), time(20)))
    assert holidays.remove_holiday(row, actor=people.admin(), now=later).held == 0
    one.refresh_from_db()
    assert (one.is_cancelled, one.holiday, one.reason) == (True, None, "Diwali")


def test_days_two_holidays_cover_stay_free_until_both_are_gone() -> None:
    one = evening(soon())
    first, _effect = add()
    second, effect = add("Winter break", soon(8), soon(12))
    assert list(effect.cancelled) == []
    assert holidays.comes_back(first, now=timezone.now()) == 0
    assert remove(first).held == 0
    one.refresh_from_db()
    assert (one.holiday, one.reason, one.sequence) == (second, "Winter break", 1)
    assert remove(second).held == 1
    one.refresh_from_db()
    assert (one.is_cancelled, one.holiday, one.reason, one.sequence) == (False, None, "", 2)


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


def test_weekly_slots_get_the_classes_they_lacked_and_never_two_of_a_day() -> None:
    row, _effect = add(last=soon(16))
    day = soon(12)
    slot = timetables.slot(timetables.batch(), weekday=day.weekday())
    timetable.fill([slot], now=timezone.now(), actor=people.admin())
    assert not ClassSession.objects.filter(on=day).exists()
    count = ClassSession.objects.count()
    effect = remove(row)
    assert [one.on for one in effect.made] == [day]
    assert ClassSession.objects.count() == count + 1
    row, effect = add(last=soon(16))
    assert [one.on for one in effect.cancelled] == [day]
    assert [one.on for one in remove(row).restored] == [day]
    assert ClassSession.objects.filter(slot=slot, on=day).count() == 1


def test_shorter_holiday_gives_back_days_and_keeps_the_rest() -> None:
    classes = [evening(soon(days)) for days in (10, 11, 12)]
    row, _effect = add(last=soon(12))
    assert [one.pk for one in change(row, soon(11)).restored] == [classes[0].pk, classes[2].pk]
    assert cancelled() == [classes[1].pk]


def test_class_held_on_a_holiday_by_hand_is_cancelled_by_no_later_change_of_other_days() -> None:
    row, _effect = add()
    special, next_day = evening(soon()), evening(soon(11))
    assert not change(row, soon(), name="Diwali, extra classes only").cancelled
    assert [one.pk for one in change(row, soon(), soon(11)).cancelled] == [next_day.pk]
    special.refresh_from_db()
    assert not special.is_cancelled


def test_classes_of_archived_batches_stay_cancelled() -> None:
    one = evening(soon())
    row, _effect = add()
    one.batch.archived_at = timezone.now()
    one.batch.save()
    assert remove(row).held == 0
    assert cancelled() == [one.pk]


def test_new_name_is_the_reason_of_its_classes() -> None:
    one = evening(soon())
    row, _effect = add()
    effect = change(row, soon(), name="दीपावली")
    assert (list(effect.cancelled), effect.held) == ([], 0)
    one.refresh_from_db()
    assert (one.reason, one.sequence) == ("दीपावली", 1)


def test_who_teaches_or_learns_is_told_once_for_all_classes() -> None:
    timetables.enrol(people.student(), timetables.batch())
    for days in range(10, 20):
        evening(soon(days), teacher=people.teacher())
    add("Winter break", soon(10), soon(19))
    told = Notification.objects.filter(kind="class.changed")
    assert sorted(told.values_list("recipient__name", flat=True)) == ["Ananya Kulkarni", "Meera Joshi"]
    assert "Winter break" in told[0].title


def queries_for(count: int) -> tuple[int, int]:
    """Of adding and of removing a holiday with that many classes."""
    first = timetables.at(soon(20), 0)
    rows = [
        ClassSession(batch=timetables.batch(), starts_at=first + timedelta(minutes=number), ends_at=first + DAY / 2)
        for number in range(count)
    ]
    ClassSession.objects.bulk_create(rows)
    with CaptureQueriesContext(
        connection,
    ) as adding:
        row, effect = add(f"Break of {count}", soon(20))
    with CaptureQueriesContext(connection) as removing:
        assert remove(row).held == len(effect.cancelled) == count
    ClassSession.objects.all().delete()
    return len(adding), len(removing)


def test_three_hundred_classes_cost_as_many_queries_as_three() -> None:
    queries_for(1)
    few, many = queries_for(3), queries_for(300)
    assert many == few


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 12, 20), date(2028, 1, 9)),  # over New Year
        (date(2028, 2, 29), date(2028, 2, 29)),  # leap day
        (date(2027, 1, 31), date(2027, 2, 1)),  # end of a month
        (date(2027, 3, 28), date(2027, 3, 28)),  # 23 hours in Berlin
        (date(2027, 10, 31), date(2027, 10, 31)),  # 25 hours
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Europe/Berlin", "America/St_Johns"])
def test_days_are_the_institutes_from_midnight_to_midnight(first: date, last: date, zone: str) -> None:
    Institute.objects.update_or_create(pk=1, defaults={"name": "Pragati", "time_zone": zone})
    Institute.forget()
    there = Institute.current().zone

    def at(day: date, hour: int, minute: int) -> ClassSession:
        begins = datetime(day.year, day.month, day.day, hour, minute, tzinfo=there)
        return timetables.class_session(timetables.batch(), begins, minutes=1)

    at(first - DAY, 23, 59)
    at(last + DAY, 0, 0)
    inside = [at(first, 0, 0), at(first, 12, 0), at(last, 23, 59)]
    row, effect = add(first=first, last=last)
    assert {one.pk for one in effect.cancelled} == {one.pk for one in inside}
    assert {one.pk for one in remove(row).restored} == {one.pk for one in inside}


@pytest.mark.parametrize("name", ["", "a\u202eb", "न" * 121])
def test_service_refuses_a_name_that_is_none(name: str) -> None:
    with pytest.raises(HolidayRefused):
        add(name)


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


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_a_holiday_at_once_one_does() -> None:
    one, actor, day = evening(soon()), people.admin(), soon()
    works = [
        partial(holidays.add_holiday, "Diwali", Days(day, day), actor=actor, now=timezone.now()) for _each in range(6)
    ]
    done = outcomes(works)
    assert [type(each) for each in done].count(HolidayThere) == 5
    one.refresh_from_db()
    assert (Holiday.objects.count(), one.sequence) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_remove_a_holiday_at_once_one_does() -> None:
    one, actor = evening(soon()), people.admin()
    row, _effect = add()
    works = [partial(holidays.remove_holiday, row, actor=actor, now=timezone.now()) for _each in range(4)]
    done = outcomes(works)
    assert [type(each) for each in done].count(Holiday.DoesNotExist) == 3
    one.refresh_from_db()
    assert (one.is_cancelled, one.sequence) == (False, 2)


@pytest.mark.django_db(transaction=True)
def test_slot_made_beside_a_new_holiday_holds_no_class_on_it() -> None:
    batch, actor, day = timetables.batch(), people.admin(), soon()
    to = timetable.SlotDetails(day.weekday(), time(17), time(18), batch.starts_on, batch.ends_on)
    done = outcomes(
        [
            partial(timetable.make_slot, batch, to=to, actor=actor, now=timezone.now()),
            partial(holidays.add_holiday, "Diwali", Days(day, day), actor=actor, now=timezone.now()),
        ]
    )
    assert not [each for each in done if isinstance(each, Exception)]
    assert not ClassSession.objects.held().filter(on=day).exists()
    assert ClassSession.objects.held().filter(on=day + 7 * DAY).count() == 1
