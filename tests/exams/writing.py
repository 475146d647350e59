"""What a device sends while a test is written, as the tests of saving need it."""

import json
import uuid
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams.models import Attempt, ExamQuestion, Response, Test
from tests import people


def asked(attempt: Attempt) -> list[ExamQuestion]:
    """The questions of its paper, as staff ordered them."""
    return list(ExamQuestion.objects.filter(test=attempt.test).order_by("section__position", "position"))


def said(question: ExamQuestion | uuid.UUID, seq: int, answer: Any = "b", **more: Any) -> dict[str, Any]:
    """One answer of a batch."""
    number = question.uuid if isinstance(question, ExamQuestion) else question
    return {"question": str(number), "seq": seq, "answer": answer, "marked": False} | more


def event(kind: str = "AWAY", **more: Any) -> dict[str, Any]:
    """Something the device saw just now, with a number of its own."""
    seen = {"id": str(uuid.uuid4()), "kind": kind, "at": timezone.now().isoformat(), "duration_ms": 4000}
    return seen | {"cause": "hidden"} | more


def batch(*responses: dict[str, Any], epoch: int = 1, **more: Any) -> dict[str, Any]:
    return {"epoch": epoch, "responses": list(responses)} | more


def send(attempt: Attempt, sent: Any, *, browser: Client | None = None, to: str = "attempt_responses"):
    """POST it as JSON, as the attempt's own student unless a browser is given."""
    client = browser or people.signed_in(attempt.student)
    body = sent if isinstance(sent, bytes) else json.dumps(sent)
    return client.post(reverse(to, args=[attempt.uuid]), body, content_type="application/json")


def kept(attempt: Attempt) -> dict[uuid.UUID, tuple[int, Any]]:
    """Counter and answer of each question, as the database has them."""
    rows = Response.objects.filter(attempt=attempt).values_list("question__uuid", "seq", "answer")
    return {question: (seq, answer) for question, seq, answer in rows}


def the_same(test: Test) -> Test:
    """The test as the database has it now."""
    return Test.objects.get(pk=test.pk)
