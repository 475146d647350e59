"""Which system calls reach the kernel: a filter as classic BPF, written here so that nothing has to be installed.

An allow-list (`syscalls`), a few of them only with harmless arguments. What is not on it answers ENOSYS, so that the C
library and runtimes take another way; so do other machine languages of the same processor (32-bit, x32). Whoever asks
for one writable piece of memory larger than all he may have is ended by SIGSYS, which nothing else here leads to.
"""

import errno
import platform
import struct
from collections.abc import Iterable
from functools import cache

from exams.sandbox.runner import SandboxUnusable
from exams.sandbox.syscalls import ALLOWED

_LOAD, _RETURN = 0x20, 0x06
_EQUAL, _ANY_BIT, _AT_LEAST, _ABOVE = 0x15, 0x45, 0x35, 0x25
_ALLOW, _KILL = 0x7FFF_0000, 0x8000_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_ARCHITECTURES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32 = 0x4000_0000

_CLONE_THREAD = 0x0001_0000
_CLONE_NAMESPACES = 0x7E02_0000
_AF_UNIX = 1
_PROT_WRITE = 2
_SOCKET = {"x86_64": 41, "aarch64": 198}

# prctl: name of a thread, names of memory, what may be asked; nothing that changes what it is allowed to do.
_PRCTL = (1, 2, 3, 4, 15, 16, 23, 27, 29, 30, 38, 39, 41, 42, 0x5356_4D41)
# fcntl: duplicates and flags. No locks (seen by a neighbour who reads the same file), leases, signals, pipe sizes.
_FCNTL = (0, 1, 2, 3, 4, 1030, 1032, 1034)
_F_LOCKS = (5, 6, 7, 36, 37, 38)
# ioctl: TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)

_Rule = tuple[int, int, int, int]


def _answer(number: int) -> int:
    return 0x0005_0000 | number


def _only(argument: int, values: Iterable[int], otherwise: int) -> list[_Rule]:
    """Allowed with one of these values of an argument, of which the lower 32 bits are looked at."""
    rules: list[_Rule] = [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]
    for value in values:
        rules += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW)]
    return [*rules, (_RETURN, 0, 0, _answer(otherwise))]


def _clone(*, may_fork: bool) -> list[_Rule]:
    """Never with a new namespace; without `may_fork` only threads."""
    rules: list[_Rule] = [
        (_LOAD, 0, 0, _ARGUMENTS),
        (_ANY_BIT, 0, 1, _CLONE_NAMESPACES),
        (_RETURN, 0, 0, _answer(errno.EPERM)),
    ]
    if not may_fork:
        rules += [(_ANY_BIT, 1, 0, _CLONE_THREAD), (_RETURN, 0, 0, _answer(errno.EPERM))]
    return [*rules, (_RETURN, 0, 0, _ALLOW)]


def _no_larger(argument: int, most: int) -> list[_Rule]:
    """Ends the program when an argument of 64 bits is more than `most`, which has 32."""
    low = _ARGUMENTS + 8 * argument
    return [
        (_LOAD, 0, 0, low + 4),
        (_EQUAL, 1, 0, 0),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, low),
        (_ABOVE, 0, 1, most),
        (_RETURN, 0, 0, _KILL),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _memory(largest: int) -> dict[str, list[_Rule]]:
    """Pieces of memory. Those that only reserve addresses (threads' heaps) may be as large as they like."""
    writable: list[_Rule] = [
        (_LOAD, 0, 0, _ARGUMENTS + 8 * 2),
        (_ANY_BIT, 1, 0, _PROT_WRITE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return {"mmap": [*writable, *_no_larger(1, largest)], "mremap": _no_larger(2, largest)}


def _bodies(*, may_fork: bool, largest: int) -> dict[str, list[_Rule]]:
    """What decides, by name of the system call; those not named here are allowed as they are."""
    refused: list[_Rule] = [(_RETURN, 0, 0, _answer(errno.EPERM))]
    locks: list[_Rule] = [(_LOAD, 0, 0, _ARGUMENTS + 8)]
    for value in _F_LOCKS:
        locks += [(_EQUAL, 0, 1, value), (_RETURN, 0, 0, _answer(errno.ENOLCK))]
    bodies = {
        "clone": _clone(may_fork=may_fork),
        "socketpair": _only(0, (_AF_UNIX,), errno.EACCES),
        "prctl": _only(0, _PRCTL, errno.EPERM),
        "ioctl": _only(1, _IOCTL, errno.ENOTTY),
        "fcntl": [*locks, *_only(1, _FCNTL, errno.EPERM)],
    }
    if not may_fork:
        bodies |= {"fork": refused, "vfork": refused}
    return bodies | _memory(largest) if 0 < largest < 1 << 32 else bodies


def _packed(rules: Iterable[_Rule]) -> bytes:
    return b"".join(struct.pack("=HBBI", *rule) for rule in rules)


def supported(machine: str = "") -> bool:
    """Whether there is a table for this processor."""
    return (machine or platform.machine()) in ALLOWED


@cache
def filter_program(*, may_fork: bool, largest: int = 0, machine: str = "") -> bytes:
    """The filter as the kernel reads it (an array of `struct sock_filter`). `largest`: bytes of one writable piece of
    memory, 0: not looked at. Raises: SandboxUnusable."""
    machine = machine or platform.machine()
    if machine not in ALLOWED:
        raise SandboxUnusable(f"There is no table of system calls for {machine}.")
    rules: list[_Rule] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _answer(errno.ENOSYS)),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        rules += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _answer(errno.ENOSYS))]
    bodies = _bodies(may_fork=may_fork, largest=largest)
    for name, number in ALLOWED[machine].items():
        body = bodies.get(name, [(_RETURN, 0, 0, _ALLOW)])
        rules += [(_EQUAL, 0, len(body), number), *body]
    # Said as "not allowed", since a program may well show it: everything else is as if it did not exist.
    rules += [(_EQUAL, 0, 1, _SOCKET[machine]), (_RETURN, 0, 0, _answer(errno.EACCES))]
    return _packed([*rules, (_RETURN, 0, 0, _answer(errno.ENOSYS))])
