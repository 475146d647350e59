"""The scheduler that may be started twice: of all running ones only the holder of a lease in the cache acts.

A second one stands by and takes over when the first stops (at once) or dies (after `LEASE_S`). When each entry last
ran is kept in the cache too, so an hourly entry still runs hourly on a machine that restarts every half hour.
"""

import logging
import os
import socket
from typing import Any

from billiard.process import current_process
from celery import beat
from django.core.cache import cache

logger = logging.getLogger("coaching.schedule")
LEASE_S = 15
_PAUSE_S = 5
_LEASE = "scheduler-lease"


class LeasedScheduler(beat.Scheduler):
    """Celery's scheduler, acting only while it holds the lease. STANDING BY ⇄ ACTING."""

    # Each loop renews the lease, so it must come round well within LEASE_S.
    max_interval = _PAUSE_S
    _is_acting: bool | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.token = f"{socket.gethostname()}:{os.getpid()}"
        super().__init__(*args, **kwargs)
        self.max_interval = min(self.max_interval, _PAUSE_S)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due if this is the acting scheduler; seconds until the next call.

        Raises: SystemExit when the worker it belongs to is gone: one killed while it starts ends no child of its own.
        """
        worker_pid = getattr(current_process(), "_parent_pid", None)
        if worker_pid is not None and os.getppid() != worker_pid:
            raise SystemExit(1)
        try:
            acting = self._hold_lease()
        except Exception as error:  # whatever the cache's client raises; without it there is no broker either
            logger.warning("The scheduler cannot reach the cache and waits: %s", error)
            return _PAUSE_S
        if acting != self._is_acting:
            self._is_acting = acting
            logger.info("This scheduler %s.", "acts" if acting else "stands by: another one is running")
            if acting:
                self._recall_runs()
        if not acting:
            return _PAUSE_S
        return float(super().tick(*args, **kwargs))

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        super().apply_entry(entry, producer=producer)
        try:
            cache.set(f"scheduled:{entry.name}", entry.default_now(), None)
        except Exception as error:
            logger.warning("The run of %s could not be noted: %s", entry.name, error)

    def close(self) -> None:
        """Give the lease back, so that another scheduler need not wait for it to lapse."""
        super().close()
        try:
            if cache.get(_LEASE) == self.token:
                cache.delete(_LEASE)
        except Exception as error:
            logger.warning("The scheduler's lease lapses by itself in %s s: %s", LEASE_S, error)

    def _hold_lease(self) -> bool:
        if cache.add(_LEASE, self.token, LEASE_S):
            return True
        # Between reading and renewing another may have taken a lapsed lease. Then two act for one loop, which is
        # harmless: every scheduled task only wakes up rows.
        return bool(cache.get(_LEASE) == self.token and cache.touch(_LEASE, LEASE_S))

    def _recall_runs(self) -> None:
        for entry in self.schedule.values():
            entry.last_run_at = cache.get(f"scheduled:{entry.name}") or entry.last_run_at
        self._heap = None
