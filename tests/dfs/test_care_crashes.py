"""Fault 35 for the store's care: a worker killed between any two steps of a manifest, a snapshot, a recovery, a gc."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F

from dfs import manifests, orphans, recovery, removal, snapshots, store
from dfs.jobs import LEASE
from dfs.models import Chunk, DriveAccount, Snapshot, SnapshotCopy, StoredFile
from tests.dfs.conftest import MIB, content, content_of, stored
from tests.dfs.test_crashes import dies_after
from tests.dfs.test_orphans import leave_behind, looked_before
from tests.dfs.test_recovery import adopt, assert_books_balance, lose_the_database

pytestmark = pytest.mark.django_db(transaction=True)
Lend = Callable[..., list[DriveAccount]]


def at_every_step(
    do: Callable[[], object], check: Callable[[], None], prepare: Callable[[], object], stride: int = 1
) -> int:
    """Kill after 0, 1, 2 … steps (or every `stride`th) until it gets through; `check` finds all well each time."""
    steps = 0
    while True:
        prepare()
        if not dies_after(steps, do):
            return steps
        check()
        steps += stride


def a_lease_later() -> None:
    """Objects that a killed worker might still be sending are surely not sent any more."""
    Chunk.objects.update(created_at=F("created_at") - LEASE * 2)
    SnapshotCopy.objects.update(created_at=F("created_at") - timedelta(days=1))


def test_a_manifest_is_written_whatever_dies(drives: Lend) -> None:
    drives(3)
    file = stored(content(10), name="0")
    names = iter(range(1, 1000))

    def check() -> None:
        a_lease_later()
        manifests.tend()
        removal.sweep()
        file.refresh_from_db()
        rows = list(file.chunks.manifests().select_related("account"))
        assert file.manifest_due_at is None
        assert {(row.index, row.state) for row in rows} == {(file.manifest_number, Chunk.State.VERIFIED)}
        assert len({row.account_id for row in rows}) == 2
        for row in rows:
            path = Path(row.account.location) / row.object_id[:2] / row.object_id
            assert manifests.unseal(path.read_bytes()).name == file.name
        assert_books_balance()

    steps = at_every_step(
        lambda: manifests.write(file.pk), check, lambda: store.rename(file, name=str(next(names)), actor=None)
    )
    assert steps > 20


def test_a_snapshot_is_made_whatever_dies(drives: Lend) -> None:
    drives(3)
    file = stored(content(10))

    def prepare() -> None:
        Snapshot.objects.update(made_at=F("made_at") - timedelta(days=1))

    def check() -> None:
        a_lease_later()
        snapshots.tend()
        last = snapshots.newest()
        assert last is not None
        assert last.copies.filter(state=SnapshotCopy.State.VERIFIED).exists()
        assert Snapshot.objects.count() <= 9
        assert content_of(file) == content(10)
        assert_books_balance()

    assert at_every_step(lambda: snapshots.tend(), check, prepare, stride=2) > 20


def test_a_recovery_goes_on_whatever_dies(drives: Lend) -> None:
    drives(3)
    given = {"one": content(10), "two": content(MIB + 1)}
    for name, data in given.items():
        stored(data, name=name)
    manifests.tend()
    snapshots.tend()

    def prepare() -> None:
        lose_the_database()
        adopt(0, 1, 2)

    def check() -> None:
        recovery.restore(recovery.look())
        assert {file.name: content_of(file) for file in StoredFile.objects.all()} == given
        assert_books_balance()

    assert at_every_step(lambda: recovery.restore(recovery.look()), check, prepare, stride=5) > 40


def test_a_gc_goes_on_whatever_dies(drives: Lend) -> None:
    drives(3)
    file = stored(content(10))

    def prepare() -> None:
        leave_behind(file)
        looked_before()

    def check() -> None:
        orphans.remove(orphans.look())
        assert content_of(file) == content(10)
        assert_books_balance()

    assert at_every_step(lambda: orphans.remove(orphans.look()), check, prepare) > 10
