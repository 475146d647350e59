"""An end to every read from a Drive, so that one that hangs gives its readers' threads back.

A thread that waits for a network folder whose server is gone cannot be ended from outside. So each read runs in a
thread that may be left behind. While one is overdue its Drive is not asked again, but for a try now and then: what a
dead Drive holds of a process is LEFT_AT_MOST threads.

`dfs.hedging` has the bytes another way long before where there is one; here is the end where there is none.
"""

import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache

from dfs.drives import DriveError, Trouble
from dfs.models import DriveAccount

BASE_S = 30.0
BYTES_PER_S = 256 * 1024
"""A read may take BASE_S and what its bytes take at this pace: a crowded line of ten megabits is slow, not dead."""
TRY_AGAIN_S = 30.0
"""How long a Drive with an overdue read is left alone."""
LEFT_AT_MOST = 16


class Gate:
    """The reads of this process from one Drive."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._running: dict[int, float] = {}  # number → when it is overdue
        self._tried_at = 0.0

    def enter(self, allowed_s: float) -> int:
        """A number to `leave` with. Raises: DriveError while the Drive hangs."""
        now = time.monotonic()
        with self._lock:
            is_overdue = any(due <= now for due in self._running.values())
            if is_overdue and (len(self._running) >= LEFT_AT_MOST or now - self._tried_at < TRY_AGAIN_S):
                raise DriveError(Trouble.BUSY, "an earlier read still waits for its answer")
            number = next(self._numbers)
            self._running[number], self._tried_at = now + allowed_s, now
        return number

    def leave(self, number: int) -> None:
        with self._lock:
            del self._running[number]


@cache
def _gate(_account: int) -> Gate:
    return Gate()


def read(account: DriveAccount, work: Callable[[], bytes], *, size_bytes: int) -> bytes:
    """What `work` reads from the account's Drive. Raises: DriveError, also when it takes too long."""
    gate, allowed_s = _gate(account.pk), BASE_S + size_bytes / BYTES_PER_S
    number = gate.enter(allowed_s)
    answer: Future[bytes] = Future()

    def run() -> None:
        try:
            found = work()
        except BaseException as error:
            gate.leave(number)
            answer.set_exception(error)
        else:
            gate.leave(number)
            answer.set_result(found)

    threading.Thread(target=run, name="dfs-drive", daemon=True).start()
    try:
        return answer.result(allowed_s)
    except TimeoutError:
        # Of a far Drive it may be our own line or its pacing, which is nothing against it.
        trouble = Trouble.UNREACHABLE if account.kind == DriveAccount.Kind.LOCAL else Trouble.BUSY
        raise DriveError(trouble, f"no answer within {allowed_s:.0f} s") from None
