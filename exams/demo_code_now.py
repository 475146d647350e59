"""The coding questions a visitor of the demo institute can answer at once: a function, all-or-nothing groups, and
numbers within a tolerance. As `exams.demo_code`."""

from exams.demo_code import ALL, MUST_FAIL, DemoCode, DemoProgram, DemoTests
from exams.models import CodeSuite, Difficulty

_SECOND_START = '''def second_largest(values):
    """The second largest of the different numbers in `values`, or -1 when there is none."""
    return -1
'''
_SECOND_START_CPP = """// The second largest of the different numbers in values, or -1 when there is none.
int second_largest(const std::vector<int> &values) {
    return -1;
}
"""
_SECOND_FRAMES = {
    "py": {
        "before": "",
        "start": _SECOND_START,
        "after": '\nif __name__ == "__main__":\n    print(second_largest([int(word) for word in input().split()]))\n',
    },
    "cpp": {
        "before": "#include <algorithm>\n#include <iostream>\n#include <set>\n#include <vector>\n",
        "start": _SECOND_START_CPP,
        "after": (
            "int main() {\n    std::vector<int> values;\n"
            "    for (int value; std::cin >> value;) values.push_back(value);\n"
            "    std::cout << second_largest(values) << std::endl;\n}\n"
        ),
    },
}
SECOND = DemoCode(
    "second largest",
    "Functions",
    "Write the function `second_largest`: of the different numbers in a list it gives the second largest, or $-1$ when "
    "there is none. Reading and printing is done for you; no number is negative.",
    "फलन `second_largest` लिखिए: सूची की भिन्न संख्याओं में से वह दूसरी सबसे बड़ी "
    "देता है, और न हो तो $-1$। पढ़ना और छापना आपके लिए हो चुका है; "
    "कोई संख्या ऋणात्मक नहीं है।",
    (
        DemoTests("Samples", (("3 9 4\n", "4\n"), ("5 5\n", "-1\n"))),
        DemoTests("Short lists", (("7\n", "-1\n"), ("1 2\n", "1\n"), ("8 8 6 6 2\n", "6\n"), ("0 1\n", "0\n")), 10),
        DemoTests(
            "Long lists",
            ((" ".join(map(str, range(1000))) + "\n", "998\n"), ("5 " * 1000 + "4\n", "4\n")),
            30,
            ALL,
        ),
    ),
    (
        DemoProgram(
            "py",
            "def second_largest(values):\n    several = sorted(set(values))\n"
            "    return several[-2] if len(several) > 1 else -1\n",
            "AC AC AC AC AC AC AC AC",
            name="right.py",
        ),
        DemoProgram(
            "cpp",
            "int second_largest(const std::vector<int> &values) {\n"
            "    std::set<int> several(values.begin(), values.end());\n"
            "    return several.size() > 1 ? *std::next(several.rbegin()) : -1;\n}\n",
            "AC AC AC AC AC AC AC AC",
            name="right.cpp",
        ),
        DemoProgram(
            "py",
            "def second_largest(values):\n    return sorted(values)[-2]\n",
            "AC WA RE AC WA AC AC WA",
            ("", "5\n"),
            name="equal_ones.py",
            expects=MUST_FAIL,
        ),
    ),
    difficulty=Difficulty.EASY,
    languages=("py", "cpp"),
    suite=(("style", CodeSuite.Style.FUNCTION), ("frames", _SECOND_FRAMES)),
)
BRACKETS = DemoCode(
    "brackets",
    "Recursion",
    "A line has only brackets: round, square and curly ones. Print `yes` when every bracket is closed by its own kind "
    "in the right order, else `no`. The line has at most 4000 signs.",
    "एक पंक्ति में केवल कोष्ठक हैं: गोल, वर्ग और धनु। यदि हर कोष्ठक अपने ही प्रकार से सही "
    "क्रम में बंद होता है तो `yes` छापिए, नहीं तो `no`। पंक्ति में "
    "अधिक से अधिक 4000 चिह्न हैं।",
    (
        DemoTests("Samples", (("([]{})\n", "yes\n"), ("(]\n", "no\n"))),
        DemoTests("Only round ones", (("(()())\n", "yes\n"), ("())(\n", "no\n")), 20, ALL),
        DemoTests(
            "All kinds", (("([)]\n", "no\n"), ("(" * 2000 + ")" * 2000 + "\n", "yes\n"), ("}\n", "no\n")), 20, ALL
        ),
    ),
    (
        DemoProgram(
            "py",
            "pairs = {')': '(', ']': '[', '}': '{'}\nopened = []\nis_right = True\nfor sign in input():\n"
            "    if sign not in pairs:\n        opened.append(sign)\n"
            "    elif not opened or opened.pop() != pairs[sign]:\n        is_right = False\n        break\n"
            "print('yes' if is_right and not opened else 'no')\n",
            "AC AC AC AC AC AC AC",
            name="right.py",
        ),
        DemoProgram(
            "py",
            "line = input()\nsame = all(line.count(one) == line.count(other) for one, other in ('()', '[]', '{}'))\n"
            "print('yes' if same else 'no')\n",
            "AC AC AC WA WA AC AC",
            name="only_counts.py",
            expects=MUST_FAIL,
        ),
    ),
)
_ZIGZAG = "1000\n" + "".join(f"{n} {n % 2}\n" for n in range(1000))
DISTANCE = DemoCode(
    "distance",
    "Lists and loops",
    "A surveyor walks straight from point to point. The first line has the number of points $n$, then each line has "
    "$x$ and $y$ of one, in metres. Print how far the surveyor walks; an error of $10^{-6}$ is forgiven.",
    "एक सर्वेक्षक एक बिंदु से दूसरे तक सीधा चलता है। पहली पंक्ति में बिंदुओं की संख्या $n$ "
    "है, फिर हर पंक्ति में एक के $x$ और $y$ मीटर में। छापिए कि वह कितना "
    "चलता है; $10^{-6}$ की त्रुटि क्षमा है।",
    (
        DemoTests("Samples", (("3\n0 0\n3 4\n3 4\n", "5.0\n"), ("2\n1 1\n2 2\n", "1.414213562\n"))),
        DemoTests(
            "Walks",
            (
                ("1\n7 7\n", "0\n"),
                ("2\n-1 0\n1 0\n", "2\n"),
                ("4\n0 0\n0 1\n1 1\n1 0\n", "3\n"),
                ("2\n0 0\n1000000 1000000\n", "1414213.562373095\n"),
                (_ZIGZAG, "1412.799348810722\n"),
            ),
            20,
        ),
    ),
    (
        DemoProgram(
            "py",
            "import math\n\nn = int(input())\npoints = [tuple(map(int, input().split())) for _ in range(n)]\n"
            "print(sum(math.dist(one, other) for one, other in zip(points, points[1:])))\n",
            "AC AC AC AC AC AC AC",
            ("5.0\n", "1.4142135623730951\n"),
            name="right.py",
        ),
        DemoProgram(
            "py",
            "n = int(input())\npoints = [tuple(map(int, input().split())) for _ in range(n)]\n"
            "print(sum(abs(a - c) + abs(b - d) for (a, b), (c, d) in zip(points, points[1:])))\n",
            "WA WA AC AC AC WA WA",
            ("7\n", "2\n"),
            name="round_corners.py",
            expects=MUST_FAIL,
        ),
    ),
    suite=(("checker", CodeSuite.Checker.FLOAT), ("tolerance", "1e-6")),
)
