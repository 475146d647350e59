"""A Drive that hangs: its readers are told in time, and everybody else reads on."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from dfs import deadlines, hedging, pool, reassembly, streaming
from dfs.drives import DriveError, Trouble
from dfs.drives.local import LocalDrive
from dfs.models import Chunk, DriveAccount, Job, StoredFile
from tests.dfs.conftest import MIB, content, object_path, stored

Lend = Callable[..., list[DriveAccount]]
numbers = itertools.count(10**9)


@pytest.fixture
def account() -> DriveAccount:
    """A Drive nobody has read from."""
    return DriveAccount(pk=next(numbers), kind=DriveAccount.Kind.LOCAL)


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """What hanging reads wait for; they end with the test."""
    release = threading.Event()
    yield release
    release.set()


def hang(release: threading.Event) -> Callable[[], bytes]:
    def work() -> bytes:
        release.wait(60)
        return b"late"

    return work


def never() -> bytes:
    raise AssertionError("the Drive was asked")


def trouble_of(account: DriveAccount, work: Callable[[], bytes]) -> Trouble:
    with pytest.raises(DriveError) as caught:
        deadlines.read(account, work, size_bytes=0)
    return caught.value.trouble


def test_a_read_that_hangs_ends_and_its_drive_is_left_alone_until_it_answers(
    account: DriveAccount, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "BASE_S", 0.05)
    assert trouble_of(account, hang(stuck)) is Trouble.UNREACHABLE
    assert trouble_of(account, never) is Trouble.BUSY
    stuck.set()
    end = time.monotonic() + 30
    while deadlines._gate(account.pk)._running:
        assert time.monotonic() < end
    monkeypatch.setattr(deadlines, "BASE_S", 30.0)
    assert deadlines.read(account, lambda: b"here again", size_bytes=0) == b"here again"


def test_a_hanging_drive_is_tried_now_and_then_but_not_for_ever(
    account: DriveAccount, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "BASE_S", 0.01)
    monkeypatch.setattr(deadlines, "TRY_AGAIN_S", 0.0)
    monkeypatch.setattr(deadlines, "LEFT_AT_MOST", 3)
    tries = [trouble_of(account, hang(stuck)) for _try in range(5)]
    assert tries == [Trouble.UNREACHABLE] * 3 + [Trouble.BUSY] * 2


def test_what_a_drive_refuses_is_raised_as_it_is(account: DriveAccount) -> None:
    def refuse() -> bytes:
        raise DriveError(Trouble.MISSING, "gone")

    assert trouble_of(account, refuse) is Trouble.MISSING
    assert deadlines.read(account, lambda: b"next", size_bytes=0) == b"next"


@pytest.mark.django_db(transaction=True)
def test_readers_of_a_hanging_drive_leave_other_files_readable(
    drives: Lend, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All copies of the one file lie on the Drive that hangs, so nothing can be had another way."""
    monkeypatch.setattr(hedging, "LEAST_S", 0.05)
    hanging = drives(1)[0]
    slow = stored(content(16 * MIB))
    pool.pause(hanging, actor=None)
    drives(1, prefix="fine")
    fine_content = content(3 * MIB, seed=3)
    fine = reassembly.open_file(stored(fine_content))
    opened = [reassembly.open_file(slow) for _viewer in range(15)]
    asked = threading.Semaphore(0)
    get = LocalDrive.get

    def weathered(drive: LocalDrive, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        if drive._account == str(hanging.uuid):
            asked.release()
            stuck.wait(60)
        return get(drive, object_id, start, end)

    monkeypatch.setattr(LocalDrive, "get", weathered)

    async def viewer(number: int) -> bytes:
        start, end = number * MIB, (number + 2) * MIB
        return b"".join([block async for block in streaming.stream(opened[number], start, end)])

    async def all_of_it() -> bytes:
        viewers = [asyncio.create_task(viewer(number)) for number in range(15)]
        for _reading in range(streaming.DRIVE_THREADS):
            await asyncio.to_thread(asked.acquire)
        found = b"".join([block async for block in streaming.stream(fine, 0, len(fine_content))])
        assert not any(one.done() for one in viewers)
        stuck.set()
        whole = await asyncio.gather(*viewers)
        assert [bytes(one) for one in whole] == [content(16 * MIB)[at * MIB : (at + 2) * MIB] for at in range(15)]
        return found

    assert async_to_sync(all_of_it)() == fine_content


@pytest.mark.django_db(transaction=True)
def test_damage_is_noted_once_though_the_reader_who_fetched_has_left(
    drives: Lend, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    drives(5)
    data = content(4 * MIB)
    file = stored(data)
    gone: Any = file.chunks.select_related("account").get(kind=Chunk.Kind.DATA, index=0)
    object_path(gone).unlink()
    first, second = reassembly.open_file(file), reassembly.open_file(file)
    asked = threading.Event()
    get = LocalDrive.get

    def slow(drive: LocalDrive, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        asked.set()
        stuck.wait(60)
        return get(drive, object_id, start, end)

    monkeypatch.setattr(LocalDrive, "get", slow)
    monkeypatch.setattr(hedging, "LEAST_S", 60.0)
    monkeypatch.setattr(hedging, "MOST_S", 60.0)

    async def read(opened: reassembly.OpenFile) -> bytes:
        return b"".join([block async for block in streaming.stream(opened, 0, len(data))])

    async def leave_and_stay() -> bytes:
        leaving = asyncio.create_task(read(first))
        await asyncio.to_thread(asked.wait)
        staying = asyncio.create_task(read(second))
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        stuck.set()
        return await staying

    assert async_to_sync(leave_and_stay)() == data
    gone.refresh_from_db()
    assert gone.state == Chunk.State.MISSING
    assert StoredFile.objects.get().jobs.filter(kind=Job.Kind.REPAIR).count() == 1
