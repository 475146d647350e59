"""`dfs gc`: which objects without a row are removed, and the many that are not."""

import os
import shutil
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts.keys import mark_master_keys
from dfs import manifests, orphans, repair, snapshots, store
from dfs.models import Chunk, DriveAccount, Orphan, SnapshotCopy, StoredFile
from dfs.orphans import GcRefused
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, staged, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


@pytest.fixture
def file(drives: Lend) -> StoredFile:
    drives(5)
    return stored(content(3 * MIB))


def leave_behind(file: StoredFile, *, on: DriveAccount | None = None, days: float = 2) -> Path:
    """An object of the file that no row explains, as old as said."""
    row = file.chunks.content().select_related("account").earliest("pk")
    name = uuid.uuid4().hex
    path = Path((on or row.account).location) / name[:2] / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(object_path(row), path)
    age(path, days)
    return path


def age(path: Path, days: float) -> None:
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def looked_before(hours: float = 2) -> None:
    """An earlier look saw what is there now."""
    orphans.look(timezone.now() - timedelta(hours=hours))


def test_an_orphan_goes_after_two_looks_and_a_day(file: StoredFile) -> None:
    path = leave_behind(file)
    looked_before()
    look = orphans.look()
    assert (len(look.orphans), len(look.ready), look.unknown) == (1, 1, set())
    assert path.exists()
    assert orphans.remove(look) == 1
    assert not path.exists()
    assert Orphan.objects.count() == 0
    assert repair.verify(deep=True).is_clean


@pytest.mark.parametrize(("days", "hours"), [(0.5, 2.0), (2, 0.2)], ids=["young", "seen once"])
def test_a_young_or_hardly_seen_orphan_stays(file: StoredFile, days: float, hours: float) -> None:
    path = leave_behind(file, days=days)
    looked_before(hours)
    look = orphans.look()
    assert (len(look.orphans), look.ready) == (1, [])
    assert orphans.remove(look) == 0
    assert path.exists()


def test_strangers_files_are_not_ours(file: StoredFile) -> None:
    folder = Path(file.chunks.content()[0].account.location)
    (folder / "ab").mkdir(exist_ok=True)
    for name, data in (("abletter", b"Dear diary"), ("abempty", b""), ("ablong", bytes(200))):
        (folder / "ab" / name).write_bytes(data)
        age(folder / "ab" / name, 30)
    looked_before()
    look = orphans.look()
    assert (look.orphans, look.unknown) == ([], set())
    assert (folder / "ab" / "abletter").exists()


def test_a_restored_older_database_deletes_nothing_it_does_not_know(file: StoredFile) -> None:
    """Fault 36: a file stored after the backup was made is unknown now, and must stay for `dfs recover`."""
    newer = stored(content(10))
    paths = [object_path(row) for row in newer.chunks.select_related("account")]
    for path in paths:
        age(path, 5)
    newer.jobs.all().delete()
    newer.chunks.all().delete()
    key = newer.uuid
    newer.delete()
    looked_before()
    look = orphans.look()
    assert (look.ready, look.unknown) == ([], {key})
    assert all(path.exists() for path in paths)


def test_nothing_goes_of_a_file_whose_manifest_is_newer_than_the_registry(file: StoredFile) -> None:
    manifests.tend()
    for row in file.chunks.manifests().select_related("account"):
        age(object_path(row), 5)
    file.chunks.manifests().delete()
    StoredFile.objects.update(manifest_number=0)
    looked_before()
    look = orphans.look()
    assert (look.ready, look.unknown) == ([], {file.uuid})


def test_nothing_goes_of_a_file_that_is_not_whole(file: StoredFile) -> None:
    """The row of a piece is lost or wrong: the object without a row may be the very one that is missing."""
    leave_behind(file)
    Chunk.objects.filter(pk=file.chunks.content()[0].pk).update(state=Chunk.State.MISSING)
    looked_before()
    look = orphans.look()
    assert (look.ready, look.in_use) == ([], 1)


def test_nothing_goes_of_a_file_that_is_being_stored(file: StoredFile) -> None:
    path = leave_behind(file)
    young = staged(b"x")
    raw = bytearray(path.read_bytes())
    raw[12:28] = young.uuid.bytes
    path.write_bytes(raw)
    age(path, 5)
    looked_before()
    assert orphans.look().in_use == 1


def test_what_is_left_of_an_erased_file_goes(file: StoredFile) -> None:
    path = leave_behind(file)
    store.erase(file, actor=None)
    finish(file)
    looked_before()
    assert orphans.remove(orphans.look()) == 1
    assert not path.exists()


def test_more_than_a_few_must_be_counted(file: StoredFile) -> None:
    paths = [leave_behind(file) for _number in range(3)]
    looked_before()
    look = orphans.look()
    assert (len(look.ready), look.limit) == (3, 1)
    for wrong in (None, 2, 4):
        with pytest.raises(GcRefused, match="--confirm 3"):
            orphans.remove(look, counted=wrong)
    assert all(path.exists() for path in paths)
    assert orphans.remove(look, counted=3) == 3


@pytest.mark.parametrize("state", ["SUSPECT", "LOST", "NEEDS_REAUTH"])
def test_nothing_goes_while_a_drive_is_silent(file: StoredFile, state: str) -> None:
    account = file.chunks.content()[0].account
    Path(account.location).rename(Path(account.location).with_name("aside"))
    DriveAccount.objects.filter(pk=account.pk).update(state=state)
    with pytest.raises(GcRefused, match="drive-"):
        orphans.look()


def test_nothing_goes_when_the_registry_is_empty(drives: Lend) -> None:
    drives(2)
    with pytest.raises(GcRefused, match="knows no file"):
        orphans.look()


def test_nothing_goes_with_other_master_keys(file: StoredFile, settings: Any) -> None:
    mark_master_keys()
    settings.MASTER_KEYS = "other:" + "b" * 42 + "M="
    with pytest.raises(ImproperlyConfigured):
        orphans.look()


def test_an_unknown_snapshot_stays_for_a_week(file: StoredFile) -> None:
    made = snapshots.make()
    assert made is not None
    copies = list(made.copies.select_related("account"))
    paths = [Path(copy.account.location) / copy.object_id[:2] / copy.object_id for copy in copies]
    SnapshotCopy.objects.all().delete()
    made.delete()
    for path in paths:
        age(path, 3)
    looked_before()
    assert (len(orphans.look().orphans), orphans.look().ready) == (3, [])
    for path in paths:
        age(path, 8)
    assert len(orphans.look().ready) == 3


def test_an_orphan_that_a_row_explains_by_now_is_forgotten(file: StoredFile) -> None:
    path = leave_behind(file)
    looked_before()
    look = orphans.look()
    row = file.chunks.content().earliest("pk")
    Chunk.objects.filter(pk=row.pk).update(object_id=path.name)
    assert orphans.remove(look) == 0
    assert path.exists()
    Chunk.objects.filter(pk=row.pk).update(object_id=row.object_id)
    assert content_of(file) == content(3 * MIB)
