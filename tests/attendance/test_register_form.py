"""The register without a script: one form, the same rules; and what is done to many at once."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from accounts.models import User
from attendance.models import Flag, Leave, Record, RecordChange, Register
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from batches.models import ClassSession
from tests import people
from tests.attendance import registers
from tests.attendance.checking_in import body, fix
from tests.attendance.checking_in import send as check_in
from tests.attendance.registers import north_of
from tests.attendance.taking import address, form, letter_of, lines, mark, page, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> ClassSession:
    """A class that began five minutes ago, with Ananya and four others."""
    found = registers.class_now(began_min_ago=5)
    registers.crowd(found.batch, 4)
    return found


def save(held: ClassSession, fields: dict[str, str], name: str = "register_marks") -> Any:
    return people.signed_in(people.teacher()).post(address(held, name), fields)


# --- The form ---------------------------------------------------------------------------------------------------------


def test_the_form_saves_state_minutes_and_remark(held):
    answer = save(held, form(people.student(), "L", late="12", remark="Bus"))
    assert answer.status_code == 302
    record = Record.objects.get(class_session=held, student=people.student())
    assert (record.status, record.late_min, record.remark) == ("L", 12, "Bus")


def test_what_was_left_as_shown_is_no_mark_so_a_check_in_meanwhile_is_no_conflict(held):
    check_in(held, body(**fix()))
    answer = save(held, form(people.student(), "U", late="", remark=""))
    assert answer.status_code == 302
    assert letter_of(held, people.student()) == Status.PRESENT
    assert RecordChange.objects.count() == 1


def test_a_remark_alone_goes_with_whatever_the_register_says(held):
    check_in(held, body(**fix()))
    save(held, form(people.student(), "U", remark="Forgot the book"))
    record = Record.objects.get(class_session=held, student=people.student())
    assert (record.status, record.remark) == (Status.PRESENT, "Forgot the book")


def test_a_conflict_is_shown_at_the_student_and_saving_again_decides(held):
    check_in(held, body(**fix()))
    answer = save(held, form(people.student(), "A", why="Not in the room"))
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Meanwhile: Present, by check-in" in text
    assert letter_of(held, people.student()) == Status.PRESENT
    assert 'value="A" aria-label="Absent" checked' in text
    assert f's.{people.student().uuid}.1.P"' in text
    again = save(held, form(people.student(), "A", version=1, shown="P", why="Not in the room"))
    assert again.status_code == 302
    assert letter_of(held, people.student()) == Status.ABSENT


def test_a_missing_reason_is_asked_for_beside_the_name_and_the_rest_is_saved(held):
    check_in(held, body(**fix()))
    [other, *_rest] = User.objects.filter(name="Student 000")
    fields = form(people.student(), "A", version=1, shown="P") | form(other, "P")
    answer = save(held, fields)
    assert answer.status_code == 409
    assert "Say why you mark it otherwise" in answer.content.decode()
    assert f'name="w.{people.student().uuid}"' in answer.content.decode()
    assert letter_of(held, other) == Status.PRESENT


def test_names_and_remarks_are_only_text_on_the_page(held):
    student = people.student()
    student.name = '"><img src=x onerror=alert(1)>'
    student.save()
    send(held, mark(student, "P", remark="</textarea><script>alert(1)</script>"))
    text = page(held)
    assert "<img src=x" not in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("name", ["s.x.0.U", "s.", "s.5.0.U", f"s.{'0' * 8}-0000-4000-8000-{'0' * 12}.-1.U"])
def test_fields_nobody_offered_are_refused(held, name):
    assert save(held, {name: "P"}).status_code == 422
    assert not Record.objects.exists()


# --- All at once ------------------------------------------------------------------------------------------------------


def test_all_present_leaves_what_was_said_and_who_has_leave(held):
    students = list(User.objects.filter(name__startswith="Student").order_by("name"))
    day = timezone.localdate(held.starts_at)
    given = {"first_on": day, "last_on": day, "reason": "Wedding", "asked_by": students[0]}
    Leave.objects.create(student=students[0], state=AskState.GRANTED, **given)
    send(held, mark(students[1], "A"))
    assert save(held, {"do": "present"}).status_code == 302
    assert [letter_of(held, one) for one in students] == ["E", "A", "P", "P"]
    assert letter_of(held, people.student()) == Status.PRESENT


def test_all_present_leaves_who_is_flagged_and_says_how_many(held):
    """He may stand in the hall, or at home with somebody else's code: that is for the teacher to see, one by one."""
    first, second, *others = User.objects.filter(name__startswith="Student").order_by("name")
    for one in (people.student(), first, second):
        check_in(held, body(**fix(north_of(240))), who=one)
    answer = save(held, {"do": "present"} | form(first, "P"))
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Saved.", "2 left: flagged."]
    assert not Record.objects.filter(class_session=held, student__in=[people.student(), second], status="P").exists()
    assert [letter_of(held, one) for one in (first, *others)] == ["P", "P", "P"]


def test_a_flag_somebody_has_looked_at_keeps_nobody_from_all_present(held):
    check_in(held, body(**fix(north_of(240))))
    Flag.objects.update(reviewed_at=timezone.now(), reviewed_by=people.teacher())
    answer = save(held, {"do": "present"})
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["Saved."]
    assert letter_of(held, people.student()) == Status.PRESENT


def test_the_script_is_told_who_is_flagged(held):
    check_in(held, body(**fix(north_of(240))))
    assert [one["flagged"] for one in lines(held).json()["lines"]] == [True, False, False, False, False]
    assert page(held).count(" data-flagged") == 1


