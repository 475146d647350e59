"""Results of a test: what all attempts came to, ranked, kept as a version that never changes.

Reading and marking hold no lock; a version is kept under the lock of the test's row, and only if nothing it was made of
has changed since. The version before it stays as it is.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from batches.models import Enrolment
from coaching.lib.errors import DomainError
from exams.asked import fixes_of
from exams.models import KeyFix, Rejudge, Result, ResultVersion, Test
from exams.models.results import Cause
from exams.models.tests import Counted
from exams.papers import locked_test
from exams.ranking import Candidate, percentiles, ranks
from exams.result_entries import Entry, paper_entries, written_entries
from exams.result_reading import OutlineSection, ResultOutline
from exams.result_sheets import Facts, Fix, facts_of, sheet_of
from exams.schemes import NOTHING, Rules

TRIES = 3
ROWS_AT_ONCE = 500


class CannotReckon(DomainError):
    """Its window is not over, somebody writes, or nobody has written it (409)."""

    code = "cannot_reckon"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Results that are not kept yet: `base` is the number (0: none) of the version that was the newest."""

    base: int
    facts: Facts
    outline: ResultOutline
    entries: Sequence[Entry]
    digest: str


def reckon(
    test: Test,
    *,
    cause: Cause,
    actor: User | None,
    now: datetime,
    reason: str = "",
    fixes: Sequence[KeyFix] = (),
    force: bool = False,
    request: HttpRequest | None = None,
) -> ResultVersion | None:
    """A new version, all answers marked again; None when it would be as the newest one is, unless `force`.

    `fixes` (not kept yet) come in with it. Raises: CannotReckon.
    """
    for _try in range(TRIES):
        made = draft(test, [Fix.of(one) for one in fixes])
        done, version = keep(
            test, made, cause=cause, reason=reason, actor=actor, now=now, fixes=fixes, force=force, request=request
        )
        if done:
            return version
    raise CannotReckon(_("The results change at this moment. Try again."))


def draft(test: Test, fixes: Iterable[Fix] = (), *, rejudge: Rejudge | None = None) -> Reckoned:
    """As results would be now with these corrections besides those that hold already, and with `rejudge` as if that
    were applied. Nothing is locked."""
    held = Test.objects.select_related("scheme", "newest_results").get(pk=test.pk)
    facts = facts_of(held)
    if held.is_on_paper:
        entries, outline = list(paper_entries(held)), _paper_outline(held)
    else:
        newest = held.newest_results
        known = [Fix.of(one) for one in fixes_of(newest).values()] if newest else []
        sheet = sheet_of(held, [*known, *fixes])
        entries, outline = list(written_entries(held, sheet, rejudge=rejudge)), sheet.outline(held.counted_attempt)
    return ranked(held, facts, outline, entries)


def _paper_outline(test: Test) -> ResultOutline:
    rows = test.sections.order_by("position", "pk")
    sections = tuple(OutlineSection(one.pk, one.title, one.title_hi, one.full_marks or NOTHING, ()) for one in rows)
    return ResultOutline((), sections, sum((one.most for one in sections), NOTHING), test.counted_attempt)


# --- Ranks ------------------------------------------------------------------------------------------------------------


def ranked(test: Test, facts: Facts, outline: ResultOutline, entries: list[Entry]) -> Reckoned:
    """Say which attempts count, rank those, and find each student's batch."""
    rules = Rules.from_json(test.scheme.rules)
    counted = _counted(entries, test.counted_attempt)
    titles = [one.title for one in outline.sections]
    by_rank = ranks((_candidate(one, titles) for one in counted), rules.ties)
    by_total = percentiles({one.student: one.total for one in counted}, rules.percentile)
    batches = _batches(test)
    for one in entries:
        one.is_counted, one.rank, one.percentile = False, None, None
        one.batch = batches.get(one.student)
    for one in counted:
        one.is_counted, one.rank, one.percentile = True, by_rank[one.student], by_total[one.student]
    base = test.newest_results.number if test.newest_results else 0
    return Reckoned(base, facts, outline, entries, _digest(outline, entries))


def _counted(entries: Iterable[Entry], rule: str) -> list[Entry]:
    """One of each student: of equally good ones the earlier."""
    found: dict[int, Entry] = {}
    for one in sorted(entries, key=lambda one: one.number):
        before = found.get(one.student)
        is_better = before is None or rule == Counted.LAST or (rule == Counted.BEST and one.total > before.total)
        if is_better:
            found[one.student] = one
    return list(found.values())


def _candidate(one: Entry, titles: Sequence[str]) -> Candidate:
    sections: dict[str, Decimal] = {}
    for title, section in zip(titles, one.sections, strict=True):
        sections[title] = sections.get(title, NOTHING) + Decimal(section["marks"])
    return Candidate(one.student, one.total, sections, one.wrong, one.right, one.born_on, one.spent_s)


