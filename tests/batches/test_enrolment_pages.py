"""The pages of a batch's students, as admins, teachers and students walk them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Guardianship, Notification
from batches.models import Enrolment, JoinRequest, Teaching
from tests import people
from tests.batches import enrolling, timetables

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def url(name, batch, **more):
    return reverse(name, kwargs={"public_id": batch.uuid, **more})


def add(client, batch, *students, **more):
    entry = {"chosen": [one.uuid for one in students], "do": "enrol", **more}
    return client.post(url("enrolment_add", batch), entry)


def act(client, batch, *stays, **more):
    entry = {"chosen": [one.uuid for one in stays], "sure": "1", **more}
    return client.post(url("enrolment_act", batch), entry)


def text_of(answer):
    return answer.content.decode()


def test_admin_finds_students_and_adds_them_from_a_day_on():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    people.student()
    people.other_student()
    found = text_of(admin.get(url("enrolment_add", batch), {"q": "2026-0188"}))
    assert "Ananya Kulkarni" in found
    assert "रितिका शर्मा" not in found
    tomorrow = timezone.localdate() + DAY
    answer = add(admin, batch, people.student(), people.other_student(), joined_on=tomorrow.isoformat())
    assert answer.status_code == 302
    assert [one.joined_at for one in Enrolment.objects.all()] == [timetables.at(tomorrow, 0)] * 2
    listed = text_of(admin.get(answer["Location"]))
    assert "Ananya Kulkarni" in listed
    assert "2 students were added." in listed


def test_the_same_form_twice_adds_once():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    add(admin, batch, people.student())
    again = add(admin, batch, people.student())
    assert "In the batch already: Ananya Kulkarni" in text_of(admin.get(again["Location"]))
    assert Enrolment.objects.count() == 1
    assert Notification.objects.filter(recipient=people.student()).count() == 1


def test_full_batch_says_what_to_do_and_the_same_page_puts_them_on_the_list():
    batch, admin = enrolling.batch(seats=1), people.signed_in(people.admin())
    add(admin, batch, people.student())
    refused = add(admin, batch, people.other_student())
    assert refused.status_code == 200
    assert "Give the batch more seats, or put them on the waiting list." in text_of(refused)
    assert f'value="{people.other_student().uuid}" checked' in text_of(refused)
    for _time in range(2):
        listed = add(admin, batch, people.other_student(), do="wait")
        assert listed.status_code == 302
    assert JoinRequest.objects.get().state == "WAITING"
    assert "Place 1" in text_of(admin.get(url("enrolment_list", batch), {"show": "waiting"}))


@pytest.mark.parametrize("day", ["31/02/2026", "९९९९-०१-०१", "0001-01-01", "9999-12-31", "x", "2026-13-01"])
def test_impossible_day_is_said_at_the_form(day):
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    answer = add(admin, batch, people.student(), joined_on=day)
    assert answer.status_code == 200
    assert 'aria-invalid="true"' in text_of(answer) or "Choose a day of that time." in text_of(answer)
    assert not Enrolment.objects.exists()
    stay = timetables.enrol(people.student(), batch)
    assert act(admin, batch, stay, do="leave", left_on=day).status_code == 200
    assert admin.post(reverse("enrolment", args=[stay.uuid]), {"joined_on": day, "seen": "x"}).status_code == 200
    stay.refresh_from_db()
    assert stay.left_at is None


def test_nobody_ticked_and_nonsense_ticked():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    people.student()
    assert "Tick at least one student." in text_of(add(admin, batch))
    assert admin.post(url("enrolment_add", batch), {"chosen": ["x"], "do": "enrol"}).status_code == 400
    assert "Tick at least one student." in text_of(
        admin.post(url("enrolment_add", batch), {"chosen": [people.teacher().uuid], "do": "enrol"})
    )
    assert admin.post(url("enrolment_act", batch), {"do": "eat"}).status_code == 400


def test_students_leave_with_day_and_reason():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    stay = timetables.enrol(people.student(), batch)
    asked = admin.post(url("enrolment_act", batch), {"chosen": [stay.uuid], "do": "leave"})
    assert "1 student leaves" in text_of(asked)
    today = timezone.localdate()
    for _time in range(2):
        done = act(admin, batch, stay, do="leave", left_on=today.isoformat(), reason="Moved to Pune")
        assert done.status_code == 302
    stay.refresh_from_db()
    assert stay.left_at == timetables.at(today + DAY, 0)
    assert Activity.objects.filter(event="enrolment.left").count() == 1
    assert "Moved to Pune" in Notification.objects.get(recipient=people.student()).body


def test_students_move_to_another_batch_together_or_not_at_all():
    old, new = enrolling.batch(), enrolling.batch("NEET 2027", seats=1)
    admin = people.signed_in(people.admin())
    stays = [timetables.enrol(one, old) for one in (people.student(), people.other_student())]
    refused = act(admin, old, *stays, do="move", to=new.uuid)
    assert "Free seats in NEET 2027: 1 of 1. Needed: 2." in text_of(refused)
    assert not Enrolment.objects.filter(batch=new).exists()
    for _time in range(2):
        assert act(admin, old, stays[0], do="move", to=new.uuid, reason="Biology").status_code == 302
    moved = Enrolment.objects.get(batch=new)
    stays[0].refresh_from_db()
    assert moved.joined_at == stays[0].left_at
    past = text_of(admin.get(url("enrolment_list", old), {"show": "past"}))
    assert "Ananya Kulkarni" in past


def test_archived_and_own_batch_are_no_choice_to_move_to():
    batch, gone = enrolling.batch(), enrolling.batch("Old")
    gone.archived_at = timezone.now()
    gone.save()
    admin = people.signed_in(people.admin())
    stay = timetables.enrol(people.student(), batch)
    for other in (batch, gone):
        assert act(admin, batch, stay, do="move", to=other.uuid).status_code == 200
    assert Enrolment.objects.count() == 1


def test_dates_are_put_right_and_a_stale_page_overwrites_nothing():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    stay = timetables.enrol(people.student(), batch)
    address = reverse("enrolment", args=[stay.uuid])
    stale = admin.get(address).context["form"].initial
    first = timezone.localdate() - 3 * DAY
    assert admin.post(address, {**given(stale), "joined_on": first.isoformat()}).status_code == 302
    late = admin.post(address, {**given(stale), "left_on": timezone.localdate().isoformat()})
    assert "Somebody else changed these dates" in text_of(late)
    stay.refresh_from_db()
    assert (stay.joined_at, stay.left_at) == (timetables.at(first, 0), None)


def given(initial):
    return {name: value for name, value in initial.items() if value is not None}


def test_dates_saved_unchanged_change_nothing():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    stay = timetables.enrol(people.student(), batch)
    address = reverse("enrolment", args=[stay.uuid])
    assert admin.post(address, given(admin.get(address).context["form"].initial)).status_code == 302
    assert not Activity.objects.filter(event="enrolment.changed").exists()


def test_teacher_sees_his_students_and_changes_none():
    batch, teacher = enrolling.batch(), people.signed_in(people.teacher())
    stay = timetables.enrol(people.student(), batch)
    assert "Ananya Kulkarni" in text_of(teacher.get(url("enrolment_list", batch)))
    address = reverse("enrolment", args=[stay.uuid])
    assert "Put the dates right" not in text_of(teacher.get(address))
    refused = teacher.post(address, given({"joined_on": "2026-01-01", "seen": ""}))
    assert refused.status_code == 403
    assert teacher.post(url("enrolment_act", batch), {"chosen": [stay.uuid], "do": "leave"}).status_code == 403


def test_substitute_sees_the_students_and_decides_about_nobody():
    batch, substitute = enrolling.batch(), people.signed_in(people.other_teacher())
    timetables.enrol(people.student(), batch)
    asked = JoinRequest.objects.create(batch=batch, student=people.other_student())
    assert substitute.get(url("enrolment_list", batch)).status_code == 404
    timetables.class_session(batch, teacher=people.other_teacher())
    listed = text_of(substitute.get(url("enrolment_list", batch)))
    assert "Ananya Kulkarni" in listed
    assert "Join codes" not in listed
    substitute.post(reverse("join_request_act"), {"chosen": [asked.uuid], "do": "approve"})
    asked.refresh_from_db()
    assert asked.state == "ASKED"


def test_guardian_who_teaches_elsewhere_sees_no_other_child():
    batch, guardian = enrolling.batch(), people.guardian_who_teaches()
    Guardianship.objects.create(guardian=guardian, student=people.student())
    stay = timetables.enrol(people.student(), batch)
    browser = people.signed_in(guardian)
    assert browser.get(url("enrolment_list", batch)).status_code == 404
    assert browser.get(reverse("enrolment", args=[stay.uuid])).status_code == 404
    assert "JEE 2027 A" in text_of(browser.get(reverse("my_batches")))


def test_students_stay_of_another_batch_is_not_moved_by_this_batchs_page():
    here, there, admin = enrolling.batch(), enrolling.batch("NEET 2027"), people.signed_in(people.admin())
    stay = timetables.enrol(people.student(), there)
    answer = act(admin, here, stay, do="leave")
    assert "Tick at least one student." in text_of(admin.get(answer["Location"]))
    stay.refresh_from_db()
    assert stay.left_at is None


def test_other_classes_at_the_same_time_are_a_hint_and_no_refusal():
    batch, other = enrolling.batch(), enrolling.batch("NEET 2027")
    timetables.enrol(people.student(), other)
    when = timezone.now() + DAY
    timetables.class_session(batch, when)
    timetables.class_session(other, when + timedelta(minutes=30))
    admin = people.signed_in(people.admin())
    page = text_of(admin.get(url("enrolment_add", batch), {"q": "Ananya"}))
    assert "1 class of NEET 2027 at the same time" in page
    assert add(admin, batch, people.student()).status_code == 302


def test_search_tabs_and_empty_list_say_what_to_do():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    assert "No students yet" in text_of(admin.get(url("enrolment_list", batch)))
    timetables.enrol(people.student(), batch)
    timetables.enrol(people.other_student(), batch, left_at=timezone.now() - DAY)
    assert "रितिका शर्मा" not in text_of(admin.get(url("enrolment_list", batch)))
    assert "रितिका शर्मा" in text_of(admin.get(url("enrolment_list", batch), {"show": "past", "q": "रितिका"}))
    assert "Nothing fits" in text_of(admin.get(url("enrolment_list", batch), {"q": "\0nobody"}))
    assert admin.get(url("enrolment_list", batch), {"show": "x", "page": "-3"}).status_code == 200


def test_long_hindi_name_and_markup_are_shown_as_they_are():
    name = "वेंकटराघवन" * 19 + " <b>"
    student = people.person(name[:200], "STUDENT", admission_number="L-1")
    batch = enrolling.batch()
    timetables.enrol(student, batch)
    page = text_of(people.signed_in(people.admin()).get(url("enrolment_list", batch)))
    assert "<b>" not in page.split("वेंकटराघवन")[1][:20]
    assert "वेंकटराघवन" in page


@pytest.mark.parametrize("show", ["current", "past", "waiting"])
def test_list_costs_the_same_at_3_and_30_rows(show, same_queries):
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    first = iter(range(1, 1000, 50))

    def more(count):
        for one in enrolling.students(count, first=next(first)):
            if show == "waiting":
                JoinRequest.objects.create(batch=batch, student=one, state="WAITING")
            else:
                timetables.enrol(one, batch, left_at=timezone.now() - DAY if show == "past" else None)

    same_queries(lambda: admin.get(url("enrolment_list", batch), {"show": show}), add=more)


def test_page_to_add_costs_the_same_at_3_and_30_students(same_queries):
    batch, other, admin = enrolling.batch(), enrolling.batch("NEET 2027"), people.signed_in(people.admin())
    first = iter(range(1, 1000, 50))
    timetables.class_session(batch, timezone.now() + DAY)
    timetables.class_session(other, timezone.now() + DAY)

    def more(count):
        for one in enrolling.students(count, first=next(first)):
            timetables.enrol(one, other)

    same_queries(lambda: admin.get(url("enrolment_add", batch), {"q": "Student"}), add=more)


def test_pages_of_one_own_and_of_requests_cost_the_same_at_3_and_30_rows(same_queries):
    student, teacher = people.student(), people.signed_in(people.teacher())
    mine, first = people.signed_in(student), iter(range(1, 1000, 50))

    def more(count):
        start = next(first)
        for number in range(start, start + count):
            batch = timetables.batch(f"Batch {number}")
            timetables.enrol(student, batch)
            other = timetables.batch(f"Other {number}")
            Teaching.objects.get_or_create(batch=other, teacher=people.teacher(), subject=None)
            JoinRequest.objects.create(batch=other, student=student, state="WAITING")
            JoinRequest.objects.create(batch=other, student=people.other_student())

    def visit():
        assert mine.get(reverse("my_batches")).status_code == 200
        assert teacher.get(reverse("join_request_list")).status_code == 200

    same_queries(visit, add=more, at_most=40)


def test_roll_file_is_looked_at_first_and_taken_in_once():
    batch, admin = enrolling.batch(), people.signed_in(people.admin())
    people.student()
    people.other_student()
    content = b"Admission number,Joined\n2026-0188,2026-11-02\n2026-0290,\n"
    chosen = admin.post(url("roll_import", batch), {"file": SimpleUploadedFile("roll.csv", content)})
    preview = admin.get(chosen["Location"])
    assert "2 students join" in text_of(preview)
    assert not Enrolment.objects.exists()
    shown = preview.context["plan"].fingerprint
    for _time in range(2):
        assert admin.post(chosen["Location"], {"shown": shown}).status_code == 302
    assert Enrolment.objects.count() == 2
    assert Activity.objects.filter(event="enrolment.imported").count() == 1
    other_admin = people.signed_in(people.person("Sneha Patil", "ADMIN", email="sneha@pragati.test"))
    assert other_admin.get(chosen["Location"]).status_code == 302


def test_export_is_readable_by_spreadsheets_and_recorded():
    batch = enrolling.batch()
    evil = people.person("=HYPERLINK(1)", "STUDENT", admission_number="+91")
    timetables.enrol(evil, batch)
    answer = people.signed_in(people.teacher()).post(url("roll_export", batch))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Admission number,Name,E-mail address,Joined,Last day,How"
    assert lines[1].startswith("'+91,'=HYPERLINK(1),,2026-01-01,,")
    assert Activity.objects.get(event="enrolment.exported").actor == people.teacher()
