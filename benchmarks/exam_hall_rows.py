"""What `exam_at_once` does in the database: fill it, and compare it with what the phones were told."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import django

django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import reverse  # noqa: E402

from benchmarks import exam_hall  # noqa: E402
from benchmarks.exam_at_once import QUESTIONS, SPARE  # noqa: E402
from benchmarks.exam_devices import answer_of  # noqa: E402
from exams.models import Attempt, Response  # noqa: E402
from exams.models.attempts import State  # noqa: E402


def seed(students: int) -> dict[str, Any]:
    """So many wait with the sealed paper, and SPARE more already write."""
    call_command("migrate", verbosity=0)
    hall = exam_hall.fill(students=students + SPARE, questions=QUESTIONS)
    writers = [_said(one) for one in hall.writers]
    waiting = {"state": State.READY, "started_at": None, "deadline_at": None, "device_id": None}
    Attempt.objects.filter(pk__in=[one.attempt for one in hall.writers[SPARE:]]).update(**waiting)
    return {
        "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
        "questions": hall.questions,
        "spare": [one | {"session": f"{settings.SESSION_COOKIE_NAME}={one['session']}"} for one in writers[:SPARE]],
        "writers": writers[SPARE:],
    }


def _said(one: exam_hall.Writer) -> dict[str, Any]:
    return {
        "attempt": one.attempt,
        "uuid": one.uuid,
        "session": one.cookie.partition("=")[2],
        "bare_session": one.bare_cookie,
        "start": reverse("attempt_start", args=[one.uuid]),
        "save": one.path,
        "finish": reverse("attempt_finish", args=[one.uuid]),
    }


def check(told: Path) -> dict[str, Any]:
    """How many acknowledged answers are not in the database as they were sent, and how many did not hand in."""
    acknowledged: dict[str, dict[str, int]] = json.loads(told.read_text())
    found = {
        (str(attempt), str(question)): (seq, answer)
        for attempt, question, seq, answer in Response.objects.values_list(
            "attempt__uuid", "question__uuid", "seq", "answer"
        ).iterator()
    }
    lost = sum(
        found.get((attempt, question)) != (seq, answer_of(seq))
        for attempt, answers in acknowledged.items()
        for question, seq in answers.items()
    )
    handed_in = set(Attempt.objects.filter(state=State.SUBMITTED).values_list("uuid", flat=True))
    return {
        "acknowledged": sum(map(len, acknowledged.values())),
        "lost": lost,
        "not_handed_in": sum(UUID(one) not in handed_in for one in acknowledged),
    }
