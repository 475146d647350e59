"""A database that is migrated already: made once from nothing, then copied, as migrating takes ten times as long.

On SQLite it is kept for as long as no migration changes. On PostgreSQL `make test-services` makes it in its
own server. `test_runtime_supervisor` and `test_database_restart` migrate from nothing whatever is kept.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".pytest_cache" / "migrated"
MOST_KEPT = 4
PACKAGES = ("coaching", "accounts", "attendance", "batches", "chat", "dfs", "exams", "fees", "notices")
POSTGRES, POSTGRES_LOCK = "migrated", "MIGRATED_POSTGRES_LOCK"


def copy_sqlite(target: Path) -> None:
    """Put a migrated database at `target`, as the product is now."""
    with _alone():
        kept = KEPT / f"{_state_of('migrations/*.py')}-{_state_of('*.py')}.sqlite3"
        if not kept.exists():
            _make_sqlite(kept)
        shutil.copyfile(kept, target)


def copy_sqlite_to_migrate(target: Path) -> None:
    """Put a database at `target` that has all migrations; what is done after each migrate may be of an older day."""
    with _alone():
        old = _with_these_migrations()
        if old is not None:
            shutil.copyfile(old, target)
    if old is None:
        copy_sqlite(target)


def migrate_in_place(environment: dict[str, str], within_s: float) -> None:
    """Migrate the database of that environment; processes of one run that ask together do so one after the other."""
    with _alone():
        subprocess.run(_migrate(), cwd=ROOT, env=environment, check=True, timeout=within_s)


@contextmanager
def _alone() -> Iterator[None]:
    """Whichever process asks first makes what is not there; the others wait for that."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _state_of(files: str) -> str:
    """Changes with any line of such files of the product, with what is installed and with the master keys."""
    state = hashlib.sha256(f"{sys.version} {os.environ.get('CLASSCREW_MASTER_KEYS')}".encode())
    found = [path for package in PACKAGES for path in (ROOT / package).rglob(files)]
    for path in sorted([*found, ROOT / "requirements" / "base.txt"]):
        state.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
        state.update(path.read_bytes())
    return state.hexdigest()[:16]


def _with_these_migrations() -> Path | None:
    found = KEPT.glob(f"{_state_of('migrations/*.py')}-*.sqlite3")
    return max(found, key=_made_at, default=None)


def _made_at(path: Path) -> float:
    return path.stat().st_mtime


def _make_sqlite(kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=KEPT) as home:
        made = Path(home, "classcrew.sqlite3")
        old = _with_these_migrations()
        if old is not None:  # then only what is done after each migrate is left to do
            shutil.copyfile(old, made)
        own = {"CLASSCREW_TEST_DATA_DIR": home, "DATABASE_URL": "", "REDIS_URL": ""}
        done = subprocess.run(_migrate(), cwd=ROOT, env=_environment() | own, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        # The last connection to be closed has moved the whole log into this file.
        made.rename(kept)
    for old in sorted(KEPT.glob("*.sqlite3"), key=_made_at)[:-MOST_KEPT]:
        old.unlink()


def _migrate() -> list[str]:
    return [sys.executable, "manage.py", "migrate", "-v0"]


def _environment() -> dict[str, str]:
    return os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}


@contextmanager
def postgres(url: str, directory: Path) -> Iterator[dict[str, str]]:
    """Begin to migrate a database of the server at `url`; gives the environment of those who `wait_for_postgres`.

    The lock is open in the process that migrates and nowhere else, so it goes when that has ended, however it ends.
    """
    with psycopg.connect(url.replace("postgres:", "postgresql:", 1), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {POSTGRES}")
    environment = _environment() | {"DATABASE_URL": url.replace(":///postgres?", f":///{POSTGRES}?", 1)}
    with (directory / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = subprocess.Popen(_migrate(), cwd=ROOT, env=environment, pass_fds=[lock.fileno()])
    yield {POSTGRES_LOCK: lock.name}
    assert process.wait() == 0, "the database to copy from could not be migrated"


def own_postgres(environment: dict[str, str], within_s: float) -> dict[str, str]:
    """What lets processes of that environment have a migrated database; a copy of their own on servers of ours."""
    url = environment["DATABASE_URL"]
    template = wait_for_postgres()
    if template is None:
        migrate_in_place(environment, within_s)
        return environment
    name = f"copy_{uuid.uuid4().hex}"
    with psycopg.connect(url.replace("postgres:", "postgresql:", 1), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return environment | {"DATABASE_URL": url.replace(":///postgres?", f":///{name}?", 1)}


def wait_for_postgres() -> str | None:
    """The name of the database to copy from, once nobody migrates it; None on a server that has none."""
    path = os.environ.get(POSTGRES_LOCK)
    if path is None:
        return None
    with Path(path).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    return POSTGRES
