"""The one way to run somebody else's program: `Runner.run`. What it may use (`Bounds`), sees (`File`), did (`Outcome`).

`bwrap.BubblewrapRunner` is the only one. Nothing falls back to running bare: where it cannot be built or cannot hold
its bounds, it raises or says SE.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MIB = 1024 * 1024


class Status(StrEnum):
    """How a run ended. Whether its output is right is not said here.

    OK: exit code 0 within all bounds. RE: ended by itself in another way. SE: it was not run, or not as it should have
    been: the machine's fault, never the program's.
    """

    OK = "OK"
    RE = "RE"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    SE = "SE"


class SandboxUnusable(Exception):
    """No run is possible on this machine. `str()` says why, for staff."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may use. All are numbers > 0 where nothing else is said; whoever builds one has checked them.

    cpu_ms          CPU time of all its threads and processes; above it: TLE
    wall_ms         time by the clock; above it: TLE
    memory_bytes    resident memory; above it: MLE. What can be allocated at all is bounded above it (`rlimits`).
    blame_bytes     an abnormal end with so much resident reads MLE, not RE; 0: memory_bytes. For languages that keep
                    their own, smaller limit (a Java heap).
    is_address_space True: RLIMIT_AS (C, C++, Python). False: RLIMIT_DATA, for what reserves without using (Java, Node)
    output_bytes    of stdout; above it: OLE.          kept_bytes: so much of its beginning is in the outcome
    errors_bytes    of stderr; above it: OLE.          kept_errors_bytes: likewise
    threads         threads and processes alive at the same time
    may_fork        False: other processes are refused, only threads are made. True is for compilers.
    scratch_bytes   size of a writable /tmp; 0: nothing is writable. Without a cgroup only for compilers (inodes!).
    file_bytes      largest file it may write.         files: file descriptors.
    stack_bytes     0: as large as memory allows (deep recursion works).
    """

    cpu_ms: int = 2_000
    wall_ms: int = 9_000
    memory_bytes: int = 256 * MIB
    blame_bytes: int = 0
    is_address_space: bool = True
    output_bytes: int = 16 * MIB
    kept_bytes: int = 64 * 1024
    errors_bytes: int = 64 * 1024
    kept_errors_bytes: int = 4 * 1024
    threads: int = 16
    may_fork: bool = False
    scratch_bytes: int = 0
    file_bytes: int = 32 * MIB
    files: int = 64
    stack_bytes: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file the program sees, read-only. Either `content`, or `source`: a file or directory of this machine, which the
    sandbox's own user must be able to read. `path` is absolute, inside; its directories are made."""

    path: str
    content: bytes | None = None
    source: str = ""
    is_executable: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`exit_code` None: ended by `signal` (an exit code of 128 + a signal reads like that signal), or not run.
    `memory_bytes`: the most that was resident. `stdout` and `stderr` are the kept beginnings, `stdout_bytes` and
    `stderr_bytes` all that was written. `detail`: for staff, why it is not OK."""

    status: Status
    exit_code: int | None = None
    signal: int | None = None
    cpu_ms: int = 0
    wall_ms: int = 0
    memory_bytes: int = 0
    stdout: bytes = b""
    stdout_bytes: int = 0
    stderr: bytes = b""
    stderr_bytes: int = 0
    detail: str = ""


class Runner(Protocol):
    """Something that runs programs so that they can hurt nothing. One run at a time."""

    def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        bounds: Bounds,
        files: Sequence[File] = (),
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Runs `command` (its first word an absolute path inside) in the directory /box, or /tmp where there is a
        scratch. `env` is all there is of an environment, beside PATH, HOME and LANG=C.UTF-8. Nothing of it is alive
        afterwards. Raises: SandboxUnusable, when this machine has no sandbox; everything else is an outcome."""
        ...
