"""Families are reminded of dues once for each due, kind and day, and not when nothing is owed or may be asked."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Grant, Guardianship, Institute, Notification
from fees import reminders
from fees.models import Due, FeeSettings, Reminder, StudentAccount
from tests import people
from tests.batches.enrolling import students
from tests.fees import made

pytestmark = pytest.mark.django_db


def at(hour, days=0):
    """That hour of the institute's day, so many days from today."""
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


def told(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk").values_list("title", flat=True))


def test_a_family_is_reminded_before_on_and_after_the_day_and_no_more():
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    due = made.due(10_000_00, days=3, part=2, parts=4)
    days = [day for day in (0, 1, 3, 5, 6, 8, 10, 13, 18, 19, 30) if reminders.remind_due(now=at(11, day))]
    assert days == [0, 3, 6, 10, 18]
    kinds = list(due.reminders.order_by("on").values_list("kind", flat=True))
    assert kinds == ["BEFORE", "ON", "AFTER", "AFTER", "AFTER"]
    assert len(told(people.student())) == len(told(people.guardian())) == 5
    first, last = told(people.guardian())[0], told(people.guardian())[-1]
    assert first.startswith("Instalment 2 of 4 is due on ")
    assert last.startswith("Instalment 2 of 4 was due on ")
    assert not any("₹" in title or "10,000" in title for title in told(people.guardian()))


def test_doing_it_again_tells_nobody():
    made.due(10_000_00, days=0)
    assert [reminders.remind_due(now=at(hour)) for hour in (9, 9, 15)] == [1, 0, 0]
    assert len(told(people.student())) == 1


def test_nobody_is_reminded_at_night():
    made.due(10_000_00, days=0)
    assert [reminders.remind_due(now=at(hour)) for hour in (2, 8, 20, 23)] == [0, 0, 0, 0]


def test_day_and_hour_are_the_institutes():
    made.due(10_000_00, days=0)
    Institute(pk=1, name="Pragati", time_zone="Pacific/Auckland").save()
    assert [reminders.remind_due(now=at(hour)) for hour in (14, 9)] == [0, 1]


def test_a_day_that_was_missed_is_made_up_for_two_days():
    made.due(10_000_00, days=0)
    assert reminders.remind_due(now=at(11, 2)) == 1
    assert reminders.remind_due(now=at(11, 2)) == 0
    made.due(10_000_00, student=people.other_student(), days=0)
    FeeSettings.objects.update_or_create(pk=1, defaults={"reminder_days": "0"})
    assert reminders.remind_due(now=at(11, 3)) == 0


def test_settings_say_the_days_and_empty_means_never():
    today = date(2026, 11, 22)
    assert reminders.planned("", today=today) == {}
    found = reminders.planned("-3,0,3", today=today)
    assert found[date(2026, 11, 25)] == ("BEFORE", today)
    assert found[today] == ("ON", today)
    assert found[date(2026, 11, 19)] == ("AFTER", today)
    assert found[date(2026, 11, 18)] == ("AFTER", date(2026, 11, 21))


@pytest.mark.parametrize("why", ["paid", "disputed", "left", "closed"])
def test_who_owes_nothing_or_may_not_be_asked_is_left_alone(why):
    due, student = made.due(10_000_00, days=-3), people.student()
    if why == "paid":
        made.payment(10_000_00, (due, 10_000_00))
    elif why == "disputed":
        StudentAccount.objects.update(is_disputed=True)
    elif why == "left":
        student.enrolments.update(left_at=timezone.now() - timedelta(hours=1))
    else:
        student.is_active = False
        student.save()
    assert reminders.remind_due(now=at(11)) == 0
    assert reminders.remind(Due.objects.all(), actor=people.admin(), now=at(11)) == 0
    assert Reminder.objects.count() == 0
    assert told(student) == []


def test_one_message_for_a_student_with_several_dues_when_it_is_by_hand():
    for days in (-40, -10):
        made.due(1_000_00, days=days)
    made.due(1_000_00, student=people.other_student(), days=-1)
    assert reminders.remind(Due.objects.all(), actor=people.admin(), now=at(11)) == 2
    assert reminders.remind(Due.objects.all(), actor=people.admin(), now=at(12)) == 0
    assert told(people.student()) == ["Fees are overdue"]
    assert Reminder.objects.filter(kind="HAND").count() == 3
    assert Activity.objects.get(event="fees.reminded").extra == {"name": "2"}
    assert reminders.remind(Due.objects.all(), actor=people.admin(), now=at(11, 1)) == 2


def test_office_sees_who_is_told_before_it_reminds():
    Guardianship.objects.create(guardian=people.guardian(), student=people.student())
    made.due(5_000_00, days=-20)
    disputed = made.due(5_000_00, student=people.other_student(), days=-20).account
    StudentAccount.objects.filter(pk=disputed.pk).update(is_disputed=True)
    client = people.signed_in(people.admin())
    mine = made.account(people.student())
    listed = client.get(reverse("fee_defaulters")).content.decode()
    assert str(mine.uuid) in listed
    assert str(disputed.uuid) not in listed
    assert "In dispute" in listed
    preview = client.post(reverse("fee_remind"), {"account": [mine.uuid, disputed.uuid]})
    assert preview.context["told"].people == 2
    assert preview.context["told"].shown == [(people.student(), ["Ananya Kulkarni", "Sunil Kulkarni"])]
    assert [why for _who, why in preview.context["told"].left_out] == ["In dispute"]
    assert Reminder.objects.count() == 0
    sent = client.post(reverse("fee_remind"), {"all": "1", "send": "1"}, follow=True)
    assert "1 family is reminded." in sent.content.decode()
    assert len(told(people.guardian())) == 1
    log = client.get(reverse("fee_register", args=["reminders"])).content.decode()
    assert "By hand" in log
    again = client.post(reverse("fee_remind"), {"all": "1"}).context["told"]
    assert again.students == 0
    assert "Reminded today already" in [why for _who, why in again.left_out]


def test_defaulters_are_narrowed_and_ordered():
    first, second, third = students(3)
    made.due(1_000_00, student=first, days=-95)
    made.due(9_000_00, student=second, days=-5)
    made.due(2_000_00, student=third, days=-5)
    made.due(4_000_00, student=third, days=5)
    client = people.signed_in(people.admin())

    def names(**asked):
        return [one.student.admission_number for one in client.get(reverse("fee_defaulters"), asked).context["rows"]]

    assert names() == ["E-001", "E-002", "E-003"]
    assert names(sort="amount") == ["E-002", "E-003", "E-001"]
    assert names(state="more") == ["E-001"]
    assert names(q="E-003") == ["E-003"]
    assert [one.bucket for one in client.get(reverse("fee_defaulters")).context["rows"]] == ["more", "30", "30"]


def test_only_the_office_reminds():
    made.due(5_000_00, days=-20)
    for person in (people.student(), people.teacher(), people.cashier()):
        assert people.signed_in(person).post(reverse("fee_remind"), {"all": "1", "send": "1"}).status_code == 403
    Grant.objects.create(user=people.cashier(), kind=Grant.Kind.CASHIER)
    client = people.signed_in(people.cashier())
    assert client.post(reverse("fee_remind"), {"all": "1", "send": "1"}).status_code == 302
    assert client.post(reverse("fee_remind"), {"account": ["nothing"]}).status_code == 400
