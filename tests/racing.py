"""Works started at the same moment, each in a thread of its own: how races are shown."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each gave, in their order. Raises: what one of them raised, when all have ended."""
    given = outcomes(works)
    for one in given:
        if isinstance(one, Exception):
            raise one
    return given


def outcomes(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each gave or raised, in their order."""
    gate = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            gate.wait(60)
            return work()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
