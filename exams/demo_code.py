"""Coding questions of the demo institute: statements, tests, authors' solutions, and what students wrote.

Nothing of it is run when the demo is made, as a host may have no sandbox: `verdicts` say by hand what each test comes
to (of what is all or nothing, tests after a wrong one are SK for students), `said` what is printed on each sample where
it is not the right output. Tests run all of it wherever there is a sandbox.
"""

from dataclasses import dataclass
from typing import Any

from exams.content import Body, Content, Key, Kind, Text
from exams.models import CodeGroup, CodeSolution, Difficulty

EACH, ALL = CodeGroup.Rule.EACH, CodeGroup.Rule.ALL
MUST_FAIL = CodeSolution.Expects.FAIL


@dataclass(frozen=True, slots=True)
class DemoTests:
    """A group of tests, each an input with its right output; every one has so many `points`."""

    title: str
    tests: tuple[tuple[str, str], ...]
    points: int = 0
    rule: str = EACH

    @property
    def is_sample(self) -> bool:
        return not self.points


@dataclass(frozen=True, slots=True)
class DemoProgram:
    """A program and what it comes to: `verdicts` test by test, CE alone when it does not compile. `errors` is what it
    writes there on samples, or the compiler's message."""

    language: str
    source: str
    verdicts: str
    said: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    name: str = ""
    expects: str = CodeSolution.Expects.PASS


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A question by its `name`, with the suite its programs are judged by."""

    name: str
    topic: str
    en: str
    hi: str
    groups: tuple[DemoTests, ...]
    solutions: tuple[DemoProgram, ...]
    difficulty: Difficulty = Difficulty.MEDIUM
    languages: tuple[str, ...] = ("py", "c", "cpp", "java", "js")
    suite: tuple[tuple[str, Any], ...] = ()
    """Fields of its CodeSuite that are not the usual ones."""

    @property
    def content(self) -> Content:
        return Content(Kind.CODING, Body(Text(self.en, self.hi), languages=self.languages), Key())


def _lines(*pairs: tuple[int, int]) -> str:
    return "".join(f"{one} {other}\n" for one, other in pairs)


def _shifts(*pairs: tuple[int, int]) -> str:
    return f"{len(pairs)}\n{_lines(*pairs)}"


# --- The test that is over --------------------------------------------------------------------------------------------

_APART = [(10 * n, 10 * n + 5) for n in range(200)]
_CHAIN = [(5 * (n * 7 % 1500), 5 * (n * 7 % 1500) + 5) for n in range(1500)]
_NESTED = [(n, 3000 - n) for n in range(1500)]

MERGE = """import sys


def read():
    shifts = []
    for line in sys.stdin.read().splitlines()[1:]:
        start, end = map(int, line.split())
        shifts.append((start, end))
    return sorted(shifts)


def merged(shifts):
    kept = [list(shifts[0])]
    for start, end in shifts[1:]:
        if start <= kept[-1][1]:
            kept[-1][1] = max(kept[-1][1], end)
        else:
            kept.append([start, end])
    return kept


for start, end in merged(read()):
    print(start, end)
"""
MERGE_COPIED = """# Library hours
import sys


def join_all(slots):
    # the first slot opens the door
    out = [list(slots[0])]
    for a, b in slots[1:]:
        if a <= out[-1][1]:   # still open
            out[-1][1] = max(out[-1][1], b)
        else:
            out.append([a, b])
    return out


def take_input():
    # skip the first line
    result = []
    for row in sys.stdin.read().splitlines()[1:]:
        a, b = map(int, row.split())
        result.append((a, b))
    return sorted(result)


answer = take_input()
for a, b in join_all(answer):
    print(a, b)
"""
MERGE_UNSORTED = """n = int(input())
periods = []
for _ in range(n):
    start, end = map(int, input().split())
    if periods and start <= periods[-1][1]:
        periods[-1][1] = max(periods[-1][1], end)
    else:
        periods.append([start, end])
for start, end in periods:
    print(start, end)
"""
MERGE_SORTED = """n = int(input())
shifts = sorted(tuple(map(int, input().split())) for _ in range(n))
opened, closes = shifts[0]
for start, end in shifts:
    if start > closes:
        print(opened, closes)
        opened = start
    closes = max(closes, end)
