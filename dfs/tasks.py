"""Messages for the `dfs` queue. Each wakes one service; the rows decide what there is to do."""

from celery import shared_task

from dfs import drive_news, housekeeping, jobs, lending, manifests, orphans, removal, repair, snapshots, verification
from dfs import work as jobwork


@shared_task
def work(job_pk: int) -> None:
    """Go on with a job, if it is due and free."""
    jobwork.perform(job_pk)


@shared_task
def wake_due_jobs() -> None:
    """Pick up jobs whose message was lost, whose wait is over or whose worker died."""
    jobs.wake_due()
    verification.wake_due()


@shared_task
def verify_all(run_pk: int) -> None:
    """Compare or rebuild the whole store, once per run."""
    verification.perform(run_pk)


@shared_task
def check_drives() -> None:
    """Ask every Drive whether it is there, tell whom it concerns, and heal what its absence or return calls for."""
    repair.check_drives()
    drive_news.tell()
    lending.go_on_leaving()
    repair.queue_healing()
    manifests.tend()


@shared_task
def write_manifest(file_pk: int) -> None:
    """Write down beside a file's pieces what the registry says of it, if that is due."""
    manifests.write(file_pk)


@shared_task
def sweep() -> None:
    """Empty the trash that is due, expired uploads, orphans of the spool and objects waiting for removal."""
    housekeeping.tidy()
    removal.sweep()
    snapshots.tend()


@shared_task
def scrub() -> None:
    """Start the daily comparison, and the weekly opening of a sample, when it is time for one."""
    for _run in verification.start_due():
        orphans.note()
