"""Drafts, banks of questions and details, as the tests of making a test need them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from batches.models import Batch, Subject
from exams import test_details
from exams.content import Body, Content, Kind, Text
from exams.models import Question, Test
from exams.test_details import TestDetails
from tests.batches import timetables
from tests.exams import papers

DRAFT: dict[str, Any] = {"published_at": None}


def coming(title: str = "Full mock 5", **fields: Any) -> Test:
    """A draft with a window from tomorrow, without a paper."""
    opens_at = timezone.now() + timedelta(days=1)
    window = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=3)}
    return papers.exam(title, **(DRAFT | window | fields))


def ready(title: str = "Full mock 5", *, count: int = 3, **fields: Any) -> Test:
    """A draft that could be published: a window, a section, so many questions."""
    row = coming(title, **fields)
    papers.place(papers.section(row), *bank(count))
    return row


def bank(count: int, *, subject: Subject | None = None, kind: Kind = Kind.SINGLE, **fields: Any) -> list[Question]:
    """So many questions of the bank."""
    return [papers.question(kind, f"Question {n}?", subject=subject, **fields) for n in range(1, count + 1)]


def passage(members: int = 3) -> tuple[Question, list[Question]]:
    """A passage with its questions."""
    above = papers.question_of(Content(Kind.PASSAGE, Body(Text("Read this and answer."))))
    return above, [papers.question(text=f"Of the passage {n}?", passage=above) for n in range(1, members + 1)]


def details(title: str = "Weekly test 14", *, batch: Batch | None = None, **fields: Any) -> TestDetails:
    """What one types for a test of the usual batch tomorrow."""
    opens_at = timezone.now() + timedelta(days=1)
    made = TestDetails(
        title=title,
        scheme=papers.scheme_version().pk,
        batches=frozenset({(batch or timetables.batch()).pk}),
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=3),
        duration_min=180,
    )
    return replace(made, **fields)


def changed(test: Test, **fields: Any) -> TestDetails:
    """The test as it is, but for these."""
    return replace(test_details.of(test), **fields)


def order(test: Test) -> list[int]:
    """Numbers of its questions in the order of the paper."""
    return list(test.questions.order_by("section__position", "section", "position").values_list("question", flat=True))
