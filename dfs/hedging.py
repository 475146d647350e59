"""Asking around a Drive that takes unusually long.

A reader waits for one Drive as long as reading usually takes, and two seconds at least. Then the same bytes are also
had another way, from a second copy or rebuilt from the stripe, and what comes first counts. A Drive that keeps two
readers waiting is gone around at once until it answers them: so one that hangs holds two threads and no reader.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, as_completed, wait

from coaching.lib.errors import Unavailable

LEAST_S, MOST_S = 2.0, 10.0
OVERDUE = 2
ENOUGH = 20
"""Readings before their 95th percentile says anything."""
_took_s: deque[float] = deque(maxlen=200)
_overdue: Counter[int] = Counter()
_lock = threading.Lock()


def patience_s() -> float:
    """How long one Drive is waited for: the 95th percentile of the last readings, within bounds."""
    with _lock:
        known = sorted(_took_s)
    usual = known[len(known) * 95 // 100] if len(known) >= ENOUGH else 0.0
    return min(max(usual, LEAST_S), MOST_S)


def soonest(drive: int, first: Callable[[], bytes | None], around: Callable[[], bytes]) -> bytes:
    """What `first` has from the drive of this number; `around` when it has nothing, or sooner while it is slow.

    Raises: Unavailable, as `around` does, when neither has it.
    """
    if _overdue[drive] >= OVERDUE:
        try:
            return around()
        except Unavailable:
            found = first()
            if found is None:
                raise
            return found
    asked = _asked(drive, first, _took_s)
    if asked.done():
        found = asked.result()
        return around() if found is None else found
    other = _begin(around)
    for done in as_completed((asked, other)):
        if done.exception() is None and (found := done.result()) is not None:
            return found
    return other.result() or b""  # raises


def in_time(drive: int, ask: Callable[[], bytes | None]) -> bytes | None:
    """What `ask` has from the drive; None, too, when that takes unusually long."""
    if _overdue[drive] >= OVERDUE:
        return None
    asked = _asked(drive, ask)
    return asked.result() if asked.done() else None


def _asked(drive: int, ask: Callable[[], bytes | None], times: deque[float] | None = None) -> "Future[bytes | None]":
    """Done after our patience, or counted as overdue until it is."""
    asked = _begin(ask, times)
    wait([asked], patience_s())
    if not asked.done():
        _count(drive, 1)
        asked.add_done_callback(lambda _done: _count(drive, -1))
    return asked


def _begin(work: Callable[[], bytes | None], times: deque[float] | None = None) -> "Future[bytes | None]":
    """Its result to come, from a thread that does not keep a process from ending."""
    coming: Future[bytes | None] = Future()

    def run() -> None:
        began = time.monotonic()
        try:
            found = work()
        except BaseException as error:
            coming.set_exception(error)
            return
        if times is not None and found is not None:
            with _lock:
                times.append(time.monotonic() - began)
        coming.set_result(found)

    threading.Thread(target=run, name="dfs-ask", daemon=True).start()
    return coming


def _count(drive: int, by: int) -> None:
    with _lock:
        _overdue[drive] += by
