"""Django's two handlers, with what this site expects of them besides."""

import asyncio
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connections
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from coaching.lib.bodies import BODY, ArrivingBody, answer
from coaching.lib.threads import release_thread

MATCH = "coaching.resolver_match"
"""Where the front leaves the view it found: a key of the ASGI scope and of the WSGI environ."""
TAKES_BODY = "coaching.takes_body"
"""Set in the ASGI scope where the view takes its body itself (`coaching.lib.bodies`)."""


class PageRequest(WSGIRequest):
    """A request that never takes half a form for a whole one when the connection broke off."""

    @property
    def body(self) -> bytes:
        content = super().body
        length = self.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and len(content) < int(length):
            raise UnreadablePostError("the request's body broke off")
        return content


class PageHandler(WSGIHandler):
    """Django's WSGI handler, told the view by the front instead of resolving it again."""

    request_class = PageRequest

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        return _known_match(request, request.META) or super().resolve_request(request)


class StreamHandler(ASGIHandler):
    """Django's ASGI handler, whose requests leave no thread and no database connection behind.

    Each ASGI request has one thread for its sync parts. Left alone it would keep its connection as long as the stream
    runs (sixteen videos empty a PostgreSQL pool) and, as connections are persistent here, drop it unclosed at the end.
    """

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        scope = getattr(request, "scope", {})
        return _known_match(request, scope) or super().resolve_request(request)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        if response.streaming:
            await _close_connections()
            release_thread()
        await super().send_response(response, send)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            if scope.get(TAKES_BODY):  # Django would first read all of it into a temporary file, in the clear
                scope[BODY] = body = ArrivingBody(receive)
                await answer(body, super().handle(scope, _after_body(), send))
            else:
                await super().handle(scope, receive, send)
        finally:
            await _close_connections()


def _known_match(request: HttpRequest, source: Any) -> ResolverMatch | None:
    match: ResolverMatch | None = source.get(MATCH)
    if match is None or hasattr(request, "urlconf"):  # a middleware chose other routes
        return None
    request.resolver_match = match
    return match


async def _close_connections() -> None:
    await sync_to_async(connections.close_all)()


def _after_body() -> Any:
    """What Django receives for a request whose view takes the body: an empty one, and no word of a disconnect.

    The view learns from its body that the client is gone; cancelled, it could not keep what arrived.
    """
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else await asyncio.get_running_loop().create_future()

    return receive
