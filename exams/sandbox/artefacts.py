"""What was compiled, kept by what it was compiled from. A directory of small `<key>.json` (what the compiler said) and
`<digest>.bin` (what it made), shared by all helpers of this machine and by nobody else.

Each file appears at once under its name, so a helper that is killed leaves only a `.new-…` that is swept later. What is
taken out is compared with its digest: a disk that lost a write must not fail a student. Nothing here is ever shown
writable to a sandbox. A cache that cannot be used (full, another owner) is as if there were none.
"""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

MOST_BYTES = 1024 * 1024 * 1024
MOST_ENTRIES = 20_000
MOST_KEPT = 16 * 1024 * 1024
"""Of one program; greater ones are made to fill the disk."""
_AT_REST_S = 180
"""What was used since is not removed: a job that runs may still need it."""
_SWEPT_EVERY_S = 60
_MOST_SAID = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """`said` is what was kept with it; `path` of what was made, "" when nothing was."""

    said: dict[str, Any]
    path: str


class Cache:
    """Raises nothing: what goes wrong with the disk is a miss."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def at(cls, folder: str) -> Self | None:
        """None when there is no such directory of which only its owner and its group may change anything."""
        try:
            found = Path(folder).stat() if folder else None
        except OSError:
            return None
        is_ours = found and stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_IWOTH
        return cls(Path(folder)) if is_ours and os.access(folder, os.R_OK | os.W_OK | os.X_OK) else None

    def find(self, key: str, *, is_compared: bool = True) -> Kept | None:
        """What was kept under `key`, unless it is broken. `is_compared` off: its length must do (100 MB take time)."""
        entry = self._folder / f"{key}.json"
        try:
            with entry.open("rb") as file:
                said = json.loads(file.read(_MOST_SAID))
            path = self._made(said, is_compared=is_compared)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                entry.unlink()
            return None
        with suppress(OSError):
            os.utime(entry)
        return Kept(said, path)

    def keep(self, key: str, said: dict[str, Any], made: bytes | None, *, most: int = MOST_KEPT) -> Kept | None:
        """None when it could not be kept, or is greater than `most` bytes."""
        if made is not None and len(made) > most:
            return None
        digest = hashlib.sha256(made).hexdigest() if made is not None else ""
        said = said | {"digest": digest, "bytes": len(made or b"")}
        try:
            if made is not None:
                self._write(f"{digest}.bin", made, 0o555)
            self._write(f"{key}.json", json.dumps(said).encode(), 0o664)
            self._sweep_now_and_then()
        except OSError:
            return None
        return Kept(said, str(self._folder / f"{digest}.bin") if digest else "")

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Whether no other helper is at it; one that dies lets go."""
        try:
            held = os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        except OSError:
            yield False
            return
        with suppress(OSError):
            os.fchmod(held, 0o660)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except OSError:
            is_alone = False
        try:
            yield is_alone
        finally:
            os.close(held)

    def sweep(self, most_bytes: int = MOST_BYTES, at_rest_s: float = _AT_REST_S) -> None:
        """Remove what was not used for longest until the rest fits, and what killed helpers left."""
        now = time.time()
        entries, made = [], {}
        for one in os.scandir(self._folder):
            with suppress(OSError):
                found = one.stat(follow_symlinks=False)
                if one.name.endswith(".json"):
                    entries.append((found.st_mtime, one.name))
                elif one.name.endswith(".bin"):
                    made[one.name] = found
                elif one.name.startswith(".new-") and now - found.st_mtime > 3600:
                    Path(one.path).unlink()
        total, count, needed = 0, 0, set()
        for used, name in sorted(entries, reverse=True):
            file = self._names(name)
            size = made[file].st_size if file in made and file not in needed else 0
            if now - used > at_rest_s and (total + size > most_bytes or count >= MOST_ENTRIES):
                self._remove(name)
                continue
            total, count = total + size + 4096, count + 1
            needed.add(file)
        for file, found in made.items():
            if file not in needed and now - found.st_mtime > at_rest_s:
                self._remove(file)

    def _sweep_now_and_then(self) -> None:
        mark = self._folder / "swept"
        with suppress(FileNotFoundError):
            if time.time() - mark.stat().st_mtime < _SWEPT_EVERY_S:
                return
        self._write(mark.name, b"", 0o664)
        self.sweep()

    def _made(self, said: dict[str, Any], *, is_compared: bool) -> str:
        """The path of what the entry names, "" of none. Raises: ValueError when it is not what was kept, OSError."""
        if not said["digest"]:
            return ""
        path = self._folder / f"{int(said['digest'], 16):064x}.bin"
        with path.open("rb") as file:
            is_whole = os.fstat(file.fileno()).st_size == said["bytes"]
            if is_whole and is_compared:
                is_whole = hashlib.file_digest(file, "sha256").hexdigest() == said["digest"]
        if not is_whole:
            self._remove(path.name)
            raise ValueError("it is not what was kept")
        return str(path)

    def _names(self, entry: str) -> str:
        try:
            with (self._folder / entry).open("rb") as file:
                return f"{json.loads(file.read(_MOST_SAID))['digest']}.bin"
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def _write(self, name: str, content: bytes, mode: int) -> None:
        new = self._folder / f".new-{os.getpid()}-{secrets.token_hex(8)}"
        with open(new, "xb", opener=lambda path, flags: os.open(path, flags | os.O_CLOEXEC, 0o600)) as file:
            try:
                file.write(content)
                os.fchmod(file.fileno(), mode)
            except OSError:
                new.unlink()
                raise
        new.rename(self._folder / name)

    def _remove(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink()
