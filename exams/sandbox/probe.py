"""Whether this machine has a sandbox that holds, found out by attacking it. What does not hold is not used.

`quick` looks at what is installed and runs one program that does nothing; `probe` runs what must not succeed. Where
there is no Linux both still say so: what only Linux has is imported after it was seen to be one.
"""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from exams.sandbox import hosting, slots
from exams.sandbox.hosting import error, warning
from exams.sandbox.languages import LANGUAGES, available
from exams.sandbox.protocol import Finding, Probed
from exams.sandbox.runner import MIB, Bounds, File, Outcome, Runner, SandboxUnusable, Status

_NOTHING = ("/usr/bin/true", "/bin/true")
_PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3")
_ATTACKS = Path(__file__).with_name("attacks.py")
_ASK = "Set JUDGE_RUNNER=off, and report what is written here"
_THREADS = """
import threading
end, made = threading.Event(), 1
try:
    for _ in range(64):
        threading.Thread(target=end.wait, daemon=True).start()
        made += 1
except RuntimeError:
    pass
print(made, flush=True)
end.set()
"""


@cache
def quick(*, runner: str = "auto", bwrap: str = "") -> Probed:
    """What can be said within 50 ms; languages are not looked for. The answer is kept as long as this process lives.
    `runner`: "auto" and "bwrap" mean the same here; "off" finds nothing."""
    if runner == "off":
        return Probed("off")
    wrong = hosting.machine()
    if wrong:
        return Probed("off", findings=(wrong,))
    found, version, wrong = hosting.bubblewrap(bwrap)
    if wrong:
        return Probed("off", version=version, findings=(wrong,))
    from exams.sandbox.bwrap import BubblewrapRunner

    sandbox = BubblewrapRunner(found)
    nothing = next(filter(os.path.exists, _NOTHING), _NOTHING[0])
    outcome = sandbox.run([nothing], bounds=Bounds())
    if outcome.status is not Status.OK:
        return Probed("off", version=version, findings=(hosting.refusal(outcome.detail, found),))
    return Probed("bwrap", version=version, cgroup=str(sandbox.cgroup or ""))


def probe(*, runner: str = "auto", bwrap: str = "", slot: int = 0, secrets: Sequence[Path] = ()) -> Probed:
    """Everything: half a second to two. `secrets` are files that the user who runs programs should not be able to read
    (W131). With an error among the findings nothing may be run, and `runner` is "off"."""
    quick.cache_clear()
    said = quick(runner=runner, bwrap=bwrap)
    if not said.works:
        return said
    from exams.sandbox.bwrap import BubblewrapRunner

    try:
        findings = [*attacked(BubblewrapRunner(bwrap, slot=slot)), *_weaker(said, slot, secrets)]
    except (SandboxUnusable, OSError) as failure:
        findings = [error("E100", f"The sandbox could not be tried: {failure}", _ASK)]
    said = replace(said, findings=tuple(findings), languages=available())
    return said if said.works else replace(said, runner="off", languages=())


def attacked(runner: Runner) -> Iterator[Finding]:
    """E110, E111, E112: what got out of the sandbox, and which bounds it does not keep."""
    python = next((path for path in _PYTHONS if os.access(path, os.X_OK)), "")
    if not python:
        yield error("E110", "There is no Python the sandbox could be attacked with.", "apt install python3")
        return
    got_out = _leaks(runner, python)
    if got_out:
        yield error("E110", f"The sandbox leaks: {'; '.join(got_out)}.", _ASK)
    for code, name, tried in (
        ("E111", "CPU time", _cpu(runner, python)),
        ("E111", "time by the clock", _clock(runner, python)),
        ("E112", "memory", _memory(runner, python)),
        ("E112", "output", _output(runner, python)),
        ("E112", "the number of threads", _threads(runner, python)),
    ):
        if tried:
            yield error(code, f"The bound on {name} does not hold: {tried}.", _ASK)


