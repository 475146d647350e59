"""The spool: where plaintext waits, privately, until its objects are verified.

`DATA_DIR/spool`, mode 0700, outside backups. An upload under way is `<upload uuid>.part`, a staged file `<file uuid>`.
Nothing here is promised to survive a completed job: `sweep` removes what no row explains any more.
"""

import errno
import os
import uuid
import zlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from coaching.lib.disk import sync_folder
from coaching.lib.errors import Unavailable

BLOCK_BYTES = 1024 * 1024


class SpoolFull(Unavailable):
    """The disk under the spool has no room."""

    code = "spool_full"
    status = 507


def folder() -> Path:
    path = Path(settings.DATA_DIR) / "spool"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def part_path(upload: uuid.UUID) -> Path:
    """Where an upload's bytes gather."""
    return folder() / f"{upload}.part"


def staged_path(file: uuid.UUID) -> Path:
    """Where a staged file's plaintext lies."""
    return folder() / str(file)


class Writer:
    """Adds blocks to an open part file from `offset` on, cutting off what lay beyond it; `sync` makes them durable.

    `crc32` is that of all bytes before `offset`. The handle stays the caller's.
    """

    def __init__(self, handle: int, *, offset: int = 0, crc32: int = 0) -> None:
        self._handle = handle
        self.offset, self.crc32 = offset, crc32
        os.ftruncate(handle, offset)

    def add(self, block: bytes | bytearray) -> None:
        """Raises: SpoolFull (part of the block may stay, past `offset`)."""
        view, at = memoryview(block), self.offset
        try:
            while view:
                written = os.pwrite(self._handle, view, at)
                view, at = view[written:], at + written
        except OSError as error:
            raise _no_room(error) from error
        self.offset, self.crc32 = at, zlib.crc32(block, self.crc32)

    def sync(self) -> None:
        """Raises: SpoolFull."""
        try:
            os.fsync(self._handle)
        except OSError as error:
            raise _no_room(error) from error

    def cut(self, offset: int) -> None:
        """Take back what was added beyond `offset`; nothing may be added afterwards."""
        os.ftruncate(self._handle, offset)


def write(path: Path, blocks: Iterable[bytes], *, offset: int = 0, crc32: int = 0) -> tuple[int, int]:
    """Write blocks at `offset`, cutting off what lay beyond it, and make them durable; returns (new offset, crc32).

    `crc32` is that of the bytes before `offset`. Blocks should end quietly when a client
    goes away; what came before is kept. Raises: SpoolFull (what was written stays, past the offset the caller knows).
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        writer = Writer(handle, offset=offset, crc32=crc32)
        try:
            for block in blocks:
                writer.add(block)
        finally:
            writer.sync()
    finally:
        os.close(handle)
    return writer.offset, writer.crc32


def adopt(source: Path, file: uuid.UUID) -> None:
    """Make `source`, on the same disk, the staged plaintext of `file`, without copying."""
    source.replace(staged_path(file))
    sync_folder(folder())


def _no_room(error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return SpoolFull("The server's disk is full, so the file was not taken. Try again later or tell the office.")
    return error
