"""A hall in the middle of a test, as the walks of the monitor find it: somebody in each state, and a request."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from batches.models import Batch
from exams import credits, finishing, messages
from exams.models import Attempt, AttemptEvent, ExamQuestion, Response, TakeoverRequest, Test
from exams.models.attempts import EndedBy, State
from tests import people
from tests.browser.seed_exams import exam_of, login_of, people_and_batch
from tests.exams import papers

TITLE, OTHER = "Full mock 5", "Unit test, heat"
WRITES = timedelta(hours=1)
"""Devices of who writes are heard of until then, however long the walk takes."""


def main() -> None:
    batch = people_and_batch()
    for title in (TITLE, OTHER):
        hall(title, batch)


def hall(title: str, batch: Batch) -> Test:
    test = exam_of(title, batch=batch, opens_in_s=-68 * 60, duration_min=180)
    now = timezone.now()
    began = now - timedelta(minutes=67)
    lost_at, heard = now - timedelta(minutes=4), now + WRITES
    _sits(test, 0, began, answers=7, last_beat_at=heard, last_saved_at=now)
    _sits(test, 1, began, answers=5, last_beat_at=lost_at, last_saved_at=lost_at, away_count=2, away_ms=41_000)
    idle_since = now - timedelta(minutes=6)
    _sits(test, 2, began, answers=9, last_beat_at=heard, last_saved_at=idle_since, device="Edge, Windows")
    more = _sits(test, 3, began, answers=4, last_beat_at=heard, last_saved_at=now, away_count=1, away_ms=7_000)
    _handed_in(_sits(test, 4, began, answers=12, last_beat_at=now, last_saved_at=now), now)
    moving = _sits(test, 5, began, answers=6, last_beat_at=heard, last_saved_at=now)
    TakeoverRequest.objects.create(attempt=moving, device_id=uuid.uuid4(), device="Firefox, Windows")
    _sits(test, 6, began, state=State.READY, started_at=None, deadline_at=None, last_beat_at=now)
    _happened(test, more, now)
    return test


def student(number: int) -> User:
    return User.objects.get(admission_number=login_of(number))


def _sits(test: Test, number: int, began: datetime, *, answers: int = 0, **fields: Any) -> Attempt:
    attempt = papers.attempt(test, student(number), now=began, admitted_at=began, **fields)
    placed = ExamQuestion.objects.filter(test=test)[:answers]
    answered = {"seq": 1, "answer": ["b"], "is_answered": True, "saved_at": began, "answered_at": began}
    Response.objects.bulk_create(Response(attempt=attempt, question=one, **answered) for one in placed)
    return attempt


def _handed_in(attempt: Attempt, now: datetime) -> None:
    finishing.submit(attempt, by=EndedBy.STUDENT, now=now - timedelta(minutes=1))


def _happened(test: Test, attempt: Attempt, now: datetime) -> None:
    by: dict[str, Any] = {"actor": people.teacher(), "now": now - timedelta(minutes=3)}
    credits.give_time(test, [attempt], seconds=600, reason="Machine changed", action=uuid.uuid4(), **by)
    messages.tell(test, text="Question 4: g is 10 m/s².", uuid=uuid.uuid4(), **by)
    AttemptEvent.objects.create(
        attempt=attempt, kind="AWAY", happened_at=now - timedelta(minutes=9), duration_ms=7_000, cause="hidden"
    )
