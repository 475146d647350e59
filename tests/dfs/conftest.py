"""A data directory per test, Drives in it, and files put through the real store."""

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from dfs import pool, store, work
from dfs.models import DriveAccount, Job, StoredFile
from tests import people
from tests.dfs.googling import drive, google, linked, meera, waits  # noqa: F401 - fixtures

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """Spool, cache and local Drives of one test lie together and apart from all others."""
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def drives(db: None) -> Callable[..., list[DriveAccount]]:
    """`drives(5)` lends five local folders, each one owner's."""

    def lend(count: int, *, cap_bytes: int = 10**9, prefix: str = "drive") -> list[DriveAccount]:
        return [pool.add_local(f"{prefix}-{number}", cap_bytes=cap_bytes) for number in range(count)]

    return lend


@pytest.fixture
def admin() -> Client:
    return people.signed_in(people.admin())


@pytest.fixture
def fetch(async_client: AsyncClient) -> Callable[..., Any]:
    """`fetch(address, **headers)` → (status, body) for an admin."""
    async_client.force_login(people.admin())

    @async_to_sync
    async def fetch(address: str, **headers: str) -> tuple[int, bytes]:
        answer: Any = await async_client.get(address, headers=headers)
        whole = b"".join([part async for part in answer]) if answer.streaming else answer.content
        return answer.status_code, whole

    return fetch


def content(size: int, seed: int = 7) -> bytes:
    """The same `size` bytes for the same seed."""
    return random.Random(seed).randbytes(size)


def staged(data: bytes, *, name: str = "file.bin", purpose: str = StoredFile.CONSOLE, **more: Any) -> StoredFile:
    """A file whose job waits for a worker."""
    return store.put(io.BytesIO(data), name=name, purpose=purpose, owner=more.pop("owner", None), **more)


def finish(file: StoredFile) -> str:
    """Do the file's open jobs in this process, slice by slice; the state of the last one."""
    state = ""
    while job := file.jobs.filter(state__in=(Job.State.PENDING, Job.State.RUNNING)).order_by("pk").first():
        state = work.perform(job.pk)
        if not state:
            break
    file.refresh_from_db()
    return state


def stored(data: bytes, **more: Any) -> StoredFile:
    """A file that went all the way."""
    file = staged(data, **more)
    assert finish(file) == Job.State.COMPLETE
    assert file.state == StoredFile.State.STORED
    return file


def content_of(file: StoredFile) -> bytes:
    """What the store gives back."""
    return b"".join(store.read(file))


def object_path(chunk: Any) -> Path:
    """Where a local Drive keeps an object."""
    return Path(chunk.account.location) / chunk.object_id[:2] / chunk.object_id
