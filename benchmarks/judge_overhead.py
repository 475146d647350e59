"""What the sandbox adds to one run of a program. `python -m benchmarks.judge_overhead [--json] [--rounds N]`.

Each program says hello, once by `subprocess.run` and once by the sandbox, in turns; the figures are medians: time by
the clock, and CPU time of us and of all that ran for us. Runs as the judge's own user where root starts it.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from exams.sandbox import languages, slots
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.runner import MIB, Bounds, File, Status

AIM_MS = 15
"""CPU time that a run may cost beside its program's."""
SLOT = 490
C = '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n'
JAVA = "public class Main { public static void main(String[] a) { System.out.println(1); } }\n"
Work = Callable[[], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="judge-overhead-") as folder:
        Path(folder).chmod(0o755)
        programs = _programs(Path(folder))
        _as_user(folder)
        figures = {name: _measured(bare, ours, options.rounds) for name, (bare, ours) in programs.items()}
        if options.json:
            print(json.dumps({"aim_cpu_ms": AIM_MS, "load": os.getloadavg()[0], "figures": figures}, indent=1))
        else:
            print(f"load {os.getloadavg()[0]:.1f}; medians of {options.rounds}; aim: at most +{AIM_MS} ms of CPU in C")
            print(f"{'':14}{'bare':>9}{'ours':>9}{'ratio':>7}{'+wall':>9}{'+CPU':>9}")
            for name, one in figures.items():
                print(
                    f"{name:14}{one['bare_ms']:>6} ms{one['ours_ms']:>6} ms{one['ratio']:>7}"
                    f"{one['extra_ms']:>6} ms{one['extra_cpu_ms']:>6} ms"
                )
    if figures["C"]["extra_cpu_ms"] > AIM_MS:
        raise SystemExit(f"aim: at most {AIM_MS} ms of CPU beside the program's")


def _programs(folder: Path) -> dict[str, tuple[Work, Work]]:
    """By name: bare, and in the sandbox."""
    runner = BubblewrapRunner(slot=SLOT)
    program = folder / "program"
    (folder / "main.c").write_text(C)
    subprocess.run(["/usr/bin/gcc", "-O2", "-static", "-o", program, folder / "main.c"], check=True)
    content = program.read_bytes()

    def pair(bare: list[str], ours: list[str], bounds: Bounds, *files: File, **env: str) -> tuple[Work, Work]:
        def in_the_sandbox() -> None:
            outcome = runner.run(ours, bounds=bounds, files=files, env=env)
            assert outcome.status is Status.OK, outcome

        return lambda: _bare(bare), in_the_sandbox

    machine = Bounds(memory_bytes=640 * MIB, is_address_space=False, threads=64, files=128)
    found = {
        "C": pair([str(program)], ["/code/program"], Bounds(), File("/code/program", content, is_executable=True)),
        "C, by path": pair([str(program)], ["/code/program"], Bounds(), File("/code/program", source=str(program))),
    }
    commands = {"py": ("-I", "-c", "print(1)"), "js": ("-e", "console.log(1)")}
    for language, words in commands.items():
        tool = languages.find(language)
        if tool:
            command = [tool.tool, *words]
            found[tool.rules.title] = pair(command, command, Bounds() if language == "py" else machine)
    java = languages.find("java")
    if java:
        (folder / "Main.java").write_text(JAVA)
        subprocess.run([f"{java.tool}/javac", "-d", folder, folder / "Main.java"], check=True)
        options = [f"{java.tool}/java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-cp"]
        given = File("/code/Main.class", (folder / "Main.class").read_bytes())
        found["Java"] = pair([*options, str(folder), "Main"], [*options, "/code", "Main"], machine, given, **java.env)
    return found


def _as_user(folder: str) -> None:
    """As root's helper does: the slot's user runs what is run. He takes the folder, to throw it away."""
    if os.geteuid() == 0:
        os.chown(folder, slots.uid_of(SLOT), slots.GROUP)
    slots.become(SLOT)
    os.chdir("/")


def _bare(command: list[str]) -> None:
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, env={})


def _measured(bare: Work, ours: Work, rounds: int) -> dict[str, float]:
    taken: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    for work in (bare, ours):
        work()
    for _ in range(rounds):
        for name, work in (("bare", bare), ("ours", ours)):
            began, used = time.perf_counter(), _cpu_s()
            work()
            taken[name].append((time.perf_counter() - began, _cpu_s() - used))
    wall, cpu = ({name: statistics.median(one[n] for one in all_) for name, all_ in taken.items()} for n in (0, 1))
    return {
        "bare_ms": round(wall["bare"] * 1000, 1),
        "ours_ms": round(wall["ours"] * 1000, 1),
        "ratio": round(wall["ours"] / wall["bare"], 2),
        "extra_ms": round((wall["ours"] - wall["bare"]) * 1000, 1),
        "extra_cpu_ms": round((cpu["ours"] - cpu["bare"]) * 1000, 1),
    }


def _cpu_s() -> float:
    """Of us and of all that ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    if not sys.platform.startswith("linux"):
        raise SystemExit("The sandbox is of Linux only.")
    main()
