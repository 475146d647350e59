"""Flags, frozen periods, leave, lists and files attacked: by words no table can keep, days that never were, cells that
would be formulas, and people who were teachers once.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts import forgetting
from accounts.models import Guardianship, Notification
from attendance import closing, freezes, own_copy, pending
from attendance.models import CheckInAttempt, CheckInPosition, Flag, Freeze, Leave, Record
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from batches.models import Enrolment, Teaching
from tests import people
from tests.attendance import asking, registers
from tests.attendance.checking_in import body, fix, send
from tests.attendance.months import lines_of
from tests.batches import timetables

pytestmark = pytest.mark.django_db

HOSTILE = "<img src=x onerror=alert(1)>\0\u202e=1+1"


def a_flag() -> Flag:
    held = registers.class_now()
    send(held, body(**fix(registers.north_of(900))))
    return Flag.objects.get()


# --- Words ------------------------------------------------------------------------------------------------------------


def test_note_on_a_flag_may_hold_anything_and_is_kept_as_one_line_of_text():
    flag = a_flag()
    assert asking.post(people.teacher(), "flag_review", flag, note=HOSTILE * 100).status_code == 302
    flag.refresh_from_db()
    assert len(flag.note) <= 200
    assert not set(flag.note) & {"\0", "\u202e"}
    page = people.signed_in(people.admin()).get(reverse("flag_list"), {"state": "all"}).content.decode()
    assert "<img src=x" not in page


def test_reasons_and_answers_may_hold_anything():
    row = asking.missed()
    people.student()
    day = timezone.localdate() + timedelta(days=1)
    for sent in (HOSTILE, "x" * 5000, "\u200b", " "):
        asking.post(people.student(), "leave_ask", first_on=day.isoformat(), reason=sent)
        asking.post(people.student(), "correction_ask", row, wanted="P", reason=sent)
    timetables.enrol(people.other_student(), row.class_session.batch)
    for leave in Leave.objects.all():
        assert not set(leave.reason) & {"\0", "\u202e"}
        assert asking.post(people.teacher(), "leave_decide", leave, do="refuse", answer=HOSTILE).status_code == 302
        leave.refresh_from_db()
        assert not set(leave.answer) & {"\0", "\u202e"}


# --- Days -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["0001-01-01", "0999-12-31"])
def test_period_from_the_beginning_of_time_stops_neither_the_page_nor_the_scheduler(first):
    admin = people.signed_in(people.admin())
    yesterday = timezone.localdate() - timedelta(days=1)
    sent = {"first_on": first, "last_on": yesterday.isoformat(), "reason": "Salaries"}
    assert admin.post(reverse("freeze_create"), sent).status_code in {200, 302}
    assert closing.close_due(now=timezone.now()).failed == []


def test_scheduler_and_leave_live_with_a_frozen_period_from_the_beginning_of_time():
    """However it came into the table."""
    Freeze.objects.create(first_on=date.min, last_on=date(2020, 1, 1), reason="Old", made_by=people.admin())
    held = registers.class_now(began_min_ago=300)
    registers.mark(held, people.student(), Status.PRESENT)
    assert closing.close_due(now=timezone.now()).closed == 1
    assert freezes.still_open(Freeze.objects.get()) == 0


DAYS = ["", "0001-01-01", "9999-12-31", "2026-02-30", "x", "2026-11-22T00:00", "१२३४-०१-०१", "-1"]


def test_leave_of_impossible_days_is_refused_on_its_page():
    registers.class_now()
    browser = people.signed_in(people.student())
    for first in DAYS:
        for last in DAYS:
            answer = browser.post(reverse("leave_ask"), {"first_on": first, "last_on": last, "reason": "Wedding"})
            assert answer.status_code == 200, (first, last)
    assert not Leave.objects.exists()


# --- Addresses with nonsense ------------------------------------------------------------------------------------------

NONSENSE: list[str] = [
    "9999-99",
    "0000-00",
    "-1",
    "0",
    "9" * 5000,
    "x",
    "\0",
    "१",
    "../..",
    "2026-13",
    "1e9",
    "NaN",
    "password",
    "__class__",
]
NAMES = (
    "month",
    "on",
    "page",
    "sort",
    "batch",
    "kind",
    "state",
    "q",
    "child",
    "show",
    "by",
    "student",
    "seen",
    "order",
)


def test_nonsense_in_addresses_is_left_out_on_every_page():
    held = registers.class_now()
    record = registers.mark(held, people.student(), Status.ABSENT)
    batch, student = held.batch.uuid, people.student().uuid
    pages: list[tuple[str, list[Any]]] = [
        ("attendance", []),
        ("attendance_grid", [batch]),
        ("attendance_of", [student]),
        ("low_attendance", []),
        ("absentees", []),
        ("flag_list", []),
        ("check_in_rules", []),
        ("freeze_list", []),
        ("leave_list", []),
        ("leave_ask", []),
        ("ask_list", []),
        ("record", [record.uuid]),
        ("register", [held.uuid]),
        ("register_lines", [held.uuid]),
    ]
    admin, child = people.signed_in(people.admin()), people.signed_in(people.student())
    for name, numbers in pages:
        for nonsense in NONSENSE:
            sent = dict.fromkeys(NAMES, nonsense)
            answer = admin.get(reverse(name, args=numbers), sent)
            assert answer.status_code == 200, (name, nonsense)
            assert "no-store" in answer.headers["Cache-Control"], name
    for name in ("attendance", "leave_list"):
        for nonsense in NONSENSE:
            assert child.get(reverse(name), dict.fromkeys(NAMES, nonsense)).status_code == 200, (name, nonsense)


def test_nonsense_in_forms_of_files_gives_a_file():
    held = registers.class_now()
    registers.mark(held, people.student(), Status.ABSENT)
    for nonsense in NONSENSE[:5]:
        for name, numbers in (
            ("attendance_grid_export", [held.batch.uuid]),
            ("absentees_export", []),
            ("low_attendance_export", []),
        ):
            answer = people.signed_in(people.admin()).post(reverse(name, args=numbers), dict.fromkeys(NAMES, nonsense))
            assert answer.status_code == 200, (name, nonsense)


def test_answering_leads_back_to_a_page_that_can_be():
    for page in ("१", "9" * 5000, "-1", "2\r\nSet-Cookie: a=b"):
        row = asking.leave(first=timezone.localdate() + timedelta(days=len(page) % 60))
        registers.class_now()
        answer = asking.post(people.admin(), "leave_decide", row, do="grant", page=page)
        assert answer.headers["Location"] == reverse("ask_list"), page


# --- Files ------------------------------------------------------------------------------------------------------------


def test_no_cell_of_a_file_is_a_formula():
    student = people.student()
    student.name = '=HYPERLINK("x")'
    student.save()
    held = registers.class_now(topic="+cmd|' /C calc'!A0")
    registers.register(held)
    Record.objects.create(
        class_session=held, student=student, status=Status.ABSENT, source=Source.TEACHER, remark="-2+3"
    )
    admin = people.signed_in(people.admin())
    today = f"{timezone.localdate(held.starts_at):%Y-%m-%d}"
    files = [
        admin.post(reverse("attendance_of_export", args=[student.uuid]), {"month": today[:7]}),
        admin.post(reverse("attendance_grid_export", args=[held.batch.uuid]), {"month": today[:7]}),
        admin.post(reverse("absentees_export"), {"on": today}),
    ]
    for answer in files:
        text = lines_of(answer)
        assert len(text) > 1
        for line in text:
            for cell in line.split(","):
                assert not cell.strip('"').startswith(("=", "+", "-", "@")), line


# --- Who --------------------------------------------------------------------------------------------------------------


def test_teacher_of_years_ago_reads_no_leave_of_today():
    """Reasons are often illness: they concern who teaches him now."""
    old = timetables.batch("Foundation 2024")
    Teaching.objects.create(batch=old, teacher=people.other_teacher())
    then = timezone.now() - timedelta(days=400)
    timetables.enrol(people.student(), old, joined_at=then - timedelta(days=200), left_at=then)
    registers.class_now()
    leave = asking.leave(reason="Operation of the knee")
    browser = people.signed_in(people.other_teacher())
    assert "Operation" not in browser.get(reverse("leave_list")).content.decode()
    assert asking.post(people.other_teacher(), "leave_decide", leave, do="grant").status_code == 404
    assert "Operation" in people.signed_in(people.teacher()).get(reverse("leave_list")).content.decode()


def test_teacher_who_was_taken_off_the_batch_decides_nothing_in_it():
    record = asking.missed()
    asked, leave = asking.correction(record), asking.leave()
    flag_held = registers.class_now(batch=record.class_session.batch, began_min_ago=2)
    send(flag_held, body(**fix(registers.north_of(900))))
    Teaching.objects.all().delete()
    for name, row in (("correction_decide", asked), ("leave_decide", leave), ("flag_review", Flag.objects.get())):
        assert asking.post(people.teacher(), name, row, do="grant").status_code == 404, name
    assert Record.objects.get(pk=record.pk).status == Status.ABSENT


def test_position_is_no_longer_there_while_it_is_looked_at_is_said_and_not_an_error():
    held = registers.class_now()
    send(held, body(**fix()))
    attempt = CheckInAttempt.objects.get()
    CheckInPosition.objects.all().delete()
    browser = people.signed_in(people.admin())
    for method in (browser.get, browser.post):
        assert method(reverse("check_in_position", args=[attempt.uuid])).status_code == 200


def test_every_post_of_attendance_needs_the_pages_token():
    from django.test import Client

    from attendance import urls

    record = asking.missed()
    numbers = {
        "record": record.uuid,
        "flag_review": a_flag().uuid,
    }
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.admin())
    for name in ("leave_ask", "freeze_create", "institute_rule", "absentees_export", "low_attendance_export"):
        assert browser.post(reverse(name)).status_code == 403, name
    for name, number in numbers.items():
        assert browser.post(reverse(name, args=[number])).status_code == 403, name
    assert urls


# --- Leave, twice and in reverse --------------------------------------------------------------------------------------


def test_overlapping_leaves_are_each_decided_once_and_taking_one_back_leaves_the_other():
    registers.class_now()
    one = asking.leave(first=asking.day(0), last=asking.day(3))
    two = asking.leave(first=asking.day(2), last=asking.day(5))
    for row in (two, one, one):
        asking.post(people.teacher(), "leave_decide", row, do="grant")
    asking.post(people.teacher(), "leave_decide", one, do="refuse", answer="No")
    asking.post(people.student(), "leave_withdraw", two)
    asking.post(people.teacher(), "leave_decide", two, do="grant")
    assert {row.pk: row.state for row in Leave.objects.all()} == {one.pk: AskState.GRANTED, two.pk: AskState.WITHDRAWN}
    assert Notification.objects.filter(recipient=people.student(), kind="attendance.decided").count() == 2


# --- News -------------------------------------------------------------------------------------------------------------


def test_guardian_of_two_who_were_both_absent_is_told_of_each_once():
    held = registers.class_now(began_min_ago=100)
    timetables.enrol(people.other_student(), held.batch)
    for student in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=people.guardian(), student=student)
    register = registers.register(held)
    for _twice in range(2):
        closing.close_register(register, actor=people.teacher(), now=timezone.now())
    told = Notification.objects.filter(recipient=people.guardian(), kind="attendance.absent")
    assert sorted(told.values_list("about", flat=True)) == sorted([people.student().pk, people.other_student().pk])


def test_batch_that_is_over_keeps_what_its_register_says():
    held = registers.class_now(began_min_ago=300)
    registers.mark(held, people.student(), Status.PRESENT)
    Enrolment.objects.update(left_at=datetime.now(tz=UTC))
    batch = held.batch
    batch.archived_at = timezone.now()
    batch.save()
    browser = people.signed_in(people.teacher())
    for name in ("register_confirm", "register_close", "register_marks"):
        assert browser.post(reverse(name, args=[held.uuid])).status_code == 409, name
    assert browser.get(reverse("register", args=[held.uuid])).status_code == 200


# --- Being forgotten --------------------------------------------------------------------------------------------------


def test_nothing_a_family_wrote_is_left_in_the_tables_after_an_erasure():
    """Not even in those nothing can be taken out of."""
    asking.a_family()
    excused, wronged = asking.missed(), asking.missed(hours_ago=30)
    leave = asking.leave(first=timezone.localdate(excused.class_session.starts_at), reason="Surgery of Ananya Kulkarni")
    asked = asking.correction(wronged, reason="Ananya Kulkarni sat in the last row")
    asking.post(people.teacher(), "leave_decide", leave, do="grant", answer="Get well, Ananya")
    asking.post(people.teacher(), "correction_decide", asked, do="grant")
    registers.mark(registers.class_now(batch=excused.class_session.batch), people.student(), Status.PRESENT)
    people.signed_in(people.admin()).post(reverse("attendance_of_export", args=[people.student().uuid]))
    assert {row.status for row in Record.objects.all()} == {Status.EXCUSED, Status.PRESENT}
    student = people.student()
    own_copy.erase(student)
    forgetting.forget(student, actor=people.admin())
    tables = [*apps.get_app_config("attendance").get_models(), *apps.get_app_config("accounts").get_models()]
    for model in tables:
        for row in model._default_manager.values():
            told = " ".join(str(value) for value in row.values())
            assert not [word for word in ("Ananya", "Surgery", "last row") if word in told], (model, row)


# --- One's own child --------------------------------------------------------------------------------------------------


def test_what_a_teacher_may_not_decide_does_not_wait_for_him():
    """His own child's leave and correction: his to-do list would never get empty."""
    record = asking.missed()
    father = people.guardian_who_teaches()
    Teaching.objects.create(batch=record.class_session.batch, teacher=father)
    Guardianship.objects.create(guardian=father, student=people.student())
    asking.correction(record)
    asking.leave()
    counts = pending.counts_of(father, now=timezone.now())
    assert (counts["leaves"], counts["corrections"]) == (0, 0)
    counts = pending.counts_of(people.teacher(), now=timezone.now())
    assert (counts["leaves"], counts["corrections"]) == (1, 1)
