"""The last seat, the last use of a code, one offer: sixteen at once, with real threads and on whichever database."""

from functools import partial

import pytest
from django.utils import timezone

from batches import codes, enrolments, waiting
from batches.models import Enrolment, JoinCode, JoinRequest
from coaching.lib.errors import DomainError
from tests import people
from tests.batches import enrolling, timetables
from tests.racing import at_once, outcomes

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 16


def codes_of(given):
    return sorted(one.code for one in given if isinstance(one, DomainError))


def test_of_sixteen_who_are_enrolled_at_once_one_gets_the_last_seat():
    batch, admin = enrolling.batch(seats=1), people.admin()
    works = [partial(enrolments.enrol, batch, student=one, actor=admin) for one in enrolling.students(AT_ONCE)]
    given = outcomes(works)
    assert codes_of(given) == ["batch_full"] * (AT_ONCE - 1)
    assert Enrolment.objects.count() == 1


def test_one_student_enrolled_sixteen_times_at_once_is_in_once():
    batch, admin, student = enrolling.batch(), people.admin(), people.student()
    given = outcomes([partial(enrolments.enrol, batch, student=student, actor=admin)] * AT_ONCE)
    assert codes_of(given) == ["already_enrolled"] * (AT_ONCE - 1)
    assert Enrolment.objects.count() == 1


def test_cap_of_a_code_is_exact_when_sixteen_use_it_at_once():
    batch = enrolling.batch()
    code = enrolling.join_code(batch, most_uses=5)
    given = outcomes([partial(codes.use, code.code, student=one) for one in enrolling.students(AT_ONCE)])
    assert codes_of(given) == ["join_code_refused"] * (AT_ONCE - 5)
    assert Enrolment.objects.count() == 5
    assert JoinCode.objects.get().uses == 5


def test_sixteen_with_a_code_share_the_seats_and_the_others_wait_in_order():
    batch = enrolling.batch(seats=3)
    code = enrolling.join_code(batch)
    at_once([partial(codes.use, code.code, student=one) for one in enrolling.students(AT_ONCE)])
    assert Enrolment.objects.count() == 3
    waits = JoinRequest.objects.filter(state="WAITING")
    assert sorted(waiting.places(waits).values()) == list(range(1, AT_ONCE - 2))


def test_sixteen_who_leave_at_once_make_sixteen_offers_and_none_too_many():
    batch, admin = enrolling.batch(seats=AT_ONCE), people.admin()
    stays = [timetables.enrol(one, batch) for one in enrolling.students(AT_ONCE)]
    for one in enrolling.students(AT_ONCE + 4, first=100):
        waiting.wait(batch, student=one, actor=admin)
    at_once([partial(enrolments.leave, one, actor=admin) for one in stays])
    assert JoinRequest.objects.filter(state="OFFERED").count() == AT_ONCE
    assert JoinRequest.objects.filter(state="WAITING").count() == 4


def test_offer_that_is_accepted_and_declined_at_once_ends_in_one_of_the_two():
    admin = people.admin()
    for number in range(4):
        batch = enrolling.batch(f"Batch {number}", seats=1)
        offered = waiting.wait(batch, student=people.student(), actor=admin)
        assert offered.state == "OFFERED"
        outcomes([partial(verb, offered, actor=people.student()) for verb in (waiting.accept, waiting.withdraw)])
        offered.refresh_from_db()
        is_in = Enrolment.objects.not_over(timezone.now()).filter(batch=batch).exists()
        assert (offered.state, is_in) in {("ENROLLED", True), ("WITHDRAWN", False)}


def test_students_who_change_places_between_two_batches_wait_in_no_circle():
    one, two, admin = enrolling.batch(), enrolling.batch("NEET 2027"), people.admin()
    here = [timetables.enrol(student, one) for student in enrolling.students(8)]
    there = [timetables.enrol(student, two) for student in enrolling.students(8, first=100)]
    works = [partial(enrolments.transfer, stay, to=two, actor=admin) for stay in here]
    works += [partial(enrolments.transfer, stay, to=one, actor=admin) for stay in there]
    at_once(works)
    now = timezone.now()
    assert Enrolment.objects.active_at(now).filter(batch=one, student__in=[s.student for s in there]).count() == 8
    assert Enrolment.objects.active_at(now).count() == 16
