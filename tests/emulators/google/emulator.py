"""What a test holds: the running server, its accounts, clients, clock, plan and log."""

import contextlib
import socket
import sys
import threading
from functools import cached_property
from http.server import ThreadingHTTPServer
from typing import Any, Self

from tests.emulators.google.accounts import Account
from tests.emulators.google.calls import RequestLog
from tests.emulators.google.clock import SimulatedClock
from tests.emulators.google.faults import Plan
from tests.emulators.google.files import Files
from tests.emulators.google.identity import Signer
from tests.emulators.google.limits import Limits
from tests.emulators.google.oauth import APP_DATA_SCOPE, Authority, Client, long_scopes
from tests.emulators.google.tls import Tls
from tests.emulators.google.uploads import Uploads
from tests.emulators.google.wire import Wire

LINK_SCOPES = long_scopes(f"openid email {APP_DATA_SCOPE}")


class Server(ThreadingHTTPServer):
    """Threads are waited for at the end, so connections that are still open are cut first."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, handler: type[Wire]) -> None:
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(("127.0.0.1", port), handler)

    def watch(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.watch(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        with self._open_lock:
            self._open = {one for one in self._open if one is not request and one.fileno() != -1}
        super().close_request(request)

    def cut_all(self) -> None:
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not news; everything else is a fault of the emulator and is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class GoogleEmulator:
    """Google on a port of this machine. `latency_s` is waited before every answer, in real seconds."""

    def __init__(self, port: int = 0, *, latency_s: float = 0.0, frozen: bool = False) -> None:
        self.clock = SimulatedClock(frozen=frozen)
        self.plan = Plan(self.clock.now)
        self.requests = RequestLog()
        self.limits = Limits(self.clock)
        self.authority = Authority(self.clock, Signer())
        self.files = Files(self.clock)
        self.uploads = Uploads(self.files, self.clock)
        self.latency_s = latency_s
        self._closing = threading.Event()
        self.client = self.authority.add_client()
        self.server = Server(port, type("BoundWire", (Wire,), {"emulator": self}))
        self.root = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.authority.issuer = self.root
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop at once: waiting answers go out, open connections are cut."""
        self._closing.set()
        self.server.shutdown()
        self.server.cut_all()
        self.server.server_close()
        self._thread.join()

    @cached_property
    def tls(self) -> Tls:
        return Tls()

    @property
    def client_id(self) -> str:
        return self.client.client_id

    @property
    def client_secret(self) -> str:
        return self.client.client_secret

    @property
    def settings(self) -> dict[str, str]:
        """The settings that point the product here."""
        return {
            "GOOGLE_CLIENT_ID": self.client_id,
            "GOOGLE_CLIENT_SECRET": self.client_secret,
            "GOOGLE_API_ROOT": f"{self.root}/",
            "GOOGLE_TOKEN_URL": f"{self.root}/token",
            "GOOGLE_AUTHORIZE_URL": f"{self.root}/o/oauth2/v2/auth",
            "GOOGLE_REVOKE_URL": f"{self.root}/revoke",
            "GOOGLE_CERTS_URL": f"{self.root}/certs",
            "GOOGLE_IDENTITY_URL": f"{self.root}/userinfo",
            "GOOGLE_ID_TOKEN_ISSUER": self.root,
        }

    def account(self, email: str, limit_bytes: int | None = 15 * 10**9) -> Account:
        """The account of this address; the first time it is made, with a Drive already linked (`refresh_token`)."""
        known = self.authority.accounts.get(email.casefold())
        if known is not None:
            return known
        account = Account(email, limit_bytes, clock=self.clock, client_id=self.client_id)
        account.forget_tokens = lambda client_id: self.authority.forget(account, client_id)
        account.expire_tokens = lambda: self.authority.expire(account)
        account.refresh_token = self.link(account)
        self.authority.accounts[email.casefold()] = account
        return account

    def rename(self, account: Account, email: str) -> None:
        """The person changes his address at Google; his `sub` stays."""
        del self.authority.accounts[account.email.casefold()]
        account.email = email
        self.authority.accounts[email.casefold()] = account

    def link(self, account: Account, client: Client | None = None, scope: str = "") -> str:
        """A new refresh token, as if the person had just consented (again)."""
        scopes = long_scopes(scope) if scope else LINK_SCOPES
        return self.authority.grant(account, (client or self.client).client_id, scopes)

    def access_token(self, account: Account, client: Client | None = None, scope: str = "") -> str:
        """An access token without a visit to the token endpoint."""
        scopes = long_scopes(scope) if scope else LINK_SCOPES
        return self.authority.give_access(account, (client or self.client).client_id, scopes)

    def add_client(self, *redirect_uris: str) -> Client:
        """Another OAuth client: its refresh tokens and its application data folders are its own."""
        return self.authority.add_client(*redirect_uris)

    @property
    def in_testing(self) -> bool:
        """Whether the consent screen is in Testing: refresh tokens die after seven days."""
        return self.authority.in_testing

    @in_testing.setter
    def in_testing(self, value: bool) -> None:
        self.authority.in_testing = value

    def pause(self, seconds: float) -> None:
        """Wait in real time, but not longer than the emulator lives."""
        if seconds > 0:
            self._closing.wait(seconds)
