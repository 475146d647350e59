"""A real Celery worker on the test's own database and queues."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from coaching.lib import heartbeats
from tests.services.servers import START_S, STOP_S

SHARED = ("DATABASE_URL", "REDIS_URL")


@pytest.fixture(autouse=True)
def _need_services() -> None:
    """Without the servers there is nothing to test: `make test` deselects these, `make test-services` brings them."""
    missing = [name for name in SHARED if not os.environ.get(name)]
    assert not missing, f"{', '.join(missing)} is not set: run these through make test-services"


@pytest.fixture
def worker_log(tmp_path: Path) -> Path:
    """What the workers of this test write."""
    return tmp_path / "worker.log"


@pytest.fixture
def start_worker(
    transactional_db: None, project_dir: Path, worker_log: Path
) -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    """`start_worker("--scheduler")` starts `manage.py worker` and waits until it is heard of."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, str(project_dir / "manage.py"), "worker", "--concurrency", "1", *arguments]
        with worker_log.open("ab") as log:
            process = subprocess.Popen(
                command, env=_environment(), cwd=project_dir, start_new_session=True, stdout=log, stderr=log
            )
        started.append(process)
        wait_for(lambda: any(beat.pid == process.pid for beat in heartbeats.alive()), of=process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """What makes another process see this test's database, queues and files."""
    host, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    environment["CLASSCREW_TEST_DATA_DIR"] = str(settings.DATA_DIR)
    environment["LOG_FORMAT"] = "json"
    environment["DATABASE_URL"] = _with_name(os.environ["DATABASE_URL"], name)
    assert host == settings.DATABASES["default"]["HOST"]
    return environment


def _with_name(url: str, name: str) -> str:
    head, separator, options = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{separator}{options}"


def wait_for(
    happened: Callable[[], bool], *, of: "subprocess.Popen[bytes] | None" = None, within_s: float = START_S
) -> None:
    """Return when `happened()`; fail when it has not in time, or the process it is expected `of` has ended."""
    ends = time.monotonic() + within_s
    while not happened():
        assert of is None or of.poll() is None, f"the process ended with status {of.returncode}"
        assert time.monotonic() < ends, f"it did not happen within {within_s} s"
        time.sleep(0.1)
