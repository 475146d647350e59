"""Stand between the supervisor and one child, and end the child when the supervisor is gone, however it went.

Run as a plain script (`python -I guard.py LIFELINE GRACE_S PASSED_FDS -- COMMAND…`) in a session of its own, so it
costs a few megabytes and no Django. LIFELINE is the reading end of a pipe whose only writing end the supervisor holds:
the kernel closes that end even after kill -9, and the end of file here means "stop". That works on any POSIX system; on
Linux the child is also told when the guard itself is killed together with the supervisor.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Start the command, wait for its end or the supervisor's; the child's exit status (128 + signal)."""
    lifeline, grace_s, passed = int(arguments[0]), float(arguments[1]), arguments[2]
    fds = tuple(int(fd) for fd in passed.split(",") if fd)
    # No thread runs yet, so a function between fork and exec is safe.
    child = subprocess.Popen(arguments[4:], pass_fds=fds, preexec_fn=_end_with_guard())

    def ask(_signal: int, _frame: FrameType | None) -> None:
        child.terminate()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    threading.Thread(target=_end_with_supervisor, args=(lifeline, grace_s, child), daemon=True).start()
    status = child.wait()
    if select.select([lifeline], [], [], 0)[0]:
        os.killpg(0, signal.SIGKILL)
    # Otherwise the supervisor kills what the child left in its group: this process is in that group too.
    return status if status >= 0 else 128 - status


def _end_with_guard() -> Callable[[], object] | None:
    """What a child calls to get SIGTERM when its parent dies; only Linux has it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_with_supervisor(lifeline: int, grace_s: float, child: "subprocess.Popen[bytes]") -> None:
    os.read(lifeline, 1)  # returns only at the end of file: nobody ever writes
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(grace_s)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
