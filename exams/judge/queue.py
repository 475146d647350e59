"""The queue: rows are the truth, messages only wake a worker. Who holds a row's `claim` writes to it, nobody else.

    PENDING → RUNNING → COMPLETE
       ↑         ↓
       └── the worker died, or the machine was at fault: MOST_TRIES times, then FAILED
    WAITING: no machine judges that language now; PENDING as soon as one does.

A claim lasts `LEASE` and is renewed while its process lives; of a process of this machine that is gone it ends at once.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from coaching.lib.statements import written_once
from exams.judge import hosts
from exams.models import CodeSubmission, CodeSuite, Judgement
from exams.models.judging import MOST_TRIES, JudgeState

log = logging.getLogger("exams.judge")
LEASE = timedelta(seconds=60)
SUBMIT, HAND_IN, RUN, SOLUTION, REJUDGE = 1, 2, 3, 5, 9
OPEN = (JudgeState.PENDING, JudgeState.RUNNING, JudgeState.WAITING)
WOKEN = "judge:woken"
WOKEN_S = 60
DIED = "The worker that judged it died or was stopped, %s times."
NOBODY = "No machine that judges now knows this language."


class ClaimLost(Exception):
    """The row is not this worker's any more: cancelled, or given to another."""


# --- Into the queue ---------------------------------------------------------------------------------------------------


def ask(rows: Iterable[Judgement], *, now: datetime) -> list[Judgement]:
    """Put new judgements in, whose submission or solution is loaded; one statement. A worker is woken on commit.

    What no machine can judge now waits.
    """
    judge, asked = hosts.judge_state(now), list(rows)
    for row in asked:
        program = row.submission or row.solution
        assert program is not None  # noqa: S101  # the table says so
        can = judge.judges(program.language, row.suite.checker_language)
        row.asked_at, row.state = now, JudgeState.PENDING if can else JudgeState.WAITING
        row.detail = "" if can else NOBODY
    made = Judgement.objects.bulk_create(asked)
    transaction.on_commit(wake)
    return made


def ask_for_solutions(suite: CodeSuite, *, now: datetime) -> list[Judgement]:
    """Judge each solution of the author by his suite; what was asked of them before is dropped."""
    with transaction.atomic():
        cancel(Judgement.objects.filter(solution__suite=suite), now=now)
        solutions = suite.solutions.order_by("pk")
        return ask((Judgement(solution=one, suite=suite, priority=SOLUTION) for one in solutions), now=now)


def put_back(pks: Collection[int], *, now: datetime) -> int:
    """Judge FAILED ones once more, in the same rows."""
    failed = Judgement.objects.filter(pk__in=pks, state=JudgeState.FAILED)
    fresh = {"state": JudgeState.PENDING, "tries": 0, "done_count": 0, "tests": [], "verdict": "", "detail": ""}
    done = failed.update(**fresh, asked_at=now, finished_at=None, claim=None, lease_until=None, claimed_at=None)
    transaction.on_commit(wake)
    return done


def cancel(rows: Any, *, now: datetime) -> int:
    """Stop what is open of these judgements; whoever works on one writes nothing more of it."""
    ended = {"state": JudgeState.CANCELLED, "claim": None, "lease_until": None, "finished_at": now}
    return int(rows.filter(state__in=OPEN).update(**ended))


def wake() -> bool:
    """Send a message, if none is on its way that nobody has taken. False when that did not work: the scheduler looks
    again by itself."""
    try:
        if cache.add(WOKEN, 1, timeout=WOKEN_S):
            current_app.send_task("exams.tasks.judge_next", queue="judge")
    except (OperationalError, OSError, RedisError) as error:
        log.warning("nobody is woken to judge: %s", error)
        awake()
        return False
    return True


def awake() -> None:
    """A message was taken: what comes from now on needs another one."""
    try:
        cache.delete(WOKEN)
    except (OSError, RedisError) as error:
        log.warning("the cache does not answer: %s", error)


# --- Where it stands --------------------------------------------------------------------------------------------------


def position(row: Judgement) -> int:
    """Its place among those that wait for a worker, from 1; 0 when it is not one of them. One query."""
    if row.state != JudgeState.PENDING:
        return 0
    before = Q(priority__lt=row.priority) | Q(priority=row.priority, pk__lt=row.pk)
    return Judgement.objects.filter(before, state=JudgeState.PENDING).count() + 1


def is_waiting() -> bool:
    """Whether anything waits for a worker."""
    return Judgement.objects.filter(state=JudgeState.PENDING).exists()


def lengths(*, upto: int) -> Counter[int]:
    """How many wait for a worker, by priority, of this one and those before it. One query."""
    return Counter(dict(_lengths(upto=upto)))


@written_once
def _lengths(*, upto: int) -> QuerySet[Judgement, tuple[int, int]]:
    rows = Judgement.objects.filter(state=JudgeState.PENDING, priority__lte=upto).order_by()
    return rows.values_list("priority").annotate(Count("pk"))


# --- The worker's side ------------------------------------------------------------------------------------------------


def claim_next(process: str, *, now: datetime, languages: Collection[str] | None = None) -> Judgement | None:
    """Take the next one this machine can judge (None: any). Of several workers at once exactly one gets it."""
    waiting = _for(languages).order_by("priority", "pk")
    while waiting.exists():  # without holding anything: most looks find nothing
        with transaction.atomic():
            pk = _first(waiting)
            if pk is None:
                return None  # others hold all that is left
            taken = Judgement.objects.filter(pk=pk, state=JudgeState.PENDING).update(
                state=JudgeState.RUNNING, claim=uuid.uuid4(), claimed_at=now, lease_until=now + LEASE,
                tries=F("tries") + 1, host=process, done_count=0, detail="",
            )  # fmt: skip
        if taken:
            claimed: Judgement = _whole().get(pk=pk)
            return claimed
    return None


