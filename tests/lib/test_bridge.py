"""The body between the loop and a view's thread, piece by piece."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coaching.lib import bridge
from coaching.lib.bridge import ClientGoneError, FileBody, RequestBody, build_environ

pytestmark = pytest.mark.apart

PIECES = st.lists(st.binary(max_size=40), max_size=12)


def _receiver(pieces: list[bytes], *, ends: str):
    """An ASGI `receive`: the pieces, then the end that `ends` names (`complete`, `disconnect`, `silence`)."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if ends == "complete":
        messages.append({"type": "http.request", "body": b"", "more_body": False})
    if ends == "disconnect":
        messages.append({"type": "http.disconnect"})

    async def receive():
        if messages:
            return messages.pop(0)
        return await asyncio.Event().wait()

    return receive


def _in_thread(pieces: list[bytes], ends: str, use):
    """`use(body)` in a thread, while the loop feeds the body."""

    async def run():
        body = RequestBody(asyncio.get_running_loop(), _receiver(pieces, ends=ends), is_empty=False)
        try:
            return await asyncio.to_thread(use, body)
        finally:
            body.close_pump()

    return asyncio.run(run())


@settings(max_examples=40, deadline=None)
@given(PIECES, st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_any_reading_of_any_arrival_gives_the_body_back(pieces, sizes):
    def read_all(body):
        parts = []
        while part := body.read(sizes[len(parts) % len(sizes)]):
            parts.append(part)
        return parts

    parts = _in_thread(pieces, "complete", read_all)
    assert b"".join(parts) == b"".join(pieces)
    assert all(len(part) == sizes[n % len(sizes)] for n, part in enumerate(parts[:-1]))


def test_body_larger_than_its_room_passes_through(monkeypatch):
    monkeypatch.setattr(bridge, "BODY_ROOM_BYTES", 10)
    pieces = [bytes([n]) * 7 for n in range(50)]
    assert _in_thread(pieces, "complete", lambda body: body.read()) == b"".join(pieces)
    assert _in_thread(pieces, "complete", lambda body: b"".join(iter(lambda: body.read(3), b""))) == b"".join(pieces)


def test_lines_can_be_read():
    assert _in_thread([b"one\ntw", b"o\nthree"], "complete", list) == [b"one\n", b"two\n", b"three"]


@pytest.mark.parametrize("ends", ["disconnect", "silence"])
def test_broken_body_gives_what_came_and_then_raises(monkeypatch, ends):
    monkeypatch.setattr(bridge, "STALL_S", 0.05)

    def read_twice(body):
        first = body.read(100)
        with pytest.raises(ClientGoneError):
            body.read(100)
        return first

    assert _in_thread([b"half", b"-way"], ends, read_twice) == b"half-way"


@pytest.mark.parametrize("ends", ["disconnect", "silence"])
def test_small_body_that_breaks_off_is_known_to_be_broken(monkeypatch, ends):
    monkeypatch.setattr(bridge, "STALL_S", 0.05)

    async def gather():
        body = RequestBody(asyncio.get_running_loop(), _receiver([b"half"], ends=ends), is_empty=False)
        await body.gather()
        return body

    body = asyncio.run(gather())
    assert body.read() == b"half"
    with pytest.raises(ClientGoneError):
        body.read()


def test_reading_nothing_from_an_empty_body_waits_for_nobody():
    body = RequestBody(asyncio.new_event_loop(), _receiver([], ends="silence"), is_empty=True)
    assert body.read() == b""
    body._loop.close()


def test_environ_keeps_the_path_as_it_was_sent():
    scope = {
        "method": "GET",
        "path": "/\ufffd/",
        "raw_path": b"/%ff/%E0%A4%95/",
        "query_string": b"q=\xe0",
        "http_version": "1.1",
        "headers": [(b"host", b"x"), (b"x_forwarded_for", b"9.9.9.9"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
    }
    body = RequestBody(asyncio.new_event_loop(), _receiver([], ends="silence"), is_empty=True)
    environ = build_environ(scope, body)
    body._loop.close()
    assert environ["PATH_INFO"] == "/\xff/\xe0\xa4\x95/"
    assert environ["QUERY_STRING"] == "q=\xe0"
    assert environ["HTTP_COOKIE"] == "a=1;b=2"
    assert "HTTP_X_FORWARDED_FOR" not in environ


def test_file_is_read_in_large_blocks_and_closed(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(bridge.FILE_BLOCK_BYTES + 1))
    wrapper = FileBody(path.open("rb"), 4096)
    assert [len(block) for block in wrapper] == [bridge.FILE_BLOCK_BYTES, 1]
    wrapper.close()
    assert wrapper._file.closed
