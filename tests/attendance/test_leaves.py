"""Leave: asked for, decided, taken back, entered by the office, and what it does to records."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from attendance import closing, leaves
from attendance.asks import AskClosed
from attendance.models import Freeze, Leave, Record, RecordChange
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from tests import people, racing
from tests.attendance import asking, registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def ask(who, *, first=None, last=None, reason="Sister's wedding", **body):
    given = {"first_on": first or asking.day(1), "last_on": last or "", "reason": reason, **body}
    return asking.post(who, "leave_ask", **given)


def grant(row, *, actor=None):
    return leaves.grant(row, actor=actor or people.teacher(), now=timezone.now())


# --- Asking -----------------------------------------------------------------------------------------------------------


def test_a_student_asks_for_a_day_and_sees_it_wait():
    assert ask(people.student()).status_code == 302
    row = Leave.objects.get()
    assert (row.student, row.first_on, row.last_on) == (people.student(), asking.day(1), asking.day(1))
    page = people.signed_in(people.student()).get(reverse("leave_list"))
    assert "Sister&#x27;s wedding" in page.content.decode()
    assert "Take back" in page.content.decode()


def test_a_guardian_asks_for_his_child_and_chooses_when_he_has_two():
    asking.a_family()
    ask(people.guardian())
    assert Leave.objects.get().student == people.student()
    asking.Guardianship.objects.create(guardian=people.guardian(), student=people.other_student())
    assert ask(people.guardian(), first=asking.day(2)).status_code == 200
    ask(people.guardian(), first=asking.day(2), student=str(people.other_student().uuid))
    assert Leave.objects.get(first_on=asking.day(2)).student == people.other_student()


def test_from_a_childs_attendance_leave_is_asked_for_that_child():
    asking.a_family()
    asking.Guardianship.objects.create(guardian=people.guardian(), student=people.other_student())
    guardian, other = people.signed_in(people.guardian()), people.other_student()
    page = guardian.get(reverse("attendance"), {"child": str(other.uuid)}).content.decode()
    url = f"{reverse('leave_ask')}?student={other.uuid}"
    assert f'href="{url}"' in page
    assert f'<option value="{other.uuid}" selected>' in guardian.get(url).content.decode()
    assert guardian.get(reverse("leave_ask"), {"student": "nobody"}).status_code == 200


def test_nobody_asks_for_somebody_elses_child():
    asking.a_family()
    ask(people.guardian(), student=str(people.other_student().uuid))
    assert not Leave.objects.filter(student=people.other_student()).exists()
    assert ask(people.teacher()).status_code == 403


def test_the_same_form_sent_twice_is_one_request():
    ask(people.student())
    ask(people.student())
    assert Leave.objects.count() == 1
    assert Activity.objects.filter(event="leave.asked").count() == 1


@pytest.mark.parametrize(
    ("first", "last", "at"), [(-8, 0, "first_on"), (1, 91, "last_on"), (3, 2, "last_on"), (1, 40_000, "last_on")]
)
def test_days_too_far_away_or_in_the_wrong_order_are_refused_at_their_field(first, last, at):
    page = ask(people.student(), first=asking.day(first), last=asking.day(last))
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [at]
    assert not Leave.objects.exists()


@pytest.mark.parametrize("body", [{"reason": "  "}, {"first": "31-02"}, {"reason": "x" * 501}])
def test_nonsense_is_refused_and_nothing_is_kept(body):
    assert ask(people.student(), **body).status_code == 200
    assert not Leave.objects.exists()


def test_no_student_has_more_than_ten_requests_waiting():
    for days in range(1, 13):
        ask(people.student(), first=asking.day(days))
    assert Leave.objects.count() == leaves.WAITING_AT_MOST


# --- Deciding ---------------------------------------------------------------------------------------------------------


def test_a_teacher_of_a_batch_of_his_grants_leave_and_another_teacher_does_not_find_it():
    timetables.enrol(people.student(), timetables.batch())
    row = asking.leave()
    assert asking.post(people.other_teacher(), "leave_decide", row, do="grant").status_code == 404
    asking.post(people.teacher(), "leave_decide", row, do="grant")
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (AskState.GRANTED, people.teacher())


def test_a_teacher_of_a_batch_he_left_sees_his_leave_from_then_but_does_not_decide_it():
    timetables.enrol(people.student(), timetables.batch(), left_at=timezone.now() - timedelta(days=2))
    from_then, later = asking.leave(first=asking.day(-4)), asking.leave()
    assert asking.post(people.teacher(), "leave_decide", from_then, do="grant").status_code == 403
    assert asking.post(people.teacher(), "leave_decide", later, do="grant").status_code == 404


def test_nobody_grants_leave_to_his_own_child():
    batch = timetables.batch()
    timetables.enrol(people.student(), batch)
    timetables.Teaching.objects.create(batch=batch, teacher=people.guardian_who_teaches())
    asking.Guardianship.objects.create(guardian=people.guardian_who_teaches(), student=people.student())
    row = asking.leave()
    assert asking.post(people.guardian_who_teaches(), "leave_decide", row, do="grant").status_code == 403


def test_leave_is_refused_with_an_answer_only():
    row = asking.leave()
    asking.post(people.admin(), "leave_decide", row, do="refuse", answer=" ")
    row.refresh_from_db()
    assert row.state == AskState.ASKED
    asking.post(people.admin(), "leave_decide", row, do="refuse", answer="The mock test is on that day")
    row.refresh_from_db()
    assert (row.state, row.answer) == (AskState.REFUSED, "The mock test is on that day")
    with pytest.raises(AskClosed):
        grant(row)


def test_an_unknown_verb_is_no_decision():
    row = asking.leave()
    assert asking.post(people.admin(), "leave_decide", row, do="shred").status_code == 400


def test_leave_that_is_granted_is_taken_back_until_it_is_over():
    row = asking.granted()
    assert asking.post(people.student(), "leave_withdraw", row).status_code == 302
    row.refresh_from_db()
    assert row.state == AskState.WITHDRAWN
    over = asking.granted(first=asking.day(-3))
    asking.post(people.student(), "leave_withdraw", over)
    over.refresh_from_db()
    assert over.state == AskState.GRANTED


def test_days_that_were_refused_or_taken_back_may_be_asked_for_again():
    asking.leave(first=asking.day(1), state=AskState.REFUSED)
    ask(people.student())
    assert Leave.objects.filter(state=AskState.ASKED).count() == 1


# --- What it does -----------------------------------------------------------------------------------------------------


def test_leave_granted_afterwards_excuses_from_classes_nobody_marked_him_in():
    record = asking.missed()
    grant(asking.leave(first=timezone.localdate(record.class_session.starts_at)))
    record.refresh_from_db()
    assert (record.status, record.source) == (Status.EXCUSED, Source.LEAVE)
    change = RecordChange.objects.order_by("version").last()
    assert (change.was, change.reason, change.is_correction, change.by) == (
        Status.ABSENT,
        "Leave was granted.",
        True,
        people.teacher(),
    )


def test_leave_leaves_what_a_teacher_said_and_other_days_as_they_are():
    marked = registers.mark(registers.class_now(), people.student(), Status.ABSENT)
    other_day = asking.missed(hours_ago=50)
    grant(asking.leave(first=timezone.localdate(marked.class_session.starts_at)))
    marked.refresh_from_db()
    other_day.refresh_from_db()
    assert (marked.status, other_day.status) == (Status.ABSENT, Status.ABSENT)


def test_leave_changes_nothing_in_a_frozen_period():
    record = asking.missed()
    day = timezone.localdate(record.class_session.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Report", made_by=people.admin())
    row = grant(asking.leave(first=day))
    record.refresh_from_db()
    assert (row.state, record.status) == (AskState.GRANTED, Status.ABSENT)


def test_leave_taken_back_changes_no_closed_register_but_counts_for_no_open_one():
    row = asking.granted(first=asking.day(-1), last=asking.day(1))
    closed = registers.register()
    closing.close_register(closed, actor=people.teacher(), now=timezone.now())
    asking.post(people.student(), "leave_withdraw", row)
    still_open = registers.register(registers.class_now(began_min_ago=2))
    closing.close_register(still_open, actor=people.teacher(), now=timezone.now())
    said = dict(Record.objects.values_list("class_session", "status"))
    assert said == {closed.pk: Status.EXCUSED, still_open.pk: Status.ABSENT}


def test_the_office_enters_leave_which_is_granted_at_once():
    record = asking.missed(hours_ago=24 * 20)
    day = timezone.localdate(record.class_session.starts_at)
    assert ask(people.admin(), first=day, student="2026-0188").status_code == 302
    record.refresh_from_db()
    assert Leave.objects.get().state == AskState.GRANTED
    assert record.status == Status.EXCUSED


def test_the_office_enters_leave_for_students_only_and_grants_what_was_asked_for():
    assert ask(people.admin(), student="meera@pragati.test").status_code == 200
    asking.leave(first=asking.day(1))
    ask(people.admin(), student="2026-0188")
    assert Leave.objects.get().state == AskState.GRANTED


# --- At the same moment -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_leave_at_once_decide_it_once():
    row, deciders = asking.leave(), [people.teacher(), people.admin()]
    works = [lambda one=one: grant(row, actor=one) for one in deciders]
    done = racing.at_once(works)
    row.refresh_from_db()
    assert [one.decided_by_id for one in done] == [row.decided_by_id] * 2
    assert Activity.objects.filter(event="leave.granted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_leave_granted_while_the_register_is_being_closed_excuses_either_way():
    register = registers.register()
    row, teacher = asking.leave(first=timezone.localdate(register.class_session.starts_at)), people.teacher()
    works = [
        lambda: grant(row, actor=teacher),
        lambda: closing.close_register(register, actor=teacher, now=timezone.now()),
    ]
    racing.at_once(works)
    assert Record.objects.get().status == Status.EXCUSED


@pytest.mark.django_db(transaction=True)
def test_the_same_leave_asked_for_twice_at_once_is_one():
    student, now = people.student(), timezone.now()
    given = {"first_on": asking.day(1), "last_on": asking.day(1), "reason": "Wedding", "actor": student, "now": now}
    rows = racing.at_once([lambda: leaves.ask(student, **given)] * 2)
    assert rows[0].pk == rows[1].pk
    assert Leave.objects.count() == 1
