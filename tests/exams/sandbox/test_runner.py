"""One program in the sandbox: how it may end, what it sees, what is known of it, and that nothing is left."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exams.sandbox import measuring, seccomp
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import MIB, Bounds, File, Outcome, SandboxUnusable, Status
from exams.sandbox.slots import FIRST_UID, SLOTS, uid_of
from tests.exams.sandbox.machines import asked, nobody_left, processes_of
from tests.exams.sandbox.working import sandbox

pytestmark = pytest.mark.apart

SLOT = 480  # no worker of a real site has it
PYTHON = ("/usr/bin/python3", "-I", "-S", "-c")
PROJECT = Path(__file__).resolve().parents[3]

AS_ANOTHER_USER = """
import json, os
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import Bounds
told = []
for code, bounds in (
    ("print(input())", Bounds()),
    ("import os; print(os.getuid())", Bounds()),
    ("while True: pass", Bounds(cpu_ms=100)),
    ("import os; os.fork()", Bounds()),
):
    said = BubblewrapRunner().run(["/usr/bin/python3", "-c", code], stdin=b"hello", bounds=bounds)
    told.append([said.status, said.stdout.decode()])
print(json.dumps([os.getuid(), told]))
"""


def tried(code: str, **more: Any) -> Outcome:
    bounds = more.pop("bounds", Bounds())
    return BubblewrapRunner(slot=SLOT).run([*PYTHON, code], bounds=bounds, **more)


@sandbox
@pytest.mark.parametrize(
    ("code", "bounds", "status", "how"),
    [
        ("print('x')", Bounds(), Status.OK, (0, None)),
        ("raise SystemExit(3)", Bounds(), Status.RE, (3, None)),
        ("import os; os.kill(os.getpid(), 11)", Bounds(), Status.RE, (None, 11)),
        ("import os; os.kill(os.getpid(), 9)", Bounds(), Status.RE, (None, 9)),
        ("import os; os.fork()", Bounds(), Status.RE, (1, None)),
        ("while True: pass", Bounds(cpu_ms=100), Status.TLE, (None, 9)),
        ("import time; time.sleep(60)", Bounds(wall_ms=200), Status.TLE, (None, 9)),
        ("import os; os.kill(os.getpid(), 19)", Bounds(wall_ms=200), Status.TLE, (None, 9)),
        ("a = [0] * 10**9", Bounds(), Status.MLE, (None, signal.SIGSYS)),
        ("a = [0]\nwhile 1: a += a", Bounds(memory_bytes=32 * MIB), Status.MLE, (None, 9)),
        ("while 1: print('x' * 9999)", Bounds(output_bytes=MIB), Status.OLE, (None, 9)),
        ("import sys\nwhile 1: sys.stderr.write('x' * 9999)", Bounds(), Status.OLE, (None, 9)),
        ("print('x' * 2000)", Bounds(output_bytes=2000), Status.OLE, None),  # ended by us or by itself
        ("open('/box/x', 'w')", Bounds(), Status.RE, (1, None)),
    ],
)
def test_a_program_ends_as_it_did(
    code: str, bounds: Bounds, status: Status, how: tuple[int | None, int | None] | None
) -> None:
    with nobody_left(uid_of(SLOT)):
        said = tried(code, bounds=bounds)

    assert said.status is status, said
    assert how in (None, (said.exit_code, said.signal))
    assert bool(said.detail) == (status is not Status.OK)


@sandbox
def test_what_it_used_is_known_to_the_millisecond_and_the_page() -> None:
    spun = tried("import time\nwhile time.process_time() < 0.3: pass", bounds=Bounds())
    filled = tried("a = b'x' * (100 << 20)", bounds=Bounds())
    slept = tried("import time; time.sleep(0.3)", bounds=Bounds())

    assert 300 <= spun.cpu_ms < 400
    assert 100 * MIB < filled.memory_bytes < 130 * MIB
    assert slept.wall_ms >= 300
    assert slept.cpu_ms < 150
    assert slept.memory_bytes < 30 * MIB  # not this process's


@sandbox
def test_only_the_beginning_of_a_long_output_is_kept_and_all_of_it_counted() -> None:
    said = tried("print('ab' * 50_000, end='')", bounds=Bounds(kept_bytes=11))

    assert (said.status, said.stdout, said.stdout_bytes) == (Status.OK, b"abababababa", 100_000)


@sandbox
def test_the_input_is_there_in_both_places_and_cannot_be_changed() -> None:
    code = """
import os
assert open("/dev/stdin").read() == "one\\ntwo\\n"
assert input() == "one"
for change in (lambda: os.write(0, b"x"), lambda: os.ftruncate(0, 0), lambda: open("/dev/stdin", "w")):
    try:
        change()
    except OSError:
        continue
    raise SystemExit("changed")
print(input())
"""
    said = tried(code, stdin=b"one\ntwo\n")

    assert (said.status, said.stdout) == (Status.OK, b"two\n"), said


@sandbox
def test_nothing_of_the_machine_is_seen_but_its_tools(tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"from outside")
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.getuid() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o055)
    code = """
import json, os
fds = []
for number in range(64):
    try: os.fstat(number)
    except OSError: continue
    fds.append(number)
seen = {"root": sorted(os.listdir("/")), "dev": sorted(os.listdir("/dev")), "fds": fds, "env": dict(os.environ),
    "files": [open("/code/a").read(), open("/code/b").read()], "uid": os.getuid(), "pid": os.getpid() < 4,
    "host": os.uname().nodename, "groups": os.getgroups()}
