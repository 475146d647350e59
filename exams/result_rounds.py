"""Reckoning what is due, as the scheduler does every few seconds: each test for itself, safe to be killed or run twice.

A test is due when its window and grace are over, nobody writes it, and there is something no version has: its first
results, an attempt handed in later, marks by hand, or programs that were judged. While answers wait for a person, marks
come in when the last one is marked, or when whoever marks makes a pause; judgements when the queue has none of the test
any more, or when none has come for a minute. First results wait some minutes for a judge that works. A test on paper is
due when everybody has marks or is absent.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from exams import analysis
from exams.asked import NO_MEASURE, fixes_of
from exams.judge import hosts, rejudging, scores
from exams.judge.scores import JudgedFacts, needs_person
from exams.marking_queue import handed_in
from exams.models import (
    Attempt,
    CodeSubmission,
    ManualMark,
    Response,
    Result,
    ResultVersion,
    Section,
    SectionMark,
    Test,
)
from exams.models.attempts import State
from exams.models.results import Cause
from exams.paper_tests import students_of
from exams.reckoning import CannotReckon, draft, keep
from exams.result_entries import paper_marks
from exams.result_sheets import facts_in, facts_of, is_news

log = logging.getLogger("exams.results")
LOOKED_AT = timedelta(days=7)
"""So long after its end, its last attempt and its last marks a test is looked at; after that staff reckon by hand."""
PAUSE = timedelta(minutes=15)
"""Who has marked nothing for so long, while answers wait, makes a pause."""
CORRECTED = timedelta(minutes=1)
JUDGED = timedelta(minutes=1)
"""No judgement came for so long."""
MOST_WAIT = timedelta(minutes=10)
"""So long first results wait for programs in the queue; later they come provisional."""
CLAIM_S = 120


@dataclass(slots=True)
class Round:
    """What one look came to; `failed` are the uuids of tests whose results could not be reckoned."""

    reckoned: int = 0
    failed: list[str] = field(default_factory=list)


def reckon_due(*, now: datetime) -> Round:
    """Reckon what is due; what fails is logged and tried again in the next round."""
    done = Round()
    rejudging.settle_due()
    for test in _candidates(now=now):
        claim = f"exams-reckon:{test.pk}"
        if not cache.add(claim, 1, CLAIM_S):  # a look elsewhere is at it; it would only be work done twice
            continue
        try:
            if reckon_if_due(test, now=now):
                done.reckoned += 1
                _analyse(now=now)  # at once: its students look already
        except Exception:  # one test's rows must not keep all others from their results
            log.exception("results of test %s are not reckoned", test.uuid)
            done.failed.append(str(test.uuid))
        finally:
            cache.delete(claim)
    _analyse(now=now)
    return done


def reckon_if_due(test: Test, *, now: datetime) -> bool:
    """Whether this call made a version. Beside another one that does the same only one does."""
    cause = cause_now(test, now=now)
    if cause is None:
        return False
    made, newest = draft(test), test.newest_results
    if made.base != (newest.number if newest else 0):
        return False
    if cause is Cause.JUDGED and newest and made.digest == newest.digest:  # none that counts
        cache.set(_same(newest), made.facts.judged, LOOKED_AT.total_seconds())
        return False
    try:
        _done, version = keep(test, made, cause=cause, actor=None, now=now, force=True)
    except CannotReckon:  # somebody was let in again at this moment
        return False
    return version is not None


def cause_now(test: Test, *, now: datetime) -> Cause | None:
    """Why its results are to be reckoned now, None when they are not."""
    if test.closes_at is None or test.closes_at + timedelta(seconds=test.grace_s) > now:
        return None
    version = test.newest_results
    if test.is_on_paper:
        return _cause_on_paper(test, version, now=now)
    facts = facts_of(test)
    if facts.writing or not facts.attempts:
        return None
    if version is None:
        return None if _waits_for_judge(test, now=now) else Cause.CLOSED
    known = facts_in(version.outline)
    if known and (known["attempts"], known["epochs"]) != (facts.attempts, facts.epochs):
        return Cause.LATE
    if facts.marks > version.marks_upto and _is_marked(test, version, now=now):
        return Cause.MARKED
    if is_news(facts.judged, known) and _is_judged(test, version, facts.judged, now=now):
        return Cause.JUDGED
    return None


def _candidates(*, now: datetime) -> list[Test]:
    """Those that may be due: with something new of the last days, or without results."""
    since = now - LOOKED_AT
    attempts = Attempt.objects.filter(test=OuterRef("pk")).order_by()
    new = Q(newest_results=None) & Q(Exists(attempts.filter(state=State.SUBMITTED)))
    new |= Q(closes_at__gte=since)
    new |= Q(pk__in=Attempt.objects.filter(submitted_at__gte=since).order_by().values("test"))
    new |= Q(pk__in=ManualMark.objects.filter(at__gte=since).order_by().values("attempt__test"))
    new |= Q(pk__in=CodeSubmission.objects.counting().filter(judged_at__gte=since).order_by().values("attempt__test"))
    new |= Q(pk__in=SectionMark.objects.filter(at__gte=since).order_by().values("section__test"))
    over = Test.objects.published().filter(new, closes_at__lte=now).exclude(Exists(attempts.writing()))
    return list(over.select_related("newest_results", "scheme").order_by("closes_at", "pk"))


# --- Marks by hand ----------------------------------------------------------------------------------------------------


def _is_marked(test: Test, version: ResultVersion, *, now: datetime) -> bool:
    """Whether marks came that change something, and whoever gives them is done or makes a pause."""
    rows = ManualMark.objects.filter(attempt__test=test, pk__gt=version.marks_upto).order_by("number")
    newest = {(row.attempt_id, row.question_id): row.marks for row in rows}
    if not any(_differs(version, newest)):
        return False
    last = rows.aggregate(last=Max("at"))["last"]
    if unmarked(test, version).exists():
        return bool(now - last >= PAUSE)
    return version.is_provisional or bool(now - last >= CORRECTED)


def _differs(version: ResultVersion, newest: dict[tuple[int, int], Decimal]) -> Iterator[bool]:
    """Of each of these marks, whether the version has others."""
    places = {question: place for place, question in enumerate(version.outline["questions"])}
    rows = Result.objects.filter(version=version, attempt__in={attempt for attempt, _question in newest})
    known = {
        attempt: (verdicts, marks) for attempt, verdicts, marks in rows.values_list("attempt", "verdicts", "marks")
    }
    for (attempt, question), marks in newest.items():
        if attempt not in known or question not in places:
            continue
        verdicts, had = known[attempt]
        letter = verdicts[places[question]]
        yield letter not in "DG" and (letter in "Mm" or Decimal(had[places[question]]) != marks)


def unmarked(test: Test, version: ResultVersion) -> QuerySet[Response]:
    """Answers that were handed in and wait for a person, but for those whose question is worth the same to all."""
    fixed = [number for number, fix in fixes_of(version).items() if fix.action in NO_MEASURE]
    marked = ManualMark.objects.filter(attempt=OuterRef("attempt"), question=OuterRef("question")).order_by()
    rows = handed_in().filter(needs_person(), attempt__test=test)
    return rows.exclude(question__in=fixed).exclude(Exists(marked)).order_by()


# --- Programs ---------------------------------------------------------------------------------------------------------


def _waits_for_judge(test: Test, *, now: datetime) -> bool:
    """Whether the first results wait: a judge that works has programs of it in the queue."""
    if not scores.is_in_queue(test):
        return False
    last = Attempt.objects.filter(test=test).aggregate(last=Max("submitted_at"))["last"]
    return bool(last and now < max(last, test.window[1]) + MOST_WAIT and hosts.judge_state(now).is_on)


def _is_judged(test: Test, version: ResultVersion, judged: JudgedFacts, *, now: datetime) -> bool:
    """Whether what was judged since has come to an end or pauses, and was not looked at already."""
    if cache.get(_same(version)) == judged:
        return False
    is_quiet = judged.upto is None or now - judged.upto >= JUDGED
    return is_quiet or not scores.is_in_queue(test)


# --- On paper ---------------------------------------------------------------------------------------------------------


def _cause_on_paper(test: Test, version: ResultVersion | None, *, now: datetime) -> Cause | None:
    """Complete, with marks no version has."""
    rows = SectionMark.objects.filter(section__test=test)
    said = rows.aggregate(newest=Max("pk"), last=Max("at"))
    if not said["newest"] or (version and said["newest"] <= version.section_marks_upto):
        return None
    if version and (now - said["last"] < CORRECTED or cache.get(_same(version)) == said["newest"]):
        return None
    marks, sections = paper_marks(test), Section.objects.filter(test=test).count()
    students = students_of(test).order_by().values_list("pk", flat=True)
    if not all(len(marks.get(student, ())) == sections for student in students):
        return None
    if not any(row.marks is not None for of_student in marks.values() for row in of_student.values()):
        return None
    if version is None:
        return Cause.CLOSED
    if draft(test).digest != version.digest:
        return Cause.MARKED
    cache.set(_same(version), said["newest"], LOOKED_AT.total_seconds())
    return None


def _same(version: ResultVersion) -> str:
    """Under this name stand the last marks that were typed over and back, or judgements that change nothing, so that
    they are reckoned once."""
    return f"exams-same:{version.pk}"


# --- What versions say of their tests ---------------------------------------------------------------------------------


def _analyse(*, now: datetime) -> None:
    """Make the analyses newest versions of the last days have not yet."""
    missing: dict[str, Any] = {"newest_results__analysis": None, "newest_results__made_at__gte": now - LOOKED_AT}
    for test in Test.objects.filter(**missing).select_related("newest_results"):
        if test.newest_results is None or not cache.add(analysis.claim_of(test.newest_results), 1, CLAIM_S):
            continue
        try:
            analysis.make(test.newest_results, now=now)
            cache.delete(analysis.claim_of(test.newest_results))
        except Exception:  # pages make it again when it is asked for, and say what is wrong
            log.exception("test %s is not analysed", test.uuid)
