"""The emulator's clock: real time, plus what a test advances it by."""

import threading
import time
from datetime import UTC, datetime

DAY_S = 86_400


class SimulatedClock:
    """Seconds since the epoch. Starts at the real time and runs with it unless `frozen`; never goes back by itself."""

    def __init__(self, *, frozen: bool = False) -> None:
        self._lock = threading.Lock()
        self._ahead_s = 0.0
        self._frozen_at = time.time() if frozen else None

    def now(self) -> float:
        with self._lock:
            return (time.time() if self._frozen_at is None else self._frozen_at) + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; negative ones set the clock back."""
        with self._lock:
            self._ahead_s += seconds

    def day(self) -> int:
        """The number of the current day (UTC), for ceilings that hold per day."""
        return int(self.now() // DAY_S)


def rfc3339(seconds: float) -> str:
    """As Drive writes an instant: UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
