"""What the marks of a question are given for: lines with the most that each is worth, together at most full marks."""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.models import ExamQuestion, ManualMark, Rubric
from exams.papers import locked_test
from exams.scheme_words import number
from exams.schemes import Rules, most

MOST_LINES = 12
MOST_TEXT = 200
IDS = string.ascii_letters


class RubricRefused(DomainError):
    """A rubric cannot be like that."""

    code = "rubric_refused"
    status = 422


class RubricChangedMeanwhile(DomainError):
    """Somebody else saved first; `revision` is what there is now."""

    code = "changed_meanwhile"

    def __init__(self, revision: int) -> None:
        super().__init__(_("Somebody else changed this rubric in the meantime. Nothing of yours is saved yet."))
        self.revision = revision


@dataclass(frozen=True, slots=True)
class RubricLine:
    """`id` is a letter that stays when the words change; a new line has none yet."""

    id: str
    text: str
    most: Decimal


def full_marks(question: ExamQuestion) -> Decimal:
    """Of a question whose section, test and schemes are fetched along."""
    scheme = question.section.scheme or question.test.scheme
    return most(Rules.from_json(scheme.rules), Kind(question.question.kind))


def lines_of(question: ExamQuestion) -> tuple[list[RubricLine], int]:
    """The lines in their order, and the revision, 0 where there never was a rubric. One query."""
    row = Rubric.objects.filter(question=question).first()
    return (_lines(row.lines), row.revision) if row else ([], 0)


def save_rubric(
    question: ExamQuestion,
    lines: Sequence[RubricLine],
    *,
    revision: int,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> bool:
    """Let these be the lines; `revision` is what the page showed. Answers whether anything is otherwise now.

    Marks that were given stay as they are. Raises: RubricRefused, RubricChangedMeanwhile.
    """
    _require_fit(lines, full_marks(question))
    with transaction.atomic():
        locked_test(question.test)
        row = Rubric.objects.filter(question=question).first()
        was = _lines(row.lines) if row else []
        told = _named(lines, was, used=_used(question))
        if told == was:
            return False
        if (row.revision if row else 0) != revision:
            raise RubricChangedMeanwhile(row.revision if row else 0)
        row = row or Rubric(question=question, revision=0)
        row.lines = [{"id": one.id, "text": one.text, "most": str(one.most)} for one in told]
        row.revision, row.changed_by, row.changed_at = row.revision + 1, actor, now
        row.save()
        test = question.test
        activity.record("test.rubric", actor=actor, on=test, request=request, name=test.title, lines=len(told))
    return True


def _require_fit(lines: Sequence[RubricLine], full: Decimal) -> None:
    if len(lines) > MOST_LINES:
        raise RubricRefused(_("At most %(count)d lines.") % {"count": MOST_LINES})
    together = sum((one.most for one in lines), Decimal(0))
    if together > full:
        words = {"sum": number(together), "full": number(full)}
        raise RubricRefused(_("The lines come to %(sum)s marks, but the question has %(full)s.") % words)


def _lines(found: Sequence[dict[str, Any]]) -> list[RubricLine]:
    return [RubricLine(one["id"], one["text"], Decimal(one["most"])) for one in found]


def _used(question: ExamQuestion) -> set[str]:
    """Letters of lines, some of them gone, for which marks were given. One query."""
    return {
        line
        for rubric in ManualMark.objects.filter(question=question).values_list("rubric", flat=True)
        for line in rubric
    }


def _named(lines: Sequence[RubricLine], was: Sequence[RubricLine], *, used: set[str]) -> list[RubricLine]:
    """Each with its letter; a new line gets one under which nothing else was ever marked."""
    known = {one.id for one in was}
    taken: set[str] = set()
    told: list[RubricLine] = []
    fresh = [one for one in IDS if one not in known]
    free = iter(sorted(fresh, key=lambda one: one in used))  # should all be used up, an old one again
    for line in lines:
        own = line.id if line.id in known and line.id not in taken else next(free)
        taken.add(own)
        told.append(RubricLine(own, line.text, line.most))
    return told
