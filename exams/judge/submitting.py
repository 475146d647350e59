"""A student submits a program while he writes, or runs it on the samples: into the queue, or refused with a reason.

The same fence as autosave's lets through only the device that writes, in time; the program is kept as the answer too,
so what is judged and what stands in the editor never differ. Under the fence the attempt's row is held: of two requests
at once one comes after the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.limits import Limit, TooMany
from coaching.lib.statements import written_once
from exams import running_tests, saving
from exams.content import Kind
from exams.judge import hosts, queue
from exams.judge.rules import rules_of
from exams.judge.sources import BadProgram, clean_language, clean_source, clean_stdin, digest_of
from exams.judge.suites import suite_in_use
from exams.models import CodeRules, CodeSubmission, CodeSuite, Judgement
from exams.models.judging import JudgeState
from exams.paper_facts import QuestionFacts, facts_of
from exams.sent import Sent

SubmissionKind = CodeSubmission.Kind
RUN_PAUSE = timedelta(seconds=2)
RUNS = Limit("exams.code_runs", tries=200, per_s=3600)
MOST_SUBMITS_WAITING = 1_000
MOST_RUNS_WAITING = 300
"""Runs give way first: beyond that students would wait longer for them than they do for a submission."""


class NotJudged(DomainError):
    """Programs for this question are marked by people; there is nothing to run them on (409)."""

    code = "not_judged"


class StillJudging(DomainError):
    """One program at a time: the verdict of the last one is still to come (409)."""

    code = "still_judging"


class TooManySubmissions(DomainError):
    """As often as the test allows (409)."""

    code = "too_many_submissions"


class TooSoon(DomainError):
    """Sooner after the last one than the test allows (429)."""

    code = "too_soon"
    status = 429

    def __init__(self, left_s: int) -> None:
        words = ngettext("Wait %(count)d second, then try again.", "Wait %(count)d seconds, then try again.", left_s)
        super().__init__(words % {"count": left_s})
        self.headers = {"Retry-After": str(left_s)}


class QueueFull(DomainError):
    """Very many programs wait at this moment (429)."""

    code = "queue_full"
    status = 429
    headers = {"Retry-After": "15"}

    def __init__(self) -> None:
        super().__init__(_("Very many programs are being judged at this moment. Send yours again in a moment."))


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came, cleaned. `stdin` None: no own input. `seq`: the device's counter of that answer, if it said one."""

    language: str
    source: str
    stdin: str | None
    seq: int | None

    @property
    def sha256(self) -> str:
        return digest_of(self.language, self.source)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a program is for. Read before the fence, under which all others wait."""

    attempt: int
    asked: QuestionFacts
    suite: CodeSuite | None
    rules: CodeRules


@dataclass(frozen=True, slots=True)
class Taken:
    """A program that was taken. Of one that was there before `judgement` is None; else `place` is that among those that
    wait for a worker, from 1, and 0 while no machine judges its language."""

    submission: CodeSubmission
    question: UUID
    judgement: Judgement | None = None
    place: int = 0


def submit(
    attempt_uuid: UUID,
    question_uuid: UUID,
    *,
    student: User,
    epoch: int,
    slot: int | None,
    language: Any,
    source: Any,
    seq: int | None = None,
    now: datetime,
) -> Taken:
    """Hand in a program for judging on all tests; the same one sent again while it waits is that one.

    Raises: Attempt.DoesNotExist; as `saving.save` (AttemptMoved, AttemptClosed, NotStarted, SectionClosed, Malformed,
    Busy); BadProgram, NotJudged, StillJudging, TooManySubmissions, TooSoon, QueueFull.
    """
    known, asked = _asked(student, attempt_uuid, question_uuid)
    sent = _clean(asked, language, source, None, seq, now=now)
    place = _place(known, asked)
    with transaction.atomic():
        _fence(place, attempt_uuid, sent, student=student, epoch=epoch, slot=slot, now=now)
        earlier = _earlier(attempt=known.pk, question=asked.pk)
        newest = earlier[0] if earlier else None
        if newest and _is_again(newest, sent, place.rules, now=now):
            return Taken(newest, asked.uuid)
        _require_turn([one for one in earlier if one.kind == SubmissionKind.SUBMIT], place.rules, now=now)
        waits = _waiting(queue.SUBMIT, most=MOST_SUBMITS_WAITING)
        number = 1 + (newest.number or 0) if newest else 1
        return _made(place, sent, kind=SubmissionKind.SUBMIT, number=number, waits=waits, now=now)


def run(
    attempt_uuid: UUID,
    question_uuid: UUID,
    *,
    student: User,
    epoch: int,
    slot: int | None,
    language: Any,
    source: Any,
    stdin: Any = None,
    seq: int | None = None,
    now: datetime,
) -> Taken:
    """Run it on the samples, and on an own input if there is one; gives no marks. One that still waits is replaced.

    Raises: as `submit`, but TooManySubmissions.
    """
    known, asked = _asked(student, attempt_uuid, question_uuid)
    sent = _clean(asked, language, source, stdin, seq, now=now)
    place = _place(known, asked)
    with transaction.atomic():
        _fence(place, attempt_uuid, sent, student=student, epoch=epoch, slot=slot, now=now)
        newest = next(iter(_newest_run(attempt=known.pk, question=asked.pk)), None)
        if newest and newest.is_open and _is_same_run(newest, sent):
            return Taken(newest, asked.uuid)
        _require_pause(newest, RUN_PAUSE, now=now)
        waits = _waiting(queue.RUN, most=MOST_RUNS_WAITING)
        if newest and newest.is_open:
            waits -= _replace(newest, now=now)
        _take_run(known.pk, now=now)
        return _made(place, sent, kind=SubmissionKind.RUN, number=None, waits=waits, now=now)


# --- What was sent ----------------------------------------------------------------------------------------------------


def _asked(student: User, attempt_uuid: UUID, question_uuid: UUID) -> tuple[Any, QuestionFacts]:
    """His attempt, and the coding question of its paper. Raises: Attempt.DoesNotExist, BadProgram."""
    known = saving.known_to(student, attempt_uuid)
    for read in (running_tests.running, running_tests.anew):  # the paper may be newer than what is kept of it
        asked = facts_of(known.test, read(known.test).paper_revision).by_uuid.get(question_uuid)
        if asked is not None:
            break
    if asked is None:
        raise BadProgram({"question": _("This paper has no such question.")})
    if asked.kind != Kind.CODING:
        raise BadProgram({"question": _("This question is not answered by a program.")})
    return known, asked


def _clean(asked: QuestionFacts, language: Any, source: Any, stdin: Any, seq: int | None, *, now: datetime) -> _Sent:
    """Raises: BadProgram."""
    chosen = clean_language(language, asked.languages)
    judge = hosts.judge_state(now)
    if judge.is_on and not judge.judges(chosen):
        raise BadProgram({"language": _("This server cannot run programs of that language. Choose another one.")})
    return _Sent(chosen, clean_source(source), None if stdin is None else clean_stdin(stdin), seq)


def _place(known: Any, asked: QuestionFacts) -> _Place:
    return _Place(known.pk, asked, suite_in_use(asked.bank), rules_of(known.test))


def _fence(
    place: _Place, attempt_uuid: UUID, sent: _Sent, *, student: User, epoch: int, slot: int | None, now: datetime
) -> None:
    """Through the fence of autosave, with the program kept as the answer. Raises: as `saving.save`; NotJudged."""
    answer = Sent(place.asked.uuid, sent.seq or 0, {"language": sent.language, "source": sent.source})
    saving.keep_program(attempt_uuid, student=student, epoch=epoch, sent=answer, slot=slot, now=now)
    if place.suite is None:
        raise NotJudged(_("Programs for this question are read by people, not run."))


# --- Whether it is taken ----------------------------------------------------------------------------------------------


@written_once
def _earlier(*, attempt: int, question: int) -> QuerySet[CodeSubmission]:
    """What he submitted, the newest first, without the programs, which may be long; `held` is how its judgement stands
    that holds, None while there is none."""
    rows = CodeSubmission.objects.counting().filter(attempt=attempt, question=question)
    return rows.defer("source").annotate(held=F("judgement__state")).order_by("-number")


@written_once
def _newest_run(*, attempt: int, question: int) -> QuerySet[CodeSubmission]:
    rows = CodeSubmission.objects.filter(attempt=attempt, question=question, kind=SubmissionKind.RUN)
    return rows.defer("source").order_by("-pk")[:1]


def _waiting(priority: int, *, most: int) -> int:
    """How many wait that come before a new one of that priority. Raises: QueueFull when as many of its own do."""
    lengths = queue.lengths(upto=priority)
    if lengths[priority] >= most:
        raise QueueFull
    return lengths.total()


def _is_again(newest: CodeSubmission, sent: _Sent, rules: CodeRules, *, now: datetime) -> bool:
    """Whether it is the newest one sent a second time: while that waits, or sooner than another may come."""
    if newest.sha256 != sent.sha256 or newest.kind != SubmissionKind.SUBMIT:
        return False
    return newest.is_open or now - newest.asked_at < timedelta(seconds=rules.pause_s)


def _require_turn(submits: list[CodeSubmission], rules: CodeRules, *, now: datetime) -> None:
    """What could not be judged is not counted. Raises: StillJudging, TooManySubmissions, TooSoon."""
    counted = [one for one in submits if vars(one)["held"] != JudgeState.FAILED]
    if len(counted) >= rules.most_submissions:
        words = ngettext(
            "A program can be submitted for this question %(count)d time. What stands in the editor counts when you "
            "hand in.",
            "A program can be submitted for this question %(count)d times. What stands in the editor counts when you "
            "hand in.",
            rules.most_submissions,
        )
        raise TooManySubmissions(words % {"count": rules.most_submissions})
    for one in submits:
        if one.is_open and not _let_go(one):
            raise StillJudging(_("Your last program is still being judged. Wait for its verdict."))
    _require_pause(submits[0] if submits else None, timedelta(seconds=rules.pause_s), now=now)


def _let_go(one: CodeSubmission) -> bool:
    """While there is no judge the next program is taken, too: this one is judged later, and nobody waits for it."""
    if not Judgement.objects.filter(submission=one, state=JudgeState.WAITING).exists():
        return False
    return bool(CodeSubmission.objects.filter(pk=one.pk).update(is_open=False))


def _require_pause(newest: CodeSubmission | None, pause: timedelta, *, now: datetime) -> None:
    """Raises: TooSoon."""
    if newest is not None and newest.asked_at + pause > now:
        raise TooSoon(max(1, ceil((newest.asked_at + pause - now).total_seconds())))


def _take_run(attempt: int, *, now: datetime) -> None:
    """Raises: TooSoon, Unavailable."""
    try:
        RUNS.take(attempt, now=now)
    except TooMany as error:
        raise TooSoon(error.retry_after_s) from None


def _is_same_run(newest: CodeSubmission, sent: _Sent) -> bool:
    same_input = (newest.has_stdin, newest.stdin) == (sent.stdin is not None, sent.stdin or "")
    return newest.sha256 == sent.sha256 and same_input


def _replace(run_before: CodeSubmission, *, now: datetime) -> int:
    """Drop a run nobody has begun with; how many places of the queue that frees. Raises: StillJudging when it is under
    way."""
    rows = Judgement.objects.filter(submission=run_before)
    freed = queue.cancel(rows.filter(state=JudgeState.PENDING), now=now)
    dropped = freed or queue.cancel(rows.filter(state=JudgeState.WAITING), now=now)
    if not dropped and rows.filter(state__in=queue.OPEN).exists():
        raise StillJudging(_("Your last run is under way. It takes a moment."))
    CodeSubmission.objects.filter(pk=run_before.pk).update(is_open=False)
    return freed


def _made(place: _Place, sent: _Sent, *, kind: str, number: int | None, waits: int, now: datetime) -> Taken:
    """Under the fence, so nobody else makes one meanwhile. `waits`: how many come before it."""
    assert place.suite is not None  # noqa: S101  # the fence said so
    made = CodeSubmission(
        attempt_id=place.attempt, question_id=place.asked.pk, kind=kind, number=number, language=sent.language,
        source=sent.source, sha256=sent.sha256, asked_at=now, has_stdin=sent.stdin is not None, stdin=sent.stdin or "",
    )  # fmt: skip
    made.save(force_insert=True)
    priority = queue.RUN if kind == SubmissionKind.RUN else queue.SUBMIT
    (judgement,) = queue.ask([Judgement(submission=made, suite=place.suite, priority=priority)], now=now)
    is_waiting = judgement.state == JudgeState.PENDING
    return Taken(made, place.asked.uuid, judgement, place=waits + 1 if is_waiting else 0)
