"""The helper process as Django code sees it: a job goes in, events come out, and nothing is left of it afterwards.

It starts with an empty environment, no descriptor of ours and `/` as its directory. As root it becomes the user of its
slot (`slots`), one for each worker of this machine. Its words are not believed beyond what was asked of it.

`cache_dir` of the job is made when it is not there, for its owner alone; by root, for the group of the slots. Below a
directory through which their users may not walk, as the site's data should be, root takes a directory of his own in
/var/tmp instead, called after it. A directory that is not ours, or a disk that refuses, means no cache.
"""

import hashlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from exams.sandbox import probe, slots
from exams.sandbox.protocol import BUDGET_MS, KEPT_COMPILER, KEPT_ERRORS, KEPT_OUTPUT, Compiled, Job, Probed, Ran

T = TypeVar("T", Compiled, Ran)

HELPER = Path(__file__).with_name("__main__.py")
TIMEOUT_S = BUDGET_MS / 1000 + 300
"""Above what a job takes whose every step takes all it may: the header, compiling twice, the budget, one last test."""
_MOST_LINE = 4 * (KEPT_OUTPUT + KEPT_ERRORS + KEPT_COMPILER) + 16 * 1024
_KEPT_WORDS = 2_000


class SandboxFailed(Exception):
    """The helper died, took too long or said what makes no sense. `str()` is for staff. Worth another try: SE."""


class SandboxOff(Exception):
    """This machine has no sandbox that holds; `probed` says why and what to install."""

    def __init__(self, probed: Probed) -> None:
        super().__init__("; ".join(one.message for one in probed.findings) or "There is no sandbox on this machine.")
        self.probed = probed


def judged(
    job: Job,
    *,
    slot: int = 0,
    on_event: Callable[[Compiled | Ran], None],
    timeout_s: float = TIMEOUT_S,
    bwrap: str = "",
) -> None:
    """Calls `on_event` with one Compiled and, if that is well, one Ran for each trial in turn. What `on_event` raises
    stops the job and is passed on. Raises: SandboxFailed, SandboxOff."""
    if sys.platform != "linux":
        raise _off(bwrap)
    wanted: list[str] | None = None
    with _job(job) as stdin, _helper(stdin, slot=slot, bwrap=bwrap) as helper:
        for line in _lines(helper, time.monotonic() + timeout_s):
            said = _parsed(line)
            match said["event"]:
                case "done" if wanted == []:
                    return
                case "compiled" if wanted is None:
                    compiled = _read(Compiled, said)
                    wanted = [one.id for one in job.trials] if compiled.ok else []
                    on_event(compiled)
                case "test" if wanted and said.get("id") == wanted[0]:
                    wanted = wanted[1:]
                    on_event(_read(Ran, said))
                case "failed":
                    raise _off(bwrap) if said.get("is_off") is True else SandboxFailed(str(said.get("detail")))
                case _:
                    raise SandboxFailed(f"the helper said what was not asked: {line[:200]!r}")
    raise SandboxFailed("the helper ended before it was done")


def _off(bwrap: str) -> SandboxOff:
    probe.quick.cache_clear()  # what it said before is not so any more
    return SandboxOff(probe.quick(bwrap=bwrap))


@contextmanager
def _job(job: Job) -> Iterator[BinaryIO]:
    """The job in memory, to be read from its beginning: a pipe would have to be fed while we listen."""
    text = json.dumps(replace(job, cache_dir=_made(job.cache_dir)).to_json()).encode()
    with os.fdopen(os.memfd_create("job"), "w+b") as file:
        file.write(text)
        file.seek(0)
        yield file


def _made(cache_dir: str) -> str:
    """The directory that serves as the cache, made if it is not there; "" where that is refused."""
    if not cache_dir:
        return ""
    path = Path(cache_dir).resolve()
    try:
        if os.geteuid() != 0:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
            return str(path)
        path = path if all(_is_walked(one) for one in path.parents) else _elsewhere(path)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return str(path) if _is_shared(path) else ""
    except OSError:
        return ""


def _is_walked(folder: Path) -> bool:
    """Whether any user may walk through it; of one that we shall make it is true."""
    return not folder.exists() or bool(folder.stat().st_mode & 0o001)


