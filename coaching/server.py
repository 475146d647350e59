"""The gunicorn worker of the site: `gunicorn -k coaching.server.Worker coaching.asgi:application`."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker

HEAD_BYTES = 64 * 1024
HEAD_S = 20.0


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, with an end to what anybody may send, and how long he may take, before his request is known.

    uvicorn bounds neither: one connection could fill the memory with a header that never ends, and a few thousand
    silent ones use up the descriptors.
    """

    _is_head_open = True
    _head_bytes = _marks = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self._marks
        super().data_received(data)
        if self._is_head_open and self._marks == before:  # all of it belongs to one unfinished head
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("The request's header is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._marks, self._head_bytes, self._is_head_open = self._marks + 1, 0, True
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._marks, self._is_head_open = self._marks + 1, False
        self._drop_deadline()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._drop_deadline()
        self._deadline = self.loop.call_later(HEAD_S, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:  # the answer to an earlier request goes out
            self._expect_head()
        else:
            self.transport.close()

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Worker(UvicornWorker):  # type: ignore[misc]
    """uvicorn with its own ideas about proxies and logs switched off.

    - `X-Forwarded-For` counts only as TRUSTED_PROXY_COUNT says; uvicorn would believe it from any local client.
    - The access log is the middleware's: uvicorn's has query strings, and no request ids.
    - Open streams get five seconds to end when the server stops; then they are cut, and clients come back.
    """

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "auto",
        "http": BoundedProtocol,
        "ws": "none",
        "lifespan": "on",
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "timeout_graceful_shutdown": 5,
    }
