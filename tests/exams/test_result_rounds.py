"""Results by the scheduler: when a test is due, once however often it looks, one failure not stopping others."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coaching.recurring import SCHEDULE
from exams import result_rounds, tasks
from exams.content import Kind
from exams.models import Analysis, ExamQuestion, QuestionVersion, Response, ResultVersion, Test
from exams.models.attempts import State
from exams.models.results import Cause
from tests import people
from tests.exams import marked, papers

pytestmark = pytest.mark.django_db


def look(*, later: timedelta = timedelta(0)) -> int:
    return result_rounds.reckon_due(now=timezone.now() + later).reckoned


def causes(row: Test) -> list[str]:
    return [f"{one.cause} {one.waiting_count}" for one in row.result_versions.order_by("number")]


def test_a_test_that_is_over_is_reckoned_once():
    row = marked.written()
    assert SCHEDULE["exams-reckon-results"] == {"task": tasks.reckon_results.name, "schedule": 20.0}
    tasks.reckon_results()
    assert marked.totals(row) == ["16 1", "11 2", "7 3", "3 4", "-1 5"]
    assert Analysis.objects.get().version == marked.version(row)
    assert look() == 0
    Analysis.objects.all().delete()
    assert look() == 0
    assert Analysis.objects.get().version == marked.version(row)


def test_nothing_is_reckoned_before_the_grace_is_over_while_somebody_writes_or_when_nobody_wrote():
    now = timezone.now()
    marked.written(1, 1, title="In its grace", closes_at=now - timedelta(seconds=20))
    writes = marked.written(1, 1, title="Written")
    papers.attempt(writes, people.other_student(), deadline_at=now + timedelta(hours=1))
    marked.closed(1, title="Nobody wrote")
    marked.written(1, 1, title="Archived", archived_at=now)
    assert (look(), ResultVersion.objects.count()) == (0, 0)


def test_an_attempt_handed_in_later_makes_a_version_even_if_it_came_to_the_same():
    row = marked.test(2, 2)
    attempt = row.attempts.get(student=people.student())
    attempt.epoch, attempt.state = 2, State.WRITING
    attempt.save()
    assert look() == 0
    attempt.state, attempt.submitted_at = State.SUBMITTED, timezone.now()
    attempt.save()
    assert (look(), look()) == (1, 0)
    assert causes(row) == ["CLOSED 0", "LATE 0"]


def test_marks_by_hand_come_in_with_the_last_one_after_a_pause_or_when_corrected():
    row = marked.test(3, parts={"Essay": [Kind.SINGLE, Kind.LONG]})
    first, second, third = row.attempts.order_by("pk")
    assert causes(row) == ["CLOSED 3"]
    marked.mark(first, 1, "1")
    assert (look(), look(later=result_rounds.PAUSE), look(later=result_rounds.PAUSE)) == (0, 1, 0)
    marked.mark(second, 1, "0.5")
    assert look() == 0
    marked.mark(third, 1, "0")
    assert (look(), look()) == (1, 0)
    assert causes(row) == ["CLOSED 3", "MARKED 2", "MARKED 0"]
    assert [marked.result(row, one.student).verdicts[1] for one in (first, second, third)] == ["R", "P", "W"]
    marked.mark(second, 1, "0.5", comment="Only the comment is new.")
    assert look(later=result_rounds.PAUSE) == 0
    marked.mark(second, 1, "0.75")
    assert (look(), look(later=result_rounds.CORRECTED)) == (0, 1)


def test_marks_on_paper_that_came_back_are_looked_at_once():
    row = marked.closed(0, parts={"Physics": []}, is_on_paper=True)
    marked.paper_mark(row, people.student(), 0, "70")
    row = marked.reckoned(row)
    assert look() == 0
    for marks in ("7", "70"):
        marked.paper_mark(row, people.student(), 0, marks)
    costs = []
    for _round in range(3):
        with CaptureQueriesContext(connection) as asked:
            assert look(later=timedelta(minutes=2)) == 0
        costs.append(len(asked))
    assert costs[1] == costs[2] < costs[0] - 4
    marked.paper_mark(row, people.student(), 0, "71")
    assert (look(later=timedelta(minutes=2)), marked.totals(row)) == (1, ["71 1"])


def test_a_test_on_paper_is_reckoned_when_everybody_has_marks_or_is_absent():
    row = marked.closed(0, parts={"Physics": [], "Chemistry": []}, is_on_paper=True)
    row.sections.update(full_marks=100)
    ananya, ritika, absent = marked.several(3)
    for who in (ritika, absent):
        papers.timetables.enrol(who, row.batches.get())
    for section in (0, 1):
        marked.paper_mark(row, ananya, section, "70.5")
        marked.paper_mark(row, absent, section, None, is_absent=True)
    marked.paper_mark(row, ritika, 0, "90")
    assert look() == 0
    marked.paper_mark(row, ritika, 1, None, is_absent=True)
    assert (look(), look()) == (1, 0)
    assert marked.totals(row) == ["141 1", "90 2"]
    marked.paper_mark(row, ritika, 1, "60")
    assert (look(later=result_rounds.CORRECTED), marked.totals(row)) == (1, ["150 1", "141 2"])


def test_one_that_fails_does_not_stop_the_others():
    bad, good = marked.written(2, 2, title="Bad"), marked.written(2, 2, title="Good")
    key = QuestionVersion.objects.get(placed=marked.asked(bad)[0])
    broken = QuestionVersion.objects.create(
        question=key.question, number=2, body=key.body, key={"numbers": [{}]}, plain=""
    )
    ExamQuestion.objects.filter(version=key).update(version=broken)
    done = result_rounds.reckon_due(now=timezone.now())
    assert (done.reckoned, done.failed) == (1, [str(bad.uuid)])
    good.refresh_from_db()
    assert good.newest_results


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_make_one_version():
    row = marked.written(3, 3)
    both, made = threading.Barrier(2), []

    def reckon() -> None:
        held = Test.objects.get(pk=row.pk)
        both.wait()
        try:
            made.append(result_rounds.reckon_if_due(held, now=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=reckon) for _each in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(made) == [False, True]
    assert causes(row) == [f"{Cause.CLOSED.value} 0"]


def test_what_changes_while_it_is_read_is_left_to_the_next_look():
    row = marked.written(2, 2)
    seen = []

    def reopen(execute, sql, params, *given):
        if "FROM exam_responses" in sql and not seen:
            seen.append(sql)
            row.attempts.update(epoch=2)
            Response.objects.filter(attempt__test=row).update(answer="c")
        return execute(sql, params, *given)

    with connection.execute_wrapper(reopen):
        assert look() == 0
    assert (look(), marked.totals(row)) == (1, ["-2 1", "-2 1"])
