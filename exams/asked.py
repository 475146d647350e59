"""The questions of a version as they were marked in it: what may be chosen, what is right by then, and their topic."""

from dataclasses import dataclass
from typing import Any

from exams.content import FALSE, TRUE, Body, Key, Kind
from exams.models import ExamQuestion, KeyFix, ResultVersion
from exams.schemes import Marks, Rules, Verdict, score

AUTOMATIC = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.TRUE_FALSE, Kind.NUMERICAL, Kind.SHORT, Kind.MATCH})
NO_MEASURE = frozenset({KeyFix.Action.DROP, KeyFix.Action.BONUS_ALL, KeyFix.Action.BONUS_ATTEMPTED})
"""After these an answer says nothing of who gave it: it is worth the same to all who answered."""
_PLAIN_RULES = Rules(kinds={}, others=Marks())


@dataclass(frozen=True, slots=True)
class Asked:
    """`place` counts from 0 in the paper's order; ids of choices stand in that order, too. `keys`: an answer is right
    by any of them. `measures`: False where it was taken out or full marks were given."""

    place: int
    question: int
    kind: Kind
    options: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    keys: tuple[Key, ...]
    measures: bool
    topic: int | None
    topic_name: str
    subject: str

    def is_right(self, answer: Any) -> bool:
        """Whether an answer is right whole, of a kind that needs nobody to say so."""
        return any(score(_PLAIN_RULES, self.kind, key, answer).verdict is Verdict.RIGHT for key in self.keys)


def asked_of(version: ResultVersion) -> list[Asked]:
    """In the paper's order; two queries, none for a test on paper."""
    places = {question: place for place, question in enumerate(version.outline.get("questions") or ())}
    if not places:
        return []
    fixes = fixes_of(version)
    rows = ExamQuestion.objects.filter(test=version.test_id, pk__in=list(places))
    found = rows.select_related("version", "question__topic", "question__subject").order_by()
    return sorted((_asked(row, places[row.pk], fixes.get(row.pk)) for row in found), key=lambda one: one.place)


def fixes_of(version: ResultVersion) -> dict[int, KeyFix]:
    """By the number of the question (of exam_questions) the corrections that hold in this version. One query."""
    fixes = KeyFix.objects.filter(version__test=version.test_id, version__number__lte=version.number)
    return {one.question_id: one for one in fixes.select_related("version").order_by("version__number", "pk")}


def keys_of(own: Key, fix: KeyFix | None) -> list[Key]:
    """Those that are right now; `own` is that of the question, which stays where it is taken out or given to all."""
    return [Key.from_json(one) for one in fix.keys] if fix and fix.keys else [own]


def _asked(row: ExamQuestion, place: int, fix: KeyFix | None) -> Asked:
    body, kind, topic = Body.from_json(row.version.body), Kind(row.question.kind), row.question.topic
    return Asked(
        place=place,
        question=row.pk,
        kind=kind,
        options=(TRUE, FALSE) if kind is Kind.TRUE_FALSE else tuple(one.id for one in body.options),
        rows=tuple(one.id for one in body.rows),
        columns=tuple(one.id for one in body.columns),
        keys=tuple(keys_of(Key.from_json(row.version.key), fix)),
        measures=fix is None or fix.action not in NO_MEASURE,
        topic=topic.pk if topic else None,
        topic_name=topic.name if topic else "",
        subject=row.question.subject.name,
    )