print(opened, closes)
"""
MERGE_DEEP = """def solve(shifts, at, open_since, open_until):
    if at == len(shifts):
        print(open_since, open_until)
        return
    start, end = shifts[at]
    if start > open_until:
        print(open_since, open_until)
        solve(shifts, at + 1, start, end)
    else:
        solve(shifts, at + 1, open_since, max(open_until, end))


n = int(input())
all_shifts = []
for i in range(n):
    all_shifts.append([int(x) for x in input().split()])
all_shifts.sort()
solve(all_shifts, 1, all_shifts[0][0], all_shifts[0][1])
"""
MERGE_CPP = """#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

int main() {
    int n;
    if (scanf("%d", &n) != 1) return 1;
    std::vector<std::pair<int, int>> shifts(n);
    for (auto &shift : shifts)
        if (scanf("%d %d", &shift.first, &shift.second) != 2) return 1;
    std::sort(shifts.begin(), shifts.end());
    for (int i = 0; i < n;) {
        int last = shifts[i].second, j = i + 1;
        while (j < n && shifts[j].first <= last) last = std::max(last, shifts[j++].second);
        printf("%d %d\\n", shifts[i].first, last);
        i = j;
    }
}
"""
MERGE_JAVA = """import java.util.Arrays;
import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int n = in.nextInt();
        int[][] shifts = new int[n][2];
        for (int[] shift : shifts) {
            shift[0] = in.nextInt();
            shift[1] = in.nextInt();
        }
        Arrays.sort(shifts, (a, b) -> Integer.compare(a[0], b[0]));
        StringBuilder out = new StringBuilder();
        int from = shifts[0][0], to = shifts[0][1];
        for (int[] shift : shifts) {
            if (shift[0] > to) {
                out.append(from).append(' ').append(to).append('\\n');
                from = shift[0];
            }
            to = Math.max(to, shift[1]);
        }
        System.out.print(out.append(from).append(' ').append(to).append('\\n'));
    }
}
"""
MERGE_JS = """const lines = require("fs").readFileSync(0, "utf8").trim().split("\\n");
const shifts = lines.slice(1).map((line) => line.split(" ").map(Number));
shifts.sort();
const open = [];
for (const [start, end] of shifts) {
  const last = open[open.length - 1];
  if (last && start <= last[1]) last[1] = Math.max(last[1], end);
  else open.push([start, end]);
}
console.log(open.map((one) => one.join(" ")).join("\\n"));
"""
MERGE_C = """#include <stdio.h>

int main(void) {
    int n, start[2000], end[2000];
    scanf("%d", &n)
    for (int i = 0; i < n; i++)
        scanf("%d %d", &start[i], &end[i]);
    return 0;
}
"""
_RIGHT = "AC AC AC AC AC AC AC AC AC"
LIBRARY = DemoCode(
    "library",
    "Sorting",
    "The library is open whenever at least one volunteer minds it. The first line has the number of shifts $n$ "
    "($1 \\le n \\le 1500$), then each line has the first and the last minute of a shift. Print the periods in which "
    "the library is open, in order. Shifts that touch are one period.",
    "पुस्तकालय तब खुला रहता है जब कम से कम एक स्वयंसेवक वहाँ हो। पहली पंक्ति में "
    "पालियों की संख्या $n$ है ($1 \\le n \\le 1500$), फिर हर "
    "पंक्ति में एक पाली का पहला और अंतिम मिनट। वे अवधियाँ क्रम से छापिए जिनमें "
    "पुस्तकालय खुला है। जो पालियाँ छूती हैं वे एक ही अवधि हैं।",
    (
        DemoTests(
            "Samples",
            (
                (_shifts((540, 600), (600, 660), (700, 720)), _lines((540, 660), (700, 720))),
                (_shifts((700, 720), (540, 600)), _lines((540, 600), (700, 720))),
            ),
        ),
        DemoTests(
            "Few shifts",
            (
                (_shifts((0, 1)), _lines((0, 1))),
                (_shifts((10, 40), (5, 60), (20, 30)), _lines((5, 60))),
                (_shifts((1, 3), (2, 4), (6, 8), (7, 9)), _lines((1, 4), (6, 9))),
                (_shifts((100, 200), (20, 30)), _lines((20, 30), (100, 200))),
            ),
            10,
        ),
        DemoTests(
            "Many shifts",
            (
                (_shifts(*reversed(_APART)), _lines(*_APART)),
                (_shifts(*_CHAIN), _lines((0, 7500))),
                (_shifts(*_NESTED), _lines((0, 3000))),
            ),
            20,
            ALL,
        ),
    ),
    (
        DemoProgram("py", MERGE_SORTED, _RIGHT, name="right.py"),
        DemoProgram("cpp", MERGE_CPP, _RIGHT, name="right.cpp"),
        DemoProgram(
            "py", MERGE_UNSORTED, "AC WA AC WA AC WA WA WA AC", ("", "700 720\n"), name="unsorted.py", expects=MUST_FAIL
        ),
    ),
)
_DIGITS = "print(sum(int(digit) for digit in input().strip()))\n"
_DIGITS_RIGHT = "print(sum(int(digit) for digit in input() if digit.isdigit()))\n"
_DIGITS_LOOP = """number = abs(int(input()))
total = 0
while number > 0:
    total += number % 10
    number //= 10
