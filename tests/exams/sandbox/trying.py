"""Programs of the corpus handed to a worker, as root (the helper becomes nobody) and as a plain user, and what is
demanded of every one of them, whatever its verdict.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exams.sandbox import languages, probe
from exams.sandbox.compiling import BOUNDS as COMPILING
from exams.sandbox.judging import NEAR
from exams.sandbox.protocol import KEPT_COMPILER, KEPT_ERRORS, KEPT_OUTPUT, Compiled, Job, Limits, Ran, Trial
from exams.sandbox.runner import MIB
from exams.sandbox.slots import uid_of
from tests.exams.sandbox.containment import Doors, left_alive, left_behind
from tests.exams.sandbox.manifest import Program, numbers

ROOT, PLAIN = "root", "plain user"
USERS = (ROOT, PLAIN) if os.geteuid() == 0 else (PLAIN,)
SLOTS = (460, 461, 462)
"""Of a worker that is root's: no worker of a real site has them, so whatever their users own is ours."""
NOBODY = 60_555
"""The plain user, when it is root who tests: no system hands that number out."""
_SHADOW = re.compile(r"\broot:[*!$]")
_LATE_MS = 1_000
_COMPILING_S = COMPILING.wall_ms / 1_000
"""A machine too busy to give the compiler its 10 s of CPU time within that says SE of a bomb for compilers, not CE."""
_PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Result:
    """What came of one program."""

    compiled: Compiled | None
    tests: tuple[Ran, ...]
    failed: str
    left: tuple[str, ...]
    wall_s: float

    @property
    def verdicts(self) -> list[str]:
        if not self.compiled:
            return ["none"]
        if not self.compiled.ok:
            return ["SE" if self.compiled.is_our_fault else "CE"]
        return [str(one.verdict) for one in self.tests]


class Trying:
    """A worker that is at it. `result(program)` waits for one program."""

    def __init__(self, process: subprocess.Popen[str], doors: Doors, uids: range) -> None:
        self.doors, self._process, self._uids = doors, process, uids
        self._results: dict[str, Result] = {}
        self._strangers: list[str] | None = None
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def result(self, program: Program, within_s: float = 240) -> Result:
        with self._news:
            self._news.wait_for(lambda: program.file in self._results or not self._reader.is_alive(), within_s)
        assert program.file in self._results, f"the worker has nothing to say of {program.file}"
        return self._results[program.file]

    def end(self) -> None:
        """After the last program: nobody is left, nothing lies about, nobody was visited."""
        self._reader.join(300)
        assert self._process.wait(10) == 0
        assert self._strangers == []
        assert os.geteuid() != 0 or left_alive(self._uids) == []
        assert left_behind(self._uids, Path.cwd(), _PROJECT) == []
        assert self.doors.visits() == []

    def stop(self) -> None:
        """After the worker was killed."""
        self._reader.join(10)

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            said = json.loads(line)
            with self._news:
                if "name" in said:
                    self._results[said["name"]] = _result(said)
                else:
                    self._strangers = said["left"]
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


@contextmanager
def trying(programs: Iterable[Program], user: str, *, cache_dir: str = "", number: int = 0) -> Iterator[Trying]:
    """A worker of that user at work on these programs, a few at a time, in their order. Workers at the same time have
    different numbers, from 0 to 5."""
    nobody = NOBODY + number
    slots = [slot + 5 * number for slot in SLOTS]
    uids = range(uid_of(slots[0]), uid_of(slots[-1]) + 1) if user == ROOT else range(nobody, nobody + 1)
    with Doors(_PROJECT) as doors, tempfile.TemporaryDirectory(prefix="sandbox-worker-") as folder:
        works = [{"name": one.file, "job": _job(one, doors, cache_dir).to_json()} for one in programs]
        as_user: dict[str, Any] = {}
        if user == PLAIN and os.geteuid() == 0:
            as_user = {"user": nobody, "group": nobody, "extra_groups": []}
        worker = subprocess.Popen(
            _command(Path(folder), user),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.defpath, **doors.environment},
            cwd="/",
            **as_user,
        )
        with worker:
            tried = Trying(worker, doors, uids)
            try:
                assert worker.stdin
                with worker.stdin:
                    json.dump({"slots": slots, "works": works}, worker.stdin)
                yield tried
            finally:
                worker.kill()
                tried.stop()


