"""The store through real processes: files go in, owners go away, everything comes back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.dfs.conftest import content

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def manage(tmp_path: Path, project_dir: Path) -> Run:
    """`manage("dfs", "ls")` on a data directory of its own, without broker and worker."""
    home = tmp_path / "home"
    home.mkdir()
    migrated.copy_sqlite(home / "classcrew.sqlite3")
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}}
    environment = kept | {"DATA_DIR": str(home), "DEMO": "1", "DFS_CHUNK_BYTES": str(1024 * 1024)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=project_dir, env=environment, capture_output=True, text=True)

    return run


def only_file(manage: Run) -> dict[str, Any]:
    [figures] = json.loads(manage("dfs", "ls", "--json").stdout)
    return dict(figures)


@pytest.mark.apart
@pytest.mark.timeout(300)
def test_two_of_five_owners_leave_and_two_come(manage: Run, tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e"):
        assert manage("dfs", "add-local", name, "--bytes", "1G").returncode == 0
    source, target = tmp_path / "in.bin", tmp_path / "out.bin"
    source.write_bytes(content(5_000_001))
    put = manage("dfs", "put", str(source), "--wait")
    assert put.returncode == 0, put.stderr
    assert "no wake-up" not in put.stderr
    key = put.stdout.split()[-1]
    for gone in ("b", "d"):
        shutil.rmtree(tmp_path / "home" / "drives" / gone)
    assert manage("dfs", "get", key, "-o", str(target)).returncode == 0
    assert target.read_bytes() == source.read_bytes()
    assert manage("dfs", "verify").returncode == 1
    assert manage("dfs", "verify", "--repair").returncode == 0
    figures = only_file(manage)
    assert (figures["policy"], figures["reduced"], figures["spare"]) == ("1+1", True, 1)
    for name in ("f", "g"):
        assert manage("dfs", "add-local", name, "--bytes", "1G").returncode == 0
    assert manage("dfs", "verify", "--deep", "--repair").returncode == 0
    figures = only_file(manage)
    assert (figures["policy"], figures["reduced"], figures["spare"]) == ("3+2", False, 2)
    target.unlink()
    assert manage("dfs", "get", key, "-o", str(target)).returncode == 0
    assert target.read_bytes() == source.read_bytes()
    assert manage("dfs", "forget", "b").returncode == 0
    refused = manage("dfs", "get", "nothing", "-o", str(target))
    assert refused.returncode == 2
    assert len(refused.stderr.strip().splitlines()) == 1
