"""A register attacked: by nonsense in marks, by instants that are none, and by people who may no longer be there."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendance import closing
from attendance.models import Freeze, Record, RecordChange, Register
from attendance.models.records import Source, Status
from batches.models import ClassSession, Teaching
from tests import people
from tests.attendance import registers, taking
from tests.attendance.taking import address, mark, send
from tests.batches import timetables

pytestmark = pytest.mark.django_db

LONE = "\ud83d"
"""Half of an emoji, as JSON can spell it and no text can keep it."""


def a_mark(**more: Any) -> dict[str, Any]:
    return mark(people.student(), "P") | more


def no_marks() -> list[Any]:
    return [
        None,
        7,
        "P",
        [],
        a_mark(status=None),
        a_mark(status=["P"]),
        a_mark(status={"P": 1}),
        a_mark(status="p"),
        a_mark(status="W"),
        a_mark(status="PP"),
        a_mark(status=LONE),
        a_mark(student=None),
        a_mark(student=1),
        a_mark(student=[1]),
        a_mark(student="1"),
        a_mark(student=LONE),
        a_mark(late_min="5"),
        a_mark(late_min=-5),
        a_mark(late_min=0),
        a_mark(late_min=5.5),
        a_mark(late_min=True),
        a_mark(late_min=10**30),
        a_mark(seen=-1),
        a_mark(seen="0"),
        a_mark(seen=2**31),
        a_mark(remark=7),
        a_mark(remark="x" * 5000),
        a_mark(remark="a\0b"),
        a_mark(remark=LONE),
        a_mark(reason=["x"]),
        a_mark(reason=LONE),
        a_mark(reason="x" * 5000),
        a_mark(is_final=True),
        a_mark(source="OFFICE"),
    ]


def assert_nothing_written() -> None:
    assert not Record.objects.exists()
    assert not RecordChange.objects.exists()


def test_nonsense_among_the_marks_is_refused_whole():
    held = registers.class_now()
    browser, other = people.signed_in(people.teacher()), people.other_student()
    timetables.enrol(other, held.batch)
    for wrong in no_marks():
        answer = send(held, mark(other, "P"), wrong, browser=browser)
        assert answer.status_code == 422, (wrong, answer.status_code)
    assert_nothing_written()


def test_no_json_too_many_marks_and_a_huge_body_are_refused():
    held = registers.class_now()
    browser, one = people.signed_in(people.teacher()), json.dumps(a_mark())
    bodies = {
        "[]": 422,
        "7": 422,
        '"marks"': 422,
        '{"marks": {}}': 422,
        '{"marks": ' + "[" * 5000 + "]" * 5000 + "}": 422,
        '{"marks": [' + "9" * 5000 + "]}": 422,
        "\ufeff{": 422,
        '{"marks": [' + ",".join([one] * 501) + "]}": 422,
        '{"marks": ["' + "x" * 10_000_000 + '"]}': 413,
    }
    for body, status in bodies.items():
        answer = browser.post(address(held, "register_marks"), body, content_type="application/json")
        assert answer.status_code == status, body[:60]
    assert (
        browser.post(address(held, "register_marks"), b"\xff\xfe{", content_type="application/json").status_code == 422
    )
    assert_nothing_written()


def test_one_student_twice_among_the_marks_is_marked_once_by_the_last():
    held = registers.class_now()
    send(held, mark(people.student(), "P"), mark(people.student(), "A"))
    assert taking.letter_of(held, people.student()) == "A"
    assert RecordChange.objects.count() == 1


@pytest.mark.parametrize(
    "undo",
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-11-22T10:00:00",
        "x",
        "null",
        "2026-02-31T10:00:00Z",
    ],
)
def test_undo_of_no_instant_takes_nothing_back_and_confirms_nobody(undo):
    held = registers.class_now()
    register = registers.register(held)
    Record.objects.create(class_session=held, student=people.student(), status=Status.WAITING, source=Source.POSITION)
    answer = people.signed_in(people.teacher()).post(address(held, "register_confirm"), {"undo": undo})
    assert answer.status_code in {302, 422}
    assert taking.letter_of(held, people.student()) == "W"
    assert register.pk


def test_closed_register_is_not_left_without_a_word_about_somebody():
    """Nothing would ever decide it again."""
    held = registers.class_now(began_min_ago=100)
    closing.close_register(registers.register(held), actor=people.teacher(), now=timezone.now())
    answer = send(held, mark(people.student(), "U", reason="Forget it"))
    assert [one["code"] for one in answer.json()["refused"]] == ["final"]
    assert taking.letter_of(held, people.student()) == "A"


def test_undo_leaves_alone_whom_a_colleague_has_marked_since():
    held = registers.class_now()
    registers.register(held)
    other = people.other_student()
    timetables.enrol(other, held.batch)
    for student in (people.student(), other):
        Record.objects.create(class_session=held, student=student, status=Status.WAITING, source=Source.POSITION)
    people.signed_in(people.teacher()).post(address(held, "register_confirm"))
    at = RecordChange.objects.all()[0].at
    send(held, mark(other, "A", reason="Not in the room"), who=people.admin())
    people.signed_in(people.teacher()).post(address(held, "register_confirm"), {"undo": at.isoformat()})
    assert taking.letter_of(held, people.student()) == "W"
    assert taking.letter_of(held, other) == "A"


def test_nobody_undoes_what_another_has_confirmed():
    held = registers.class_now()
    registers.register(held)
    Record.objects.create(class_session=held, student=people.student(), status=Status.WAITING, source=Source.POSITION)
    people.signed_in(people.teacher()).post(address(held, "register_confirm"))
    at = RecordChange.objects.get().at
    people.signed_in(people.admin()).post(address(held, "register_confirm"), {"undo": at.isoformat()})
    assert taking.letter_of(held, people.student()) == "P"


def test_teacher_who_was_taken_off_the_batch_with_the_page_open_marks_nobody():
    held = registers.class_now()
    browser = people.signed_in(people.teacher())
    assert browser.get(address(held)).status_code == 200
    Teaching.objects.filter(teacher=people.teacher()).delete()
    for name in ("register_marks", "register_confirm", "register_close", "register_call"):
        assert browser.post(address(held, name)).status_code in {403, 404}, name
    assert send(held, mark(people.student(), "P"), browser=browser).status_code in {403, 404}
    assert browser.get(address(held, "register_lines")).status_code in {403, 404}
    assert_nothing_written()


def test_substitute_marks_his_class_and_no_other_of_the_batch():
    held = registers.class_now(teacher=people.other_teacher())
    before = registers.class_now(batch=held.batch, began_min_ago=300)
    assert send(held, mark(people.student(), "P"), who=people.other_teacher()).status_code == 200
    assert send(before, mark(people.student(), "P"), who=people.other_teacher()).status_code == 404
    assert Record.objects.count() == 1


def test_period_frozen_while_the_page_is_open_takes_no_mark_and_no_count_of_heads():
    held = registers.class_now(began_min_ago=60 * 30)
    browser = people.signed_in(people.teacher())
    registers.register(held)
    browser.get(address(held))
    day = timezone.localdate(held.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Salaries", made_by=people.admin())
    assert send(held, mark(people.student(), "P"), browser=browser).status_code == 409
    for name in ("register_confirm", "register_close", "register_headcount", "register_call"):
        assert browser.post(address(held, name), {"heads": "3"}).status_code == 409, name
    assert_nothing_written()
    assert Register.objects.get().headcount is None
    assert not Register.objects.get().is_final


@pytest.mark.parametrize("heads", ["-1", "1000000000", "1e3", "३", "x", "9" * 5000, "NaN"])
def test_heads_that_nobody_can_count_are_refused(heads):
    held = registers.class_now()
    answer = people.signed_in(people.teacher()).post(address(held, "register_headcount"), {"heads": heads})
    kept = Register.objects.filter(headcount__isnull=False).values_list("headcount", flat=True).first()
    assert (answer.status_code, kept) in {(422, None), (302, 3)}


@pytest.mark.parametrize("answer", ["x", ":", "yes", f"{uuid.UUID(int=7)}:maybe", ":yes", "\0:yes"])
def test_answer_for_nobody_who_was_called_is_refused(answer):
    held = registers.class_now()
    done = people.signed_in(people.teacher()).post(address(held, "register_call"), {"answer": answer})
    assert done.status_code == 422


def test_two_tabs_that_close_the_register_close_it_once_and_say_so():
    held = registers.class_now(began_min_ago=100)
    browser = people.signed_in(people.teacher())
    registers.register(held)
    for _tab in range(2):
        assert browser.post(address(held, "register_close")).status_code == 302
    assert RecordChange.objects.count() == 1


def test_class_that_is_moved_to_another_day_after_check_ins_is_not_attended_yet():
    held = registers.class_now()
    registers.register(held)
    later = timezone.now() + timedelta(days=1)
    ClassSession.objects.filter(pk=held.pk).update(starts_at=later, ends_at=later + timedelta(minutes=90))
    assert send(held, mark(people.student(), "P")).status_code == 409
    assert people.signed_in(people.teacher()).post(address(held, "register_close")).status_code == 409
    assert_nothing_written()


def test_remarks_are_shown_as_text_and_read_in_their_own_order():
    held = registers.class_now()
    send(held, mark(people.student(), "P", remark="<script>alert(1)</script>\u202eevil"))
    page = people.signed_in(people.teacher()).get(address(held)).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "\u202e" not in Record.objects.get().remark


def test_marks_need_the_pages_token():
    held = registers.class_now()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.teacher())
    for name in ("register_marks", "register_confirm", "register_close", "register_headcount", "register_call"):
        assert browser.post(reverse(name, args=[held.uuid])).status_code == 403, name
    assert_nothing_written()


def test_closing_needs_the_class_to_have_begun():
    register = registers.register(registers.class_now(began_min_ago=-10))
    with pytest.raises(Exception, match="begun"):
        closing.close_register(register, actor=people.teacher(), now=timezone.now())
