"""Fault 35: a worker killed with SIGKILL between any two of its steps, doubled messages, zombies.

A step is a statement to the database or a call to a Drive, before and after it. The killed worker is a real process:
this one, forked.
"""

import os
import signal
import threading
import uuid
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from dfs import distribution, housekeeping, jobs, removal, repair, spool, store, work
from dfs.drives.local import LocalDrive
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from tests.dfs.conftest import MIB, content, content_of, finish, staged, stored
from tests.racing import at_once

Lend = Callable[..., list[DriveAccount]]
pytestmark = pytest.mark.django_db(transaction=True)
DATA = content(MIB + 77)  # two chunks: one stripe with parity


class Fuse:
    """Kills its process when the count of steps runs out."""

    def __init__(self, steps: int) -> None:
        self.left, self.lock = steps, threading.Lock()

    def step(self) -> None:
        with self.lock:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            answer = call(*args, **kwargs)
            self.step()
            return answer

        return stepping


def close_connections() -> None:
    for each in connections.all():
        each.close()
        if hasattr(each, "close_pool"):
            each.close_pool()


def killed_after(steps: int, job: Job) -> bool:
    """Do the job in a forked worker with a fuse; whether the fuse blew."""
    return dies_after(steps, lambda: work.perform(job.pk))


def dies_after(steps: int, do: Callable[[], object]) -> bool:
    """Do this in a forked process with a fuse; whether the fuse blew."""
    close_connections()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forking beside threads
        child = os.fork()
    if child == 0:
        fuse = Fuse(steps)
        for name in ("put", "delete"):
            setattr(LocalDrive, name, fuse.around(getattr(LocalDrive, name)))
        try:
            with connection.execute_wrapper(fuse.around(lambda execute, *args: execute(*args))):
                do()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def every_step(prepare: Callable[[], Job], check: Callable[[Job], None], *, stride: int = 1) -> int:
    """Kill after 0, 1, 2 … steps until the job gets through; after each kill another worker must finish it."""
    steps = 0
    while True:
        job = prepare()
        if not killed_after(steps, job):
            return steps
        work.perform(job.pk)
        job.refresh_from_db()
        check(job)
        steps += stride


def assert_books_balance() -> None:
    """Every byte reserved is an object in the registry, and every object on a Drive is a row."""
    removal.sweep()
    for account in DriveAccount.objects.all():
        rows = list(account.chunks.all())
        assert account.used_bytes == sum(row.size_bytes for row in rows)
        if account.state != DriveAccount.State.LOST:
            on_drive = {path.name for path in Path(account.location).glob("??/*") if not path.name.startswith(".")}
            assert on_drive == {row.object_id for row in rows}


def test_a_worker_killed_anywhere_while_storing_changes_nothing(drives: Lend) -> None:
    drives(5)

    def check(job: Job) -> None:
        assert job.state == Job.State.COMPLETE, job.reason
        file = StoredFile.objects.get(pk=job.file_id)
        assert (file.state, file.generation) == (StoredFile.State.STORED, 1)
        assert content_of(file) == DATA
        assert_books_balance()
        housekeeping.sweep_spool(timezone.now() + timedelta(hours=2))
        assert list(spool.folder().iterdir()) == []
        assert repair.verify(deep=True).is_clean
        store.erase(file, actor=None)
        finish(file)

    steps = every_step(lambda: staged(DATA).jobs.get(), check)
    assert steps > 40


def test_a_worker_killed_anywhere_while_healing_changes_nothing(drives: Lend) -> None:
    drives(6)
    file = stored(DATA)

    def prepare() -> Job:
        row = file.chunks.select_related("account").filter(kind="PARITY").first() or file.chunks.first()
        (Path(row.account.location) / row.object_id[:2] / row.object_id).unlink()
        repair.verify()
        return next(job for job in repair.queue_healing() if job.file_id == file.pk)

    def check(job: Job) -> None:
        assert job.state == Job.State.COMPLETE, job.reason
        assert content_of(job.file) == DATA
        assert repair.verify(deep=True).is_clean
        assert_books_balance()

    assert every_step(prepare, check) > 20


def test_a_worker_killed_anywhere_while_erasing_changes_nothing(drives: Lend) -> None:
    drives(3)

    def prepare() -> Job:
        file = stored(b"secret")
        store.erase(file, actor=None)
        return file.jobs.get(kind=Job.Kind.ERASE)

    def check(job: Job) -> None:
        assert job.state == Job.State.COMPLETE, job.reason
        assert not Chunk.objects.filter(file=job.file).exists()
        assert_books_balance()

    assert every_step(prepare, check) > 10


def test_of_many_workers_woken_for_one_job_one_does_it(drives: Lend) -> None:
    drives(5)
    job = staged(DATA).jobs.get()
    leases = at_once([lambda: jobs.Lease.claim(job.pk)] * 6)
    assert sum(lease is not None for lease in leases) == 1


