"""What the sandbox adds to compiling and to a test, each beside a bare subprocess of the same run.

`python -m benchmarks.judge_compile`. Compiling: C++ with `bits/stdc++.h` bare, in the sandbox, with the precompiled
header, and found in the cache. A test: a small program of each language that this machine has. Medians, taken in turn.
`--rounds` for more.
"""

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from exams.sandbox import languages
from exams.sandbox.artefacts import Cache
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.compiling import Program, compile_source
from exams.sandbox.judging import judge
from exams.sandbox.protocol import LANGUAGES, Job, Trial
from exams.sandbox.slots import GROUP

CPP = "#include <bits/stdc++.h>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n"
SOURCES = {
    "py": "print(sum(map(int, input().split())))\n",
    "c": '#include <stdio.h>\nint main(void) { long a, b; scanf("%ld %ld", &a, &b); printf("%ld\\n", a + b); }\n',
    "cpp": CPP,
    "java": "import java.util.*;\npublic class Main { public static void main(String[] args) {\n"
    "Scanner in = new Scanner(System.in); System.out.println(in.nextLong() + in.nextLong()); } }\n",
    "js": "const [a, b] = require('fs').readFileSync(0, 'utf8').split(' ').map(Number);\nconsole.log(a + b);\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="judge-", dir="/var/tmp") as folder:
        figures = _measure(Path(folder), rounds.rounds)
    if rounds.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{'':30}{'ms':>10}{'to bare':>10}")
    for name, one in figures.items():
        print(f"{name:30}{one['ms']:10.1f}{one['to_bare']:10.2f}")


def _measure(folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    folder.chmod(0o755)
    (folder / "cache").mkdir(0o755)
    if os.geteuid() == 0:
        os.chown(folder / "cache", 0, GROUP)
    cache = Cache.at(str(folder / "cache"))
    runner = BubblewrapRunner()
    figures: dict[str, dict[str, float]] = {}
    if languages.find("cpp"):
        figures |= _compiling(folder, runner, cache, max(rounds // 2, 2))
    for language in filter(languages.find, LANGUAGES):
        figures |= _testing(language, folder, runner, cache, rounds)
    return figures


def _compiling(folder: Path, runner: BubblewrapRunner, cache: Any, rounds: int) -> dict[str, dict[str, float]]:
    began = time.perf_counter()
    assert compile_source("cpp", CPP, runner=runner, cache=cache)[0].ok  # makes the header
    first = (time.perf_counter() - began) * 1000
    found = languages.find("cpp")
    assert found is not None
    (folder / "main.cpp").write_text(CPP)
    bare = [found.tool, *found.options, "-o", str(folder / "bare"), str(folder / "main.cpp")]
    taken = _in_turn(
        {
            "bare": lambda _turn: subprocess.run(bare, check=True),
            "sandbox": lambda turn: compile_source("cpp", f"{CPP}//{turn}", runner=runner, cache=None),
            "with the header": lambda turn: compile_source("cpp", f"{CPP}//{turn}", runner=runner, cache=cache),
            "found in the cache": lambda _turn: compile_source("cpp", CPP, runner=runner, cache=cache),
        },
        rounds,
    )
    taken["first, making the header"] = first
    return {f"compile C++, {name}": {"ms": ms, "to_bare": ms / taken["bare"]} for name, ms in taken.items()}


def _testing(
    language: str, folder: Path, runner: BubblewrapRunner, cache: Any, rounds: int
) -> dict[str, dict[str, float]]:
    """A job of `tests` tests less what a job of none takes, so compiling is not counted."""
    tests = 5
    source = SOURCES[language]
    said, program = compile_source(language, source, runner=runner, cache=cache)
    assert program, said
    bare, env = _bare(program, folder)
    trials = tuple(Trial(str(number), b"1 2", b"3\n") for number in range(tests))
    asked = Job(language, source, trials, cache_dir=str(folder / "cache"))
    idle = Job(language, source, (), cache_dir=str(folder / "cache"))
    taken = _in_turn(
        {
            "bare": lambda _turn: [
                subprocess.run(bare, input=b"1 2", capture_output=True, env=env, check=True) for _ in trials
            ],
            "judged": lambda _turn: judge(asked, runner, lambda _event: None),
            "idle": lambda _turn: judge(idle, runner, lambda _event: None),
        },
        rounds,
    )
    bare_ms, judged_ms = taken["bare"] / tests, (taken["judged"] - taken["idle"]) / tests
    return {
        f"test {language}, bare": {"ms": bare_ms, "to_bare": 1.0},
        f"test {language}, sandbox": {"ms": judged_ms, "to_bare": judged_ms / bare_ms},
    }


def _bare(program: Program, folder: Path) -> tuple[Sequence[str], dict[str, str]]:
    """The same command with the program where this machine has it."""
    place = folder / program.plan.file
    place.write_bytes(program.source)
    inside = {f"{languages.SOURCES}/{program.plan.file}": str(place), languages.PROGRAM: program.path}
    return [inside.get(word, word) for word in program.command(256 << 20)], dict(program.installed.env)


def _in_turn(acts: dict[str, Callable[[int], object]], rounds: int) -> dict[str, float]:
    """Milliseconds of each, the median of `rounds` in which all have their turn."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(rounds):
        for name, act in acts.items():
            began = time.perf_counter()
            act(turn)
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in taken.items()}


if __name__ == "__main__":
    main()
