"""Judging a question's programs again after the test, by a suite that was mended: seen first, then taken or not.

RUNNING (every program that can count is judged once more, behind all else) → PREVIEW (whose marks and ranks change) →
APPLIED (the new judgements hold, with a new version of the results) or DROPPED. What is previewed and what is applied
is the same reckoning (`exams.mending`). A program that could not be judged again keeps what it had.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from exams.content import Kind
from exams.judge import queue, scores
from exams.mending import rejudged
from exams.models import CodeRules, CodeSubmission, CodeSuite, ExamQuestion, Judgement, Rejudge, ResultVersion, Test
from exams.models.attempts import State
from exams.models.judging import JudgeState
from exams.models.results import Cause
from exams.papers import locked_test
from exams.reckoning import CannotReckon, Reckoned, keep, require_over
from exams.result_changes import Preview, compare
from exams.result_sheets import facts_of
from exams.sandbox.protocol import Verdict

MOST_REASON = 200
AT_ONCE = 500
OPEN = (Rejudge.State.RUNNING, Rejudge.State.PREVIEW)


class RejudgeRefused(DomainError):
    """It cannot be begun, or not be ended like that (409). `field`: suite or reason, where one of them is wrong."""

    code = "rejudge_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class StaleRejudge(DomainError):
    """The results are not those any more of which it was previewed (409)."""

    code = "stale_rejudge"

    def __init__(self) -> None:
        super().__init__(_("Other results have come meanwhile. Look again at who is concerned, then apply it."))


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of its programs are judged, could not be judged, or wait for a machine that judges."""

    total: int
    done: int
    failed: int
    waiting: int

    @property
    def percent(self) -> int:
        return 100 * (self.done + self.failed) // self.total if self.total else 100


def open_one(question: ExamQuestion) -> Rejudge | None:
    """The one that is not ended. One query."""
    rows = Rejudge.objects.filter(question=question, state__in=OPEN)
    return rows.select_related("suite", "by", "question__test").first()


# --- Beginning --------------------------------------------------------------------------------------------------------


