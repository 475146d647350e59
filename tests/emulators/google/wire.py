"""A request's way: read its head, see what is planned for it, read its body, do the work, write the answer.

HTTP/1.1 with keep-alive. Bodies may be chunked (Go's client sends multipart uploads so). CONNECT opens a TLS tunnel in
which every host is this emulator: a client that cannot be pointed elsewhere, as rclone, reaches it as its HTTPS proxy.
"""

import contextlib
import re
import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.emulators.google import consent
from tests.emulators.google.answers import (
    HTML_502,
    OF_STATUS,
    RESUME_INCOMPLETE,
    Answer,
    Refusal,
    drive_error,
    of_json,
    refuse,
)
from tests.emulators.google.calls import Call, Seen
from tests.emulators.google.faults import Delay, Drop, Refuse

if TYPE_CHECKING:
    from tests.emulators.google.emulator import GoogleEmulator

OAUTH_PATHS = {
    "/o/oauth2/v2/auth": "authorize",
    "/token": "token",
    "/revoke": "revoke",
    "/certs": "certs",
    "/oauth2/v1/certs": "certs",
    "/oauth2/v3/certs": "certs",
    "/userinfo": "userinfo",
    "/oauth2/v2/userinfo": "userinfo",
    "/oauth2/v3/userinfo": "userinfo",
}
_FILE_PATH = re.compile(r"(?:/resumable)?(/upload)?/drive/v3/files(?:/([^/]+))?$")
_BLOCK_BYTES = 1 << 20


class Cut(Exception):
    """The connection is to be cut."""


def operation_of(call: Call) -> str:
    """The name of what a request asks for; empty for what this emulator does not serve."""
    if call.path in OAUTH_PATHS:
        return OAUTH_PATHS[call.path]
    if call.path == "/drive/v3/about":
        return "about"
    if call.path == "/drive/v3/files/generateIds":
        return "ids"
    found = _FILE_PATH.match(call.path)
    if found is None:
        return ""
    is_upload, file_id = found.groups()
    if is_upload:
        return _upload_operation(call, file_id or "")
    if not file_id:
        return {"POST": "create", "GET": "list"}.get(call.method, "")
    if call.method == "GET":
        return "download" if call.value("alt") == "media" else "get"
    return {"PATCH": "update", "DELETE": "delete"}.get(call.method, "")


def _upload_operation(call: Call, file_id: str) -> str:
    if call.value("upload_id"):
        return "query" if call.header("content-range").startswith("bytes */") else "put"
    if call.method not in ("PATCH" if file_id else "POST",):
        return ""
    return "session" if call.value("uploadType") == "resumable" else "update" if file_id else "create"


