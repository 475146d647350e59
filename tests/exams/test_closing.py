"""Closing attempts whose time is over: at their deadline, after the grace, once; and the operator's command."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from coaching.recurring import SCHEDULE
from exams import closing, tasks
from exams.models import Attempt, AttemptEvent
from exams.models.attempts import EndedBy, State
from tests import people
from tests.exams import papers
from tests.exams.writing import asked, batch, kept, said, send

pytestmark = pytest.mark.django_db


def over(*, s: float, student=None, **fields) -> Attempt:
    """An attempt whose deadline was so many seconds ago."""
    now = timezone.now()
    times = {"started_at": now - timedelta(hours=1), "deadline_at": now - timedelta(seconds=s)}
    return papers.attempt(student=student, **times, **fields)


def states() -> list[str]:
    return list(Attempt.objects.order_by("pk").values_list("state", flat=True))


def test_an_attempt_is_closed_at_its_deadline_once_the_grace_is_over():
    late, on_its_way = over(s=31), over(s=29, student=people.other_student())
    assert closing.close_due(now=timezone.now()).closed == 1
    late.refresh_from_db()
    assert (late.state, late.ended_by, late.submitted_at) == (State.SUBMITTED, EndedBy.DEADLINE, late.deadline_at)
    assert states() == [State.SUBMITTED, State.WRITING]
    assert closing.close_due(now=timezone.now()).closed == 0
    assert AttemptEvent.objects.get().cause == "deadline"
    assert send(on_its_way, batch(said(asked(on_its_way)[0], 1))).status_code == 200


def test_answers_that_were_acknowledged_stay_with_what_is_closed():
    attempt = over(s=10)
    question = asked(attempt)[0]
    assert send(attempt, batch(said(question, 1))).status_code == 200
    closing.close_due(now=timezone.now() + timedelta(seconds=30))
    assert send(attempt, batch(said(question, 2, "c"))).json()["error"]["code"] == "attempt_closed"
    assert kept(attempt) == {question.uuid: (1, "b")}


def test_who_got_more_time_meanwhile_goes_on():
    attempt = over(s=60)
    stale = Attempt.objects.select_related("test").get(pk=attempt.pk)
    Attempt.objects.update(deadline_at=timezone.now() + timedelta(minutes=5))
    assert not closing.close(stale, now=timezone.now())
    assert states() == [State.WRITING]


def test_who_has_not_begun_and_who_still_writes_are_left_alone():
    papers.attempt(state=State.READY, started_at=None, deadline_at=None)
    papers.attempt(student=people.other_student())
    assert closing.close_due(now=timezone.now()).closed == 0


# --- The command and the scheduler ------------------------------------------------------------------------------------


def command(*words: str) -> tuple[str, int]:
    """What `manage.py close_attempts` prints, and its exit status."""
    out = io.StringIO()
    try:
        call_command("close_attempts", *words, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(str(ended.code))
    return out.getvalue(), 0


def test_the_command_closes_what_is_due_and_the_second_time_nothing():
    over(s=60)
    over(s=90, student=people.other_student())
    assert command("--json") == ('{"closed": 2, "failed": []}\n', 0)
    assert command() == ("attempts closed: 0\n", 0)


def test_an_attempt_that_does_not_close_does_not_stop_the_others_and_is_told():
    bad, _good = over(s=90), over(s=60, student=people.other_student())

    def refuse(execute, sql, params, *given):
        if sql.startswith("UPDATE") and "exam_submissions" in sql and bad.pk in params:
            raise OperationalError("disk I/O error")
        return execute(sql, params, *given)

    with connection.execute_wrapper(refuse):
        text, status = command("--json")
    assert (json.loads(text), status) == ({"closed": 1, "failed": [str(bad.uuid)]}, 1)
    assert states() == [State.WRITING, State.SUBMITTED]


def test_the_command_says_when_it_could_not_run():
    def refuse(*_given):
        raise OperationalError("no connection")

    with connection.execute_wrapper(refuse), pytest.raises(CommandError, match="no connection") as stopped:
        call_command("close_attempts")
    assert stopped.value.returncode == 2


def test_the_scheduler_closes_too():
    over(s=60)
    assert SCHEDULE["exams-close-attempts"] == {"task": tasks.close_attempts.name, "schedule": 20.0}
    tasks.close_attempts()
    assert states() == [State.SUBMITTED]
