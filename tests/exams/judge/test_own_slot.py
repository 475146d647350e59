"""The slots of a machine: each process and each thing it does has its own, and a dead one's is free again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exams.judge import own_slot as slots
from exams.judge.own_slot import NoSlot, own_slot

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of Linux")
ANOTHER = "from exams.judge.own_slot import own_slot; print(own_slot(), flush=True); input()"


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(slots, "_held", {})


def test_a_process_keeps_its_slot_and_others_have_others():
    assert (own_slot(), own_slot("header"), own_slot()) == (0, 1, 0)
    root = Path(__file__).resolve().parents[3]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", ANOTHER], cwd=root, env=os.environ, **pipes) as other:
        assert other.stdout.readline() == b"2\n"
        other.kill()
    with subprocess.Popen([sys.executable, "-c", ANOTHER], cwd=root, env=os.environ, **pipes) as again:
        assert again.stdout.readline() == b"2\n"
        again.kill()


def test_a_directory_of_somebody_else_is_not_used(tmp_path):
    (tmp_path / f"classcrew-judge-{os.geteuid()}").mkdir()
    (tmp_path / f"classcrew-judge-{os.geteuid()}").chmod(0o777)
    with pytest.raises(NoSlot):
        own_slot()


def test_there_is_an_end_to_slots(monkeypatch):
    monkeypatch.setattr(slots, "SLOTS", 1)
    own_slot()
    with pytest.raises(NoSlot):
        own_slot("more")
