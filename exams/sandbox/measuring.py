"""What running processes use, asked of the kernel from outside: CPU time, resident memory, who is whose child, and
which sandboxes somebody left half made.

All of it is of processes that may end at any moment: what is gone counts as nothing.
"""

import os
import time
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SCHEDULED = 2  # of the kernel's clock ids: time on a CPU, to the nanosecond


def cpu_ns(pid: int) -> int:
    """CPU time of all threads of one process, without its children's."""
    try:
        return time.clock_gettime_ns((~pid << 3) | _SCHEDULED)
    except OSError:
        return 0


def kept_waiting_ns(pid: int) -> int:
    """For how long a process could have run and others had the CPU; 0 where the kernel does not count it."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def resident_bytes(pid: int) -> int:
    """What one process has in memory at this moment."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def children(pid: int) -> list[int]:
    """Processes started by any thread of this one that still are there."""
    found: list[int] = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_bytes().split())
    except OSError:
        return found
    return found


def descendants(pid: int) -> list[int]:
    """Children, and theirs."""
    found = children(pid)
    for one in found:
        found += children(one)
    return found


def abandoned(uid: int) -> list[int]:
    """First processes of this user's sandboxes that wait for ever: a worker was killed in the fraction of a millisecond
    in which bubblewrap dies with it but has not told them to go on yet. They have started no program and never will."""
    with os.scandir("/proc") as places:
        numbers = [int(place.name) for place in places if place.name.isdecimal()]
    return [pid for pid in numbers if _is_abandoned(pid, uid)]


def _is_abandoned(pid: int, uid: int) -> bool:
    place = Path(f"/proc/{pid}")
    try:
        if os.stat(f"/proc/{pid}").st_uid != uid or (place / "comm").read_text() != "bwrap\n":  # noqa: PTH116 - of all
            return False
        lines = (place / "status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        parent = Path(f"/proc/{status['PPid']}/comm").read_text()
    except (OSError, KeyError):
        return False
    is_first = status.get("NSpid", "").split()[1:] == ["1"]
    return is_first and status.get("Seccomp") == "0" and parent != "bwrap\n"
