"""Sealed objects kept on this machine's disk, so that sixty viewers of one video fetch each object once.

`DATA_DIR/cache/dfs` holds objects exactly as they lie on the Drives: sealed. An entry may be damaged or vanish at any
time; readers check every segment's tag and fetch again. The least recently used go when the limit is passed.
"""

import fcntl
import os
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings

LOCK_WAIT_S = 10.0


class ObjectCache:
    """Objects by key (letters, digits, `-`), at most about `limit_bytes` of them. Processes and threads share it."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder, self.limit_bytes = folder, limit_bytes
        self._since_look = limit_bytes  # so that the first put looks how full it is
        self._guard = threading.Lock()

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def read(self, key: str, start: int, end: int) -> bytes | None:
        """Bytes [start, end) of the object; None when it is not here or is shorter than that."""
        path = self._path(key)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            with suppress(OSError):
                os.utime(handle)
            found = os.pread(handle, end - start, start)
        except OSError:
            return None
        finally:
            os.close(handle)
        return found if len(found) == end - start else None

    def put(self, key: str, sealed: bytes) -> bool:
        """Keep an object; false when there is no room for it, which is no error."""
        if len(sealed) > self.limit_bytes:
            return False
        self._make_room(len(sealed))
        path = self._path(key)
        draft = path.with_name(f".{uuid.uuid4().hex}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(sealed)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            with self._guard:
                self._since_look = self.limit_bytes
            return False
        return True

    def drop(self, key: str) -> None:
        with suppress(OSError):
            self._path(key).unlink()

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Of all processes and threads one fetches an object at a time; where no lock can be had, each for itself.

        So after LOCK_WAIT_S: who holds it may wait for a Drive that hangs.
        """
        path = self.folder / "locks" / self._shelf(key)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            yield
            return
        try:
            _lock_patiently(handle)
            yield
        finally:
            os.close(handle)

    def _make_room(self, coming: int) -> None:
        """Look at the folder each time a sixteenth of the limit has come in; drop the oldest down to nine tenths."""
        with self._guard:
            self._since_look += coming
            if self._since_look < self.limit_bytes // 16:
                return
            self._since_look = coming
            entries = []
            for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
                with suppress(OSError):
                    entry = path.stat()
                    entries.append((entry.st_mtime, entry.st_size, path))
            total = coming + sum(size for _at, size, _path in entries)
            if total <= self.limit_bytes:
                return
            for _at, size, path in sorted(entries):
                with suppress(OSError):
                    path.unlink()
                    total -= size
                if total <= self.limit_bytes * 9 // 10:
                    return

    def _path(self, key: str) -> Path:
        return self.folder / self._shelf(key) / key

    @staticmethod
    def _shelf(key: str) -> str:
        return f"{zlib.crc32(key.encode()) & 0xFF:02x}"


def _lock_patiently(handle: int) -> None:
    until, step_s = time.monotonic() + LOCK_WAIT_S, 0.002
    while time.monotonic() < until:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(step_s)
            step_s = min(2 * step_s, 0.1)


@lru_cache(maxsize=8)
def _cache(folder: Path, limit_bytes: int) -> ObjectCache:
    return ObjectCache(folder, limit_bytes)


def object_cache() -> ObjectCache:
    """The cache of DATA_DIR, limited by DFS_CACHE_BYTES."""
    return _cache(Path(settings.DATA_DIR) / "cache" / "dfs", settings.DFS_CACHE_BYTES)
