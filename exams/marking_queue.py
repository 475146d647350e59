"""Answers that wait for a person, in an order that says nothing of whose they are, and one for each who marks.

An answer is named by a token: a keyed digest of its question and attempt, by which they are sorted, too. Nobody can
tell a student from it, and no list of students comes in that order. What somebody looks at is held for him for a few
minutes, so that the next one gets another; a hold keeps nobody out.

A program that was judged waits for nobody, though people may mark it over the judge; one that could not be judged does.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache as kept
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac

from accounts.models import User
from exams.asked import NO_MEASURE, keys_of
from exams.content import Key, Kind
from exams.grading import FOR_PEOPLE
from exams.judge.scores import is_submitted, needs_person
from exams.models import ExamQuestion, KeyFix, ManualMark, Response, Test
from exams.models.attempts import State
from exams.schemes import Rules, Verdict, score

HOLD_S = 180
AT_ONCE = 500
LOOKS = 30
"""So many that others hold are passed over."""
TOKEN_SIGNS = 24
_PLAIN = Rules.from_json({})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer by its token; `number` is that of its newest marks, 0 for none. It `waits` without marks; a short
    answer does when the key does not accept it, so that somebody may look at it, a program when no judge can say."""

    token: str
    attempt: int
    number: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """`judged` are programs that were submitted and that nobody has marked: the judge says what they are worth."""

    waiting: int = 0
    marked: int = 0
    judged: int = 0

    @property
    def answers(self) -> int:
        return self.waiting + self.marked


def token_of(question: UUID, attempt: UUID) -> str:
    return hmac.digest(_key(), question.bytes + attempt.bytes, "sha256").hex()[:TOKEN_SIGNS]


@kept
def _key() -> bytes:
    return salted_hmac("exams.marking", "answers", algorithm="sha256").digest()


def handed_in() -> QuerySet[Response]:
    """Answers that say something, of attempts that are handed in; who submitted a program has answered, though nothing
    stands in his editor any more."""
    said = Q(is_answered=True) | (Q(question__question__kind=Kind.CODING) & is_submitted())
    return Response.objects.filter(said, attempt__state=State.SUBMITTED)


def answers_of(question: ExamQuestion) -> list[Answer]:
    """All answers to it by token. Four queries at most."""
    numbers = dict(
        ManualMark.objects.filter(question=question)
        .order_by()
        .values("attempt")
        .annotate(last=Max("number"))
        .values_list("attempt", "last")
    )
    rows = handed_in().filter(question=question).order_by()
    some = _some_that_wait(question, rows)
    found = (
        Answer(
            token_of(question.uuid, uuid), pk, numbers.get(pk, 0), pk not in numbers and (some is None or pk in some)
        )
        for pk, uuid in rows.values_list("attempt", "attempt__uuid")
    )
    return sorted(found, key=lambda one: one.token)


def _some_that_wait(question: ExamQuestion, rows: QuerySet[Response]) -> set[int] | None:
    """Attempts whose answers wait as long as nobody marks them; None for all. Two queries at most."""
    if question.question.kind == Kind.SHORT:
        return refused_of(question, rows)
    if question.question.kind == Kind.CODING:
        return set(rows.filter(needs_person()).values_list("attempt", flat=True))
    return None


def refused_of(question: ExamQuestion, rows: QuerySet[Response]) -> set[int]:
    """Attempts whose short answer no key accepts that counts now. Two queries."""
    keys = _keys_now([question]).get(question.pk)
    if keys is None:
        return set()
    return {pk for pk, said in rows.values_list("attempt", "answer") if not _is_right(keys, said)}


def _keys_now(questions: Iterable[ExamQuestion]) -> dict[int, list[Key]]:
    """The keys that count now, by question, without those that a correction has settled. One query."""
    asked = list(questions)
    fixes = {
        row.question_id: row for row in KeyFix.objects.filter(question__in=asked).order_by("version__number", "pk")
    }
    settled = {number for number, fix in fixes.items() if fix.action in NO_MEASURE}
    open_ones = (one for one in asked if one.pk not in settled)
    return {one.pk: keys_of(Key.from_json(one.version.key), fixes.get(one.pk)) for one in open_ones}


def _is_right(keys: Iterable[Key], said: Any) -> bool:
    return any(score(_PLAIN, Kind.SHORT, key, said).verdict is Verdict.RIGHT for key in keys)


