"""What students answered and how long they took, counted in the database: of the attempts that count in a version.

Answers come as (question, answer, how many, how many of the best): a few rows for each question however many wrote.
What people write at length is never read here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from exams.analysis_doc import Suspect
from exams.asked import AUTOMATIC, Asked
from exams.content import CHOSEN, Kind
from exams.content_checks import number_of
from exams.models import ExamQuestion, Response, ResultVersion
from exams.rubrics import full_marks

COMMONEST = 8
MOST_SIGNS = 80


@dataclass(frozen=True, slots=True)
class Given:
    """How often a whole answer was given, `best` by the best 27 %."""

    answer: Any
    count: int
    best: int


@dataclass(slots=True)
class Times:
    """Of one question, by who saw it: whole seconds with how often, and all milliseconds."""

    seconds: Counter[int] = field(default_factory=Counter)
    ms: int = 0
    answered: int = 0

    @property
    def seen(self) -> int:
        return self.seconds.total()


def responses_of(version: ResultVersion) -> QuerySet[Response]:
    """Of the attempts that count in it."""
    return Response.objects.filter(attempt__results__version=version, attempt__results__is_counted=True).order_by()


def given_by_question(
    version: ResultVersion, asked: Iterable[Asked], *, last_best: tuple[int, int] | None
) -> dict[int, list[Given]]:
    """The answers to what is marked automatically. `last_best`: rank and student of the last of the best."""
    among = [one.question for one in asked if one.kind in AUTOMATIC]
    rank, student = last_best or (0, 0)
    result = "attempt__results__"
    is_best = Q(**{f"{result}rank__lt": rank}) | Q(**{f"{result}rank": rank, f"{result}student__lte": student})
    rows = responses_of(version).filter(is_answered=True, question__in=among).values_list("question", "answer")
    found: dict[int, list[Given]] = defaultdict(list)
    counted = rows.annotate(count=Count("pk"), best=Count("pk", filter=is_best))
    for question, answer, count, best in counted.iterator():
        found[question].append(Given(answer, count, best))
    return found


def times_by_question(version: ResultVersion) -> dict[int, Times]:
    """By seconds, so that the median needs no row of each student."""
    rows = responses_of(version).annotate(second=F("spent_ms") / 1000).values_list("question", "second")
    found: dict[int, Times] = defaultdict(Times)
    counts = {"count": Count("pk"), "ms": Sum("spent_ms"), "said": Count("pk", filter=Q(is_answered=True))}
    for question, second, count, ms, said in rows.annotate(**counts).iterator():
        times = found[question]
        times.seconds[second] += count
        times.ms += ms
        times.answered += said
    return found


def full_marks_of(questions: Collection[int]) -> dict[int, Decimal]:
    """Of these questions of papers, by the schemes of now. One query, none for no question."""
    rows = ExamQuestion.objects.select_related("question", "section__scheme", "test__scheme").order_by()
    return {row.pk: full_marks(row) for row in rows.filter(pk__in=questions)} if questions else {}


def spent_of(attempt: int) -> dict[int, float]:
    """Seconds by question of one attempt."""
    rows = Response.objects.filter(attempt=attempt).order_by().values_list("question", "spent_ms")
    return {question: ms / 1000 for question, ms in rows}


# --- What was chosen --------------------------------------------------------------------------------------------------


def chosen(asked: Asked, given: Sequence[Given]) -> tuple[dict[str, int], dict[str, int]]:
    """Counts by what was chosen, of all and of the best; options nobody chose count nothing. See `QuestionStats`."""
    counts, best = Counter[str](), Counter[str]()
    for one in given:
        for name in set(_names(asked.kind, one.answer)):
            counts[name] += one.count
            best[name] += one.best
    if asked.options:
        names: Iterable[str] = asked.options
    elif asked.kind is Kind.MATCH:
        names = (f"{row}-{column}" for row in asked.rows for column in asked.columns)
    else:
        names = [name for name, _count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:COMMONEST]]
    names = list(names)
    return {name: counts[name] for name in names}, {name: best[name] for name in names}


def same_answer(kind: Kind, answer: Any) -> str:
    """A name that two answers share when they say the same: 5.20 and 5.2, " newton" and "Newton"."""
    return ";".join(_names(kind, answer))


def _names(kind: Kind, answer: Any) -> Iterator[str]:
    if kind is Kind.MULTIPLE:
        yield from answer
    elif kind is Kind.MATCH:
        yield from (f"{row}-{column}" for row, columns in answer.items() for column in columns)
    elif kind is Kind.NUMERICAL:
        number = number_of(answer)
        yield answer if number is None else _plain(number + 0)
    elif kind in CHOSEN or kind is Kind.TRUE_FALSE:
        yield answer
    else:
        yield " ".join(answer.split()).casefold()[:MOST_SIGNS]


def _plain(number: Any) -> str:
    """Without needless places; what is very large or small with its power of ten."""
    found = number.normalize()
    return f"{found:f}" if -20 <= found.as_tuple().exponent <= 20 and found.adjusted() <= 20 else str(found)


def right_best(asked: Asked, given: Sequence[Given]) -> int:
    """How many of the best were right by the keys."""
    return sum(one.best for one in given if asked.is_right(one.answer))


def suspect_of(asked: Asked, given: Sequence[Given]) -> Suspect | None:
    """Of what is not right the answer most of the best gave; None where none of them is wrong."""
    wrong: dict[str, list[Given]] = defaultdict(list)
    for one in given:
        if not asked.is_right(one.answer):
            wrong[same_answer(asked.kind, one.answer)].append(one)
    found = [
        (sum(one.best for one in alike), sum(one.count for one in alike), name, alike) for name, alike in wrong.items()
    ]
    if not found:
        return None
    best, count, _name, alike = min(found, key=lambda one: (-one[0], -one[1], one[2]))
    commonest = max(alike, key=lambda one: (one.count, str(one.answer))).answer
    said = commonest[:MOST_SIGNS] if isinstance(commonest, str) else commonest
    return Suspect(said, count, best) if best else None
