"""A folder as a Drive: the embedded default, and an owner's disk or network share.

The folder carries a marker with the account's uuid. Without it the Drive counts as gone, so that an unmounted disk
or an emptied folder is never filled again as if nothing had happened. Objects lie two levels deep, written beside
their place, synced and renamed.
"""

import errno
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from coaching.lib.disk import sync_folder
from dfs.drives import DriveError, DriveObject, DriveQuota, Trouble, stat_if_there

MARKER = ".classcrew-drive"
_BLOCK = 1024 * 1024


def prepare(folder: Path, account: uuid.UUID) -> None:
    """Make `folder` the Drive of `account`. Raises: DriveError when another account's marker is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker = folder / MARKER
    try:
        with marker.open("x", encoding="utf-8") as file:
            json.dump({"account": str(account), "format": 1}, file)
    except FileExistsError:
        if marked(folder) != str(account):
            raise DriveError(Trouble.UNREACHABLE, "the folder already is another account's Drive") from None


def release(folder: Path, account: uuid.UUID) -> None:
    """Let go of a folder that was `account`'s Drive, so that it may be lent anew."""
    if marked(folder) == str(account):
        (folder / MARKER).unlink(missing_ok=True)


def marked(folder: Path) -> str:
    """The uuid of the account whose Drive the folder is, "" when it is none's."""
    try:
        return str(json.loads((folder / MARKER).read_text(encoding="utf-8"))["account"])
    except (OSError, ValueError, KeyError):
        return ""


class LocalDrive:
    """See `dfs.drives.Drive`."""

    def __init__(self, folder: Path, account: uuid.UUID) -> None:
        self._folder, self._account = folder, str(account)

    def check(self) -> DriveQuota:
        if marked(self._folder) != self._account:
            raise DriveError(Trouble.UNREACHABLE, "the folder is missing or is not this Drive any more")
        try:
            disk = os.statvfs(self._folder)
        except OSError as error:
            raise _trouble(error) from error
        return DriveQuota((disk.f_blocks - disk.f_bavail) * disk.f_frsize, disk.f_blocks * disk.f_frsize)

    def reserve_ids(self, count: int) -> list[str]:
        return [uuid.uuid4().hex for _ in range(count)]

    def put(self, object_id: str, name: str, parts: list[memoryview | bytes], md5: str) -> DriveObject:
        self.check()
        path = self._path(object_id)
        draft = path.with_name(f".{object_id}.{uuid.uuid4().hex[:8]}")
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _drop_drafts(path)
            size = _write(draft, parts)
            draft.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise _trouble(error) from error
        return DriveObject(object_id, size, md5)

    def get(self, object_id: str, start: int = 0, end: int | None = None) -> bytes:
        try:
            handle = os.open(self._path(object_id), os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise self._absent(error) from error
        try:
            return _read(handle, start, os.fstat(handle).st_size if end is None else end)
        except OSError as error:
            raise _trouble(error) from error
        finally:
            os.close(handle)

    def stat(self, object_id: str) -> DriveObject:
        try:
            with self._path(object_id).open("rb") as file:
                md5 = hashlib.file_digest(file, _md5).hexdigest()
                made_at = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
                return DriveObject(object_id, file.tell(), md5, made_at=made_at)
        except OSError as error:
            raise self._absent(error) from error

    def delete(self, object_id: str) -> None:
        self.check()
        try:
            self._path(object_id).unlink(missing_ok=True)
            _drop_drafts(self._path(object_id))
        except OSError as error:
            raise _trouble(error) from error

    def list(self) -> Iterator[DriveObject]:
        self.check()
        for shelf in sorted(self._folder.iterdir()):
            if not shelf.is_dir() or len(shelf.name) != 2:
                continue
            for path in sorted(shelf.iterdir()):
                # Some are removed since the folder was read: a list takes as long as reading everything.
                found = None if path.name.startswith(".") else stat_if_there(self, path.name)
                if found is not None:
                    yield found

    def _path(self, object_id: str) -> Path:
        if not object_id.isalnum():
            raise DriveError(Trouble.MISSING, f"{object_id!r} is not an id of this Drive")
        return self._folder / object_id[:2] / object_id

    def _absent(self, error: OSError) -> DriveError:
        """An object that is not there, or a Drive that is not there?"""
        if isinstance(error, FileNotFoundError):
            self.check()
            return DriveError(Trouble.MISSING, "the object is not there")
        return _trouble(error)


def _md5() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)


def _drop_drafts(path: Path) -> None:
    """Remove what a worker that was killed while it wrote this object left beside its place."""
    for draft in path.parent.glob(f".{path.name}.*"):
        draft.unlink(missing_ok=True)


def _write(path: Path, parts: list[memoryview | bytes]) -> int:
    """Write and sync; the length the file has afterwards."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        for part in parts:
            view = memoryview(part)
            while view:
                view = view[os.write(handle, view) :]
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def _read(handle: int, start: int, end: int) -> bytes:
    blocks = []
    while start < end:
        block = os.pread(handle, min(end - start, 16 * _BLOCK), start)
        if not block:
            break
        blocks.append(block)
        start += len(block)
    return blocks[0] if len(blocks) == 1 else b"".join(blocks)


def _trouble(error: OSError) -> DriveError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DriveError(Trouble.FULL, "no room left on the disk")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EROFS, errno.ESTALE, errno.ENODEV):
        return DriveError(Trouble.UNREACHABLE, f"the folder does not answer: {error.strerror}")
    return DriveError(Trouble.TRANSIENT, f"the disk answered: {error.strerror}")
