"""One gunicorn with one worker of ours on a free port, for all tests of this folder."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import migrated

START_S = 120  # longer than any of it takes on a loaded machine; what goes well waits for none of these
PATIENCE_S = 60


@dataclass
class Site:
    """A running server."""

    port: int
    log_path: Path
    process: subprocess.Popen

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def ask(
        self, method: str, path: str, body=None, headers=None, *, within_s: float = PATIENCE_S
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within_s)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def seen(self) -> dict:
        return json.loads(self.get("/seen/")[1])

    def wait_until(self, is_so, within_s: float = PATIENCE_S) -> dict:
        """Ask `seen` until `is_so(seen)`; a test fails rather than waits longer."""
        end = time.monotonic() + within_s
        while not is_so(seen := self.seen()):
            assert time.monotonic() < end, f"still {seen}"
        return seen

    @property
    def log(self) -> str:
        """What it wrote to stderr so far."""
        return self.log_path.read_text()

    def log_lines(self, are_there) -> list[dict]:
        """The JSON lines of the log once `are_there(lines)`: an answer may arrive before its line is written."""
        end = time.monotonic() + PATIENCE_S
        while not are_there(lines := [json.loads(line) for line in _whole_lines(self.log) if line.startswith("{")]):
            assert time.monotonic() < end, self.log
            time.sleep(0.05)
        return lines


def _whole_lines(text: str) -> list[str]:
    """Without the one that is being written."""
    return text[: text.rfind("\n") + 1].splitlines()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory(prefix="classcrew-serving-") as directory, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        yield from _run(Path(directory), listener)


def _run(directory: Path, listener: socket.socket) -> Iterator[Site]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.serving.settings",
        "DATA_DIR": str(directory),  # gunicorn.conf.py reads the settings before the test settings do
        "CLASSCREW_TEST_DATA_DIR": str(directory),
        "LOG_FORMAT": "json",
    }
    if os.environ.get("DATABASE_URL"):
        environment = migrated.own_postgres(environment, START_S)
    else:
        migrated.copy_sqlite(directory / "classcrew.sqlite3")
    command = [sys.executable, "-m", "gunicorn", "-k", "coaching.server.Worker"]
    command += ["--bind", f"fd://{listener.fileno()}", "--workers", "1", "--graceful-timeout", "120"]
    log_path = directory / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [*command, "coaching.asgi:application"], env=environment, stderr=log, pass_fds=[listener.fileno()]
        )
    running = Site(listener.getsockname()[1], log_path, process)
    try:
        running.ask("GET", "/seen/", within_s=START_S)  # the kernel holds the connection until the worker accepts it
        yield running
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        sys.stdout.write(running.log)  # pytest shows it beside a failure
