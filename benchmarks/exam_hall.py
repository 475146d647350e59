"""Students who write a test at once, each signed in: what benchmarks and proofs of saving share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from batches.models import Batch, Enrolment, Subject
from exams.content import Body, Choice, Key, Kind, Text
from exams.models import (
    Attempt,
    ExamQuestion,
    Question,
    QuestionVersion,
    Scheme,
    SchemeVersion,
    Section,
    Test,
    TestBatch,
)
from exams.models.attempts import State


@dataclass(frozen=True)
class Writer:
    """`path` takes his saves; the cookies are those of the product and of the bare application."""

    attempt: int
    uuid: str
    path: str
    cookie: str
    bare_cookie: str = ""


@dataclass(frozen=True)
class Hall:
    """`questions` are numbers and uuids of what is asked."""

    writers: list[Writer]
    questions: list[tuple[int, str]]

    def five(self, turn: int) -> list[tuple[int, str]]:
        """Five questions of the paper, others each turn."""
        count = len(self.questions)
        return [self.questions[(5 * turn + n) % count] for n in range(5)]


def application() -> Any:
    return get_wsgi_application()


def fill(*, students: int, questions: int, is_bare: bool = True) -> Hall:
    """A test of that many questions in three sections, written by that many students since a minute."""
    now = timezone.now()
    batch = Batch.objects.create(
        name="Hall", starts_on=now.date() - timedelta(days=30), ends_on=now.date() + timedelta(days=300)
    )
    User.objects.bulk_create(
        User(name=f"Student {n}", role=Role.STUDENT, admission_number=f"H-{n:05}", password="!")
        for n in range(students)
    )
    crowd = list(User.objects.filter(admission_number__startswith="H-").order_by("admission_number"))
    joined = now - timedelta(days=20)
    Enrolment.objects.bulk_create(Enrolment(batch=batch, student=one, joined_at=joined) for one in crowd)
    test = _test(batch, questions, now)
    Attempt.objects.bulk_create(
        Attempt(
            test=test,
            student=one,
            state=State.WRITING,
            started_at=now,
            deadline_at=now + timedelta(hours=2),
            last_beat_at=now,
        )
        for one in crowd
    )
    placed = [(pk, str(uuid)) for pk, uuid in ExamQuestion.objects.filter(test=test).values_list("pk", "uuid")]
    attempts = Attempt.objects.filter(test=test).select_related("student").order_by("pk")
    return Hall([_writer(one, is_bare=is_bare) for one in attempts], placed)


def _writer(attempt: Attempt, *, is_bare: bool) -> Writer:
    from benchmarks import bare_dashboard

    browser = Client()
    browser.force_login(attempt.student)
    name = settings.SESSION_COOKIE_NAME
    bare = bare_dashboard.signed_in(attempt.student).cookies[name].value if is_bare else ""
    path = reverse("attempt_responses", args=[attempt.uuid])
    cookie = f"{name}={browser.cookies[name].value}"
    return Writer(attempt.pk, str(attempt.uuid), path, cookie, f"{name}={bare}")


def _test(batch: Batch, questions: int, now: datetime) -> Test:
    scheme = Scheme.objects.create(name="Hall")
    version = SchemeVersion.objects.create(scheme=scheme, number=1, rules={"kinds": {}})
    test = Test.objects.create(
        title="Full mock",
        scheme=version,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(hours=3),
        published_at=now - timedelta(days=1),
    )
    TestBatch.objects.create(test=test, batch=batch)
    sections = [
        Section.objects.create(test=test, title=title, position=place)
        for place, title in enumerate(("Physics", "Chemistry", "Mathematics"))
    ]
    subject = Subject.objects.create(name="Hall")
    for number in range(questions):
        _place(test, sections[number * 3 // questions], number, subject)
    return test


def _place(test: Test, section: Section, number: int, subject: Subject) -> None:
    row = Question.objects.create(kind=Kind.SINGLE.value, subject=subject)
    options = tuple(Choice(letter, Text(f"Choice {letter}")) for letter in "abcd")
    body, key = Body(Text(f"Question {number}?"), options=options), Key(right=("b",))
    version = QuestionVersion.objects.create(
        question=row, number=1, body=body.to_json(), key=key.to_json(), plain=f"Question {number}?"
    )
    ExamQuestion.objects.create(test=test, section=section, position=number, question=row, version=version)
