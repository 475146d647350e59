"""What goes into the sandbox and what comes out of it. Pure: values, and their JSON for the helper's pipes.

A `Job` is one program with the tests it is run on. The helper answers with one JSON object a line, in this order:

    {"event": "compiled", "ok": true, "output": "…", "cached": false, "cpu_ms": 812}      (always exactly one)
    {"event": "test", "id": "17", "verdict": "AC", …}                                     (one a test, as it ends)
    {"event": "done"}                                                    (or {"event": "failed", "detail": "…"})

A line that does not come, or a helper that dies, means SE: the machine's fault, never the student's.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Verdict(StrEnum):
    """OK is only for runs without anything to compare with."""

    OK = "OK"
    AC = "AC"
    PA = "PA"
    WA = "WA"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    RE = "RE"
    CE = "CE"
    SE = "SE"
    SK = "SK"


class Checker(StrEnum):
    """How an output is compared: `lines` forgives line ends and blanks at the end, `tokens` all white space."""

    LINES = "lines"
    EXACT = "exact"
    TOKENS = "tokens"
    FLOAT = "float"
    CUSTOM = "custom"


LANGUAGES = ("py", "c", "cpp", "java", "js")
MOST_SOURCE = 64 * 1024
MOST_INPUT = 8 * 1024 * 1024
MOST_INPUTS = 64 * 1024 * 1024
"""Of all tests of a question together."""
MOST_TESTS = 100
MOST_CPU_MS = 15_000
MOST_MEMORY = 1024 * 1024 * 1024
MOST_OUTPUT = 16 * 1024 * 1024
KEPT_OUTPUT = 64 * 1024
KEPT_ERRORS = 4 * 1024
KEPT_COMPILER = 8 * 1024
BUDGET_MS = 120_000
"""Wall time of a whole job; tests that do not fit in are SK."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one run, before the language's factor: CPU time in ms, memory in bytes, output in bytes."""

    cpu_ms: int = 2_000
    memory_bytes: int = 256 * 1024 * 1024
    output_bytes: int = MOST_OUTPUT


@dataclass(frozen=True, slots=True)
class Trial:
    """One test of a job. `answer` None: nothing to compare with. `points` only lets a checker know what PA is of."""

    id: str
    stdin: bytes = b""
    answer: bytes | None = None


@dataclass(frozen=True, slots=True)
class Compare:
    """How outputs are compared. `source` and `language` of a custom checker; `tolerance` of float; `is_case_sensitive`
    of tokens."""

    checker: Checker = Checker.LINES
    tolerance: str = "1e-6"
    is_case_sensitive: bool = True
    language: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """One program and the tests it is run on.

    `frame` surrounds what was written with code of the author (function style): before it and after it, as text.
    `stop_groups`: of tests with the same name here none is run after the first that is not AC; those are SK.
    """

    language: str
    source: str
    trials: tuple[Trial, ...]
    limits: Limits = Limits()
    compare: Compare = Compare()
    frame: tuple[str, str] = ("", "")
    stop_groups: Mapping[str, str] = field(default_factory=dict)
    cache_dir: str = ""

    def to_json(self) -> dict[str, Any]:
        """Bytes stand as base64."""
        said: dict[str, Any] = _packed(asdict(self))
        return said

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The job that was sent. Raises: KeyError, TypeError, ValueError of what is none."""
        trials = ((one["id"], _bytes(one["stdin"]) or b"", _bytes(one["answer"])) for one in found["trials"])
        compare = dict(found["compare"])
        before, after = found["frame"]
        return cls(
            language=str(found["language"]),
            source=str(found["source"]),
            trials=tuple(Trial(str(number), stdin, answer) for number, stdin, answer in trials),
            limits=Limits(**found["limits"]),
            compare=Compare(checker=Checker(compare.pop("checker")), **compare),
            frame=(str(before), str(after)),
            stop_groups=dict(found["stop_groups"]),
            cache_dir=str(found["cache_dir"]),
        )


@dataclass(frozen=True, slots=True)
class Compiled:
    """`output` is the compiler's message, cleaned of paths, at most KEPT_COMPILER bytes; of a language without a
    compiler what its parser says. `detail`: for staff, why it is our fault."""

    ok: bool
    output: str = ""
    is_cached: bool = False
    cpu_ms: int = 0
    is_our_fault: bool = False
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        return cls(**{name: found[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Ran:
    """One run on one test. `score` is 0…1 as the checker said it (PA between them), `stdout` and `stderr` what is kept
    of them, `message` the checker's. `detail`: for staff, why it is SE or RE."""

    id: str
    verdict: Verdict
    score: float = 0.0
    exit_code: int | None = None
    signal: int | None = None
    cpu_ms: int = 0
    wall_ms: int = 0
    memory_bytes: int = 0
    stdout: bytes = b""
    stdout_bytes: int = 0
    stderr: bytes = b""
    message: str = ""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """Bytes stand as base64."""
        said: dict[str, Any] = _packed(asdict(self))
        return said

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        said = {name: found[name] for name in cls.__dataclass_fields__}
        for name in ("stdout", "stderr"):
            said[name] = _bytes(said[name]) or b""
        return cls(**said | {"verdict": Verdict(said["verdict"])})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found: `code` as `manage.py check` shows it (`E002`), `fix` the command that mends it. Of level
    "error" nothing is run; "warning" says what is weaker."""

    code: str
    level: str
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A language this machine can run."""

    language: str
    version: str
    factor: float


@dataclass(frozen=True, slots=True)
class Probed:
    """`runner` is "bwrap" or "off"; `languages` is empty when nothing may be run."""

    runner: str
    version: str = ""
    cgroup: str = ""
    findings: tuple[Finding, ...] = ()
    languages: tuple[Toolchain, ...] = ()

    @property
    def works(self) -> bool:
        return self.runner != "off" and not any(one.level == "error" for one in self.findings)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """What no probe of this release wrote, as a worker of another one may, is off."""
        try:
            return cls(
                runner=str(found["runner"]),
                version=str(found["version"]),
                cgroup=str(found["cgroup"]),
                findings=tuple(Finding(**one) for one in found["findings"]),
                languages=tuple(Toolchain(**one) for one in found["languages"]),
            )
        except (LookupError, TypeError):
            return cls("off")


def _packed(said: Any) -> Any:
    """Plain JSON: bytes as base64."""
    if isinstance(said, bytes):
        return base64.b64encode(said).decode()
    if isinstance(said, Mapping):
        return {name: _packed(value) for name, value in said.items()}
    if isinstance(said, list | tuple):
        return [_packed(one) for one in said]
    return said


def _bytes(sent: str | None) -> bytes | None:
    return None if sent is None else base64.b64decode(sent, validate=True)