def start(
    question: ExamQuestion,
    suite: CodeSuite,
    *,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Rejudge:
    """Ask for every program of the question that can count to be judged by this suite. Raises: RejudgeRefused."""
    kept = " ".join(reason.split())
    if not kept or len(kept) > MOST_REASON:
        raise RejudgeRefused(_("Say why in %(count)d letters at most.") % {"count": MOST_REASON}, field="reason")
    try:
        with transaction.atomic():
            test = locked_test(question.test)
            _require_fit(test, question, suite, now=now)
            rejudge = Rejudge.objects.create(question=question, suite=suite, reason=kept, by=actor, at=now)
            count = _ask(rejudge, _counting(question), now=now)
            said: dict[str, Any] = {"name": test.title, "reason": kept, "programs": count, "suite": suite.number}
            activity.record("results.rejudge", actor=actor, on=test, request=request, **said)
    except IntegrityError:
        raise RejudgeRefused(_("Its programs are being judged again already.")) from None
    return rejudge


def _require_fit(test: Test, question: ExamQuestion, suite: CodeSuite, *, now: datetime) -> None:
    if question.question.kind != Kind.CODING or suite.question_id != question.question_id:
        raise RejudgeRefused(_("These tests are not of this question."), field="suite")
    if suite.state != CodeSuite.State.READY:
        raise RejudgeRefused(_("These tests are not in use."), field="suite")
    if test.newest_results is None:
        raise RejudgeRefused(_("There are no results yet. They are reckoned when the test has closed."))
    try:
        require_over(test, facts_of(test), now=now)
    except CannotReckon as error:
        raise RejudgeRefused(error.message) from None
    if Rejudge.objects.filter(question=question, state__in=OPEN).exists():
        raise RejudgeRefused(_("Its programs are being judged again already."))


def _counting(question: ExamQuestion) -> QuerySet[CodeSubmission]:
    """The programs that can count: of each attempt all, or where only the last one does that."""
    rows = CodeSubmission.objects.counting().filter(question=question, attempt__state=State.SUBMITTED)
    rows = rows.exclude(judgement__state=JudgeState.CANCELLED).order_by("pk")
    if scores.counts_of(question.test) == CodeRules.Counts.LAST:
        later = rows.filter(attempt=OuterRef("attempt"), number__gt=OuterRef("number")).order_by()
        rows = rows.filter(~Exists(later))
    return rows.only("pk", "language")


def _ask(rejudge: Rejudge, rows: QuerySet[CodeSubmission], *, now: datetime) -> int:
    """Raises: RejudgeRefused where there is nothing."""
    values: dict[str, Any] = {"suite": rejudge.suite, "rejudge": rejudge, "priority": queue.REJUDGE}
    values["test_count"] = rejudge.suite.tests.count()
    left, count = rows.iterator(chunk_size=AT_ONCE), 0
    while some := [Judgement(submission=one, **values) for one in islice(left, AT_ONCE)]:
        count += len(queue.ask(some, now=now))
    if not count:
        raise RejudgeRefused(_("Nobody submitted a program for this question."))
    return count


# --- While it is judged -----------------------------------------------------------------------------------------------


def progress(rejudge: Rejudge) -> Progress:
    """One query."""
    rows = Judgement.objects.filter(rejudge=rejudge).order_by().values_list("state").annotate(Count("pk"))
    counts = dict(rows)
    complete, failed = counts.get(JudgeState.COMPLETE, 0), counts.get(JudgeState.FAILED, 0)
    return Progress(sum(counts.values()), complete, failed, counts.get(JudgeState.WAITING, 0))


def settle(rejudge: Rejudge) -> Rejudge:
    """The same, to be looked at as soon as the last program is judged."""
    if rejudge.state == Rejudge.State.RUNNING and _settled().filter(pk=rejudge.pk).update(state=Rejudge.State.PREVIEW):
        rejudge.state = Rejudge.State.PREVIEW
    return rejudge


def settle_due() -> int:
    """All of them; the scheduler does. One query."""
    return _settled().update(state=Rejudge.State.PREVIEW)


def _settled() -> QuerySet[Rejudge]:
    left = Judgement.objects.filter(rejudge=OuterRef("pk"), state__in=queue.OPEN).order_by()
    return Rejudge.objects.filter(~Exists(left), state=Rejudge.State.RUNNING).order_by()


def judge_failed(rejudge: Rejudge, *, now: datetime) -> int:
    """Put those back in the queue that could not be judged; how many."""
    with transaction.atomic():
        row = Rejudge.objects.select_for_update().get(pk=rejudge.pk)
        if row.state not in OPEN:
            raise RejudgeRefused(_("This is over: it was applied or dropped."))
        failed = Judgement.objects.filter(rejudge=row, state=JudgeState.FAILED).order_by()
        count = queue.put_back(list(failed.values_list("pk", flat=True)), now=now)
        if count:
            Rejudge.objects.filter(pk=row.pk).update(state=Rejudge.State.RUNNING)
    return count


# --- Looking at it, and the end ---------------------------------------------------------------------------------------


def preview(rejudge: Rejudge) -> Preview:
    """Who gets other marks and another rank; nothing is changed. Raises: CannotReckon."""
    test, made = _reckoned(rejudge)
    return compare(test.newest_results, made)


def _reckoned(rejudge: Rejudge) -> tuple[Test, Reckoned]:
    """Raises: CannotReckon."""
    test = Test.objects.select_related("newest_results", "scheme").get(pk=rejudge.question.test_id)
    made = rejudged(test, rejudge)
    if test.newest_results is None or made.facts.writing:
        raise CannotReckon(_("Somebody still writes this test. Judgements are applied when all have handed in."))
    return test, made


def apply(
    rejudge: Rejudge, *, seen: int, digest: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> ResultVersion:
    """Let the new judgements hold, with a new version of the results. `seen` and `digest` are the preview's `base` and
    `digest`. Once, however often it is asked for. Raises: RejudgeRefused, StaleRejudge, CannotReckon.
    """
    whole = Rejudge.objects.select_related("question__test__newest_results")
    row = whole.get(pk=rejudge.pk)
    if done := _ended(row):
        return done
    test, made = _reckoned(row)
    if (made.base, made.digest) != (seen, digest):
        raise StaleRejudge
    with transaction.atomic():
        locked = locked_test(test)
        row = whole.select_for_update(of=("self",)).get(pk=rejudge.pk)
        if done := _ended(row):
            return done
        _hold(row, made, locked, now=now)
        by: dict[str, Any] = {"actor": actor, "now": now, "request": request}
        held = replace(made, facts=facts_of(locked))
        _done, version = keep(locked, held, cause=Cause.JUDGED, reason=row.reason, force=True, **by)
        if version is None:
            raise StaleRejudge
        _end(row, Rejudge.State.APPLIED, actor=actor, now=now)
        said: dict[str, Any] = {"name": test.title, "version": version.number, "reason": row.reason}
        activity.record("results.rejudged", actor=actor, on=test, request=request, **said)
    return version


def _ended(row: Rejudge) -> ResultVersion | None:
    """The results with it when it was applied already. Raises: RejudgeRefused when it cannot be."""
    if row.state == Rejudge.State.APPLIED:
        return row.question.test.newest_results
    if row.state != Rejudge.State.PREVIEW:
        raise RejudgeRefused(_("This is over or not judged yet: there is nothing to apply."))
    return None


def _hold(row: Rejudge, made: Reckoned, test: Test, *, now: datetime) -> None:
    """The judgements of a rejudge take the place of others. Workers lock a judgement before its submission; so does
    this, and from then on none of the test's can change. Raises: StaleRejudge."""
    new = Judgement.objects.filter(rejudge=row, state=JudgeState.COMPLETE).exclude(verdict=Verdict.SE).order_by()
    queue.cancel(Judgement.objects.filter(submission__in=new.values("submission"), rejudge=None), now=now)
    of_test = CodeSubmission.objects.counting().filter(attempt__test=test).order_by("pk")
    list(of_test.select_for_update(of=("self",)).values_list("pk", flat=True))
    if facts_of(test) != made.facts:
        raise StaleRejudge
    instead = new.filter(submission=OuterRef("pk")).values("pk")[:1]
    moved = CodeSubmission.objects.filter(pk__in=new.values("submission"))
    moved.update(judgement=Subquery(instead), judged_at=now, is_open=False)


def drop(rejudge: Rejudge, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """Leave everything as it is; twice is once. Raises: RejudgeRefused when it was applied."""
    with transaction.atomic():
        row = Rejudge.objects.select_for_update().select_related("question__test").get(pk=rejudge.pk)
        if row.state == Rejudge.State.APPLIED:
            raise RejudgeRefused(_("It was applied already."))
        if row.state == Rejudge.State.DROPPED:
            return
        queue.cancel(Judgement.objects.filter(rejudge=row), now=now)
        _end(row, Rejudge.State.DROPPED, actor=actor, now=now)
        test = row.question.test
        said: dict[str, Any] = {"name": test.title, "reason": row.reason}
        activity.record("results.rejudge_dropped", actor=actor, on=test, request=request, **said)


def _end(row: Rejudge, state: Rejudge.State, *, actor: User, now: datetime) -> None:
    Rejudge.objects.filter(pk=row.pk).update(state=state, ended_by=actor, ended_at=now)
