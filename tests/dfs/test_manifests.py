"""Manifests: what the registry says of a file, sealed, beside its pieces on p + 1 owners' Drives."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dfs import deposits, manifests, removal, repair, store
from dfs.models import Chunk, DriveAccount, StoredFile
from dfs.sealing import SealBroken
from tests import people
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, staged, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def written(data: bytes = b"x" * 3 * MIB, **more: Any) -> StoredFile:
    """A stored file whose manifests lie on the Drives."""
    file = stored(data, **more)
    assert manifests.write(file.pk)
    file.refresh_from_db()
    return file


def manifest_rows(file: StoredFile) -> list[Chunk]:
    return list(file.chunks.manifests().live().select_related("account"))


def test_a_stored_file_gets_a_manifest_with_p_plus_one_owners(drives: Lend) -> None:
    drives(5)
    file = stored(content(3 * MIB), owner=people.teacher(), name="प्रकाशिकी.pdf", purpose="mine")
    assert manifests.due().filter(pk=file.pk).exists()
    assert manifests.tend() == 1
    file.refresh_from_db()
    rows = manifest_rows(file)
    assert (file.manifest_due_at, file.manifest_number, file.manifest_kid) == (None, 1, "t1")
    assert {row.state for row in rows} == {Chunk.State.VERIFIED}
    assert len({row.account.owner_key for row in rows}) == 3
    told = manifests.unseal(object_path(rows[0]).read_bytes())
    assert (told.uuid, told.name, told.owner, told.crc32) == (file.uuid, file.name, people.teacher().email, file.crc32)
    assert {part.object_id for part in told.parts} == set(file.chunks.content().values_list("object_id", flat=True))
    assert manifests.tend() == 0


def test_a_manifest_shows_nothing_of_names_and_people(drives: Lend) -> None:
    drives(2)
    file = written(name="secret-name.pdf", owner=people.teacher(), purpose="mine")
    sealed = object_path(manifest_rows(file)[0]).read_bytes()
    assert b"secret-name" not in sealed
    assert str(people.teacher().email).encode() not in sealed
    with pytest.raises(zlib.error):
        zlib.decompress(sealed[96:])


@pytest.mark.parametrize("at", [30, 33, 36, 100, -1])
def test_a_changed_manifest_does_not_open(drives: Lend, at: int) -> None:
    drives(2)
    sealed = bytearray(object_path(manifest_rows(written())[0]).read_bytes())
    sealed[at] ^= 1
    with pytest.raises(SealBroken):
        manifests.unseal(bytes(sealed))


def test_another_files_manifest_under_this_ones_header_does_not_open(drives: Lend) -> None:
    drives(2)
    one, two = (object_path(manifest_rows(written(name=name))[0]).read_bytes() for name in "ab")
    with pytest.raises(SealBroken):
        manifests.unseal(one[:96] + two[96:])


@pytest.mark.parametrize("change", ["rename", "trash", "restore"])
def test_what_a_manifest_tells_follows_the_row(drives: Lend, change: str) -> None:
    drives(3)
    file = written()
    if change == "restore":
        store.trash(file, actor=None)
        manifests.tend()
    {
        "rename": lambda: store.rename(file, name="other.bin", actor=None),
        "trash": lambda: store.trash(file, actor=None),
        "restore": lambda: store.restore(file, actor=None),
    }[change]()
    assert manifests.tend() == 1
    file.refresh_from_db()
    rows = manifest_rows(file)
    told = manifests.unseal(object_path(rows[0]).read_bytes())
    assert (told.name, told.trashed_at) == (file.name, file.trashed_at)
    assert {row.index for row in rows} == {file.manifest_number}
    assert file.chunks.manifests().count() == len(rows) == 2


@pytest.mark.parametrize("damage", ["gone", "rotten", "owner gone", "moving out"])
def test_a_manifest_that_is_short_is_written_again(drives: Lend, damage: str) -> None:
    drives(4)
    file = written()
    row = manifest_rows(file)[0]
    if damage == "gone":
        object_path(row).unlink()
    elif damage == "rotten":
        object_path(row).write_bytes(b"rot")
    elif damage == "owner gone":
        Path(row.account.location).rename(Path(row.account.location).with_name("aside"))
    else:
        DriveAccount.objects.filter(pk=row.account_id).update(state=DriveAccount.State.DRAINING)
    assert manifests.tend() == (damage == "moving out")
    repair.verify()
    manifests.tend()
    rows = manifest_rows(file)
    assert len({row.account_id for row in rows}) == 3
    assert all(manifests.unseal(object_path(row).read_bytes()).uuid == file.uuid for row in rows)


def test_manifests_do_not_count_as_pieces(drives: Lend) -> None:
    drives(5)
    file = written()
    rows = list(file.chunks.select_related("account"))
    assert repair.redundancy(file, rows).spare == 2
    Chunk.objects.manifests().update(state=Chunk.State.MISSING)
    assert repair.redundancy(file, list(file.chunks.select_related("account"))).spare == 2
    assert repair.queue_healing() == []
    assert repair.verify(deep=True).is_clean


def test_healing_keeps_the_manifests_and_makes_new_ones_due(drives: Lend) -> None:
    drives(6)
    file = written()
    object_path(file.chunks.content().select_related("account").earliest("pk")).unlink()
    repair.verify()
    repair.queue_healing()
    finish(file)
    assert len(manifest_rows(file)) == 3
    assert manifests.tend() == 1
    told = manifests.unseal(object_path(manifest_rows(file)[0]).read_bytes())
    assert {part.object_id for part in told.parts} == set(file.chunks.content().values_list("object_id", flat=True))


def test_erasing_takes_the_manifests_along(drives: Lend) -> None:
    lent = drives(3)
    file = written()
    paths = [object_path(row) for row in manifest_rows(file)]
    store.erase(file, actor=None)
    finish(file)
    removal.sweep()
    assert not any(path.exists() for path in paths)
    assert not manifests.write(file.pk)
    assert {DriveAccount.objects.get(pk=drive.pk).used_bytes for drive in lent} == {0}


def test_without_a_drive_with_room_the_manifest_stays_due(drives: Lend) -> None:
    lent = drives(2)
    file = stored(content(10))
    DriveAccount.objects.update(state=DriveAccount.State.PAUSED)
    assert manifests.tend() == 0
    assert file.chunks.manifests().count() == 0
    DriveAccount.objects.filter(pk=lent[0].pk).update(state=DriveAccount.State.ACTIVE)
    assert manifests.tend() == 1
    DriveAccount.objects.update(state=DriveAccount.State.ACTIVE)
    assert manifests.tend() == 1
    assert len(manifest_rows(file)) == 2


def test_a_file_still_being_stored_has_none(drives: Lend) -> None:
    drives(1)
    file = staged(b"x")
    assert not manifests.write(file.pk)
    assert manifests.tend() == 0


def test_a_change_during_the_writing_keeps_the_file_due(drives: Lend, monkeypatch: pytest.MonkeyPatch) -> None:
    drives(2)
    file = stored(b"x")
    put = deposits.put

    def renamed_meanwhile(*args: Any) -> Any:
        StoredFile.objects.filter(pk=file.pk).update(name="new")
        manifests.lag(StoredFile.objects.filter(pk=file.pk))
        return put(*args)

    monkeypatch.setattr(deposits, "put", renamed_meanwhile)
    manifests.write(file.pk)
    assert manifests.due().filter(pk=file.pk).exists()
    monkeypatch.undo()
    manifests.tend()
    assert manifests.unseal(object_path(manifest_rows(file)[0]).read_bytes()).name == "new"
    assert content_of(file) == b"x"


def test_one_person_with_two_drives_has_a_manifest_on_both(drives: Lend) -> None:
    lent = drives(2)
    DriveAccount.objects.update(owner=people.teacher())
    file = written()
    assert {row.account_id for row in manifest_rows(file)} == {drive.pk for drive in lent}


def test_a_second_drive_gets_the_manifest_that_lay_with_the_first_alone(drives: Lend) -> None:
    drives(1)
    file = written()
    assert len(manifest_rows(file)) == 1
    drives(1, prefix="second")
    assert manifests.tend() == 1
    assert len({row.account_id for row in manifest_rows(file)}) == 2
