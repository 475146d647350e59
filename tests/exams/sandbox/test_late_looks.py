"""A judge on a busy machine looks late: all that a run says may then be there at once, in any order."""

import select
import time
from typing import Any

import pytest

from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import Bounds, Status
from exams.sandbox.slots import uid_of
from tests.exams.sandbox.machines import nobody_left
from tests.exams.sandbox.working import sandbox

pytestmark = pytest.mark.apart

SLOT = 479
PYTHON = ("/usr/bin/python3", "-I", "-S", "-c")
EPOLL = select.epoll


class LateEpoll:
    """The kernel's, for somebody who comes when both the sandbox and the shell in it have spoken, and then is slow."""

    def __init__(self, after_s: float) -> None:
        self._after_s, self._epoll = after_s, EPOLL()
        self._registered: list[int] = []

    def __enter__(self) -> "LateEpoll":
        return self

    def __exit__(self, *_error: object) -> None:
        self._epoll.close()

    def register(self, number: int, _events: int) -> None:
        self._registered.append(number)

    def poll(self, timeout: float) -> list[tuple[int, int]]:
        ends = time.monotonic() + 10
        while self._registered and len(select.select(self._registered, [], [], timeout)[0]) < 2:
            assert time.monotonic() < ends
            time.sleep(0.001)
        for number in sorted(self._registered):  # its output before the sandbox's own words
            self._epoll.register(number, select.EPOLLIN)
        self._registered.clear()
        time.sleep(self._after_s)
        return self._epoll.poll(timeout)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._epoll, name)


@sandbox
@pytest.mark.parametrize("after_s", [0.0, 0.1])
@pytest.mark.parametrize(
    ("code", "status"),
    [("print('x')", Status.OK), ("raise SystemExit(3)", Status.RE), ("print('x' * 9999)", Status.OLE)],
)
def test_who_looks_late_sees_the_same(
    monkeypatch: pytest.MonkeyPatch, code: str, status: Status, after_s: float
) -> None:
    monkeypatch.setattr("exams.sandbox.watching.select.epoll", lambda: LateEpoll(after_s))
    with nobody_left(uid_of(SLOT)):
        said = BubblewrapRunner(slot=SLOT).run([*PYTHON, code], bounds=Bounds(output_bytes=2_000))
    assert said.status is status, said
