"""Snapshots of the registry: when one is made, what it holds, when it goes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from dfs import pool, repair, snapshots, store
from dfs.models import DriveAccount, Snapshot, SnapshotCopy, StoredFile
from dfs.sealing import SealBroken
from tests import people
from tests.dfs.conftest import content, finish, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def bytes_of(copy: SnapshotCopy) -> bytes:
    return path_of(copy).read_bytes()


def path_of(copy: SnapshotCopy) -> Path:
    return Path(copy.account.location) / copy.object_id[:2] / copy.object_id


def days_later(days: float) -> None:
    """As if everything had been made so much earlier."""
    for snapshot in Snapshot.objects.all():
        Snapshot.objects.filter(pk=snapshot.pk).update(made_at=snapshot.made_at - timedelta(days=days))
    for copy in SnapshotCopy.objects.all():
        SnapshotCopy.objects.filter(pk=copy.pk).update(created_at=copy.created_at - timedelta(days=days))


def test_a_snapshot_lies_with_three_owners_and_tells_every_file(drives: Lend) -> None:
    drives(5)
    files = [stored(content(1000 * number + 1), name=f"{number}.bin") for number in range(3)]
    gone = stored(b"gone")
    store.erase(gone, actor=None)
    made = snapshots.tend()
    assert made is not None
    copies = list(made.copies.select_related("account"))
    assert len({copy.account.owner_key for copy in copies}) == 3
    assert {copy.state for copy in copies} == {SnapshotCopy.State.VERIFIED}
    picture = snapshots.unseal(bytes_of(copies[0]))
    assert {told.uuid for told in picture.files} == {file.uuid for file in files}
    assert picture.erased == {gone.uuid}
    assert len(picture.drives) == 5
    assert all(len(told.parts) == 3 for told in picture.files)


def test_a_snapshot_shows_nothing_and_cannot_be_changed(drives: Lend) -> None:
    drives(1)
    stored(b"x", name="secret-name.pdf")
    made = snapshots.make()
    assert made is not None
    sealed = bytearray(bytes_of(made.copies.get()))
    assert b"secret-name" not in sealed
    sealed[12] ^= 1  # its own uuid
    with pytest.raises(SealBroken):
        snapshots.unseal(bytes(sealed))


def test_one_is_made_a_day_and_seven_are_kept(drives: Lend) -> None:
    drives(3)
    stored(b"x")
    for _day in range(9):
        assert snapshots.tend() is not None
        assert snapshots.tend() is None
        days_later(1)
    snapshots.tend()
    assert Snapshot.objects.count() <= 7
    on_drives = {path.name for drive in DriveAccount.objects.all() for path in Path(drive.location).glob("??/*")}
    assert set(SnapshotCopy.objects.values_list("object_id", flat=True)) <= on_drives


def test_the_last_one_is_kept_however_old(drives: Lend) -> None:
    drives(3)
    stored(b"x")
    made = snapshots.tend()
    DriveAccount.objects.update(state=DriveAccount.State.PAUSED)
    days_later(30)
    assert snapshots.tend() is None
    assert snapshots.newest() == made


def test_an_empty_registry_is_no_news(drives: Lend) -> None:
    drives(3)
    assert snapshots.tend() is None


def test_an_erased_key_is_in_no_snapshot_after_an_hour_but_those_of_other_days(drives: Lend) -> None:
    drives(3)
    file = stored(b"x")
    first = snapshots.tend()
    store.erase(file, actor=None)
    assert snapshots.tend() is None
    days_later(1.5 / 24)
    second = snapshots.tend(timezone.now())
    assert second is not None
    copies = second.copies.select_related("account")
    assert snapshots.unseal(bytes_of(copies[0])).erased == {file.uuid}
    old = Snapshot.objects.filter(pk=first.pk).first() if first else None
    assert old is None or timezone.localdate(old.made_at) < timezone.localdate(second.made_at)


@pytest.mark.parametrize("loss", ["object", "owner"])
def test_a_snapshot_that_is_short_is_made_again(drives: Lend, loss: str) -> None:
    drives(4)
    stored(b"x")
    made = snapshots.tend()
    assert made is not None
    copy = made.copies.select_related("account").earliest("pk")
    if loss == "object":
        path_of(copy).unlink()
        assert not repair.verify().is_clean
    else:
        Path(copy.account.location).rename(Path(copy.account.location).with_name("aside"))
        repair.check_drives()
    days_later(0.1)
    again = snapshots.tend()
    assert again is not None
    assert again.copies.filter(state=SnapshotCopy.State.VERIFIED).count() == 3


def test_a_drive_given_back_keeps_no_snapshot(drives: Lend) -> None:
    lent = drives(2)
    file = stored(b"x")
    snapshots.tend()
    store.erase(file, actor=None)
    finish(file)
    copy = lent[0].snapshot_copies.get()
    path = path_of(copy)
    pool.forget(lent[0], actor=None)
    assert not path.exists()
    assert not SnapshotCopy.objects.filter(pk=copy.pk).exists()
    assert StoredFile.objects.get().state == StoredFile.State.ERASED


def test_one_person_with_two_drives_has_a_snapshot_on_both(drives: Lend) -> None:
    lent = drives(2)
    DriveAccount.objects.update(owner=people.teacher())
    stored(b"x")
    made = snapshots.tend()
    assert made is not None
    assert set(made.copies.values_list("account", flat=True)) == {drive.pk for drive in lent}
