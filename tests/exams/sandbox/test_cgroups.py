"""Control groups: used where somebody gave us one, looked for nowhere else. On folders that look like the kernel's."""

import json
import os
from pathlib import Path

import pytest

from exams.sandbox import cgroups
from exams.sandbox.runner import MIB, Bounds
from tests.exams.sandbox.machines import asked

pytestmark = pytest.mark.apart

FIND = """
import json
from pathlib import Path
from exams.sandbox import cgroups
root = Path(__file__).parent / "cgroup"
above = root / "judge.service"
(above / "worker").mkdir(parents=True)
(above / "cgroup.procs").write_text("")
(above / "cgroup.subtree_control").write_text("")
own = root / "own"
own.write_text("3:cpu:/\\n0::/judge.service/worker\\n")
place = cgroups.find(root, own)
enabled = (above / "cgroup.subtree_control").read_text()
own.write_text("0::/\\n")
print(json.dumps([str(place), enabled, str(cgroups.find(root, own))]))
"""


def test_the_group_above_ours_is_used_if_it_was_given_to_us(tmp_path: Path) -> None:
    (tmp_path / "cgroup").mkdir()
    (tmp_path / "cgroup").chmod(0o777)

    assert asked("plain", FIND, tmp_path) == [f"v2 {tmp_path}/cgroup/judge.service", "+memory +pids", "None"]


def test_root_takes_no_group_that_nobody_gave_him(tmp_path: Path) -> None:
    above = tmp_path / "system.slice"
    (above / "judge.service").mkdir(parents=True)
    for name in ("cgroup.procs", "cgroup.subtree_control"):
        (above / name).write_text("")
    own = tmp_path / "own"
    own.write_text("0::/system.slice/judge.service\n")
    found = cgroups.find(tmp_path, own)

    assert (found is None) == (os.geteuid() == 0)
    assert cgroups.find(tmp_path, tmp_path / "none") is None


def test_the_old_kind_is_used_where_a_folder_was_made_for_us(tmp_path: Path) -> None:
    for controller in ("memory", "pids"):
        folder = tmp_path / controller / cgroups.V1_NAME
        folder.mkdir(parents=True)
        assert cgroups.find(tmp_path, tmp_path / "none") is None
        (folder / "cgroup.procs").write_text("")
    found = cgroups.find(tmp_path, tmp_path / "none")

    assert str(found) == f"v1 {tmp_path}/memory/{cgroups.V1_NAME}"


@pytest.mark.parametrize(("version", "limit"), [(1, "memory.limit_in_bytes"), (2, "memory.max")])
def test_a_run_is_bounded_as_a_whole_and_its_end_for_want_of_memory_is_known(
    version: int, limit: str, tmp_path: Path
) -> None:
    bounds = Bounds(memory_bytes=64 * MIB, threads=5)
    place = cgroups.Place(version, tmp_path / "a", tmp_path / ("a" if version == 2 else "b"))
    for folder in place.folders:
        folder.mkdir()
    with cgroups.Group(place, bounds) as group:
        group.add(123)
        (memory,), (processes,) = place.memory.iterdir(), place.processes.iterdir()
        said = {path.name: path.read_text() for folder in (memory, processes) for path in folder.iterdir()}
        assert not group.is_out_of_memory()
        events = memory / ("memory.events" if version == 2 else "memory.oom_control")
        events.write_text("under_oom 0\noom_kill 1\n")
        assert group.is_out_of_memory()
        for folder in (memory, processes):
            for path in folder.iterdir():
                path.unlink()

    assert int(said[limit]) == 80 * MIB
    assert (said["pids.max"], said["cgroup.procs"]) == ("7", "123")
    assert [list(folder.iterdir()) for folder in place.folders] == [[] for _ in place.folders]


def test_what_a_dead_worker_left_is_swept(tmp_path: Path) -> None:
    dead, ours, other = (tmp_path / name for name in ("judge-run-999999999-0", f"judge-run-{os.getpid()}-0", "other"))
    for folder in (dead, ours, other):
        folder.mkdir()
    cgroups.Place(2, tmp_path, tmp_path).sweep()

    assert sorted(tmp_path.iterdir()) == sorted([ours, other])
    assert json.dumps(str(cgroups.Place(2, tmp_path, tmp_path))) == f'"v2 {tmp_path}"'
