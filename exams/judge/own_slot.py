"""A number for this process among all of the machine that run programs now: root's sandboxes have a user each by it."""

import os
import stat
import sys
import tempfile
from pathlib import Path

SLOTS = 256
_held: dict[tuple[int, str], tuple[int, int]] = {}


class NoSlot(Exception):
    """More programs run on this machine than there are slots. `str()` is for staff."""


def own_slot(of: str = "") -> int:
    """From 0; the same as long as this process lives, and nobody else's. `of`: what it does at the same time has slots
    of their own. Raises: NoSlot."""
    key = (os.getpid(), of)
    if key not in _held:
        _held[key] = _take(_directory())
    return _held[key][0]


def _take(directory: Path) -> tuple[int, int]:
    """The first that nobody holds, with its lock, which goes with the process."""
    if sys.platform == "win32":
        raise NoSlot("There are no locks of that sort on Windows, and no sandbox.")
    import fcntl

    for slot in range(SLOTS):
        lock = os.open(directory / str(slot), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
        else:
            return slot, lock
    raise NoSlot(f"All {SLOTS} slots of {directory} are held.")


def _directory() -> Path:
    """One for all workers of this user, whatever their DATA_DIR; nobody else may write there. Raises: NoSlot."""
    path = Path(tempfile.gettempdir()) / f"classcrew-judge-{os.geteuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise NoSlot(f"{path} belongs to somebody else. Remove it.")
    return path
