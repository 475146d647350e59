"""Keep a few processes running together: restart a dead one, end all of them together, leave no orphan.

Each child runs behind `guard.py`, in a session of its own. The supervisor holds the writing end of a pipe per guard;
closing it is how a child is told to stop, and the kernel closes it when the supervisor itself is killed. So there is
one way to end, and it also works when nobody is left to ask for it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
_GUARD = Path(__file__).with_name("guard.py")
_SLACK_S = 1.5


@dataclass(frozen=True)
class Program:
    """What to keep running. `stop_s`: seconds it gets between being asked to stop and being killed."""

    name: str
    command: Sequence[str]
    stop_s: float = 10.0
    fds: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    is_needed_by_others: bool = False  # then it is asked to stop only when they have ended


class Child:
    """One program's current process. STARTED → RUNNING → (DIED → RUNNING)* → STOPPED."""

    def __init__(self, program: Program, say: Callable[[str, str], None], held: tuple[int, ...]) -> None:
        """`say(name, line)` prints; `held` are descriptors the guard keeps open for as long as it lives."""
        self.program = program
        self._say = say
        self._held = held
        self._stopping = threading.Event()
        self._lifeline = -1
        self._lock = threading.Lock()
        self._guard: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=program.name, daemon=True)

    def start(self) -> None:
        self._spawn()
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop, and do not wait."""
        with self._lock:
            self._stopping.set()
            self._hang_up()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def kill(self) -> None:
        """End what is left of it, now."""
        self._kill_group()
        self._thread.join(2.0)

    def _spawn(self) -> None:
        reading, writing = os.pipe()
        passed = ",".join(str(fd) for fd in self.program.fds)
        guard = [sys.executable, "-I", str(_GUARD), str(reading), str(self.program.stop_s), passed, "--"]
        try:
            self._guard = subprocess.Popen(
                [*guard, *self.program.command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(reading, *self.program.fds, *self._held),
                start_new_session=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.program.environment},
            )
        except OSError:
            os.close(writing)
            raise
        finally:
            os.close(reading)
        self._lifeline = writing
        threading.Thread(target=self._print, args=(self._guard,), daemon=True).start()

    def _print(self, guard: "subprocess.Popen[bytes]") -> None:
        assert guard.stdout is not None  # noqa: S101  # it was asked for above
        with guard.stdout as lines:
            for line in lines:
                self._say(self.program.name, line.decode(errors="replace").rstrip("\r\n"))

    def _keep(self) -> None:
        """Wait for the process and start it anew until told to stop, pausing longer each time it dies young."""
        pause_s = FIRST_PAUSE_S
        while True:
            started = time.monotonic()
            status = self._wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > STEADY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            self._say(self.program.name, f"ended with status {status}; starting it again in {pause_s:g} s")
            if self._stopping.wait(pause_s):
                return
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            with self._lock:
                if self._stopping.is_set():
                    return
                try:
                    self._spawn()
                except OSError as error:
                    self._say(self.program.name, f"cannot be started: {error}")

    def _wait(self) -> int:
        """Wait for the guard, then kill what it left behind before its number can be given to another process."""
        guard = self._guard
        if guard is None:
            return -1
        os.waitid(os.P_PID, guard.pid, os.WEXITED | os.WNOWAIT)
        self._kill_group()
        status = guard.wait()
        with self._lock:
            self._hang_up()
            self._guard = None
        return status

    def _kill_group(self) -> None:
        guard = self._guard
        if guard is not None and guard.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(guard.pid, signal.SIGKILL)

    def _hang_up(self) -> None:
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1


class Supervisor:
    """Programs kept together until a signal."""

    def __init__(self, out: Callable[[str], None], *, held: tuple[int, ...] = ()) -> None:
        self._out = out
        self._held = held
        self._children: list[Child] = []
        self._asked = 0
        self._printing = threading.Lock()

    def start(self, program: Program) -> None:
        child = Child(program, self.say, self._held)
        child.start()
        self._children.append(child)

    def say(self, name: str, line: str) -> None:
        with self._printing:
            self._out(f"{name:<7}| {line}")

    def listen_for_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal end everything; a second one ends it at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    @property
    def is_asked_to_stop(self) -> bool:
        return self._asked > 0

    def wait(self) -> None:
        """Return when a signal asks to stop."""
        while not self._asked:
            time.sleep(0.2)

    def stop(self) -> None:
        """End everything, last what the others still need to finish."""
        for is_last in (False, True):
            group = [child for child in self._children if child.program.is_needed_by_others is is_last]
            for child in group:
                child.stop()
            ends = time.monotonic() + max((child.program.stop_s for child in group), default=0.0) + _SLACK_S
            while time.monotonic() < ends and self._asked < 2 and any(child.is_alive for child in group):
                time.sleep(0.05)
            for child in group:
                child.kill()

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        # Only a number: a lock taken here could be one the interrupted code holds.
        self._asked += 1
