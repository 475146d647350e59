"""A source becomes a program: in the sandbox, once. Where a language has no compiler, its parser reads the source.

The compiler is not trusted either (a template or a constant can make it run for ever, `#include` reads files): it runs
under bounds of its own, without any path of this machine to write to, and what it made comes out of its pipe.
"""

import hashlib
import json
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from exams.sandbox import languages
from exams.sandbox.artefacts import Cache
from exams.sandbox.diagnostics import Place, clean
from exams.sandbox.languages import HEADERS, PROGRAM, SOURCES, Installed, Plan
from exams.sandbox.protocol import Compiled
from exams.sandbox.runner import MIB, Bounds, File, Outcome, Runner, Status

FORMAT = 1
"""Part of every key: raised when what is kept is made otherwise."""
BOUNDS = Bounds(
    cpu_ms=10_000,
    wall_ms=33_000,
    memory_bytes=512 * MIB,
    output_bytes=64 * MIB,
    kept_bytes=64 * MIB,
    kept_errors_bytes=64 * 1024,
    threads=64,
    files=128,
    may_fork=True,
    scratch_bytes=192 * MIB,
    file_bytes=64 * MIB,
)
_OF_JAVA = replace(BOUNDS, memory_bytes=1024 * MIB, is_address_space=False)
_OF_PARSERS = replace(BOUNDS, may_fork=False, scratch_bytes=0, output_bytes=64 * 1024, kept_bytes=0)
_OF_HEADERS = replace(
    BOUNDS,
    cpu_ms=60_000,
    wall_ms=120_000,
    memory_bytes=1024 * MIB,
    output_bytes=320 * MIB,
    kept_bytes=320 * MIB,
    file_bytes=320 * MIB,
    scratch_bytes=384 * MIB,
)
_HEADER_AGAIN_S = 600
_WANTS_HEADER = re.compile(r"(?:\s+|//[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)*+#[ \t]*include[ \t]*<bits/stdc\+\+\.h>")
_OF_THE_MACHINE = re.compile(
    r"temporarily unavailable|No space left|annot allocate|Killed|put error|OutOfMemory|internal compiler error"
)
"""A compiler that stumbled over this machine may do better next time, so its refusal is not kept."""

