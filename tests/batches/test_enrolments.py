"""Joining, leaving, moving to another batch: what the services keep true."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Activity, Guardianship, Notification
from batches import changes, enrolments, waiting
from batches.models import Enrolment, JoinRequest
from tests import people
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db
State = JoinRequest.State
DAY = timedelta(days=1)


def told(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_student_joins_and_he_and_his_guardian_are_told_but_not_the_actor():
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    batch = enrolling.batch()
    made = enrolments.enrol(batch, student=people.student(), actor=people.admin())
    assert made.is_active(timezone.now())
    assert told(people.student()) == ["Enrolled in JEE 2027 A"]
    assert told(people.guardian()) == ["Enrolled in JEE 2027 A"]
    assert Notification.objects.get(recipient=people.guardian()).about == people.student()
    assert told(people.admin()) == []
    line = Activity.objects.get(event="enrolment.joined")
    assert (line.actor, line.subject, line.extra["name"]) == (people.admin(), people.student(), "JEE 2027 A")


@pytest.mark.parametrize("who", [people.teacher, people.guardian, people.admin, people.cashier])
def test_nobody_but_students_is_enrolled(who):
    with pytest.raises(enrolments.NoStudent, match="no student"):
        enrolments.enrol(enrolling.batch(), student=who(), actor=people.admin())


def test_closed_account_archived_batch_and_doubled_enrolment_are_refused():
    batch, student, admin = enrolling.batch(), people.student(), people.admin()
    student.is_active = False
    student.save()
    with pytest.raises(enrolments.NoStudent, match="closed"):
        enrolments.enrol(batch, student=student, actor=admin)
    student.is_active = True
    student.save()
    batch.archived_at = timezone.now()
    batch.save()
    with pytest.raises(enrolments.BatchArchived):
        enrolments.enrol(batch, student=student, actor=admin)
    batch.archived_at = None
    batch.save()
    enrolments.enrol(batch, student=student, actor=admin)
    with pytest.raises(enrolments.AlreadyEnrolled):
        enrolments.enrol(batch, student=student, actor=admin)
    assert Enrolment.objects.count() == 1


def test_full_batch_refuses_and_says_what_to_do():
    batch = enrolling.batch(seats=2)
    one, two, three = enrolling.students(3)
    enrolments.enrol_many(batch, students=[one, two], actor=people.admin())
    with pytest.raises(enrolments.BatchFull, match="waiting list"):
        enrolments.enrol(batch, student=three, actor=people.admin())


def test_many_are_enrolled_all_or_none_and_the_same_again_adds_nobody():
    batch = enrolling.batch(seats=3)
    crowd = enrolling.students(4)
    with pytest.raises(enrolments.BatchFull):
        enrolments.enrol_many(batch, students=crowd, actor=people.admin())
    assert not Enrolment.objects.exists()
    first = enrolments.enrol_many(batch, students=crowd[:3], actor=people.admin())
    again = enrolments.enrol_many(batch, students=crowd[:3], actor=people.admin())
    assert (len(first.added), len(again.added), len(again.already)) == (3, 0, 3)
    assert Activity.objects.filter(event="enrolment.joined").count() == 3


def test_who_joins_later_takes_a_seat_already():
    batch = enrolling.batch(seats=1)
    one, two = enrolling.students(2)
    enrolments.enrol(batch, student=one, actor=people.admin(), joined_at=timezone.now() + 10 * DAY)
    with pytest.raises(enrolments.BatchFull):
        enrolments.enrol(batch, student=two, actor=people.admin())


def test_day_outside_the_batch_is_refused():
    batch = enrolling.batch()
    with pytest.raises(enrolments.WrongDates, match="runs from"):
        enrolments.enrol(
            batch, student=people.student(), actor=people.admin(), joined_at=timezone.now() + 3 * 365 * DAY
        )


def test_leaving_counts_once_and_coming_back_is_a_stay_of_its_own():
    batch, now = enrolling.batch(), timezone.now()
    stay = timetables.enrol(people.student(), batch)
    enrolments.leave(stay, reason="Moved to Pune", actor=people.admin(), now=now)
    enrolments.leave(stay, reason="Again", actor=people.admin(), now=now + timedelta(minutes=1))
    stay.refresh_from_db()
    assert (stay.left_at, stay.leaving_reason) == (now, "Moved to Pune")
    assert Activity.objects.filter(event="enrolment.left").count() == 1
    assert told(people.student()) == ["No longer in JEE 2027 A"]
    later = now + timedelta(hours=1)
    enrolments.enrol(batch, student=people.student(), actor=people.admin(), now=later)
    assert Enrolment.objects.active_at(later).count() == 1
    assert not Enrolment.objects.active_at(now + timedelta(minutes=30)).exists()


def test_who_has_not_joined_yet_and_leaves_was_never_in():
    batch, now = enrolling.batch(), timezone.now()
    stay = enrolments.enrol(batch, student=people.student(), actor=people.admin(), joined_at=now + 5 * DAY)
    enrolments.leave(stay, actor=people.admin(), now=now)
    stay.refresh_from_db()
    assert stay.left_at == stay.joined_at
    assert not Enrolment.objects.not_over(now + 6 * DAY).exists()


def test_last_day_before_the_first_is_refused():
    stay = enrolments.enrol(enrolling.batch(), student=people.student(), actor=people.admin())
    with pytest.raises(enrolments.WrongDates):
        enrolments.leave(stay, left_at=timezone.now() - 3 * DAY, actor=people.admin())


def test_transfer_leaves_and_joins_at_one_instant_and_once():
    old, new = enrolling.batch(), enrolling.batch("NEET 2027")
    stay = timetables.enrol(people.student(), old)
    first = enrolments.transfer(stay, to=new, reason="Better fit", actor=people.admin())
    again = enrolments.transfer(stay, to=new, reason="Better fit", actor=people.admin())
    stay.refresh_from_db()
    assert first == again
    assert first.joined_at == stay.left_at
    assert (first.came_from, first.source, stay.leaving_reason) == (stay, "TRANSFER", "Better fit")
    assert told(people.student()) == ["Moved from JEE 2027 A to NEET 2027"]
    assert Activity.objects.filter(event__startswith="enrolment.").count() == 1


def test_transfer_into_a_full_batch_leaves_everything_as_it_was():
    old, new = enrolling.batch(), enrolling.batch("NEET 2027", seats=1)
    timetables.enrol(people.other_student(), new)
    stay = timetables.enrol(people.student(), old)
    with pytest.raises(enrolments.BatchFull):
        enrolments.transfer(stay, to=new, actor=people.admin())
    stay.refresh_from_db()
    assert stay.left_at is None


def test_transfer_gives_the_seat_to_who_waits():
    old, new = enrolling.batch(seats=1), enrolling.batch("NEET 2027")
    stay = timetables.enrol(people.student(), old)
    waits = waiting.wait(old, student=people.other_student(), actor=people.admin())
    enrolments.transfer(stay, to=new, actor=people.admin())
    waits.refresh_from_db()
    assert waits.state == State.OFFERED


def test_dates_put_right_do_not_overlap_another_stay():
    batch, now = enrolling.batch(), timezone.now()
    first = timetables.enrol(people.student(), batch, joined_at=now - 20 * DAY, left_at=now - 10 * DAY)
    second = timetables.enrol(people.student(), batch, joined_at=now - 5 * DAY)
    with pytest.raises(enrolments.AlreadyEnrolled, match="overlap"):
        enrolments.change_dates(first, joined_at=now - 20 * DAY, left_at=None, actor=people.admin())
    with pytest.raises(enrolments.AlreadyEnrolled, match="overlap"):
        enrolments.change_dates(second, joined_at=now - 15 * DAY, left_at=None, actor=people.admin())
    changed = enrolments.change_dates(second, joined_at=now - 10 * DAY, left_at=None, actor=people.admin())
    assert changed.joined_at == now - 10 * DAY


def test_who_is_put_back_by_dates_needs_a_seat():
    batch, now = enrolling.batch(seats=1), timezone.now()
    gone = timetables.enrol(people.student(), batch, left_at=now - DAY)
    timetables.enrol(people.other_student(), batch)
    with pytest.raises(enrolments.BatchFull):
        enrolments.change_dates(gone, joined_at=gone.joined_at, left_at=None, actor=people.admin())


def test_what_others_do_inside_a_change_fails_with_it(monkeypatch):
    seen = []

    def refuse(enrolment):
        seen.append(enrolment.student)
        raise ValueError("no")

    monkeypatch.setattr(changes, "ENROLMENT", [refuse])
    with pytest.raises(ValueError, match="no"):
        enrolments.enrol(enrolling.batch(), student=people.student(), actor=people.admin())
    assert seen == [people.student()]
    assert not Enrolment.objects.exists()
    assert not Notification.objects.exists()


def test_days_become_instants_of_the_institute():
    now = timetables.at(timezone.localdate(), 12)
    today = timezone.localdate(now)
    assert enrolments.beginning_of(today, now=now) == now
    assert enrolments.beginning_of(today + DAY, now=now) == timetables.at(today + DAY, 0)
    assert enrolments.end_of(today) == timetables.at(today + DAY, 0)
    stay = Enrolment(left_at=enrolments.end_of(today))
    assert enrolments.last_day(stay) == today


def test_guardian_of_two_is_told_of_each_child_once():
    crowd = enrolling.students(3)
    for child in crowd[:2]:
        Guardianship.objects.create(guardian=people.guardian(), student=child)
    enrolments.enrol_many(enrolling.batch(), students=crowd, actor=people.admin())
    enrolments.enrol_many(enrolling.batch(), students=crowd, actor=people.admin())
    news = Notification.objects.filter(recipient=people.guardian())
    assert {one.about for one in news} == set(crowd[:2])
    assert news.count() == 2


def test_many_are_enrolled_in_as_many_queries_as_few(django_assert_max_num_queries):
    crowd = enrolling.students(60)
    for number, child in enumerate(crowd):
        guardian = people.person(f"Guardian {number}", "GUARDIAN", email=f"g{number}@pragati.test")
        Guardianship.objects.create(guardian=guardian, student=child)
    batch = enrolling.batch(seats=60)
    with django_assert_max_num_queries(40):
        enrolments.enrol_many(batch, students=crowd, actor=people.admin())
    assert Notification.objects.count() == 120