class Wire(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    rbufsize = 1 << 16
    emulator: "GoogleEmulator"  # set by the subclass the emulator makes
    scheme = "http"

    def log_message(self, format: str, *args: Any) -> None:
        """The log of requests is `GoogleEmulator.requests`."""

    def do_CONNECT(self) -> None:
        """A tunnel: answer, then speak TLS as whatever host was asked for."""
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.connection = self.emulator.tls.wrap(self.connection)
        self.emulator.server.watch(self.connection)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", 0)
        self.scheme = "https"
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if self.scheme == "https":
            self.connection.close()  # the server closes only the socket it accepted

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the library's names

    def _serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "127.0.0.1")
        call = Call(self.command, self.path, headers, f"{self.scheme}://{host}")
        call.operation = operation_of(call)
        call.bearer = self.emulator.authority.bearer(call)
        who = call.bearer.account.email if call.bearer else self.emulator.uploads.owner_of(call)
        call.verdict = self.emulator.plan.judge(call.operation, call.method, call.target, who or None)
        log = Seen(self.emulator.clock.now(), call.method, call.target, call.operation, who, headers)
        self.emulator.requests.add(log)
        try:
            self._write(self._answer(call, log), log)
        except (Cut, ConnectionError):
            self._cut()

    def _answer(self, call: Call, log: Seen) -> Answer:
        self.emulator.pause(self.emulator.latency_s)
        drop = call.verdict.find(Drop)
        if drop is not None:
            self._drop(call, drop)
        call.body = self._body(call)
        log.body_bytes = len(call.body)
        delay = call.verdict.find(Delay)
        if delay is not None and not delay.midway:
            self.emulator.pause(delay.seconds)
        refusal = call.verdict.find(Refuse)
        if refusal is not None:
            return planned(call, refusal)
        answer = self._work(call)
        if delay is not None and delay.midway:
            answer.pause_s = delay.seconds
        return self._after(call, answer)

    def _work(self, call: Call) -> Answer:
        try:
            self.emulator.limits.charge(call)
            return dispatch(self.emulator, call)
        except Refusal as refusal:
            return refusal.answer

    def _after(self, call: Call, answer: Answer) -> Answer:
        """The work is done; the answer may still be spoiled."""
        delay = call.verdict.find_after(Delay)
        if delay is not None:
            self.emulator.pause(delay.seconds)
        if call.verdict.find_after(Drop) is not None and call.operation != "download":
            raise Cut
        refusal = call.verdict.find_after(Refuse)
        return answer if refusal is None else planned(call, refusal)

    def _drop(self, call: Call, drop: Drop) -> None:
        """Cut the connection before the answer; what a session got of the body stays there."""
        if drop.body_bytes is not None:
            call.body = self.rfile.read(min(drop.body_bytes, int(call.header("content-length", "0"))))
            if call.operation == "put":
                self.emulator.uploads.keep_part(call)
        raise Cut

    def _body(self, call: Call) -> bytes:
        if call.header("transfer-encoding").lower() == "chunked":
            return self._chunked()
        length = int(call.header("content-length", "0"))
        body = self.rfile.read(length) if length else b""
        if len(body) < length:
            call.body = body
            if call.operation == "put":
                self.emulator.uploads.keep_part(call)
            raise Cut
        return body

    def _chunked(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return b"".join(parts)

    def _write(self, answer: Answer, log: Seen) -> None:
        log.status = answer.status
        body = memoryview(answer.body)
        head = self._head(answer, len(body))
        end = len(body) if answer.cut_after is None else min(answer.cut_after, len(body))
        if answer.pause_s:
            half = end // 2
            self.wfile.write(head + body[:half])
            self.emulator.pause(answer.pause_s)
            self.wfile.write(body[half:end])
        elif end <= _BLOCK_BYTES:
            self.wfile.write(head + body[:end])
        else:
            self.wfile.write(head)
            self.wfile.write(body[:end])
        log.answer_bytes = end
        if log.operation == "download":
            self.emulator.limits.count_egress(end)
        if answer.cut_after is not None:
            raise Cut

    def _head(self, answer: Answer, length: int) -> bytes:
        """Status line and headers, in one piece so that a small answer is one packet."""
        phrase = "Resume Incomplete" if answer.status == RESUME_INCOMPLETE else HTTPStatus(answer.status).phrase
        headers = {"Date": self.date_time_string(), "Server": "ESF", **answer.headers}
        if answer.status != HTTPStatus.NO_CONTENT:
            headers["Content-Length"] = str(length)
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _cut(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def planned(call: Call, effect: Refuse) -> Answer:
    """The answer a plan asks for."""
    if effect.body:
        answer = Answer(effect.status, effect.body, {"Content-Type": "application/json; charset=UTF-8"})
    elif effect.html:
        answer = Answer(
            effect.status, HTML_502.replace(b"502", str(effect.status).encode()), {"Content-Type": "text/html"}
        )
    elif call.operation in ("token", "revoke") and effect.status < 500:
        said = effect.message or "Token has been expired or revoked."
        answer = of_json({"error": effect.reason or "invalid_grant", "error_description": said}, effect.status)
    else:
        reason = effect.reason or OF_STATUS.get(effect.status, "backendError")
        answer = drive_error(reason, message=effect.message, status=effect.status)
    if effect.retry_after_s is not None:
        answer.headers["Retry-After"] = str(effect.retry_after_s)
    return answer


def dispatch(emulator: "GoogleEmulator", call: Call) -> Answer:
    """The service that does what is asked. Raises: Refusal."""
    found = _FILE_PATH.match(call.path)
    file_id = (found[2] or "") if found else ""
    files, uploads, authority = emulator.files, emulator.uploads, emulator.authority
    if found and found[1] and call.operation in ("create", "update"):
        upload = {"media": uploads.media, "multipart": uploads.multipart}.get(call.value("uploadType"))
        if upload is None:
            raise refuse("badRequest", message="Invalid upload type.")
        return upload(call, file_id)
    services: dict[str, Callable[[], Answer]] = {
        "authorize": lambda: consent.authorize(authority, call, emulator.clock.now()),
        "token": lambda: authority.token(call),
        "revoke": lambda: authority.revoke(call),
        "certs": lambda: consent.certificates(authority.published(call.path)),
        "userinfo": lambda: authority.userinfo(call),
        "about": lambda: files.about(call),
        "ids": lambda: files.ids(call),
        "create": lambda: files.create(call),
        "list": lambda: files.search(call),
        "get": lambda: files.get(call, file_id),
        "update": lambda: files.update(call, file_id),
        "delete": lambda: files.delete(call, file_id),
        "download": lambda: uploads.download(call, file_id),
        "session": lambda: uploads.open(call, file_id),
        "put": lambda: uploads.put(call),
        "query": lambda: uploads.put(call),
    }
    if call.operation not in services:
        raise refuse("notSupportedForAppDataFolderFiles" if "/drive/v3/files/" in call.path else "notFound")
    return services[call.operation]()
