"""A test of four batches that is over and reckoned, as the walks of results find it: one of its keys is wrong."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from batches.models import Batch, Enrolment
from exams import reckoning, topics
from exams.content import Kind
from exams.models import Attempt, ExamQuestion, Question, Response, Test, TestBatch
from exams.models.attempts import EndedBy, State
from exams.models.results import Cause
from tests import people
from tests.batches import timetables
from tests.browser.seed_exams import number_of, people_and_batch
from tests.exams import papers

TITLE, BEFORE = "Weekly test 13", "Weekly test 12"
BATCHES = ("JEE 27 A", "JEE 27 B", "JEE 27 C", "JEE 27 D")
STUDENTS = 40
BAD_KEY = 2
"""The place of the question whose key says B where the best say C."""
NAMES = ("Kavya Iyer", "S. Karthikeyan", "Mohammed Arshad Khan Siddiqui", "Devika Nair", "आराध्या देशपांडे", "Aarav Patil")
LONG = "वेंकटरामनराजशेखरसुब्रमण्यमचिदंबरम" * 4
ASKED = (
    ("Physics", "Kinematics", "A ball is thrown upwards. How long does it rise?"),
    ("Physics", "Laws of motion", "Two blocks hang from one pulley. What is their acceleration?"),
    ("Physics", "Rotational motion", "What is the torque about a point that moves?"),
    ("Physics", "Rotational motion", "A ring rolls down an incline without slipping."),
    ("Physics", "Thermodynamics", "What is the efficiency of this cycle?"),
    ("Chemistry", "Electrochemistry", "Which cell has the larger potential?"),
    ("Chemistry", "Chemical bonding", "In which order do the bond angles stand?"),
    ("Chemistry", "Chemical bonding", "Which molecule has no dipole moment?"),
    ("Chemistry", "Electrochemistry", "How much silver is deposited in an hour?"),
    ("Mathematics", "Matrices", "What is the inverse of this matrix?"),
    ("Mathematics", "Matrices", "Which of these matrices is singular?"),
    ("Mathematics", "Probability", "From two urns one ball is drawn. Which urn was it?"),
)
EASE = (0.75, 0.6, 0.5, 0.35, 0.3, 0.55, 0.95, 0.7, 0.5, 0.8, 0.65, 0.4)
"""How many of middling students know each."""


def main() -> None:
    people_and_batch()
    batches = [timetables.batch(name) for name in BATCHES]
    students = writers(batches)
    results_of(BEFORE, batches, students, days_ago=8)
    results_of(TITLE, batches, students, days_ago=1)


def writers(batches: Sequence[Batch]) -> list[User]:
    """Ananya, whom guardians know, and others, evenly in the batches."""
    made = [people.student()]
    for number in range(1, STUDENTS):
        name = LONG if number == 3 else f"{NAMES[number % len(NAMES)]} {number}"
        made.append(people.person(name, Role.STUDENT, admission_number=f"2026-05{number:02}"))
    rows = (
        Enrolment(student=one, batch=batches[place % len(batches)], joined_at=timetables.LONG_AGO)
        for place, one in enumerate(made)
    )
    Enrolment.objects.bulk_create(rows)
    return made


def results_of(title: str, batches: Sequence[Batch], students: Sequence[User], *, days_ago: int) -> Test:
    """Written by all of them and reckoned; who comes later in the list knows less."""
    opens_at = timezone.now() - timedelta(days=days_ago)
    window = {"opens_at": opens_at, "closes_at": opens_at + timedelta(hours=3)}
    test = papers.exam(title, batch=batches[0], uuid=number_of(title), **window)
    TestBatch.objects.bulk_create(TestBatch(test=test, batch=one) for one in batches[1:])
    asked = _paper(test)
    chance = random.Random(title)
    times: dict[str, Any] = {
        "started_at": opens_at,
        "deadline_at": window["closes_at"],
        "submitted_at": window["closes_at"],
    }
    done = times | {"state": State.SUBMITTED, "ended_by": EndedBy.STUDENT}
    attempts = Attempt.objects.bulk_create(Attempt(test=test, student=one, **done) for one in students)
    Response.objects.bulk_create(
        _response(attempt, question, _said(place, nth / len(attempts), chance), chance.randint(20_000, 180_000))
        for nth, attempt in enumerate(attempts)
        for place, question in enumerate(asked)
    )
    reckoning.reckon(test, cause=Cause.CLOSED, actor=None, now=timezone.now())
    return test


def _paper(test: Test) -> list[ExamQuestion]:
    placed: list[ExamQuestion] = []
    for subject in ("Physics", "Chemistry", "Mathematics"):
        found: list[Question] = []
        field = timetables.subject(subject)
        for _subject, name, text in (one for one in ASKED if one[0] == subject):
            topic = topics.topic_named(field, name)
            found.append(papers.question(Kind.SINGLE, text, subject=field, topic=topic))
        placed += papers.place(papers.section(test, subject), *found)
    return placed


def _said(place: int, weakness: float, chance: random.Random) -> str | None:
    """`b` is right; of the question with the bad key the strong say `c`."""
    knows = chance.random() < EASE[place] + 0.5 * (0.5 - weakness)
    if place == BAD_KEY:
        return "c" if knows or weakness < 0.3 else chance.choice("abd")
    if knows:
        return "b"
    return chance.choice(["a", "c", "d", None])


def _response(attempt: Attempt, question: ExamQuestion, said: str | None, spent_ms: int) -> Response:
    at = attempt.submitted_at
    assert at
    kept = {"answer": said, "is_answered": said is not None, "answered_at": at if said else None}
    return Response(attempt=attempt, question=question, seq=1, saved_at=at, spent_ms=spent_ms, **kept)
