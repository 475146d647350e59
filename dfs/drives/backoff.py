"""How long to wait between tries: jittered, at least what the far side asked for, at most what a call may last.

Pure but for the clock, which is given, so that a storm of ten minutes takes a test no time.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

LONGEST_STEP_S = 64.0
LONGEST_ASKED_S = 600.0
"""A far side may ask for more; it is asked again after ten minutes all the same."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance. `chance` answers from 0 up to 1."""

    time: Callable[[], float]
    sleep: Callable[[float], None]
    chance: Callable[[], float]


CLOCK = Clock(time.time, time.sleep, random.random)


def step_s(tries: int, asked_s: float | None, chance: float) -> float:
    """Seconds before the next try when `tries` have failed: min(2^(n-1) + chance, 64), at least what was asked for."""
    own = min(2.0 ** min(tries - 1, 8) + chance, LONGEST_STEP_S)
    return max(own, min(asked_s or 0.0, LONGEST_ASKED_S))


class Patience:
    """The waiting one call may do, in all of its tries together."""

    def __init__(self, budget_s: float, clock: Clock = CLOCK) -> None:
        self._left_s, self._clock = budget_s, clock
        self.tries = 0
        self.due_s = 0.0
        """How long the wait would have been that the budget did not allow."""

    def wait(self, asked_s: float | None = None) -> bool:
        """Sleep until the next try is due; False, at once, when that would be beyond the budget."""
        self.tries += 1
        return self._sleep(step_s(self.tries, asked_s, self._clock.chance()))

    def pause(self, seconds: float) -> bool:
        """Sleep exactly so long, as pacing and not because something failed; False when beyond the budget."""
        return self._sleep(seconds)

    def _sleep(self, seconds: float) -> bool:
        if seconds > self._left_s:
            self.due_s = seconds
            return False
        self._left_s -= seconds
        self._clock.sleep(seconds)
        return True
