"""A stand-in for the worker of the judge's queue: `python -I -S worker.py PROJECT`.

Reads `{"slots": [...], "works": [{"name", "job", "is_apart"}…]}` from standard input and writes a line for each work as
it ends: `{"name", "compiled", "tests", "failed", "left", "wall_s"}`. One thread a slot; nothing but the standard
library, so that it also runs as a user who may not read this environment's packages.
"""

import json
import os
import queue
import sys
import threading
import time
from typing import Any

sys.path.append(sys.argv[1])

from exams.sandbox.process import SandboxFailed, SandboxOff, judged
from exams.sandbox.protocol import Compiled, Job, Ran
from exams.sandbox.slots import uid_of
from tests.exams.sandbox import containment

_SAYING = threading.Lock()


def main() -> None:
    asked = json.load(sys.stdin)
    works: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    for work in asked["works"]:
        works.put(work)
    threads = [threading.Thread(target=_worked, args=(works, slot)) for slot in asked["slots"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _say({"left": containment.strangers()})


def _worked(works: "queue.SimpleQueue[dict[str, Any]]", slot: int) -> None:
    while True:
        try:
            work = works.get_nowait()
        except queue.Empty:
            return
        _say({"name": work["name"], **_judged(Job.from_json(work["job"]), slot)})


def _judged(job: Job, slot: int) -> dict[str, Any]:
    events: list[Compiled | Ran] = []
    failed = ""
    began = time.monotonic()
    try:
        judged(job, slot=slot, on_event=events.append)
    except (SandboxFailed, SandboxOff) as error:
        failed = f"{type(error).__name__}: {error}"
    uid = uid_of(slot)
    return {
        "compiled": next((one.to_json() for one in events if isinstance(one, Compiled)), None),
        "tests": [one.to_json() for one in events if isinstance(one, Ran)],
        "failed": failed,
        "left": containment.left_alive(range(uid, uid + 1)) if os.geteuid() == 0 else [],
        "wall_s": time.monotonic() - began,
    }


def _say(said: dict[str, Any]) -> None:
    with _SAYING:
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
