"""The distribution queue: claiming, leases, waiting, failing. The row is the truth; messages only wake a worker.

A worker owns a job while its lease token stands in the row. Every later write of the worker is conditional on the
token, so a worker that lost its lease (stalled, cut off, cancelled) can change nothing any more. A lease ends after
`LEASE`, or at once when its process is seen dead on this machine.
"""

import logging
import os
import socket
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from celery import current_app
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from accounts.activity import record
from accounts.models import User
from dfs import spool
from dfs.models import Chunk, Job, JobLine, StoredFile
from dfs.models.files import FileQuerySet

LEASE = timedelta(seconds=90)
MAX_ATTEMPTS = 8
Later = Callable[[], None]
log = logging.getLogger("dfs.jobs")


class LeaseLost(Exception):
    """The job is not this worker's any more: cancelled, or given to another."""


class Waiting(Exception):
    """The job cannot go on now. `reason` is for a person, `delay` until the next look."""

    def __init__(self, reason: str, delay: timedelta = timedelta(seconds=60)) -> None:
        super().__init__(reason)
        self.reason, self.delay = reason, delay


class SliceOver(Exception):
    """The job worked long enough for one message; others get their turn."""


# --- From the web side ------------------------------------------------------------------------------------------------


def enqueue(file: StoredFile, kind: str, *, actor: User | None = None, before_wake: Later | None = None) -> Job:
    """The open job of this kind for the file, made if there is none; a worker is woken on commit."""
    job = _open_job(file, kind, actor) or _open_job(file, kind, actor)  # one that was open may end as it is looked for
    if job is None:
        raise DatabaseError(f"no {kind} job can be made for file {file.pk}")
    if before_wake is not None:
        transaction.on_commit(before_wake)
    transaction.on_commit(lambda: wake(job.pk))
    return job


def _open_job(file: StoredFile, kind: str, actor: User | None) -> Job | None:
    try:
        with transaction.atomic():
            return Job.objects.create(file=file, kind=kind, actor=actor)
    except IntegrityError:
        return Job.objects.open().filter(file=file, kind=kind).first()


def wake(job_pk: int) -> bool:
    """Send a worker to look at the job. False when the broker does not answer: the scheduler finds the row anyway."""
    try:
        current_app.send_task("dfs.tasks.work", args=[job_pk], queue="dfs")
    except (OperationalError, OSError) as error:
        log.warning("no wake-up for job %s: %s", job_pk, error)
        return False
    return True


def wake_due(now: datetime | None = None, limit: int = 200) -> int:
    """Wake a worker for every job that could go on; returns how many."""
    now = now or timezone.now()
    due = list(Job.objects.due(now).order_by("next_attempt_at").values_list("pk", flat=True)[:limit])
    due += [
        job.pk for job in Job.objects.filter(state=Job.State.RUNNING, lease_until__gte=now) if is_dead(job.lease_owner)
    ]
    return sum(1 for _woken in takewhile(wake, due))  # one message that fails is enough to know that all will


def hurry_waiting() -> None:
    """Something changed for the better (a Drive came, room was made): jobs that wait look again now."""
    Job.objects.filter(state=Job.State.WAITING).update(next_attempt_at=timezone.now())
    transaction.on_commit(lambda: wake_due() and None)


def clear_history(*, actor: User | None) -> int:
    """Take ended jobs off the history list; their rows stay. Returns how many."""
    with transaction.atomic():
        cleared = Job.objects.exclude(state__in=Job.OPEN).filter(cleared_at=None).update(cleared_at=timezone.now())
        if cleared:
            record("job.clear_history", actor=actor, count=cleared)
    return cleared


def retry(job: Job, *, actor: User | None) -> bool:
    """Let a failed or waiting job try again now; false when it is in neither state or another does its work."""
    if Job.objects.open().filter(file=job.file_id, kind=job.kind).exclude(pk=job.pk).exists():
        return False
    now = timezone.now()
    stopped = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.WAITING))
    with transaction.atomic():
        changed = stopped.exclude(
            file__state=StoredFile.State.ERASED, kind__in=(Job.Kind.DISTRIBUTE, Job.Kind.REPAIR)
        ).update(state=Job.State.PENDING, reason="", attempts=0, next_attempt_at=now, finished_at=None, cleared_at=None)
        if changed:
            record("job.retry", actor=actor, on=job.file, kind=job.kind)
            transaction.on_commit(lambda: wake(job.pk))
    return bool(changed)


def cancel(job: Job, *, actor: User | None) -> bool:
    """Stop an open job; false when it had ended. A file that was never stored goes with it."""
    with transaction.atomic():
        changed = _cancel(Job.objects.filter(pk=job.pk))
        if changed:
            record("job.cancel", actor=actor, on=job.file, kind=job.kind)
            if job.kind == Job.Kind.DISTRIBUTE:
                erase_file(job.file, actor=actor)
    return bool(changed)


def _cancel(jobs: Any) -> int:
    return int(
        jobs.open().update(
            state=Job.State.CANCELLED, lease_token=None, lease_until=None, finished_at=timezone.now(), reason=""
        )
    )


def erase_file(file: StoredFile, *, actor: User | None) -> None:
    """Crypto-erase: the key goes in this transaction, plaintext and objects after it. Erased already: nothing."""
    _erase(file, StoredFile.objects.exclude(state=StoredFile.State.ERASED), actor)


def erase_trashed(file: StoredFile, *, actor: User | None) -> None:
    """The same for a file of the trash; one that was taken back since it was looked up stays."""
    _erase(file, StoredFile.objects.in_trash().filter(trashed_at=file.trashed_at), actor)


