"""The helper process: nothing of ours in it, nothing of it left, and not a word of it believed unasked."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exams.sandbox import process
from exams.sandbox.process import HELPER, SandboxFailed, SandboxOff, judged
from exams.sandbox.protocol import Compiled, Job, Limits, Trial
from exams.sandbox.slots import GROUP, uid_of
from tests.exams.sandbox.programs import Heard, job, reachable_folder, require

pytestmark = pytest.mark.apart

ROOT = Path(__file__).parents[3]
SLEEP = Limits(cpu_ms=15_000)
COMPILED = json.dumps({"event": "compiled"} | Compiled(ok=True).to_json())
DONE = '{"event": "done"}'
RAN = (
    '{"event": "test", "id": "%s", "verdict": "AC", "score": 1, "exit_code": 0, "signal": null, "cpu_ms": 1,'
    ' "wall_ms": 1, "memory_bytes": 1, "stdout": "", "stdout_bytes": 0, "stderr": "", "message": "", "detail": ""}'
)
# Runs a job that sleeps, as a worker would. It says when the program has started.
WORKER = """
import sys
sys.path.insert(0, sys.argv[1])
from exams.sandbox.process import judged
from tests.exams.sandbox.programs import job
from exams.sandbox.protocol import Limits
judged(job("py", "right", "sleep", limits=Limits(cpu_ms=15_000)), on_event=lambda event: print("event", flush=True))
"""


def children(pid: int) -> list[int]:
    return process._below(pid)


def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Not gone, and no zombie that somebody else has to wait for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture
def helper_that(tmp_path, monkeypatch):
    """Stands a program in for the helper."""

    def stand_in(text: str) -> None:
        path = tmp_path / "helper.py"
        path.write_text(text)
        monkeypatch.setattr(process, "HELPER", path)

    return stand_in


def test_a_job_is_reported_as_it_goes():
    require("py")
    heard = Heard()
    judged(job("py", "right", "wrong", "crash", "raw"), on_event=heard)
    assert [one.ok for one in heard.compiled] == [True]
    assert heard.verdicts == "AC WA RE WA"
    assert heard.ran[3].stdout == b"\xff\x00\xfe"


def test_every_language_goes_through_the_helper_with_a_cache_that_is_shared_by_slots():
    require("c")
    with reachable_folder() as folder:
        heard = [Heard() for _slot in range(4)]
        asked = replace(job("c", "right"), cache_dir=folder)
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda slot: judged(asked, slot=slot, on_event=heard[slot]), range(4)))
        assert [one.verdicts for one in heard] == ["AC"] * 4
        again = Heard()
        judged(asked, slot=4, on_event=again)
        assert again.compiled[0].is_cached
        names = sorted(path.suffix for path in Path(folder).iterdir() if path.name != "swept")
        assert names == [".bin", ".json"]
        found = Path(folder).stat()
        if os.geteuid() == 0:
            assert (found.st_uid, found.st_gid, found.st_mode & 0o7777) == (0, GROUP, 0o2770)
            assert {path.stat().st_uid for path in Path(folder).iterdir()} <= {uid_of(slot) for slot in range(5)}


def test_a_cache_that_cannot_be_used_is_done_without():
    require("py")
    heard = Heard()
    for cache in ("/proc/no/such", str(HELPER)):
        judged(replace(job("py", "right"), cache_dir=cache), on_event=heard)
    assert heard.verdicts == "AC AC"


def test_below_a_directory_that_is_closed_root_keeps_the_cache_elsewhere(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    require("py")
    tmp_path.chmod(0o700)
    inside = tmp_path / "judge"
    elsewhere = process._elsewhere(inside)
    try:
        heard = Heard()
        for slot in (0, 1):
            judged(replace(job("py", "right"), cache_dir=str(inside)), slot=slot, on_event=heard)
        assert [one.is_cached for one in heard.compiled] == [False, True]
        assert not inside.exists()
        assert (elsewhere.stat().st_uid, elsewhere.stat().st_mode & 0o7777) == (0, 0o2770)
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


@pytest.mark.parametrize("whose", ["of another", "open to all", "a link", "a file"])
def test_what_somebody_else_laid_there_is_no_cache(whose, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    tmp_path.chmod(0o700)
    inside = tmp_path / "judge"
    elsewhere = process._elsewhere(inside)
    assert elsewhere.parent == Path("/var/tmp")
    try:
        if whose == "a link":
            elsewhere.symlink_to(tmp_path)
        elif whose == "a file":
            elsewhere.write_text("")
        else:
            elsewhere.mkdir(0o700)
            elsewhere.chmod(0o755 if whose == "open to all" else 0o700)
            os.chown(elsewhere, 65534 if whose == "of another" else 0, 0)
        assert process._made(str(inside)) == ""
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    finally:
        if elsewhere.is_dir() and not elsewhere.is_symlink():
            elsewhere.rmdir()
        else:
            elsewhere.unlink()


def test_an_ordinary_user_may_start_it():
    """Nobody special, with the machine's own Python."""
    require("py")
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    assert python
    command = [python, "-I", "-S", str(HELPER), "--slot", "0", "--parent", str(os.getpid())]
    as_nobody: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    sent = json.dumps(job("py", "right").to_json()).encode()
    done = subprocess.run(command, input=sent, capture_output=True, cwd="/", env={}, check=False, **as_nobody)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["event"] for one in said] == ["compiled", "test", "done"], done
    assert said[1]["verdict"] == "AC"


