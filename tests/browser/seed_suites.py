"""A coding question whose tests are written: three groups, right solutions and wrong ones, judged once."""

from typing import Any

from django.utils import timezone

from exams.judge import points as judge_points
from exams.judge import suites
from exams.models import CodeSuite, Judgement, Question
from exams.sandbox.protocol import Verdict
from tests.browser import seed_exams
from tests.exams import coded, papers

STATEMENT = "Chapters before the exam"
PROGRAM = "n, k = map(int, input().split())\nprint(n)\n"


def main() -> None:
    batch = seed_exams.people_and_batch()
    question = coded.a_coding_question(STATEMENT)
    suite = coded.a_suite(question, _cases(), ready=False, checker="tokens", cpu_ms=1000)
    for name, language, expects, note in (
        ("window.cpp", "cpp", "PASS", ""),
        ("window.py", "py", "PASS", ""),
        ("every_pair.cpp", "cpp", "FAIL", "slow on purpose"),
        ("greedy.py", "py", "FAIL", "wrong on purpose: परीक्षा से पहले के अध्याय बहुत लंबा नाम"),
    ):
        row = coded.a_solution(suite, PROGRAM, name=name, language=language, expects=expects)
        row.note = note
        row.save()
    CodeSuite.objects.filter(pk=suite.pk).update(state="CHECKING")
    judge(suite)
    used = coded.a_coding_question("Add two numbers")
    coded.a_solution(coded.a_suite(used), coded.ADD)
    papers.place(papers.section(papers.exam("Programming 1", batch=batch), "Programs"), used, question)


def _cases() -> list[coded.Case]:
    small: dict[str, Any] = {"group": "Small, n ≤ 1000", "points": "5"}
    large: dict[str, Any] = {"group": "Large", "points": "7.50", "rule": "ALL"}
    numbers = " ".join(str(one % 997) for one in range(20_000))
    return [
        coded.sample("6 10\n3 1 4 2 5 1\n", "4\n", explanation="Chapters 2 to 5 take ten hours."),
        coded.sample("3 2\n5 7 3\n", "0\n"),
        coded.Case("1000 7\n1 2 3\n", "113\n", **small),
        coded.Case("1000 0\n0 0 0\n", "1000\n", name="all zero", **small),
        coded.Case("1 0\n7\n", "0\n", name="one chapter, too long", **small),
        *(coded.Case(f"{one} 3\n", f"{one}\n", **small) for one in range(6, 11)),
        coded.Case(f"20000 1\n{numbers}\n", "41208\n", **large),
        coded.Case(f"20000 2\n{numbers}\n", "200000\n", name="k above the whole sum", **large),
        coded.Case(f"20000 3\n{numbers}\n", "99871\n" * 30, name="परीक्षा से पहले के अध्याय: योग 32 बिट से बड़ा", **large),
        *(coded.Case(f"{one} 9\n", f"{one}\n", **large) for one in range(14, 19)),
    ]


def judge(suite: CodeSuite, *, lets_through: bool = True) -> None:
    """As if the judge had run its solutions: the slow one is too slow, the greedy one passes or not."""
    Judgement.objects.filter(solution__suite=suite).delete()
    tests = list(suite.tests.select_related("group").order_by("position"))
    for solution in suite.solutions.all():
        said = [_said(solution.name, at, len(tests), lets_through) for at in range(1, len(tests) + 1)]
        weighed = [judge_points.Weighed(one.points, one.group_id, one.group.rule == "ALL") for one in tests]
        points = judge_points.reckon(weighed, [judge_points.Scored(Verdict(one), 0) for one, _ms in said])
        rows = [
            {"test": test.pk, "number": at, "verdict": verdict, "cpu_ms": ms, "memory_bytes": 9_000_000, "points": "0"}
            for at, (test, (verdict, ms)) in enumerate(zip(tests, said, strict=True), start=1)
        ]
        Judgement.objects.create(
            solution=solution,
            suite=suite,
            state="COMPLETE",
            verdict=points.verdict,
            points=points.points,
            most=points.most,
            tests=rows,
            cpu_ms=max(ms for _verdict, ms in said),
            finished_at=timezone.now(),
        )
    suites.decide(suite)


def judge_question(statement: str = STATEMENT, *, lets_through: bool = False) -> None:
    """For a walk: the draft of that question that is being checked."""
    question = Question.objects.get(newest__plain__startswith=statement)
    judge(CodeSuite.objects.get(question=question, state="CHECKING"), lets_through=lets_through)


def _said(name: str, at: int, count: int, lets_through: bool) -> tuple[str, int]:
    """Verdict and CPU time in ms of a solution on the test at that place."""
    is_large = at > 10
    match name:
        case "every_pair.cpp":
            return ("TLE", 1010) if is_large else ("AC", 20)
        case "greedy.py":
            return ("AC", 30) if lets_through or at != 5 else ("WA", 20)
        case "window.py":
            return "AC", 310 if at == count else 190 if is_large else 20
    return "AC", 70 if is_large else 10
