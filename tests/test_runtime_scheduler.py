"""The scheduler's process does not outlive its worker, however that one ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_S = 120
WORKER = """
import os, signal
import django
django.setup()
from celery.beat import EmbeddedService
from coaching.celery import app
scheduler = EmbeddedService(app, scheduler_cls="coaching.schedule:LeasedScheduler")
scheduler.start()
print(scheduler.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table of Linux")
def test_scheduler_of_a_worker_that_was_killed_ends_by_itself(tmp_path: Path, project_dir: Path) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "CLASSCREW_TEST_DATA_DIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=project_dir, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        pid = int(worker.stdout.readline())
        assert worker.wait(PATIENCE_S) == -signal.SIGKILL
    began = time.monotonic()
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.1)