def test_the_program_sees_nothing_of_our_environment(monkeypatch):
    require("py")
    monkeypatch.setenv("SECRET_KEY", "very secret")
    source = "import os\nprint(sorted(os.environ), os.getuid(), os.listdir('.'), sorted(os.listdir('/')))"
    heard = Heard()
    judged(Job("py", source, (Trial("1"),)), on_event=heard)
    said = heard.ran[0].stdout.decode()
    assert "SECRET_KEY" not in said
    assert "'HOME'" in said
    assert "work" not in said


def test_the_helper_has_nothing_of_ours(helper_that, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "very secret")
    helper_that(
        "import json, os, sys\n"
        "open_files = sorted(set(map(int, os.listdir('/proc/self/fd'))))\n"
        "seen = [dict(os.environ), os.getcwd(), len(open_files), sys.flags.isolated, os.getsid(0) == os.getpid()]\n"
        "print(json.dumps({'event': 'failed', 'detail': json.dumps(seen)}))\n"
    )
    reading, writing = os.pipe()
    os.set_inheritable(reading, True)
    with pytest.raises(SandboxFailed) as failed:
        judged(job("py"), on_event=Heard())
    os.close(reading)
    os.close(writing)
    environment, folder, files, is_isolated, leads = json.loads(str(failed.value))
    assert environment.keys() <= {"LC_CTYPE"}  # Python's own
    assert (folder, files, is_isolated, leads) == ("/", 4, 1, True)  # three, and the directory it lists


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "ended: without a word"),
        (["garbage"], "no event"),
        (["[]"], "no event"),
        (["{}"], "no event"),
        ([DONE], "not asked"),
        ([COMPILED], "ended"),
        ([COMPILED, COMPILED], "not asked"),
        ([COMPILED, RAN % "sleep", DONE], "not asked"),
        ([COMPILED, RAN % "right", DONE], "not asked"),
        ([COMPILED, RAN % "right", RAN % "right"], "not asked"),
        ([COMPILED, RAN % "right", RAN % "wrong", RAN % "more"], "not asked"),
        (['{"event": "compiled", "ok": true}'], "no Compiled"),
        ([COMPILED, (RAN % "right").replace("AC", "YES")], "no Ran"),
        ([COMPILED, (RAN % "right").replace('"stdout": ""', '"stdout": "%%"')], "no Ran"),
        (['{"event": "failed", "detail": "no room"}'], "no room"),
        (["x" * 2_000_000], "does not end its line"),
    ],
)
def test_a_helper_that_says_what_makes_no_sense_has_failed(helper_that, lines, said):
    helper_that(f"print({chr(10).join(lines)!r}, end={chr(10) * bool(lines)!r})")
    with pytest.raises(SandboxFailed, match=said):
        judged(job("py", "right", "wrong"), on_event=Heard())


def test_a_helper_that_dies_says_why(helper_that):
    helper_that("import sys; sys.stderr.write('x' * 300_000 + 'the end'); sys.exit(1)")
    with pytest.raises(SandboxFailed, match="the end"):
        judged(job("py"), on_event=Heard())


