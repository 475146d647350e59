"""Closing a register: who becomes absent by it, who does not, and when the scheduler does it."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Activity
from attendance import closing, marks
from attendance.missing import classes_without_register
from attendance.models import Freeze, Leave, Record, RecordChange
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from attendance.rules import PeriodFrozen, RegisterRefused
from tests import people
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db

P, L, A, E, W, U = (
    Status.PRESENT,
    Status.LATE,
    Status.ABSENT,
    Status.EXCUSED,
    Status.WAITING,
    Status.UNMARKED,
)


def over(*, hours_ago: float = 3, **fields):
    """The opened register of a class that ended so long ago."""
    held = registers.class_now(began_min_ago=hours_ago * 60 + 90, **fields)
    return registers.register(held)


def say(register, student, status, *, actor=None):
    one = marks.Mark(student.pk, status)
    marks.set_marks(register, [one], actor=actor or people.teacher(), now=timezone.now())


def close(register, *, actor=None):
    return closing.close_register(register, actor=actor or people.teacher(), now=timezone.now())


def status_of(register, student):
    return Record.objects.get(class_session=register.pk, student=student).status


def on_leave(student, *, first=None, last=None, state=AskState.GRANTED):
    day = timezone.localdate()  # and the day before, on which a class of just now began when it is midnight
    return Leave.objects.create(
        student=student,
        first_on=first or day - timedelta(days=1),
        last_on=last or day,
        reason="Wedding",
        state=state,
        asked_by=student,
    )


def test_whoever_is_not_marked_is_absent_and_who_is_marked_stays_as_he_is():
    register = registers.register()
    timetables.enrol(people.other_student(), register.class_session.batch)
    say(register, people.other_student(), L)
    assert close(register) == 1
    assert register.is_final
    assert status_of(register, people.student()) == A
    assert status_of(register, people.other_student()) == L
    change = RecordChange.objects.get(record__student=people.student())
    assert (change.was, change.status, change.source, change.by) == (U, A, Source.CLOSING, None)
    assert not change.is_correction


def test_closing_again_changes_nothing():
    register = registers.register()
    close(register)
    before = register.finalised_at
    assert close(register, actor=people.admin()) == 0
    register.refresh_from_db()
    assert (register.finalised_at, register.finalised_by) == (before, people.teacher())
    assert RecordChange.objects.count() == 1
    assert Activity.objects.get(event="attendance.closed").extra["absent"] == 1


def test_who_waits_for_the_teacher_goes_on_waiting():
    register = registers.register()
    say(register, people.student(), W)
    assert close(register) == 0
    assert status_of(register, people.student()) == W


@pytest.mark.parametrize(("state", "says"), [(AskState.GRANTED, E), (AskState.ASKED, A), (AskState.REFUSED, A)])
def test_leave_excuses_when_it_was_granted(state, says):
    register = registers.register()
    on_leave(people.student(), state=state)
    close(register)
    assert status_of(register, people.student()) == says
    assert Record.objects.get().source == (Source.LEAVE if says == E else Source.CLOSING)


def test_leave_of_another_day_excuses_nobody():
    register = registers.register()
    tomorrow = timezone.localdate() + timedelta(days=1)
    on_leave(people.student(), first=tomorrow, last=tomorrow)
    close(register)
    assert status_of(register, people.student()) == A


def test_who_left_before_the_class_is_not_made_absent():
    register = registers.register()
    timetables.enrol(
        people.other_student(),
        register.class_session.batch,
        left_at=register.class_session.starts_at - timedelta(days=1),
    )
    close(register)
    assert not Record.objects.filter(student=people.other_student()).exists()


def test_a_class_is_not_closed_before_it_begins_nor_when_it_is_cancelled_or_frozen():
    coming = registers.register(registers.class_now(began_min_ago=-10))
    with pytest.raises(RegisterRefused):
        close(coming)
    cancelled = registers.register()
    cancelled.class_session.cancelled_at = timezone.now()
    cancelled.class_session.save()
    with pytest.raises(RegisterRefused):
        close(cancelled)
    frozen = registers.register()
    day = timezone.localdate(frozen.class_session.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Report", made_by=people.admin())
    with pytest.raises(PeriodFrozen):
        close(frozen)
    assert not Record.objects.exists()


# --- The scheduler ----------------------------------------------------------------------------------------------------


def test_the_scheduler_closes_what_is_over_for_two_hours_and_in_which_somebody_was_marked():
    register = over()
    timetables.enrol(people.other_student(), register.class_session.batch)
    say(register, people.other_student(), P)
    done = closing.close_due(now=timezone.now())
    assert (done.closed, done.absent, done.failed) == (1, 1, [])
    register.refresh_from_db()
    assert (register.is_final, register.finalised_by) == (True, None)
    assert closing.close_due(now=timezone.now()).closed == 0


def test_the_scheduler_leaves_a_class_alone_that_was_over_only_just_now():
    register = over(hours_ago=1.9)
    say(register, people.student(), P)
    assert closing.close_due(now=timezone.now()).closed == 0


def test_the_scheduler_leaves_a_class_alone_for_which_nobody_took_a_register():
    over()
    assert closing.close_due(now=timezone.now()).closed == 0
    assert not Record.objects.exists()


def test_the_scheduler_waits_for_check_in_that_closes_after_the_class():
    register = over(hours_ago=3)
    register.close_after_min = 90 + 120
    register.save()
    say(register, people.student(), P)
    assert closing.close_due(now=timezone.now()).closed == 0
    assert closing.close_due(now=timezone.now() + timedelta(hours=1, minutes=1)).closed == 1


def test_the_scheduler_leaves_frozen_days_alone():
    register = over()
    say(register, people.student(), P)
    day = timezone.localdate(register.class_session.starts_at)
    freeze = Freeze.objects.create(first_on=day, last_on=day, reason="Report", made_by=people.admin())
    assert closing.close_due(now=timezone.now()) == closing.Round()
    freeze.lifted_at = timezone.now()
    freeze.save()
    assert closing.close_due(now=timezone.now()).closed == 1


def command(*words):
    """What `manage.py close_registers` prints, and its exit status."""
    out, status = io.StringIO(), 0
    try:
        call_command("close_registers", *words, stdout=out)
    except SystemExit as ended:
        status = ended.code
    return out.getvalue(), status


def test_the_command_closes_what_is_due_and_the_second_time_nothing():
    say(over(), people.student(), W)
    register = over(hours_ago=5)
    timetables.enrol(people.other_student(), register.class_session.batch)
    say(register, people.other_student(), P)
    assert command("--json") == ('{"closed": 2, "absent": 2, "failed": []}\n', 0)
    assert command() == ("registers closed: 0; students made absent by that: 0\n", 0)


@pytest.mark.django_db(transaction=True)
def test_a_register_that_cannot_be_closed_does_not_stop_the_others():
    bad, good = over(hours_ago=6), over(hours_ago=3)
    for register in (bad, good):
        say(register, people.student(), W)
    timetables.enrol(people.other_student(), bad.class_session.batch)
    spoilt = Record.objects.create(class_session=bad.class_session, student=people.other_student())
    RecordChange.objects.create(record=spoilt, version=1, was=U, status=U, source=Source.TEACHER)
    text, status = command("--json")
    assert json.loads(text) == {"closed": 1, "absent": 1, "failed": [str(bad.class_session.uuid)]}
    assert status == 1
    bad.refresh_from_db()
    assert not bad.is_final


# --- Classes without a register ---------------------------------------------------------------------------------------


def missing():
    return [row.pk for row in classes_without_register(timezone.now())]


def test_a_class_that_is_over_and_of_which_nothing_is_said_lacks_its_register():
    held = registers.class_now(began_min_ago=200)
    assert missing() == [held.pk]
    say(registers.register(held), people.student(), P)
    assert missing() == []


def test_a_class_lacks_no_register_while_it_is_on_when_cancelled_long_ago_or_with_nobody_in_it():
    registers.class_now()
    registers.class_now(began_min_ago=200, cancelled_at=timezone.now())
    registers.class_now(began_min_ago=15 * 24 * 60)
    timetables.class_session(timetables.batch("Empty"), timezone.now() - timedelta(hours=4))
    assert missing() == []
