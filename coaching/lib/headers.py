"""What every answer of the site tells a browser besides its content, and methods that nothing answers."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from coaching.lib.middleware import Around
from coaching.lib.refusals import refuse

View = TypeVar("View", bound=Callable[..., Any])

# Everything a page could ask of the machine is off but what the product uses: the place at check-in, passkeys, a video,
# an exam or a class's code in full screen, and a screen that stays on for it, a video beside other windows, "copy the
# link". Only names that browsers know; they log others as mistakes.
_USED = (
    "geolocation",
    "publickey-credentials-get",
    "publickey-credentials-create",
    "fullscreen",
    "screen-wake-lock",
    "picture-in-picture",
    "autoplay",
    "clipboard-write",
)
_OFF = [
    "accelerometer",
    "camera",
    "display-capture",
    "encrypted-media",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
    "serial",
    "hid",
    "xr-spatial-tracking",
    "clipboard-read",
    "idle-detection",
    "local-fonts",
    "storage-access",
    "sync-xhr",
]
PERMISSIONS_POLICY = ", ".join([*(f"{name}=(self)" for name in _USED), *(f"{name}=()" for name in _OFF)])

# What echoes a request back would show a script the cookies it may not read.
_NEVER_ANSWERED = frozenset({"TRACE", "TRACK", "CONNECT"})
CLEARED_AT_SIGN_OUT = '"cache", "storage"'


class HeadersMiddleware(Around):
    """Adds what Django's own security middleware does not know. What a signed-in person was shown is not kept.

    A view that sets Cache-Control itself (a file, a static asset) keeps what it says.
    """

    def __call__(self, request: HttpRequest) -> Any:
        if request.method in _NEVER_ANSWERED:
            refusal = refuse(request, status=405)
            refusal.headers["Allow"] = "GET, HEAD, POST, OPTIONS"
            return self._at_once(refusal) if self.is_async else refusal
        if self.is_async:
            return self._answer_async(request)
        return _with_headers(request, self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return _with_headers(request, await response if isinstance(response, Awaitable) else response)

    @staticmethod
    async def _at_once(response: HttpResponseBase) -> HttpResponseBase:
        return response


def _with_headers(request: HttpRequest, response: Any) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    # Only a person somebody has already asked for: a header must not cost a query.
    person = request.__dict__.get("_cached_user") or request.__dict__.get("_acached_user")
    if getattr(person, "is_authenticated", False):
        response.headers.setdefault("Cache-Control", "no-store")
    return response  # type: ignore[no-any-return]


def clears_browser(view: View) -> View:
    """Around the sign-out: after its POST the browser forgets the pages it kept and what they stored.

    Not the cookies: the language and the browser's own id stay, the session's cookie is taken back by itself.
    """

    @wraps(view)
    def cleared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        if request.method == "POST":
            response.headers["Clear-Site-Data"] = CLEARED_AT_SIGN_OUT
        return response

    return cleared  # type: ignore[return-value]
