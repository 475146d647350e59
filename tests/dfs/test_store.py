"""A file goes in, lies encrypted with five owners, and comes back whole."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coaching.lib.errors import TooLarge
from dfs import jobs, pool, repair, spool, store, work
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, staged, stored

Lend = Callable[..., list[DriveAccount]]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 1, 7 * MIB + 12_345])
def test_any_size_comes_back_equal(drives: Lend, size: int) -> None:
    drives(5)
    data = content(size)
    file = stored(data)
    assert content_of(file) == data
    assert (file.k, file.p) == (3, 2)


def test_a_file_taken_back_while_the_trash_is_emptied_stays(drives: Lend) -> None:
    drives(2)
    file = stored(content(10))
    store.trash(file, actor=None)
    seen = StoredFile.objects.in_trash().get()
    store.restore(file, actor=None)
    store.erase_trashed(seen, actor=None)
    assert content_of(StoredFile.objects.live().get()) == content(10)
    store.trash(file, actor=None)  # and put there anew it has its seven days again
    store.erase_trashed(seen, actor=None)
    assert StoredFile.objects.in_trash().exists()


def test_no_plaintext_is_left_on_disk(drives: Lend, data_dir: Path) -> None:
    drives(5)
    marker = b"the answer to question seven is 42" * 4
    file = stored(content(2 * MIB) + marker + content(MIB))
    assert b"".join(store.read(file)).count(marker) == 1
    for path in data_dir.rglob("*"):
        if path.is_file():
            assert marker[:34] not in path.read_bytes(), path
    assert list(spool.folder().iterdir()) == []


def test_each_object_of_a_stripe_lies_with_another_owner(drives: Lend) -> None:
    drives(7)
    file = stored(content(6 * MIB))
    for stripe in range(2):
        data = Chunk.objects.filter(file=file, kind="DATA", index__in=range(stripe * 3, stripe * 3 + 3))
        parity = Chunk.objects.filter(file=file, kind="PARITY", index=stripe)
        owners = [row.account.owner_key for row in (data | parity).select_related("account")]
        assert len(owners) == len(set(owners)) == 5


@pytest.mark.parametrize(
    ("owners", "policy", "objects"), [(1, (1, 1), 6), (2, (1, 1), 6), (3, (1, 1), 6), (4, (2, 2), 7), (5, (3, 2), 5)]
)
def test_redundancy_follows_the_owners(drives: Lend, owners: int, policy: tuple[int, int], objects: int) -> None:
    """Three chunks; under 2+2 the second stripe has one chunk and so three copies."""
    drives(owners)
    file = stored(content(3 * MIB))
    assert (file.k, file.p) == policy
    assert file.chunks.count() == objects


@pytest.mark.parametrize(("first", "then", "policy"), [("4+1", "auto", (3, 2)), ("3+2", "2+3", (2, 3))])
def test_a_file_rises_when_more_owners_may_vanish_than_before(
    drives: Lend, settings: Any, first: str, then: str, policy: tuple[int, int]
) -> None:
    """Also over as many owners as it lay on already."""
    drives(5)
    settings.DFS_REDUNDANCY = first
    file = stored(content(5 * MIB))
    settings.DFS_REDUNDANCY = then
    [job] = repair.queue_healing()
    assert work.perform(job.pk) == Job.State.COMPLETE
    file.refresh_from_db()
    assert (file.k, file.p) == policy
    assert repair.queue_healing() == []
    settings.DFS_REDUNDANCY = "1+1"
    assert repair.queue_healing() == []


def test_a_small_file_becomes_copies(drives: Lend) -> None:
    drives(5)
    file = stored(b"small")
    rows = list(file.chunks.all())
    assert [row.kind for row in rows] == ["DATA"] * 3
    assert len({row.md5 for row in rows}) == 1
    assert len({row.account_id for row in rows}) == 3


def test_the_wanted_redundancy_is_laid_down(drives: Lend, settings: object) -> None:
    settings.DFS_REDUNDANCY = "2+1"  # type: ignore[attr-defined]
    drives(5)
    file = stored(content(4 * MIB))
    assert (file.k, file.p) == (2, 1)
    assert file.chunks.count() == 6


def test_a_job_without_a_drive_waits_and_says_why_and_goes_on_when_one_comes(drives: Lend) -> None:
    file = staged(b"patient")
    assert finish(file) == Job.State.WAITING
    job = file.jobs.get()
    assert "No Drive" in job.reason
    assert b"".join(store.read(stored_after(lambda: drives(1), file))) == b"patient"


def stored_after(change: Callable[[], object], file: StoredFile) -> StoredFile:
    change()
    assert work.perform(file.jobs.get().pk) == Job.State.COMPLETE
    file.refresh_from_db()
    return file


def test_a_job_that_finds_every_drive_full_waits_and_nothing_is_half_registered(drives: Lend) -> None:
    lent = drives(5, cap_bytes=MIB)
    file = staged(content(20 * MIB))
    assert finish(file) == Job.State.WAITING
    assert "room" in file.jobs.get().reason
    DriveAccount.objects.update(cap_bytes=10**9)
    data = content_of(stored_after(lambda: jobs.hurry_waiting(), file))
    assert data == content(20 * MIB)
    for account in lent:
        account.refresh_from_db()
        assert account.used_bytes == sum(row.size_bytes for row in account.chunks.all())


def test_one_owner_with_room_for_one_copy_and_not_for_two_is_no_endless_search(drives: Lend) -> None:
    drives(1, cap_bytes=MIB + MIB // 2)
    file = staged(content(MIB - 100))
    for _again in range(2):
        assert finish(file) == Job.State.WAITING
        jobs.retry(file.jobs.get(), actor=None)
    drives(1, prefix="second", cap_bytes=MIB + MIB // 2)
    finish(file)
    assert file.state == StoredFile.State.STORED
    assert len(set(file.chunks.values_list("account_id", flat=True))) == 2


def test_the_lent_space_is_never_exceeded(drives: Lend) -> None:
    drives(5, cap_bytes=3 * MIB)
    for number in range(4):
        finish(staged(content(2 * MIB, seed=number)))
    for account in DriveAccount.objects.all():
        assert account.used_bytes <= account.cap_bytes
        assert sum(path.stat().st_size for path in Path(account.location).rglob("*") if path.is_file()) <= 3 * MIB + 200


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(settings: object, db: None) -> None:
    settings.DFS_MAX_UPLOAD_BYTES = MIB  # type: ignore[attr-defined]
    with pytest.raises(TooLarge):
        staged(content(MIB + 1))
    assert not StoredFile.objects.exists()
    assert list(spool.folder().iterdir()) == []


def test_erasing_destroys_the_key_at_once_and_the_objects_after_it(drives: Lend) -> None:
    drives(5)
    file = stored(content(MIB))
    paths = [object_path(row) for row in file.chunks.select_related("account")]
    store.erase(file, actor=None)
    assert file.state == StoredFile.State.ERASED
    assert file.wrapped_key is None
    assert finish(file) == Job.State.COMPLETE
    assert not any(path.exists() for path in paths)
    assert not file.chunks.exists()
    assert set(DriveAccount.objects.values_list("used_bytes", flat=True)) == {0}


def test_erasing_twice_is_erasing_once(drives: Lend) -> None:
    drives(2)
    file = stored(b"once")
    store.erase(file, actor=None)
    store.erase(file, actor=None)
    assert file.jobs.filter(kind=Job.Kind.ERASE).count() == 1


def test_an_erased_file_cannot_be_taken_out_of_the_trash(drives: Lend) -> None:
    drives(1)
    file = stored(b"gone")
    store.trash(file, actor=None)
    store.erase(file, actor=None)
    with pytest.raises(store.NoSuchState):
        store.restore(file, actor=None)


def test_cancelling_a_waiting_upload_erases_it(db: None) -> None:
    file = staged(b"never mind")
    assert jobs.cancel(file.jobs.get(), actor=None)
    file.refresh_from_db()
    assert file.state == StoredFile.State.ERASED
    assert list(spool.folder().iterdir()) == []
    assert not jobs.cancel(file.jobs.get(kind=Job.Kind.DISTRIBUTE), actor=None)


def test_a_thousand_small_reads_of_a_stream_make_one_file(drives: Lend) -> None:
    drives(1)

    class Trickle(io.RawIOBase):
        left = 1_000

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"x" if self.left >= 0 else b""

    file = store.put(Trickle(), name="drip", purpose="console", owner=None)  # type: ignore[arg-type]
    finish(file)
    assert content_of(file) == b"x" * 1_000


def test_two_drives_cannot_share_a_folder_or_a_name(drives: Lend, data_dir: Path) -> None:
    first = drives(1)[0]
    with pytest.raises(pool.DriveRefused):
        pool.add_local("other", folder=Path(first.location))
    with pytest.raises(pool.DriveRefused):
        pool.add_local(first.label, folder=data_dir / "elsewhere")
    with pytest.raises(pool.DriveRefused):
        pool.add_local("../escape")
    assert DriveAccount.objects.count() == 1
