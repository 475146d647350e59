"""Join codes: made by teachers, typed by students, approved or not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.limits import JOIN_CODE_TRIES
from accounts.models import Activity, Notification
from batches import codes, enrolments
from batches.models import Enrolment, JoinCode, JoinRequest
from tests import people
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db
JOIN = "/batches/join/"
REFUSAL = "This code does not work, or does not work any more. Ask your teacher for a new one."


def typed(who, code, client=None):
    return (client or people.signed_in(who)).post(JOIN, {"code": code})


def text_of(answer):
    return answer.content.decode()


def listed(batch):
    return reverse("join_code_list", args=[batch.uuid])


def test_teacher_makes_a_code_once_and_a_student_joins_with_it():
    batch, teacher = enrolling.batch(), people.signed_in(people.teacher())
    key = teacher.get(listed(batch)).context["form"].initial["form"]
    entry = {"works_days": "7", "most_uses": "30", "form": key}
    for _time in range(2):
        assert teacher.post(listed(batch), entry).status_code == 302
    code = JoinCode.objects.get()
    assert (len(code.code), code.needs_approval, code.created_by) == (8, False, people.teacher())
    assert set(code.code) <= set(codes.ALPHABET)
    assert not set("0O1IL") & set(codes.ALPHABET)
    shown = text_of(teacher.get(listed(batch)))
    assert f"{code.code[:4]} {code.code[4:]}" in shown
    assert f"/batches/join/{code.code}/" in shown
    for _time in range(2):
        assert typed(people.student(), f" {code.code[:4].lower()}-{code.code[4:].lower()} ").status_code == 302
    made = Enrolment.objects.get()
    assert (made.student, made.source, JoinCode.objects.get().uses) == (people.student(), "CODE", 1)


@pytest.mark.parametrize(
    "entry", [{"most_uses": "0"}, {"most_uses": "1001"}, {"most_uses": "x"}, {"works_days": "9999"}, {"works_days": ""}]
)
def test_impossible_code_is_refused_at_its_field(entry):
    batch, teacher = enrolling.batch(), people.signed_in(people.teacher())
    answer = teacher.post(listed(batch), {"works_days": "7", "most_uses": "30", **entry})
    assert 'aria-invalid="true"' in text_of(answer)
    assert not JoinCode.objects.exists()


def test_looking_at_a_link_joins_nobody():
    code = enrolling.join_code(enrolling.batch())
    student = people.signed_in(people.student())
    page = student.get(f"{JOIN}{code.code}/")
    assert f"{code.code[:4]} {code.code[4:]}" in text_of(page)
    assert "JEE 2027 A" not in text_of(page)
    assert not Enrolment.objects.exists()
    for nonsense in ("x" * 500, "%00", "<b>", "ＡＢＣＤ"):
        assert student.get(f"{JOIN}{nonsense}/").status_code == 200
    nobody = people.signed_in(None).get(f"{JOIN}{code.code}/")
    assert nobody["Location"] == f"/accounts/login/?next=/batches/join/{code.code}/"


def test_wrong_expired_used_up_and_taken_back_codes_get_the_same_answer():
    batch, now = enrolling.batch(), timezone.now()
    expired = enrolling.join_code(batch, expires_at=now - timedelta(seconds=1))
    used_up = enrolling.join_code(batch, most_uses=1)
    JoinCode.objects.filter(pk=used_up.pk).update(uses=1)
    revoked = enrolling.join_code(batch)
    codes.revoke(revoked, actor=people.teacher())
    gone = enrolling.batch("Old")
    archived = enrolling.join_code(gone)
    gone.archived_at = now
    gone.save()
    ended = enrolling.batch("Ended")
    over = enrolling.join_code(ended)
    ended.ends_on = timezone.localdate() - timedelta(days=1)
    ended.starts_on = ended.ends_on
    ended.save()
    student = people.signed_in(people.student())
    for code in ("ABCD2345", "", expired.code, used_up.code, revoked.code, archived.code, over.code):
        answer = student.post(JOIN, {"code": code or "?"})
        assert answer.status_code == 200
        assert REFUSAL in text_of(answer)
    assert not JoinRequest.objects.exists()
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("who", [people.teacher, people.guardian, people.admin, people.cashier])
def test_others_than_students_are_told_and_learn_nothing_of_the_code(who):
    code = enrolling.join_code(enrolling.batch())
    for one in (code.code, "ABCD2345"):
        assert "Join codes are for students." in text_of(typed(who(), one))
    assert JoinCode.objects.get().uses == 0


def test_guessing_is_counted_for_each_person():
    student = people.signed_in(people.student())
    answers = [student.post(JOIN, {"code": "ABCD2345"}).status_code for _try in range(JOIN_CODE_TRIES.tries + 1)]
    assert answers == [200] * JOIN_CODE_TRIES.tries + [429]


def test_request_waits_for_a_teacher_who_is_told_and_approves_many():
    batch = enrolling.batch()
    code = enrolling.join_code(batch, needs_approval=True)
    for who in (people.student(), people.other_student()):
        answer = typed(who, code.code)
        assert answer["Location"] == reverse("my_batches")
    assert not Enrolment.objects.exists()
    told = Notification.objects.filter(recipient=people.teacher()).values_list("title", flat=True)
    assert sorted(told) == ["Ananya Kulkarni asks to join JEE 2027 A", "रितिका शर्मा asks to join JEE 2027 A"]
    teacher = people.signed_in(people.teacher())
    assert "Ananya Kulkarni" in text_of(teacher.get(reverse("join_request_list")))
    assert "Ananya" not in text_of(people.signed_in(people.other_teacher()).get(reverse("join_request_list")))
    entry = {"chosen": list(JoinRequest.objects.values_list("uuid", flat=True)), "do": "approve"}
    for _time in range(2):
        assert teacher.post(reverse("join_request_act"), entry).status_code == 302
    assert Enrolment.objects.filter(source="CODE").count() == 2
    assert Activity.objects.filter(event="join_request.approved").count() == 2


def test_batch_without_teachers_asks_the_admins():
    batch = enrolling.batch()
    batch.teachings.all().delete()
    admin = people.admin()
    typed(people.student(), enrolling.join_code(batch, needs_approval=True).code)
    assert Notification.objects.filter(recipient=admin, kind="batch.asked").count() == 1


def test_refused_student_is_told_why_and_asks_again_for_a_teachers_word():
    batch = enrolling.batch()
    code = enrolling.join_code(batch, needs_approval=True)
    typed(people.student(), code.code)
    entry = {"chosen": [JoinRequest.objects.get().uuid], "do": "refuse", "sure": "1", "reason": "Wrong batch"}
    people.signed_in(people.teacher()).post(reverse("join_request_act"), entry)
    assert "Wrong batch" in text_of(people.signed_in(people.student()).get(reverse("my_batches")))
    JoinCode.objects.update(needs_approval=False)
    typed(people.student(), code.code)
    assert list(JoinRequest.objects.values_list("state", flat=True)) == ["REFUSED", "ASKED"]
    assert not Enrolment.objects.exists()


def test_code_is_no_way_back_for_who_was_taken_off_the_roll():
    batch = enrolling.batch()
    code = enrolling.join_code(batch)
    typed(people.student(), code.code)
    enrolments.leave(Enrolment.objects.get(), actor=people.admin())
    typed(people.student(), code.code)
    assert not Enrolment.objects.active_at(timezone.now()).exists()
    assert JoinRequest.objects.filter(state="ASKED").count() == 1
    assert JoinCode.objects.get().uses == 1


def test_student_takes_his_request_back_and_asks_again_at_no_further_use():
    code = enrolling.join_code(enrolling.batch(), needs_approval=True)
    student = people.signed_in(people.student())
    for _time in range(2):
        typed(people.student(), code.code, student)
        asked = JoinRequest.objects.open().get()
        student.post(reverse("join_request_answer", args=[asked.uuid]), {"do": "withdraw"})
    assert JoinCode.objects.get().uses == 1
    assert JoinRequest.objects.filter(state="WITHDRAWN").count() == 2


def test_code_for_a_full_batch_leads_to_the_waiting_list():
    batch = enrolling.batch(seats=1)
    timetables.enrol(people.other_student(), batch)
    code = enrolling.join_code(batch)
    client = people.signed_in(people.student())
    answer = typed(people.student(), code.code, client)
    assert "You are on the waiting list." in text_of(client.get(answer["Location"]))
    assert JoinRequest.objects.get().state == "WAITING"


def test_approving_in_a_full_batch_puts_on_the_waiting_list():
    batch = enrolling.batch(seats=1)
    code = enrolling.join_code(batch, needs_approval=True)
    typed(people.student(), code.code)
    timetables.enrol(people.other_student(), batch)
    teacher = people.signed_in(people.teacher())
    entry = {"chosen": [JoinRequest.objects.get().uuid], "do": "approve"}
    done = teacher.post(reverse("join_request_act"), entry)
    assert "1 student is on the waiting list: the batch is full." in text_of(teacher.get(done["Location"]))


def test_code_is_taken_back_by_a_teacher_of_the_batch_only():
    code = enrolling.join_code(enrolling.batch())
    address = reverse("join_code_revoke", args=[code.uuid])
    assert people.signed_in(people.other_teacher()).post(address).status_code == 404
    for _time in range(2):
        assert people.signed_in(people.teacher()).post(address).status_code == 302
    assert Activity.objects.filter(event="join_code.revoked").count() == 1
    assert REFUSAL in text_of(typed(people.student(), code.code))


def test_archived_batch_makes_no_codes():
    batch = enrolling.batch()
    batch.archived_at = timezone.now()
    batch.save()
    with pytest.raises(enrolments.BatchArchived):
        enrolling.join_code(batch)


def test_codes_stand_in_no_line_of_the_logs_and_in_no_page_of_a_student(caplog):
    code = enrolling.join_code(enrolling.batch(), needs_approval=True)
    typed(people.student(), code.code)
    for who in (people.student(), None):
        people.signed_in(who).get(f"{JOIN}{code.code}/")
    assert "/batches/join/***/" in caplog.text
    assert code.code not in caplog.text
    assert code.code not in str(list(Activity.objects.values()))
    assert code.code not in text_of(people.signed_in(people.student()).get(reverse("my_batches")))


def test_list_of_codes_costs_the_same_at_3_and_30_codes(same_queries):
    batch, teacher = enrolling.batch(), people.signed_in(people.teacher())

    def more(count):
        for _number in range(count):
            enrolling.join_code(batch)

    same_queries(lambda: teacher.get(listed(batch)), add=more)
