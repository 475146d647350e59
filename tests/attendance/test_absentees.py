"""Who was absent on a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Guardianship, Role
from attendance import closing
from attendance.models import Register
from batches.models import Batch
from tests import people
from tests.attendance import months
from tests.attendance.months import lines_of, text_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db
URL = "/attendance/absentees/"


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def a_class(letter="A", batch=None, hour=17):
    """Yesterday's, with Ananya's record."""
    held = batch or timetables.batch()
    if not held.enrolments.filter(student=people.student()).exists():
        timetables.enrol(people.student(), held)
    row = timetables.class_session(held, timetables.at(yesterday(), hour))
    months.say([row], people.student(), letter)
    return row


def seen_by(person, **query):
    return people.signed_in(person).get(URL, {"on": yesterday().isoformat(), **query})


def test_absentee_stands_once_with_all_classes_he_missed():
    a_class(hour=9)
    a_class(hour=17)
    answer = seen_by(people.teacher())
    [one] = answer.context["day"].absentees
    assert [timezone.localtime(row.starts_at).hour for row in one.missed] == [9, 17]
    assert "0 of 2 were there" in text_of(answer)


def test_leave_and_cancelled_classes_are_no_absence():
    a_class("E", hour=9)
    row = a_class("A", hour=17)
    type(row).objects.filter(pk=row.pk).update(cancelled_at=timezone.now())
    answer = seen_by(people.teacher())
    assert answer.context["day"].absentees == []
    assert "1 on leave" in text_of(answer)


def test_office_has_the_ways_to_reach_guardians_and_teachers_do_not():
    father = people.guardian()
    father.phone = "98230 41161"
    father.save()
    Guardianship.objects.create(guardian=father, student=people.student(), relation="Father")
    a_class()
    admins, teachers = text_of(seen_by(people.admin())), text_of(seen_by(people.teacher()))
    assert 'href="tel:9823041161"' in admins
    assert "sunil@pragati.test" in admins
    assert "98230" not in teachers
    assert "sunil@pragati.test" not in teachers


def test_student_without_a_guardian_is_named_as_one():
    a_class()
    assert "No guardian is known" in text_of(seen_by(people.admin()))


def test_guardians_are_told_when_the_register_is_closed_and_not_before():
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    a_class(hour=8)
    assert "Guardians not told yet" in text_of(seen_by(people.admin()))
    register = Register.objects.create(class_session=timetables.batch().class_sessions.get())
    closing.close_register(register, actor=people.teacher(), now=timezone.now())
    assert "Guardians told" in text_of(seen_by(people.admin()))


def test_teacher_sees_his_batches_only_and_can_narrow_to_one():
    a_class()
    strange = Batch.objects.create(name="Other", starts_on="2026-01-01", ends_on="2027-12-31")
    a_class(batch=strange, hour=8)
    second = timetables.batch("NEET 2027 C")
    a_class(batch=second, hour=20)
    [one] = seen_by(people.teacher()).context["day"].absentees
    assert {row.batch for row in one.missed} == {"JEE 2027 A", "NEET 2027 C"}
    [one] = seen_by(people.teacher(), batch=second.uuid).context["day"].absentees
    assert {row.batch for row in one.missed} == {"NEET 2027 C"}


@pytest.mark.parametrize("day", ["", "nonsense", "2026-02-30", "1066-10-14", "9999-12-31", "\0"])
def test_what_is_no_day_is_today(day):
    answer = people.signed_in(people.admin()).get(URL, {"on": day})
    assert answer.context["on"] == timezone.localdate()


def test_file_of_the_day_has_guardians_for_the_office_only():
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    a_class()
    body = {"on": yesterday().isoformat()}
    mine = lines_of(people.signed_in(people.teacher()).post(f"{URL}export/", body))
    assert mine[1] == "2026-0188,Ananya Kulkarni,JEE 2027 A,,5:00 pm,,no"
    offices = lines_of(people.signed_in(people.admin()).post(f"{URL}export/", body))
    assert offices[1].endswith(',no,"Sunil Kulkarni, sunil@pragati.test"')


def test_list_costs_the_same_at_thirty_absentees_as_at_three(same_queries):
    browser = people.signed_in(people.admin())
    row = a_class("P")

    def add(count):
        had = timetables.batch().enrolments.count()
        for number in range(had, had + count):
            one = people.person(f"Student {number}", Role.STUDENT, admission_number=f"A-{number:03}")
            timetables.enrol(one, timetables.batch())
            Guardianship.objects.create(guardian=people.guardian(), student=one)
            months.say([row], one, "A")

    same_queries(lambda: browser.get(URL, {"on": yesterday().isoformat()}), add=add, at_most=14)
