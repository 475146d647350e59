"""What a connection may send, and how long it may take, before its request is known."""

import asyncio
import http.client
import socket
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from coaching import server
from tests.serving.conftest import PATIENCE_S


@pytest.mark.parametrize("piece", [b"X-Long: " + b"a" * 1_000_000, b"X-More: a\r\n" * 100_000], ids=["one", "many"])
def test_a_head_that_never_ends_is_refused(site, piece: bytes) -> None:
    """The server hangs up: what is sent after that is a reset or a broken pipe, whichever comes first."""
    with site.connect() as connection:
        connection.sendall(b"GET /cookies/ HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError):
            connection.sendall(piece * 40)


def test_many_requests_on_one_connection_are_no_long_head(site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_S)
    for _request in range(40):
        connection.request("GET", "/cookies/", headers={"X-Some": "a" * 4_000})
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, b"two")
    connection.close()


def test_who_does_not_finish_his_header_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HEAD_S", 0.2)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("no request is complete")

    async def ends(first_bytes: bytes) -> bytes:
        config, state = Config(app, lifespan="off"), ServerState()
        listening = await asyncio.get_running_loop().create_server(
            lambda: server.BoundedProtocol(config, state, {}), "127.0.0.1", 0, family=socket.AF_INET
        )
        async with listening:
            reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
            writer.write(first_bytes)
            try:
                return await asyncio.wait_for(reader.read(), PATIENCE_S)
            except ConnectionError:  # he was hung up on before his first bytes were taken
                return b""
            finally:
                writer.close()

    assert asyncio.run(ends(b"")) == b""
    assert asyncio.run(ends(b"GET / HTTP/1.1\r\nHost: loc")) == b""
