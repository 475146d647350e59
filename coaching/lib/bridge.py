"""A WSGI application inside an ASGI server: one thread hop for a page, streamed bodies both ways.

Smaller than `a2wsgi` because it holds more: see docs/decisions/serving.md for what that one gets wrong here.
- A page's body travels back with its thread's result, so neither a queue nor a slow reader holds the thread.
- A small request body is gathered before a thread is taken; a large one gets a thread of its own pool.
- A body that breaks off is delivered as far as it came, then reading raises; it never looks like a complete one.
"""

import asyncio
import contextvars
import io
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WSGIApplication = Callable[..., Iterable[bytes]]

BODY_ROOM_BYTES = 1024 * 1024
"""How much of an upload waits in memory for its view; the client is held back beyond it."""
SMALL_BODY_BYTES = 64 * 1024
STALL_S = 60.0
"""After so long without a byte in either direction the other side counts as gone."""
FILE_BLOCK_BYTES = 256 * 1024


class ClientGoneError(ConnectionError):
    """The client went away, or stalled, before the body was complete."""


class RequestBody(io.IOBase):
    """`wsgi.input`: the loop fills it, the view's thread empties it.

    `read` blocks until it has `size` bytes or the body ended. A body that broke off gives what came; the next `read`
    raises ClientGoneError (Django's UnreadablePostError).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive, *, is_empty: bool) -> None:
        self._loop = loop
        self._receive = receive
        self._buffer = bytearray()
        self._room = BODY_ROOM_BYTES
        self._changed = threading.Condition()
        self._has_room = asyncio.Event()
        self._is_held = False
        self._pump: asyncio.Task[None] | None = None
        self._is_started = False
        self._is_ended = is_empty
        self._is_broken = False
        self.is_client_gone = False

    def readable(self) -> bool:
        return True

    async def gather(self) -> None:
        """Take in the whole of a small body, without a thread."""
        try:
            async with asyncio.timeout(STALL_S):
                while not self._is_ended:
                    self._take(await self._receive())
        except TimeoutError:
            self._is_broken = self._is_ended = True

    def watch(self) -> None:
        """Go on receiving in the background: the body as it is read, then the client's disconnect. On the loop."""
        if self._pump is None:
            self._pump = self._loop.create_task(self._run_pump())

    def close_pump(self) -> None:
        if self._pump is not None:
            self._pump.cancel()

    async def _run_pump(self) -> None:
        while not self.is_client_gone:
            self._take(await self._receive())
            if self._is_held:
                await self._has_room.wait()

    def _take(self, message: Message) -> None:
        with self._changed:
            if message["type"] == "http.disconnect":
                self.is_client_gone = True
                self._is_broken = not self._is_ended
                self._is_ended = True
            elif not self._is_ended:
                self._buffer += message.get("body", b"")
                self._is_ended = not message.get("more_body", False)
                self._is_held = len(self._buffer) >= self._room and not self._is_ended
                if self._is_held:
                    self._has_room.clear()
            self._changed.notify_all()

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = sys.maxsize if size is None or size < 0 else size
        with self._changed:
            if not self._is_ended and len(self._buffer) < wanted:
                self._wait_for(wanted)
            if self._is_broken and not self._buffer and wanted:
                raise ClientGoneError("the request's body broke off")
            piece = bytes(self._buffer[:wanted])
            del self._buffer[:wanted]
            self._room = BODY_ROOM_BYTES
            self._call_for_more()
        return piece

    def _wait_for(self, wanted: int) -> None:
        self._room = max(BODY_ROOM_BYTES, wanted)
        self._call_for_more()
        while not self._is_ended and len(self._buffer) < wanted:
            if not self._changed.wait(STALL_S):
                self._is_broken = self._is_ended = True

    def _call_for_more(self) -> None:
        """Start or wake the pump. Not before the first read: receiving is what sends `100 Continue`."""
        if self._is_ended:
            return
        if not self._is_started:
            self._is_started = True
            self._loop.call_soon_threadsafe(self.watch)
        elif self._is_held and len(self._buffer) < self._room:
            self._is_held = False
            self._loop.call_soon_threadsafe(self._has_room.set)


class FileBody:
    """`wsgi.file_wrapper`: a file in blocks worth a hop each, whatever block size the application asks for."""

    def __init__(self, file: Any, _block_bytes: int = 0) -> None:
        self._file = file

    def __iter__(self) -> "FileBody":
        return self

    def __next__(self) -> bytes:
        block: bytes = self._file.read(FILE_BLOCK_BYTES)
        if not block:
            raise StopIteration
        return block

    def close(self) -> None:
        close = getattr(self._file, "close", None)
        if close:
            close()


def build_environ(scope: Scope, body: RequestBody) -> dict[str, Any]:
    """The WSGI environ of an ASGI request.

    Header names with an underscore are dropped: `X_Forwarded_For` would pass for the proxy's own header.
    """
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    raw_path = scope.get("raw_path")
    path = unquote_to_bytes(raw_path) if raw_path else scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBody,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name:
            continue
        key = raw_name.decode("latin1").upper().replace("-", "_")
        if key not in {"CONTENT_LENGTH", "CONTENT_TYPE"}:
            key = f"HTTP_{key}"
        value = raw_value.decode("latin1")
        if key in environ:
            value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ


