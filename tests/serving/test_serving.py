"""How the server treats bodies, streams, threads and connections, seen from a socket."""

import concurrent.futures
import contextlib
import json
import re
import select
import shutil
import socket
import subprocess

import pytest

from coaching.server import Worker
from tests.serving.conftest import PATIENCE_S
from tests.serving.urls import BLOCK

MIB = 1024 * 1024
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


def _send_head(site, method: str, path: str, *headers: str) -> socket.socket:
    connection = site.connect()
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())
    return connection


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the server closes or the answer's own length is reached."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if length and len(body) >= int(length[1]) and not head.startswith(b"HTTP/1.1 100"):
            break
    return received


def _ended(connections: list[socket.socket]) -> list[socket.socket]:
    """Those the server has closed or answered with more than that it is ready for the body."""
    ready = select.select(connections, [], [], 0)[0]
    return [connection for connection in ready if connection.recv(4096, socket.MSG_PEEK) != GO_ON]


def test_sync_view_runs_in_a_page_thread_and_async_view_on_the_loop(site):
    assert site.get("/page/")[1].startswith(b"page in page_")
    assert site.get("/async_page/")[1] == b"async in MainThread user 0"


def test_decorated_and_class_based_async_views_stay_on_the_loop(site):
    assert site.get("/async_exempt/")[1].startswith(b"async in MainThread")
    assert site.get("/async_class/")[1] == b"MainThread"


def test_unknown_path_is_404_and_static_file_is_served(site):
    assert site.get("/nothing/here/")[0].status == 404
    response, body = site.get("/static/admin/css/base.css")
    assert response.status == 200
    assert int(response.headers["Content-Length"]) == len(body) > 10_000


def test_every_set_cookie_arrives_as_a_header_of_its_own(site):
    response, _ = site.get("/cookies/")
    assert [value.split(";")[0] for value in response.headers.get_all("Set-Cookie")] == ["one=1", "two=2"]


def test_head_has_the_length_and_no_body(site):
    response, body = site.ask("HEAD", "/cookies/")
    assert (response.status, response.headers["Content-Length"], body) == (200, "3", b"")


def test_header_with_underscore_does_not_pass_for_the_proxys(site):
    meta = json.loads(site.get("/echo/", X_Fine="1")[1])
    assert meta["REMOTE_ADDR"] == "127.0.0.1"
    with _send_head(site, "GET", "/echo/", "X_Forwarded_For: 9.9.9.9", "X-Twice: a", "X-Twice: b") as connection:
        meta = json.loads(_answer(connection).partition(b"\r\n\r\n")[2])
    assert meta["HTTP_X_FORWARDED_FOR"] is None
    assert meta["HTTP_X_TWICE"] == "a,b"


def test_forwarded_address_from_a_local_client_is_not_believed(site):
    response, body = site.ask("GET", "/echo/", headers={"X-Forwarded-For": "9.9.9.9", "X-Forwarded-Proto": "https"})
    assert json.loads(body)["REMOTE_ADDR"] == "127.0.0.1"
    assert response.headers["Server"] is None


@pytest.mark.parametrize("target", ["/%ff%fe/", "/page/%00", "/page/?q=%ff", "/async_page/?q=%ff"])
def test_malformed_address_is_answered_and_not_a_server_error(site, target):
    assert site.get(target)[0].status in {200, 400, 404}


