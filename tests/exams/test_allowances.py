"""Extra time said before a test: the larger of a student's own and his batches'; who waits has it, too."""

import pytest
from django.utils import timezone

from accounts.models import Activity
from exams import allowances, finishing
from exams.models import Allowance
from exams.models.attempts import EndedBy, State
from exams.tests_made import TestRefused
from tests import people
from tests.batches import timetables
from tests.exams import making, papers

pytestmark = pytest.mark.django_db


def give(row, whom, minutes, reason="Scribe"):
    verb = allowances.allow_student if whom == people.student() else allowances.allow_batch
    return verb(row, whom, minutes=minutes, reason=reason, actor=people.teacher(), now=timezone.now())


@pytest.mark.parametrize(("own", "of_batch", "seconds"), [(0, 0, 0), (20, 10, 1200), (5, 10, 600), (0, 10, 600)])
def test_larger_one_counts(own, of_batch, seconds):
    row = making.ready()
    if own:
        give(row, people.student(), own)
    if of_batch:
        give(row, timetables.batch(), of_batch)
    assert allowances.seconds_for(row, people.student()) == seconds
    assert allowances.seconds_for(row, people.other_student()) == 0


def test_given_again_it_is_as_said_last_and_logged_once_each():
    row = making.ready()
    for minutes in (10, 10, 15):
        give(row, people.student(), minutes)
    assert row.allowances.get().minutes == 15
    assert Activity.objects.filter(event="test.allowance").count() == 2


def test_who_waits_has_it_and_loses_it_again():
    row = papers.paper()
    attempt = papers.attempt(row, state=State.READY, started_at=None, deadline_at=None)
    given = give(row, timetables.batch(), 10)
    attempt.refresh_from_db()
    assert attempt.allowance_s == 600
    for _ in range(2):
        allowances.drop_allowance(given, actor=people.teacher(), now=timezone.now())
    attempt.refresh_from_db()
    assert attempt.allowance_s == 0


def test_who_writes_gets_time_on_the_monitor_instead():
    row = papers.paper()
    attempt = papers.attempt(row)
    with pytest.raises(TestRefused):
        give(row, people.student(), 10)
    give(row, timetables.batch(), 10)
    attempt.refresh_from_db()
    assert attempt.allowance_s == 0


@pytest.mark.parametrize(("allowed", "takes"), [(1, False), (2, True)])
def test_who_has_handed_in_gets_more_time_only_for_another_attempt(allowed: int, takes: bool) -> None:
    attempt = papers.attempt(papers.paper(most_attempts=allowed))
    finishing.submit(attempt, by=EndedBy.STUDENT, now=timezone.now())
    how = {"minutes": 10, "reason": "Scribe", "actor": people.teacher(), "now": timezone.now()}
    if takes:
        allowances.allow_student(attempt.test, attempt.student, **how)
    else:
        with pytest.raises(TestRefused, match="handed in"):
            allowances.allow_student(attempt.test, attempt.student, **how)
    assert Allowance.objects.exists() == takes
