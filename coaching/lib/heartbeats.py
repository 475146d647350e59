"""Which workers are alive: each says so in the cache, and what it does not repeat is forgotten by itself.

`worker:<hostname>` holds one worker's last sign of life for `LIFETIME_S`; `worker-names` lists the names ever seen, so
that they can be found without scanning keys. Two workers writing that list at once may drop a name; the next sign of
life puts it back.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

LIFETIME_S = 30
INTERVAL_S = 10
_NAMES = "worker-names"


@dataclass(frozen=True)
class Heartbeat:
    """One worker's last sign of life. `hostname` is Celery's node name, unique per worker process."""

    hostname: str
    queues: list[str]
    at: datetime
    pid: int
    is_scheduler: bool


def record(hostname: str, *, queues: list[str], pid: int, is_scheduler: bool) -> None:
    """Say that this worker is alive now. Raises the cache's own error when it cannot be reached."""
    beat = Heartbeat(hostname=hostname, queues=queues, at=timezone.now(), pid=pid, is_scheduler=is_scheduler)
    cache.set(f"worker:{hostname}", asdict(beat), LIFETIME_S)
    names = cache.get(_NAMES) or []
    if hostname not in names:
        cache.set(_NAMES, [*names[-63:], hostname], None)


def forget(hostname: str) -> None:
    """Say that this worker has stopped."""
    cache.delete(f"worker:{hostname}")


def alive(queue: str = "") -> list[Heartbeat]:
    """The workers heard of in the last `LIFETIME_S` seconds, all or those that serve `queue`."""
    found = cache.get_many([f"worker:{name}" for name in cache.get(_NAMES) or []])
    beats = [Heartbeat(**values) for values in found.values()]
    return sorted((beat for beat in beats if not queue or queue in beat.queues), key=lambda beat: beat.hostname)
