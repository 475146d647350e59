"""A teacher's students: who is found, what their pages say to him, and that nobody else's open."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts import guardians
from accounts.models import Role, User
from batches.models import Batch, Enrolment
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch() -> Batch:
    """Taught by Meera Joshi; Ananya is in it. Ritika is in another's."""
    made = timetables.batch()
    timetables.enrol(people.student(), made)
    other = timetables.batch("NEET 2027 C")
    other.teachings.update(teacher=people.other_teacher())
    timetables.enrol(people.other_student(), other)
    User.objects.filter(pk=people.student().pk).update(phone="98765 43210", date_of_birth=date(2010, 8, 14))
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    User.objects.filter(pk=people.guardian().pk).update(phone="98230 41161")
    return made


def found(who: User, query: str = "") -> list[str]:
    rows = people.signed_in(who).get(f"/students/{query}").context["rows"]
    return [row.student.name for row in rows]


def test_teacher_finds_his_own_students_and_an_admin_all(batch):
    assert found(people.teacher()) == ["Ananya Kulkarni"]
    assert found(people.other_teacher()) == ["रितिका शर्मा"]
    assert found(people.guardian_who_teaches()) == []
    assert found(people.admin()) == ["Ananya Kulkarni", "रितिका शर्मा"]


def test_students_are_found_by_words_and_by_batch(batch):
    other = Batch.objects.get(name="NEET 2027 C")
    assert found(people.admin(), "?q=ananya") == ["Ananya Kulkarni"]
    assert found(people.admin(), "?q=0290") == ["रितिका शर्मा"]
    assert found(people.admin(), f"?batch={other.uuid}") == ["रितिका शर्मा"]
    assert found(people.teacher(), f"?batch={other.uuid}") == ["Ananya Kulkarni"]  # not his, so no choice of his
    assert found(people.admin(), "?q=nobody") == []
    for query in ("?batch=x", "?q=%00", "?page=x", "?q=" + "x" * 5000):
        assert people.signed_in(people.teacher()).get(f"/students/{query}").status_code == 200


def test_teacher_reads_how_student_and_guardian_are_reached_and_no_more(batch):
    page = people.signed_in(people.teacher()).get(f"/accounts/people/{people.student().uuid}/").content.decode()
    for words in ("98765 43210", "Sunil Kulkarni", 'href="tel:9823041161"', "JEE 2027 A"):
        assert words in page
    for words in ("14 Aug 2010", "Signing in", "Lately", "Add or remove", "Links for guardians", "The child's day"):
        assert words not in page


def test_teacher_sees_only_his_own_batches_of_a_student(batch):
    timetables.enrol(people.student(), Batch.objects.get(name="NEET 2027 C"))
    path = f"/accounts/people/{people.student().uuid}/"
    assert "NEET 2027 C" not in people.signed_in(people.teacher()).get(path).content.decode()
    assert "NEET 2027 C" in people.signed_in(people.admin()).get(path).content.decode()


def test_others_students_and_those_who_left_are_not_there(batch):
    browser = people.signed_in(people.teacher())
    assert browser.get(f"/accounts/people/{people.other_student().uuid}/").status_code == 404
    Enrolment.objects.filter(student=people.student()).update(left_at=timezone.now())
    assert browser.get(f"/accounts/people/{people.student().uuid}/").status_code == 404
    for who in (people.cashier(), people.other_student()):
        assert people.signed_in(who).get(f"/accounts/people/{people.student().uuid}/").status_code == 404


def test_archived_batch_opens_no_students(batch):
    Batch.objects.filter(pk=batch.pk).update(archived_at=timezone.now())
    assert found(people.teacher()) == []
    path = f"/accounts/people/{people.student().uuid}/"
    assert people.signed_in(people.teacher()).get(path).status_code == 404


def test_who_stands_in_finds_the_students_of_that_batch(batch):
    timetables.class_session(batch, teacher=people.guardian_who_teaches())
    assert found(people.guardian_who_teaches()) == ["Ananya Kulkarni"]


def test_list_costs_the_same_with_3_and_with_30_students(batch, same_queries):
    browser, made = people.signed_in(people.teacher()), iter(range(100))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            student = people.person(f"S {number}", Role.STUDENT, admission_number=f"T-{number}")
            timetables.enrol(student, batch, joined_at=timezone.now() - timedelta(days=number + 1))

    same_queries(lambda: browser.get("/students/"), add=add, at_most=12)
