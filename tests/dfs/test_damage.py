"""What happens to objects on people's Drives, and that no byte is ever wrong. Numbers: the store's list of faults."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync

from dfs import jobs, pool, reassembly, repair, store, streaming
from dfs.cache import object_cache
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from dfs.reassembly import FileDamaged
from tests.dfs.conftest import MIB, content, content_of, finish, object_path, stored

Lend = Callable[..., list[DriveAccount]]
pytestmark = pytest.mark.django_db(transaction=True)
DATA = content(7 * MIB + 5)


@pytest.fixture
def file(drives: Lend) -> StoredFile:
    drives(5)
    return stored(DATA)


def row(file: StoredFile, kind: str = "DATA", index: int = 0) -> Chunk:
    return file.chunks.select_related("account").filter(kind=kind, index=index).first()  # type: ignore[return-value]


def flip(path: Path, at: int = 5_000) -> None:
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def heal(file: StoredFile) -> None:
    repair.verify(deep=True)
    repair.queue_healing()
    finish(file)
    assert repair.verify(deep=True).is_clean
    assert content_of(file) == DATA


def test_a_deleted_object_is_rebuilt_while_reading_and_healed_after(file: StoredFile) -> None:
    """Fault 27."""
    chunk = row(file)
    object_path(chunk).unlink()
    assert content_of(file) == DATA
    chunk.refresh_from_db()
    assert chunk.state == Chunk.State.MISSING
    assert file.jobs.get(kind=Job.Kind.REPAIR).state == Job.State.PENDING
    finish(file)
    assert repair.verify(deep=True).is_clean


@pytest.mark.parametrize("at", [0, 40, 95, 96, 5_000, -1], ids=lambda at: f"byte {at}")
def test_a_flipped_bit_anywhere_is_noticed_and_healed(file: StoredFile, at: int) -> None:
    """Fault 28. A bit in the header's padding cannot harm a reader but the digest still shows it."""
    flip(object_path(row(file, index=1)), at)
    assert content_of(file) == DATA
    findings = repair.verify()
    assert findings.corrupt == 1
    heal(file)


def test_an_object_replaced_by_another_valid_one_is_refused(file: StoredFile) -> None:
    """Fault 29: of the same file, of another file, of an older generation."""
    first, second = object_path(row(file, index=0)), object_path(row(file, index=1))
    shutil.copy(second, first)
    assert content_of(file) == DATA
    heal(file)
    other = stored(content(7 * MIB + 5, seed=9))
    shutil.copy(object_path(row(other, index=2)), object_path(row(file, index=2)))
    assert content_of(file) == DATA
    heal(file)


def test_a_truncated_object_is_noticed(file: StoredFile) -> None:
    path = object_path(row(file, index=2))
    path.write_bytes(path.read_bytes()[: -(256 * 1024 + 16)])
    assert content_of(file) == DATA
    heal(file)


def test_a_drives_whole_folder_may_vanish(file: StoredFile) -> None:
    """Fault 30, and its return: what lies there counts again."""
    account = row(file).account
    aside = Path(account.location).with_name("aside")
    Path(account.location).rename(aside)
    assert content_of(file) == DATA
    findings = repair.verify()
    assert findings.silent_drives == [account.label]
    account.refresh_from_db()
    assert account.state == DriveAccount.State.LOST
    aside.rename(account.location)
    assert repair.verify(deep=True).is_clean
    account.refresh_from_db()
    assert account.state == DriveAccount.State.ACTIVE


def test_an_emptied_folder_is_not_filled_again_as_if_nothing_had_happened(file: StoredFile) -> None:
    account = row(file).account
    shutil.rmtree(account.location)
    Path(account.location).mkdir()
    repair.check_drives()
    account.refresh_from_db()
    assert account.state == DriveAccount.State.LOST
    assert content_of(file) == DATA


