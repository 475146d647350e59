"""Several workers, readers and people at the same rows at once, with real threads and on whichever database."""

import contextlib
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from dfs import jobs, pool, repair, work
from dfs.drives.local import LocalDrive
from dfs.models import Chunk, DriveAccount, Job, JobLine, StoredFile
from tests.dfs.conftest import MIB, content, staged
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
Lend = Callable[..., list[DriveAccount]]


def test_workers_that_fill_the_same_drives_do_not_block_each_other(drives: Lend) -> None:
    drives(5)
    pks = [staged(content(6 * MIB, seed)).jobs.get().pk for seed in range(12)]

    def drain(mine: list[int]) -> None:
        for pk in mine:
            work.perform(pk)

    at_once([partial(drain, pks[lane::4]) for lane in range(4)])
    assert list(JobLine.objects.filter(is_problem=True).values_list("text", flat=True)) == []
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.COMPLETE}
    used = {a.pk: a.used_bytes for a in DriveAccount.objects.all()}
    for pk, there in used.items():
        assert there == sum(Chunk.objects.filter(account=pk).values_list("size_bytes", flat=True))


def test_erasing_while_it_is_stored_leaves_nothing_and_blocks_nobody(drives: Lend) -> None:
    drives(5)
    files = [staged(content(6 * MIB, seed)) for seed in range(8)]
    pks = [file.jobs.get().pk for file in files]

    def erase(file: StoredFile) -> None:
        while not Chunk.objects.filter(file=file).exists():
            connection.close()
        jobs.erase_file(file, actor=None)

    def store() -> None:
        for pk in pks:
            work.perform(pk)

    def erase_all() -> None:
        for file in files:
            erase(file)

    at_once([store, erase_all])
    assert set(StoredFile.objects.values_list("state", flat=True)) == {StoredFile.State.ERASED}
    assert not JobLine.objects.filter(is_problem=True).exists()
    assert not Chunk.objects.exclude(state=Chunk.State.DELETING).exists()


def test_what_an_admin_said_while_a_drive_was_asked_stands(drives: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    """A far Drive takes seconds to answer."""
    [drive] = drives(1)
    asked = LocalDrive.check

    def slowly(local: LocalDrive) -> object:
        pool.pause(DriveAccount.objects.get(), actor=None)
        return asked(local)

    monkeypatch.setattr(LocalDrive, "check", slowly)
    assert repair.check_drive(drive).state == DriveAccount.State.PAUSED
    assert DriveAccount.objects.get().state == DriveAccount.State.PAUSED


def test_a_drive_is_not_forgotten_while_a_worker_reserves_room_on_it(drives: Lend) -> None:
    """Either it is refused, or the worker lays its pieces elsewhere; no stored file lacks one."""
    drives(4)
    for seed in range(6):
        [drive] = drives(1, prefix=f"round-{seed}")
        file = staged(content(3 * MIB, seed))
        pk = file.jobs.get().pk

        def forget(drive: DriveAccount = drive) -> None:
            with contextlib.suppress(pool.DriveRefused):
                pool.forget(drive, actor=None)

        at_once([partial(work.perform, pk), forget])
        while work.perform(pk):
            pass
        file.refresh_from_db()
        assert file.state == StoredFile.State.STORED
        assert not repair.redundancy(file, file.chunks.select_related("account")).is_degraded


def test_comparing_while_files_come_and_go_finds_nothing_wrong(drives: Lend) -> None:
    drives(5)
    files = [staged(content(4 * MIB, seed)) for seed in range(6)]
    found = []

    def come_and_go() -> None:
        for file in files:
            work.perform(file.jobs.get().pk)
        for file in files[::2]:
            jobs.erase_file(file, actor=None)
            work.perform(file.jobs.get(kind=Job.Kind.ERASE).pk)

    def compare() -> None:
        while Job.objects.open().exists():
            found.append(repair.verify())

    at_once([come_and_go, compare])
    assert found
    assert not any(findings.missing or findings.corrupt or findings.silent_drives for findings in found)
    assert not Chunk.objects.exclude(state=Chunk.State.VERIFIED).exists()
