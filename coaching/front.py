"""The ASGI front: pages go whole to WSGI in a thread, streams stay on the loop.

A sync view under Django's ASGI handler pays a thread hop for each sync middleware; in one thread it pays one. An async
view (a file stream, `/chat/stream/`) must not hold a thread: sixty phones on one video would stop the site.
docs/decisions/serving.md has the figures.
"""

from collections.abc import Callable

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.urls import Resolver404, get_resolver

from coaching.busy import answer_busy
from coaching.handlers import MATCH, TAKES_BODY, PageHandler, StreamHandler
from coaching.lib.bodies import cut_all
from coaching.lib.bridge import Bridge, Receive, Scope, Send
from coaching.lib.middleware import large_types

PAGE_THREADS = 8
UPLOAD_THREADS = 16
MOST_PAGES = 200
"""So many requests may be under way or wait in one process: about three seconds' work. A thousand phones that save at
once repeat by themselves when they are told to; in a queue of half a minute they would not know if they were heard."""


class Front:
    """The ASGI application of the site. `on_start` runs once per worker, in a thread, before the first request."""

    def __init__(self, *on_start: Callable[[], object]) -> None:
        self._on_start = on_start
        self._pages = Bridge(
            PageHandler(),
            page_threads=PAGE_THREADS,
            upload_threads=UPLOAD_THREADS,
            form_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0,
            most_pages=MOST_PAGES,
            too_busy=answer_busy,
        )
        self._streams = StreamHandler()
        get_resolver().url_patterns  # noqa: B018 - a broken URLconf stops the start, not the first request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            match = get_resolver().resolve(scope["path"])
        except Resolver404:  # static files and pages that do not exist
            await self._pages(scope, receive, send)
            return
        is_upload = _is_upload(match.func, scope)
        # The very test that Django's handlers apply, so that both sides agree about a decorated view.
        if iscoroutinefunction(match.func) and (is_upload or _fits(scope)):
            scope[MATCH], scope[TAKES_BODY] = match, is_upload
            await self._streams(scope, receive, send)  # type: ignore[arg-type]
        else:
            await self._pages(scope, receive, send, is_upload=is_upload, **{MATCH: match})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            for work in self._on_start:
                await self._pages.in_page_thread(work)
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await cut_all()
        await send({"type": "lifespan.shutdown.complete"})


def _is_upload(view: Callable[..., object], scope: Scope) -> bool:
    """Whether the view takes this body as it arrives (`coaching.lib.middleware.body_limit`): a sync one in a thread of
    the uploads' pool, an async one on the loop (`coaching.lib.bodies`).
    """
    content_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return content_type.partition(b";")[0].strip().lower().decode("latin1") in large_types(view)


def _fits(scope: Scope) -> bool:
    """Whether Django may take in the body whole, in memory; otherwise the WSGI side gathers or refuses it.

    Beyond FILE_UPLOAD_MAX_MEMORY_SIZE Django's ASGI side uses a temporary file, before anybody has to be signed in.
    """
    at_most = min(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0, settings.FILE_UPLOAD_MAX_MEMORY_SIZE)
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return False
        if name == b"content-length" and not (value.isdigit() and int(value) <= at_most):
            return False
    return True
