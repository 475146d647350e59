"""What happens around every view: the request's id and log line, the limit on its body, refusals as pages.

Each class serves sync and async requests; the async ones go without a thread hop wherever there is nothing to wait for.
"""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from coaching.lib import logs
from coaching.lib.errors import DomainError
from coaching.lib.refusals import refuse, refuse_error, refuse_unreadable

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
View = TypeVar("View", bound=Callable[..., Any])

_access = logging.getLogger("coaching.access")
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Around:
    """A middleware whose `__call__` only passes on; a subclass adds Django's hooks or wraps the call."""

    sync_capable = async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)


class RequestIdMiddleware(Around):
    """Gives each request an id, the response its `X-Request-ID` header, and the access log one line.

    A proxy's own id is kept when a proxy is trusted at all (TRUSTED_PROXY_COUNT).
    """

    def __call__(self, request: HttpRequest) -> Any:
        began = time.perf_counter()
        logs.request_id.set(_id_of(request))
        if self.is_async:
            return self._answer_async(request, began)
        return _finish(request, self.get_response(request), began)

    async def _answer_async(self, request: HttpRequest, began: float) -> HttpResponseBase:
        return _finish(request, await self.get_response(request), began)  # type: ignore[misc]


def _id_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if settings.TRUSTED_PROXY_COUNT and _SANE_ID.fullmatch(given):
        return str(given)
    return secrets.token_hex(8)


def _finish(request: HttpRequest, response: Any, began: float) -> HttpResponseBase:
    response.headers["X-Request-ID"] = logs.request_id.get()
    response.headers.setdefault("Cache-Control", "private, no-cache")  # pages are somebody's, unless they say otherwise
    if _access.isEnabledFor(logging.INFO):
        _log(request, response.status_code, (time.perf_counter() - began) * 1000)
    return response  # type: ignore[no-any-return]


def _log(request: HttpRequest, status: int, ms: float) -> None:
    """One line; `ms` runs until the headers are ready, so a stream counts its first byte."""
    path = logs.path_of(request)
    # Only a user somebody has already asked for: a log line must not cost a query.
    user = request.__dict__.get("_cached_user") or request.__dict__.get("_acached_user")
    user_id = getattr(user, "pk", None)
    fields = {"method": request.method, "path": path, "status": status, "ms": round(ms, 1), "user": user_id}
    _access.info("%s %s %d %.1f ms user=%s", request.method, path, status, ms, user_id or "-", extra={"fields": fields})


def body_limit(limit_bytes: Callable[[], int], *content_types: str) -> Callable[[View], View]:
    """Lets a view take a body of `content_types` and up to `limit_bytes()`; all others get DATA_UPLOAD_MAX_MEMORY_SIZE.

    A sync view reads it as it arrives; an async one takes it from `coaching.lib.bodies.taker`.
    A form is such a body only where CSRF is exempt: its check reads the form, before anybody has to be signed in.
    """

    def mark(view: View) -> View:
        view.large_body = (content_types, limit_bytes)  # type: ignore[attr-defined]
        return view

    return mark


def large_types(view: Any) -> tuple[str, ...]:
    """Of which content types the view takes large bodies; none unless it says so."""
    types: tuple[str, ...] = getattr(view, "large_body", ((), None))[0]
    return types


class BodyLimitMiddleware(Around):
    """Refuses a body over the view's limit (413) or without a length (411) before a byte of it is read.

    Stands before CSRF, which reads the form. Without it a form page would spool any upload to disk, in the clear.
    """

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.process_view = self._look_async if self.is_async else self._look

    async def _look_async(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        return self._look(request, view, args, kwargs)

    def _look(self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            message = _("The size of what you send must be known. Send it with a Content-Length.")
            return refuse(request, status=411, code="length_required", message=message)
        length = request.META.get("CONTENT_LENGTH")
        if length and length.isdigit() and int(length) > self._limit(request, view):
            message = _("What you sent is over the limit of this page. Nothing was kept.")
            return refuse(request, status=413, code="too_large", message=message)
        return None

    @staticmethod
    def _limit(request: HttpRequest, view: Any) -> int:
        usual = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        content_types, limit_bytes = getattr(view, "large_body", ((), lambda: usual))
        return int(limit_bytes()) if request.content_type in content_types else usual


class DomainErrorMiddleware(Around):
    """Answers a rule's refusal, a wrong method, or a body that could not be taken in, as a page or as JSON."""

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._answer_async(request)
        return _with_page(request, self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        return _with_page(request, await self.get_response(request))  # type: ignore[misc]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, DomainError):
            return refuse_error(request, exception)
        return refuse_unreadable(request, exception)


def _with_page(request: HttpRequest, response: Any) -> HttpResponseBase:
    """Django's answer to a wrong method is empty; it gets a page and keeps its Allow header."""
    if response.status_code != 405 or getattr(response, "content", b"x"):
        return response  # type: ignore[no-any-return]
    answer = refuse(request, status=405)
    answer.headers["Allow"] = response.headers.get("Allow", "")
    return answer
