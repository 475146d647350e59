"""The cache of what was compiled: whole or not at all, whoever writes, dies or lacks the room."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exams.sandbox.artefacts import Cache

pytestmark = pytest.mark.apart

KEY, OTHER = "a" * 64, "b" * 64
WRITER = """
import sys
from pathlib import Path
from exams.sandbox.artefacts import Cache
cache, letter = Cache(Path(sys.argv[1])), sys.argv[2].encode()
print("on", flush=True)
turns = int(sys.argv[3])
while turns:
    cache.keep("k" * 64, {"ok": True}, letter * 3_000_000)
    turns -= 1
"""


@pytest.fixture
def cache(tmp_path):
    found = Cache.at(str(tmp_path))
    assert found
    return found


def old(folder: Path, name: str, *, seconds: float = 10_000) -> None:
    then = time.time() - seconds
    os.utime(folder / name, (then, then))


def writer(folder: Path, letter: str, turns: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), letter, str(turns)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE)


def test_what_was_kept_is_found(cache, tmp_path):
    kept = cache.keep(KEY, {"ok": True, "output": "a warning"}, b"program")
    assert kept == cache.find(KEY)
    assert kept.said["output"] == "a warning"
    assert Path(kept.path).read_bytes() == b"program"
    assert Path(kept.path).stat().st_mode & 0o777 == 0o555
    assert cache.find(OTHER) is None


def test_a_refusal_is_kept_without_a_program(cache):
    assert cache.keep(KEY, {"ok": False}, None).path == ""
    assert cache.find(KEY).said["ok"] is False


@pytest.mark.parametrize("damage", [b"", b"progra", b"Program", b"programs"])
def test_a_program_that_lost_a_byte_is_not_run(cache, damage):
    path = Path(cache.keep(KEY, {"ok": True}, b"program").path)
    path.unlink()
    path.write_bytes(damage)
    assert cache.find(KEY) is None
    assert cache.keep(KEY, {"ok": True}, b"program") == cache.find(KEY)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b'{"digest": "../../etc", "bytes": 1}', b"\xff"])
def test_a_broken_entry_is_a_miss(cache, tmp_path, damage):
    cache.keep(KEY, {"ok": True}, b"program")
    (tmp_path / f"{KEY}.json").write_bytes(damage)
    assert cache.find(KEY) is None
    assert not (tmp_path / f"{KEY}.json").exists()


def test_what_is_too_great_is_not_kept(cache, tmp_path):
    assert cache.keep(KEY, {"ok": True}, b"program", most=6) is None
    assert list(tmp_path.iterdir()) == []


def test_a_directory_others_may_write_to_is_no_cache(tmp_path):
    tmp_path.chmod(0o777)
    assert Cache.at(str(tmp_path)) is None
    assert Cache.at(str(tmp_path / "none")) is None
    assert Cache.at("") is None
    assert Cache.at(__file__) is None


def test_a_disk_that_is_full_is_a_miss(tmp_path):
    gone = Cache(tmp_path / "gone")
    assert gone.keep(KEY, {"ok": True}, b"program") is None
    assert gone.find(KEY) is None
    with gone.alone("x") as is_alone:
        assert not is_alone


def test_what_was_used_for_longest_goes_first(cache, tmp_path):
    for number in range(4):
        cache.keep(str(number), {"ok": True}, bytes([number]) * 100_000)
        old(tmp_path, f"{number}.json", seconds=10_000 - number)
    cache.find("0")  # used again
    old(tmp_path, "0.json", seconds=1_000)
    cache.sweep(most_bytes=220_000)
    assert [number for number in range(4) if cache.find(str(number))] == [0, 3]


def test_a_program_of_two_entries_stays_for_the_one_that_is_used(cache, tmp_path):
    for key in (KEY, OTHER):
        cache.keep(key, {"ok": True}, b"x" * 100_000)
    old(tmp_path, f"{KEY}.json")
    cache.sweep(most_bytes=102_000)
    assert cache.find(KEY) is None
    assert cache.find(OTHER)


def test_what_a_running_job_may_need_stays(cache):
    cache.keep(KEY, {"ok": True}, b"x" * 100_000)
    cache.sweep(most_bytes=0)
    assert cache.find(KEY)


def test_what_a_killed_helper_left_is_swept_later(cache, tmp_path):
    for name in (".new-1-old", ".new-2-fresh"):
        (tmp_path / name).write_bytes(b"half")
    old(tmp_path, ".new-1-old")
    cache.keep(KEY, {"ok": True}, b"program")
    assert not (tmp_path / ".new-1-old").exists()
    assert (tmp_path / ".new-2-fresh").exists()


def test_two_that_keep_the_same_at_once_leave_one_that_is_whole(cache, tmp_path):
    writers = [writer(tmp_path, letter, 30) for letter in "ab"]
    seen = set()
    while any(one.poll() is None for one in writers):
        kept = cache.find("k" * 64)
        if kept:
            seen.add(kept.said["digest"])
    assert [one.wait() for one in writers] == [0, 0]
    for one in writers:
        one.communicate()
    assert seen
    assert cache.find("k" * 64)
    assert not list(tmp_path.glob(".new-*"))


def test_one_killed_while_he_writes_leaves_nothing_that_is_half(cache, tmp_path):
    for turn in range(5):
        killed = writer(tmp_path, str(turn), 1000)
        with killed:
            assert killed.stdout
            killed.stdout.readline()
            time.sleep(0.01 + turn * 0.007)
            killed.send_signal(signal.SIGKILL)
        assert {path.stat().st_size for path in tmp_path.glob("*.bin")} <= {3_000_000}
    assert cache.keep("k" * 64, {"ok": True}, b"after") == cache.find("k" * 64)


def test_only_one_is_alone_and_the_dead_let_go(cache):
    with cache.alone("x") as first, cache.alone("x") as second:
        assert (first, second) == (True, False)
    with cache.alone("x") as third:
        assert third
