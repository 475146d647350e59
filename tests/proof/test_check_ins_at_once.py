"""Five hundred students check in at once at the real server with two worker processes, on either database."""

import json
import subprocess
import sys

import pytest

from tests.proof.conftest import Note
from tests.proof.running import ROOT

pytestmark = pytest.mark.proof


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_five_hundred_students_check_in_within_a_minute(database: str, note: Note) -> None:
    command = [sys.executable, "-m", "benchmarks.check_in", "--json", "--only", database]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    figures = told["figures"][database]
    note(**{name: value for name, value in figures.items() if name != "said"})
    assert figures["errors"] == 0
    assert figures["took_s"] <= told["aim_s"]
