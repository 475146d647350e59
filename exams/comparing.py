"""Comparing the answers of all who wrote a test: asked for by staff, done at once or by a worker, kept for good.

ASKED → (begun) → FOUND, one row for each version of results. A worker that dies leaves the row begun, and after
`ABANDONED_AFTER` another one begins anew; whoever is first keeps what he found, and all find the same.

A report is {"students": 64, "compared": 2016, "bound": 0.05, "count": 1, "pairs": [{"students": [7, 9], "attempts":
[70, 90], "both": 31, "same": [2, 5, …], "by_chance": 10.5, "expected": 0.0004, "near": 12, "same_device": true,
"same_batch": true}]}: numbers of people and attempts, places of questions; the rarest pair first.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams import alike
from exams.analysis_counts import responses_of, same_answer
from exams.asked import AUTOMATIC, Asked, asked_of
from exams.models import Comparison, Response, Result, ResultVersion, Test

log = logging.getLogger("exams.comparing")
AT_ONCE = 300
"""Up to so many students are compared while the page waits."""
NEAR = timedelta(seconds=30)
ABANDONED_AFTER = timedelta(minutes=10)


class NothingToCompare(DomainError):
    """The test has no results yet, or fewer than two students answered here (409)."""

    code = "nothing_to_compare"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Who wrote, in the attempt that counts, and what he got wrong."""

    student: int
    attempt: int
    batch: int | None
    device: Any
    wrong: dict[int, str]


def ask(test: Test, *, actor: User, now: datetime, request: HttpRequest | None = None) -> Comparison:
    """Have the newest results compared, once; of few students at once. Raises: NothingToCompare."""
    version = test.newest_results
    if version is None or not can_be_compared(version):
        raise NothingToCompare(_("Fewer than two students have answered questions here."))
    with transaction.atomic():
        asked = {"asked_by": actor, "asked_at": now}
        row, is_new = Comparison.objects.get_or_create(version=version, defaults=asked)
        if is_new:
            activity.record("results.compared", actor=actor, on=test, request=request, name=test.title)
    if version.ranked_count <= AT_ONCE:
        find(row, now=now)
    return row


def can_be_compared(version: ResultVersion) -> bool:
    """Whether two or more wrote questions that are marked by their keys."""
    return version.ranked_count > 1 and bool(version.outline.get("questions"))


def find_due(*, now: datetime) -> int:
    """Compare what was asked for, the oldest first; how many were found. One that fails stops no other."""
    done = 0
    for row in Comparison.objects.filter(found_at=None).select_related("version").order_by("asked_at", "pk"):
        try:
            done += find(row, now=now)
        except DatabaseError:
            log.exception("comparison %s fails", row.pk)
    return done


def find(row: Comparison, *, now: datetime) -> bool:
    """Compare, unless somebody else does or has; whether this call found it. `row` is up to date afterwards."""
    if not _claim(row, now=now):
        return False
    report = report_of(row.version)
    kept = Comparison.objects.filter(pk=row.pk, found_at=None).update(report=report, found_at=now)
    row.refresh_from_db()
    return bool(kept)


@transaction.atomic
def _claim(row: Comparison, *, now: datetime) -> bool:
    locked = Comparison.objects.select_for_update().get(pk=row.pk)
    begun = locked.report.get("begun_at")
    is_busy = begun is not None and datetime.fromisoformat(begun) > now - ABANDONED_AFTER
    if locked.found_at is not None or is_busy:
        return False
    Comparison.objects.filter(pk=row.pk).update(report={"begun_at": now.isoformat()})
    return True


# --- The report -------------------------------------------------------------------------------------------------------


def report_of(version: ResultVersion) -> dict[str, Any]:
    """Reads only; five queries."""
    asked = [one for one in asked_of(version) if one.kind in AUTOMATIC and one.measures]
    writers = _writers(version, asked)
    found = alike.find([one.wrong for one in writers])
    times = _times(found.pairs, writers, asked)
    return {
        "students": len(writers),
        "compared": found.compared,
        "bound": alike.BOUND,
        "count": found.count,
        "pairs": [_said(one, writers, times) for one in found.pairs],
    }


def _writers(version: ResultVersion, asked: Sequence[Asked]) -> list[_Writer]:
    columns = ("student", "attempt", "batch", "attempt__device_id", "verdicts")
    rows = Result.objects.filter(version=version, is_counted=True, attempt__isnull=False).order_by("rank", "student")
    writers: dict[int, _Writer] = {}
    letters: dict[int, str] = {}
    for student, attempt, batch, device, verdicts in rows.values_list(*columns).iterator():
        writers[attempt] = _Writer(student, attempt, batch, device, {})
        letters[attempt] = verdicts
    by_question = {one.question: one for one in asked}
    said: dict[tuple[int, str], str] = {}
    given = responses_of(version).filter(is_answered=True, question__in=list(by_question))
    rows_of_text = given.annotate(text=Cast("answer", TextField())).values_list("attempt", "question", "text")
    for attempt, question, raw in rows_of_text.iterator(chunk_size=5000):
        one = by_question[question]
        if letters[attempt][one.place] not in "Ww":
            continue
        if (question, raw) not in said:
            said[question, raw] = same_answer(one.kind, json.loads(raw))
        writers[attempt].wrong[one.place] = said[question, raw]
    return list(writers.values())


def _times(
    pairs: Sequence[alike.Pair], writers: Sequence[_Writer], asked: Sequence[Asked]
) -> dict[tuple[int, int], datetime]:
    """When those of the pairs first answered, by attempt and place."""
    attempts = {writers[place].attempt for pair in pairs for place in (pair.first, pair.second)}
    places = {one.question: one.place for one in asked}
    wanted = {place for pair in pairs for place in pair.same}
    among = [question for question, place in places.items() if place in wanted]
    rows = Response.objects.filter(attempt__in=attempts, question__in=among).order_by()
    found = rows.values_list("attempt", "question", "answered_at").iterator()
    return {(attempt, places[question]): at for attempt, question, at in found if at is not None}


def _said(pair: alike.Pair, writers: Sequence[_Writer], times: Mapping[tuple[int, int], datetime]) -> dict[str, Any]:
    one, other = writers[pair.first], writers[pair.second]
    when = [(times.get((one.attempt, place)), times.get((other.attempt, place))) for place in pair.same]
    return {
        "students": [one.student, other.student],
        "attempts": [one.attempt, other.attempt],
        "both": pair.both,
        "same": list(pair.same),
        "by_chance": pair.by_chance,
        "expected": pair.expected,
        "near": sum(1 for a, b in when if a and b and abs(a - b) <= NEAR),
        "same_device": one.device is not None and one.device == other.device,
        "same_batch": one.batch is not None and one.batch == other.batch,
    }
