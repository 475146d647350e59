"""How much may be asked of Google: per Drive and for the institute's project as a whole.

Counts stand in the shared cache, so that all workers and web processes spend from one purse; while the cache does not
answer, each process counts for itself. A count lost with the cache costs nothing but an answer that says "slow down".

Source: developers.google.com/workspace/drive/api/guides/limits, as of 2026-05-01: units a minute, 1 TB a day out of a
project, 750 GB a day into an account, of which 700 are used.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.cache import cache

from dfs.drives.backoff import CLOCK, Clock

log = logging.getLogger("dfs.google")
DAY_S, MINUTE_S = 86_400, 60
WARN_AT = 0.8
UNITS = {"about": 5, "get": 5, "generate": 5, "list": 100, "download": 200, "write": 50}
"""Quota units a request costs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings; the defaults are Google's for a new project, or a little below."""

    writes_per_window: int = 25
    window_s: int = 10
    uploads_at_once: int = 2
    downloads_at_once: int = 4
    project_units_a_minute: int = 1_000_000
    account_units_a_minute: int = 325_000
    upload_bytes_a_day: int = 700 * 10**9
    egress_bytes_a_day: int = 10**12


class OverBudget(Exception):
    """Nothing is left in this window. `wait_s` until the next."""

    def __init__(self, said: str, wait_s: float) -> None:
        super().__init__(said)
        self.wait_s = wait_s


class _Own:
    """Counts of this process alone."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def add(self, key: str, amount: int, lasts_s: float) -> int:
        with self._lock:
            now = time.monotonic()
            if len(self._counts) > 1_000:
                self._counts = {name: held for name, held in self._counts.items() if held[0] > now}
            until, count = self._counts.get(key, (now + lasts_s, 0))
            self._counts[key] = (until, count + amount)
            return count + amount


_own = _Own()


def _add(key: str, amount: int, lasts_s: int) -> int:
    """The count under `key` after adding; a count that nobody touches ends after `lasts_s`."""
    key = f"dfs-google:{key}"
    try:
        return _counted(key, amount, lasts_s)
    except Exception:  # whatever the cache's client raises when its server is not there
        return _own.add(key, amount, lasts_s)


def _counted(key: str, amount: int, lasts_s: int) -> int:
    """Asks for the count first: it is there for all requests of a window but the first, and each question costs."""
    for _try in range(2):
        try:
            return int(cache.incr(key, amount))
        except ValueError:  # not there yet, or ended since it was made
            cache.add(key, 0, lasts_s)
    cache.set(key, amount, lasts_s)
    return amount


class Budgets:
    """One Drive's share, and the project's. Safe to use from several threads."""

    def __init__(self, account: str, limits: Limits | None = None, clock: Clock = CLOCK) -> None:
        self._account, self._clock = account, clock
        self.limits = limits or Limits()
        self._uploads = threading.BoundedSemaphore(self.limits.uploads_at_once)
        self._downloads = threading.BoundedSemaphore(self.limits.downloads_at_once)

    @contextmanager
    def uploading(self) -> Iterator[None]:
        """One of the Drive's few uploads at once."""
        with self._uploads:
            yield

    @contextmanager
    def downloading(self) -> Iterator[None]:
        """One of the Drive's few downloads at once."""
        with self._downloads:
            yield

    def spend(self, kind: str) -> None:
        """Quota units of one request. Raises: OverBudget until the next minute."""
        units, minute, left_s = UNITS[kind], *self._window(MINUTE_S)
        own = _add(f"units:{self._account}:{minute}", units, 2 * MINUTE_S)
        whole = _add(f"units:{minute}", units, 2 * MINUTE_S)
        if own > self.limits.account_units_a_minute or whole > self.limits.project_units_a_minute:
            raise OverBudget("the minute's quota units are spent", left_s)

    def write(self) -> None:
        """One object more. Raises: OverBudget until the next window when this one's writes are done."""
        window, left_s = self._window(self.limits.window_s)
        count = _add(f"writes:{self._account}:{window}", 1, 3 * self.limits.window_s)
        if count > max(1, self.limits.writes_per_window >> self._halvings()):
            raise OverBudget("the Drive takes no more objects in these seconds", left_s)

    def slow_down(self) -> None:
        """Google said so: half as many writes for a minute, and half again each time it says so within it."""
        minute, _left = self._window(MINUTE_S)
        _add(f"slow:{self._account}:{minute}", 1, 3 * MINUTE_S)

    def _halvings(self) -> int:
        """What was said in this minute and, once less, in the one before: so the rate rises again by steps."""
        minute, _left = self._window(MINUTE_S)
        before = _add(f"slow:{self._account}:{minute - 1}", 0, 3 * MINUTE_S)
        return min(4, max(_add(f"slow:{self._account}:{minute}", 0, 3 * MINUTE_S), before - 1))

    def upload(self, size: int) -> None:
        """Bytes into the Drive today. Raises: OverBudget until tomorrow."""
        day, left_s = self._window(DAY_S)
        if _add(f"in:{self._account}:{day}", size, 2 * DAY_S) > self.limits.upload_bytes_a_day:
            raise OverBudget("the Drive takes no more bytes today", left_s)

    def may_read(self) -> None:
        """Raises: OverBudget until tomorrow when what the project may read today is used up."""
        if self.egress_today() >= self.limits.egress_bytes_a_day:
            raise OverBudget("the project may read nothing more today", self._window(DAY_S)[1])

    def egress(self, size: int) -> None:
        """Count bytes out of all Drives today; a warning, once, at four fifths."""
        total, limit = _add(f"out:{self._window(DAY_S)[0]}", size, 2 * DAY_S), self.limits.egress_bytes_a_day
        if total - size < WARN_AT * limit <= total:
            log.warning("four fifths of what Google lets the project read today are used (%d of %d B)", total, limit)

    def egress_today(self) -> int:
        """Bytes read out of all Drives today, for the console."""
        return _add(f"out:{self._window(DAY_S)[0]}", 0, 2 * DAY_S)

    def _window(self, length_s: int) -> tuple[int, float]:
        """The number of the window now is in, and the seconds until the next."""
        now = self._clock.time()
        return int(now // length_s), length_s - now % length_s


Patient = Callable[[float], bool]


def paced(take: Callable[[], None], pause: Patient) -> None:
    """Take from a budget, waiting for its next window as long as `pause` allows. Raises: OverBudget."""
    while True:
        try:
            return take()
        except OverBudget as over:
            if not pause(over.wait_s):
                raise
