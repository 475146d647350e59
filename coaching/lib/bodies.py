"""Large bodies of async views: taken from the loop piece by piece, so that a slow sender holds no thread.

`Front` marks the request; nothing of the body is received before the view asks for its first piece, so whatever may
refuse the request has spoken by then (and a client that awaits `100 Continue` has sent nothing).
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
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


class ArrivingBody:
    """The body of one request. Raises nothing: it ends where it is complete, breaks off, or stalls."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_ended = False

    async def take(self) -> bytearray:
        """The next bytes, nothing once it has ended. Between two calls the client is held back."""
        piece = bytearray()
        loop = asyncio.get_running_loop()
        until = loop.time() + STALL_S
        while not self._is_ended and len(piece) < PIECE_BYTES:
            try:
                async with asyncio.timeout_at(until):
                    message = await self._receive()
            except TimeoutError:
                self._is_ended = not piece
                break
            if message["type"] != "http.request":
                self._is_ended = True
                break
            if not piece and message.get("body"):
                until = loop.time() + HOLD_S
            piece += message.get("body", b"")
            self._is_ended = not message.get("more_body", False)
        return piece


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
