"""The database goes away and comes back while a file is being stored and a page is asked for."""

import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from coaching.celery import app
from tests.services.conftest import _environment, wait_for
from tests.services.servers import Postgres, free_port

pytestmark = [pytest.mark.services, pytest.mark.timeout(900)]
Process = subprocess.Popen[bytes]

PREPARE = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from dfs import pool, store
from tests import people
for number in range(3):
    pool.add_local(f"drive-{number}")
with open(sys.argv[-1], "rb") as content:
    file = store.put(content, name="lecture.bin", owner=people.admin(), purpose="mine")
client = people.signed_in(people.admin())
print("; ".join(f"{name}={one.value}" for name, one in client.cookies.items()))
"""
READ_BACK = """
import sys
import django
django.setup()
from dfs import repair, store
from dfs.models import StoredFile
assert repair.verify().is_clean
with open(sys.argv[-1], "wb") as copy:
    copy.writelines(store.read(StoredFile.objects.get()))
"""
HOLD = """
CREATE FUNCTION hold() RETURNS trigger AS $$
BEGIN
  IF NEW.index >= 3 THEN PERFORM pg_advisory_xact_lock(35); END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER hold BEFORE INSERT ON chunk_registry FOR EACH ROW EXECUTE FUNCTION hold();
"""
"""Whoever registers the fourth piece waits for the lock: so the job surely is half done when the server goes."""
EXPIRE = """
UPDATE distribution_queue SET lease_until = now() - interval '1 s' WHERE state = 'RUNNING';
UPDATE distribution_queue SET next_attempt_at = now() WHERE state = 'WAITING';
"""
"""As if the ninety seconds of the lease had passed."""


class House:
    """A database of its own, and the site's processes that use it."""

    def __init__(self, folder: Path, project: Path) -> None:
        (folder / "postgres").mkdir()
        (folder / "home").mkdir()
        self.folder, self.project, self.port = folder, project, free_port()
        self.postgres = Postgres(folder / "postgres")
        self.environment = _environment() | {
            "DJANGO_SETTINGS_MODULE": "tests.services.settings",
            "DATABASE_URL": self.postgres.url,
            "CLASSCREW_TEST_DATA_DIR": str(folder / "home"),
            "DATA_DIR": str(folder / "home"),  # gunicorn.conf.py reads the settings before the test settings do
        }
        self.started: list[Process] = []

    def run(self, code: str, name: str) -> str:
        """Run the lines with the path of a file in the folder; what they printed."""
        command = [sys.executable, "-c", code, str(self.folder / name)]
        done = subprocess.run(command, env=self.environment, cwd=self.project, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, *words: str) -> Process:
        """A process that stays."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                env=self.environment,
                cwd=self.project,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def end(self) -> None:
        """What is worth keeping was looked at: nobody is asked to finish anything."""
        for process in self.started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.postgres.stop()
        sys.stdout.write((self.folder / "log").read_text() if (self.folder / "log").exists() else "")

    def ask(self, path: str, cookie: str = "") -> int:
        """The status of a page; 0 while nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            return connection.getresponse().status
        except ConnectionRefusedError:
            return 0
        finally:
            connection.close()

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self.postgres.directory), user="postgres", dbname="postgres", autocommit=True)

    def value(self, query: str) -> object:
        with self.connect() as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None

    def children(self) -> list[str]:
        """The processes that do the work, by number: one that was replaced has another."""
        return [Path(f"/proc/{one.pid}/task/{one.pid}/children").read_text() for one in self.started]


@pytest.fixture
def house(project_dir: Path) -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="classcrew-"))  # short: a socket's path has a hundred letters at most
    folder.chmod(0o755)
    house = House(folder, project_dir)
    try:
        house.postgres.start()
        yield house
    finally:
        house.end()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_database_that_restarts_loses_nothing_and_needs_no_restart_of_ours(house: House) -> None:
    """35."""
    content = random.Random(35).randbytes(12 * 1024 * 1024)
    (house.folder / "lecture.bin").write_bytes(content)
    cookie = house.run(PREPARE, "lecture.bin").strip()
    with house.connect() as held:
        held.execute(HOLD)
        held.execute("SELECT pg_advisory_lock(35)")
        worker = house.start("manage.py", "worker", "--concurrency", "1")
        site = house.start("-m", "gunicorn", "--bind", f"127.0.0.1:{house.port}", "--workers", "1")
        wait_for(lambda: house.ask("/dfs/files/", cookie) == 200, of=site)
        wait_for(lambda: bool(house.value("SELECT count(*) FROM pg_locks WHERE NOT granted")), of=worker)
        before = house.children()
        house.postgres.stop()
    assert house.ask("/dfs/files/", cookie) >= 500
    house.postgres.start()
    wait_for(lambda: house.ask("/dfs/files/", cookie) == 200, of=site)
    wait_for(lambda: _is_stored(house), of=worker)
    house.run(READ_BACK, "back.bin")
    assert (house.folder / "back.bin").read_bytes() == content
    assert house.children() == before


def _is_stored(house: House) -> bool:
    """Whether the file is stored; if not, let the time of the lease have passed and wake the worker."""
    if house.value("SELECT state FROM stored_files") == "STORED":
        return True
    with house.connect() as connection:
        connection.execute(EXPIRE)
    with app.connection_for_write() as broker:
        app.send_task("dfs.tasks.wake_due_jobs", queue="dfs", connection=broker)
    return False
