"""Disks under the Drives that fill up and get room again."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils import timezone

from dfs import jobs
from dfs.models import Chunk, DriveAccount, Job
from tests.dfs.conftest import MIB, content, content_of, finish, staged


@contextmanager
def disks_full() -> Iterator[None]:
    """Nothing of more than 64 KiB can be written; to the store that is a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_job_on_full_disks_goes_on_with_its_next_attempt_once_there_is_room(
    drives: Callable[..., list[DriveAccount]],
) -> None:
    drives(5)
    file = staged(content(4 * MIB))
    with disks_full():
        assert finish(file) == Job.State.WAITING
        assert "room" in file.jobs.get().reason
        assert set(DriveAccount.objects.values_list("state", flat=True)) == {DriveAccount.State.FULL}
        assert jobs.retry(file.jobs.get(), actor=None)
        assert finish(file) == Job.State.WAITING
    assert jobs.retry(file.jobs.get(), actor=None)
    assert finish(file) == Job.State.COMPLETE
    assert (file.k, file.p) == (3, 2)
    assert content_of(file) == content(4 * MIB)
    assert set(file.chunks.live().values_list("state", flat=True)) == {Chunk.State.VERIFIED}


def test_attempts_on_full_disks_do_not_reserve_more_and_more(drives: Callable[..., list[DriveAccount]]) -> None:
    drives(5)
    file = staged(content(4 * MIB))
    with disks_full():
        for _attempt in range(4):
            assert finish(file) == Job.State.WAITING
            file.chunks.update(created_at=timezone.now() - jobs.LEASE * 2)
            assert jobs.retry(file.jobs.get(), actor=None)
        assert finish(file) == Job.State.WAITING
    assert file.chunks.count() == 5 + 3  # two stripes were under way
    assert all(account.used_bytes < 3 * MIB for account in DriveAccount.objects.all())


def test_a_drive_whose_lent_space_is_used_up_stays_full(drives: Callable[..., list[DriveAccount]]) -> None:
    drives(5, cap_bytes=0)
    DriveAccount.objects.update(state=DriveAccount.State.FULL)
    file = staged(content(100))
    assert finish(file) == Job.State.WAITING
    assert set(DriveAccount.objects.values_list("state", flat=True)) == {DriveAccount.State.FULL}