_KILLED = re.compile(rb"^[\w.+/-]{1,80}: fatal error: Killed signal terminated program \w+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Program:
    """What can be started. `content` or, when it is in the cache, `path` of what was compiled; neither when the source
    is the program."""

    installed: Installed
    plan: Plan
    place: Place
    source: bytes
    content: bytes | None = None
    path: str = ""

    @property
    def files(self) -> tuple[File, ...]:
        if self.plan.makes_program:
            return (File(PROGRAM, self.content, self.path, is_executable=True),)
        return (File(f"{SOURCES}/{self.plan.file}", self.source),)

    def command(self, memory_bytes: int) -> tuple[str, ...]:
        return languages.start(self.installed, self.plan, memory_bytes)


def compile_source(
    language: str, source: str, *, frame: tuple[str, str] = ("", ""), runner: Runner, cache: Cache | None
) -> tuple[Compiled, Program | None]:
    """No program means CE or, when it is `is_our_fault`, SE. Raises: SandboxUnusable, from the runner."""
    installed = languages.find(language)
    if installed is None:
        return Compiled(ok=False, output=f"This server cannot run {language}.", is_our_fault=True), None
    text, before = _unit(language, source, frame)
    plan = languages.plan(installed, text)
    place = Place(plan.file, before, source.count("\n") + 1)
    program = Program(installed, plan, place, text.encode())
    key = _key(FORMAT, language, plan.compile, plan.file, plan.main, installed.version, installed.stamp, text, before)
    if cache and (kept := cache.find(key)):
        said = Compiled(bool(kept.said["ok"]), str(kept.said["output"]), is_cached=True)
        return said, replace(program, path=kept.path) if said.ok else None
    outcome = _run(program, runner, cache)
    said = _said(outcome, place)
    made = outcome.stdout if said.ok and plan.makes_program else None
    kept = cache.keep(key, {"ok": said.ok, "output": said.output}, made) if cache and _lasts(outcome, said) else None
    if not said.ok:
        return said, None
    return said, replace(program, path=kept.path) if kept else replace(program, content=made)


def _unit(language: str, source: str, frame: tuple[str, str]) -> tuple[str, int]:
    """The text that is compiled, and how many of its lines are before what was written, where messages count them."""
    source = _plain(source)
    before, after = (_plain(part) for part in frame)
    if not before and not after:
        return source, 0
    if language in ("c", "cpp"):
        file = languages.LANGUAGES[language].file
        return f'#line 1 "frame"\n{before}\n#line 1 "{file}"\n{source}\n#line 1 "frame"\n{after}\n', 0
    before = before if before.endswith("\n") or not before else f"{before}\n"
    return f"{before}{source}\n{after}", before.count("\n")


def _plain(text: str) -> str:
    """Without the mark of byte order, which javac refuses, and with LF."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def _run(program: Program, runner: Runner, cache: Cache | None) -> Outcome:
    installed, plan = program.installed, program.plan
    files = [File(f"{SOURCES}/{plan.file}", program.source)]
    if installed.language == "cpp" and cache and _WANTS_HEADER.match(program.source.decode()):
        files += _header(installed, runner, cache)
    bounds = _OF_JAVA if installed.language == "java" else BOUNDS if plan.makes_program else _OF_PARSERS
    if installed.language == "js":
        bounds = replace(bounds, is_address_space=False)
    return runner.run(plan.compile, bounds=bounds, files=files, env=installed.env)


def _header(installed: Installed, runner: Runner, cache: Cache) -> Sequence[File]:
    """The precompiled `bits/stdc++.h`, made by the first who wants it; while he makes it, the others do without."""
    name, command = languages.header(installed)
    key = _key(FORMAT, "header", command, installed.version, installed.stamp)
    kept = cache.find(key, is_compared=False)
    if not kept or 0 < kept.said.get("again_at", 0) < time.time():
        with cache.alone(key) as is_alone:
            if not is_alone:
                return ()
            source = File(f"{SOURCES}/all.h", b"#include <bits/stdc++.h>\n")
            outcome = runner.run(command, bounds=_OF_HEADERS, files=(source,), env=installed.env)
            is_made = outcome.status is Status.OK
            # A compiler that refuses will refuse again; a machine that was too busy may have more time later.
            again_at = 0 if is_made or outcome.status is Status.RE else time.time() + _HEADER_AGAIN_S
            made = outcome.stdout if is_made else None
            kept = cache.keep(key, {"again_at": again_at}, made, most=_OF_HEADERS.output_bytes)
    return (File(f"{HEADERS}/{name}", source=kept.path),) if kept and kept.path else ()


def _said(outcome: Outcome, place: Place) -> Compiled:
    """How it ended, for the student. Too little time by the clock, not by the processor, is a busy machine."""
    output = clean(outcome.stderr, place)
    is_starved = outcome.status is Status.TLE and outcome.cpu_ms < BOUNDS.cpu_ms * 0.9
    if outcome.status is Status.SE or is_starved or _is_killed(outcome):
        detail = f"{outcome.detail}; {outcome.cpu_ms} ms CPU in {outcome.wall_ms} ms. {output[-300:]}".strip("; ")
        return Compiled(ok=False, cpu_ms=outcome.cpu_ms, is_our_fault=True, detail=detail)
    stopped = {
        Status.TLE: f"The compiler was stopped after {BOUNDS.cpu_ms // 1000} s.",
        Status.MLE: "The compiler was stopped: it used too much memory.",
        Status.OLE: "The compiler was stopped: its messages or the program grew too long.",
    }.get(outcome.status, "" if outcome.status is Status.OK or output else "The compiler failed without a message.")
    words = "\n".join(part for part in (output[: 7 * 1024] if stopped else output, stopped) if part)
    return Compiled(ok=outcome.status is Status.OK, output=words, cpu_ms=outcome.cpu_ms, detail=outcome.detail)


def _is_killed(outcome: Outcome) -> bool:
    """By somebody else: we say TLE, MLE or OLE of what we end. Linux does it where memory is short."""
    is_near = outcome.cpu_ms >= BOUNDS.cpu_ms * 0.9
    is_one = outcome.signal == signal.SIGKILL or _KILLED.search(outcome.stderr)
    return outcome.status is Status.RE and bool(is_one) and not is_near


def _lasts(outcome: Outcome, said: Compiled) -> bool:
    """Whether compiling it again would end the same way."""
    refused = outcome.status is Status.RE and outcome.signal is None
    return said.ok or (refused and not _OF_THE_MACHINE.search(outcome.stderr.decode(errors="replace")))


def _key(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
