"""What running processes use, asked of the kernel from outside: CPU time, resident memory, who is whose child.

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
