"""One job: which verdict a program gets on each of its tests."""

from typing import Any

import pytest

from exams.sandbox import judging
from exams.sandbox.bwrap import BubblewrapRunner
from exams.sandbox.judging import judge
from exams.sandbox.protocol import Checker, Compare, Job, Limits, Trial, Verdict
from exams.sandbox.runner import MIB, Outcome, Runner, Status
from tests.exams.sandbox.programs import BROKEN, ENDINGS, Heard, Told, each_language, job, require, require_sandbox

pytestmark = pytest.mark.apart

# Enough for its start, little for what never ends; Java's machine alone takes a tenth of a second.
SHORT = {"py": 150, "c": 100, "cpp": 100, "java": 500, "js": 250}


@pytest.fixture
def runner():
    require_sandbox()
    return BubblewrapRunner()


def heard(asked: Job, runner: Runner) -> Heard:
    found = Heard()
    judge(asked, runner, found)
    return found


def compared(checker: str, *, runner: Runner, source: str = "", tests: int = 1, language: str = "py") -> Heard:
    """A program that writes `42` on tests that expect `42`, judged by an author's program."""
    compare = Compare(Checker.CUSTOM, language=language, source=checker)
    trials = tuple(Trial(str(number), b"right", b"42\n") for number in range(tests))
    return heard(Job("py", source or "print(42)", trials, compare=compare), runner)


@each_language
def test_right_wrong_slow_crashing_greedy_and_loud_programs_get_their_verdicts(language, runner):
    """As an editor of Windows keeps them: with the mark of byte order and CR before each LF."""
    require(language)
    source = "\ufeff" + ENDINGS[language].replace("\n", "\r\n")
    limits = Limits(cpu_ms=SHORT[language], memory_bytes=64 * MIB, output_bytes=64 * 1024)
    found = heard(
        job(language, "right", "wrong", "slow", "crash", "greedy", "much", limits=limits, source=source), runner
    )
    assert found.compiled[0].ok, found.compiled
    assert found.verdicts == "AC WA TLE RE MLE OLE"
    right, wrong, slow, crash, greedy, much = found.ran
    assert (right.score, right.exit_code, right.stdout.strip()) == (1, 0, b"42")
    assert (wrong.score, wrong.stdout.strip()) == (0, b"41")
    assert slow.cpu_ms >= SHORT[language]
    assert crash.exit_code or crash.signal
    assert greedy.memory_bytes > 40 * MIB
    assert much.stdout_bytes > 64 * 1024


def test_what_does_not_compile_is_run_on_nothing(runner):
    require("c")
    found = heard(job("c", "right", source=BROKEN["c"]), runner)
    assert [one.ok for one in found.compiled] == [False]
    assert found.ran == []


def test_a_function_is_run_within_its_frame_and_errors_name_its_lines(runner):
    require("py")
    frame = ("import math\n", "\nprint(f(int(input())))\n")
    trials = (Trial("1", b"6", b"42"), Trial("2", b"0", b"0"))
    found = heard(Job("py", "def f(x):\n    return 42 * x // x - 0 * math.pi", trials, frame=frame), runner)
    assert found.verdicts == "WA RE"
    assert b'File "main.py", line 2, in f' in found.ran[1].stderr


