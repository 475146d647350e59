"""A student's attendance, as he, his guardian, his teacher and the office see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship, Role
from attendance.models import CheckInRule, Leave, Record
from attendance.models.asks import AskState
from attendance.report_months import Month
from batches.models import Batch, Holiday, Teaching
from tests import people
from tests.attendance import months
from tests.attendance.months import text_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db


def page_of(student, month="", **more):
    query = "&".join(f"{name}={value}" for name, value in ({"month": month} | more).items() if value)
    return reverse("attendance_of", args=[student.uuid]) + (f"?{query}" if query else "")


def last_month(letters="PLAEW.", batch=None, hour=17):
    """Ananya's classes on the 1st, 3rd, 5th … of last month."""
    held, month = batch or timetables.batch(), Month.of(timezone.localdate()).before
    timetables.enrol(people.student(), held)
    days = [month.first + timedelta(days=2 * number) for number in range(len(letters))]
    rows = [timetables.class_session(held, timetables.at(day, hour)) for day in days]
    months.say(rows, people.student(), letters)
    return month, rows


def lessons(answer):
    return [one for week in answer.context["page"].weeks for day in week if day for one in day.lessons]


def test_month_shows_each_class_with_its_sign_and_leads_to_the_record():
    month, rows = last_month()
    answer = people.signed_in(people.student()).get(page_of(people.student(), month))
    assert [one.sign for one in lessons(answer)] == ["P", "L", "A", "E", "W", "–"]
    first = Record.objects.get(class_session=rows[0])
    assert lessons(answer)[0].url == reverse("record", args=[first.uuid])
    text = text_of(answer)
    assert "2 of 3 classes" in text
    assert "66 %" in text
    assert "Percentages are rounded down." in text


def test_cancelled_classes_holidays_and_leave_are_named():
    month, rows = last_month("P..")
    rows[1].cancelled_at = timezone.now()
    rows[1].save()
    Holiday.objects.create(name="Diwali", starts_on=month.first, ends_on=month.first)
    day = month.last
    Leave.objects.create(
        student=people.student(),
        first_on=day,
        last_on=day,
        asked_by=people.student(),
        state=AskState.GRANTED,
        reason="x",
    )
    answer = people.signed_in(people.student()).get(page_of(people.student(), month))
    assert [one.word for one in lessons(answer)] == ["Present", "Cancelled", "Not marked"]
    days = [day for week in answer.context["page"].weeks for day in week if day]
    assert days[0].holiday == "Diwali"
    assert [one[2] for one in answer.context["page"].holidays] == ["Diwali"]
    assert days[-1].is_leave


def test_record_of_a_class_cancelled_afterwards_counts_nowhere():
    month, rows = last_month("PA")
    rows[1].cancelled_at = timezone.now()
    rows[1].save()
    answer = people.signed_in(people.student()).get(page_of(people.student(), month))
    assert (answer.context["share"].attended, answer.context["share"].held) == (1, 1)
    assert not answer.context["absences"]


def test_classes_before_he_joined_are_not_his():
    batch = timetables.batch()
    month = Month.of(timezone.localdate()).before
    timetables.class_session(batch, timetables.at(month.first, 17))
    timetables.enrol(people.student(), batch, joined_at=timetables.at(month.first + timedelta(days=1), 0))
    mine = timetables.class_session(batch, timetables.at(month.first + timedelta(days=4), 17))
    answer = people.signed_in(people.student()).get(page_of(people.student(), month))
    assert [one.starts_at for one in lessons(answer)] == [mine.starts_at]


def test_advice_says_how_many_more_and_how_many_may_be_missed():
    last_month("PPA" + "P" * 5)
    student = people.signed_in(people.student())
    assert "Can miss 1" in text_of(student.get(reverse("attendance")))
    Record.objects.filter(status="P").update(status="A")
    assert "Needs 24 more for 75 %" in text_of(student.get(reverse("attendance")))
    CheckInRule.objects.create(batch=timetables.batch(), percent_wanted=100)
    assert "100 % cannot be reached any more" in text_of(student.get(reverse("attendance")))


def test_absences_say_why_from_remark_or_leave():
    month, rows = last_month("AE")
    Record.objects.filter(class_session=rows[0]).update(remark="No letter yet")
    day = timezone.localdate(rows[1].starts_at)
    Leave.objects.create(
        student=people.student(),
        first_on=day,
        last_on=day,
        asked_by=people.student(),
        state=AskState.GRANTED,
        reason="बहन की शादी",
    )
    answer = people.signed_in(people.student()).get(page_of(people.student(), month))
    assert [one.why for one in answer.context["absences"]] == ["बहन की शादी", "No letter yet"]


def test_trend_states_its_finding_and_has_the_numbers_in_a_table():
    batch = timetables.batch()
    timetables.enrol(people.student(), batch)
    months.say(months.classes(56, batch=batch), people.student(), "P" * 28 + "PPAA" * 7)
    student = people.signed_in(people.student())
    for by in ("", "months"):
        answer = student.get(page_of(people.student(), by=by))
        assert "Falling: from " in text_of(answer)
        assert "75 % is wanted." in text_of(answer)
        assert len(answer.context["stretches"]) >= 2
    weekly = student.get(page_of(people.student())).context
    assert len(weekly["chart"].pieces) == len(weekly["chart"].dots) - 1


def test_who_has_no_class_yet_sees_what_will_stand_there():
    student = people.signed_in(people.student())
    assert "Nothing is counted yet" in text_of(student.get(reverse("attendance")))
    text = text_of(student.get(page_of(people.student())))
    assert "No classes in this month." in text
    assert "No absence" in text