def alike(question: ExamQuestion, answers: Iterable[Answer], answer: Answer) -> list[int]:
    """Attempts whose short answer waits and says the same as this one, but for capitals and spaces; at most AT_ONCE. Of
    longer answers none. One query."""
    if question.question.kind != Kind.SHORT:
        return []
    waiting = {one.attempt for one in answers if one.waits and one != answer}
    said = {pk: _folded(text) for pk, text in handed_in().filter(question=question).values_list("attempt", "answer")}
    return [pk for pk in waiting if pk in said and said[pk] == said.get(answer.attempt)][:AT_ONCE]


def _folded(text: Any) -> str:
    return " ".join(str(text).split()).casefold()


def next_for(question: ExamQuestion, user: User, answers: Iterable[Answer], *, after: str = "") -> Answer | None:
    """The first one behind `after` that waits and that nobody else looks at, round to the first ones again; if others
    look at all of them, one of those. It is held for him, and `after` no longer."""
    waiting = [one for one in answers if one.waits]
    around = [one for one in waiting if one.token > after] + [one for one in waiting if one.token <= after]
    if after:
        _let_go(question, after, user)
    free = (one for one in around[:LOOKS] if _hold(question, one.token, user))
    return next(free, around[0] if around else None)


def _hold(question: ExamQuestion, token: str, user: User) -> bool:
    name = _name(question, token)
    return cache.add(name, user.pk, HOLD_S) or cache.get(name) == user.pk


def _let_go(question: ExamQuestion, token: str, user: User) -> None:
    if cache.get(_name(question, token)) == user.pk:
        cache.delete(_name(question, token))


def _name(question: ExamQuestion, token: str) -> str:
    return f"marking:{question.pk}:{token}"


# --- Counts -----------------------------------------------------------------------------------------------------------


def questions_to_mark(tests: Any) -> QuerySet[ExamQuestion]:
    """Questions of these tests which a person marks, without those that a correction has settled."""
    fixes = KeyFix.objects.filter(question=OuterRef("pk")).order_by("-version__number", "-pk").values("action")
    rows = ExamQuestion.objects.filter(test__in=tests, question__kind__in=FOR_PEOPLE)
    return rows.annotate(fix=Coalesce(Subquery(fixes[:1]), Value(""))).exclude(fix__in=NO_MEASURE)


def counts_of(questions: Any) -> dict[int, Counts]:
    """How many answers wait, are marked and are judged, by question; those without answers are left out. One query."""
    marks = ManualMark.objects.filter(attempt=OuterRef("attempt"), question=OuterRef("question")).order_by()
    rows = handed_in().filter(question__in=questions).annotate(has=Exists(marks), waits=_whether(needs_person()))
    waiting, marked = Count("pk", filter=Q(has=False, waits=True)), Count("pk", filter=Q(has=True))
    found = rows.order_by().values("question").annotate(count=Count("pk"), waiting=waiting, marked=marked)
    return {
        row["question"]: Counts(row["waiting"], row["marked"], row["count"] - row["waiting"] - row["marked"])
        for row in found
    }


def counted(question: ExamQuestion, answers: Sequence[Answer]) -> Counts:
    """The same of all answers to one question."""
    waiting, marked = sum(one.waits for one in answers), sum(one.number > 0 for one in answers)
    is_code = question.question.kind == Kind.CODING
    return Counts(waiting, marked, len(answers) - waiting - marked if is_code else 0)


def _whether(said: Q) -> Case:
    return Case(When(said, then=True), default=False, output_field=BooleanField())


def short_counts_of(questions: Sequence[ExamQuestion]) -> dict[int, Counts]:
    """The same of questions with short answers, of which those wait that no key accepts. Two queries."""
    keys = _keys_now(questions)
    marks = ManualMark.objects.filter(attempt=OuterRef("attempt"), question=OuterRef("question")).order_by()
    rows = handed_in().filter(question__in=questions).annotate(has=Exists(marks)).order_by()
    waiting, marked = Counter[int](), Counter[int]()
    for question, said, has, count in rows.values_list("question", "answer", "has").annotate(count=Count("pk")):
        if has:
            marked[question] += count
        elif question in keys and not _is_right(keys[question], said):
            waiting[question] += count
    return {question: Counts(waiting[question], marked[question]) for question in {*waiting, *marked}}


def waiting_of(user: User) -> dict[int, int]:
    """How many answers wait in each test he may change, by the test's number; only tests where some do. One query."""
    tests = Test.objects.editable_by(user).current().order_by().values("pk")
    marks = ManualMark.objects.filter(attempt=OuterRef("attempt"), question=OuterRef("question")).order_by()
    questions = questions_to_mark(tests).order_by().values("pk")
    rows = handed_in().filter(~Exists(marks), needs_person(), question__in=questions).order_by()
    found = rows.values("question__test").annotate(count=Count("pk"))
    return {row["question__test"]: row["count"] for row in found}
