"""A test that is over, in which two pairs of students answered alike, one of them on one device."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from batches.models import Enrolment
from exams import reckoning
from exams.content import Kind
from exams.models import Attempt, Response
from exams.models.attempts import EndedBy, State
from exams.models.results import Cause
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import exam_of, people_and_batch

TITLE, STUDENTS, QUESTIONS = "Weekly test 13", 24, 16
NAMES = {0: "Mohammed Arshad Khan Siddiqui", 1: "आराध्या देशपांडे", 2: "Kavya Iyer", 3: "S. Karthikeyan"}


def main() -> None:
    batch = people_and_batch()
    window = {"closes_at": timezone.now() - timedelta(hours=1)}
    test = exam_of(TITLE, batch=batch, opens_in_s=-4 * 3600, kinds=[Kind.SINGLE] * QUESTIONS, **window)
    chance, at = random.Random(13), timezone.now() - timedelta(hours=3)
    said: list[list[str | None]] = []
    for nth in range(STUDENTS):
        own = [chance.choice(["a", "b", "b", "c", "d", None]) for _question in range(3 * QUESTIONS)]
        if nth in (1, 3):
            own = [own[n] if chance.random() < 0.12 * nth else one for n, one in enumerate(said[nth - 1])]
        said.append(own)
        who = people.person(NAMES.get(nth, f"Student {nth}"), Role.STUDENT, admission_number=f"2026-06{nth:02}")
        Enrolment.objects.create(student=who, batch=batch, joined_at=timetables.LONG_AGO)
        done = {"started_at": at, "deadline_at": at + timedelta(hours=1), "submitted_at": at + timedelta(hours=1)}
        device = uuid.UUID(int=1 if nth < 2 else nth)
        ended = {"state": State.SUBMITTED, "ended_by": EndedBy.STUDENT, "device_id": device}
        attempt = Attempt.objects.create(test=test, student=who, **done, **ended)
        asked = test.questions.order_by("section__position", "position")
        Response.objects.bulk_create(
            Response(
                attempt=attempt,
                question=question,
                seq=1,
                answer=one,
                is_answered=one is not None,
                saved_at=at,
                answered_at=at + timedelta(seconds=40 * nth) if one else None,
            )
            for question, one in zip(asked, own, strict=True)
        )
    reckoning.reckon(test, cause=Cause.CLOSED, actor=None, now=timezone.now())
