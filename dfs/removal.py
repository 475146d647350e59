"""Taking objects off the Drives: of erased files, of positions another policy replaced, of attempts cut off."""

import logging

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from dfs import erasure
from dfs.drives import DriveError
from dfs.drives.opening import open_drive
from dfs.jobs import LEASE, Lease
from dfs.models import Chunk, DriveAccount, Job

log = logging.getLogger("dfs.removal")


def remove_objects(chunks: QuerySet[Chunk]) -> int:
    """Delete these DELETING objects where their Drive answers, and their rows; returns how many are left.

    An object that a cut-off worker may still be sending is left until its lease is surely over.
    """
    settled = Q(verified_at__isnull=False) | Q(created_at__lt=timezone.now() - LEASE)
    silent: set[int] = set()
    for row in list(chunks.filter(settled, state=Chunk.State.DELETING).select_related("account")):
        if row.account_id in silent:
            continue
        try:
            open_drive(row.account).delete(row.object_id)
        except DriveError as error:
            silent.add(row.account_id)
            log.info("objects on %s stay for now: %s", row.account, error)
        else:
            _forget(row)
    return chunks.filter(state=Chunk.State.DELETING).count()


def _forget(row: Chunk) -> None:
    """Remove the row and give its bytes back, once, even when two sweeps meet."""
    with transaction.atomic():
        deleted, _tables = Chunk.objects.filter(pk=row.pk).delete()
        if deleted:
            DriveAccount.objects.filter(pk=row.account_id).update(used_bytes=F("used_bytes") - row.size_bytes)


def erase_objects(lease: Lease) -> None:
    """The ERASE job: what lies on Drives that do not answer is noise without its key, and is swept when they return."""
    remove_objects(lease.job.file.chunks.all())
    reason = erasure.remains(lease.job.file)
    if reason:
        lease.say("erase", reason)
    lease.end(Job.State.COMPLETE, reason)
    erasure.note_gone()


def sweep() -> int:
    """Remove every object that waits for removal; returns how many are left."""
    left = remove_objects(Chunk.objects.all())
    erasure.note_gone()
    return left
