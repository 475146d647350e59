"""What the erasure of a file says of what is left while Drives do not answer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dfs import erasure, manifests, removal, repair, snapshots, store
from dfs.models import DriveAccount, Job, JobLine, StoredFile
from tests.dfs.conftest import content, finish, stored

pytestmark = pytest.mark.django_db
Lend = Callable[..., list[DriveAccount]]


def erased_with_one_asleep(seed: int) -> tuple[StoredFile, Path, Path]:
    """An erased file of two Drives with manifests and a snapshot on both, one Drive moved aside before."""
    file = stored(content(1000, seed=seed))
    manifests.tend()
    assert snapshots.tend() is not None
    folder = Path(file.chunks.content().select_related("account").earliest("pk").account.location)
    aside = folder.with_name("aside")
    folder.rename(aside)
    store.erase(file, actor=None)
    assert finish(file) == Job.State.COMPLETE
    return file, aside, folder


def test_erase_job_counts_what_lies_on_silent_drives(drives: Lend) -> None:
    drives(2)
    file, _aside, _folder = erased_with_one_asleep(1)
    reason = file.jobs.get(kind=Job.Kind.ERASE).reason
    assert "remain until these return: 1 piece, 1 manifest, 1 snapshot." in reason
    assert "Its key is destroyed" in reason
    assert reason == JobLine.objects.get(job__kind=Job.Kind.ERASE, verb="erase").text
    assert len(reason) < 250  # it is cut at 300, and other languages are longer


def test_what_remained_is_nothing_once_the_drive_returned(drives: Lend) -> None:
    drives(2)
    file, aside, folder = erased_with_one_asleep(2)
    assert any("lie on silent Drives" in line for line in erasure.lines(erasure.report(file) or {}))
    aside.rename(folder)
    repair.check_drives()
    removal.sweep()
    assert erasure.remains(file) == ""
    told = erasure.report(file) or {}
    assert (told["objects_left"], told["snapshots_left"], told["snapshots_out_of_reach"]) == (0, 1, 0)


def test_erase_job_says_nothing_where_every_drive_answers(drives: Lend) -> None:
    drives(2)
    file = stored(content(1000))
    manifests.tend()
    snapshots.tend()
    store.erase(file, actor=None)
    finish(file)
    assert file.jobs.get(kind=Job.Kind.ERASE).reason == ""


def test_a_snapshot_made_before_the_file_is_not_counted(drives: Lend) -> None:
    drives(2)
    stored(content(10))
    assert snapshots.tend() is not None
    file = stored(content(1000, seed=3))
    manifests.tend()
    DriveAccount.objects.update(state=DriveAccount.State.LOST)
    store.erase(file, actor=None)
    assert "snapshot" not in erasure.remains(file)
    assert "2 manifests" in erasure.remains(file)
