"""A mail server over a real socket that says what a test tells it to. Source: RFC 5321, sections 3.3 and 4.3.2."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self


class MailServer:
    """`replies` maps a command, or the dot that ends a message, to what is answered instead of yes.

    "hang up" ends the connection without a word. `mails` are those it took.
    """

    def __init__(self) -> None:
        self.replies: dict[str, str] = {}
        self.mails: list[EmailMessage] = []
        self.connections = 0
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Hangup(Exception):
    """The test wants the connection gone."""


def _handler_of(site: MailServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        """One connection."""

        def handle(self) -> None:
            site.connections += 1
            try:
                self.say("220 emulator")
                while line := self.rfile.readline():
                    self.answer(line.decode().strip())
            except (_Hangup, OSError):
                return

        def answer(self, line: str) -> None:
            verb = line[:4].upper()
            if verb == "DATA" and verb not in site.replies:
                self.say("354 go on")
                self.take()
                return
            usual = {"EHLO": "250 emulator", "QUIT": "221 bye"}
            self.say(site.replies.get(verb, usual.get(verb, "250 fine")))

        def take(self) -> None:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            refusal = site.replies.get(".")
            if refusal is None or refusal.startswith("kept"):
                site.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
            self.say("250 taken" if refusal is None else refusal.removeprefix("kept ").strip())

        def say(self, reply: str) -> None:
            if reply == "hang up":
                raise _Hangup
            self.wfile.write(f"{reply}\r\n".encode())

    return Handler
