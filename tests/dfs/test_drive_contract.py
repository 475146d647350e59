"""What every Drive must do, run against every implementation."""

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest

from dfs.drives import Drive, DriveError, Trouble, local
from tests.dfs.conftest import content
from tests.dfs.googling import drive_of


@pytest.fixture(params=["local", "google"])
def drive(request: pytest.FixtureRequest, tmp_path: Path) -> Drive:
    if request.param == "google":
        emulator = request.getfixturevalue("google")
        return drive_of(emulator, emulator.account("meera@example.org"))
    account = uuid.uuid4()
    folder = tmp_path / "drive"
    local.prepare(folder, account)
    return local.LocalDrive(folder, account)


def put(drive: Drive, data: bytes, object_id: str | None = None) -> str:
    object_id = object_id or drive.reserve_ids(1)[0]
    digest = hashlib.md5(data).hexdigest()  # noqa: S324
    drive.put(object_id, "c1.name", [data[:10], memoryview(data)[10:]], digest)
    return object_id


def test_an_object_comes_back_and_tells_its_size_and_digest(drive: Drive) -> None:
    data = content(100_000)
    object_id = put(drive, data)
    there = drive.stat(object_id)
    assert (there.size_bytes, there.md5) == (len(data), hashlib.md5(data).hexdigest())  # noqa: S324
    assert drive.get(object_id) == data
    assert drive.get(object_id, 5, 55) == data[5:55]
    assert [found.object_id for found in drive.list()] == [object_id]


def test_an_object_removed_during_a_list_does_not_end_the_list(drive: Drive) -> None:
    """A worker removes what is not needed any more while another compares."""
    known = {put(drive, content(100, seed=number)) for number in range(20)}
    listing = drive.list()
    first = next(listing).object_id
    gone = sorted(known - {first})[::2]
    for object_id in gone:
        drive.delete(object_id)
    assert {found.object_id for found in listing} >= known - {first} - set(gone)


def test_putting_the_same_object_again_is_success(drive: Drive) -> None:
    object_id = put(drive, b"x" * 20)
    assert put(drive, b"x" * 20, object_id) == object_id
    assert len(list(drive.list())) == 1


def test_reserved_ids_are_never_the_same(drive: Drive) -> None:
    assert len(set(drive.reserve_ids(50))) == 50


def test_a_missing_object_is_said_to_be_missing(drive: Drive) -> None:
    for ask in (drive.get, drive.stat):
        with pytest.raises(DriveError) as caught:
            ask(drive.reserve_ids(1)[0])
        assert caught.value.trouble is Trouble.MISSING


def test_deleting_twice_is_deleting_once(drive: Drive) -> None:
    object_id = put(drive, b"y" * 20)
    drive.delete(object_id)
    drive.delete(object_id)
    assert list(drive.list()) == []


def test_a_healthy_drive_tells_its_quota(drive: Drive) -> None:
    quota = drive.check()
    assert quota.limit_bytes is None or 0 <= quota.used_bytes <= quota.limit_bytes


def test_a_range_past_the_end_is_short_and_not_an_error(drive: Drive) -> None:
    assert drive.get(put(drive, b"z" * 20), 15, 40) == b"z" * 5


@pytest.mark.parametrize("next_step", ["put", "delete"])
def test_what_a_killed_worker_left_half_written_goes(tmp_path: Path, next_step: str) -> None:
    account, folder = uuid.uuid4(), tmp_path / "d"
    local.prepare(folder, account)
    drive = local.LocalDrive(folder, account)
    object_id = put(drive, b"a" * 20)
    draft = folder / object_id[:2] / f".{object_id}.0123abcd"
    draft.write_bytes(b"half of it")
    if next_step == "put":
        put(drive, b"a" * 20, object_id)
    else:
        drive.delete(object_id)
    assert not draft.exists()


@pytest.mark.parametrize("wound", ["removed", "emptied", "another's"])
def test_a_folder_that_is_not_the_drive_any_more_is_unreachable(tmp_path: Path, wound: str) -> None:
    account, folder = uuid.uuid4(), tmp_path / "d"
    local.prepare(folder, account)
    drive: Any = local.LocalDrive(folder, account)
    object_id = put(drive, b"a" * 20)
    shutil.rmtree(folder)
    if wound != "removed":
        folder.mkdir()
    if wound == "another's":
        local.prepare(folder, uuid.uuid4())
    for act in (
        drive.check,
        lambda: drive.get(object_id),
        lambda: put(drive, b"b" * 20),
        lambda: drive.delete(object_id),
    ):
        with pytest.raises(DriveError) as caught:
            act()
        assert caught.value.trouble is Trouble.UNREACHABLE
    assert not folder.exists() or {path.name for path in folder.iterdir()} <= {local.MARKER}


def test_an_id_cannot_point_outside_the_folder(drive: Drive) -> None:
    with pytest.raises(DriveError):
        drive.get("../../secret")