def _batches(test: Test) -> dict[int, int]:
    """Of each student the batch of the test in which he was when it opened, else one in which he ever was."""
    found: dict[int, tuple[bool, int]] = {}
    rows = Enrolment.objects.filter(batch__tests=test).order_by("joined_at", "pk")
    for student, batch, joined_at, left_at in rows.values_list("student", "batch", "joined_at", "left_at"):
        opened = test.opens_at
        was_in = opened is not None and joined_at <= opened and (left_at is None or left_at > opened)
        if student not in found or (was_in and not found[student][0]):
            found[student] = (was_in, batch)
    return {student: batch for student, (_was_in, batch) in found.items()}


def _digest(outline: ResultOutline, entries: Iterable[Entry]) -> str:
    found = hashlib.sha256(json.dumps(outline.to_json(), sort_keys=True).encode())
    for one in sorted(entries, key=lambda one: (one.student, one.number)):
        told = (one.attempt, one.student, one.batch, f"{one.total:.2f}", one.is_counted, one.rank, str(one.percentile))
        found.update(json.dumps([*told, one.spent_s, one.sections, one.verdicts, one.marks], sort_keys=True).encode())
    return found.hexdigest()


# --- Keeping ----------------------------------------------------------------------------------------------------------


def keep(
    test: Test,
    made: Reckoned,
    *,
    cause: Cause,
    actor: User | None,
    now: datetime,
    reason: str = "",
    fixes: Sequence[KeyFix] = (),
    force: bool = False,
    request: HttpRequest | None = None,
) -> tuple[bool, ResultVersion | None]:
    """Keep it as the newest version. (False, None): what it was made of has changed; (True, None): nothing is new.

    Raises: CannotReckon.
    """
    with transaction.atomic():
        locked = locked_test(test)
        facts = facts_of(locked)
        require_over(locked, facts, now=now)
        newest = locked.newest_results
        if facts != made.facts or (newest.number if newest else 0) != made.base:
            return False, None
        require_some(made)
        if newest and newest.digest == made.digest and not force:
            return True, None
        version = _kept(locked, made, cause=cause, reason=reason, actor=actor, now=now)
        for fix in fixes:
            fix.version, fix.at = version, now
            fix.save(force_insert=True)
        Test.objects.filter(pk=test.pk).update(newest_results=version)
        _tell(locked, version, fixes, actor=actor, request=request)
    test.newest_results = version
    return True, version


def require_over(test: Test, facts: Facts, *, now: datetime) -> None:
    """Raises: CannotReckon, while answers may still come."""
    if test.published_at is None or test.archived_at:
        raise CannotReckon(_("The test is not published, or it is archived."))
    if test.is_on_paper:
        return
    if test.closes_at is None or test.closes_at + timedelta(seconds=test.grace_s) > now:
        raise CannotReckon(_("The test is not over yet. Results are reckoned when it has closed."))
    if facts.writing:
        raise CannotReckon(_("Somebody still writes this test. Results are reckoned when all have handed in."))


def require_some(made: Reckoned) -> None:
    """Raises: CannotReckon, where nobody has a result."""
    if not made.entries:
        raise CannotReckon(_("Nobody has written this test: there is nothing to reckon."))


def _kept(test: Test, made: Reckoned, *, cause: Cause, reason: str, actor: User | None, now: datetime) -> ResultVersion:
    version = ResultVersion.objects.create(
        test=test,
        number=made.base + 1,
        cause=cause,
        reason=reason,
        outline=made.outline.to_json() | {"facts": made.facts.to_json()},
        ranked_count=sum(one.is_counted for one in made.entries),
        waiting_count=sum(one.waiting for one in made.entries),
        marks_upto=made.facts.marks,
        section_marks_upto=made.facts.section_marks,
        judged_upto=made.facts.judged.upto,
        digest=made.digest,
        made_by=actor,
        made_at=now,
    )
    rows = (_row(version, one, made.outline.most) for one in made.entries)
    Result.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return version


def _row(version: ResultVersion, one: Entry, most: Decimal) -> Result:
    return Result(
        version=version,
        student_id=one.student,
        attempt_id=one.attempt,
        batch_id=one.batch,
        total=one.total,
        most=most,
        right=one.right,
        partial=one.partial,
        wrong=one.wrong,
        blank=one.blank,
        waiting=one.waiting,
        spent_s=one.spent_s,
        sections=one.sections,
        verdicts=one.verdicts,
        marks=one.marks,
        is_counted=one.is_counted,
        rank=one.rank,
        percentile=one.percentile,
    )


def _tell(
    test: Test,
    version: ResultVersion,
    fixes: Sequence[KeyFix],
    *,
    actor: User | None,
    request: HttpRequest | None,
) -> None:
    said: dict[str, Any] = {"name": test.title, "version": version.number, "cause": version.cause}
    if version.reason:
        said["reason"] = version.reason
    if fixes:
        said["actions"] = [fix.action for fix in fixes]
    event = "results.key_fixed" if fixes else "results.reckoned"
    activity.record(event, actor=actor, on=test, request=request, **said)