def must_be_contained(program: Program, result: Result, doors: Doors) -> None:
    """The right verdict, nobody left, nothing learned, no limit passed."""
    said = "\n".join((*result.verdicts, *(told for one in result.tests for told in _told(one))))
    assert result.failed == ""
    assert result.compiled
    assert list(result.left) == []
    is_starved = program.group == "compile" and result.compiled.is_our_fault and result.wall_s > _COMPILING_S
    expect = {*program.expect, "SE"} if is_starved else set(program.expect)
    assert set(result.verdicts) <= expect, f"{result.verdicts}: {result.compiled} {said[:2000]}"
    assert result.verdicts in (["CE"], ["SE"]) or len(result.tests) == len(program.stdins)
    assert len(result.compiled.output.encode()) <= KEPT_COMPILER
    assert doors.canary not in result.compiled.output + said
    assert not _SHADOW.search(result.compiled.output + said)
    assert doors.visits() == []
    rules = languages.LANGUAGES[program.language]
    cpu_ms = program.cpu_ms * rules.factor
    for one in result.tests:
        assert b"hole" not in one.stdout, said[:2000]
        assert len(one.stdout) <= KEPT_OUTPUT
        assert len(one.stderr) <= KEPT_ERRORS
        assert one.wall_ms <= 3 * cpu_ms + 3_000 + _LATE_MS
        assert one.cpu_ms <= NEAR * cpu_ms + _LATE_MS
        assert one.memory_bytes <= 2 * program.memory_mb * MIB + rules.extra_bytes + 64 * MIB


def sandbox_must_work(programs: Sequence[Program]) -> None:
    """Skips where nothing can be run, and fails there when `REQUIRE_BROWSER=1` says that this is the machine for it."""
    found = probe.quick()
    missing = {one.language for one in programs} - {one.language for one in languages.available()}
    why = "" if found.works else "; ".join(f"{one.code} {one.message}" for one in found.findings)
    why = why or (f"no tools for {', '.join(sorted(missing))}" if missing else "")
    if why and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"The judge must be tested here: {why}")
    if why:
        pytest.skip(why)


def _told(one: Ran) -> tuple[str, ...]:
    return one.detail, one.message, one.stdout.decode(errors="replace"), one.stderr.decode(errors="replace")


def _job(program: Program, doors: Doors, cache_dir: str) -> Job:
    inputs = {"doors": doors.told(), "numbers": numbers()}
    answer = program.right_answer().encode()
    trials = tuple(
        Trial(str(number), inputs.get(stdin, f"{stdin}\n" if stdin else "").encode(), answer)
        for number, stdin in enumerate(program.stdins, 1)
    )
    limits = Limits(cpu_ms=program.cpu_ms, memory_bytes=program.memory_mb * MIB)
    return Job(program.language, doors.filled_in(program.source), trials, limits=limits, cache_dir=cache_dir)


def _result(said: dict[str, Any]) -> Result:
    return Result(
        Compiled.from_json(said["compiled"]) if said["compiled"] else None,
        tuple(Ran.from_json(one) for one in said["tests"]),
        said["failed"],
        tuple(said["left"]),
        said["wall_s"],
    )


def _command(folder: Path, user: str) -> list[str]:
    """The worker. A plain user gets a copy and an interpreter which he may read, wherever the project lies."""
    if user == ROOT or os.geteuid() != 0:
        return [sys.executable, "-I", "-S", str(Path(__file__).with_name("worker.py")), str(_PROJECT)]
    folder.chmod(0o755)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_PROJECT / "exams/sandbox", folder / "exams/sandbox", ignore=ignored)
    here = Path("tests/exams/sandbox")
    (folder / here).mkdir(parents=True)
    for path in (Path("exams/__init__.py"), here / "worker.py", here / "containment.py"):
        shutil.copyfile(_PROJECT / path, folder / path)
    for made in folder.rglob("*"):
        made.chmod(0o755)
    tool = languages.find("py")
    assert tool
    return [tool.tool, "-I", "-S", "-B", str(folder / here / "worker.py"), str(folder)]