def _erase(file: StoredFile, among: FileQuerySet, actor: User | None) -> None:
    with transaction.atomic():
        # The jobs' rows before the file's, as a worker that ends its job takes them.
        list(Job.objects.select_for_update().filter(file=file).order_by("pk").values_list("pk"))
        gone = {"state": StoredFile.State.ERASED, "wrapped_key": None, "erased_at": timezone.now()}
        if not among.filter(pk=file.pk).update(**gone):
            return
        _cancel(Job.objects.filter(file=file))
        Chunk.objects.filter(file=file).update(state=Chunk.State.DELETING)
        record("file.erase", actor=actor, on=file, name=file.name, size_bytes=file.size_bytes)
        enqueue(file, Job.Kind.ERASE, actor=actor, before_wake=lambda: remove_plaintext(file))
    file.refresh_from_db()


def remove_plaintext(file: StoredFile) -> None:
    """Remove what the spool still holds of the file."""
    spool.staged_path(file.uuid).unlink(missing_ok=True)
    upload = getattr(file, "upload", None)
    if upload is not None:
        spool.part_path(upload.uuid).unlink(missing_ok=True)


def ensure_staged(file: StoredFile) -> None:
    """Finish the hand-over of an upload's bytes to the file, which a crash may have cut between commit and rename."""
    upload = getattr(file, "upload", None)
    if upload is None:
        return
    try:
        spool.adopt(spool.part_path(upload.uuid), file.uuid)
    except FileNotFoundError:
        return  # done before


# --- From the worker's side -------------------------------------------------------------------------------------------


class Lease:
    """A claimed job, and the right to write about it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._lines: list[JobLine] = []

    @classmethod
    def claim(cls, job_pk: int) -> "Lease | None":
        """Take the job if it is due, else None. Of two workers at once exactly one gets it."""
        now = timezone.now()
        job = Job.objects.filter(pk=job_pk).first()
        if job is None:
            return None
        free = Q(state__in=(Job.State.PENDING, Job.State.WAITING), next_attempt_at__lte=now)
        free |= Q(state=Job.State.RUNNING, lease_until__lt=now)
        if job.state == Job.State.RUNNING and is_dead(job.lease_owner):
            free |= Q(state=Job.State.RUNNING, lease_token=job.lease_token)
        taken = Job.objects.filter(free, pk=job_pk).update(
            state=Job.State.RUNNING, reason="", attempts=job.attempts + 1, started_at=job.started_at or now,
            lease_token=uuid.uuid4(), lease_owner=_me(), lease_until=now + LEASE,
        )  # fmt: skip
        if not taken:
            return None
        return cls(Job.objects.select_related("file", "actor").get(pk=job_pk))

    def write(self, **changes: Any) -> None:
        """Change the job's row, renew the lease, store the log lines. Raises: LeaseLost."""
        changes.setdefault("lease_until", timezone.now() + LEASE)
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, lease_token=self.job.lease_token)
        if not mine.update(**changes):
            raise LeaseLost(str(self.job.uuid))
        for name, value in changes.items():
            setattr(self.job, name, value)
        lines, self._lines = self._lines, []
        JobLine.objects.bulk_create(lines)

    def say(self, verb: str, text: str, *, drive: str = "", problem: bool = False) -> None:
        """Add a line to the job's log; it is stored with the next write."""
        line = JobLine(
            job=self.job, verb=verb, drive=drive[:200], text=text[:300], is_problem=problem, at=timezone.now()
        )
        self._lines.append(line)
        log.log(logging.WARNING if problem else logging.DEBUG, "job %s %s %s %s", self.job.pk, verb, drive, text)

    def end(self, state: str, reason: str = "", **changes: Any) -> None:
        """COMPLETE, FAILED or CANCELLED."""
        changes |= {"state": state, "reason": reason[:300], "finished_at": timezone.now()}
        self.write(lease_token=None, lease_until=None, **changes)

    def put_back(self) -> None:
        """Stop for now and let another message go on; what was done stays done."""
        self.write(
            state=Job.State.PENDING, attempts=0, lease_token=None, lease_until=None, next_attempt_at=timezone.now()
        )
        wake(self.job.pk)

    def wait(self, waiting: Waiting) -> None:
        self.say("wait", waiting.reason, problem=True)
        self.write(
            state=Job.State.WAITING, reason=waiting.reason[:300], attempts=0, lease_token=None, lease_until=None,
            next_attempt_at=timezone.now() + waiting.delay,
        )  # fmt: skip

    def stumble(self, error: Exception) -> None:
        """An error nobody foresaw: try again later, a few times, each later than the last."""
        text = _("Something went wrong: %(error)s") % {"error": f"{type(error).__name__}: {error}"}
        self.say("error", text, problem=True)
        if self.job.attempts >= MAX_ATTEMPTS:
            self.end(Job.State.FAILED, text)
            return
        delay = timedelta(seconds=min(600, 5 * 2**self.job.attempts))
        self.write(
            state=Job.State.WAITING,
            reason=text[:300],
            lease_token=None,
            lease_until=None,
            next_attempt_at=timezone.now() + delay,
        )


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_born(os.getpid())}"


def is_dead(lease_owner: str) -> bool:
    """Whether the process of a lease is surely gone: it ran on this machine and is not there any more."""
    host, _sep, rest = lease_owner.rpartition(":")[0].rpartition(":")
    born = lease_owner.rpartition(":")[2]
    return bool(born) and host == socket.gethostname() and rest.isdigit() and _born(int(rest)) != born


def _born(pid: int) -> str:
    """When the process started, in clock ticks since boot; "" where /proc cannot tell or it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
