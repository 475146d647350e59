"""The waiting list: who stands where, whom a free seat is offered, what becomes of offers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Guardianship, Notification
from batches import enrolments, seats, tasks, waiting
from batches.models import Enrolment, JoinRequest
from tests import people
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db
State = JoinRequest.State


def full_batch():
    """One seat, taken by the student; the others wait in order."""
    batch = enrolling.batch(seats=1)
    return batch, timetables.enrol(people.student(), batch)


def waits(batch, *students):
    return [waiting.wait(batch, student=one, actor=people.admin()) for one in students]


def states(*requests):
    return [JoinRequest.objects.get(pk=one.pk).state for one in requests]


def answer(who, request, do):
    return people.signed_in(who).post(reverse("join_request_answer", args=[request.uuid]), {"do": do})


def decide(who, *requests, **entry):
    chosen = {"chosen": [one.uuid for one in requests]}
    return people.signed_in(who).post(reverse("join_request_act"), {**chosen, **entry})


def test_freed_seat_is_offered_to_who_waits_first_and_he_is_told():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    now = timezone.now()
    enrolments.leave(stay, actor=people.admin(), now=now)
    assert states(first, second) == ["OFFERED", "WAITING"]
    assert JoinRequest.objects.get(pk=first.pk).offer_ends_at == now + timedelta(hours=48)
    assert "A place in JEE 2027 A is free for you" in [
        one.title for one in Notification.objects.filter(recipient=first.student)
    ]
    with pytest.raises(enrolments.BatchFull):
        enrolments.enrol(batch, student=people.other_student(), actor=people.admin())


def test_offer_is_accepted_once_by_the_student_or_his_guardian():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    Guardianship.objects.create(guardian=people.guardian(), student=first.student)
    enrolments.leave(stay, actor=people.admin())
    assert answer(people.other_student(), first, "accept").status_code == 404
    assert answer(people.admin(), first, "accept").status_code == 404
    for _time in range(2):
        assert answer(people.guardian(), first, "accept").status_code == 302
    made = Enrolment.objects.get(student=first.student)
    assert (made.source, made.created_by) == ("OFFER", people.guardian())
    assert Activity.objects.filter(event="enrolment.joined").count() == 1
    assert states(first, second) == ["ENROLLED", "WAITING"]


def test_declined_offer_goes_to_the_next_at_once():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    enrolments.leave(stay, actor=people.admin())
    for _time in range(2):
        answer(first.student, first, "withdraw")
    assert states(first, second) == ["WITHDRAWN", "OFFERED"]


def test_offer_lapses_and_the_schedule_hands_the_seat_on():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    now = timezone.now()
    enrolments.leave(stay, actor=people.admin(), now=now)
    late = now + seats.OFFER_LASTS
    with pytest.raises(waiting.RequestClosed, match="ran out"):
        waiting.accept(first, actor=first.student, now=late)
    assert waiting.hand_out_due(now=late - timedelta(seconds=1)) == 0
    assert waiting.hand_out_due(now=late) == 1
    assert waiting.hand_out_due(now=late) == 0
    assert states(first, second) == ["LAPSED", "OFFERED"]
    told = Notification.objects.filter(recipient=first.student).values_list("title", flat=True)
    assert "The offer of a place in JEE 2027 A ran out" in list(told)


def test_task_hands_out_what_time_freed():
    batch, stay = full_batch()
    [first] = waits(batch, *enrolling.students(1))
    Enrolment.objects.filter(pk=stay.pk).update(left_at=timezone.now())
    tasks.hand_out_seats()
    assert states(first) == ["OFFERED"]


def test_expired_offer_gives_nobody_a_seat_before_those_who_wait():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    enrolments.leave(stay, actor=people.admin())
    with pytest.raises(enrolments.BatchFull):
        enrolments.enrol(
            batch, student=people.other_student(), actor=people.admin(), now=timezone.now() + seats.OFFER_LASTS
        )
    assert states(first, second) == ["OFFERED", "WAITING"]  # what a refusal did is undone with it


def test_more_seats_are_offered_through_the_page_of_the_batch():
    batch, _stay = full_batch()
    requests = waits(batch, *enrolling.students(3))
    batch.seats = 3
    batch.save()
    waiting.hand_out_due(now=timezone.now())
    assert states(*requests) == ["OFFERED", "OFFERED", "WAITING"]


def test_places_are_counted_in_each_batch_and_shown_to_the_student():
    batch, _stay = full_batch()
    requests = waits(batch, *enrolling.students(3))
    assert waiting.places(requests) == {requests[0].pk: 1, requests[1].pk: 2, requests[2].pk: 3}
    page = people.signed_in(requests[2].student).get(reverse("my_batches")).content.decode()
    assert "Number 3 on the waiting list." in page


def test_out_of_order_stands_first_with_a_reason_and_gets_the_next_seat():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    asked = decide(people.teacher(), second, do="prefer", back="batch")
    assert "Give the next seat" in asked.content.decode()
    assert decide(people.teacher(), second, do="prefer", sure="1").status_code == 200  # a reason is needed
    assert decide(people.teacher(), second, do="prefer", sure="1", reason="Moved here").status_code == 302
    assert waiting.places(JoinRequest.objects.all()) == {second.pk: 1, first.pk: 2}
    enrolments.leave(stay, actor=people.admin())
    assert states(first, second) == ["WAITING", "OFFERED"]
    assert Activity.objects.get(event="join_request.preferred").actor == people.teacher()


def test_teacher_takes_somebody_off_the_list_and_his_offer_with_it():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    enrolments.leave(stay, actor=people.admin())
    assert decide(people.other_teacher(), first, do="refuse", sure="1", reason="x").status_code == 302
    assert states(first, second) == ["OFFERED", "WAITING"]
    for _time in range(2):
        decide(people.teacher(), first, do="refuse", sure="1", reason="Joined elsewhere")
    assert states(first, second) == ["REFUSED", "OFFERED"]
    told = Notification.objects.filter(recipient=first.student, title="You cannot join JEE 2027 A")
    assert [one.body for one in told] == ["Joined elsewhere"]


def test_who_waits_and_is_enrolled_by_the_office_waits_no_longer():
    batch, _stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    batch.seats = 2
    batch.save()
    waiting.hand_out_due(now=timezone.now())
    enrolments.enrol(batch, student=first.student, actor=people.admin())
    assert states(first, second) == ["ENROLLED", "WAITING"]
    assert seats.free(batch, now=timezone.now()) == 0


def test_closed_account_is_passed_over():
    batch, stay = full_batch()
    first, second = waits(batch, *enrolling.students(2))
    first.student.is_active = False
    first.student.save()
    enrolments.leave(stay, actor=people.admin())
    assert states(first, second) == ["WAITING", "OFFERED"]


def test_who_is_in_already_or_no_student_does_not_wait():
    batch, _stay = full_batch()
    with pytest.raises(enrolments.AlreadyEnrolled):
        waiting.wait(batch, student=people.student(), actor=people.admin())
    with pytest.raises(enrolments.NoStudent):
        waiting.wait(batch, student=people.teacher(), actor=people.admin())


def test_batch_without_counted_seats_lets_nobody_wait():
    batch = enrolling.batch()
    [first] = waits(batch, people.student())
    assert first.state == State.OFFERED


def test_what_was_decided_is_not_decided_otherwise():
    batch, _stay = full_batch()
    [first] = waits(batch, *enrolling.students(1))
    waiting.withdraw(first, actor=first.student)
    with pytest.raises(waiting.RequestClosed, match="Withdrawn"):
        waiting.refuse(first, reason="x", actor=people.admin())
    with pytest.raises(waiting.RequestClosed):
        waiting.accept(first, actor=first.student)
    assert "Decided already." in str(answer(first.student, first, "accept").wsgi_request._messages._queued_messages[0])


def test_answer_without_a_verb_is_refused():
    batch, _stay = full_batch()
    [first] = waits(batch, *enrolling.students(1))
    assert answer(first.student, first, "eat").status_code == 400
    assert decide(people.teacher(), first, do="eat").status_code == 400
    assert (
        people.signed_in(people.teacher())
        .post(reverse("join_request_act"), {"chosen": ["x"], "do": "approve"})
        .status_code
        == 400
    )