def test_everybody_who_waits_is_accepted_and_that_can_be_undone(held):
    check_in(held, body(**fix(north_of(60), accuracy=60)))
    assert "Confirm 1" in page(held)
    answer = save(held, {}, "register_confirm")
    assert letter_of(held, people.student()) == Status.PRESENT
    [told] = [str(one) for one in get_messages(answer.wsgi_request)]
    undo = re.search(r'name="undo" value="([^"]+)"', told)
    assert undo is not None
    save(held, {"undo": undo[1]}, "register_confirm")
    record = Record.objects.get(class_session=held, student=people.student())
    assert (record.status, record.source) == (Status.WAITING, Source.POSITION)
    assert [one.status for one in RecordChange.objects.filter(record=record)] == ["W", "P", "W"]


def test_a_better_check_in_still_lifts_who_waits_again(held):
    check_in(held, body(**fix(north_of(60), accuracy=60)))
    answer = save(held, {}, "register_confirm")
    [told] = [str(one) for one in get_messages(answer.wsgi_request)]
    save(held, {"undo": told.split('value="')[2].split('"')[0]}, "register_confirm")
    check_in(held, body(**fix()))
    assert letter_of(held, people.student()) == Status.PRESENT


def test_undoing_leaves_what_somebody_has_changed_since(held):
    check_in(held, body(**fix(north_of(60), accuracy=60)))
    answer = save(held, {}, "register_confirm")
    at = RecordChange.objects.latest("pk").at.isoformat()
    send(held, mark(people.student(), "A", reason="Left early"))
    save(held, {"undo": at}, "register_confirm")
    assert answer.status_code == 302
    assert letter_of(held, people.student()) == Status.ABSENT


def test_who_checked_in_late_is_accepted_as_late():
    late = registers.class_now(began_min_ago=20)
    check_in(late, body(**fix(north_of(60), accuracy=60)))
    save(late, {}, "register_confirm")
    record = Record.objects.get(class_session=late, student=people.student())
    assert (record.status, record.late_min) == (Status.LATE, 21)


def test_after_closing_nobody_is_accepted_in_bulk(held):
    check_in(held, body(**fix(north_of(60), accuracy=60)))
    save(held, {}, "register_close")
    assert save(held, {}, "register_confirm").status_code == 409
    assert letter_of(held, people.student()) == Status.WAITING


# --- Closing ----------------------------------------------------------------------------------------------------------


def test_closing_says_first_what_it_will_do(held):
    send(held, mark(people.student(), "P"))
    text = page_of_closing(held)
    assert "4 who are not marked become absent:" in text
    assert "Student 003" in text
    assert Register.objects.get(pk=held.pk).finalised_at is None


def test_many_who_would_become_absent_are_counted_and_named_on_demand():
    held = registers.class_now(began_min_ago=5)
    registers.crowd(held.batch, 12)
    text = page_of_closing(held)
    assert "13 who are not marked become absent:" in text
    assert "Student 003" in text.partition("Their names")[2]


def page_of_closing(held: ClassSession) -> str:
    return str(people.signed_in(people.teacher()).get(address(held, "register_close")).content.decode())


def test_closing_makes_it_final_and_the_page_says_by_whom(held):
    assert save(held, {}, "register_close").status_code == 302
    text = page(held)
    assert "by Meera Joshi." in text
    assert "A change now is a correction" in text
    assert "This register is closed already." in page_of_closing(held)
    assert [one["status"] for one in lines(held).json()["lines"]] == ["A"] * 5


# --- Heads in the room ------------------------------------------------------------------------------------------------


def heads(held: ClassSession, typed: str) -> Any:
    browser = people.signed_in(people.teacher())
    return browser.post(address(held, "register_headcount"), {"heads": typed}, headers={"X-Live": "1"})


def test_the_count_is_compared_with_who_is_marked_there(held):
    send(held, mark(people.student(), "P"))
    assert "As many as in the register" in heads(held, "1").content.decode()
    assert "1 more than the register" in heads(held, "2").content.decode()
    fewer = heads(held, "0").content.decode()
    assert "1 fewer than the register" in fewer
    assert "1 marked present or late." in fewer
    assert "Call three names" not in fewer  # the teacher has seen her; only a phone's word is tested by a call


@pytest.mark.parametrize("typed", ["-1", "abc", "1e9", "99999999999"])
def test_what_is_no_count_is_refused(held, typed):
    assert heads(held, typed).status_code == 422


def test_three_of_those_who_checked_in_are_called_none_twice_and_answers_are_kept(held):
    students = [people.student(), *User.objects.filter(name__startswith="Student")]
    for one in students:
        check_in(held, body(**fix()), who=one)
    assert "Call three names" in heads(held, "3").content.decode()
    save(held, {}, "register_call")
    save(held, {}, "register_call")
    called = Register.objects.get(pk=held.pk).called
    assert {one["student"] for one in called} == {str(one.uuid) for one in students}
    assert len(called) == 5
    save(held, {"answer": f"{called[0]['student']}:no"}, "register_call")
    save(held, {"answer": f"{called[1]['student']}:yes"}, "register_call")
    assert [one["answered"] for one in Register.objects.get(pk=held.pk).called[:3]] == [False, True, None]
    assert "Mark absent" in page(held)


@pytest.mark.parametrize("answer", ["x:yes", "5", f"{'0' * 8}-0000-4000-8000-{'0' * 12}:maybe"])
def test_an_answer_nobody_offered_is_refused(held, answer):
    assert save(held, {"answer": answer}, "register_call").status_code == 422
