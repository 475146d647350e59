"""What becomes of classes when holidays are added, changed and removed."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Institute, Notification
from batches import holidays, timetable
from batches.holidays import HolidayRefused, HolidayThere
from batches.models import ClassSession, Holiday
from batches.series import DAY, Days
from tests import people
from tests.batches import timetables
from tests.batches.free_days import add, cancelled, change, evening, remove, soon
from tests.racing import outcomes

pytestmark = pytest.mark.django_db


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
