"""A test's paper as it is marked: its keys and schemes, with what was corrected since."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Sum

from exams.content import Key, Kind
from exams.grading import Item, Part, Sheet
from exams.judge import scores
from exams.judge.scores import NOTHING_JUDGED, JudgedFacts
from exams.models import Attempt, ExamQuestion, KeyFix, ManualMark, Section, SectionMark, Test
from exams.models.attempts import State
from exams.models.papers import AnyRule
from exams.schemes import Rules

KEYED = frozenset({KeyFix.Action.CHANGE, KeyFix.Action.ACCEPT})
"""Those that say which keys are right."""


@dataclass(frozen=True, slots=True)
class Fix:
    """How a question (its number in exam_questions) is marked from now on; `keys`: all that are right, where the
    action says some."""

    question: int
    action: str
    keys: tuple[Key, ...] = ()

    @classmethod
    def of(cls, row: KeyFix) -> "Fix":
        return cls(row.question_id, row.action, tuple(Key.from_json(one) for one in row.keys))


def sheet_of(test: Test, fixes: Iterable[Fix] = ()) -> Sheet:
    """The paper with these corrections, the later of two to one question; three queries."""
    fixed = {one.question: one for one in fixes}
    sections = _sections(test)
    own = {one.pk: Rules.from_json(one.scheme.rules) for one in sections if one.scheme}
    rules = Rules.from_json(test.scheme.rules)
    items: list[Item] = []
    parts: list[Part] = []
    asked = _asked(test)
    for section in sections:
        rows = asked.get(section.pk, [])
        places = tuple(range(len(items), len(items) + len(rows)))
        items += (_item(row, own.get(section.pk, rules), fixed.get(row.pk)) for row in rows)
        best = section.any_rule == AnyRule.BEST
        parts.append(Part(section.pk, section.title, section.title_hi, places, section.answers_count, best))
    return Sheet(tuple(items), tuple(parts))


def _sections(test: Test) -> list[Section]:
    return list(Section.objects.filter(test=test).select_related("scheme").order_by("position", "pk"))


def _asked(test: Test) -> dict[int, list[ExamQuestion]]:
    """The questions by the numbers of their sections, in order."""
    rows = ExamQuestion.objects.filter(test=test).select_related("version", "question").order_by("position", "pk")
    found: dict[int, list[ExamQuestion]] = {}
    for row in rows:
        found.setdefault(row.section_id, []).append(row)
    return found


def _item(row: ExamQuestion, rules: Rules, fix: Fix | None) -> Item:
    kind = Kind(row.question.kind)
    if fix and fix.action in KEYED:
        return Item(row.pk, kind, fix.keys or (Key.from_json(row.version.key),), rules)
    return Item(row.pk, kind, (Key.from_json(row.version.key),), rules, fix.action if fix else "")


# --- What a version was made of ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Facts:
    """What results depend on besides answers, which cannot change without `epochs`: how many attempts are handed in,
    the sum of their epochs (opening one again counts it up), the last marks by hand and of sections, the rules, and
    which programs were judged."""

    attempts: int
    epochs: int
    marks: int
    section_marks: int
    rules: str
    writing: int = 0
    judged: JudgedFacts = NOTHING_JUDGED

    def to_json(self) -> dict[str, Any]:
        said = {"attempts": self.attempts, "epochs": self.epochs, "rules": self.rules}
        return said | ({"judged": [self.judged.count, self.judged.held]} if self.judged.held else {})


def facts_of(test: Test) -> Facts:
    """As it stands now; reliable while the test's row is locked and nobody writes."""
    handed_in = Attempt.objects.filter(test=test, state=State.SUBMITTED)
    counts = handed_in.aggregate(attempts=Count("pk"), epochs=Sum("epoch"))
    return Facts(
        counts["attempts"],
        counts["epochs"] or 0,
        ManualMark.objects.filter(attempt__test=test).aggregate(last=Max("pk"))["last"] or 0,
        SectionMark.objects.filter(section__test=test).aggregate(last=Max("pk"))["last"] or 0,
        _rules(test),
        Attempt.objects.filter(test=test, state=State.WRITING).count(),
        scores.facts_of(test),
    )


def _rules(test: Test) -> str:
    said: list[Any] = [test.scheme_id, test.counted_attempt, test.is_on_paper]
    rows = Section.objects.filter(test=test).order_by("position", "pk")
    names = ("pk", "title", "title_hi", "scheme", "answers_count", "any_rule", "full_marks")
    said += [[str(one) for one in row] for row in rows.values_list(*names)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def facts_in(outline: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a version's outline keeps of them, {} where it keeps none."""
    found: Mapping[str, Any] = outline.get("facts") or {}
    return found


def is_news(judged: JudgedFacts, known: Mapping[str, Any]) -> bool:
    """Whether judgements hold that are not in a version with these facts."""
    return [judged.count, judged.held] != (known.get("judged") or [0, 0])
