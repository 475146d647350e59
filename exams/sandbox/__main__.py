"""The helper: one job, then it ends. `python -I -S …/exams/sandbox/__main__.py --slot N --parent PID [--bwrap PATH]`.

A Job as JSON on standard input, JSON lines as `protocol` says on standard output. Root becomes the slot's user before
it reads a byte of the job. It dies with its parent, and what runs in the sandbox dies with it.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

# Last, so that nothing in the project can stand in for the standard library.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from exams.sandbox import slots
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.judging import judge
from exams.sandbox.protocol import Compiled, Job, Ran
from exams.sandbox.runner import SandboxUnusable

_PR_SET_PDEATHSIG = 1


def main() -> None:
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))  # importing argparse costs as much as a C program
    slot, parent, bwrap = int(options["--slot"]), int(options["--parent"]), options.get("--bwrap", "")
    slots.become(slot)
    _die_with(parent)
    os.umask(0o007)
    try:
        job = Job.from_json(json.load(sys.stdin.buffer))
        judge(job, BubblewrapRunner(bwrap, slot=slot), _report)
    except SandboxUnusable as unusable:
        _say({"event": "failed", "detail": str(unusable), "is_off": True})
    except (KeyError, TypeError, ValueError, OSError, MemoryError) as error:
        _say({"event": "failed", "detail": f"{type(error).__name__}: {error}"[:500]})
    else:
        _say({"event": "done"})


def _die_with(parent: int) -> None:
    """After becoming another user, which would forget it."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("its parent is gone")


def _report(one: Compiled | Ran) -> None:
    _say({"event": "compiled" if isinstance(one, Compiled) else "test"} | one.to_json())


def _say(said: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