print(total)
"""
DIGITS = DemoCode(
    "digits",
    "Lists and loops",
    "One whole number of up to 500 digits stands on a line, perhaps with a minus sign. Print the sum of its digits.",
    "एक पंक्ति में 500 अंकों तक का एक पूर्णांक है, शायद ऋण चिह्न के साथ। उसके अंकों का योग छापिए।",
    (
        DemoTests("Samples", (("123\n", "6\n"), ("-40\n", "4\n"))),
        DemoTests(
            "Numbers",
            (
                ("0\n", "0\n"),
                ("9" * 24 + "\n", "216\n"),
                ("-7\n", "7\n"),
                ("1" + "0" * 499 + "\n", "1\n"),
                ("12345678901234567890\n", "90\n"),
            ),
            20,
        ),
    ),
    (
        DemoProgram("py", _DIGITS_RIGHT, "AC AC AC AC AC AC AC", name="right.py"),
        DemoProgram("py", _DIGITS, "AC RE AC AC RE AC AC", ("", ""), name="no_minus.py", expects=MUST_FAIL),
    ),
    difficulty=Difficulty.EASY,
)
_TRACE = """Traceback (most recent call last):
  File "main.py", line 1, in <module>
    print(sum(int(digit) for digit in input().strip()))
ValueError: invalid literal for int() with base 10: '-'
"""
_WRONG_C = """main.c:5:20: error: expected ‘;’ before ‘for’
    5 |     scanf("%d", &n)
      |                    ^
      |                    ;
    6 |     for (int i = 0; i < n; i++)
      |     ~~~
"""
_DIGITS_WRITTEN = DemoProgram("py", _DIGITS, "AC RE AC AC RE AC AC", ("", ""), ("", _TRACE))
_DIGITS_OK = "AC AC AC AC AC AC AC"
SUBMITTED: dict[str, dict[str, tuple[DemoProgram, ...]]] = {
    "ananya": {
        "library": (
            DemoProgram("py", MERGE_UNSORTED, "AC WA AC WA AC WA WA SK SK", ("", "700 720\n")),
            DemoProgram("py", MERGE_SORTED, _RIGHT),
        ),
        "digits": (_DIGITS_WRITTEN, DemoProgram("py", _DIGITS_RIGHT, _DIGITS_OK)),
    },
    "arshad": {"library": (DemoProgram("cpp", MERGE_CPP, _RIGHT),), "digits": (_DIGITS_WRITTEN,)},
    "priyanka": {
        "library": (DemoProgram("py", MERGE, _RIGHT),),
        "digits": (DemoProgram("py", _DIGITS_LOOP, _DIGITS_OK),),
    },
    "peddireddy": {"library": (DemoProgram("java", MERGE_JAVA, _RIGHT),)},
    "harpreet": {
        "library": (DemoProgram("py", MERGE_COPIED, _RIGHT),),
        "digits": (DemoProgram("py", _DIGITS_LOOP, _DIGITS_OK),),
    },
    "joseph": {"library": (DemoProgram("py", MERGE_DEEP, "AC AC AC AC AC AC AC RE SK"),), "digits": (_DIGITS_WRITTEN,)},
    "kavya": {
        "library": (DemoProgram("js", MERGE_JS, "AC AC AC WA AC WA WA SK SK"),),
        "digits": (DemoProgram("py", _DIGITS_RIGHT, _DIGITS_OK),),
    },
    "chandralekha": {"library": (DemoProgram("c", MERGE_C, "CE", errors=(_WRONG_C,)),)},
}
"""By student and question, in the order in which they were submitted. Harpreet's is Priyanka's with other names."""