def test_300_megabytes_of_output_are_stopped_and_little_of_them_is_kept(runner):
    require("c")
    found = heard(job("c", "much", "raw", "right"), runner)
    assert found.verdicts == "OLE WA AC"
    assert found.ran[0].stdout == b"xxxxxxx\n" * (64 * 1024 // 8)
    assert found.ran[1].stdout == b"\xff\x00\xfe"


def test_without_an_answer_there_is_nothing_but_how_it_ended(runner):
    require("py")
    found = heard(Job("py", "print(int(input()))", (Trial("a", b"7"), Trial("b", b"x"))), runner)
    assert found.verdicts == "OK RE"
    assert found.ran[0].score == 0


CHECKER = """\
import sys
data = sys.stdin.buffer
sizes = list(map(int, data.readline().split()))
asked, found, wanted = (data.read(size) for size in sizes)
assert (asked, wanted, data.read()) == (b"right", b"42\\n", b"")
print(0.5 if found == b"42\\n" else 0, "half of it")
"""


def test_an_authors_checker_scores_and_says_why(runner):
    require("py")
    found = compared(CHECKER, runner=runner, tests=2)
    assert found.verdicts == "PA PA"
    assert (found.ran[0].score, found.ran[0].message) == (0.5, "half of it")


@pytest.mark.parametrize(
    ("checker", "detail"),
    [
        ("def", "the checker does not compile: "),
        ("import sys; sys.exit(1)", "the checker ended with RE"),
        ("print(2)", "not from 0 to 1"),
        ("pass", "wrote no score"),
        ("print('1' * 1_000_000)", "the checker ended with OLE"),
    ],
)
def test_a_checker_that_fails_costs_the_student_nothing(checker, detail, runner):
    require("py")
    found = compared(checker, runner=runner)
    assert found.compiled[0].ok
    assert found.verdicts == "SE"
    assert detail in found.ran[0].detail


def test_a_checker_in_a_language_that_is_not_there_is_our_fault(runner):
    require("py")
    assert compared("1", runner=runner, language="perl").verdicts == "SE"


def ended(status: Status, cpu_ms: int = 10, stdout: bytes = b"42\n", **more: Any) -> Outcome:
    exits = 0 if status is Status.OK else None
    return Outcome(status, exits, cpu_ms=cpu_ms, stdout=stdout, stdout_bytes=len(stdout), **more)


def told(*outcomes: Outcome, tests: int = 1, language: str = "c", **more: Any) -> tuple[Heard, Told]:
    """A job with limits of 1000 ms whose compiler and program end as told."""
    require("c")
    runner = Told(ended(Status.OK), *outcomes)
    trials = tuple(Trial(str(number), answer=b"42") for number in range(tests))
    return heard(Job("c", "int x;", trials, Limits(cpu_ms=1_000), **more), runner), runner


@pytest.mark.parametrize(
    ("outcomes", "verdict", "cpu_ms"),
    [
        ([ended(Status.OK, 1_000)], Verdict.AC, 1_000),
        ([ended(Status.OK, 1_001), ended(Status.OK, 900)], Verdict.AC, 900),  # only just too slow: another try
        ([ended(Status.OK, 1_400), ended(Status.OK, 1_200)], Verdict.TLE, 1_200),
        ([ended(Status.OK, 1_200), ended(Status.OK, 1_400)], Verdict.TLE, 1_200),
        ([ended(Status.OK, 1_200), ended(Status.SE, 0)], Verdict.SE, 0),  # he did not have it
        ([ended(Status.OK, 1_200), ended(Status.OK, 900, b"41")], Verdict.WA, 900),
        ([ended(Status.RE, 1_200), ended(Status.RE, 900)], Verdict.RE, 900),
        ([ended(Status.TLE, 1_520)], Verdict.TLE, 1_520),  # it did not end within half as much again
        ([ended(Status.TLE, 5, wall_ms=6_000)], Verdict.TLE, 5),  # it sleeps
        ([ended(Status.TLE, 700, wall_ms=6_000), ended(Status.OK, 700)], Verdict.AC, 700),  # the machine was busy
        ([ended(Status.MLE, 1_200)], Verdict.MLE, 1_200),
        ([ended(Status.OLE, 1_200)], Verdict.OLE, 1_200),
        ([ended(Status.SE, 0, detail="bwrap said no")], Verdict.SE, 0),
    ],
)
def test_the_better_of_two_runs_counts_when_the_first_was_only_just_too_slow(outcomes, verdict, cpu_ms):
    found, runner = told(*outcomes)
    assert (found.ran[0].verdict, found.ran[0].cpu_ms) == (verdict, cpu_ms)
    assert runner.outcomes == []


def test_a_run_may_go_on_to_half_as_much_again_so_that_it_is_known_how_slow_it_is():
    _found, runner = told(ended(Status.OK))
    bounds = runner.asked[-1]["bounds"]
    assert (bounds.cpu_ms, bounds.wall_ms, bounds.memory_bytes) == (1_500, 6_000, 256 * MIB)


@pytest.mark.parametrize(("language", "factor", "extra"), [("py", 3, 0), ("java", 2, 384), ("js", 2, 128)])
def test_a_language_has_more_time_and_its_machine_memory_of_its_own(language, factor, extra):
    require(language)
    runner = Told(ended(Status.OK), ended(Status.OK))
    heard(Job(language, "class A {}", (Trial("1"),), Limits(cpu_ms=1_000)), runner)
    bounds = runner.asked[-1]["bounds"]
    assert (bounds.cpu_ms, bounds.wall_ms) == (1_500 * factor, 3_000 * factor + 3_000)
    assert bounds.memory_bytes == (256 + extra) * MIB
    assert bounds.is_address_space is (extra == 0)


def test_after_a_test_that_is_not_right_the_rest_of_its_group_is_skipped():
    wrong = ended(Status.OK, stdout=b"41")
    groups = {"0": "small", "1": "small", "2": "small", "4": "large"}
    found, _runner = told(ended(Status.OK), wrong, ended(Status.OK), wrong, tests=5, stop_groups=groups)
    assert found.verdicts == "AC WA SK AC WA"


def test_what_does_not_fit_into_the_time_of_a_job_is_skipped(monkeypatch):
    monkeypatch.setattr(judging, "BUDGET_MS", -1)
    found, _runner = told(tests=2)
    assert found.verdicts == "SK SK"
    assert "no time left" in found.ran[0].detail


def test_a_tolerance_that_is_none_is_the_authors_fault():
    found, _runner = told(ended(Status.OK), compare=Compare(Checker.FLOAT, tolerance="much"))
    assert found.verdicts == "SE"


def test_only_so_much_is_kept_as_is_shown():
    found, runner = told(ended(Status.OK, stdout=b"4" * 100_000, stderr=b"e" * 10_000))
    assert (len(found.ran[0].stdout), len(found.ran[0].stderr)) == (64 * 1024, 4 * 1024)
    assert runner.asked[-1]["bounds"].kept_bytes == Limits().output_bytes
