"""How often something may be tried: counters in the shared cache, counted by it, so that all processes count together.

A window opens with the first try and lasts `per_s`; tries that were refused do not count and do not prolong it, so
nobody is kept out for longer than one window. Keys are hashed with SECRET_KEY: no address or name stands in the cache.
A cache that does not answer refuses (503); it never lets through.
"""

import contextlib
import math
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext
from redis.exceptions import RedisError

from coaching.lib.errors import DomainError, Unavailable

LOOK_AGAIN_S = 0.05


class TooMany(DomainError):
    """The limit is used up (429); after `retry_after_s` seconds the next try is taken."""

    code = "too_many_requests"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.headers = {"Retry-After": str(retry_after_s)}


@dataclass(frozen=True, slots=True)
class Spent:
    """One try that was taken from a limit and whose end is still open; it counts until it is given back."""

    counter: str
    lasts_s: int

    def give_back(self) -> None:
        """The try was a good one and does not count after all."""
        with contextlib.suppress(ValueError, RedisError, OSError):  # the window is over, or stricter than it need be
            cache.decr(self.counter)

    def keep(self) -> None:
        """The try was a bad one: whoever waits need not wait for it."""
        with contextlib.suppress(ValueError, RedisError, OSError):
            cache.add(_kept(self.counter), 0, timeout=self.lasts_s)
            cache.incr(_kept(self.counter))


@dataclass(frozen=True, slots=True)
class Limit:
    """`tries` in `per_s` seconds for each key; `name` tells the limits apart."""

    name: str
    tries: int
    per_s: int

    def take(self, key: object, *, now: datetime | None = None, patience_s: float = 0) -> Spent:
        """Take one try of `key` (an address, a name, a person's number).

        Where tries are given back, many good ones at the same moment may use the limit up; `patience_s` waits for
        their ends as long as too few are known to be bad.

        Raises: TooMany when there is none left, Unavailable when the cache does not answer.
        """
        instant = (now or timezone.now()).timestamp()
        ends = time.monotonic() + patience_s
        with _answering():
            counter, left_s = self._window(key, instant)
            while not self._took(counter):
                if time.monotonic() >= ends or int(cache.get(_kept(counter), 0)) >= self.tries:
                    raise TooMany(_wait(left_s), retry_after_s=left_s)
                time.sleep(LOOK_AGAIN_S)
            return Spent(counter, 2 * self.per_s)

    def look(self, key: object, *, now: datetime | None = None) -> None:
        """Whether there is a try left, without taking one: many who look at once do not stand in each other's way.

        Raises: TooMany when there is none left, Unavailable when the cache does not answer.
        """
        with _answering():
            counter, left_s = self._window(key, (now or timezone.now()).timestamp())
            if int(cache.get(counter, 0)) >= self.tries:
                raise TooMany(_wait(left_s), retry_after_s=left_s)

    def _took(self, counter: str) -> bool:
        cache.add(counter, 0, timeout=2 * self.per_s)
        if cache.incr(counter) <= self.tries:
            return True
        cache.decr(counter)
        return False

    def clear(self, key: object) -> None:
        """Forget what `key` has tried: its next try opens a new window."""
        with _answering():
            cache.delete(self._base(key))

    def _base(self, key: object) -> str:
        hashed = salted_hmac("coaching.lib.limits", f"{self.name}:{key}", algorithm="sha256").hexdigest()[:32]
        return f"limit:{hashed}"

    def _window(self, key: object, instant: float) -> tuple[str, int]:
        """The counter in force and the whole seconds until it no longer is.

        Each window has a mark of its own in its counter's name, so no counter outlives its window, whatever expires
        between two commands. The instant counts, not only the cache's clock: tests move it.
        """
        base = self._base(key)
        fresh = f"{instant}:{secrets.token_hex(4)}"
        mark = cache.get(base) or (fresh if cache.add(base, fresh, timeout=self.per_s) else cache.get(base, fresh))
        began = float(mark.partition(":")[0])
        passed = max(0, math.floor((instant - began) / self.per_s))
        left_s = math.ceil(began + (passed + 1) * self.per_s - instant)
        return f"{base}:{mark}:{passed}", max(1, min(self.per_s, left_s))


def consume(name: str, key: object, *, limit: int, per_s: int, now: datetime | None = None) -> Spent:
    """Take one of the `limit` tries that `key` has in `per_s` seconds for what `name` says; see `Limit.take`."""
    return Limit(name, limit, per_s).take(key, now=now)


@contextmanager
def _answering() -> Iterator[None]:
    """Raises: Unavailable when the cache does not answer."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise Unavailable(gettext("This cannot be checked right now. Try again in a minute.")) from error


def _kept(counter: str) -> str:
    """Where the tries that ended badly are counted."""
    return f"{counter}:kept"


def _wait(left_s: int) -> str:
    if left_s <= 60:
        return gettext("Too many tries. Wait a minute, then try again.")
    minutes = math.ceil(left_s / 60)
    return ngettext(
        "Too many tries. Wait %(minutes)d minute, then try again.",
        "Too many tries. Wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}
