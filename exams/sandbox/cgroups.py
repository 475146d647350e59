"""What a control group adds where somebody gave us one: exact totals over processes and kinds of memory that no rlimit
counts (shared, temporary files). Never required, never taken: only what is writable for us is used.

- Version 2: the group above our own, if it is ours (systemd: `Delegate=memory pids`, `DelegateSubgroup=worker`).
- Version 1: /sys/fs/cgroup/{memory,pids}/classcrew-judge, made and given to us by the operator.
"""

import contextlib
import itertools
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from exams.sandbox.runner import MIB, Bounds

ROOT = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
V1_NAME = "classcrew-judge"
_PREFIX = "judge-run-"
_ROOM_BYTES = 16 * MIB  # for the sandbox itself and what the kernel keeps for it
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Place:
    """Folders in which a run's folder is made: of version 2 one, of version 1 one a controller."""

    version: int
    memory: Path
    processes: Path

    @property
    def folders(self) -> set[Path]:
        return {self.memory, self.processes}

    def __str__(self) -> str:
        return f"v{self.version} {self.memory}"

    def sweep(self) -> None:
        """Takes away what runs of a worker that died left."""
        for folder in self.folders:
            for left in folder.glob(f"{_PREFIX}*"):
                if not _is_running(left.name):
                    _remove(left)


def find(root: Path = ROOT, own: Path = OWN) -> Place | None:
    """Where groups may be made, if anywhere."""
    return _version_2(root, own) or _version_1(root)


def _version_2(root: Path, own: Path) -> Place | None:
    try:
        lines = own.read_text().splitlines()
        path = next(line.removeprefix("0::") for line in lines if line.startswith("0::"))
        above = root.joinpath(path.lstrip("/")).parent
        # Root could write anywhere, but nobody gave it to him.
        if path == "/" or not os.geteuid() or (above / "cgroup.procs").stat().st_uid != os.geteuid():
            return None
        control = above / "cgroup.subtree_control"
        if not {"memory", "pids"} <= set(control.read_text().split()):
            control.write_text("+memory +pids")
    except (OSError, StopIteration):
        return None
    return Place(2, above, above)


def _version_1(root: Path) -> Place | None:
    memory, processes = root / "memory" / V1_NAME, root / "pids" / V1_NAME
    # Moving a process writes into the file, which is not given with the folder.
    needed = [path for folder in (memory, processes) for path in (folder, folder / "cgroup.procs")]
    return Place(1, memory, processes) if all(os.access(path, os.W_OK) for path in needed) else None


class Group:
    """The group of one run; as a context it goes when the run is over."""

    def __init__(self, place: Place, bounds: Bounds) -> None:
        name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
        self._version = place.version
        self._memory, self._processes = place.memory / name, place.processes / name
        self._bounds = bounds

    def __enter__(self) -> Self:
        for folder in {self._memory, self._processes}:
            folder.mkdir()
        most = str(self._bounds.memory_bytes + _ROOM_BYTES)
        if self._version == 2:
            (self._memory / "memory.max").write_text(most)
            with contextlib.suppress(OSError):  # a kernel without swap accounting
                (self._memory / "memory.swap.max").write_text("0")
        else:
            (self._memory / "memory.limit_in_bytes").write_text(most)
        (self._processes / "pids.max").write_text(str(self._bounds.threads + 2))
        return self

    def __exit__(self, *_error: object) -> None:
        for folder in {self._memory, self._processes}:
            _remove(folder)

    def add(self, pid: int) -> None:
        """Moves a process in; what it starts is born there."""
        for folder in {self._memory, self._processes}:
            (folder / "cgroup.procs").write_text(str(pid))

    def is_out_of_memory(self) -> bool:
        """Whether the kernel ended something in it for want of memory."""
        name = "memory.events" if self._version == 2 else "memory.oom_control"
        try:
            lines = (self._memory / name).read_text().splitlines()
        except OSError:
            return False
        return any(line.startswith("oom_kill ") and line.split()[1] != "0" for line in lines)


def _is_running(name: str) -> bool:
    """Whether the process a group is named after is there."""
    return Path("/proc", name.removeprefix(_PREFIX).partition("-")[0]).exists()


def _remove(folder: Path) -> None:
    """A group that is still busy stays for the next sweep."""
    with contextlib.suppress(OSError):
        folder.rmdir()
