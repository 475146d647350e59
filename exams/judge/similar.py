"""Comparing the programs of all who answered a coding question: asked for by staff, found at once or by a worker.

ASKED → (begun) → FOUND, one row for each question of a test; asked for again it begins anew, with the programs there
are by then. A worker that dies leaves the row begun, and after `ABANDONED_AFTER` another one begins anew.

Of each student the program that counts is compared (`exams.judge.scores.counting_one`), of several attempts the best or
the last, too; of programs that nobody has judged the newest. Nothing here changes a mark.

A report is {"programs": 64, "compared": 60, "short": 4, "common": 12, "count": 1, "pairs": [{"programs": [uuid, uuid],
"tokens": 140, "shares": [0.97, 0.81], "rarest": 2, "weight": 61.2, "regions": [[[4, 9], [17, 22]], …]}], "groups":
[[uuid, uuid, …], …]}. Programs stand there by the uuids of their submissions, without names; regions are lines of both.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.judge import scores, winnowing
from exams.judge.code_tokens import FAMILIES, Tokens, tokens_of
from exams.models import CodeComparison, CodeSubmission, CodeSuite, ExamQuestion
from exams.models.judging import JudgeState

log = logging.getLogger("exams.similar")
AT_ONCE = 100
"""Up to so many programs are compared while the page waits."""
ABANDONED_AFTER = timedelta(minutes=10)
_AT_A_TIME = 500


class NothingToCompare(DomainError):
    """Fewer than two students submitted a program for the question (409)."""

    code = "nothing_to_compare"


def ask(question: ExamQuestion, *, actor: User, now: datetime, request: HttpRequest | None = None) -> CodeComparison:
    """Have its programs compared, or compared again; few of them at once. While it is being done that is what one gets.
    Raises: NothingToCompare."""
    size = len(students_of([question.pk]).get(question.pk, ()))
    if size < 2:
        raise NothingToCompare(_("Fewer than two students have submitted a program for this question."))
    with transaction.atomic():
        asked: dict[str, Any] = {"asked_by": actor, "asked_at": now}
        row, is_new = CodeComparison.objects.get_or_create(question=question, defaults=asked)
        row = CodeComparison.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if is_new or row.found_at is not None:
            CodeComparison.objects.filter(pk=row.pk).update(found_at=None, report={}, **asked)
            row.refresh_from_db()
            said: dict[str, Any] = {"actor": actor, "on": question.test, "name": question.test.title}
            activity.record("results.programs_compared", request=request, **said)
    if size <= AT_ONCE:
        find(row, now=now)
    return row


def students_of(questions: Iterable[int]) -> dict[int, set[int]]:
    """By the numbers of questions (of exam_questions) who submitted a program. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = CodeSubmission.objects.counting().filter(question__in=list(questions)).order_by()
    for question, student in rows.values_list("question", "attempt__student").distinct():
        found[question].add(student)
    return found


def find_due(*, now: datetime) -> int:
    """Compare what was asked for, the oldest first; how many were found. One that fails stops no other."""
    done = 0
    for row in CodeComparison.objects.filter(found_at=None).order_by("asked_at", "pk"):
        try:
            done += find(row, now=now)
        except DatabaseError:
            log.exception("comparison of programs %s fails", row.pk)
    return done


def find(row: CodeComparison, *, now: datetime) -> bool:
    """Compare, unless somebody else does or has; whether this call found it. `row` is up to date afterwards."""
    if not _claim(row, now=now):
        return False
    report = report_of(row.question)
    same = CodeComparison.objects.filter(pk=row.pk, found_at=None, asked_at=row.asked_at)
    kept = same.update(report=report, found_at=now)
    row.refresh_from_db()
    return bool(kept)


