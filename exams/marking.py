"""Marks by hand: given to an answer, given otherwise later, never taken away. The newest of an answer counts."""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.grading import BY_HAND
from exams.marking_queue import handed_in
from exams.models import Attempt, ExamQuestion, ManualMark
from exams.models.attempts import State
from exams.papers import locked_test

COMMENT_LENGTH = 2000


class MarkingRefused(DomainError):
    """This answer cannot be marked, or not so."""

    code = "marking_refused"


class MarkedMeanwhile(DomainError):
    """Somebody else marked it since the page was made; `mark` is what stands now."""

    code = "marked_meanwhile"

    def __init__(self, mark: ManualMark | None) -> None:
        super().__init__(_("Somebody else marked this answer in the meantime. Nothing of yours is saved yet."))
        self.mark = mark


def mark_answer(
    question: ExamQuestion,
    attempt: Attempt,
    *,
    marks: Decimal,
    full: Decimal,
    comment: str = "",
    rubric: Mapping[str, str] | None = None,
    seen: int,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> ManualMark:
    """Give the answer of this attempt these marks, between 0 and `full`; `rubric` says how many for which line.

    `seen` is the number of the marks the page showed, 0 for none. The same again, from the same person, is once.
    Raises: MarkingRefused, MarkedMeanwhile.
    """
    if not 0 <= marks <= full or Kind(question.question.kind) not in BY_HAND:
        raise MarkingRefused(_("These marks cannot be given."))
    said = {"marks": marks, "comment": comment, "rubric": dict(rubric or {})}
    try:
        with transaction.atomic():
            locked_test(question.test)  # so that the numbers of marks that results are reckoned with have no gaps
            _require_handed_in(question, attempt)
            newest = newest_of(question, attempt)
            is_same = newest is not None and all(getattr(newest, name) == value for name, value in said.items())
            if newest and is_same and (newest.number == seen or newest.by_id == actor.pk):
                return newest
            if (newest.number if newest else 0) != seen:
                raise MarkedMeanwhile(newest)
            given = {"by": actor, "at": now, **said}
            mark = ManualMark.objects.create(question=question, attempt=attempt, number=seen + 1, **given)
            name = question.test.title
            activity.record(
                "attempt.marked", actor=actor, on=attempt, request=request, name=name, marks=f"{marks}", again=seen > 0
            )
            return mark
    except IntegrityError:  # another teacher was faster
        raise MarkedMeanwhile(newest_of(question, attempt)) from None


def mark_alike(question: ExamQuestion, attempts: Iterable[Attempt], **given: Any) -> int:
    """The same marks for all of these that wait; `given` as for `mark_answer`. Answers how many got them: what somebody
    else marked or opened again meanwhile stays as it is."""
    count = 0
    with transaction.atomic():
        for attempt in attempts:
            with contextlib.suppress(MarkedMeanwhile, MarkingRefused):
                mark_answer(question, attempt, seen=0, **given)
                count += 1
    return count


def newest_of(question: ExamQuestion, attempt: Attempt) -> ManualMark | None:
    """The marks that count, with who gave them."""
    found = ManualMark.objects.filter(question=question, attempt=attempt)
    return found.select_related("by").order_by("-number").first()


def _require_handed_in(question: ExamQuestion, attempt: Attempt) -> None:
    state = Attempt.objects.filter(pk=attempt.pk, test=question.test_id).values_list("state", flat=True).first()
    if state != State.SUBMITTED:
        raise MarkingRefused(_("This attempt is written on. It can be marked when it is handed in."))
    if not handed_in().filter(attempt=attempt, question=question).exists():
        raise MarkingRefused(_("Nothing was answered here, so there is nothing to mark."))
