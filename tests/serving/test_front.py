"""What the server is told at the start, and what the front does with anything but HTTP."""

import asyncio

from django.core.exceptions import ImproperlyConfigured

from coaching.front import Front


def _live(front: Front, scope_type: str, *received: str) -> list[dict]:
    """The messages the front sends for a scope of this type when it receives these."""
    waiting, sent = list(received), []

    async def receive():
        return {"type": waiting.pop(0)}

    async def send(message):
        sent.append(message)

    asyncio.run(front({"type": scope_type}, receive, send))
    return sent


def test_start_runs_the_checks_once_and_then_says_ready():
    ran = []
    sent = _live(Front(lambda: ran.append(1)), "lifespan", "lifespan.startup", "lifespan.shutdown")
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert ran == [1]


def test_failed_check_refuses_the_start_with_its_reason():
    def refuse():
        raise ImproperlyConfigured("CLASSCREW_MASTER_KEYS lacks the key k1.")

    sent = _live(Front(refuse), "lifespan", "lifespan.startup")
    assert sent == [{"type": "lifespan.startup.failed", "message": "CLASSCREW_MASTER_KEYS lacks the key k1."}]


def test_websocket_is_closed():
    assert _live(Front(), "websocket") == [{"type": "websocket.close", "code": 1000}]