def _leaks(runner: Runner, python: str) -> list[str]:
    """What the attacks could do; none of them being run is one, too."""
    with tempfile.NamedTemporaryFile() as canary:
        os.chmod(canary.fileno(), 0o644)  # noqa: PTH101 - by its number
        command = [python, "-I", "-S", "-B", "/code/attacks.py", str(os.getpid()), canary.name, *_homes()]
        script = File("/code/attacks.py", _ATTACKS.read_bytes())
        outcome = runner.run(command, bounds=Bounds(), files=[script])
    *got_out, end = outcome.stdout.decode(errors="replace").splitlines() or [""]
    if outcome.status is Status.OK and end == "done":
        return got_out
    return [*got_out, f"the attacks ended early ({outcome.status}, {outcome.detail or end})"]


def _homes() -> Iterator[str]:
    """Root's, wherever this machine has it; the whole tree is none, as there is one inside, too."""
    with suppress(RuntimeError):  # nobody is called so
        home = Path("~root").expanduser()
        if home != Path("/"):
            yield str(home)


def _tried(runner: Runner, python: str, code: str, bounds: Bounds) -> Outcome:
    return runner.run([python, "-I", "-S", "-c", code], bounds=bounds)


def _cpu(runner: Runner, python: str) -> str:
    outcome = _tried(runner, python, "while True: pass", Bounds(cpu_ms=200, wall_ms=10_000))
    is_kept = outcome.status is Status.TLE and 200 <= outcome.cpu_ms < 2_000
    return "" if is_kept else f"{outcome.status} after {outcome.cpu_ms} ms of 200"


def _clock(runner: Runner, python: str) -> str:
    outcome = _tried(runner, python, "import time; time.sleep(30)", Bounds(wall_ms=200))
    is_kept = outcome.status is Status.TLE and outcome.wall_ms < 5_000
    return "" if is_kept else f"{outcome.status} after {outcome.wall_ms} ms of 200"


def _memory(runner: Runner, python: str) -> str:
    code = "kept = []\nwhile True: kept.append(bytearray(b'x' * 100_000))"
    outcome = _tried(runner, python, code, Bounds(memory_bytes=48 * MIB))
    is_kept = outcome.status is Status.MLE and outcome.memory_bytes < 200 * MIB
    return "" if is_kept else f"{outcome.status} with {outcome.memory_bytes // MIB} MB of 48"


def _output(runner: Runner, python: str) -> str:
    outcome = _tried(runner, python, "while True: print('x' * 10_000)", Bounds(output_bytes=MIB, kept_bytes=1_000))
    is_kept = outcome.status is Status.OLE and len(outcome.stdout) == 1_000
    return "" if is_kept else f"{outcome.status} after {outcome.stdout_bytes} bytes of {MIB}"


def _threads(runner: Runner, python: str) -> str:
    outcome = _tried(runner, python, _THREADS, Bounds(threads=8))
    made = outcome.stdout.strip()
    return "" if made.isdigit() and 1 < int(made) <= 8 else f"{made.decode() or outcome.status} of 8"


def _weaker(said: Probed, slot: int, secrets: Iterable[Path]) -> Iterator[Finding]:
    """E120, W130, W131: what is not as it could be."""
    have = {one.language for one in available()}
    yield from (hosting.missing(code, one.title) for code, one in LANGUAGES.items() if code not in have)
    if not said.cgroup:
        message = "No control group: a compiler's processes are bounded one by one, not together."
        yield warning("W130", message, "With systemd: Delegate=memory pids and DelegateSubgroup=worker in its unit")
    readable = [str(path) for path in secrets if _can_read(path, slot)]
    if readable:
        message = f"The user who runs programs can read {', '.join(readable)}; only the sandbox hides it from them."
        yield warning("W131", message, f"Run the judge as a user of its own, or chmod o-r {' '.join(readable)}")


def _can_read(path: Path, slot: int) -> bool:
    """Whether the user programs are started by could: of root the slot's, else our own."""
    if os.geteuid():
        return os.access(path, os.R_OK)
    try:
        found = path.resolve(strict=True)
        modes = [one.stat() for one in (found, *found.parents)]
    except OSError:
        return False
    file, *folders = modes
    return _may(file, stat.S_IROTH, slot) and all(_may(one, stat.S_IXOTH, slot) for one in folders)


def _may(found: os.stat_result, bit: int, slot: int) -> bool:
    if found.st_uid == slots.uid_of(slot):
        return bool(found.st_mode & bit << 6)
    return bool(found.st_mode & (bit << 3 if found.st_gid == slots.GROUP else bit))