@transaction.atomic
def _claim(row: CodeComparison, *, now: datetime) -> bool:
    locked = CodeComparison.objects.select_for_update(of=("self",)).get(pk=row.pk)
    begun = locked.report.get("begun_at")
    is_busy = begun is not None and datetime.fromisoformat(begun) > now - ABANDONED_AFTER
    if locked.found_at is not None or is_busy:
        return False
    CodeComparison.objects.filter(pk=row.pk).update(report={"begun_at": now.isoformat()})
    row.asked_at = locked.asked_at
    return True


# --- The report -------------------------------------------------------------------------------------------------------


def report_of(question: ExamQuestion) -> dict[str, Any]:
    """Reads only: four queries, and one for each 500 programs."""
    programs = _programs(question)
    templates = _templates(question)
    report: dict[str, Any] = {"programs": len(programs), "compared": 0, "short": 0, "common": 0, "count": 0}
    pairs: list[dict[str, Any]] = []
    groups: list[list[str]] = []
    for family in sorted(set(FAMILIES.values())):
        among = [one for one in programs if FAMILIES[one.language] == family]
        found = winnowing.find([tokens_of(one.source, one.language) for one in among], templates=templates[family])
        uuids = [str(one.uuid) for one in among]
        pairs += [_said(one, uuids) for one in found.pairs]
        groups += [[uuids[place] for place in one] for one in found.groups]
        for name in ("compared", "short", "common", "count"):
            report[name] += getattr(found, name)
    pairs.sort(key=lambda one: -one["weight"])
    groups.sort(key=lambda one: -len(one))
    return report | {"pairs": pairs[: winnowing.MOST_LISTED], "groups": groups}


def _said(pair: winnowing.Pair, uuids: list[str]) -> dict[str, Any]:
    return {
        "programs": [uuids[pair.first], uuids[pair.second]],
        "tokens": pair.tokens,
        "shares": [round(share, 3) for share in pair.shares],
        "rarest": pair.rarest,
        "weight": pair.weight,
        "regions": [[list(mine), list(its)] for mine, its in pair.regions],
    }


def _programs(question: ExamQuestion) -> list[CodeSubmission]:
    """Of each student the one that counts, by the order in which they were submitted."""
    rule = scores.counts_of(question.test)
    columns = ("attempt__student_id", "number", "language", "uuid", "judgement__state", "judgement__verdict")
    rows = CodeSubmission.objects.counting().filter(question=question).order_by("attempt_id", "number")
    rows = rows.select_related("attempt", "judgement").only(*columns, "judgement__points", "judgement__most")
    by_student: dict[int, list[CodeSubmission]] = defaultdict(list)
    for row in rows.iterator(chunk_size=_AT_A_TIME):
        by_student[row.attempt.student_id].append(row)
    chosen = {one.pk: one for one in (_counting(rows, rule) for rows in by_student.values()) if one}
    wanted = sorted(chosen)
    for at in range(0, len(wanted), _AT_A_TIME):
        sources = CodeSubmission.objects.filter(pk__in=wanted[at : at + _AT_A_TIME]).order_by()
        for pk, source in sources.values_list("pk", "source"):
            chosen[pk].source = source
    return [chosen[pk] for pk in wanted]


def _counting(rows: list[CodeSubmission], rule: str) -> CodeSubmission | None:
    known = [one for one in rows if one.judgement is None or one.judgement.state != JudgeState.CANCELLED]
    if not any(scores.share_of(one.judgement) is not None for one in known):
        return known[-1] if known else None
    return scores.counting_one(known, rule)


def _templates(question: ExamQuestion) -> Mapping[str, list[Tokens]]:
    """By family the code that the author gave around what is written, and to begin with."""
    found: dict[str, list[Tokens]] = defaultdict(list)
    suites = CodeSuite.objects.ready().filter(question=question.question_id).order_by("number")
    for frames in suites.values_list("frames", flat=True):
        for language, frame in frames.items():
            if language in FAMILIES:
                texts = (frame.get(name) or "" for name in ("before", "start", "after"))
                found[FAMILIES[language]] += [tokens_of(text, language) for text in texts if text]
    return found