def test_raw_bytes_in_the_query_are_answered(site):
    with site.connect() as connection:
        connection.sendall(b"GET /page/?q=\xe0\xa4\x95 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.recv(65536).split(b" ")[1] in {b"200", b"400"}


def test_upload_reaches_the_view_as_it_arrives(site):
    before = site.seen().get("uploaded", 0)
    with _send_head(site, "PATCH", "/upload/", f"Content-Length: {5 * MIB}") as connection:
        connection.sendall(bytes(2 * MIB))
        site.wait_until(lambda seen: seen.get("uploaded", 0) == before + 2 * MIB)
        connection.sendall(bytes(3 * MIB))
        assert b" 201 " in _answer(connection)[:20]
    assert site.seen()["uploaded"] == before + 5 * MIB


def test_what_arrived_of_a_broken_upload_is_kept(site):
    before = site.seen()
    with _send_head(site, "PATCH", "/upload/", f"Content-Length: {5 * MIB}") as connection:
        connection.sendall(bytes(MIB + 777))
        site.wait_until(lambda seen: seen.get("uploaded", 0) >= before.get("uploaded", 0) + MIB)
    seen = site.wait_until(lambda seen: seen.get("broken_uploads", 0) > before.get("broken_uploads", 0))
    assert seen["uploaded"] == before.get("uploaded", 0) + MIB + 777


@pytest.mark.parametrize("length", [5_000, 200_000])
def test_half_a_form_is_not_taken_for_a_whole_one(site, length):
    before = site.seen().get("forms", 0)
    complete = f"text={'x' * (length - 5)}".encode()
    response, _ = site.ask("POST", "/form/", complete, {"Content-Type": "application/x-www-form-urlencoded"})
    assert response.status == 200
    head = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"]
    with _send_head(site, "POST", "/form/", *head) as connection:
        connection.sendall(complete[: length // 2])
        connection.shutdown(socket.SHUT_WR)
        _answer(connection)
    assert site.seen()["forms"] == before + 1


def test_slow_uploads_leave_the_pages_their_threads(site):
    before = site.seen().get("upload_started", 0)
    with contextlib.ExitStack() as uploads:
        head = ("PATCH", "/upload/", "Content-Length: 1000000")
        slow = [uploads.enter_context(_send_head(site, *head)) for _ in range(20)]
        site.wait_until(lambda seen: seen.get("upload_started", 0) >= before + 16)
        assert all(site.get("/page/")[0].status == 200 for _ in range(5))
        assert _ended(slow) == []  # the pages waited for none of them
    site.wait_until(lambda seen: seen["upload_started"] == before + 20)


@pytest.mark.parametrize("more", [[], ["Expect: 100-continue"]])
def test_slow_forms_of_strangers_leave_uploads_their_threads(site, more):
    head = ["Content-Type: application/x-www-form-urlencoded", "Content-Length: 100000", *more]
    with contextlib.ExitStack() as forms:
        slow = [forms.enter_context(_send_head(site, "POST", "/form/", *head)) for _ in range(20)]
        for connection in slow:
            connection.sendall(b"a")
        assert site.ask("PATCH", "/upload/", bytes(MIB))[0].status == 201
        assert _ended(slow) == []  # it waited for none of them


def test_too_large_body_is_refused_before_it_is_sent(site):
    with _send_head(site, "POST", "/form/", f"Content-Length: {10**12}", "Accept: application/json") as connection:
        answer = _answer(connection)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "too_large"


@pytest.mark.parametrize("path", ["/form/", "/async_exempt/"])
def test_client_that_sends_on_after_a_refusal_still_reads_it(site, path):
    response, body = site.ask("POST", path, bytes(20 * MIB), {"Accept": "application/json"})
    assert response.status == 413
    assert json.loads(body)["error"]["code"] == "too_large"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_reads_the_refusal_of_a_large_file(site, tmp_path):
    (tmp_path / "large").write_bytes(bytes(30 * MIB))
    command = ["curl", "-sS", "-m", "60", "-w", "%{http_code} %{size_upload}", "-o", "/dev/null", "-F"]
    command += [f"file=@{tmp_path / 'large'}", f"http://127.0.0.1:{site.port}/form/"]
    status, sent = subprocess.run(command, capture_output=True, text=True, timeout=90).stdout.split()
    assert status == "413"
    assert int(sent) < 30 * MIB


def test_body_without_a_length_is_refused_and_the_connection_goes_on(site):
    with _send_head(site, "POST", "/form/", "Transfer-Encoding: chunked", "Accept: application/json") as connection:
        connection.sendall(b"5\r\ntext=\r\n0\r\n\r\n")
        assert _answer(connection).startswith(b"HTTP/1.1 411 ")
        connection.sendall(b"GET /cookies/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert _answer(connection).startswith(b"HTTP/1.1 200 ")


def test_100_continue_is_sent_when_the_view_reads_and_not_when_it_refuses(site):
    with _send_head(site, "PATCH", "/upload/", "Content-Length: 4", "Expect: 100-continue") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"data")
        assert b" 201 " in _answer(connection)[:20]
    with _send_head(site, "POST", "/form/", f"Content-Length: {10**9}", "Expect: 100-continue") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_file_response_is_whole(site):
    response, body = site.get("/file/")
    assert b"django" in body.lower()
    assert int(response.headers["Content-Length"]) == len(body)


def test_sync_stream_ends_when_its_reader_leaves(site):
    before = site.seen().get("endless_closed", 0)
    with _send_head(site, "GET", "/endless/") as connection:
        assert connection.recv(65536)
    site.wait_until(lambda seen: seen.get("endless_closed", 0) == before + 1)


def test_stream_that_fails_cuts_the_connection(site):
    with _send_head(site, "GET", "/broken_stream/") as connection:
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.startswith(b"HTTP/1.1 200 ")
    assert len(received.partition(b"\r\n\r\n")[2]) <= len(BLOCK)


def test_refusal_of_a_rule_is_json_for_programs_on_both_sides(site):
    for path in ("/refused/", "/async_refused/"):
        response, body = site.get(path, Accept="application/json")
        assert response.status == 403
        assert json.loads(body) == {"error": {"code": "not_allowed", "message": "Only on Sundays."}}


def test_sixty_slow_readers_hold_neither_threads_nor_connections_nor_pages(site):
    before = site.seen()
    with contextlib.ExitStack() as readers:
        for _ in range(60):
            reader = readers.enter_context(_send_head(site, "GET", "/stream/"))
            assert reader.recv(100).startswith(b"HTTP/1.1 200 ")  # and then reads no more
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda _: site.get("/slow/")[0].status, range(16)))
        assert statuses == [200] * 16
        during = site.wait_until(
            lambda seen: (
                seen["threads"] <= before["threads"] + 10
                and seen["connections"] <= before["connections"] + 8  # one for each page thread
            )
        )
        assert during["streams"] - during.get("streams_closed", 0) == 60
    site.wait_until(lambda seen: seen.get("streams_closed", 0) == seen["streams"])


def test_async_requests_leave_no_database_connection(site):
    for _ in range(3):
        site.get("/async_page/")
    before = site.seen()["connections"]
    for _ in range(20):
        assert site.get("/async_page/")[0].status == 200
    # The last one closes after its answer, and SQLite keeps the odd descriptor for its next connection.
    site.wait_until(lambda seen: seen["connections"] <= before + 2)


def test_access_log_has_id_path_status_and_neither_query_nor_secret(site):
    response, _ = site.get("/page/?password=hunter2")
    site.get("/secret/abcdef123456/")
    site.get("/async_page/?password=hunter2")
    asked = response.headers["X-Request-ID"]
    wanted = {"/page/", "/secret/***/", "/async_page/"}
    lines = site.log_lines(lambda lines: wanted <= {line.get("path") for line in lines})
    line = next(line for line in lines if line["request_id"] == asked)
    assert (line["logger"], line["method"], line["path"], line["status"]) == ("coaching.access", "GET", "/page/", 200)
    assert any(line.get("path") == "/secret/***/" for line in lines)
    assert "hunter2" not in site.log
    assert "abcdef123456" not in site.log


def test_stopping_server_cuts_open_streams(site):
    """After its own few seconds, whatever the machine takes for the rest; gunicorn here would wait for two minutes."""
    assert Worker.CONFIG_KWARGS["timeout_graceful_shutdown"] <= 5
    with _send_head(site, "GET", "/stream/") as reader:
        assert reader.recv(100).startswith(b"HTTP/1.1 200 ")
        site.process.terminate()
        assert site.process.wait(PATIENCE_S) == 0