def test_teacher_sees_of_his_students_the_classes_of_his_batches_only():
    month, _rows = last_month("PP")
    other = Batch.objects.create(name="Chemistry B", starts_on="2026-01-01", ends_on="2027-12-31")
    Teaching.objects.create(batch=other, teacher=people.other_teacher())
    last_month("AAA", batch=other, hour=8)
    mine = people.signed_in(people.teacher()).get(page_of(people.student(), month))
    assert [one.sign for one in lessons(mine)] == ["P", "P"]
    assert [one.batch.name for one in mine.context["shares"]] == ["JEE 2027 A"]
    assert mine.context["share"].percent == 100
    assert "Chemistry B" not in text_of(mine)
    both = people.signed_in(people.admin()).get(page_of(people.student(), month))
    assert len(lessons(both)) == 5
    assert both.context["share"].percent == 40


def test_guardian_sees_each_child_and_nobody_elses():
    last_month()
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=child)
    stranger = people.person("Rohit Meshram", Role.STUDENT, admission_number="2026-0600")
    guardian = people.signed_in(people.guardian())
    first = guardian.get(reverse("attendance"))
    assert first.context["student"] == people.student()
    second = guardian.get(reverse("attendance"), {"child": people.other_student().uuid})
    assert second.context["student"] == people.other_student()
    assert guardian.get(reverse("attendance"), {"child": stranger.uuid}).context["student"] == people.student()
    assert guardian.get(page_of(people.student())).status_code == 200
    assert guardian.get(page_of(stranger)).status_code == 404
    assert people.signed_in(people.other_student()).get(page_of(people.student())).status_code == 404


def test_teacher_with_a_child_finds_both_his_batches_and_his_child():
    father = people.guardian_who_teaches()
    Guardianship.objects.create(guardian=father, student=people.student())
    browser = people.signed_in(father)
    assert page_of(people.student()) in text_of(browser.get(reverse("attendance")))
    month, _rows = last_month("PPA")
    assert len(lessons(browser.get(page_of(people.student(), month)))) == 3


def test_who_is_nobodys_guardian_learns_who_links_children():
    assert "The office links a child to your account." in text_of(
        people.signed_in(people.cashier()).get(reverse("attendance"))
    )


def test_teachers_first_page_shows_classes_batches_and_what_waits():
    _month, rows = last_month("PPA")
    today = timetables.class_session(timetables.batch(), timezone.now() - timedelta(minutes=5))
    months.say([today], people.student(), "W")
    text = text_of(people.signed_in(people.teacher()).get(reverse("attendance")))
    assert reverse("register", args=[today.uuid]) in text
    assert reverse("attendance_grid", args=[timetables.batch().uuid]) in text
    assert "1 to confirm" in text
    assert reverse("attendance_of", args=[people.student().uuid]) in text  # two of three is too little
    assert reverse("check_in_rules") not in text
    assert len(rows) == 3


def test_office_finds_a_batch_by_a_word():
    timetables.batch("JEE 2027 A")
    timetables.batch("NEET 2027 C")
    admin = people.signed_in(people.admin())
    text = text_of(admin.get(reverse("attendance"), {"q": "neet"}))
    assert "NEET 2027 C" in text
    assert "JEE 2027 A" not in text
    assert "Nothing fits" in text_of(admin.get(reverse("attendance"), {"q": "\0 zzz"}))


def test_empty_institute_has_its_pages():
    admin = people.signed_in(people.admin())
    for name in ("attendance", "low_attendance", "absentees"):
        assert admin.get(reverse(name)).status_code == 200


def test_student_pages_cost_the_same_with_thirty_classes_as_with_three(same_queries):
    batch, browser = timetables.batch(), people.signed_in(people.student())
    timetables.enrol(people.student(), batch)
    first = timezone.now() - timedelta(days=20)

    def add(count):
        had = batch.class_sessions.count()
        rows = [
            timetables.class_session(batch, first + timedelta(hours=5 * (had + n)), minutes=30) for n in range(count)
        ]
        months.say(rows, people.student(), ("PAEL" * count)[:count])

    visits = [reverse("attendance"), page_of(people.student())]
    same_queries(lambda: [browser.get(url) for url in visits], add=add, at_most=40)


def test_first_page_of_the_office_costs_the_same_with_thirty_batches_as_with_three(same_queries):
    browser = people.signed_in(people.admin())

    def add(count):
        had = Batch.objects.count()
        for number in range(had, had + count):
            batch = timetables.batch(f"Batch {number:02}")
            student = people.person(f"Student {number}", Role.STUDENT, admission_number=f"M-{number:03}")
            timetables.enrol(student, batch)
            months.say(months.classes(3, batch=batch, until_days_ago=0), student, "AAW")

    same_queries(lambda: browser.get(reverse("attendance")), add=add, at_most=22)


def test_the_first_page_shows_this_month_and_the_next():
    answer = people.signed_in(people.student()).get(reverse("attendance"))
    this = Month.of(timezone.localdate())
    assert [page.month for page in answer.context["pages"]] == [this, this.after]


def test_a_childs_page_and_a_persons_page_lead_to_his_attendance():
    last_month("PPPA")
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    guardian = people.signed_in(people.guardian())
    page = guardian.get(reverse("child", args=[people.student().uuid]))
    assert "3 of 4 classes" in text_of(page)
    assert f'href="{page_of(people.student())}"' in page.content.decode()
    for who in (people.admin(), people.teacher()):
        page = people.signed_in(who).get(reverse("person", args=[people.student().uuid]))
        assert f'href="{page_of(people.student())}"' in page.content.decode()
    page = people.signed_in(people.admin()).get(reverse("person", args=[people.teacher().uuid]))
    assert "/attendance/students/" not in page.content.decode()
