"""More requests than a process can have in hand: the surplus is told at once to come again."""

import asyncio
import json
import threading
from typing import Any

import pytest

from coaching.busy import AGAIN_S, answer_busy
from coaching.lib.bridge import Bridge

JSON = (b"content-type", b"application/json")


def scope(*headers: tuple[bytes, bytes], method: str = "POST") -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": "/exams/",
        "query_string": b"",
        "http_version": "1.1",
        "headers": list(headers),
    }


class Listener:
    """One client: what it is sent."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, {}, b""

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message["body"]


def asked(bridge: Bridge, count: int, *, gate: threading.Event, until: int) -> list[Listener]:
    """That many requests at once; the gate opens when `until` of them were answered."""
    listeners = [Listener() for _n in range(count)]

    async def run() -> None:
        tasks = [asyncio.create_task(bridge(scope(JSON), one.receive, one.send)) for one in listeners]
        while sum(one.status > 0 for one in listeners) < until:
            await asyncio.sleep(0.001)
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(asyncio.wait_for(run(), 30))
    return listeners


def test_surplus_is_told_at_once_to_come_again_and_the_rest_is_answered():
    gate = threading.Event()

    def application(_environ, start_response):
        gate.wait(30)
        start_response("200 OK", [])
        return [b"done"]

    bridge = Bridge(application, page_threads=2, upload_threads=1, most_pages=5, too_busy=answer_busy)
    answers = asked(bridge, 12, gate=gate, until=7)
    assert sorted(one.status for one in answers) == [200] * 5 + [503] * 7
    again = asked(bridge, 5, gate=gate, until=0)
    assert [one.status for one in again] == [200] * 5


@pytest.mark.parametrize("headers", [(JSON,), ((b"accept", b"application/json"),)])
def test_program_is_answered_in_json_with_when_to_come_again(headers):
    listener = Listener()
    asyncio.run(answer_busy(scope(*headers), listener.send))
    assert listener.status == 503
    assert json.loads(listener.body)["error"]["code"] == "busy"
    assert AGAIN_S[0] <= int(listener.headers[b"retry-after"]) <= AGAIN_S[1]


@pytest.mark.django_db
def test_browser_is_answered_with_a_page_and_head_without_one():
    page, head = Listener(), Listener()
    asyncio.run(answer_busy(scope((b"accept", b"text/html,*/*"), method="GET"), page.send))
    asyncio.run(answer_busy(scope((b"accept", b"text/html,*/*"), method="HEAD"), head.send))
    assert b"<h1>" in page.body
    assert (head.status, head.body) == (503, b"")
    assert page.headers[b"cache-control"] == b"no-store"
