"""Streams that end with the session they were opened in, at most fifteen seconds after it.

A page is checked when it is asked for; a download, a video or a live stream goes on for minutes. Its chunks pass
through here, and every few seconds the slot is asked whether it still lets somebody in. A stream that may not go on is
cut, never ended as if it were complete.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import suppress

from django.utils import timezone

from accounts import sessions
from coaching.lib.threads import off_loop

LOOK_EVERY_S = 10.0


class SessionOver(ConnectionError):
    """The session of this stream ended while it ran."""


async def fenced(
    chunks: AsyncIterable[bytes], *, slot: int, every_s: float = LOOK_EVERY_S
) -> AsyncGenerator[bytes, None]:
    """The same chunks while the slot is live. Raises: SessionOver, also while a chunk is waited for."""
    source = aiter(chunks)
    coming: asyncio.Future[bytes | None] | None = None
    looked_at = time.monotonic()
    try:
        while True:
            coming = coming or asyncio.ensure_future(_next(source))
            left_s = max(0.0, looked_at + every_s - time.monotonic())
            await asyncio.wait({coming}, timeout=left_s)
            if time.monotonic() - looked_at >= every_s:
                if not await off_loop(lambda: sessions.is_live(slot, now=timezone.now())):
                    raise SessionOver
                looked_at = time.monotonic()
            if coming.done():
                chunk, coming = coming.result(), None
                if chunk is None:
                    return
                yield chunk
    finally:
        await _leave(source, coming)


async def _next(source: AsyncIterator[bytes]) -> bytes | None:
    """The next chunk, None at the end: a future cannot carry the end of an iteration."""
    return await anext(source, None)


async def _leave(source: AsyncIterator[bytes], coming: "asyncio.Future[bytes | None] | None") -> None:
    """Let go of what is under way, so that nobody goes on fetching for a client that is not there."""
    if coming is not None and not coming.done():
        coming.cancel()
        with suppress(asyncio.CancelledError):
            await coming
    close = getattr(source, "aclose", None)
    if close is not None:
        await close()
