"""What happens to a class with a register, and to records, when timetable and enrolments change around them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from attendance import closing, rules, totals
from attendance.missing import classes_without_register
from attendance.models import Record, Register
from attendance.models.records import Status
from batches import archive, enrolments
from batches.archive import HasHistory
from batches.models import ClassSession, Enrolment
from batches.slot_changes import change_slot
from batches.timetable import SlotDetails, end_slot
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def soon_and_next_week(batch):
    """A weekly slot whose next class begins in five minutes, its register open, and the one a week later."""
    begins = timezone.now() + timedelta(minutes=5)
    local = timezone.localtime(begins)
    slot = timetables.slot(
        batch,
        weekday=local.weekday(),
        starts=local.time().replace(microsecond=0),
        ends=(local + timedelta(minutes=60)).time().replace(microsecond=0),
    )
    soon, later = (
        timetables.class_session(batch, begins + week, minutes=60, slot=slot, on=timezone.localdate(begins + week))
        for week in (timedelta(0), timedelta(days=7))
    )
    rules.open_register(soon, now=timezone.now())
    return slot, soon, later


def test_a_weekly_slot_that_ends_cancels_the_class_with_a_register_and_takes_away_the_others():
    slot, soon, later = soon_and_next_week(timetables.batch(venue=timetables.venue()))
    end_slot(slot, from_day=timezone.localdate(), revision=slot.revision, actor=people.admin(), now=timezone.now())
    soon.refresh_from_db()
    assert soon.is_cancelled
    assert Register.objects.filter(pk=soon.pk).exists()
    assert not ClassSession.objects.filter(pk=later.pk).exists()


def test_a_weekly_slot_that_is_cut_short_cancels_the_class_with_a_register():
    slot, soon, _later = soon_and_next_week(timetables.batch(venue=timetables.venue()))
    from_day = timezone.localdate(soon.starts_at)
    to = replace(SlotDetails.of(slot), starts_on=from_day + timedelta(days=7), ends_on=slot.ends_on)
    slot.starts_on = from_day
    slot.save()
    change_slot(slot, to=to, from_day=from_day, revision=slot.revision, actor=people.admin(), now=timezone.now())
    soon.refresh_from_db()
    assert soon.is_cancelled


def test_the_office_ends_a_slot_on_its_page_while_a_register_is_open():
    slot, soon, _later = soon_and_next_week(timetables.batch(venue=timetables.venue()))
    browser, url = people.signed_in(people.admin()), reverse("slot_end", args=[slot.uuid])
    page = browser.post(url, {"from_day": timezone.localdate().isoformat(), "version": slot.revision})
    assert page.status_code == 302
    assert ClassSession.objects.filter(pk=soon.pk).exists()


def test_a_batch_with_a_register_is_not_deleted():
    batch = timetables.batch(venue=timetables.venue())
    coming = timetables.class_session(batch, timezone.now() + timedelta(minutes=5))
    rules.open_register(coming, now=timezone.now())
    with pytest.raises(HasHistory):
        archive.delete_batch(batch, actor=people.admin(), now=timezone.now())
    assert ClassSession.objects.filter(pk=coming.pk).exists()


def test_records_stay_a_students_own_when_he_leaves_the_batch_or_moves_to_another():
    held = registers.class_now(began_min_ago=200)
    registers.mark(held, people.student(), Status.PRESENT)
    stay = Enrolment.objects.get(student=people.student())
    enrolments.transfer_many(
        [stay], to=timetables.batch("NEET 2027"), actor=people.admin(), now=timezone.now(), reason="Other aim"
    )
    row = Record.objects.get()
    assert (row.status, row.student) == (Status.PRESENT, people.student())
    assert people.signed_in(people.student()).get(reverse("record", args=[row.uuid])).status_code == 200
    assert totals.shares_of([people.student().pk])[people.student().pk].attended == 1


def test_who_joins_as_of_a_past_day_is_counted_in_no_class_that_was_closed_before():
    held = registers.class_now(began_min_ago=300)
    register = registers.register(held)
    closing.close_register(register, actor=people.teacher(), now=timezone.now())
    timetables.enrol(people.other_student(), held.batch, joined_at=held.starts_at - timedelta(days=1))
    assert closing.close_register(register, actor=people.teacher(), now=timezone.now()) == 0
    assert not Record.objects.filter(student=people.other_student()).exists()
    assert totals.shares_of([people.other_student().pk]) == {}
    assert not classes_without_register(timezone.now()).exists()
