"""The site as an institute runs it: the production profile, four workers, a proxy in front that ends TLS."""

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import apart, migrated
from tests.services.servers import throw_away_valkey

HOST = "pragati.example"
START_S, STOP_S = 120, 30


@dataclass
class Answer:
    """What came back. `headers` by lower-case name; `cookies` are the Set-Cookie lines by the cookie's name."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Production:
    """The running site. `ask` speaks to it as its proxy does, for the client address `ip`."""

    port: int
    log: Path

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: str = "",
        ip: str = "198.51.100.1",
        **headers: str,
    ) -> Answer:
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": ip}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body or None, {name: value for name, value in sent.items() if value})
            response = connection.getresponse()
            given = response.getheaders()
            lines = [value for name, value in given if name.lower() == "set-cookie"]
            cookies = {line.partition("=")[0]: line for line in lines}
            return Answer(response.status, {name.lower(): value for name, value in given}, cookies, response.read())
        finally:
            connection.close()


@dataclass
class Visitor:
    """A browser at the site, with a jar of cookies."""

    site: Production
    ip: str = "198.51.100.1"
    jar: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, body: str = "", **headers: str) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items()), **headers}
        answer = self.site.ask(method, path, body=body, ip=self.ip, **headers)
        for name, line in answer.cookies.items():
            self.jar[name] = line.partition("=")[2].partition(";")[0]
        return answer

    def send(self, path: str, **fields: str) -> Answer:
        """Fill in the form that stands at the path."""
        page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token, f"{page.status} has no form"
        form = urlencode({**fields, "csrfmiddlewaretoken": token[1]})
        kind = {"Content_Type": "application/x-www-form-urlencoded", "Referer": f"https://{HOST}{path}"}
        return self.ask("POST", path, body=form, **kind)

    def sign_in(self, login: str, password: str) -> Answer:
        return self.send("/accounts/login/", login=login, password=password)


PEOPLE = "from tests import people; people.teacher(); people.student(); people.admin()"


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory, project_dir: Path) -> Iterator[Production]:
    """One site for all checks that need a real one; who is signed in where is each check's own business."""
    directory = tmp_path_factory.mktemp("production")
    with throw_away_valkey(directory) as valkey_url:
        yield from _run(directory, valkey_url, project_dir)


def pytest_itemcollected(item: pytest.Item) -> None:
    """The site stands on SQLite and a Valkey of its own, whatever the run itself is on."""
    if "production" in getattr(item, "fixturenames", ()):
        item.add_marker(apart.MARK)


def _run(directory: Path, valkey_url: str, project_dir: Path) -> Iterator[Production]:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "only-for-this-test-" + "x" * 50,
        "CLASSCREW_MASTER_KEYS": os.environ["CLASSCREW_MASTER_KEYS"],  # those the migrated database knows
        "BASE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXY_COUNT": "1",
        "DATA_DIR": str(directory),
        "REDIS_URL": valkey_url,
        "EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": "coaching.settings",
    }

    def manage(*arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=project_dir, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr

    migrated.copy_sqlite(directory / "classcrew.sqlite3")
    manage("collectstatic", "--noinput", "-v0")
    manage("shell", "-v0", "-c", PEOPLE)
    listener = socket.create_server(("127.0.0.1", 0))
    log = directory / "server.log"
    command = [sys.executable, "-m", "gunicorn", "--workers", "4", "--bind", f"fd://{listener.fileno()}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=project_dir, env=environment, pass_fds=[listener.fileno()], stdout=out, stderr=out
        )
    site = Production(listener.getsockname()[1], log)
    # The child holds the socket: a connection waits for it to be ready, and is refused when it died.
    listener.close()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=START_S)
        connection.request("GET", "/healthz", headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        assert connection.getresponse().status == 200, log.read_text()
        connection.close()
        yield site
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
