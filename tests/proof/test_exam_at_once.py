"""A whole institute writes a test at once at the real server with two processes: nothing acknowledged is lost."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.proof.conftest import Note
from tests.proof.running import ROOT

pytestmark = pytest.mark.proof


def write(note: Note, *words: str) -> dict[str, Any]:
    """The figures of one test, written with these words of the benchmark."""
    command = [sys.executable, "-m", "benchmarks.exam_at_once", "--json", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (figures,) = json.loads(done.stdout).values()
    note(**figures)
    return dict(figures)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_all_that_was_acknowledged_while_all_write_is_in_the_database(database: str, note: Note) -> None:
    figures = write(note, "--only", database)
    assert (figures["lost"], figures["not_handed_in"]) == (0, 0)
    assert figures["saves"] >= figures["students"] * 5
    assert figures["ratio_cpu"] <= 1.5


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_worker_process_that_is_killed_while_all_save_loses_nothing(database: str, note: Note) -> None:
    figures = write(note, "--only", database, "--students", "200", "--kill")
    assert (figures["lost"], figures["not_handed_in"]) == (0, 0)
    assert figures["broken_connections"] > 0
