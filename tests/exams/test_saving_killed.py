"""A web process dies by kill -9 between any two writes of a save: nothing acknowledged is lost or half kept."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import migrated
from tests.browser import site as sites


@pytest.mark.apart
def test_a_web_process_killed_between_any_two_writes_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    migrated.copy_sqlite(tmp_path / "classcrew.sqlite3")
    command = [sys.executable, "-m", "tests.exams.killed"]
    done = subprocess.run(command, cwd=sites.ROOT, env=sites.environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["wrong"] == []
    assert told["killed"] > 20  # each statement that writes, and each beginning
