"""Programs of every language for the tests of the judge, and what of all this the machine must have."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exams.sandbox.languages import PLACES, find
from exams.sandbox.probe import quick
from exams.sandbox.protocol import LANGUAGES, Compiled, Job, Ran, Trial
from exams.sandbox.runner import Outcome

MUST_HAVE = os.environ.get("REQUIRE_BROWSER") == "1"
"""Where the tests may not be skipped, as for the browser."""
TOOLS = {"py": ("python3",), "c": ("gcc",), "cpp": ("g++",), "java": ("javac", "java", "jar"), "js": ("node",)}

# Each reads one word: how to end.
ENDINGS = {
    "py": """\
import sys, time
how = input()
if how == "right": print(42)
if how == "wrong": print(41)
while how == "slow": pass
if how == "crash": sys.exit(3)
if how == "much": print("x" * 100_000)
if how == "raw": sys.stdout.buffer.write(b"\\xff\\x00\\xfe")
if how == "greedy":
    kept = []
    while True: kept.append(bytearray(1 << 20))
if how == "sleep": time.sleep(1000)
""",
    "c": """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
volatile int turns;
int main(void) {
    char how[16];
    if (scanf("%15s", how) != 1) return 9;
    if (!strcmp(how, "right")) puts("42");
    if (!strcmp(how, "wrong")) puts("41");
    while (!strcmp(how, "slow")) turns++;
    if (!strcmp(how, "crash")) abort();
    if (!strcmp(how, "much")) for (long i = 0; i < 300L << 20; i += 8) fwrite("xxxxxxx\\n", 8, 1, stdout);
    if (!strcmp(how, "raw")) fwrite("\\xff\\x00\\xfe", 3, 1, stdout);
    while (!strcmp(how, "greedy")) memset(malloc(1 << 20), 1, 1 << 20);
    if (!strcmp(how, "sleep")) sleep(1000);
    return 0;
}
""",
    "cpp": """\
#include <iostream>
#include <string>
#include <vector>
#include <stdexcept>
volatile int turns;
int main() {
    std::string how;
    std::cin >> how;
    if (how == "right") std::cout << 42 << "\\n";
    if (how == "wrong") std::cout << 41 << "\\n";
    while (how == "slow") turns = turns + 1;
    if (how == "crash") throw std::runtime_error("on purpose");
    if (how == "much") std::cout << std::string(100000, 'x');
    std::vector<std::vector<char>> kept;
    while (how == "greedy") kept.emplace_back(1 << 20, 'x');
}
""",
    "java": """\
package school;
import java.util.*;
class Helper { static int answer() { return 42; } }
public class Solution {
    static int turns;
    public static void main(String[] args) {
        String how = new Scanner(System.in).next();
        if (how.equals("right")) System.out.println(Helper.answer());
        if (how.equals("wrong")) System.out.println(41);
        while (how.equals("slow")) turns++;
        if (how.equals("crash")) throw new IllegalStateException("on purpose");
        if (how.equals("much")) System.out.println("x".repeat(100000));
        List<byte[]> kept = new ArrayList<>();
        while (how.equals("greedy")) kept.add(new byte[1 << 20]);
    }
}
""",
    "js": """\
const how = require("fs").readFileSync(0, "utf8").trim();
if (how === "right") console.log(42);
if (how === "wrong") console.log(41);
while (how === "slow");
if (how === "crash") throw new Error("on purpose");
if (how === "much") console.log("x".repeat(100000));
const kept = [];
while (how === "greedy") kept.push(Array(1 << 16).fill({ here: 1 }).map((one) => ({ ...one })));
""",
}
BROKEN = {
    "py": "def f(:\n    pass\n",
    "c": "int main(void) { return nothing; }\n",
    "cpp": "int main() { return nothing; }\n",
    "java": "public class Main { public static void main(String[] args) { nothing(); } }\n",
    "js": "function (\n",
}


def require_sandbox() -> None:
    why = "; ".join(f"{one.code} {one.message}" for one in quick().findings if one.level == "error")
    assert not (why and MUST_HAVE), why
    if why:
        pytest.skip(f"no sandbox: {why}")


def require(language: str) -> None:
    """Skips where the language is not installed. Where it is, or must be, it has to be found."""
    require_sandbox()
    is_there = all(any((Path(place) / tool).exists() for place in PLACES) for tool in TOOLS[language])
    if find(language) is None:
        assert not (MUST_HAVE and is_there), f"{language} is installed but not found"
        pytest.skip(f"{language} is not installed")


each_language = pytest.mark.parametrize("language", LANGUAGES)


@contextmanager
def reachable_folder() -> Iterator[str]:
    """A new directory to which any user may walk, unlike those of pytest."""
    with tempfile.TemporaryDirectory(prefix="judge-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield f"{folder}/cache"


def job(language: str, *endings: str, **more: Any) -> Job:
    """The program that ends as it reads, once for each, of which `42` is right."""
    trials = tuple(Trial(ending, ending.encode(), b"42\n") for ending in endings)
    return Job(**{"language": language, "source": ENDINGS[language], "trials": trials} | more)


class Told:
    """A runner that runs nothing: it says what it is told to, in turn, and remembers what it was asked."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[dict] = []

    def run(self, command: Sequence[str], **asked: Any) -> Outcome:
        self.asked.append(asked | {"command": command})
        return self.outcomes.pop(0)


class Heard:
    """What was reported of a job."""

    def __init__(self) -> None:
        self.compiled: list[Compiled] = []
        self.ran: list[Ran] = []

    def __call__(self, event: Compiled | Ran) -> None:
        if isinstance(event, Compiled):
            self.compiled.append(event)
        else:
            self.ran.append(event)

    @property
    def verdicts(self) -> str:
        return " ".join(one.verdict for one in self.ran)