def _elsewhere(cache_dir: Path) -> Path:
    """Where root keeps what his helpers could not reach: as data of the site should be, its directory is closed."""
    name = hashlib.sha256(os.fsencode(cache_dir)).hexdigest()[:12]
    return Path(f"/var/tmp/classcrew-judge-{name}")  # noqa: S108 - only root's own directory is taken there


def _is_shared(folder: Path) -> bool:
    """Gives root's directory to the group of the slots. False when it is somebody else's, or others may enter it."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(number)
        is_ours = found.st_uid == 0 and not (found.st_mode & 0o007 and folder.parent == Path("/var/tmp"))  # noqa: S108
        if is_ours:
            os.fchown(number, 0, slots.GROUP)
            os.fchmod(number, 0o2770)
        return is_ours
    finally:
        os.close(number)


@contextmanager
def _helper(stdin: BinaryIO, *, slot: int, bwrap: str) -> Iterator[subprocess.Popen[bytes]]:
    """Running; with the block it ends, and everything below it."""
    command = [sys.executable, "-I", "-S", str(HELPER), "--slot", str(slot), "--parent", str(os.getpid())]
    command += ["--bwrap", bwrap] if bwrap else []
    pipe = subprocess.PIPE
    try:
        helper = subprocess.Popen(
            command, stdin=stdin, stdout=pipe, stderr=pipe, env={}, cwd="/", start_new_session=True
        )
    except OSError as error:
        raise SandboxFailed(f"the helper could not be started: {error}") from error
    with helper:
        try:
            yield helper
        finally:
            _end(helper)


def _lines(helper: subprocess.Popen[bytes], ends: float) -> Iterator[bytes]:
    """Each line it says, until it says no more. Raises: SandboxFailed."""
    assert helper.stdout is not None and helper.stderr is not None  # noqa: S101, PT018 - they are pipes
    kept = {helper.stdout.fileno(): b"", helper.stderr.fileno(): b""}
    out, errors = kept
    with selectors.DefaultSelector() as waiting:
        for number in kept:
            waiting.register(number, selectors.EVENT_READ)
        while out in waiting.get_map():
            ready = waiting.select(max(ends - time.monotonic(), 0))
            if not ready:
                raise SandboxFailed("the helper took too long")
            for key, _events in ready:
                more = os.read(key.fd, 1 << 16)
                if not more:
                    waiting.unregister(key.fd)
                elif key.fd == errors:
                    kept[errors] = (kept[errors] + more)[-_KEPT_WORDS:]
                else:
                    *lines, kept[out] = (kept[out] + more).split(b"\n")
                    yield from lines
            if len(kept[out]) > _MOST_LINE:
                raise SandboxFailed("the helper does not end its line")
    words = kept[errors].decode(errors="replace").strip() or "without a word"
    raise SandboxFailed(f"the helper ended: {words}")


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line) if len(line) <= _MOST_LINE else None
    except ValueError:
        said = None
    if not isinstance(said, dict) or "event" not in said:
        raise SandboxFailed(f"the helper said what is no event: {line[:200]!r}")
    return said


def _read(kind: type[T], said: dict[str, Any]) -> T:
    try:
        return kind.from_json(said)
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxFailed(f"the helper said what is no {kind.__name__}: {error!r}") from error


def _end(helper: subprocess.Popen[bytes]) -> None:
    """Kills it and what is below it, and waits for all of them. Bubblewrap dies with the helper, and its sandbox with
    bubblewrap; whoever should have escaped that has been found before."""
    below: list[int] = []
    if helper.poll() is None:
        for pid in _below(helper.pid):
            with suppress(OSError):
                below.append(os.pidfd_open(pid))
        with suppress(ProcessLookupError):
            os.killpg(helper.pid, signal.SIGKILL)
    helper.wait()
    ends = time.monotonic() + 5
    for handle in below:
        with suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        with selectors.DefaultSelector() as waiting:
            waiting.register(handle, selectors.EVENT_READ)
            waiting.select(max(ends - time.monotonic(), 0))
        os.close(handle)


def _below(pid: int) -> list[int]:
    """All descendants of a process, those first that are nearest to it."""
    parents: dict[int, list[int]] = {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            parent = int(one.read_text(errors="replace").rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(one.parent.name))
    found = [pid]
    for one_found in found:
        found += parents.get(one_found, [])
    return found[1:]
