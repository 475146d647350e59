"""Benchmarks in one process: the product on a database that goes with it, and acts that take turns."""

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Act = Callable[[], Any]


@contextmanager
def product() -> Iterator[None]:
    """Set up and migrated, on SQLite or the empty database DATABASE_URL names, without Redis and mail."""
    with tempfile.TemporaryDirectory(prefix="classcrew-bench-") as directory:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "coaching.settings", "DEMO": "1", "DATA_DIR": directory}
        os.environ |= {"EMAIL_URL": "dummymail://", "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
        os.environ.pop("REDIS_URL", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def take_turns(acts: Mapping[str, Act], *, rounds: int, times: Mapping[str, int]) -> dict[str, list[float]]:
    """CPU ms of each act in each round, in an order of its own every round; `times`: how often short ones are done."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds + 1):
        for name in random.sample(list(acts), len(acts)):
            cpu_ms = _cpu_ms(acts[name], times.get(name, 1))
            if number:  # the first round only warms up
                taken[name].append(cpu_ms)
    return taken


def ratio(ours: Sequence[float], others: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(a / b for a, b in zip(ours, others, strict=True))


def with_queries(act: Act) -> tuple[Any, int]:
    """What it gives, and in how many queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        given = act()
    return given, len(queries)


def _cpu_ms(act: Act, times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) * 1000 / times