class Exchange:
    """One request in its thread: calls the application, keeps a whole answer, pushes a streamed one."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send, body: RequestBody) -> None:
        self._loop = loop
        self._send = send
        self._body = body
        self._is_head_out = False
        self.head: Message = {}

    def run(self, application: WSGIApplication, environ: dict[str, Any]) -> bytes | None:
        """The last or only part of the body, which the caller sends without this thread; None when nobody listens."""
        answer = application(environ, self._start_response)
        try:
            if getattr(answer, "streaming", True) is False:  # a Django response that is all there
                return b"".join(answer)
            return self._stream(answer, holds_last=isinstance(answer, FileBody))
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info and self._is_head_out:
            raise exc_info[1].with_traceback(exc_info[2])
        self.head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [(name.lower().encode("latin1"), value.strip().encode("latin1")) for name, value in headers],
        }
        return self._push

    def _stream(self, answer: Iterable[bytes], *, holds_last: bool) -> bytes | None:
        """A short file is one block: held back, it leaves with the thread's result. A generator's parts go at once."""
        held = b""
        for part in answer:
            if held or not holds_last:
                self._push(held if holds_last else part)
            if self._body.is_client_gone:
                return None
            held = part if holds_last else b""
        return held

    def _push(self, part: bytes) -> None:
        """Send a part and wait until the connection takes it. Raises: TimeoutError when the reader stalls."""
        sending = asyncio.run_coroutine_threadsafe(self._send_part(part), self._loop)
        try:
            sending.result(STALL_S)
        except TimeoutError:
            sending.cancel()
            raise

    async def _send_part(self, part: bytes) -> None:
        self._body.watch()
        await self.send_head()
        await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def send_head(self) -> None:
        if not self._is_head_out:
            self._is_head_out = True
            await self._send(self.head)


class Bridge:
    """An ASGI application that runs a WSGI one: `page_threads` for pages, `upload_threads` for large bodies.

    Two pools, because sixteen phones on a slow network may send their homework while everybody else reads. Only views
    that read a large body as it arrives hold a thread for it; a form of up to `form_bytes` is gathered before, or
    anybody could take all upload threads by sending a sign-in form slowly. `FORMS` of them at a time, to bound memory.

    While `most_pages` requests are in a page's thread or wait for one, others are answered by `too_busy`: whoever would
    wait longer than anybody wants to is better told at once to come again.
    """

    FORMS = 8

    def __init__(
        self,
        application: WSGIApplication,
        *,
        page_threads: int,
        upload_threads: int,
        form_bytes: int = 0,
        most_pages: int = 0,
        too_busy: Callable[[Scope, Send], Awaitable[None]] | None = None,
    ) -> None:
        self._application = application
        self._pages_now, self._most_pages, self._too_busy = 0, most_pages, too_busy
        self._pages = ThreadPoolExecutor(page_threads, thread_name_prefix="page")
        self._uploads = ThreadPoolExecutor(upload_threads, thread_name_prefix="upload")
        self._form_bytes = max(form_bytes, SMALL_BODY_BYTES)
        self._forms = asyncio.Semaphore(self.FORMS)

    async def in_page_thread(self, work: Callable[[], object]) -> None:
        """Run something once in a page's thread, before any request."""
        await asyncio.get_running_loop().run_in_executor(self._pages, work)

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, *, is_upload: bool = False, **extra: object
    ) -> None:
        """`is_upload`: the view reads its body as it arrives."""
        loop = asyncio.get_running_loop()
        length, is_lazy = _body_size(scope)
        body = RequestBody(loop, receive, is_empty=length == 0)
        holds_thread = is_lazy or length > SMALL_BODY_BYTES if is_upload else length > self._form_bytes
        if length and not holds_thread:
            await self._gather(body, length)
        exchange = Exchange(loop, send, body)
        environ = build_environ(scope, body)
        environ.update(extra)
        work = partial(contextvars.copy_context().run, exchange.run, self._application, environ)
        try:
            if holds_thread:
                last = await loop.run_in_executor(self._uploads, work)
            elif self._too_busy and self._pages_now >= self._most_pages:
                await self._too_busy(scope, send)
                return
            else:
                last = await self._in_turn(work)
            if last is not None:
                await exchange.send_head()
                await send({"type": "http.response.body", "body": last})
        finally:
            body.close_pump()

    async def _in_turn(self, work: Callable[[], bytes | None]) -> bytes | None:
        self._pages_now += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pages, work)
        finally:
            self._pages_now -= 1

    async def _gather(self, body: RequestBody, length: int) -> None:
        if length <= SMALL_BODY_BYTES:
            await body.gather()
            return
        async with self._forms:
            await body.gather()


def _body_size(scope: Scope) -> tuple[int, bool]:
    """Content-Length, and whether to wait for the first read: a length is unknown, or `100 Continue` is awaited."""
    length, is_lazy = 0, False
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            length = int(value)
        elif name == b"transfer-encoding":
            length, is_lazy = sys.maxsize, True
        elif name == b"expect":
            is_lazy = True
    return length, is_lazy and length > 0
