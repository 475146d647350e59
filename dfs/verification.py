"""Runs over the whole store that a person asks for on the console: comparing all of it, or rebuilding what is missing.

The scheduler asks for them too: a comparison daily, and weekly every piece of a hundredth of the files opened.

The row is the truth: a run is claimed by a conditional update, says how far it is, and one whose worker died is taken
over by the next message, which the scheduler sends. Doing one twice harms nothing.
"""

import logging
from datetime import datetime, timedelta

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.activity import record
from accounts.models import User
from dfs import repair
from dfs.models import Chunk, StoredFile, VerifyRun
from dfs.repair import Findings

log = logging.getLogger("dfs.verification")
SILENCE = timedelta(minutes=15)
"""A run that was not touched for so long has lost its worker; one Drive's list takes less."""
NAMED = 10
COMPARED_EVERY, SAMPLED_EVERY = timedelta(days=1), timedelta(days=7)
SAMPLE_SHARE, SAMPLE_LEAST = 100, 10
"""One file in so many is opened by a sample, but no fewer than that."""


EVENTS = {
    VerifyRun.Kind.VERIFY: "store.verify",
    VerifyRun.Kind.HEAL: "store.heal",
    VerifyRun.Kind.SAMPLE: "store.sample",
}


def start(kind: str, *, actor: User | None) -> VerifyRun:
    """The open run of this kind, made if there is none; a worker is woken on commit."""
    try:
        with transaction.atomic():
            run = VerifyRun.objects.create(kind=kind, actor=actor)
            record(EVENTS[VerifyRun.Kind(kind)], actor=actor, on=run)
    except IntegrityError:
        run = VerifyRun.objects.get(kind=kind, state__in=VerifyRun.OPEN)
    transaction.on_commit(lambda: _wake(run.pk))
    return run


def start_due(now: datetime | None = None) -> list[VerifyRun]:
    """The scheduler's own runs: a sample a week, which compares everything too, and a comparison a day between."""
    now = now or timezone.now()
    if not StoredFile.objects.filter(state=StoredFile.State.STORED).exists():
        return []
    sampled = VerifyRun.objects.filter(kind=VerifyRun.Kind.SAMPLE, created_at__gt=now - SAMPLED_EVERY)
    looked = VerifyRun.objects.filter(
        kind__in=(VerifyRun.Kind.VERIFY, VerifyRun.Kind.SAMPLE), created_at__gt=now - COMPARED_EVERY
    )
    if looked.exists():
        return []
    return [start(VerifyRun.Kind.VERIFY if sampled.exists() else VerifyRun.Kind.SAMPLE, actor=None)]


def _wake(run_pk: int) -> None:
    try:
        current_app.send_task("dfs.tasks.verify_all", args=[run_pk], queue="dfs")
    except (OperationalError, OSError) as error:
        log.warning("no wake-up for run %s: %s", run_pk, error)


def _free(now: datetime) -> Q:
    return Q(state=VerifyRun.State.PENDING) | Q(state=VerifyRun.State.RUNNING, touched_at__lt=now - SILENCE)


def wake_due() -> int:
    """Wake a worker for every run that waits or lost its worker; returns how many."""
    due = list(VerifyRun.objects.filter(_free(timezone.now())).values_list("pk", flat=True))
    for pk in due:
        _wake(pk)
    return len(due)


def perform(run_pk: int) -> str:
    """Do the run unless another worker has it; its state afterwards, "" when it was not ours to take."""
    now = timezone.now()
    total = Chunk.objects.filter(state__in=repair.HELD).count()
    taken = VerifyRun.objects.filter(_free(now), pk=run_pk).update(
        state=VerifyRun.State.RUNNING, started_at=now, touched_at=now, objects_done=0, objects_total=total
    )
    if not taken:
        return ""
    run = VerifyRun.objects.get(pk=run_pk)
    try:
        findings = _heal() if run.kind == VerifyRun.Kind.HEAL else _compare(run)
    except Exception as error:
        log.exception("run %s failed", run_pk)
        return _end(run, VerifyRun.State.FAILED, reason=f"{type(error).__name__}: {error}"[:300])
    return _end(run, VerifyRun.State.COMPLETE, findings=findings)


def _end(run: VerifyRun, state: str, *, reason: str = "", findings: dict[str, object] | None = None) -> str:
    VerifyRun.objects.filter(pk=run.pk, started_at=run.started_at).update(
        state=state, reason=reason, findings=findings or {}, finished_at=timezone.now()
    )
    return state


def _compare(run: VerifyRun) -> dict[str, object]:
    def tell(findings: Findings) -> None:
        VerifyRun.objects.filter(pk=run.pk, started_at=run.started_at).update(
            objects_done=findings.objects, touched_at=timezone.now()
        )

    if run.kind == VerifyRun.Kind.SAMPLE:
        files = sample()
        return in_figures(repair.verify(deep=True, files=files, tell=tell)) | {"opened": len(files)}
    return in_figures(repair.verify(tell=tell))


def sample() -> list[StoredFile]:
    """The hundredth of the stored files that was proved longest ago."""
    stored = StoredFile.objects.filter(state=StoredFile.State.STORED).order_by(F("verified_at").asc(nulls_first=True))
    return list(stored[: max(SAMPLE_LEAST, -(-stored.count() // SAMPLE_SHARE))])


def _heal() -> dict[str, object]:
    repair.check_drives()
    return {"jobs": len(repair.queue_healing())}


def in_figures(findings: Findings) -> dict[str, object]:
    """Findings as JSON: counts, and the first few names."""
    return {
        "objects": findings.objects,
        "missing": findings.missing,
        "corrupt": findings.corrupt,
        "silent_drives": findings.silent_drives,
        "degraded": len(findings.degraded),
        "lost": len(findings.lost),
        "reduced": len(findings.reduced),
        "is_clean": findings.is_clean,
        "lost_names": [file.name for file in findings.lost[:NAMED]],
        "degraded_names": [file.name for file in findings.degraded[:NAMED]],
    }