print(json.dumps(seen))
"""
    given = [File("/code/a", b"by content"), File("/code/b", source=str(tmp_path / "given"))]
    seen = json.loads(tried(code, files=given, env={"MINE": "1"}).stdout)

    assert {"proc", "root", "home", "var", "sys", "run"} & set(seen["root"]) == set()
    assert seen["dev"] == ["null", "random", "stdin", "urandom", "zero"]
    assert seen["fds"] == [0, 1, 2]
    assert set(seen["env"]) - {"LC_CTYPE"} == {"PATH", "HOME", "LANG", "PWD", "MINE"}
    assert seen["files"] == ["by content", "from outside"]
    assert (seen["uid"], seen["pid"], seen["host"]) == (1000, True, "sandbox")
    assert set(seen["groups"]) <= {65534, 1000}


@sandbox
@pytest.mark.parametrize(
    "words", ["bwrap: setting up uid map: Permission denied", '{"exit-code": 0}', "bwrap: execvp x: No such file"]
)
def test_words_of_the_sandbox_in_the_mouth_of_a_program_mean_nothing(words: str) -> None:
    said = tried(
        f"""
import os
for number in range(64):
    try: os.write(number, {words!r}.encode() + b"\\n")
    except OSError: pass
raise SystemExit(1)
"""
    )

    assert (said.status, said.exit_code) == (Status.RE, 1)


@sandbox
def test_what_cannot_be_started_is_nobody_elses_fault(tmp_path: Path) -> None:
    runner = BubblewrapRunner(slot=SLOT)
    missing = runner.run(["/code/none"], bounds=Bounds())
    unreadable = runner.run(["/usr/bin/true"], bounds=Bounds(), files=[File("/code/a", source=str(tmp_path / "none"))])

    assert (missing.status, missing.exit_code) == (Status.SE, None)
    assert "No such file" in missing.detail
    assert unreadable.status is Status.SE
    with pytest.raises(ValueError, match="no place"):
        runner.run(["/usr/bin/true"], bounds=Bounds(), files=[File("/code/../etc/passwd", b"")])
    with pytest.raises(SandboxUnusable, match="nowhere"):
        BubblewrapRunner("/nowhere/bwrap")


@sandbox
def test_a_compiler_may_start_others_and_write_into_a_scratch_of_bounded_size() -> None:
    script = "echo made > a; sh -c 'cat a'; head -c 9000000 /dev/zero > b || echo full; echo x > /box/c || echo no"
    bounds = Bounds(may_fork=True, scratch_bytes=4 * MIB)
    with nobody_left(uid_of(SLOT)):
        said = BubblewrapRunner(slot=SLOT).run(["/bin/sh", "-c", script], bounds=bounds)

    assert said.stdout == b"made\nfull\nno\n", said


@sandbox
def test_what_a_compiler_leaves_behind_is_ended_with_it() -> None:
    bounds = Bounds(may_fork=True, scratch_bytes=MIB)
    with nobody_left(uid_of(SLOT)):
        said = BubblewrapRunner(slot=SLOT).run(["/bin/sh", "-c", "(setsid sleep 99 &) ; echo done"], bounds=bounds)

    assert (said.status, said.stdout) == (Status.OK, b"done\n")
    assert said.wall_ms < 5_000


@sandbox
def test_an_ordinary_user_has_the_same_sandbox(tmp_path: Path) -> None:
    uid, told = asked("plain", AS_ANOTHER_USER, tmp_path)

    assert uid != 0
    assert told == [["OK", "hello\n"], ["OK", "1000\n"], ["TLE", ""], ["RE", ""]]


@sandbox
def test_an_interrupted_run_leaves_nobody() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with nobody_left(uid_of(SLOT)):
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(KeyboardInterrupt):
                tried("import time; time.sleep(60)", bounds=Bounds(wall_ms=60_000))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert tried("print(1)").status is Status.OK


@sandbox
def test_a_worker_killed_at_any_moment_takes_its_program_with_it() -> None:
    """Also while the sandbox is being made, when its processes do not know yet that they are to end with others. What
    waits for ever then has started nothing, and goes when the next worker comes."""
    code = f"""
import sys; sys.path.append({str(PROJECT)!r})
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import Bounds
from exams.sandbox.slots import become
become({SLOT})
print(flush=True)
command = ["/usr/bin/python3", "-c", "import time; time.sleep(60)"]
BubblewrapRunner(slot={SLOT}).run(command, bounds=Bounds(wall_ms=60_000))
"""
    uid = uid_of(SLOT) if os.geteuid() == 0 else os.getuid()
    others = processes_of(uid)
    for after_ms in (3, 6, 10, 15, 22, 60):
        command = [sys.executable, "-I", "-S", "-c", code]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout
            worker.stdout.readline()
            time.sleep(after_ms / 1000)
            worker.kill()
        _until(lambda: all(measuring.abandoned(uid).count(pid) for pid in processes_of(uid) - others))
    BubblewrapRunner(slot=SLOT)
    _until(lambda: processes_of(uid) <= others)


def test_every_slot_has_a_user_of_its_own() -> None:
    assert uid_of(0) == FIRST_UID
    assert len({uid_of(slot) for slot in range(SLOTS)}) == SLOTS
    for slot in (-1, SLOTS):
        with pytest.raises(ValueError, match="slots"):
            uid_of(slot)


def test_a_processor_without_a_list_of_system_calls_runs_nothing() -> None:
    with pytest.raises(SandboxUnusable, match="riscv64"):
        seccomp.filter_program(may_fork=False, machine="riscv64")


def _until(is_so: Any, within_s: float = 10) -> None:
    ends = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.02)
