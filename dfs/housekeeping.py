"""What the scheduler tidies: due trash, uploads nobody goes on with, orphans in the spool, old log lines."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from dfs import jobs, spool
from dfs.models import TRASH_KEPT, JobLine, StoredFile, Upload
from dfs.uploads import expire_uploads

LOG_KEPT = timedelta(days=30)
ORPHAN_AGE = timedelta(hours=1)


def tidy(now: datetime | None = None) -> None:
    """Everything below, in order."""
    now = now or timezone.now()
    empty_trash(now)
    expire_uploads(now)
    sweep_spool(now)
    JobLine.objects.filter(at__lt=now - LOG_KEPT).delete()


def empty_trash(now: datetime) -> int:
    """Erase what has lain in the trash for its seven days; returns how many files."""
    due = list(StoredFile.objects.in_trash().filter(trashed_at__lte=now - TRASH_KEPT))
    for file in due:
        jobs.erase_trashed(file, actor=None)
    return len(due)


def sweep_spool(now: datetime) -> int:
    """Remove spool files that no row explains and that nobody has touched for an hour; returns how many."""
    cutoff = (now - ORPHAN_AGE).timestamp()
    removed = 0
    for path in spool.folder().iterdir():
        if path.stat().st_mtime < cutoff and not _is_explained(path):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_explained(path: Path) -> bool:
    try:
        name = uuid.UUID(path.name.removesuffix(".part"))
    except ValueError:
        return False
    if path.suffix == ".part":
        return Upload.objects.filter(uuid=name).exclude(file__state=StoredFile.State.STORED).exists()
    return StoredFile.objects.filter(uuid=name, state=StoredFile.State.STAGED).exists()