def test_a_doubled_message_for_a_finished_job_does_nothing(drives: Lend) -> None:
    drives(3)
    file = stored(DATA)
    before = list(file.chunks.values_list("pk", "object_id"))
    assert work.perform(file.jobs.get().pk) == ""
    assert list(file.chunks.values_list("pk", "object_id")) == before


def test_a_zombie_whose_lease_ran_out_can_write_nothing(drives: Lend) -> None:
    drives(3)
    file = staged(DATA)
    zombie = jobs.Lease.claim(file.jobs.get().pk)
    assert zombie is not None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert work.perform(zombie.job.pk) == Job.State.COMPLETE
    for write in (lambda: zombie.write(objects_done=0), lambda: zombie.end(Job.State.FAILED), zombie.put_back):
        with pytest.raises(jobs.LeaseLost):
            write()
    assert Job.objects.get(pk=zombie.job.pk).state == Job.State.COMPLETE


def test_a_living_workers_lease_is_respected(drives: Lend) -> None:
    drives(1)
    job = staged(b"x").jobs.get()
    assert jobs.Lease.claim(job.pk) is not None
    assert jobs.Lease.claim(job.pk) is None
    assert not Job.objects.due(timezone.now()).exists()


def test_a_cancelled_job_stops_its_worker(drives: Lend) -> None:
    drives(1)
    file = staged(b"x")
    lease = jobs.Lease.claim(file.jobs.get().pk)
    assert lease is not None
    jobs.cancel(lease.job, actor=None)
    with pytest.raises(jobs.LeaseLost):
        lease.write(objects_done=1)


def test_a_long_job_works_in_slices_and_loses_nothing(drives: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "SLICE_S", 0.0)
    drives(5)
    data = content(7 * MIB)
    file = staged(data)
    job = file.jobs.get()
    assert work.perform(job.pk) == Job.State.PENDING
    job.refresh_from_db()
    assert (job.objects_done, job.objects_total) == (5, 13)
    assert finish(file) == Job.State.COMPLETE
    assert content_of(file) == data


@pytest.mark.parametrize("change", ["a byte changed", "cut", "gone"])
def test_a_staged_file_changed_between_attempts_is_refused(
    drives: Lend, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Fault 36: nothing sealed before is used again, and the person is told to upload again."""
    monkeypatch.setattr(distribution, "SLICE_S", 0.0)
    drives(5)
    file = staged(content(7 * MIB))
    work.perform(file.jobs.get().pk)
    path = spool.staged_path(file.uuid)
    raw = bytearray(path.read_bytes())
    if change == "gone":
        path.unlink()
    else:
        raw[6 * MIB] ^= 1
        path.write_bytes(raw if change == "a byte changed" else raw[: 6 * MIB])
    assert finish(file) == Job.State.FAILED
    assert "again" in file.jobs.get().reason
    assert file.state == StoredFile.State.STAGED


def test_the_same_position_is_never_sealed_with_two_plaintexts_under_one_key(drives: Lend) -> None:
    """Planned, the worker died before putting it, and the plaintext changed: a new key and generation."""
    drives(5)
    file = staged(DATA)
    job, key = file.jobs.get(), bytes(file.wrapped_key or b"")
    steps = 0
    while not Chunk.objects.filter(state=Chunk.State.PLANNED).exists():
        Job.objects.update(attempts=0)
        assert killed_after(steps, job)
        steps += 1
    path = spool.staged_path(file.uuid)
    path.write_bytes(content(len(DATA), seed=8))
    finish(file)
    assert file.generation == 2
    assert bytes(file.wrapped_key or b"") != key
    assert file.jobs.get().state == Job.State.FAILED


def test_an_upload_cut_between_commit_and_hand_over_is_finished_by_the_worker(drives: Lend) -> None:
    from dfs.models import Upload
    from tests import people

    drives(1)
    upload = Upload.objects.create(owner=people.teacher(), name="a.txt", purpose="mine", length_bytes=5)
    upload.offset_bytes, upload.crc32 = spool.write(spool.part_path(upload.uuid), [b"hello"])
    upload.save()
    file = store.stage_upload(upload)
    spool.staged_path(file.uuid).rename(spool.part_path(upload.uuid))
    assert finish(file) == Job.State.COMPLETE
    assert content_of(file) == b"hello"


def test_a_job_that_kills_its_worker_every_time_is_given_up(drives: Lend) -> None:
    drives(1)
    job = staged(b"poison").jobs.get()
    for _again in range(jobs.MAX_ATTEMPTS):
        assert killed_after(3, job)
    work.perform(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "worker" in job.reason


def test_is_dead_knows_this_process_from_a_gone_one() -> None:
    assert not jobs.is_dead(jobs._me())
    host = jobs._me().rsplit(":", 2)[0]
    assert jobs.is_dead(f"{host}:{os.getpid()}:1")
    assert not jobs.is_dead(f"{uuid.uuid4()}:1:1")
    assert not jobs.is_dead("")
