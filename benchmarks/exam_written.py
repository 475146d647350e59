"""A test that is over and that thousands wrote, for benchmarks: options, several options and numbers, students of
different strength, batches, and times."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

BATCHES = 10
SECTIONS = ("Physics", "Chemistry", "Mathematics")
RULES: dict[str, Any] = {"kinds": {}, "others": {"right": "4", "wrong": "-1", "blank": "0"}}
OPTIONS = [{"id": letter, "text": {"en": letter}} for letter in "abcd"]


def fill(*, students: int, questions: int) -> Any:
    """The test, not reckoned; every student has a row for every question, one in five without an answer."""
    from django.utils import timezone

    from exams.models import Response

    now = timezone.now()
    test, attempts = handed_in(students, now=now, rules=RULES)
    placed = _paper(test, questions)
    for at in range(0, len(attempts), 200):
        Response.objects.bulk_create(_responses(attempts[at : at + 200], placed, now), batch_size=2_000)
    return test


def handed_in(students: int, *, now: datetime, rules: dict[str, Any]) -> tuple[Any, list[Any]]:
    """A test without questions that closed an hour ago, and an attempt of each student at it, handed in."""
    from exams.models import Attempt

    test, batches = _test(now, rules)
    rows = (_attempt(test, one, now) for one in _people(students, batches, now))
    return test, Attempt.objects.bulk_create(rows, batch_size=500)


def office() -> Any:
    """Who reckons and corrects."""
    from accounts.models import Role, User

    return User.objects.create(name="Office", email="office@bench.test", role=Role.ADMIN, password="!")


def _test(now: datetime, rules: dict[str, Any]) -> tuple[Any, list[Any]]:
    from batches.models import Batch
    from exams.models import Scheme, SchemeVersion, Test, TestBatch

    days = {"starts_on": now.date() - timedelta(days=99), "ends_on": now.date() + timedelta(days=99)}
    batches = [Batch.objects.create(name=f"Bench {n}", **days) for n in range(BATCHES)]
    scheme = Scheme.objects.create(name="Bench")
    version = SchemeVersion.objects.create(scheme=scheme, number=1, rules=rules)
    times = {"opens_at": now - timedelta(hours=5), "closes_at": now - timedelta(hours=1)}
    test = Test.objects.create(title="Bench", scheme=version, published_at=now - timedelta(days=1), **times)
    TestBatch.objects.bulk_create(TestBatch(test=test, batch=one) for one in batches)
    return test, batches


def _paper(test: Any, questions: int) -> list[tuple[Any, str, float, list[float]]]:
    """Each with its kind, how hard it is, and how well its wrong options are liked."""
    from batches.models import Subject
    from exams.models import ExamQuestion, Question, QuestionVersion, Section, Topic

    chance = random.Random(1)
    placed: list[tuple[Any, str, float, list[float]]] = []
    for title in SECTIONS:
        subject = Subject.objects.get_or_create(name=title)[0]
        topics = [Topic.objects.create(subject=subject, name=f"{title} {n}") for n in range(6)]
        section = Section.objects.create(test=test, title=title, position=len(placed) + 1)
        for n in range(questions // len(SECTIONS)):
            kind = ("SINGLE", "SINGLE", "MULTIPLE", "SINGLE", "NUMERICAL")[n % 5]
            key = {"NUMERICAL": {"numbers": [{"value": "5"}]}, "MULTIPLE": {"right": ["a", "c"]}}
            question = Question.objects.create(kind=kind, subject=subject, topic=topics[n % 6])
            said = {"body": {"text": {"en": "Which?"}, "options": OPTIONS}, "key": key.get(kind, {"right": ["b"]})}
            version = QuestionVersion.objects.create(question=question, number=1, **said)
            fields = {"position": n + 1, "question": question, "version": version}
            row = ExamQuestion.objects.create(test=test, section=section, **fields)
            placed.append((row, kind, chance.gauss(0, 1), [chance.random() ** 2 + 0.1 for _option in "acd"]))
    return placed


def _people(students: int, batches: list[Any], now: datetime) -> list[Any]:
    from accounts.models import Role, User
    from batches.models import Enrolment

    people: list[Any] = User.objects.bulk_create(
        (
            User(name=f"Student {n} विद्यार्थी", role=Role.STUDENT, admission_number=f"B-{n}", password="!")
            for n in range(students)
        ),
        batch_size=500,
    )
    Enrolment.objects.bulk_create(
        (
            Enrolment(batch=batches[n % BATCHES], student=one, joined_at=now - timedelta(days=9))
            for n, one in enumerate(people)
        ),
        batch_size=500,
    )
    return people


def _attempt(test: Any, student: Any, now: datetime) -> Any:
    from exams.models import Attempt

    times = {"started_at": now - timedelta(hours=5), "deadline_at": now - timedelta(hours=2)}
    ended = {"state": "SUBMITTED", "ended_by": "DEADLINE", "submitted_at": now - timedelta(hours=2)}
    return Attempt(test=test, student=student, **times, **ended)


def _responses(attempts: list[Any], placed: list[Any], now: datetime) -> Iterator[Any]:
    from exams.models import Response

    began = now - timedelta(hours=5)
    for attempt in attempts:
        chance = random.Random(attempt.pk)
        strength = chance.gauss(0, 1)
        for n, (question, kind, hardness, liked) in enumerate(placed):
            said = None if chance.random() < 0.2 else _said(kind, strength - hardness, liked, chance)
            at = began + timedelta(seconds=60 * n + chance.randrange(60))
            told = {"answer": said, "is_answered": said is not None, "answered_at": at if said else None}
            spent = {"spent_ms": int(chance.expovariate(1 / 60_000)), "saved_at": at}
            yield Response(attempt=attempt, question=question, seq=1, **told, **spent)


def _said(kind: str, better: float, liked: list[float], chance: random.Random) -> Any:
    is_right = chance.random() < 1 / (1 + math.exp(-better))
    if kind == "NUMERICAL":
        return "5" if is_right else str(chance.choice((1, 2, 10)) if chance.random() < 0.4 else chance.randrange(200))
    if kind == "MULTIPLE":
        return ["a", "c"] if is_right else sorted(chance.sample("abcd", chance.choice((1, 2, 3))))
    return "b" if is_right else chance.choices("acd", liked)[0]
