"""What an operator asks of the store from the command line: finding things, finishing jobs, saying how they are.

Everything here works without a broker and without a worker.
"""

import logging
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q

from accounts.models import User
from coaching.lib import heartbeats
from coaching.lib.errors import DomainError
from dfs import consent, jobs, repair, standing, work
from dfs.models import Chunk, DriveAccount, Job, StoredFile

PATIENCE_S = 10
"""How long a job is left to a worker that is heard of before this process does it itself."""
LONGEST_WAIT_S = 30
UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}


class NotFound(DomainError):
    """There is no file or Drive of that name."""

    code = "not_found"
    status = 404


def parse_bytes(text: str) -> int:
    """500M, 10G, 1.5T or a plain number; a unit is 1,024 of the one below. Raises: ValueError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if not match:
        raise ValueError(f"{text} is no size; write 500M or 10G")
    size = int(float(match[1]) * UNITS[match[2].upper()])
    if size >= 2**63:
        raise ValueError(f"{text} is no size of a Drive; write 500M or 10G")
    return size


def find_file(key: str) -> StoredFile:
    """Raises: NotFound."""
    try:
        return StoredFile.objects.get(uuid=uuid.UUID(key))
    except (ValueError, StoredFile.DoesNotExist):
        raise NotFound(f"There is no file {key}.") from None


def find_account(name: str) -> DriveAccount:
    """By label or uuid. Raises: NotFound."""
    account = DriveAccount.objects.filter(label=name).first()
    try:
        account = account or DriveAccount.objects.filter(uuid=name).first()
    except ValidationError:
        account = None
    if account is None:
        raise NotFound(f"There is no Drive called {name}.")
    return account


class _Quiet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "no wake-up" not in record.getMessage()


@contextmanager
def quiet_wakes() -> Iterator[None]:
    """A command that does the work itself need not say for every job that nobody else could be woken."""
    names = ("dfs.jobs", "dfs.manifests", "dfs.verification", "accounts.notifications")
    quiet, loggers = _Quiet(), [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addFilter(quiet)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(quiet)


def is_worker_heard() -> bool:
    """Whether a worker of the dfs queue gave a sign of life lately. No cache to ask: no."""
    try:
        return bool(heartbeats.alive("dfs"))
    except Exception:  # whatever the cache's client raises when its server is not there
        return False


def finish(job: Job) -> Job:
    """See the job to its end, here or in a worker that has it; a job that waits for somebody is given back waiting."""
    if job.state == Job.State.WAITING:
        jobs.retry(job, actor=None)
    left_until = time.monotonic() + (PATIENCE_S if is_worker_heard() else 0)
    while True:
        job.refresh_from_db()
        if job.state not in Job.OPEN or _is_stuck(job):
            return job
        if time.monotonic() < left_until or not work.perform(job.pk):
            time.sleep(0.2)  # a worker has it, or its next attempt is soon


def _is_stuck(job: Job) -> bool:
    """Waiting for something outside, or for longer than a person at a prompt would."""
    if job.state != Job.State.WAITING:
        return False
    return not job.attempts or job.next_attempt_at.timestamp() > time.time() + LONGEST_WAIT_S


# --- How things are, as plain figures for JSON ------------------------------------------------------------------------


def files_in_figures(purpose: str = "", key: uuid.UUID | None = None) -> Iterator[dict[str, Any]]:
    """Every file that is not erased, newest first: three queries a hundred files."""
    files = StoredFile.objects.select_related("owner").annotate(
        objects_live=Count(
            "chunks",
            filter=Q(chunks__state__in=Chunk.LIVE, chunks__generation=F("generation"))
            & ~Q(chunks__kind=Chunk.Kind.MANIFEST),
        )
    )  # fmt: skip
    files = files.filter(uuid=key) if key else files.exclude(state=StoredFile.State.ERASED)
    if purpose:
        files = files.of(purpose)
    owners = DriveAccount.objects.values("kind", "owner_key").distinct().count()
    at = 0
    while page := list(files[at : at + 100]):
        at += len(page)
        yield from _page_in_figures(page, owners)


def _page_in_figures(page: list[StoredFile], owners: int) -> Iterator[dict[str, Any]]:
    known = standing.standings(page)
    storing = Job.objects.filter(file__in=page, kind=Job.Kind.DISTRIBUTE).order_by("pk")
    newest = {job.file_id: job for job in storing}
    for file in page:
        found, job = known.get(file.pk), newest.get(file.pk)
        yield {
            "uuid": str(file.uuid),
            "name": file.name,
            "size_bytes": file.size_bytes,
            "state": job_state(file, job),
            "file_state": file.state,
            "reason": job.reason if job and file.state == StoredFile.State.STAGED else "",
            "policy": f"{file.k}+{file.p}" if file.k else "",
            "objects": file.objects_live,  # type: ignore[attr-defined]  # annotated above
            "spare": found.spare if found else None,
            "reduced": repair.is_reduced(file, owners),
            "trashed": file.trashed_at is not None,
            "purpose": file.purpose,
            "owner": str(file.owner or ""),
            "created_at": file.created_at.isoformat(),
        }


def job_state(file: StoredFile, job: Job | None) -> str:
    """Where the storing of a file stands, in the words of jobs; ERASED when there is nothing left of it."""
    if file.state == StoredFile.State.STORED:
        return str(Job.State.COMPLETE)
    if file.state == StoredFile.State.ERASED:
        return str(file.state)
    return str(job.state) if job else str(Job.State.PENDING)


def job_in_figures(job: Job) -> dict[str, Any]:
    return {
        "uuid": str(job.uuid),
        "kind": job.kind,
        "state": job.state,
        "reason": job.reason,
        "percent": job.percent,
        "objects_done": job.objects_done,
        "objects_total": job.objects_total,
        "attempts": job.attempts,
    }


def accounts_in_figures() -> list[dict[str, Any]]:
    held = Count("chunks", filter=Q(chunks__state__in=Chunk.LIVE))
    return [
        {
            "uuid": str(account.uuid),
            "label": account.label,
            "kind": account.kind,
            "owner": str(account.owner or ""),
            "state": account.state,
            "reason": account.state_reason,
            "hint": str(consent.IN_TESTING) if account.ended_young else "",
            "cap_bytes": account.cap_bytes,
            "used_bytes": account.used_bytes,
            "free_bytes": account.free_bytes,
            "objects": account.objects_live,  # type: ignore[attr-defined]  # annotated below
            "checked_at": account.checked_at.isoformat() if account.checked_at else None,
            "location": account.location,
        }
        for account in DriveAccount.objects.select_related("owner").annotate(objects_live=held)
    ]


def store_in_figures() -> dict[str, Any]:
    """The pool, the queue and the files in counts."""
    accounts = DriveAccount.objects.all()
    by_state = dict(Job.objects.filter(cleared_at=None).values_list("state").annotate(Count("pk")).order_by())
    figures = standing.count()
    return {
        "drives": len(accounts),
        "drives_silent": [account.label for account in accounts if account.state in standing.SILENT],
        "cap_bytes": sum(account.cap_bytes for account in accounts),
        "used_bytes": sum(account.used_bytes for account in accounts),
        "jobs": {state: by_state.get(state, 0) for state in Job.State.values},
        "files": StoredFile.objects.live().count(),
        "files_short": figures.short,
        "files_at_risk": figures.at_risk,
        "files_lost": figures.lost,
        "worker_heard": is_worker_heard(),
    }


def person_named(identifier: str) -> User | None:
    """The person by e-mail address or admission number; "" is nobody. Raises: NotFound."""
    if not identifier:
        return None
    person: User | None = User.objects.known_as(identifier).first()
    if person is None:
        raise NotFound(f"There is nobody known as {identifier}.")
    return person
