"""The database is lost: master keys and Drives give every file back."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from dfs import adoption, manifests, recovery, removal, repair, snapshots, store
from dfs.models import Chunk, DriveAccount, Job, JobLine, Orphan, Snapshot, SnapshotCopy, StoredFile
from dfs.pool import DriveRefused
from tests import people
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def lose_the_database() -> None:
    """Every row of the store is gone, as in a new database; folders and master keys stay."""
    StoredFile.objects.update(wrapped_key=None, state=StoredFile.State.ERASED)
    for model in (JobLine, Job, Chunk, SnapshotCopy, Snapshot, Orphan, StoredFile, DriveAccount):
        model.objects.all().delete()


def adopt(*numbers: int) -> None:
    for number in numbers:
        adoption.adopt_local(f"drive-{number}")


def some_files() -> dict[str, bytes]:
    """Stored under their names; one with a person, one empty, one of many pieces."""
    given = {"empty": b"", "small": content(10), "one piece": content(MIB), "large": content(7 * MIB + 5)}
    for name, data in given.items():
        stored(data, name=name, purpose="mine" if name == "small" else "console",
               owner=people.teacher() if name == "small" else None)  # fmt: skip
    return given


def assert_all_equal(given: dict[str, bytes]) -> None:
    assert {file.name: content_of(file) for file in StoredFile.objects.all()} == given
    repair.queue_healing()
    assert repair.verify(deep=True).is_clean


def assert_books_balance() -> None:
    for account in DriveAccount.objects.all():
        rows = [*account.chunks.all(), *account.snapshot_copies.all()]
        assert account.used_bytes == sum(row.size_bytes for row in rows)
        on_drive = {path.name for path in Path(account.location).glob("??/*")}
        assert on_drive == {row.object_id for row in rows}


@pytest.mark.parametrize("left", ["manifests", "snapshot", "both"])
def test_every_file_comes_back(drives: Lend, left: str) -> None:
    drives(5)
    given = some_files()
    if left in ("manifests", "both"):
        manifests.tend()
    if left in ("snapshot", "both"):
        snapshots.tend()
    lose_the_database()
    adopt(*range(5))
    survey = recovery.look()
    assert StoredFile.objects.count() == 0
    assert len(survey.files) == 4
    assert survey.is_complete
    done = recovery.restore(survey)
    assert (done.files, done.ownerless) == (4, 0)
    assert_all_equal(given)
    assert StoredFile.objects.get(name="small").owner == people.teacher()
    assert_books_balance()
    manifests.tend()
    assert_books_balance()
    again = recovery.look()
    assert (again.files, again.known) == ([], 4)
    assert recovery.restore(again).objects == 0


def test_two_of_five_drives_may_be_lost_with_the_database(drives: Lend) -> None:
    drives(5)
    given = some_files()
    manifests.tend()
    snapshots.tend()
    lose_the_database()
    adopt(1, 2, 4)
    survey = recovery.look()
    assert sorted(survey.away) == ["drive-0", "drive-3"]
    recovery.restore(survey)
    for job in repair.queue_healing():
        finish(job.file)
    assert {file.name: content_of(file) for file in StoredFile.objects.all()} == given
    assert repair.verify(deep=True).is_clean


def test_drives_that_are_added_later_complete_what_was_found_before(drives: Lend) -> None:
    drives(5)
    given = some_files()
    manifests.tend()
    snapshots.tend()
    told = Chunk.objects.manifests().filter(file__name="large").select_related("account")[0].account.label
    first = int(told.removeprefix("drive-"))  # of two that hold no word of any file, nothing would be found missing
    second, *others = (number for number in range(5) if number != first)
    lose_the_database()
    adopt(first, second)
    survey = recovery.look()
    recovery.restore(survey)
    assert any(file.spare < 0 for file in survey.files)
    manifests.tend()
    snapshots.make()
    adopt(*others)
    recovery.restore(recovery.look())
    for job in repair.queue_healing():
        finish(job.file)
    assert {file.name: content_of(file) for file in StoredFile.objects.all()} == given
    assert repair.verify(deep=True).is_clean


def test_without_the_master_key_the_headers_tell_that_something_is_there(drives: Lend, settings: Any) -> None:
    drives(5)
    stored(content(3 * MIB + 1))
    manifests.tend()
    snapshots.tend()
    lose_the_database()
    adopt(*range(5))
    settings.MASTER_KEYS = "other:" + "b" * 42 + "M="
    survey = recovery.look()
    assert survey.files == []
    assert survey.unopened == 2
    (trace,) = survey.traces.values()
    assert (trace.size_bytes, trace.objects) == (3 * MIB + 1, 8)
    assert not survey.is_complete
    assert recovery.restore(survey).files == 0


def test_an_erased_file_does_not_come_back(drives: Lend) -> None:
    """Even when one Drive slept through it all, with its piece and its manifest."""
    lent = drives(3)
    keep, gone = stored(content(20), name="keep"), stored(content(30), name="gone")
    manifests.tend()
    snapshots.tend()
    asleep = gone.chunks.content().select_related("account").earliest("pk").account
    aside = Path(asleep.location).with_name("aside")
    Path(asleep.location).rename(aside)
    repair.check_drives()
    store.erase(gone, actor=None)
    finish(gone)
    removal.sweep()
    assert snapshots.tend(timezone.now() + timedelta(hours=2)) is not None
    lose_the_database()
    aside.rename(asleep.location)
    adopt(*range(len(lent)))
    survey = recovery.look()
    assert [file.description.uuid for file in survey.files] == [keep.uuid]
    assert survey.erased == 1


def test_a_newer_manifest_beats_an_older_snapshot(drives: Lend) -> None:
    drives(3)
    file = stored(b"x", name="before")
    manifests.tend()
    snapshots.tend()
    store.rename(file, name="after", actor=None)
    store.trash(file, actor=None)
    manifests.tend()
    lose_the_database()
    adopt(0, 1, 2)
    recovery.restore(recovery.look())
    again = StoredFile.objects.get()
    assert again.name == "after"
    assert again.trashed_at == file.trashed_at


def test_a_living_registry_is_not_changed(drives: Lend) -> None:
    drives(5)
    file = stored(content(3 * MIB), name="old name")
    manifests.tend()
    snapshots.tend()
    StoredFile.objects.update(name="new name")
    before = list(Chunk.objects.order_by("pk").values())
    survey = recovery.look()
    assert (survey.files, survey.known) == ([], 1)
    recovery.restore(survey)
    file.refresh_from_db()
    assert file.name == "new name"
    assert list(Chunk.objects.order_by("pk").values()) == before


def test_a_person_who_is_not_here_is_counted(drives: Lend) -> None:
    drives(2)
    stored(b"x", owner=people.teacher(), purpose="mine")
    manifests.tend()
    lose_the_database()
    User.objects.filter(pk=people.teacher().pk).update(email="moved@example.org")
    adopt(0, 1)
    assert recovery.restore(recovery.look()).ownerless == 1
    assert StoredFile.objects.get().owner is None


def test_a_damaged_piece_is_not_taken_into_the_registry(drives: Lend) -> None:
    drives(5)
    file = stored(content(3 * MIB))
    manifests.tend()
    bad = file.chunks.content().select_related("account").earliest("pk")
    object_path(bad).write_bytes(object_path(bad).read_bytes()[:-1] + b"!")
    lose_the_database()
    adopt(*range(5))
    recovery.restore(recovery.look())
    again = StoredFile.objects.get()
    assert not again.chunks.filter(object_id=bad.object_id).exists()
    assert content_of(again) == content(3 * MIB)


def test_only_a_folder_with_a_marker_is_adopted(drives: Lend, tmp_path: Path) -> None:
    lent = drives(1)
    (tmp_path / "drives" / "plain").mkdir(parents=True)
    with pytest.raises(DriveRefused, match="nothing to adopt"):
        adoption.adopt_local("plain")
    assert adoption.adopt_local("drive-0").pk == lent[0].pk
    assert DriveAccount.objects.count() == 1


def test_a_drive_whose_folder_was_moved_is_found_again(drives: Lend, tmp_path: Path) -> None:
    lent = drives(2)
    file = stored(b"x")
    old, new = Path(lent[0].location), tmp_path / "elsewhere"
    old.rename(new)
    repair.check_drives()
    moved = adoption.adopt_local("drive-0", folder=new)
    assert (moved.pk, moved.state, moved.location) == (lent[0].pk, DriveAccount.State.ACTIVE, str(new))
    assert repair.verify(deep=True).is_clean
    assert content_of(file) == b"x"


def test_a_copy_of_a_drive_in_use_is_refused(drives: Lend, tmp_path: Path) -> None:
    import shutil

    lent = drives(1)
    shutil.copytree(lent[0].location, tmp_path / "copy")
    with pytest.raises(DriveRefused, match="copy of a Drive"):
        adoption.adopt_local("copied", folder=tmp_path / "copy")
