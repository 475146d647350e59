"""One run from its start to the last of its processes: reads what it writes, looks at what it uses, ends it in time.

The tree is: this process, bubblewrap (the monitor), the first process of the new pid namespace (`first`), the program.
The monitor waits for nobody in the namespace, so `first` becomes our child when the monitor ends; its `wait4` has the
CPU time and peak memory of everything it waited for, and returns only when nothing else in the namespace is alive.

If we die, the monitor is killed, and `first` with it; but only from the moment on at which both asked the kernel for
that. So the program's process begins as a shell (`HELD_BACK`) that says it is there and waits for our word. With our
death its waiting ends in nothing; without, its bounds are set before the word is given.
"""

import errno
import json
import os
import select
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from exams.sandbox import measuring, rlimits
from exams.sandbox.cgroups import Group
from exams.sandbox.descriptors import Descriptors
from exams.sandbox.runner import Bounds, Status

LOOK_EVERY_S = 0.02
HELD_BACK = ("/bin/sh", "-c", 'echo; read -r go || exit 1; exec "$@" </dev/stdin', "sh")
_IS_FILTERED = b"\nSeccomp:\t2"
_SETUP_S = 10.0
_GRACE_S = 0.5
_MOST_WAITING = 3  # times its limit by the clock a program may have been kept waiting
_CHUNK = 256 * 1024


@dataclass(slots=True)
class Stream:
    """What came out of a pipe: its beginning, and how much it was."""

    most: int
    most_kept: int
    kept: bytearray = field(default_factory=bytearray)
    total: int = 0

    def take(self, chunk: bytes) -> bool:
        """False: it is more than it may be."""
        self.total += len(chunk)
        self.kept += chunk[: self.most_kept - len(self.kept)]
        return self.total <= self.most


@dataclass(frozen=True, slots=True)
class Ends:
    """Our ends of a run's pipes. What is written to `go` lets the program start."""

    stdout: int
    stderr: int
    status: int
    go: int


@dataclass(frozen=True, slots=True)
class Started:
    """Bubblewrap, a child of ours: its pid, a pidfd of it, and whose it is."""

    pid: int
    number: int
    uid: int


@dataclass(slots=True)
class Seen:
    """What was seen of a run. `ended_as` is bubblewrap's word on the program, None without one; `stopped` why we ended
    it; `monitor_ended` how bubblewrap itself did (its exit code; less than 0: a signal). Times in ns; memory in bytes,
    the most that all its processes had at one time."""

    stdout: Stream
    stderr: Stream
    ended_as: int | None = None
    monitor_ended: int = 0
    stopped: Status | None = None
    detail: str = ""
    cpu_ns: int = 0
    wall_ns: int = 0
    memory_bytes: int = 0
    is_out_of_memory: bool = False
    was_started: bool = False


