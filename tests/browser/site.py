"""The real server on a port and a data directory of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
STOP_S = 30
KEEP_ALIVE_S = 600  # a client that comes back after a pause must not meet a connection that is just closing
STILL_IN_S = 240  # well below ACCOUNT_REAUTHENTICATION_TIMEOUT


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody's sign-in: its cookies, and when, by the monotonic clock in s."""

    cookies: list[Any]
    at: float


class Site:
    """`coaching.asgi` under uvicorn; `url` answers once the object is made. `close` ends it. `more` is environment."""

    def __init__(self, data_dir: Path, *, is_debug: bool = False, more: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.entered: dict[str, Entered] = {}
        self.log = data_dir / f"server-{'debug' if is_debug else 'plain'}.log"
        own = ({"DEBUG": "1"} if is_debug else {}) | (more or {})
        self.bystander = _bystander(data_dir, environment(data_dir) | own)
        self.url = self.bystander.url
        self.process = self.bystander.serve(self.log)
        try:
            with urlopen(f"{self.url}/healthz", timeout=START_S):
                pass
        except OSError as error:
            self.close()
            raise RuntimeError(f"The server did not start:\n{self.log.read_text()}") from error

    def note_entered(self, who: str, cookies: list[Any]) -> None:
        """He has just signed in with these cookies; they serve his next walks, too."""
        self.entered[who] = Entered(cookies, time.monotonic())

    def is_still_in(self, who: str) -> bool:
        """Whether he signed in so shortly ago that nothing would ask him for his password again."""
        return who in self.entered and time.monotonic() - self.entered[who].at < STILL_IN_S

    def close(self) -> None:
        """End the server, and who stands beside it, and wait for them."""
        self.bystander.close()


def environment(data_dir: Path) -> dict[str, str]:
    """A test run's settings, with the data directory shared by the seed and the servers."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "DEBUG"}}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "CLASSCREW_TEST_DATA_DIR": str(data_dir),
        "INSTITUTE_NAME": "Pragati Study Circle",
        "MFA_REQUIRED": "0",  # most walks are about other things than the admin's second step
        "PYTHONPATH": str(ROOT),
    }


def meanwhile(site: Site, code: str) -> str:
    """What a worker or another person does to the rows, in a process of its own; what the lines print."""
    return site.bystander.run(code)


@dataclass(frozen=True, slots=True)
class Server:
    """The process that serves a site."""

    pid: int

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Bystander:
    """The process that runs a site and lines beside it: `tests.browser.bystander`, started when it is first asked.

    `url` is where its site will be, which it knows from the beginning.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._process: subprocess.Popen[str] | None = None
        self._server: Server | None = None

    def run(self, code: str) -> str:
        """What the lines print. Raises: AssertionError when they raise."""
        return str(self._ask(run=code)).strip()

    def serve(self, log: Path) -> Server:
        """Start the site. It holds the socket: a connection waits for it to be ready, and is refused when it died."""
        self._server = Server(self._ask(serve=[self._listening.fileno(), str(log), KEEP_ALIVE_S]))
        self._listening.close()
        return self._server

    def close(self) -> None:
        """End its site; it ends itself when nobody can tell it anything more."""
        self._listening.close()
        if self._server is not None:
            self._ask(end=[self._server.pid, STOP_S])
        if self._process is not None:
            self._process.communicate()

    def _ask(self, **asked: Any) -> Any:
        into, out = self._pipes()
        into.write(json.dumps(asked) + "\n")
        into.flush()
        told = json.loads(out.readline() or '{"error": "nobody answers"}')
        assert not told["error"], told["error"]
        return told["told"]

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.bystander"],
                cwd=ROOT,
                env=self.environment | {"BASE_URL": self.url},
                pass_fds=[self._listening.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


_seeding: dict[Path, Bystander] = {}
"""Who has filled a site that has not been started yet."""


def seed(data_dir: Path, program: str = "tests.browser.seed") -> None:
    """Fill a migrated database for a site with what `main` of the module `program` makes."""
    migrated.copy_sqlite(data_dir / "classcrew.sqlite3")
    _seeding[data_dir] = Bystander(environment(data_dir))
    _seeding[data_dir].run(f"from {program} import main; main()")


def _bystander(data_dir: Path, wanted: dict[str, str]) -> Bystander:
    """Who has filled the site runs it, too: to start another takes longer than either."""
    seeder = _seeding.pop(data_dir, None)
    if seeder is not None and seeder.environment == wanted:
        return seeder
    if seeder is not None:
        seeder.close()
    return Bystander(wanted)
