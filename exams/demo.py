"""The demo institute's tests: a bank, one test that runs, one that comes, one that is planned, and some that are over.

The same on every machine but for the clock: who answered what follows from the numbers of student and question. Made
once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from batches.models import Batch, Subject
from batches.series import DAY
from exams import bank, demo_programs, demo_results, scheme_book
from exams.content import Kind
from exams.demo_attempts import answered, begun, hand_in, left, newest, number
from exams.demo_questions import DemoQuestion, every
from exams.models import (
    Allowance,
    BlueprintCell,
    ExamQuestion,
    Question,
    Section,
    Test,
    TestBatch,
)
from exams.models.attempts import EndedBy
from exams.topics import topic_named

MAIN, PROGRAMMING = "JEE 2027 A", "CS: Python and DSA"
BEGAN, LASTS = timedelta(minutes=25), timedelta(hours=3)
WRITERS = ("arshad", "priyanka", "peddireddy", "harpreet", "joseph", "chandralekha")
"""Ananya is not among them: a visitor who signs in as her can begin."""
HANDED_IN, SILENT = "chandralekha", "joseph"
SECTIONS = ("Physics", "Chemistry", "Mathematics")


@transaction.atomic
def seed(people: dict[str, User]) -> None:
    """All of it, unless there is a question already; `people` by the keys of `accounts.demo`."""
    if Question.objects.exists() or not Batch.objects.filter(name=MAIN).exists():
        return
    now = timezone.now()
    questions = {one.name: _question(one, people) for one in every() if one.kind is Kind.PASSAGE}
    questions |= {one.name: _question(one, people, questions) for one in every() if one.kind is not Kind.PASSAGE}
    by_subject = {name: [row for row in questions.values() if row.subject.name == name] for name in SECTIONS}
    _running(people, by_subject, now)
    _coming(people, by_subject, now)
    _over(people, by_subject, now)
    _planned(people, now)
    _programs(people, questions, now)
    _past(people, questions, by_subject, now)
    _labs(people, now)


def _question(one: DemoQuestion, people: dict[str, User], known: dict[str, Question] | None = None) -> Question:
    subject = Subject.objects.get_or_create(name=one.subject)[0]
    return bank.write_question(
        one.content,
        subject=subject,
        topic=topic_named(subject, one.topic),
        difficulty=one.difficulty,
        tags=one.tags,
        passage=(known or {}).get(one.passage),
        actor=people["subramaniam"],
    )


# --- Tests ------------------------------------------------------------------------------------------------------------


def _test(name: str, title: str, people: dict[str, User], batch: str = MAIN, **fields: Any) -> Test:
    row = Test.objects.create(
        uuid=number(name),
        title=title,
        scheme=scheme_book.default_version(),
        created_by=people["subramaniam"],
        seed=number(f"seed of {name}").hex,
        **fields,
    )
    TestBatch.objects.create(test=row, batch=Batch.objects.get(name=batch))
    return row


def _fill(test: Test, by_subject: dict[str, list[Question]], *, each: int) -> None:
    """A section for each subject, with so many questions; those of one passage come together."""
    for position, (subject, rows) in enumerate(by_subject.items(), start=1):
        section = Section.objects.create(
            test=test, position=position, title=subject, subject=rows[0].subject, title_hi=_HINDI[subject]
        )
        asked = [row for row in rows if row.kind not in (Kind.PASSAGE, Kind.LONG)][:each]
        ExamQuestion.objects.bulk_create(_placed(section, asked))


_HINDI = {"Physics": "भौतिकी", "Chemistry": "रसायन विज्ञान", "Mathematics": "गणित"}


def _placed(section: Section, rows: Iterable[Question]) -> list[ExamQuestion]:
    return [
        ExamQuestion(
            uuid=number(f"{section.test_id} {row.pk}"),
            test_id=section.test_id,
            section=section,
            position=position,
            question=row,
            version=newest(row),
            passage_version=row.passage.newest if row.passage else None,
        )
        for position, row in enumerate(rows, start=1)
    ]


def _running(people: dict[str, User], by_subject: dict[str, list[Question]], now: datetime) -> None:
    """Open since a while: some write, one lost his link, one has handed in."""
    opens_at = now - BEGAN
    test = _test(
        "running",
        "Full mock 5",
        people,
        instructions="Rough sheets are given out. **No calculators.**",
        instructions_hi="रफ़ शीट दी जाएँगी। **कैलकुलेटर नहीं।**",
        opens_at=opens_at,
        closes_at=opens_at + LASTS + timedelta(minutes=30),
        duration_min=LASTS.seconds // 60,
        published_at=now - DAY,
        focus_limit=10,
    )
    _fill(test, by_subject, each=9)
    Allowance.objects.create(
        test=test,
        student=people["peddireddy"],
        minutes=20,
        reason="Writes slowly (certificate)",
        created_by=people["rajendra"],
    )
    for place, key in enumerate(WRITERS):
        started_at = opens_at + timedelta(seconds=7 * place)
        seen = now - timedelta(minutes=4 if key == SILENT else 0, seconds=3 * place)
        extra_s = 20 * 60 if key == "peddireddy" else 0
        attempt = begun(test, people[key], started_at=started_at, seen_at=seen, extra_s=extra_s)
        answered(attempt, share=35 + 8 * place, until=seen)
        if place % 2:
            left(attempt, now - timedelta(minutes=6 + place), seconds=9 + 4 * place)
        if key == HANDED_IN:
            hand_in(attempt, seen, EndedBy.STUDENT)


def _coming(people: dict[str, User], by_subject: dict[str, list[Question]], now: datetime) -> None:
    """Tomorrow: on the to-do and in the calendar."""
    opens_at = _on_the_hour(now) + DAY
    test = _test(
        "coming",
        "Weekly test 13",
        people,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration_min=60,
        published_at=now,
        access_code="MANGO",
    )
    _fill(test, by_subject, each=4)


def _over(people: dict[str, User], by_subject: dict[str, list[Question]], now: datetime) -> None:
    """Last week: everybody wrote it."""
    opens_at = _on_the_hour(now) - 7 * DAY
    test = _test(
        "over",
        "Weekly test 12",
        people,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(hours=2),
        duration_min=60,
        published_at=opens_at - DAY,
    )
    _fill(test, by_subject, each=5)
    for place, key in enumerate(("ananya", *WRITERS)):
        started_at = opens_at + timedelta(seconds=5 * place)
        ended_at = started_at + timedelta(minutes=48 + 2 * place)
        attempt = begun(test, people[key], started_at=started_at, seen_at=ended_at)
        answered(attempt, share=70 + 4 * place, until=ended_at)
        hand_in(attempt, ended_at, EndedBy.DEADLINE if place == 6 else EndedBy.STUDENT)
    demo_results.corrected(test, people, closed_at=opens_at + timedelta(hours=2))


def _past(
    people: dict[str, User], questions: dict[str, Question], by_subject: dict[str, list[Question]], now: datetime
) -> None:
    """What has results: a mock with a wrong key, proofs that wait for marks, a test on paper."""
    opens_at = _on_the_hour(now) - 14 * DAY
    mock = _test("mock", "Full mock 4", people, leaderboard_size=5, **_window(opens_at, minutes=90))
    first = {**by_subject, "Physics": [_question(demo_results.WRONG_KEY, people), *by_subject["Physics"]]}
    _fill(mock, first, each=4)
    demo_results.mock(mock, people, opened_at=opens_at)
    proof = questions["irrational root"]
    written = _test("proofs", "Proofs 2", people, **_window(opens_at + 11 * DAY, minutes=30))
    section = Section.objects.create(test=written, position=1, title="Mathematics", title_hi=_HINDI["Mathematics"])
    ExamQuestion.objects.bulk_create(_placed(section, [proof, *by_subject["Mathematics"][:2]]))
    demo_results.proofs(written, proof, people, opened_at=opens_at + 11 * DAY)
    paper = _test("paper", "Physics practical 1", people, is_on_paper=True, **_window(opens_at + 9 * DAY, minutes=120))
    demo_results.on_paper(paper, people, opened_at=opens_at + 9 * DAY)


def _window(opens_at: datetime, *, minutes: int) -> dict[str, Any]:
    """A test of two hours that students knew of since the day before."""
    closes_at = opens_at + timedelta(hours=2)
    return {"opens_at": opens_at, "closes_at": closes_at, "duration_min": minutes, "published_at": opens_at - DAY}


def _planned(people: dict[str, User], now: datetime) -> None:
    """A draft with a blueprint that the bank cannot fill yet."""
    test = _test("planned", "Full mock 6", people, duration_min=180)
    for position, name in enumerate(SECTIONS, start=1):
        subject = Subject.objects.get(name=name)
        section = Section.objects.create(
            test=test, position=position, title=name, title_hi=_HINDI[name], subject=subject
        )
        BlueprintCell.objects.create(section=section, subject=subject, kind=Kind.SINGLE.value, count=4)
        BlueprintCell.objects.create(section=section, subject=subject, kind=Kind.NUMERICAL.value, count=3)


def _programs(people: dict[str, User], questions: dict[str, Question], now: datetime) -> None:
    """A week's practice in programming, open all the time."""
    opens_at = _on_the_hour(now) - DAY
    test = _test(
        "programs",
        "Python practice 4",
        people,
        batch=PROGRAMMING,
        opens_at=opens_at,
        closes_at=opens_at + 7 * DAY,
        duration_min=45,
        most_attempts=3,
        published_at=opens_at,
    )
    section = Section.objects.create(test=test, position=1, title="Programs", title_hi="प्रोग्राम")
    ExamQuestion.objects.bulk_create(_placed(section, [questions["sum of two"], questions["sorting"]]))


def _labs(people: dict[str, User], now: datetime) -> None:
    """Programs that are judged: a lab that is over, and one to begin now."""
    opens_at = _on_the_hour(now) - 4 * DAY
    lab = _test("lab", "Coding lab 1", people, batch=PROGRAMMING, **_window(opens_at, minutes=90))
    demo_programs.over(lab, people, opened_at=opens_at)
    since = _on_the_hour(now) - DAY
    window = {"opens_at": since, "closes_at": since + 9 * DAY, "published_at": since, "duration_min": 60}
    demo_programs.running(_test("lab now", "Coding lab 2", people, batch=PROGRAMMING, **window), people, now=now)


def _on_the_hour(now: datetime) -> datetime:
    """Ten in the morning of the institute's day."""
    return timezone.localtime(now).replace(hour=10, minute=0, second=0, microsecond=0)
