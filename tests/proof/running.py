"""The site as `make run` starts it, an admin at its door, and what its processes hold and cost."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.test_runtime_supervisor import Site, command_line

ROOT = Path(__file__).resolve().parents[2]
ADMIN = "rajendra@pragati.example"
PASSWORD = "proof-of-the-whole-thing"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE_BYTES = 8 * 1024 * 1024
BLOCK_BYTES = 1024 * 1024


class ProofSite(Site):
    """`manage.py up` on a data directory of its own. `log` is what it printed."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.environment |= {"DEMO_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)}
        self.environment.pop("DFS_CHUNK_BYTES", None)  # the tests' own is an eighth of the product's
        self.url = f"http://127.0.0.1:{self.port}"

    def wait_until(self, happened: Callable[[], bool], within_s: float = 60.0) -> float:
        """Seconds until it happened. Else what the site said, without a line for each page."""
        began = time.monotonic()
        while not happened():
            if time.monotonic() - began > within_s:
                said = [line for line in self.log.read_text().splitlines() if "coaching.access" not in line]
                raise AssertionError(f"not within {within_s:g} s\n" + "\n".join(said[-40:]))
            time.sleep(0.2)
        return time.monotonic() - began

    def begin(self) -> None:
        """Start, and wait until it answers."""
        seen = self.log.stat().st_size if self.log.exists() else 0
        self.start()
        self.wait_until(lambda: b"Ctrl-C stops everything" in self.log.read_bytes()[seen:], within_s=180)

    def end(self, number: int = signal.SIGINT) -> float:
        """Ctrl-C, and wait until nothing of it runs; seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(40)
        assert self.is_gone()
        return time.monotonic() - began

    def clean_up(self) -> None:
        """Leave no process behind, whatever happened."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """An operator's command on the same data."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=3_000)

    def dfs(self, *words: str, status: int = 0) -> Any:
        """`manage.py dfs … --json`, parsed."""
        done = self.manage("dfs", *words, "--json")
        assert done.returncode == status, (
            f"dfs {words}: {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        )
        return json.loads(done.stdout)

    def celery_pids(self) -> list[int]:
        """The worker and its children, without the guard before them."""
        return [pid for pid in self.pids(of="worker\0--scheduler") if "guard.py" not in command_line(pid)]

    def web_pids(self) -> list[int]:
        """gunicorn's master and workers, without the guard."""
        return [pid for pid in self.pids(of="gunicorn") if "guard.py" not in command_line(pid)]

    def drive_folders(self) -> list[Path]:
        return [Path(account["location"]) for account in self.dfs("accounts")]


def memory_mib(pids: list[int]) -> float:
    """Proportional share of memory of these processes."""
    total_kib = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total_kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kib / 1024


class Admin:
    """Somebody signed in over HTTP. Closing gives his connections back."""

    def __init__(self, site: ProofSite) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.trust_env = False
        door = f"{site.url}/accounts/login/"
        form = {"login": ADMIN, "password": PASSWORD, "csrfmiddlewaretoken": _token(self.session.get(door).text)}
        answer = self.session.post(door, form)
        assert answer.url.endswith("/dashboard/"), answer.text[:2000]
        self.token = _token(self.session.get(f"{site.url}/dfs/files/").text)

    def close(self) -> None:
        self.session.close()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else self.site.url + path
        return self.session.request(
            method, url, data=body, headers=TUS | {"X-CSRFToken": self.token} | own, timeout=120
        )

    def create(self, name: str, length: int) -> requests.Response:
        """The answer to a new upload; its address is `Location`."""
        about = "filename " + _base64(name) + ",purpose " + _base64("mine")
        return self.ask("POST", "/dfs/uploads/", Upload_Length=str(length), Upload_Metadata=about)

    def offset(self, upload: str) -> int:
        return int(self.ask("HEAD", upload).headers["Upload-Offset"])

    def patch(self, upload: str, body: Any, offset: int) -> requests.Response:
        kind = "application/offset+octet-stream"
        return self.ask("PATCH", upload, body, Content_Type=kind, Upload_Offset=str(offset))

    def send(self, source: Path, upload: str, offset: int = 0) -> str:
        """All bytes from `offset` on, as the page's script sends them; the file's uuid."""
        with source.open("rb") as file:
            file.seek(offset)
            while piece := file.read(PIECE_BYTES):
                answer = self.patch(upload, piece, offset)
                assert answer.status_code == 204, answer.text
                offset = int(answer.headers["Upload-Offset"])
        return answer.headers["X-File"]

    def upload(self, source: Path) -> str:
        """A whole file; its uuid."""
        created = self.create(source.name, source.stat().st_size)
        assert created.status_code == 201, created.text
        return self.send(source, created.headers["Location"])

    def state(self, file: str) -> dict[str, Any]:
        return dict(self.ask("GET", f"/dfs/files/{file}/state/").json())

    def is_stored(self, file: str) -> bool:
        found = self.state(file)
        assert found["job_state"] not in ("FAILED", "CANCELLED"), found
        return bool(found["job_state"] == "COMPLETE")

    def blocks(self, path: str, **headers: str) -> Iterator[bytes]:
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.session.get(self.site.url + path, headers=own, stream=True, timeout=120) as answer:
            assert answer.status_code in (200, 206), answer.status_code
            yield from answer.iter_content(BLOCK_BYTES)


@contextmanager
def admin_of(site: ProofSite) -> Iterator[Admin]:
    admin = Admin(site)
    try:
        yield admin
    finally:
        admin.close()


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found, page[:2000]
    return found[1]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
