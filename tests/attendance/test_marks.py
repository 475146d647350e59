"""The one door to a record: what it takes, what it refuses, and what it writes down."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Activity
from attendance import marks
from attendance.models import CheckInAttempt, Freeze, Record, RecordChange
from attendance.models.records import Source, Status
from attendance.rules import PeriodFrozen, RegisterRefused
from batches.models import Enrolment
from tests import people, racing
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db

P, L, A, E, U = Status.PRESENT, Status.LATE, Status.ABSENT, Status.EXCUSED, Status.UNMARKED


def mark(register, status, *, seen=None, actor=None, **fields):
    one = marks.Mark(people.student().pk, status, seen=seen, **fields)
    return marks.set_marks(register, [one], actor=actor or people.teacher(), now=timezone.now())


def checked_in(register):
    """As a check-in leaves the record behind."""
    with transaction.atomic():
        record = marks.locked_records(register.pk, [people.student().pk])[people.student().pk]
        marks.put(record, status=P, source=Source.POSITION, by=people.student(), now=timezone.now())
    return record


def test_a_mark_writes_the_record_and_its_history():
    outcome = mark(registers.register(), L, late_min=7, remark="  Bus  ")
    record = Record.objects.get()
    assert outcome.saved == [record]
    assert (record.status, record.late_min, record.remark, record.version) == (L, 7, "Bus", 1)
    change = RecordChange.objects.get()
    assert (change.was, change.status, change.late_min, change.by) == (U, L, 7, people.teacher())


def test_the_same_mark_again_changes_nothing():
    register = registers.register()
    mark(register, P)
    mark(register, P, seen=0)
    assert Record.objects.get().version == 1
    assert RecordChange.objects.count() == 1


def test_a_mark_decided_on_an_older_version_comes_back_and_overwrites_nothing():
    register = registers.register()
    mark(register, L, late_min=5)
    outcome = mark(register, A, seen=0, actor=people.admin())
    assert [one.code for one in outcome.refused] == ["changed"]
    assert outcome.refused[0].record.late_min == 5
    assert Record.objects.get().status == L


def test_a_check_in_is_overruled_only_with_a_reason():
    register = registers.register()
    checked_in(register)
    assert [one.code for one in mark(register, A).refused] == ["reason"]
    assert mark(register, A, reason="Not in the room").saved
    last = RecordChange.objects.order_by("version").last()
    assert (last.was, last.status, last.reason, last.is_correction) == (P, A, "Not in the room", False)


def test_a_check_in_becomes_late_without_a_reason():
    register = registers.register()
    checked_in(register)
    assert mark(register, L, late_min=12).saved


def test_a_check_in_that_was_called_late_is_still_overruled_only_with_a_reason():
    register = registers.register()
    record = checked_in(register)
    record.attempt = CheckInAttempt.objects.create(
        register=register, student=people.student(), client_uuid=uuid.uuid4(), status=P
    )
    record.save()
    mark(register, L, late_min=12)
    assert [one.code for one in mark(register, A).refused] == ["reason"]


def test_who_left_the_batch_for_that_day_afterwards_can_still_be_corrected():
    register = registers.register()
    mark(register, A)
    begun = register.class_session.starts_at
    Enrolment.objects.update(left_at=begun - timedelta(days=1))
    assert mark(register, P).saved
    assert Record.objects.get().status == P


def test_a_closed_register_is_corrected_only_with_a_reason_and_the_log_says_so():
    register = registers.register(finalised_at=timezone.now())
    assert [one.code for one in mark(register, P).refused] == ["reason"]
    assert not Activity.objects.filter(event="attendance.corrected").exists()
    mark(register, P, reason="Was there")
    assert RecordChange.objects.get().is_correction
    assert Activity.objects.get(event="attendance.corrected").actor == people.teacher()


def test_who_is_not_on_the_roll_is_not_marked():
    register = registers.register()
    stranger = marks.Mark(people.other_student().pk, P)
    outcome = marks.set_marks(register, [stranger], actor=people.teacher(), now=timezone.now())
    assert [one.code for one in outcome.refused] == ["not_on_roll"]
    assert not Record.objects.exists()


def test_in_a_frozen_period_nothing_changes_until_the_freeze_is_lifted():
    register = registers.register()
    day = timezone.localdate(register.class_session.starts_at)
    freeze = Freeze.objects.create(first_on=day, last_on=day, reason="Report", made_by=people.admin())
    with pytest.raises(PeriodFrozen):
        mark(register, P, actor=people.admin())
    freeze.lifted_at, freeze.lifted_by = timezone.now(), people.admin()
    freeze.save()
    assert mark(register, P).saved


def test_minutes_belong_to_lateness_only():
    register = registers.register()
    mark(register, L, late_min=9)
    mark(register, P)
    assert Record.objects.get().late_min is None


def test_a_whole_class_costs_as_many_statements_as_one_student():
    batch = timetables.batch(venue=timetables.venue())
    crowd = registers.crowd(batch, 60)
    register = registers.register(registers.class_now(batch=batch))

    def took(students):
        given = [marks.Mark(one.pk, P) for one in students]
        with CaptureQueriesContext(transaction.get_connection()) as queries:
            marks.set_marks(register, given, actor=people.teacher(), now=timezone.now())
        return len(queries)

    few, many = took(crowd[:2]), took(crowd[2:])
    assert few == many <= 12


def test_history_cannot_be_rewritten():
    mark(registers.register(), P)
    for touch in (lambda: RecordChange.objects.update(reason="x"), lambda: RecordChange.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            touch()


def test_a_record_stands_once_for_class_and_student():
    register = registers.register()
    mark(register, P)
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.create(class_session=register.class_session, student=people.student())


@pytest.mark.django_db(transaction=True)
def test_of_two_teachers_at_once_the_second_learns_of_the_first():
    register = registers.register()
    works = [
        lambda: mark(register, P, seen=0, actor=people.teacher()),
        lambda: mark(register, A, seen=0, actor=people.admin()),
    ]
    people.teacher(), people.admin()
    outcomes = racing.at_once(works)
    assert sorted(len(one.saved) for one in outcomes) == [0, 1]
    assert sorted(one.code for outcome in outcomes for one in outcome.refused) == ["changed"]
    assert RecordChange.objects.count() == 1


def test_a_register_opens_at_its_time_and_once():
    coming = registers.class_now(began_min_ago=-60)
    with pytest.raises(RegisterRefused):
        registers.rules.open_register(coming, now=timezone.now())
    soon = coming.starts_at - timedelta(minutes=15)
    assert registers.rules.open_register(coming, now=soon).pk == coming.pk
    assert registers.rules.open_register(coming, now=soon).pk == coming.pk
