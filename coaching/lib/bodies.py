"""Large bodies of async views: taken from the loop piece by piece, so that a slow sender holds no thread.

`Front` marks the request; nothing of the body is received before the view asks for its first piece, so whatever may
refuse the request has spoken by then (and a client that awaits `100 Continue` has sent nothing).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, UnreadablePostError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Take = Callable[[], Awaitable[bytes | bytearray]]

BODY = "coaching.body"
"""The key of the ASGI scope under which a view finds its `ArrivingBody`."""
PIECE_BYTES = 256 * 1024
"""From this size on a piece is handed out; it is larger by what the server gives at once, which is at most as much."""
HOLD_S = 1.0
"""How long the first bytes of a piece wait for more: of a slow sender, what a killed server loses of his."""
STALL_S = 60.0
"""After so long without a byte the client counts as gone."""
KEEP_S = 2.0
"""How long a server that stops waits for views to keep what came."""


class ArrivingBody:
    """The body of one request. Raises nothing: it ends where it is complete, breaks off, stalls, or is cut."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_ended = self._is_cut = False
        self._limit: asyncio.Timeout | None = None

    def cut(self) -> None:
        """End it here; what came is still given out. On the loop; twice is once."""
        if self._limit is not None and not self._is_cut:
            self._limit.reschedule(0)
        self._is_cut = True

    async def take(self) -> bytearray:
        """The next bytes, nothing once it has ended. Between two calls the client is held back."""
        piece = bytearray()
        loop = asyncio.get_running_loop()
        until = loop.time() + STALL_S
        while not self._is_ended and len(piece) < PIECE_BYTES:
            try:
                async with asyncio.timeout_at(0 if self._is_cut else until) as self._limit:
                    message = await self._receive()
            except TimeoutError:
                self._is_ended = self._is_cut or not piece
                break
            finally:
                self._limit = None
            if message["type"] != "http.request":
                self._is_ended = True
                break
            if not piece and message.get("body"):
                until = loop.time() + HOLD_S
            piece += message.get("body", b"")
            self._is_ended = not message.get("more_body", False)
        return piece


_answering: dict[asyncio.Task[Any], ArrivingBody] = {}


async def answer(body: ArrivingBody, work: Coroutine[Any, Any, object]) -> None:
    """Do `work`, which answers the body's request. A server that stops cuts the body, not the work."""
    task = asyncio.create_task(work)
    _answering[task] = body
    task.add_done_callback(lambda _done: _answering.pop(task, None))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        body.cut()
        await asyncio.wait({task}, timeout=KEEP_S)
        raise


async def cut_all() -> None:
    """The server stops: end every body, and wait until the views have kept what came."""
    for body in _answering.values():
        body.cut()
    if _answering:
        await asyncio.wait(set(_answering), timeout=KEEP_S)


def taker(request: HttpRequest) -> Take:
    """What gives the view its body piece by piece, and nothing at the end, however that came.

    A server other than `Front` has a thread for the request, or has read the body already; then it is read there.
    """
    arriving: ArrivingBody | None = getattr(request, "scope", {}).get(BODY)
    return arriving.take if arriving is not None else partial(sync_to_async(_read), request)


def _read(request: HttpRequest) -> bytes:
    try:
        return request.read(PIECE_BYTES)
    except UnreadablePostError:
        return b""
