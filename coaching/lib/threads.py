"""What an async view does off the loop, without leaving a connection or a thread behind while it waits for a client."""

from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections

T = TypeVar("T")


async def off_loop(work: Callable[[], T]) -> T:
    """Run a little database work of an async view in its thread, and leave no connection open behind a long stream."""

    def and_close() -> T:
        try:
            return work()
        finally:
            close_connections()

    return await sync_to_async(and_close)()


def close_connections() -> None:
    """Close this thread's connections, unless a transaction (a test's) is open on them."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def release_thread() -> None:
    """End this request's thread; asgiref starts another should the request need one."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    executor = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if executor is not None:
        executor.shutdown(wait=False)
