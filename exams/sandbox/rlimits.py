"""The kernel's own bounds of a process. Set from outside on the sandbox's first process, before it starts the program.

By then it lives in its own user namespace, where RLIMIT_NPROC counts only the sandbox's own processes; set earlier it
would count everything the worker's user runs.
"""

import os
import resource
import subprocess
from collections.abc import Iterable, Iterator
from typing import Any

from exams.sandbox import slots
from exams.sandbox.runner import MIB, Bounds

# What may be allocated lies above what may be resident, so that a bomb is seen as such (MLE) before its allocations
# fail and it ends for what looks like a reason of its own: a list that doubles holds its old half meanwhile.
_ROOM_BYTES = 64 * MIB
_ADDRESSES_OF_DATA_KIND = 64 * 1024 * MIB
_OWN_PROCESSES = 1  # the sandbox's first


def allocatable(bounds: Bounds) -> int:
    """Bytes of private memory it may ask for, used or not."""
    return bounds.memory_bytes * (2 if bounds.is_address_space else 1) + _ROOM_BYTES


def wanted(bounds: Bounds) -> Iterator[tuple[int, int, int]]:
    """Limit, soft and hard value."""
    memory = allocatable(bounds)
    if bounds.is_address_space:
        yield resource.RLIMIT_AS, memory, memory
    else:
        yield resource.RLIMIT_DATA, memory, memory
        yield resource.RLIMIT_AS, _ADDRESSES_OF_DATA_KIND, _ADDRESSES_OF_DATA_KIND
    seconds = -(-bounds.cpu_ms // 1000) + 1
    yield resource.RLIMIT_CPU, seconds, seconds + 1
    stack = bounds.stack_bytes or resource.RLIM_INFINITY
    yield resource.RLIMIT_STACK, stack, stack
    threads = bounds.threads + _OWN_PROCESSES
    yield resource.RLIMIT_NPROC, threads, threads
    yield resource.RLIMIT_FSIZE, bounds.file_bytes, bounds.file_bytes
    yield resource.RLIMIT_NOFILE, bounds.files, bounds.files
    for nothing in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        yield nothing, 0, 0
    yield resource.RLIMIT_SIGPENDING, 64, 64


def apply(pid: int, bounds: Bounds, *, uid: int) -> None:
    """Bounds a process of user `uid`. A hard limit that is lower already stays. Raises: OSError."""
    limits = [(limit, *_lowered(pid, limit, soft, hard)) for limit, soft, hard in wanted(bounds)]
    try:
        for limit, soft, hard in limits:
            resource.prlimit(pid, limit, (soft, hard))
    except PermissionError:
        if os.geteuid() != 0:
            raise
        _as_user(pid, limits, uid)


def _lowered(pid: int, limit: int, soft: int, hard: int) -> tuple[int, int]:
    _, present = resource.prlimit(os.getpid(), limit)
    top = _least(hard, present)
    return _least(soft, top), top


def _as_user(pid: int, limits: Iterable[tuple[int, int, int]], uid: int) -> None:
    """A container's root may not change another user's limits (CAP_SYS_RESOURCE); that user himself may."""
    options = [f"--{_OPTIONS[limit]}={_said(soft)}:{_said(hard)}" for limit, soft, hard in limits]
    command, path = ["prlimit", "--pid", str(pid), *options], {"PATH": os.defpath}
    who: dict[str, Any] = {"user": uid, "group": slots.GROUP, "extra_groups": []}
    done = subprocess.run(command, **who, env=path, capture_output=True, check=False)
    if done.returncode:
        raise PermissionError(done.stderr.decode(errors="replace").strip())


def _least(one: int, other: int) -> int:
    """The smaller of two limits, of which RLIM_INFINITY is -1."""
    finite = [value for value in (one, other) if value != resource.RLIM_INFINITY]
    return min(finite, default=resource.RLIM_INFINITY)


def _said(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else str(limit)


_OPTIONS = {
    resource.RLIMIT_AS: "as",
    resource.RLIMIT_DATA: "data",
    resource.RLIMIT_CPU: "cpu",
    resource.RLIMIT_STACK: "stack",
    resource.RLIMIT_NPROC: "nproc",
    resource.RLIMIT_FSIZE: "fsize",
    resource.RLIMIT_NOFILE: "nofile",
    resource.RLIMIT_CORE: "core",
    resource.RLIMIT_MEMLOCK: "memlock",
    resource.RLIMIT_MSGQUEUE: "msgqueue",
    resource.RLIMIT_SIGPENDING: "sigpending",
}
