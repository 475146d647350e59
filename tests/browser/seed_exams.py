"""Tests for the walks through exams. Each area has a function of its own that a walk's seed calls.

`python manage.py shell` runs `main`, which makes what all walks share; a walk with more writes `main` in a module of
its own and calls `people_and_batch` and what it needs.
"""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Guardianship, Institute, Role, User
from batches.models import Batch
from exams.content import Kind
from exams.models import Test
from tests import people
from tests.batches import timetables
from tests.exams import papers

WRITERS = 12
NAMES = ("Aarohi Deshpande", "ईशान वर्मा", "Harpreet Kaur Sandhu", "Venkata Sai Lakshmi Narasimha Rao Peddireddy")


def login_of(number: int) -> str:
    """Of a student whom only one walk signs in."""
    return f"2026-08{number:02}"


def number_of(title: str) -> uuid.UUID:
    """Of the test with this title, the same in the seed and in the walks."""
    return uuid.uuid5(uuid.NAMESPACE_URL, title)


def main() -> None:
    people_and_batch()


def people_and_batch() -> Batch:
    """Everybody of tests.people, a batch, and students of whom each walk takes one of its own."""
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    batch = timetables.batch("JEE 2027 A")
    for student in (people.student(), people.other_student(), *writers()):
        timetables.enrol(student, batch)
    Guardianship.objects.create(guardian=people.guardian(), student=people.student(), relation="Father")
    return batch


def writers() -> list[User]:
    return [
        people.person(f"{NAMES[n % len(NAMES)]} {n}", Role.STUDENT, admission_number=login_of(n))
        for n in range(WRITERS)
    ]


def exam_of(title: str, *, batch: Batch, opens_in_s: float = -60, kinds: list[Kind] | None = None, **more: Any) -> Test:
    """A published test with a question of each of these kinds in each of three sections, open from then for 3 hours."""
    now = timezone.now()
    opens = now + timedelta(seconds=opens_in_s)
    fields = {"uuid": number_of(title), "opens_at": opens, "closes_at": opens + timedelta(hours=3)}
    row = papers.exam(title, batch=batch, **(fields | more))
    for subject in ("Physics", "Chemistry", "Mathematics"):
        part = papers.section(row, subject, title_hi={"Physics": "भौतिकी"}.get(subject, ""))
        wanted = kinds or [Kind.SINGLE, Kind.SINGLE, Kind.MULTIPLE, Kind.NUMERICAL]
        texts = (f"{subject}, question {n}: which of these is it?" for n in range(1, len(wanted) + 1))
        papers.place(part, *(papers.question(kind, text) for kind, text in zip(wanted, texts, strict=True)))
    return row
