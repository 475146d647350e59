"""A test with programs for the walks of the coding question: one the judge marks, one people mark, one of choices."""

from typing import Any

from accounts.models import User
from exams.content import Body, Content, Kind, Text
from exams.models import CodeRules, Question
from tests.browser.seed_exams import login_of, number_of, people_and_batch
from tests.exams import coded, papers

TITLES = ("Coding desk", "Coding phone", "Coding without script", "Coding offline")
CHAPTERS = (
    "A book has $n$ chapters. Chapter $i$ takes $t_i$ minutes. Farhan has $k$ minutes, opens the book anywhere and "
    "reads chapters one after another, without skipping any. How many can he finish at most?\n\n"
    "**Input:** $n$ and $k$, then $t_1, \\ldots, t_n$. **Output:** one number.\n\n"
    "**Limits:** $1 \\le n \\le 2 \\cdot 10^5$, $0 \\le t_i \\le 10^9$, $0 \\le k \\le 10^{14}$"
)
CHAPTERS_HI = "एक पुस्तक में $n$ अध्याय हैं। फ़रहान के पास $k$ मिनट हैं। वह लगातार अधिक से अधिक कितने अध्याय पढ़ सकता है?"
RIGHT = """import sys


def main():
    data = sys.stdin.buffer.read().split()
    n, k = int(data[0]), int(data[1])
    t = list(map(int, data[2 : 2 + n]))

    # window t[left..right], never longer than k minutes
    best = left = total = 0
    for right, minutes in enumerate(t):
        total += minutes
        while total > k:
            total -= t[left]
            left += 1
        best = max(best, right - left + 1)
    print(best)


main()
"""
WRONG = RIGHT.replace("right - left + 1)", "right - left)")
START = "import sys\n\n\ndef main():\n    data = sys.stdin.buffer.read().split()\n\n\nmain()\n"


def main() -> None:
    batch = people_and_batch()
    judged, read = _judged(), _read()
    for number, title in enumerate(TITLES):
        test = papers.exam(title, batch=batch, uuid=number_of(title), shuffles_questions=False, shuffles_options=False)
        CodeRules.objects.create(test=test, pause_s=0)
        part = papers.section(test, "Programs", title_hi="प्रोग्राम")
        papers.place(part, papers.question(Kind.SINGLE, "Which of these sorts in place?"), judged, read)
        papers.attempt(test, _writer(number), device_id=None, uuid=number_of(f"attempt {title}"))


def _writer(number: int) -> User:
    return User.objects.get(admission_number=login_of(number))


def _judged() -> Question:
    body = Body(Text(CHAPTERS, CHAPTERS_HI), languages=("py", "cpp", "java"))
    question = papers.question_of(Content(Kind.CODING, body))
    small: dict[str, Any] = {"group": "n ≤ 1000", "points": "5"}
    large: dict[str, Any] = {"group": "Large tests", "points": "7.5", "rule": "ALL"}
    tests = [
        coded.sample("6 10\n3 1 4 2 5 1\n", "4\n", explanation="3 + 1 + 4 + 2 = 10 minutes."),
        coded.sample("3 2\n5 7 3\n", "0\n", explanation="Every chapter is too long."),
        *(coded.Case(f"{n} {n}\n{'1 ' * n}\n", f"{n}\n", **small) for n in range(1, 9)),
        *(coded.Case(f"3 {n}\n0 0 {n + 1}\n", "2\n", **large) for n in range(8)),
    ]
    frames = {"py": {"start": START}, "cpp": {"start": "#include <bits/stdc++.h>\nusing namespace std;\n"}}
    coded.a_suite(question, tests, frames=frames, cpu_ms=1000)
    return question


def _read() -> Question:
    return coded.a_coding_question("Say in a program of your own what a stack is.")
