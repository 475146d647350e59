"""Tests on first screens, in the to-do, in the calendar and on a batch's page, and in a person's own copy."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship
from exams import boards, own_copy, waiting
from exams.calendar_entries import calendar
from exams.models import Attempt, TakeoverRequest
from exams.models.attempts import EndedBy, State
from tests import people
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db


def todo_of(person):
    return [(one.label, one.action) for one in waiting.todo(person, now=timezone.now())]


def in_hours(hours: float):
    return timezone.now() + timedelta(hours=hours)


# --- To-do ------------------------------------------------------------------------------------------------------------


def test_student_has_open_and_coming_tests_to_do():
    papers.paper()
    papers.exam("Weekly test 13", opens_at=in_hours(20), closes_at=in_hours(23))
    papers.exam("Far away", opens_at=in_hours(24 * 9), closes_at=in_hours(24 * 9 + 3))
    papers.exam("Over", opens_at=in_hours(-9), closes_at=in_hours(-6))
    papers.exam("Draft", published_at=None)
    assert todo_of(people.student()) == [("Write Full mock 5", "Begin"), ("Weekly test 13", "Look")]


def test_who_writes_goes_on_even_past_the_closing():
    test = papers.paper()
    attempt = papers.attempt(test)
    test.closes_at = in_hours(-0.01)
    test.save()
    assert todo_of(people.student()) == [("Go on with Full mock 5", "Go on")]
    Attempt.objects.filter(pk=attempt.pk).update(
        state=State.SUBMITTED, submitted_at=timezone.now(), ended_by=EndedBy.STUDENT
    )
    assert todo_of(people.student()) == []


def test_written_test_waits_again_while_an_attempt_is_left():
    test = papers.paper(most_attempts=2)
    papers.attempt(test, state=State.SUBMITTED, submitted_at=timezone.now(), ended_by=EndedBy.STUDENT)
    assert todo_of(people.student()) == [("Write Full mock 5", "Begin")]
    papers.attempt(test, state=State.SUBMITTED, submitted_at=timezone.now(), ended_by=EndedBy.STUDENT, number=2)
    assert todo_of(people.student()) == []


def test_test_of_a_batch_one_has_left_or_that_is_switched_off_waits_for_nobody():
    test = papers.paper()
    assert todo_of(people.other_student()) == []
    test.is_active = False
    test.save()
    assert todo_of(people.student()) == []


def test_teacher_is_told_who_asks_for_another_device():
    attempt = papers.attempt()
    TakeoverRequest.objects.create(attempt=attempt, device="Firefox, Windows")
    assert todo_of(people.teacher()) == [("1 student asks for another device", "Decide")]
    assert todo_of(people.admin()) == [("1 student asks for another device", "Decide")]
    assert todo_of(people.other_teacher()) == []


# --- First screens and the batch's page -------------------------------------------------------------------------------


def test_teacher_sees_running_tests_with_who_writes():
    attempt = papers.attempt()
    [line] = boards.panel(people.teacher(), now=timezone.now()).lines
    assert (line.label, line.meta, line.word) == ("Full mock 5", "1 write now", "Running")
    assert line.url == reverse("test_monitor", args=[attempt.test.uuid])
    assert boards.panel(people.other_teacher(), now=timezone.now()).lines == ()


def test_guardian_sees_each_test_of_his_child_once():
    test = papers.exam()
    second = timetables.batch("JEE 2027 B")
    timetables.enrol(people.student(), second)
    test.test_batches.create(batch=second)
    Guardianship.objects.create(student=people.student(), guardian=people.guardian())
    [line] = boards.panel(people.guardian(), now=timezone.now()).lines
    assert line.label == "Full mock 5"


def test_office_counts_tests_that_run_and_students_who_write():
    papers.attempt()
    papers.exam("Later", opens_at=in_hours(20), closes_at=in_hours(23))
    [figure] = boards.office(people.admin(), now=timezone.now()).figures
    assert (figure.value, figure.note) == ("1", "1 write now")


def test_batch_shows_coming_tests_before_past_ones():
    batch = timetables.batch()
    papers.exam("Over", batch=batch, opens_at=in_hours(-9), closes_at=in_hours(-6))
    papers.exam("Later", batch=batch, opens_at=in_hours(20), closes_at=in_hours(23))
    panel = boards.batch_panel(batch, people.admin(), now=timezone.now())
    assert panel
    assert [(line.label, line.word) for line in panel.lines] == [("Later", "To come"), ("Over", "Over")]
    assert boards.batch_panel(timetables.batch("Other"), people.other_student(), now=timezone.now()) is None


# --- Calendar ---------------------------------------------------------------------------------------------------------


def entries(person, since: float = -48, until: float = 48):
    return calendar(person, since=in_hours(since), until=in_hours(until))


def test_calendar_has_published_tests_for_students_and_drafts_for_their_teacher():
    papers.exam()
    papers.exam("Draft", published_at=None)
    assert [one.label for one in entries(people.student())] == ["Full mock 5"]
    assert {(one.label, one.word) for one in entries(people.teacher())} == {("Full mock 5", ""), ("Draft", "Draft")}
    assert entries(people.other_student()) == []


def test_long_window_stands_at_its_opening():
    papers.exam(opens_at=in_hours(1), closes_at=in_hours(24 * 6), duration_min=60)
    [entry] = entries(people.student())
    assert entry.ends_at - entry.starts_at == timedelta(hours=1)
    assert entry.meta.startswith("open until")


def test_calendar_asks_as_much_for_three_tests_as_for_thirty(django_assert_max_num_queries):
    for n in range(30):
        papers.exam(f"Test {n}")
    with django_assert_max_num_queries(4):
        assert len(entries(people.student())) == 30


# --- Own copy ---------------------------------------------------------------------------------------------------------


def test_own_copy_has_attempts_answers_and_events_and_erasure_forgets_the_device():
    attempt = papers.attempt()
    placed = attempt.test.questions.first()
    attempt.responses.create(
        question=placed, seq=1, answer="b", is_answered=True, saved_at=timezone.now(), answered_at=timezone.now()
    )
    attempt.events.create(kind="AWAY", happened_at=timezone.now(), duration_ms=12_000, cause="hidden")
    tables = {section.key: list(section.rows) for section in own_copy.export(people.student())}
    assert tables["answers"][0][3] == "b"
    assert tables["test_events"][0][2:] == ("Left the test", "hidden", 12)
    assert len(tables["attempts"]) == 1
    own_copy.erase(people.student())
    attempt.refresh_from_db()
    assert (attempt.device, attempt.device_id) == ("", None)