def test_a_helper_that_hangs_is_ended_and_its_children_with_it(helper_that):
    helper_that(
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'], start_new_session=True)\n"
        "time.sleep(1000)"
    )
    below: set[int] = set()
    others = set(children(os.getpid()))  # servers of other tests
    watching = threading.Timer(0.3, lambda: below.update(set(children(os.getpid())) - others))
    watching.start()
    with pytest.raises(SandboxFailed, match="too long"):
        judged(job("py"), on_event=Heard(), timeout_s=0.5)
    watching.join()
    assert below
    assert not any(map(is_alive, below))


def test_a_machine_without_a_sandbox_says_what_to_install():
    with pytest.raises(SandboxOff) as off:
        judged(job("py", "right"), on_event=Heard(), bwrap="/no/such/bwrap")
    assert off.value.probed.runner in ("off", "bwrap")


def test_what_the_caller_raises_stops_the_job():
    require("py")
    found: set[int] = set()
    others = set(children(os.getpid()))

    def stop(_event: object) -> None:
        found.update(set(children(os.getpid())) - others)
        raise KeyError("newer")

    with pytest.raises(KeyError, match="newer"):
        judged(job("py", "sleep"), on_event=stop)
    assert found
    assert not any(map(is_alive, found))


def test_a_job_that_takes_too_long_leaves_nothing():
    require("py")
    found: set[int] = set()
    others = set(children(os.getpid()))
    watching = threading.Timer(0.7, lambda: found.update(set(children(os.getpid())) - others))
    watching.start()
    with pytest.raises(SandboxFailed, match="too long"):
        judged(job("py", "sleep", limits=SLEEP), on_event=Heard(), timeout_s=0.9)
    watching.join()
    assert found
    assert not any(map(is_alive, found))


@pytest.mark.parametrize("whom", ["helper", "worker"])
def test_whoever_is_killed_takes_all_below_with_him(whom):
    require("py")
    worker = subprocess.Popen([sys.executable, "-c", WORKER, str(ROOT)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with worker:
        assert worker.stdout
        assert worker.stderr
        assert worker.stdout.readline()
        assert worker.stdout.readline()
        until(lambda: len(children(worker.pid)) >= 3)  # the helper, bubblewrap, its init, the program
        below = children(worker.pid)
        os.kill(worker.pid if whom == "worker" else below[0], signal.SIGKILL)
        until(lambda: not any(map(is_alive, below)))
        words = worker.stderr.read().decode()
    assert "SandboxFailed" in words if whom == "helper" else worker.returncode == -signal.SIGKILL


def test_a_helper_whose_parent_is_gone_does_nothing():
    command = [sys.executable, "-I", "-S", str(HELPER), "--slot", "0", "--parent", "1"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env={}, cwd="/", check=False)
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"{}", b'{"language": 1}', b"\xff"])
def test_what_is_no_job_is_refused(sent):
    command = [sys.executable, "-I", "-S", str(HELPER), "--slot", "0", "--parent", str(os.getpid())]
    done = subprocess.run(command, input=sent, capture_output=True, env={}, cwd="/", check=False)
    assert json.loads(done.stdout)["event"] == "failed"


def test_root_is_nobody_before_the_job_is_read():
    if os.geteuid() != 0:
        pytest.skip("needs root")
    command = [sys.executable, "-I", "-S", str(HELPER), "--slot", "7", "--parent", str(os.getpid())]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env={}, cwd="/") as helper:
        status = Path(f"/proc/{helper.pid}/status")
        until(lambda: f"Uid:\t{uid_of(7)}\t{uid_of(7)}\t{uid_of(7)}" in status.read_text())
        until(lambda: helper.poll() is None)
        said = status.read_text()
        assert f"Gid:\t{GROUP}\t{GROUP}\t{GROUP}" in said
        assert "CapEff:\t0000000000000000" in said
        helper.communicate(b"{}")


def test_a_language_that_is_not_there_is_our_fault_not_his():
    heard = Heard()
    judged(Job("perl", "print 1", (Trial("1"),)), on_event=heard)
    assert heard.compiled[0].is_our_fault
    assert heard.ran == []


def test_a_source_that_fills_eight_megabytes_of_input_arrives():
    require("py")
    heard = Heard()
    source = "import sys; print(len(sys.stdin.buffer.read()))"
    judged(Job("py", source, (Trial("1", b"\xff" * 8 * 1024 * 1024),)), on_event=heard)
    assert heard.ran[0].stdout == b"8388608\n"
