"""Programs run by bubblewrap: in their own namespaces, as a user who owns nothing, behind `seccomp`, within `rlimits`.

It is started by an ordinary uid, never root's (`slots`). No setuid, no daemon, no container engine. What may be run at
all is asked of `probe`; here a run that could not be started is SE, which only bubblewrap's own pipe can say.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import PurePosixPath
from typing import Any

from exams.sandbox import cgroups, layout, measuring, rlimits, seccomp, slots
from exams.sandbox.descriptors import Descriptors, sealed
from exams.sandbox.runner import Bounds, File, Outcome, SandboxUnusable, Status
from exams.sandbox.watching import HELD_BACK, Ends, Seen, Started, Watch

_FIXED = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
    *("--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"),
)
_ONE_AT_A_TIME = threading.Lock()
_SUBREAPER, _IS_SUBREAPER = 36, 37


class BubblewrapRunner:
    """Runs programs, one at a time. `bwrap` is its path, "" the one on PATH. `slot`: whose uid root takes for it.
    Raises: SandboxUnusable."""

    def __init__(self, bwrap: str = "", *, slot: int = 0) -> None:
        found = bwrap or shutil.which("bwrap") or ""
        if not found or not os.access(found, os.X_OK):
            raise SandboxUnusable(f"bubblewrap is not at {bwrap}." if bwrap else "bubblewrap (bwrap) is not on PATH.")
        self.bwrap, self._uid = found, slots.uid_of(slot)
        self.cgroup = cgroups.find()
        if self.cgroup:
            self.cgroup.sweep()
        for left in measuring.abandoned(os.geteuid() or self._uid):
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)

    def run(
        self,
        command: Sequence[str],
        *,
        stdin: bytes = b"",
        bounds: Bounds,
        files: Sequence[File] = (),
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """As `runner.Runner` says."""
        if not _is_there(command[0], files):
            return Outcome(Status.SE, detail=f"No such file, or none that can be started: {command[0]}")
        with _ONE_AT_A_TIME, _orphans_come_to_us(), Descriptors() as open_files:
            seen = self._watched(command, stdin, bounds, files, layout.ENVIRONMENT | dict(env or {}), open_files)
        return _outcome(seen, bounds)

    def _watched(
        self,
        command: Sequence[str],
        stdin: bytes,
        bounds: Bounds,
        files: Sequence[File],
        env: Mapping[str, str],
        open_files: Descriptors,
    ) -> Seen:
        (out, to_out), (errors, to_errors), (status, to_status), (held_back, go) = (open_files.pipe() for _ in range(4))
        # Its own pipe's reading end is handed to bubblewrap, too, which keeps it from the program: if we die, what it
        # says still goes somewhere, and it goes on to where everything ends, instead of leaving half a sandbox.
        handed: list[int] = [to_status, status]
        arguments = [self.bwrap, *_FIXED, "--sync-fd", str(status)]
        for name, value in env.items():
            arguments += ["--setenv", name, value]
        arguments += layout.seen()
        for one in (File("/etc/passwd", layout.PASSWD), File("/dev/stdin", stdin), *files):
            arguments += _placed(one, open_files, handed)
        arguments += _writable(bounds)
        largest = rlimits.allocatable(bounds) if bounds.is_address_space else 0
        program = seccomp.filter_program(may_fork=bounds.may_fork, largest=largest)
        handed.append(open_files.keep(sealed(program, "filter")))
        arguments += ["--seccomp", str(handed[-1]), "--json-status-fd", str(to_status), "--", *HELD_BACK, *command]
        streams = (held_back, to_out, to_errors)
        with self._group(bounds) as group:
            started = self._started(arguments, streams, handed)
            open_files.keep(started.number)
            for number in {*streams, *handed} - {status}:
                open_files.close(number)
            return Watch(started, Ends(out, errors, status, go), bounds, open_files, group).until_end()

    def _group(self, bounds: Bounds) -> AbstractContextManager[cgroups.Group | None]:
        """A control group for what rlimits do not bound wholly: several processes, and memory shared or reserved.
        Elsewhere it would only cost time."""
        if self.cgroup and (bounds.may_fork or not bounds.is_address_space):
            return cgroups.Group(self.cgroup, bounds)
        return nullcontext()

    def _started(self, arguments: Sequence[str], streams: tuple[int, int, int], handed: Sequence[int]) -> Started:
        """Bubblewrap. It has nothing of our environment and no rights of root. Raises: SandboxUnusable."""
        uid = os.geteuid() or self._uid
        as_user: dict[str, Any] = {} if os.geteuid() else {"user": uid, "group": slots.GROUP, "extra_groups": []}
        stdin, stdout, stderr = streams
        try:
            started = subprocess.Popen(
                arguments,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=handed,
                env={},
                cwd="/",
                start_new_session=True,
                **as_user,
            )
        except OSError as error:
            raise SandboxUnusable(f"{arguments[0]} could not be started: {error}") from error
        started.returncode = 0  # waited for by pid, with what it used
        try:
            return Started(started.pid, os.pidfd_open(started.pid), uid)
        except OSError:
            os.kill(started.pid, signal.SIGKILL)
            os.waitpid(started.pid, 0)
            raise


def _is_there(path: str, files: Sequence[File]) -> bool:
    """Whether there is such a program: in a file or directory that is handed in, or of the system that is seen."""
    return any(path == one.path or path.startswith(f"{one.path}/") for one in files) or os.access(path, os.X_OK)


def _placed(one: File, open_files: Descriptors, handed: list[int]) -> list[str]:
    """Arguments for one file. Raises: ValueError."""
    path = PurePosixPath(one.path)
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{one.path} is no place in the sandbox.")
    if one.source:
        return ["--ro-bind", one.source, str(path)]
    number = open_files.keep(sealed(one.content or b""))
    handed.append(number)
    return ["--perms", "0555" if one.is_executable else "0444", "--file", str(number), str(path)]


def _writable(bounds: Bounds) -> list[str]:
    """A scratch of bounded size if one is given; everything else, the root too, becomes read-only."""
    home = ["--dir", layout.HOME, "--remount-ro", "/"]
    if not bounds.scratch_bytes:
        return ["--dir", layout.SCRATCH, *home, "--chdir", layout.HOME]
    scratch = ["--size", str(bounds.scratch_bytes), "--tmpfs", layout.SCRATCH]
    return [*scratch, *home, "--chdir", layout.SCRATCH]


def _outcome(seen: Seen, bounds: Bounds) -> Outcome:
    """How it ended: first what we stopped it for, then what it used, then how it ended by itself."""
    code: int | None = seen.ended_as
    number: int | None = None
    if code is not None and 128 < code <= 128 + signal.NSIG:
        number, code = code - 128, None
    status, detail = _judged(seen, bounds)
    if status is Status.SE and not seen.was_started:
        code = number = None
    return Outcome(
        status=status,
        exit_code=code,
        signal=number,
        cpu_ms=round(seen.cpu_ns / 1e6),
        wall_ms=round(seen.wall_ns / 1e6),
        memory_bytes=seen.memory_bytes,
        stdout=bytes(seen.stdout.kept),
        stdout_bytes=seen.stdout.total,
        stderr=bytes(seen.stderr.kept),
        stderr_bytes=seen.stderr.total,
        detail=detail,
    )


def _judged(seen: Seen, bounds: Bounds) -> tuple[Status, str]:
    """Nothing that the program prints is looked at."""
    if not seen.was_started or seen.stopped is Status.SE or (seen.ended_as is None and not seen.stopped):
        said = bytes(seen.stderr.kept).decode(errors="replace").strip()
        return Status.SE, seen.detail or said or f"The sandbox was ended from outside ({seen.monitor_ended})."
    for status, is_so, detail in _exceeded(seen, bounds):
        if is_so:
            return status, detail
    if seen.ended_as == 0:
        return Status.OK, ""
    if seen.memory_bytes >= (bounds.blame_bytes or bounds.memory_bytes):
        return Status.MLE, "ended with all the memory it may have"
    return Status.RE, _ended_by(seen.ended_as or 0)


def _exceeded(seen: Seen, bounds: Bounds) -> Iterator[tuple[Status, bool, str]]:
    """Each bound, and whether it was exceeded. The first that was is the answer."""
    is_over = seen.is_out_of_memory or seen.memory_bytes > bounds.memory_bytes
    yield Status.MLE, is_over, "more memory than allowed"
    # Programs can end themselves like this, but gain nothing: it is no better than RE.
    yield Status.MLE, seen.ended_as == 128 + signal.SIGSYS, "more memory at once than allowed"
    if seen.stopped:
        yield seen.stopped, True, seen.detail
    is_over = seen.stdout.total > bounds.output_bytes or seen.stderr.total > bounds.errors_bytes
    yield Status.OLE, is_over, "more output than allowed"
    yield Status.TLE, seen.cpu_ns > bounds.cpu_ms * 1_000_000, "more CPU time than allowed"


def _ended_by(code: int) -> str:
    if 128 < code <= 128 + signal.NSIG:
        return signal.strsignal(code - 128) or f"signal {code - 128}"
    return f"exit code {code}"


@contextmanager
def _orphans_come_to_us() -> Iterator[None]:
    """While a run lasts, processes whose parent ends become this process's children, so that it can wait for them."""
    libc = ctypes.CDLL(None, use_errno=True)
    before = ctypes.c_int()
    libc.prctl(_IS_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_SUBREAPER, before.value, 0, 0, 0)