def test_two_of_five_owners_leave_and_two_new_ones_come(file: StoredFile, drives: Lend) -> None:
    """Fault 31 with p owners: equal, 1+1 on the three left from the same sealed objects, 3+2 again."""
    sealed = set(file.chunks.filter(kind="DATA").values_list("index", "md5"))
    for account in DriveAccount.objects.all()[:2]:
        shutil.rmtree(account.location)
    assert content_of(file) == DATA
    repair.verify()
    repair.queue_healing()
    finish(file)
    assert (file.k, file.p) == (1, 1)
    assert repair.is_reduced(file)
    assert set(file.chunks.filter(kind="DATA", state="VERIFIED").values_list("index", "md5")) == sealed
    assert repair.verify(deep=True).is_clean
    drives(2, prefix="new")
    repair.queue_healing()
    finish(file)
    assert (file.k, file.p) == (3, 2)
    assert repair.verify(deep=True).degraded == []
    assert content_of(file) == DATA


def test_one_owner_too_many_gone_is_said_and_never_answered_with_wrong_bytes(file: StoredFile) -> None:
    """Fault 31 with p + 1 owners."""
    accounts = list(DriveAccount.objects.all()[:3])
    for account in accounts:
        Path(account.location).rename(Path(account.location).with_name(f"away-{account.pk}"))
    with pytest.raises(FileDamaged):
        content_of(file)
    assert repair.verify().lost == [file]
    repair.queue_healing()
    assert finish(file) == Job.State.WAITING
    assert "too many pieces" in file.jobs.get(kind=Job.Kind.REPAIR).reason.lower()
    for account in accounts:
        Path(account.location).with_name(f"away-{account.pk}").rename(account.location)
    repair.check_drives()
    job = file.jobs.get(kind=Job.Kind.REPAIR)
    jobs.retry(job, actor=None)
    finish(file)
    assert content_of(file) == DATA
    assert repair.verify(deep=True).is_clean


def test_a_strangers_file_in_the_folder_is_left_alone(file: StoredFile) -> None:
    """Fault 34."""
    folder = Path(row(file).account.location)
    (folder / "holiday.jpg").write_bytes(b"mine")
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / "abcdef").write_bytes(b"also mine")
    assert repair.verify(deep=True).is_clean
    store.erase(file, actor=None)
    finish(file)
    assert (folder / "holiday.jpg").exists()
    assert (folder / "ab" / "abcdef").exists()


def test_draining_moves_everything_elsewhere(file: StoredFile, drives: Lend) -> None:
    leaving = row(file).account
    drives(1, prefix="heir")
    pool.drain(leaving, actor=None)
    finish(file)
    assert not leaving.chunks.exists()
    leaving.refresh_from_db()
    assert leaving.used_bytes == 0
    assert content_of(file) == DATA
    assert (file.k, file.p) == (3, 2)


def test_pausing_keeps_what_lies_there_and_adds_nothing(file: StoredFile) -> None:
    paused = row(file).account
    before = paused.chunks.count()
    pool.pause(paused, actor=None)
    assert repair.queue_healing() == []
    second = stored(content(3 * MIB, seed=3))
    assert (second.k, second.p) == (2, 2)
    assert paused.chunks.count() == before
    assert content_of(file) == DATA


@pytest.mark.parametrize("asked", [pool.pause, pool.empty_out])
def test_what_was_asked_of_a_drive_stands_after_an_outage(drives: Lend, asked: Callable[..., None]) -> None:
    account = drives(2)[0]
    asked(account, actor=None)
    before, home = account.state, Path(account.location)
    home.rename(home.with_name("aside"))
    repair.check_drives()
    assert DriveAccount.objects.get(pk=account.pk).state == DriveAccount.State.LOST
    home.with_name("aside").rename(home)
    repair.check_drives()
    assert DriveAccount.objects.get(pk=account.pk).state == before


def test_what_if_names_the_files_that_would_be_lost(file: StoredFile) -> None:
    small = stored(b"three copies")
    accounts = list(DriveAccount.objects.all())
    assert pool.what_if(accounts[:1]).lost == []
    assert file in pool.what_if(accounts[:2]).without_spare
    assert file in pool.what_if(accounts[:3]).lost
    assert set(pool.what_if(accounts).lost) == {file, small}
    assert pool.what_if([]).files == 2


def test_a_damaged_cache_entry_is_dropped_and_fetched_again(file: StoredFile) -> None:
    """Fault 36."""
    opened = reassembly.open_file(file)
    opened.keep(0)
    flip(next(object_cache().folder.glob(f"*/{opened.key(0)}")))

    async def everything() -> bytes:
        return b"".join([block async for block in streaming.stream(opened, 0, len(DATA))])

    assert async_to_sync(everything)() == DATA
    assert not opened.damage
