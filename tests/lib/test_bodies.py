"""A large body on the loop, piece by piece."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.lib import bodies
from coaching.lib.bodies import ArrivingBody

pytestmark = pytest.mark.apart


class Sender:
    """An ASGI `receive` that gives the pieces, then what `ends` names: `complete`, `disconnect`, `silence`."""

    def __init__(self, pieces: list[bytes], ends: str) -> None:
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": one, "more_body": True} for one in pieces
        ]
        last = {"complete": [{"type": "http.request"}], "disconnect": [{"type": "http.disconnect"}], "silence": []}
        self.messages += last[ends]
        self.asked = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        return self.messages.pop(0) if self.messages else await asyncio.get_running_loop().create_future()


async def all_of(body: ArrivingBody) -> list[bytes]:
    found = []
    while piece := await body.take():
        found.append(bytes(piece))
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=12), st.sampled_from(["complete", "disconnect"]))
def test_what_arrives_is_given_back_whatever_the_end(pieces: list[bytes], ends: str) -> None:
    assert b"".join(asyncio.run(all_of(ArrivingBody(Sender(pieces, ends).receive)))) == b"".join(pieces)


def test_a_silent_client_ends_the_body_and_what_came_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STALL_S", 0.05)
    monkeypatch.setattr(bodies, "HOLD_S", 0.01)
    assert asyncio.run(all_of(ArrivingBody(Sender([b"one", b"two"], "silence").receive))) == [b"onetwo"]


def test_a_sender_of_nothing_but_empty_messages_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STALL_S", 0.05)

    async def nothing() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": True}

    assert asyncio.run(all_of(ArrivingBody(nothing))) == []


def test_the_client_is_held_back_while_a_piece_is_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PIECE_BYTES", 10)
    sender = Sender([b"12345"] * 8, "complete")

    async def first() -> tuple[bytes, int]:
        return bytes(await ArrivingBody(sender.receive).take()), sender.asked

    assert asyncio.run(first()) == (b"1234512345", 2)


def test_a_server_that_stops_ends_the_body_and_lets_the_view_keep_what_came() -> None:
    """Cancelling the request, as the server does first, does not cancel the view."""
    kept: list[bytes] = []

    async def stop_in_the_middle() -> None:
        body, is_waiting = ArrivingBody(Sender([b"one", b"two"], "silence").receive), asyncio.Event()

        async def view() -> None:
            is_waiting.set()
            kept.extend(await all_of(body))

        request = asyncio.create_task(bodies.answer(body, view()))
        await is_waiting.wait()
        request.cancel()
        await bodies.cut_all()
        await asyncio.gather(request, return_exceptions=True)
        assert request.cancelled()

    asyncio.run(stop_in_the_middle())
    assert kept == [b"onetwo"]


def test_a_body_that_was_cut_gives_nothing_more() -> None:
    async def take_after_cut() -> bytes:
        body = ArrivingBody(Sender([], "silence").receive)
        body.cut()
        return bytes(await body.take())

    assert asyncio.run(take_after_cut()) == b""
