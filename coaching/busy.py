"""What is answered while a process has more to do than anybody would wait for: 503, and when to come again."""

import json
import logging
import random
import time
from functools import cache

from django.template.loader import render_to_string

from coaching.lib.bridge import Scope, Send
from coaching.lib.refusals import SORRY

AGAIN_S = (2, 8)
"""Spread, or all who were refused would come again at once."""
SAID_EVERY_S = 5.0
logger = logging.getLogger("coaching.busy")
_last_said = [0.0]


async def answer_busy(scope: Scope, send: Send) -> None:
    """Refuse a request nobody has looked at, so repeating it is harmless. Asks neither session nor database."""
    _say()
    content, content_type = _json() if _is_programs(scope) else _page()
    headers = {
        "content-type": content_type,
        "content-length": str(len(content)),
        "retry-after": str(random.randint(*AGAIN_S)),  # noqa: S311 - not a secret
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    }
    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 503, "headers": listed})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _is_programs(scope: Scope) -> bool:
    """As `lib.refusals.wants_json` says, of the bare headers."""
    found = dict(scope["headers"])
    accept = found.get(b"accept", b"")
    is_sent = found.get(b"content-type", b"").startswith(b"application/json") or b"tus-resumable" in found
    return is_sent or (b"application/json" in accept and b"text/html" not in accept)


@cache
def _json() -> tuple[bytes, str]:
    sorry = SORRY[503]
    body = {"error": {"code": "busy", "message": str(sorry.message)}}
    return json.dumps(body, ensure_ascii=False).encode(), "application/json"


@cache
def _page() -> tuple[bytes, str]:
    """In English: whose language it should be in is not known before his session was read."""
    sorry = SORRY[503]
    context = {"status": 503, "title": sorry.title, "message": sorry.message, "advice": sorry.advice}
    return render_to_string("errors/page.html", context).encode(), "text/html; charset=utf-8"


def _say() -> None:
    """A line of the log now and then, not one for each who is refused."""
    now = time.monotonic()
    if now - _last_said[0] >= SAID_EVERY_S:
        _last_said[0] = now
        logger.warning("Too many requests wait in this process; further ones are told to come again.")
