"""Tests as rows of the staff's list: running first, then coming, drafts, and what is over; as many queries for one as
for all of a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.models import Attempt, ExamQuestion, Test
from exams.models.attempts import State
from exams.test_states import state_of

RUNNING, COMING, DRAFT, PAST = range(4)
GROUPS: dict[int, str | Promise] = {
    RUNNING: _("Running now"),
    COMING: _("To come"),
    DRAFT: _("Drafts"),
    PAST: _("Over"),
}
SHOWN = {"draft": DRAFT, "coming": COMING, "past": PAST}
"""What the list can be narrowed to, by word in its address."""


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test; `writing` and `done` count attempts; `heading` says its group."""

    __test__ = False

    test: Test
    group: int
    heading: str | Promise
    tone: str
    word: str
    batches: str
    questions: int
    writing: int
    done: int


def in_order(tests: QuerySet[Test], *, now: datetime, group: int | None = None) -> QuerySet[Test]:
    """All, or those of one group: what runs or comes by its opening, drafts by age, what is over from the last."""
    is_over, is_draft = Q(closes_at__lte=now), Q(published_at=None)
    rank = Case(
        When(is_draft, then=Value(DRAFT)),
        When(is_over, then=Value(PAST)),
        When(opens_at__lte=now, then=Value(RUNNING)),
        default=Value(COMING),
        output_field=IntegerField(),
    )
    soonest = Case(When(Q(is_draft) | Q(is_over), then=Value(None)), default=F("opens_at"))
    ranked: QuerySet[Any] = tests.annotate(group=rank)
    ranked = ranked if group is None else ranked.filter(group=group)
    return ranked.order_by("group", soonest.asc(nulls_last=True), F("opens_at").desc(nulls_last=True), "-pk")


def of(tests: Iterable[Test], *, now: datetime) -> list[TestRow]:
    """In the order given by `in_order`, their batches fetched along. Two queries."""
    found = list(tests)
    questions, attempts = _questions(found), _attempts(found)
    rows: list[TestRow] = []
    for test in found:
        group: int = test.group  # type: ignore[attr-defined]  # annotated
        tone, word = state_of(test, now=now)
        rows.append(
            TestRow(
                test=test,
                group=group,
                heading=GROUPS[group],
                tone=tone,
                word=word,
                batches=", ".join(batch.name for batch in test.batches.all()),
                questions=questions.get(test.pk, 0),
                writing=attempts[test.pk].get(State.WRITING, 0),
                done=attempts[test.pk].get(State.SUBMITTED, 0),
            )
        )
    return rows


def _questions(tests: list[Test]) -> dict[int, int]:
    counted = ExamQuestion.objects.filter(test__in=tests).order_by().values("test").annotate(count=Count("pk"))
    return {row["test"]: row["count"] for row in counted}


def _attempts(tests: list[Test]) -> dict[int, dict[str, int]]:
    rows = Attempt.objects.filter(test__in=tests).order_by().values("test", "state").annotate(count=Count("pk"))
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row["test"]][row["state"]] = row["count"]
    return found
