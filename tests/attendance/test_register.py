"""The register of a class as its teacher takes it: the page, the marks its script sends, what comes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from attendance.models import Freeze, Leave, Record, RecordChange, Register
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from batches.models import ClassSession
from tests import people
from tests.attendance import registers
from tests.attendance.checking_in import body, code_now, fix
from tests.attendance.checking_in import send as check_in
from tests.attendance.registers import north_of
from tests.attendance.taking import address, letter_of, line_of, lines, mark, page, send
from tests.batches import timetables

pytestmark = pytest.mark.django_db


@pytest.fixture
def held() -> ClassSession:
    """A class that began five minutes ago, with Ananya and four others."""
    found = registers.class_now(began_min_ago=5)
    registers.crowd(found.batch, 4)
    return found


# --- The page ---------------------------------------------------------------------------------------------------------


def test_the_page_names_everybody_on_the_roll_and_writes_nothing(held):
    text = page(held)
    assert text.count('class="pupil') == 5
    assert "Ananya Kulkarni" in text
    assert "No check-in" in text
    assert not Register.objects.exists()
    assert not Record.objects.exists()


def test_students_are_known_to_the_page_by_uuid_never_by_number(held):
    student = people.student()
    assert str(student.uuid) in page(held)
    assert set(lines(held).json()["lines"][0]) == {
        *("student", "status", "late_min", "remark", "version", "shown", "flagged", "tone", "note", "record")
    }


def test_who_left_before_the_class_is_not_on_its_register(held):
    timetables.enrol(people.other_student(), held.batch, left_at=held.starts_at - timedelta(days=1))
    assert "रितिका" not in page(held)


def test_the_page_costs_as_many_queries_for_three_students_as_for_thirty(same_queries):
    held = registers.class_now()
    teacher, made = people.signed_in(people.teacher()), iter(range(1000))

    def add(count: int) -> None:
        from accounts.models import Role

        for _number in range(count):
            n = next(made)
            student = people.person(f"Student {n}", Role.STUDENT, admission_number=f"Q-{n}")
            timetables.enrol(student, held.batch)
            check_in(held, body(**fix()), who=student)

    def visit() -> Any:
        return teacher.get(address(held))

    same_queries(visit, add=add, at_most=15)


def test_a_page_of_forty_weighs_less_than_100_kb():
    held = registers.class_now()
    for student in registers.crowd(held.batch, 39):
        registers.mark(held, student, Status.PRESENT, by=people.admin())
    text = page(held)
    assert text.count('class="pupil') == 40
    assert len(text.encode()) < 100_000


def test_a_class_to_come_says_when_its_register_opens(held):
    later = timetables.class_session(held.batch, timezone.now() + timedelta(hours=3))
    text = page(later)
    assert "The register opens on" in text
    assert "disabled" in text
    answer = send(later, mark(people.student(), "P"))
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "register_closed"


def test_a_cancelled_class_says_so_and_takes_no_marks(held):
    ClassSession.objects.filter(pk=held.pk).update(cancelled_at=timezone.now())
    assert "This class is cancelled." in page(held)
    assert send(held, mark(people.student(), "P")).status_code == 409
    assert not Record.objects.exists()


def test_an_empty_roll_says_so(held):
    batch = timetables.batch("Nobody yet")
    empty = timetables.class_session(batch, timezone.now())
    assert "Nobody was in this batch at this class" in page(empty)


def test_a_frozen_register_is_shown_with_the_reason_and_takes_no_marks(held):
    day = timezone.localdate(held.starts_at)
    Freeze.objects.create(first_on=day, last_on=day, reason="Salaries", made_by=people.admin())
    assert "is frozen" in page(held)
    answer = send(held, mark(people.student(), "P"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "period_frozen")


def test_a_register_of_an_archived_batch_is_kept_as_it_is(held):
    held.batch.archived_at = timezone.now()
    held.batch.save()
    assert "This batch is archived." in page(held)
    assert send(held, mark(people.student(), "P")).status_code == 409


def test_a_figure_of_the_tally_shows_those_it_counts(held):
    send(held, mark(people.student(), "A"))
    text = page(held, show="A")
    rows = text.split('<li class="pupil')[1:]
    assert ["Ananya Kulkarni" in row for row in rows if " hidden>" not in row.split("\n")[0]] == [True]


# --- Evidence ---------------------------------------------------------------------------------------------------------


def test_a_check_in_stands_beside_the_name_with_a_band_and_no_coordinates(held):
    check_in(held, body(**fix(north_of(15))))
    note = line_of(held, people.student())["note"]
    assert note.startswith("Checked in ")
    assert note.endswith("10–25 m")
    assert "20.00" not in page(held)


def test_a_code_is_said_to_be_one(held):
    register = registers.register(held)
    check_in(held, body(code=code_now(register)))
    assert "with the code" in line_of(held, people.student())["note"]


def test_who_is_elsewhere_is_flagged_with_how_far(held):
    check_in(held, body(**fix(north_of(240))))
    found = line_of(held, people.student())
    assert found["tone"] == "due"
    assert found["note"].startswith("Flagged: 150–250 m away")
    assert found["status"] == Status.UNMARKED


def test_who_waits_is_said_to_be_confirmed_and_why(held):
    check_in(held, body(**fix(north_of(60), accuracy=60)))
    found = line_of(held, people.student())
    assert found["status"] == Status.WAITING
    assert "To confirm: position uncertain, 50–100 m" in found["note"]


def test_leave_of_the_day_is_said_whether_granted_or_asked(held):
    day = timezone.localdate(held.starts_at)
    given = {"student": people.student(), "first_on": day, "last_on": day, "reason": "Wedding"}
    leave = Leave.objects.create(**given, asked_by=people.student())
    assert "leave asked for, not decided" in line_of(held, people.student())["note"]
    Leave.objects.filter(pk=leave.pk).update(state=AskState.GRANTED)
    assert "On leave until" in line_of(held, people.student())["note"]


def test_absences_in_a_row_are_counted_back_from_this_class(held):
    for days in (3, 2, 1):
        before = timetables.class_session(held.batch, held.starts_at - timedelta(days=days))
        registers.mark(before, people.student(), Status.ABSENT, now=before.starts_at)
        Register.objects.filter(pk=before.pk).update(finalised_at=before.ends_at)
    assert "3 absences in a row before" in line_of(held, people.student())["note"]
    send(held, mark(people.student(), "A"))
    assert "4 absences in a row" in line_of(held, people.student())["note"]


def test_another_teachers_mark_names_him(held):
    send(held, mark(people.student(), "A"), who=people.admin())
    assert "marked by Rajendra Bhosale" in line_of(held, people.student())["note"]
    assert "marked by" not in line_of(held, people.student(), who=people.admin())["note"]


# --- Marks ------------------------------------------------------------------------------------------------------------


def test_a_mark_is_saved_with_its_history_and_answered_with_the_record(held):
    answer = send(held, mark(people.student(), "L", late_min=7, remark="Bus", seen=0)).json()
    assert answer["refused"] == []
    assert answer["records"] == [
        {"student": str(people.student().uuid), "status": "L", "late_min": 7, "remark": "Bus", "version": 1}
    ]
    record = Record.objects.get(class_session=held, student=people.student())
    assert (record.source, record.marked_by) == (Source.TEACHER, people.teacher())
    assert RecordChange.objects.filter(record=record).count() == 1


def test_the_office_marks_as_the_office(held):
    send(held, mark(people.student(), "P"), who=people.admin())
    assert Record.objects.get(student=people.student(), class_session=held).source == Source.OFFICE


def test_the_same_marks_sent_again_change_nothing(held):
    marks = [mark(people.student(), "L", late_min=7, seen=0)]
    first, again = send(held, *marks).json(), send(held, *marks).json()
    assert first["records"] == again["records"]
    assert again["refused"] == []
    assert RecordChange.objects.count() == 1


def test_what_changed_meanwhile_comes_back_as_a_conflict_and_stays(held):
    check_in(held, body(**fix()))
    answer = send(held, mark(people.student(), "A", seen=0, reason="Not in the room")).json()
    [refused] = answer["refused"]
    assert refused["code"] == "changed"
    assert refused["message"].startswith("Meanwhile: Present, by check-in")
    assert refused["record"]["version"] == 1
    assert letter_of(held, people.student()) == Status.PRESENT


def test_two_who_say_the_same_do_not_conflict(held):
    send(held, mark(people.student(), "P", seen=0), who=people.admin())
    assert send(held, mark(people.student(), "P", seen=0)).json()["refused"] == []
    assert RecordChange.objects.count() == 1


def test_overruling_a_check_in_needs_a_reason(held):
    check_in(held, body(**fix()))
    [refused] = send(held, mark(people.student(), "A", seen=1)).json()["refused"]
    assert refused["code"] == "reason"
    assert letter_of(held, people.student()) == Status.PRESENT
    assert send(held, mark(people.student(), "A", seen=1, reason="Left early")).json()["refused"] == []
    assert letter_of(held, people.student()) == Status.ABSENT
    assert RecordChange.objects.latest("pk").reason == "Left early"


def test_after_closing_a_change_is_a_correction_with_a_reason(held):
    send(held, mark(people.student(), "A"))
    closing = people.signed_in(people.teacher()).post(address(held, "register_close"))
    assert closing.status_code == 302
    assert "Closed" in page(held)
    [refused] = send(held, mark(people.student(), "P", seen=1)).json()["refused"]
    assert refused["code"] == "reason"
    assert send(held, mark(people.student(), "P", seen=1, reason="Marked by mistake")).json()["refused"] == []
    assert RecordChange.objects.latest("pk").is_correction


def test_somebody_who_is_not_on_the_roll_is_not_marked(held):
    [refused] = send(held, mark(people.other_student(), "P")).json()["refused"]
    assert refused["code"] == "not_on_roll"
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"status": "W"},
        {"status": "X"},
        {"status": ["P"]},
        {"status": None},
        {"status": "P", "late_min": True},
        {"status": "L", "late_min": 0},
        {"status": "L", "late_min": 10**9},
        {"status": "P", "seen": "1"},
        {"status": "P", "seen": -1},
        {"status": "P", "remark": "x" * 201},
        {"status": "P", "reason": 5},
        {"status": "P", "remark": "a\0b"},
        {"status": "P", "student": "1"},
        {"status": "P", "student": 5},
        {"status": "P", "source": "OFFICE"},
    ],
)
def test_what_is_no_mark_is_refused_and_nothing_of_it_is_stored(held, bad):
    answer = send(held, mark(people.student(), "P"), {"student": str(people.student().uuid), **bad})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "malformed"
    assert not Record.objects.exists()


@pytest.mark.parametrize("raw", ["[]", "{}", '{"marks": {}}', '{"marks": [1]}', "[" * 50_000, "\xff"])
def test_a_body_that_cannot_be_read_is_refused(held, raw):
    browser = people.signed_in(people.teacher())
    answer = browser.post(address(held, "register_marks"), raw, content_type="application/json")
    assert answer.status_code == 422
    assert not Record.objects.exists()


def test_a_teacher_with_a_child_in_the_class_does_not_see_its_register(held):
    from accounts.models import Guardianship

    Guardianship.objects.create(guardian=people.guardian_who_teaches(), student=people.student())
    answer = people.signed_in(people.guardian_who_teaches()).get(address(held))
    assert answer.status_code == 403
    assert "Registers are for the admins and the teachers of a class" in answer.content.decode()


# --- Live -------------------------------------------------------------------------------------------------------------


def test_lines_are_not_told_again_while_nothing_has_changed(held):
    seen = lines(held).json()["seen"]
    assert lines(held, seen=seen).status_code == 204
    check_in(held, body(**fix(north_of(500))))  # changes no record, only what a teacher should see
    assert lines(held, seen=seen).status_code == 200


def test_asking_for_unchanged_lines_costs_few_queries(held, django_assert_max_num_queries):
    registers.register(held)
    browser, seen = people.signed_in(people.teacher()), lines(held).json()["seen"]
    browser.get(address(held, "register_lines"), {"seen": seen})
    with django_assert_max_num_queries(6):
        browser.get(address(held, "register_lines"), {"seen": seen})
