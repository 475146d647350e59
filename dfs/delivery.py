"""Answering an HTTP request with a stored file: the only code that sets file response headers.

The first block is fetched and its tags are checked before any header is sent, so what cannot be read is an error page.
A failure after that cuts the connection: a client sees a short body, never wrong bytes.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError, Unavailable
from coaching.lib.sealing import SealBroken
from coaching.lib.text import content_disposition
from coaching.lib.threads import off_loop
from dfs import reassembly, spool, streaming
from dfs.keys import KeyDestroyed
from dfs.models import StoredFile
from dfs.ranges import Conditions, NotSatisfiable, Span, requested_span
from dfs.reassembly import FileDamaged, OpenFile

Response = TypeVar("Response", bound=HttpResponseBase)
# Shown by the browser itself; anything that could carry script is handed over as a download.
INLINE = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"}
    | {"video/mp4", "video/webm", "video/ogg", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm"}
)


class FileErased(DomainError):
    """The file's key is destroyed; nobody can read it any more."""

    code = "file_erased"
    status = 410


async def respond(request: HttpRequest, file: StoredFile, *, disposition: str = "inline") -> HttpResponseBase:
    """The file, or the single range asked for: 200, 206, 304, 412, 416. GET and HEAD. Authorising is the caller's.

    Raises: FileErased (410), Unavailable (503) when the first bytes cannot be had.
    """
    if file.state == StoredFile.State.ERASED:
        raise FileErased(_("This file was erased and cannot be read any more."))
    instead = _conditions(request).answer(etag=file.etag, modified_at=int(file.created_at.timestamp()))
    if instead is not None:
        response = HttpResponseNotModified() if instead == 304 else HttpResponse(status=instead)
        return _with_headers(response, file, disposition)
    try:
        span = requested_span(
            file.size_bytes,
            request.headers.get("Range", ""),
            if_range=request.headers.get("If-Range", ""),
            etag=file.etag,
            last_modified=_last_modified(file),
        )
    except NotSatisfiable:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{file.size_bytes}"})
        return _with_headers(response, file, disposition)
    if request.method == "HEAD":
        return _ranged(_with_headers(HttpResponse(), file, disposition), file, span)
    body = await _started(await _blocks(file, span))
    return _ranged(_with_headers(StreamingHttpResponse(body), file, disposition), file, span)


def _conditions(request: HttpRequest) -> Conditions:
    sent = request.headers
    return Conditions(
        if_match=sent.get("If-Match"),
        if_none_match=sent.get("If-None-Match"),
        if_unmodified_since=parse_http_date_safe(sent.get("If-Unmodified-Since", "")),
        if_modified_since=parse_http_date_safe(sent.get("If-Modified-Since", "")),
    )


def _last_modified(file: StoredFile) -> str:
    """Its content has been the same since it came."""
    return http_date(file.created_at.timestamp())


def _with_headers(response: Response, file: StoredFile, disposition: str) -> Response:
    shown = disposition if file.content_type in INLINE else "attachment"
    response.headers["ETag"] = file.etag
    response.headers["Last-Modified"] = _last_modified(file)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Accel-Buffering"] = "no"
    if response.status_code in (200, 206):
        response.headers["Content-Type"] = _content_type(file)
        response.headers["Content-Disposition"] = content_disposition(shown, file.name)
        response.headers["Content-Security-Policy"] = _policy(response.headers["Content-Type"])
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _policy(content_type: str) -> str:
    """Nothing may run in a file that is opened by itself.

    The browser's own player is a page that fetches its very address again, with the cookie; in a sandbox it would
    belong to no site and be signed out. The PDF viewer is one of the browser's own too, and refuses to start in a
    sandbox; what a PDF holds runs in the viewer, apart from the site.
    """
    if content_type.startswith(("video/", "audio/")):
        return "default-src 'none'; media-src 'self'; frame-ancestors 'none'"
    if content_type == "application/pdf":
        return "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return "default-src 'none'; sandbox; frame-ancestors 'none'"


def _content_type(file: StoredFile) -> str:
    if file.content_type not in INLINE:
        return "application/octet-stream"
    return f"{file.content_type}; charset=utf-8" if file.content_type == "text/plain" else file.content_type


def _ranged(response: HttpResponseBase, file: StoredFile, span: Span) -> HttpResponseBase:
    response.headers["Content-Length"] = str(span.end - span.start)
    if span.is_partial:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{file.size_bytes}"
    return response


async def _blocks(file: StoredFile, span: Span) -> AsyncGenerator[bytes, None]:
    """The plaintext: from the spool while the file is being stored, from the Drives afterwards."""
    if file.state == StoredFile.State.STAGED:
        try:
            return _spooled(os.open(spool.staged_path(file.uuid), os.O_RDONLY | os.O_CLOEXEC), span)
        except FileNotFoundError:
            await off_loop(file.refresh_from_db)
    try:
        opened = await off_loop(lambda: reassembly.open_file(file))
    except KeyDestroyed:
        raise FileErased(_("This file was erased and cannot be read any more.")) from None
    except SealBroken as error:
        raise Unavailable(_("This file's key does not open. Tell the institute's office.")) from error
    return _stored(opened, span)


async def _spooled(handle: int, span: Span) -> AsyncGenerator[bytes, None]:
    try:
        for at in range(span.start, span.end, spool.BLOCK_BYTES):
            yield os.pread(handle, min(spool.BLOCK_BYTES, span.end - at), at)
    finally:
        os.close(handle)


async def _stored(opened: OpenFile, span: Span) -> AsyncGenerator[bytes, None]:
    """Where healing or draining moved the pieces away under a slow reader, he goes on from where they lie now."""
    at = span.start
    while True:
        try:
            async with aclosing(streaming.stream(opened, at, span.end)) as blocks:
                async for block in blocks:
                    yield block
                    at += len(block)
            return
        except FileDamaged:
            again = await off_loop(partial(reassembly.reopen, opened))
            if again is None:
                raise
            opened = again


async def _started(blocks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The same blocks, with the first one already there. Raises what getting it raises."""
    try:
        first = await anext(blocks, b"")
    except BaseException:
        await blocks.aclose()
        raise

    async def rest() -> AsyncGenerator[bytes, None]:
        async with aclosing(blocks):
            yield first
            async for block in blocks:
                yield block

    return rest()
