"""Results of the demo institute: a mock with one wrong key, a corrected key, proofs to mark, and a test on paper.

Who knows what follows from who he is and what is asked, so the same people are good at the same things every time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Institute, Role, User
from batches.models import Batch
from batches.series import DAY
from exams import key_fixes, marking, reckoning
from exams.content import Kind
from exams.demo_attempts import answer_of, begun, drawn, hand_in, number
from exams.demo_questions import DemoQuestion
from exams.models import (
    ExamQuestion,
    KeyFix,
    LeaderboardChoice,
    Question,
    Response,
    Section,
    SectionMark,
    Test,
    TestBatch,
)
from exams.models.attempts import EndedBy
from exams.models.results import Cause
from exams.result_sheets import Fix

STRONG = 60
"""Who knows as much of a hundred sees what is wrong with a key."""
WRONG_KEY = DemoQuestion(
    "kinetic energy",
    "Physics",
    "Work and energy",
    Kind.SINGLE,
    "A body of mass 2 kg moves at 3 m/s. What is its kinetic energy?",
    "2 kg द्रव्यमान का एक पिंड 3 m/s से चल रहा है। उसकी गतिज ऊर्जा कितनी है?",
    ("3 J", "6 J", "9 J", "18 J"),
    key="b",  # it is c: to be found and corrected by who tries the demo
    solution="$\\frac{1}{2} m v^2 = \\frac{1}{2} \\cdot 2 \\cdot 9$ J.",
)
SEEN_THROUGH = "c"
ABILITY = {"ananya": 84, "ritika": 78, "kavya": 74, "priyanka": 70, "harpreet": 66, "omkar": 60, "aarav": 54}
USUALLY = 42
MARKED = (("ananya", "4.5"), ("priyanka", "3"))
ON_PAPER = {"ananya": ("44", "18.5"), "priyanka": ("39.5", "17"), "harpreet": ("35", "19"), "arshad": ("28", "15")}
ABSENT = "joseph"
OF_THE_BATCH = ("ananya", "arshad", "priyanka", "peddireddy", "harpreet", "chandralekha")


def mock(test: Test, people: dict[str, User], *, opened_at: datetime) -> None:
    """All batches wrote it; the best of them are on the leaderboard if they agreed."""
    others = Batch.objects.exclude(test_batches__test=test)
    TestBatch.objects.bulk_create(TestBatch(test=test, batch=one) for one in others)
    for place, (key, person) in enumerate(students(people)):
        _wrote(test, person, ABILITY.get(key, USUALLY), opened_at + timedelta(seconds=11 * place))
    reckon(test, opened_at + timedelta(hours=4))
    Institute.objects.get_or_create(pk=1, defaults={"name": Institute.current().name})
    Institute.objects.filter(pk=1).update(leaderboards=True)
    Institute.forget()
    agreed = [people[key] for key in ("ananya", "ritika", "priyanka", "omkar") if key in people]
    LeaderboardChoice.objects.bulk_create(LeaderboardChoice(student=one, is_shown=True) for one in agreed)


def corrected(test: Test, people: dict[str, User], *, closed_at: datetime) -> None:
    """Reckoned, and once more: of its first question two answers were right."""
    reckon(test, closed_at + timedelta(minutes=2))
    first = test.questions.select_related("version").order_by("section__position", "position")[0]
    fix = Fix(first.pk, KeyFix.Action.BONUS_ATTEMPTED)
    said: dict[str, Any] = {"actor": people["subramaniam"], "now": closed_at + DAY, "token": number("demo fix")}
    key_fixes.apply(test, fix, reason="The Hindi text was misprinted", seen=1, **said)
    _told(test)


def proofs(test: Test, question: Question, people: dict[str, User], *, opened_at: datetime) -> None:
    """One long answer each: two are marked, the others wait."""
    asked = test.questions.select_related("question", "version").get(question=question)
    for place, key in enumerate(OF_THE_BATCH):
        attempt = _wrote(test, people[key], ABILITY.get(key, USUALLY), opened_at + timedelta(seconds=9 * place))
        for marked, marks in MARKED:
            if key == marked:
                given: dict[str, Any] = {"marks": Decimal(marks), "full": Decimal(5), "seen": 0}
                given |= {"comment": "Say why p is even.", "now": opened_at + timedelta(hours=3)}
                marking.mark_answer(asked, attempt, actor=people["subramaniam"], **given)
    reckon(test, opened_at + timedelta(hours=4))


def on_paper(test: Test, people: dict[str, User], *, opened_at: datetime) -> None:
    """Marks of two parts; one was absent."""
    parts = (("Theory", "लिखित", 50), ("Practical", "प्रायोगिक", 20))
    sections = [
        Section.objects.create(test=test, position=place, title=title, title_hi=hindi, full_marks=most)
        for place, (title, hindi, most) in enumerate(parts, start=1)
    ]
    by: dict[str, Any] = {"number": 1, "by": people["meera"], "at": opened_at + DAY}
    rows = [
        SectionMark(section=section, student=people[key], marks=Decimal(marks), **by)
        for key, both in ON_PAPER.items()
        for section, marks in zip(sections, both, strict=True)
    ]
    rows += [SectionMark(section=one, student=people[ABSENT], is_absent=True, **by) for one in sections]
    SectionMark.objects.bulk_create(rows)
    reckon(test, opened_at + DAY + timedelta(hours=1))


def students(people: dict[str, User]) -> list[tuple[str, User]]:
    """By the keys of the demo."""
    return [(key, one) for key, one in people.items() if one.role == Role.STUDENT]


# --- Writing ----------------------------------------------------------------------------------------------------------


def _wrote(test: Test, person: User, ability: int, started_at: datetime) -> Any:
    """Began then and handed in some time before the end; `ability` of a hundred questions he knows."""
    rows = list(test.questions.select_related("version", "question").order_by("section__position", "position"))
    ended_at = started_at + timedelta(
        minutes=(test.duration_min or 60) * (70 + drawn(person.email, test.title) % 30) // 100
    )
    attempt = begun(test, person, started_at=started_at, seen_at=ended_at)
    step = (ended_at - started_at) / (len(rows) + 1)
    Response.objects.bulk_create(_responses(attempt, rows, ability, started_at, step))
    hand_in(attempt, ended_at, EndedBy.STUDENT)
    return attempt


def _responses(
    attempt: Any, rows: Sequence[ExamQuestion], ability: int, since: datetime, step: timedelta
) -> list[Response]:
    found = []
    for place, row in enumerate(rows, start=1):
        lot = drawn(attempt.student.email, row.version.body["text"]["en"], "mock")
        said = _said(row, lot, ability)
        at = since + step * place
        found.append(
            Response(
                attempt=attempt,
                question=row,
                seq=place,
                answer=said,
                is_answered=said is not None,
                answered_at=at if said is not None else None,
                spent_ms=int(step.total_seconds() * (600 + lot % 700)),
                saved_at=at,
            )
        )
    return found


def _said(row: ExamQuestion, lot: int, ability: int) -> Any:
    """What he answers; None where he leaves it blank."""
    if row.question.kind == Kind.LONG:
        return "Suppose √2 = p/q in lowest terms. Then p² = 2q², so p is even, and so is q. That cannot be."
    if row.version.body["text"]["en"] == WRONG_KEY.en:
        return SEEN_THROUGH if ability >= STRONG else "abd"[lot % 3]
    if lot % 100 < ability:
        return answer_of(row, is_right=True)
    return answer_of(row, is_right=False) if lot % 5 else None


def reckon(test: Test, at: datetime) -> None:
    """As the round of the scheduler would have done it then."""
    reckoning.reckon(test, cause=Cause.CLOSED, actor=None, now=at)
    _told(test)


def _told(test: Test) -> None:
    """Nobody is told again of results that are old."""
    test.refresh_from_db(fields=["newest_results"])
    if test.newest_results:
        TestBatch.objects.filter(test=test).update(told_version=test.newest_results.number)
