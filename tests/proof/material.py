"""Big files with marks in them, and looking for those marks on a disk."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
SIZE_MIB = int(os.environ.get("PROOF_MIB", "1024"))
MARK_EVERY_BYTES = 64 * MIB
_WINDOW = 16 * MIB


@dataclass(frozen=True, slots=True)
class Material:
    """A file to be stored. Each 64 MiB of it holds a mark of 64 bytes that starts with `mark`, 16 random bytes."""

    path: Path
    mark: bytes
    digest: str
    seconds: int = 0
    sample: bytes = b""

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @property
    def marks(self) -> int:
        return sum(block.count(self.mark) for block in _windows(self.path))

    def slice(self, start: int, end: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(end - start)


def noise(path: Path, size_bytes: int) -> Material:
    """Random bytes with a mark each 64 MiB."""
    mark, running = os.urandom(16), hashlib.sha256()
    with path.open("wb") as out:
        for at in range(0, size_bytes, MIB):
            block = os.urandom(min(MIB, size_bytes - at))
            if at % MARK_EVERY_BYTES == 0:
                block = mark + block[16:]
            running.update(block)
            out.write(block)
    return Material(path, mark, running.hexdigest())


def digest_of(blocks: Iterable[bytes]) -> str:
    running = hashlib.sha256()
    for block in blocks:
        running.update(block)
    return running.hexdigest()


def digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _windows(path: Path) -> Iterator[bytes]:
    """The file in parts that overlap by 63 bytes, so that nothing of up to 64 bytes hides at an edge."""
    with path.open("rb", buffering=0) as file:
        tail = b""
        while block := file.read(_WINDOW):
            yield tail + block
            tail = block[-63:]


def find_plaintext(folder: Path, needles: list[bytes]) -> tuple[list[Path], int]:
    """Files below `folder` that hold one of the needles, and how many bytes were looked at."""
    found, looked = [], 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        looked += path.stat().st_size
        if any(needle in window for window in _windows(path) for needle in needles):
            found.append(path)
    return found, looked


def deleted_but_open(pids: list[int]) -> list[str]:
    """Files these processes keep open although they have no name any more."""
    names = []
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                name = str(link.readlink())
            except OSError:
                continue
            if name.endswith(" (deleted)") and name.startswith("/") and "/spool/" in name:
                names.append(name)
    return names
