"""Streams of stored files on the loop: many readers, few threads, each object fetched once.

What a fetch finds wrong is written down by the fetch itself, in its thread: whoever asked for it may be gone by then.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.db import DatabaseError

from coaching.lib.threads import close_connections
from dfs.cache import object_cache
from dfs.layout import BLOCK_SEGMENTS, cut, steps
from dfs.reassembly import OpenFile, report_damage
from dfs.sealing import SealBroken

T = TypeVar("T")
log = logging.getLogger("dfs.streaming")
# Two pools, so that viewers of what is cached never wait behind a slow Drive.
_opening = ThreadPoolExecutor(max_workers=4, thread_name_prefix="dfs-open")
_fetching = ThreadPoolExecutor(max_workers=12, thread_name_prefix="dfs-fetch")
DRIVE_THREADS = 6
"""Of the fetching threads, how many may be asking the same Drive first; more readers of it wait on the loop."""
_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[int, asyncio.Semaphore]] = WeakKeyDictionary()


class Flights:
    """Of all readers in this process that want an object, one fetches it and the others wait without a thread."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[int, str], asyncio.Task[bytes | None]] = {}

    async def keep(self, opened: OpenFile, index: int) -> bytes | None:
        """`OpenFile.keep`, shared. Cancelling one reader does not cancel the fetch the others wait for."""
        if object_cache().has(opened.key(index)):
            return None
        loop = asyncio.get_running_loop()
        name = (id(loop), opened.key(index))
        task = self._under_way.get(name)
        if task is None:
            task = loop.create_task(_fetch(opened, index, partial(opened.keep, index)))
            self._under_way[name] = task
            task.add_done_callback(lambda done: (self._under_way.pop(name, None), done.cancelled() or done.exception()))
        return await asyncio.shield(task)


flights = Flights()


async def stream(opened: OpenFile, start: int, end: int) -> AsyncGenerator[bytes, None]:
    """Plaintext of [start, end), a segment a block, the next object fetched ahead into the cache.

    Raises: FileDamaged.
    """
    layout, held, current = opened.layout, None, -1
    is_short = end - start <= BLOCK_SEGMENTS * layout.segment_bytes
    for first, last in steps(layout, start, end):
        index = layout.chunk_of(first)
        plain = None
        if is_short and not object_cache().has(opened.key(index)):
            plain = await _fetch(opened, index, partial(opened.open_far, first, last))
        if plain is None:
            if index != current:
                held, current = await flights.keep(opened, index), index
                if (index + 1) * layout.chunk_bytes < end:
                    _fetch_ahead(opened, index + 1)
            plain, held = await _open(opened, first, last, held)
        for block in cut(layout, first, plain, start, end):
            yield block


def _fetch_ahead(opened: OpenFile, index: int) -> None:
    task = asyncio.get_running_loop().create_task(flights.keep(opened, index))
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # the reader meets the error itself


async def _open(opened: OpenFile, first: int, last: int, held: bytes | None) -> tuple[list[bytes], bytes | None]:
    """Open a block; an entry that vanished or is damaged is fetched again, this time with its tags proved.

    Where the cache is so small for its readers that entries vanish as they come, this one holds the object itself.
    """
    index = opened.layout.chunk_of(first)
    for is_first_try in (True, False):
        is_broken = False
        try:
            plain = await _in_pool(_opening, partial(opened.open_cached, first, last, held))
        except SealBroken:
            is_broken, plain = True, None
        if plain is not None:
            return plain, held
        if is_first_try:
            held = await _fetch(opened, index, partial(opened.keep, index, check=is_broken))
    held = await _fetch(opened, index, partial(opened.fetch, index, check=True))
    return await _in_pool(_opening, partial(opened.open_cached, first, last, held)) or [], held


async def _fetch(opened: OpenFile, index: int, work: Callable[[], T]) -> T:
    """Do `work`, which asks Drives for the object, in a thread; while its Drive has no place, none is held."""
    places = _places.setdefault(asyncio.get_running_loop(), {})
    async with places.setdefault(opened.drive(index), asyncio.Semaphore(DRIVE_THREADS)):
        return await _in_pool(_fetching, partial(_reported, opened, work))


def _reported(opened: OpenFile, work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        if opened.has_news:
            _report(opened)


def _report(opened: OpenFile) -> None:
    """A reader who has his bytes keeps them, though what was found could not be written down; care finds it again."""
    try:
        report_damage(opened)
    except DatabaseError:
        log.exception("damage of file %s is not noted", opened.file.uuid)
    finally:
        close_connections()


async def _in_pool(pool: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)
