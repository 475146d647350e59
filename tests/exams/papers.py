"""Questions, tests and attempts as the tests of exams need them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from batches.models import Batch, Enrolment, Subject
from exams.content import Body, Choice, Content, Key, Kind, Number, Text
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
from exams.sittings import clock_of
from tests import people
from tests.batches import timetables

JEE: dict[str, Any] = {
    "kinds": {
        "SINGLE": {"right": "4", "wrong": "-1", "blank": "0"},
        "NUMERICAL": {"right": "4", "wrong": "-1", "blank": "0"},
    }
}


def choices(*texts: str) -> tuple[Choice, ...]:
    """Options a, b, c … with these texts."""
    return tuple(Choice(letter, Text(text)) for letter, text in zip("abcdefghijkl", texts, strict=False))


def content(kind: Kind = Kind.SINGLE, text: str = "Which unit has force?") -> Content:
    """A question of that kind, fit to be asked; of one right answer "b" is right, of several "a" and "c"."""
    said, solution = Text(text, f"हिन्दी: {text}"), Text("Because $F = ma$.")
    four = choices("joule", "newton", "watt", "pascal")
    match kind:
        case Kind.SINGLE:
            return Content(kind, Body(said, options=four), Key(right=("b",), solution=solution))
        case Kind.MULTIPLE:
            return Content(kind, Body(said, options=four), Key(right=("a", "c"), solution=solution))
        case Kind.TRUE_FALSE:
            return Content(kind, Body(said), Key(right=("true",)))
        case Kind.NUMERICAL:
            return Content(kind, Body(said, unit=Text("m/s")), Key(numbers=(Number("5.237", "0.001"),)))
        case Kind.SHORT:
            return Content(kind, Body(said), Key(accepted=("Newton",)))
        case Kind.MATCH:
            rows = tuple(
                Choice(letter, Text(word)) for letter, word in zip("pqr", ("work", "power", "force"), strict=True)
            )
            columns = choices("joule", "newton", "watt", "pascal")
            pairs: dict[str, tuple[str, ...]] = {"p": ("a",), "q": ("c",), "r": ("b",)}
            return Content(kind, Body(said, rows=rows, columns=columns), Key(pairs=pairs))
        case Kind.CODING:
            return Content(kind, Body(said, languages=("py", "cpp")), Key())
        case _:
            return Content(kind, Body(said), Key(guide=Text("Three points.")))


def question(
    kind: Kind = Kind.SINGLE, text: str = "Which unit has force?", *, subject: Subject | None = None, **fields: Any
) -> Question:
    """A question of the bank with its first version."""
    made = content(kind, text)
    return question_of(made, subject=subject, **fields)


def question_of(made: Content, *, subject: Subject | None = None, **fields: Any) -> Question:
    row = Question.objects.create(
        kind=made.kind.value, subject=subject or timetables.subject(), created_by=people.teacher(), **fields
    )
    row.newest = QuestionVersion.objects.create(
        question=row,
        number=1,
        body=made.body.to_json(),
        key=made.key.to_json(),
        plain=f"{made.body.text.en} {made.body.text.hi}".strip(),
        created_by=people.teacher(),
    )
    row.save()
    return row


def scheme_version(rules: dict[str, Any] | None = None, name: str = "Four and minus one") -> SchemeVersion:
    found = Scheme.objects.filter(name=name).first()
    if found and found.newest and rules is None:
        return found.newest
    scheme = found or Scheme.objects.create(name=name)
    number = scheme.versions.count() + 1
    version = SchemeVersion.objects.create(scheme=scheme, number=number, rules=rules or JEE)
    scheme.newest = version
    scheme.save()
    return version


def exam(title: str = "Full mock 5", *, batch: Batch | None = None, **fields: Any) -> Test:
    """A published test that opened a minute ago for three hours, without questions; Ananya is in its batch."""
    now = timezone.now()
    held = batch or timetables.batch()
    if not Enrolment.objects.filter(batch=held, student=people.student()).exists():
        timetables.enrol(people.student(), held)
    values: dict[str, Any] = {
        "scheme": scheme_version(),
        "opens_at": now - timedelta(minutes=1),
        "closes_at": now + timedelta(hours=3),
        "duration_min": 120,
        "published_at": now - timedelta(days=1),
        "created_by": people.teacher(),
    }
    row = Test.objects.create(title=title, **(values | fields))
    TestBatch.objects.create(test=row, batch=held)
    return row


def section(test_row: Test, title: str = "Physics", **fields: Any) -> Section:
    return Section.objects.create(test=test_row, title=title, position=test_row.sections.count() + 1, **fields)


def place(section_row: Section, *questions: Question) -> list[ExamQuestion]:
    """These questions at the end of a section, each in its newest version."""
    at = section_row.questions.count()
    return [_placed(section_row, one, at + n) for n, one in enumerate(questions, start=1)]


def _placed(section_row: Section, row: Question, position: int) -> ExamQuestion:
    assert row.newest
    return ExamQuestion.objects.create(
        test=section_row.test, section=section_row, position=position, question=row, version=row.newest
    )


def paper(kinds: list[Kind] | None = None, **fields: Any) -> Test:
    """A test that is open, with one section and a question of each of these kinds (three of one right answer)."""
    row = exam(**fields)
    wanted = kinds or [Kind.SINGLE] * 3
    place(section(row), *(question(kind, f"Question {n} of {kind}?") for n, kind in enumerate(wanted, start=1)))
    return row


def attempt(test_row: Test | None = None, student: User | None = None, **fields: Any) -> Attempt:
    """Somebody (Ananya) writes: begun now, with the test's time, on a device that answered just now."""
    row = test_row or paper()
    now = fields.pop("now", None) or timezone.now()
    who = student or people.student()
    held = row.batches.first()
    if held and not Enrolment.objects.filter(batch=held, student=who).exists():
        timetables.enrol(who, held)
    return Attempt.objects.create(test=row, student=who, **(_begun(row, now) | fields))


def _begun(row: Test, now: datetime) -> dict[str, Any]:
    minutes = [one.duration_min for one in row.sections.all() if one.duration_min]
    assert row.closes_at
    clock = clock_of(begins_at=now, closes_at=row.closes_at, minutes=row.duration_min, section_minutes=minutes)
    return {
        "state": State.WRITING,
        "started_at": now,
        "deadline_at": clock.deadline_at,
        "section_ends": [one.isoformat() for one in clock.section_ends],
        "last_beat_at": now,
        "device_id": uuid.uuid4(),
        "device": "Chrome, Android",
    }
