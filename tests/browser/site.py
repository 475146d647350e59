"""The real server on a port and a data directory of its own."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
STOP_S = 30
KEEP_ALIVE_S = 600  # a client that comes back after a pause must not meet a connection that is just closing


class Site:
    """`coaching.asgi` under uvicorn; `url` answers once the object is made. `close` ends it. `more` is environment."""

    def __init__(self, data_dir: Path, *, is_debug: bool = False, more: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.log = data_dir / f"server-{'debug' if is_debug else 'plain'}.log"
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [sys.executable, "-m", "uvicorn", "coaching.asgi:application", "--fd", str(listening.fileno())]
        own = {"BASE_URL": self.url} | ({"DEBUG": "1"} if is_debug else {}) | (more or {})
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, "--no-access-log", "--timeout-keep-alive", str(KEEP_ALIVE_S)],
                cwd=ROOT,
                env=environment(data_dir) | own,
                pass_fds=[listening.fileno()],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        # The child holds the socket: a connection waits for it to be ready, and is refused when it died.
        listening.close()
        try:
            with urlopen(f"{self.url}/healthz", timeout=START_S):
                pass
        except OSError as error:
            self.close()
            raise RuntimeError(f"The server did not start:\n{self.log.read_text()}") from error

    def close(self) -> None:
        """End the server and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


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


def meanwhile(site: Site, code: str, *, more: dict[str, str] | None = None) -> None:
    """What a worker or another person does to the rows, in a process of its own."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    own = environment(site.data_dir) | (more or {})
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def seed(data_dir: Path, program: str = "tests.browser.seed") -> None:
    """Migrate and fill the site's database. Migrating takes most of it, so a run of the tests does it once."""
    shutil.copytree(_kept(data_dir, "migrated", ["manage.py", "migrate", "-v0"]), data_dir, dirs_exist_ok=True)
    _fill(data_dir, ["-m", program])


def _kept(data_dir: Path, name: str, words: list[str]) -> Path:
    """The data directory that this makes, made by whichever test process asks first; the others wait for it."""
    of_run = data_dir.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else data_dir.parent
    kept = of_run / name
    with (of_run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            making = Path(tempfile.mkdtemp(dir=of_run))
            _fill(making, words)
            making.rename(kept)
    return kept


def _fill(data_dir: Path, words: list[str]) -> None:
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment(data_dir), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The site could not be filled:\n{done.stdout}{done.stderr}")
