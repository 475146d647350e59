"""Compilers are the only runs that may fork. What they do with it counts as one."""

from dataclasses import replace

import pytest

from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import MIB, Bounds, Status
from exams.sandbox.slots import uid_of
from tests.exams.sandbox.machines import nobody_left
from tests.exams.sandbox.working import sandbox

pytestmark = pytest.mark.apart

SLOT = 478
PYTHON = ("/usr/bin/python3", "-I", "-S", "-c")
BOMB = """
import os, time
for child in range(6):
    if os.fork() == 0:
        kept = b"x" * (24 << 20)
        time.sleep(20)
        os._exit(0)
time.sleep(20)
"""
SPINNERS = """
import os
for child in range(8):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while True:
            pass
os.wait()
while True:
    pass
"""


@sandbox
@pytest.mark.parametrize(
    ("code", "bounds", "statuses"),
    [
        (BOMB, Bounds(memory_bytes=96 * MIB, wall_ms=15_000), {Status.MLE}),
        (SPINNERS, Bounds(cpu_ms=400, wall_ms=15_000), {Status.TLE}),
        ("import os\nwhile True: os.fork()", Bounds(cpu_ms=1_000, wall_ms=15_000), {Status.RE, Status.TLE}),
    ],
)
def test_what_many_processes_use_is_one_account(code: str, bounds: Bounds, statuses: set[Status]) -> None:
    with nobody_left(uid_of(SLOT)):
        said = BubblewrapRunner(slot=SLOT).run([*PYTHON, code], bounds=replace(bounds, may_fork=True))
    assert said.status in statuses, said
    assert said.wall_ms < bounds.wall_ms
