"""What a program of a language is compiled and started with, and whether this machine has it.

Only tools below /usr count that any user may read and start: the sandbox shows nothing else. They are started by their
real path, as /etc with its alternatives is not there either.

Inside, the source lies in SOURCES and what was compiled is PROGRAM; a compiler writes to SCRATCH, and its work leaves
the sandbox through its standard output.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from exams.sandbox import java_names
from exams.sandbox.protocol import Toolchain
from exams.sandbox.runner import MIB

SOURCES = "/code"
PROGRAM = "/code/program"
HEADERS = "/code/headers"
"""Where a precompiled header is looked for first."""
SCRATCH = "/tmp/program"  # noqa: S108 - inside the sandbox
PLACES = ("/usr/bin", "/usr/local/bin")
_OUT = f'"$@" >&2 && exec cat {SCRATCH}'
_PYTHON_CHECK = (
    "import sys\n"
    "try: compile(open(sys.argv[1], 'rb').read(), 'main.py', 'exec', dont_inherit=True)\n"
    "except BaseException as error: sys.excepthook(type(error), error.with_traceback(None), None); sys.exit(1)\n"
)


@dataclass(frozen=True, slots=True)
class Language:
    """`factor` lengthens the limit of time; `extra_bytes` is what its machine needs beside the program's memory.
    `is_address_space`: whether memory is bounded as address space, which languages that reserve much cannot bear."""

    title: str
    file: str
    factor: float = 1.0
    threads: int = 16
    files: int = 64
    is_address_space: bool = True
    extra_bytes: int = 0


LANGUAGES: Mapping[str, Language] = {
    "py": Language("Python", "main.py", factor=3.0),
    "c": Language("C", "main.c"),
    "cpp": Language("C++", "main.cpp"),
    "java": Language(
        "Java", "Main.java", factor=2.0, threads=64, files=128, is_address_space=False, extra_bytes=384 * MIB
    ),
    "js": Language(
        "JavaScript", "main.js", factor=2.0, threads=32, files=128, is_address_space=False, extra_bytes=128 * MIB
    ),
}

PACKAGES: Mapping[str, str] = {
    "py": "python3",
    "c": "gcc libc6-dev",
    "cpp": "g++",
    "java": "default-jdk-headless",
    "js": "nodejs",
}
"""What Debian and Ubuntu call them."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A language this machine has. `stamp` changes whenever what a source is compiled to may change."""

    language: str
    version: str
    tool: str
    stamp: str
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> Language:
        return LANGUAGES[self.language]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one source becomes a program: `file` is the name its language wants; `main` the class that Java starts.
    `makes_program`: whether compiling writes one, or only says whether the source is one itself."""

    file: str
    compile: tuple[str, ...]
    makes_program: bool
    main: str = ""


def available() -> tuple[Toolchain, ...]:
    """The languages of this machine in the order of LANGUAGES. Cheap: some 20 ms at first, nothing after."""
    found = (find(language) for language in LANGUAGES)
    return tuple(Toolchain(one.language, one.version, one.rules.factor) for one in found if one)


@lru_cache(maxsize=len(LANGUAGES))
def find(language: str) -> Installed | None:
    """The language as it is installed here, or None; so, too, of one there is not."""
    match language:
        case "py":
            return _python()
        case "c":
            return _gcc("c", "gcc", (17, 8, "gnu17", "gnu11"))
        case "cpp":
            return _gcc("cpp", "g++", (20, 10, "gnu++20", "gnu++17"))
        case "java":
            return _java()
        case "js":
            return _node()
    return None


def plan(found: Installed, source: str) -> Plan:
    """How `source` is compiled. Nothing of it is in the command but, checked, the name of a class."""
    path = f"{SOURCES}/{found.rules.file}"
    match found.language:
        case "py":
            command = (found.tool, "-I", "-S", "-B", "-X", "utf8", "-c", _PYTHON_CHECK, path)
            return Plan(found.rules.file, command, makes_program=False)
        case "js":
            return Plan(found.rules.file, (found.tool, "--check", path), makes_program=False)
        case "java":
            return _java_plan(found, source)
        case _:
            libraries = ("-lm",) if found.language == "c" else ()
            command = (found.tool, *found.options, "-I", HEADERS, "-o", SCRATCH, path, *libraries)
            return Plan(found.rules.file, _to_output(command), makes_program=True)


def header(found: Installed) -> tuple[str, tuple[str, ...]]:
    """The name of the precompiled header below HEADERS and the command that makes it of SOURCES/all.h."""
    options = [one for one in found.options if one not in ("-static", "-s")]
    command = (found.tool, *options, "-x", "c++-header", "-o", SCRATCH, f"{SOURCES}/all.h")
    return "bits/stdc++.h.gch", _to_output(command)


def start(found: Installed, plan: Plan, memory_bytes: int) -> tuple[str, ...]:
    """The command that runs the program with so much memory for what it allocates itself."""
    most = max(memory_bytes // MIB, 16)
    match found.language:
        case "py":
            return (found.tool, "-I", "-B", "-X", "utf8", "-X", "int_max_str_digits=0", f"{SOURCES}/{plan.file}")
        case "js":
            return (found.tool, f"--max-old-space-size={most}", "--stack-size=60000", f"{SOURCES}/{plan.file}")
        case "java":
            heap = (f"-Xmx{most}m", f"-Xms{min(most, 64)}m", "-Xss32m", "-XX:+UseSerialGC")
            alone = ("-XX:-UsePerfData", "-XX:-UseContainerSupport", "-XX:+DisableAttachMechanism", "-Xshare:auto")
            return (f"{found.tool}/java", *heap, *alone, "-Dfile.encoding=UTF-8", "-cp", PROGRAM, plan.main)
        case _:
            return (PROGRAM,)


def _to_output(command: tuple[str, ...], then: str = _OUT) -> tuple[str, ...]:
    """Runs the command with its output among the messages, and writes what it made to standard output."""
    return ("/usr/bin/sh", "-c", then, "sh", *command)


def _python() -> Installed | None:
    tool = _tool("python3")
    version = _says(tool, "-V").removeprefix("Python ")
    return Installed("py", f"Python {version}", tool, _stamp(tool)) if version else None


def _node() -> Installed | None:
    tool = _tool("node") or _tool("nodejs")
    version = _says(tool, "--version").removeprefix("v")
    return Installed("js", f"Node.js {version}", tool, _stamp(tool)) if version else None


def _gcc(language: str, name: str, standards: tuple[int, int, str, str]) -> Installed | None:
    tool = _tool(name)
    version = _says(tool, "-dumpfullversion")
    if not version:
        return None
    year, since, newest, older = standards
    is_new = int(version.partition(".")[0]) >= since
    options = [f"-std={newest if is_new else older}", "-O2", "-pipe", "-fdiagnostics-color=never", "-fmax-errors=10"]
    library = "libc.a" if language == "c" else "libstdc++.a"
    if Path(_says(tool, f"-print-file-name={library}")).is_absolute():
        options += ["-static", "-s"]  # without a loader to run it starts twice as fast
    title = f"{LANGUAGES[language].title}{year if is_new else year - 3 if language == 'cpp' else 11}"
    return Installed(language, f"{title}, GCC {version}", tool, _stamp(tool), tuple(options))


def _java() -> Installed | None:
    """`tool` is the directory of javac, jar and java. Its /proc-less way to its libraries stands in the environment."""
    compiler = _tool("javac")
    folder = Path(compiler).parent
    if not compiler or not all(_is_for_all(folder / name) for name in ("java", "jar")):
        return None
    home = folder.parent
    try:
        released = re.search(r'^JAVA_VERSION="([0-9._+-]+)"', (home / "release").read_text(), re.MULTILINE)
    except (OSError, ValueError):
        return None
    env = {"LD_LIBRARY_PATH": f"{home}/lib:{home}/lib/server"}
    version = released[1] if released else "?"
    return Installed("java", f"Java {version}", str(folder), _stamp(compiler), env=env)


def _java_plan(found: Installed, source: str) -> Plan:
    """javac wants the file called like its public class; the classes leave as one jar."""
    names = java_names.read(source)
    light = ("-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-J-XX:-UsePerfData", "-J-Xshare:auto", "-J-Xmx512m")
    compiler = (f"{found.tool}/javac", *light, "-J-Xss16m", "-proc:none", "-encoding", "UTF-8", "-Xmaxerrs", "10")
    command = (*compiler, "-nowarn", "-d", f"{SCRATCH}.d", f"{SOURCES}/{names.file}.java")
    jar = (f"{found.tool}/jar", *light, "--create", "--no-compress", "--file", SCRATCH, "-C", f"{SCRATCH}.d", ".")
    return Plan(
        f"{names.file}.java",
        _to_output(command, f'"$@" >&2 && {" ".join(jar)} >&2 && exec cat {SCRATCH}'),
        True,
        names.main,
    )


def _tool(name: str) -> str:
    """Its real path, or nothing when it is not where every user may start it."""
    for place in PLACES:
        path = (Path(place) / name).resolve()
        if path.is_relative_to("/usr") and _is_for_all(path):
            return str(path)
    return ""


def _is_for_all(path: Path) -> bool:
    try:
        return all(one.stat().st_mode & 0o001 for one in (path, *path.parents)) and bool(path.stat().st_mode & 0o004)
    except OSError:
        return False


def _says(tool: str, *arguments: str) -> str:
    """The first line it writes, or nothing when it cannot be started, fails or takes long."""
    if not tool:
        return ""
    try:
        done = subprocess.run(
            [tool, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=10, env={}, cwd="/", check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode(errors="replace").partition("\n")[0].strip() if done.returncode == 0 else ""


def _stamp(tool: str) -> str:
    found = Path(tool).stat()
    return f"{found.st_size}-{found.st_mtime_ns}"