def report(row: Judgement, *, now: datetime, **changes: Any) -> None:
    """Renew the lease and note how far it is. Raises: ClaimLost."""
    if not _mine(row).update(lease_until=now + LEASE, **changes):
        raise ClaimLost(str(row.uuid))


@transaction.atomic
def finish(row: Judgement, *, now: datetime, **found: Any) -> None:
    """COMPLETE with what was found: it is the submission's verdict from now on. Raises: ClaimLost."""
    _end(row, JudgeState.COMPLETE, now=now, **found)


@transaction.atomic
def stumble(row: Judgement, detail: str, *, now: datetime, **found: Any) -> None:
    """The machine was at fault: to be tried again, a few times, then FAILED, which costs nobody marks.

    Raises: ClaimLost.
    """
    log.warning("judgement %s, try %s: %s", row.uuid, row.tries, detail)
    if row.tries >= MOST_TRIES:
        _end(row, JudgeState.FAILED, now=now, detail=detail, **found)
    else:
        _release(row, JudgeState.PENDING, detail=detail)


def hand_back(row: Judgement, detail: str) -> None:
    """This machine does not judge any more: the try does not count. Raises: ClaimLost."""
    _release(row, JudgeState.WAITING, detail=detail, tries=F("tries") - 1)


def release_lost(*, now: datetime) -> int:
    """Let others take what dead workers held; how many."""
    running = Judgement.objects.filter(state=JudgeState.RUNNING)
    held = running.filter(claim__isnull=False).values_list("pk", "claim", "lease_until", "host", "tries")
    lost = [one for one in held if one[2] is None or one[2] < now or hosts.is_dead(one[3])]
    return sum(_lost(pk, claim, tries, now=now) for pk, claim, _until, _host, tries in lost)


@transaction.atomic
def _lost(pk: int, claim: uuid.UUID | None, tries: int, *, now: datetime) -> bool:
    row = _whole().filter(pk=pk, claim=claim, state=JudgeState.RUNNING).first()
    if row is None:
        return False
    log.warning("judgement %s: its worker %s is gone", row.uuid, row.host)
    try:
        if tries >= MOST_TRIES:
            _end(row, JudgeState.FAILED, now=now, detail=DIED % tries)
        else:
            _release(row, JudgeState.PENDING, detail=DIED % tries)
    except ClaimLost:
        return False
    return True


def _whole() -> Any:
    return Judgement.objects.select_related("submission", "solution", "suite")


def _for(languages: Collection[str] | None) -> Any:
    pending = Judgement.objects.filter(state=JudgeState.PENDING)
    if languages is None:
        return pending
    known = Q(submission__language__in=languages) | Q(solution__language__in=languages)
    return pending.filter(known, suite__checker_language__in=["", *languages])


def _first(waiting: Any) -> int | None:
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True, of=("self",))
    found = waiting.values_list("pk", flat=True).first()
    return None if found is None else int(found)


def _mine(row: Judgement) -> Any:
    return Judgement.objects.filter(pk=row.pk, claim=row.claim, state=JudgeState.RUNNING)


def _release(row: Judgement, state: str, **changes: Any) -> None:
    if not _mine(row).update(state=state, claim=None, lease_until=None, done_count=0, **changes):
        raise ClaimLost(str(row.uuid))


def _end(row: Judgement, state: str, *, now: datetime, **found: Any) -> None:
    """Under the claim only, with all that follows from it. The judgement's row before the submission's, always."""
    if not _mine(row).update(state=state, claim=None, lease_until=None, finished_at=now, **found):
        raise ClaimLost(str(row.uuid))
    if row.rejudge_id is None and row.submission_id is not None:
        CodeSubmission.objects.filter(pk=row.submission_id).update(judgement=row.pk, judged_at=now, is_open=False)
    elif row.solution_id is not None:
        _decide(row.suite)


def _decide(suite: CodeSuite) -> None:
    """When the last of the author's solutions is judged, his suite is decided upon."""
    from exams.judge import suite_checks  # which asks for them by this module

    suite_checks.decide(suite)


def turn(*, now: datetime) -> tuple[int, int]:
    """What can be judged by now goes back into the queue, what no machine can judge any more waits. Both counts."""
    judge = hosts.judge_state(now)
    languages: Sequence[str] = list(judge.languages) if judge.is_on else []
    able = Q(submission__language__in=languages) | Q(solution__language__in=languages)
    able &= Q(suite__checker_language__in=["", *languages])
    rows = Judgement.objects.order_by()
    ready = list(rows.filter(able, state=JudgeState.WAITING).values_list("pk", flat=True)[:5_000])
    pending = rows.filter(state=JudgeState.PENDING)
    stuck = list(pending.exclude(pk__in=pending.filter(able).values("pk")).values_list("pk", flat=True)[:5_000])
    back = rows.filter(pk__in=ready, state=JudgeState.WAITING).update(state=JudgeState.PENDING, detail="")
    away = rows.filter(pk__in=stuck, state=JudgeState.PENDING).update(state=JudgeState.WAITING, detail=NOBODY)
    return back, away