class Watch:
    """Watches one run, which was started and is held back until its bounds are set."""

    def __init__(
        self, started: Started, ends: Ends, bounds: Bounds, open_files: Descriptors, group: Group | None
    ) -> None:
        self._bounds, self._ends, self._open, self._group = bounds, ends, open_files, group
        self._uid, self._monitor, self._monitor_fd = started.uid, started.pid, started.number
        self._first = self._program = 0
        self._first_fd = self._program_fd = -1
        self._said = bytearray()
        self._at_end: set[int] = set()
        self._cpu: dict[int, int] = {}
        self._began = time.monotonic_ns()
        self._overhead_ns = self._kill_at = 0
        self._seen = Seen(
            Stream(bounds.output_bytes, bounds.kept_bytes), Stream(bounds.errors_bytes, bounds.kept_errors_bytes)
        )

    def until_end(self) -> Seen:
        """Blocks until nothing of the run is alive; so, too, when it is interrupted."""
        try:
            left = self._follow()
        except BaseException:
            self._kill_all()
            self._reap()
            raise
        self._seen.wall_ns = time.monotonic_ns() - self._began
        self._reap()
        for number in left:
            while self._read(number):
                pass
        return self._seen

    def _follow(self) -> set[int]:
        """Until bubblewrap has ended. Returns the pipes in which something may be left."""
        with select.epoll() as epoll:
            reading = {self._ends.stdout, self._ends.stderr, self._ends.status}
            for number in (*reading, self._monitor_fd):
                os.set_blocking(number, False)
                epoll.register(number, select.EPOLLIN)
            has_ended = False
            looked = time.monotonic()
            while not has_ended:
                for number, _ in epoll.poll(LOOK_EVERY_S):
                    if number == self._monitor_fd:
                        has_ended = True
                    else:
                        self._read(number)
                for number in reading & self._at_end:
                    epoll.unregister(number)
                reading -= self._at_end
                if not has_ended and time.monotonic() - looked >= LOOK_EVERY_S:
                    looked = time.monotonic()
                    self._look()
        return reading

    def _read(self, number: int) -> bool:
        """Takes what is there. False: there is nothing now; `_at_end` has those in which there never will be."""
        try:
            chunk = os.read(number, _CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            self._at_end.add(number)
            return False
        if number == self._ends.status:
            self._said += chunk
            self._hear()
            return True
        if number == self._ends.stdout and not self._program:
            chunk = chunk[1:]  # the shell's word that it is there; the program, which comes after, cannot say it
            self._read(self._ends.status)
            self._let_go()
        if not (self._seen.stdout if number == self._ends.stdout else self._seen.stderr).take(chunk):
            self._stop(Status.OLE, "more output than allowed")
        return True

    def _hear(self) -> None:
        """What bubblewrap says on its own pipe, which the program does not have."""
        while b"\n" in self._said:
            line, _, rest = bytes(self._said).partition(b"\n")
            self._said[:] = rest
            said = json.loads(line)
            if "child-pid" in said and not self._first:
                first = int(said["child-pid"])
                self._first_fd, self._first = self._open.keep(os.pidfd_open(first)), first
            elif "exit-code" in said:
                self._seen.ended_as = int(said["exit-code"])

    def _let_go(self) -> None:
        """Sets the bounds on the process that is to become the program, and gives it the word."""
        try:
            (self._program,) = measuring.children(self._first)
            self._program_fd = self._open.keep(os.pidfd_open(self._program))
            rlimits.apply(self._program, self._bounds, uid=self._uid)
            if self._group:
                self._group.add(self._program)
            self._await_first()
            self._overhead_ns = measuring.cpu_ns(self._program)
            self._began = time.monotonic_ns()
            os.write(self._ends.go, b"\n")
            self._seen.was_started = True
        except (OSError, ValueError) as error:
            self._stop(Status.SE, f"The bounds could not be set: {error}")

    def _await_first(self) -> None:
        """Until `first` will die with the monitor: it asks for that just before it takes the filter of system calls."""
        ends = time.monotonic() + _SETUP_S
        while _IS_FILTERED not in Path(f"/proc/{self._first}/status").read_bytes():
            if time.monotonic() > ends:
                raise TimeoutError("the sandbox's first process does not begin")
            time.sleep(0.001)

    def _look(self) -> None:
        """Compares what is used with what may be."""
        now = time.monotonic_ns()
        if self._kill_at and now > self._kill_at:
            self._kill_all()
            return
        if not self._seen.was_started:
            if now - self._began > _SETUP_S * 1e9:
                self._stop(Status.SE, "Bubblewrap did not come so far as to start the program.")
            return
        running = measuring.descendants(self._first) if self._bounds.may_fork else [self._program]
        for pid in running:
            self._cpu[pid] = max(self._cpu.get(pid, 0), measuring.cpu_ns(pid))
        resident = sum(map(measuring.resident_bytes, running))
        self._seen.memory_bytes = max(self._seen.memory_bytes, resident)
        self._seen.cpu_ns = max(sum(self._cpu.values()) - self._overhead_ns, 0)
        if self._seen.memory_bytes > self._bounds.memory_bytes:
            self._stop(Status.MLE, "more memory than allowed")
        elif self._seen.cpu_ns > self._bounds.cpu_ms * 1_000_000:
            self._stop(Status.TLE, "more CPU time than allowed")
        elif now - self._began > self._bounds.wall_ms * 1_000_000 + self._kept_waiting_ns():
            self._stop(Status.TLE, "took longer by the clock than allowed")

    def _kept_waiting_ns(self) -> int:
        """The time a busy machine gave to others is not the program's: it may take so much longer, but not for ever."""
        most = _MOST_WAITING * self._bounds.wall_ms * 1_000_000
        return min(measuring.kept_waiting_ns(self._program or self._first), most)

    def _stop(self, why: Status, detail: str) -> None:
        """Ends the run. The program first and by itself, so that `first` still counts what it used."""
        if self._seen.stopped is None:
            self._seen.stopped, self._seen.detail = why, detail
        if self._kill_at:
            return
        self._kill_at = time.monotonic_ns() + int(_GRACE_S * 1e9)
        if self._program_fd >= 0 and not self._bounds.may_fork:
            _kill(self._program_fd)
        else:
            self._kill_all()

    def _kill_all(self) -> None:
        """The monitor first: one that is gone cannot take the account of `first` with it."""
        _kill(self._monitor_fd)
        if self._first_fd >= 0:
            _kill(self._first_fd)

    def _reap(self) -> None:
        """Waits until all are gone, and takes what they used."""
        _, ended, usage = os.wait4(self._monitor, 0)
        self._seen.monitor_ended = os.waitstatus_to_exitcode(ended)
        own_ns = 0
        if self._first_fd >= 0:
            _kill(self._first_fd)
            select.select([self._first_fd], [], [])
            own_ns = measuring.cpu_ns(self._first)
            try:
                usage = os.wait4(self._first, 0)[2]
            except ChildProcessError:
                own_ns = 0
        spent = int((usage.ru_utime + usage.ru_stime) * 1e9) - own_ns - self._overhead_ns
        self._seen.cpu_ns = max(self._seen.cpu_ns, spent, 0)
        self._seen.memory_bytes = max(self._seen.memory_bytes, usage.ru_maxrss * 1024)
        self._seen.is_out_of_memory = bool(self._group and self._group.is_out_of_memory())


def _kill(number: int) -> None:
    """SIGKILL to the process of a pidfd; one that is gone is no error."""
    try:
        signal.pidfd_send_signal(number, signal.SIGKILL)
    except OSError as error:
        if error.errno != errno.ESRCH:
            raise
