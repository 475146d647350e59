"""What a worker does with a job: claim it, do its kind of work, and say in the row how it ended."""

import logging

from django.utils.translation import gettext as _

from coaching.lib.sealing import SealBroken
from dfs import removal, repair, storing
from dfs.jobs import MAX_ATTEMPTS, Lease, LeaseLost, SliceOver, Waiting
from dfs.keys import KeyDestroyed
from dfs.models import Job

log = logging.getLogger("dfs.work")

WORK = {
    Job.Kind.DISTRIBUTE: storing.store_file,
    Job.Kind.REPAIR: repair.heal_file,
    Job.Kind.ERASE: removal.erase_objects,
}


def perform(job_pk: int) -> str:
    """Claim and do the job; returns its state afterwards, "" when it was not ours to take. Never raises for one job."""
    lease = Lease.claim(job_pk)
    if lease is None:
        return ""
    try:
        if lease.job.attempts > MAX_ATTEMPTS:
            lease.end(Job.State.FAILED, _("The worker died of it %(count)d times.") % {"count": MAX_ATTEMPTS})
        else:
            _perform(lease)
    except LeaseLost:
        log.warning("job %s is not ours any more", job_pk)
    return Job.objects.values_list("state", flat=True).get(pk=job_pk)


def _perform(lease: Lease) -> None:
    try:
        WORK[Job.Kind(lease.job.kind)](lease)
    except SliceOver:
        lease.put_back()
    except Waiting as waiting:
        lease.wait(waiting)
    except (SealBroken, KeyDestroyed) as error:
        lease.end(Job.State.FAILED, f"The file's key does not open: {error}")
    except LeaseLost:
        raise
    except Exception as error:
        log.exception("job %s stumbled", lease.job.pk)
        lease.stumble(error)
