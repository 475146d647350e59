"""Whether a suite may be used: what it lacks before it can be checked, and what the judge said of its solutions.

Right solutions must get AC on every test, wrong ones must run and miss one. What a solution came to is kept test by
test: a result of a test that was changed since does not count, its row is another one.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from exams import papers
from exams.content import Kind
from exams.models import CodeSolution, CodeSuite, CodeTest, Judgement, JudgeState, Question, Test
from exams.models.coding import LANGUAGES as NAMES
from exams.models.coding import MOST_CPU_MS, MOST_MEMORY_MB
from exams.sandbox.languages import LANGUAGES
from exams.sandbox.protocol import MOST_INPUT, MOST_INPUTS, MOST_SOURCE, MOST_TESTS, Verdict

OPEN = frozenset({JudgeState.PENDING, JudgeState.RUNNING, JudgeState.WAITING})
LEAST_TIMES, WANTED_TIMES, LEAST_SUGGESTED_MS = 2, 3, 1_000
"""The time limit is at least so often what the slowest right solution needed, and better so often."""
LEAST_TOLERANCE = Decimal("1e-15")
"""Less than that no two numbers of a program differ by, unless they are the same."""
_SAY_NOTHING = frozenset({Verdict.SE, Verdict.SK})
LANGUAGE_NAMES: Mapping[str, str] = dict(NAMES)


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a suite from being checked, in words; `part` is where on its page it is put right."""

    words: str
    part: str = "tests"


@dataclass(frozen=True)
class Judged:
    """What a solution came to: its newest judgement (None: never asked), seen by the tests there are now."""

    solution: CodeSolution
    judgement: Judgement | None
    tests: Sequence[int]

    @cached_property
    def by_test(self) -> dict[int, dict[str, Any]]:
        """By the numbers of the tests' rows, in their order; only of those there still are, as they count now."""
        found = {one.get("test"): one for one in self.judgement.tests} if self.judgement else {}
        return {pk: found[pk] | {"number": at} for at, pk in enumerate(self.tests, start=1) if pk in found}

    @property
    def is_open(self) -> bool:
        return self.judgement is not None and self.judgement.state in OPEN

    @property
    def is_complete(self) -> bool:
        """It was judged on every test there is."""
        if self.judgement is None or self.judgement.state != JudgeState.COMPLETE:
            return False
        return self.verdict == Verdict.CE or len(self.by_test) == len(self.tests)

    @property
    def verdict(self) -> str:
        """The headline of its judgement, "" before there is one."""
        is_done = self.judgement is not None and self.judgement.state == JudgeState.COMPLETE
        return self.judgement.verdict if self.judgement and is_done else ""

    @cached_property
    def right_count(self) -> int:
        return sum(one["verdict"] == Verdict.AC for one in self.by_test.values())

    @property
    def is_right(self) -> bool:
        return self.is_complete and self.verdict != Verdict.CE and self.right_count == len(self.tests)

    @property
    def is_as_wanted(self) -> bool:
        """A wrong solution has to run: one that does not compile, or that the judge could not run, says nothing."""
        if self.solution.expects == CodeSolution.Expects.PASS:
            return self.is_right
        return self.is_complete and not self.is_right and self.verdict not in {Verdict.CE, *_SAY_NOTHING}

    @cached_property
    def slowest_ms(self) -> int:
        """CPU time of its slowest test, 0 when none was run."""
        return max((int(one.get("cpu_ms") or 0) for one in self.by_test.values()), default=0)

    @property
    def needed_ms(self) -> float:
        """The same before the language's factor: what the suite's limit is compared with."""
        return self.slowest_ms / LANGUAGES[self.solution.language].factor


def judged(suite: CodeSuite) -> list[Judged]:
    """All its solutions in order, each with what it came to. Three queries."""
    tests = list(suite.tests.order_by("position", "pk").values_list("pk", flat=True))
    newest: dict[int | None, Judgement] = {}
    for one in Judgement.objects.filter(suite=suite, solution__suite=suite).order_by("pk"):
        one.suite = suite
        newest[one.solution_id] = one
    solutions = suite.solutions.select_related("created_by").order_by("expects", "name", "pk")
    right_first = sorted(solutions, key=lambda one: one.expects != CodeSolution.Expects.PASS)
    return [Judged(one, newest.get(one.pk), tests) for one in right_first]


def needed_ms(found: Sequence[Judged]) -> float:
    """What the slowest right solution needed before the language's factor; 0 when none was judged right."""
    right = (one for one in found if one.solution.expects == CodeSolution.Expects.PASS and one.right_count)
    return max((one.needed_ms for one in right), default=0.0)


def suggested_ms(needed: float) -> int:
    """A limit that leaves room, in full tenths of a second."""
    return min(max(LEAST_SUGGESTED_MS, math.ceil(WANTED_TIMES * needed / 100) * 100), MOST_CPU_MS)


def is_too_low(cpu_ms: int, needed: float) -> bool:
    """A limit that right solutions only just keep makes verdicts a matter of luck. What needs a few ms never does."""
    return cpu_ms < LEAST_TIMES * needed


# --- Before it is checked ---------------------------------------------------------------------------------------------


def problems_of(suite: CodeSuite) -> list[Problem]:
    """What it lacks, in the order in which one would put it right. Four queries."""
    tests = list(suite.tests.select_related("group"))
    solutions = list(suite.solutions.all())
    return [
        *_of_tests(suite, tests),
        *_of_compare(suite),
        *_of_limits(suite),
        *_of_frames(suite, solutions),
        *_of_solutions(solutions),
    ]


def _of_tests(suite: CodeSuite, tests: Sequence[CodeTest]) -> Iterator[Problem]:
    if not tests:
        yield Problem(_("Add at least one test."))
        return
    if len(tests) > MOST_TESTS:
        yield Problem(_("A question has %(most)d tests at most.") % {"most": MOST_TESTS})
    hidden = [one for one in tests if not one.group.is_sample]
    if hidden and not sum((one.points for one in tests), Decimal(0)):
        yield Problem(_("Give points to the hidden tests: all have none."))
    yield from _of_sizes(suite)


def _of_sizes(suite: CodeSuite) -> Iterator[Problem]:
    sizes = suite.tests.values_list("position", "stdin__size_bytes", "answer__size_bytes")
    for number, stdin, answer in sizes:
        if max(stdin, answer) > MOST_INPUT:
            yield Problem(_("Test %(number)d is too large: 8 MB are the most.") % {"number": number})
        if not answer and suite.checker != CodeSuite.Checker.CUSTOM:
            yield Problem(_("Test %(number)d has no output that is right.") % {"number": number})
    if total_bytes(suite) > MOST_INPUTS:
        yield Problem(_("All tests together are too large: 64 MB are the most."))


def total_bytes(suite: CodeSuite) -> int:
    """Inputs and outputs of all its tests. One query."""
    found = suite.tests.aggregate(stdin=Sum("stdin__size_bytes"), answer=Sum("answer__size_bytes"))
    return (found["stdin"] or 0) + (found["answer"] or 0)


def _of_compare(suite: CodeSuite) -> Iterator[Problem]:
    if suite.checker == CodeSuite.Checker.CUSTOM and not (suite.checker_source.strip() and suite.checker_language):
        yield Problem(_("Write your own checker, or choose another way to compare."), "compare")
    if suite.checker == CodeSuite.Checker.FLOAT and not tolerance_of(suite.tolerance):
        yield Problem(_("Say how far a number may be off, like 1e-6."), "compare")


def tolerance_of(typed: str) -> Decimal | None:
    """A tolerance as people write it: from LEAST_TOLERANCE and below 1; None for anything else."""
    try:
        found = Decimal(typed.strip()) if typed.isascii() and "_" not in typed else None
    except ArithmeticError:
        return None
    return found if found is not None and found.is_finite() and LEAST_TOLERANCE <= found < 1 else None


def _of_limits(suite: CodeSuite) -> Iterator[Problem]:
    if not 100 <= suite.cpu_ms <= MOST_CPU_MS or not 16 <= suite.memory_mb <= MOST_MEMORY_MB:
        yield Problem(_("A limit is over what the judge allows."), "limits")


def _of_frames(suite: CodeSuite, solutions: Sequence[CodeSolution]) -> Iterator[Problem]:
    if suite.style != CodeSuite.Style.FUNCTION:
        return
    wanted = {*languages_of(suite.question), *(one.language for one in solutions)}
    for name in (one for one in LANGUAGES if one in wanted):
        frame = suite.frames.get(name) or {}
        if not (frame.get("before", "").strip() or frame.get("after", "").strip()):
            words = _("Write the code around the function for %(language)s, or take the language out of the question.")
            yield Problem(words % {"language": LANGUAGE_NAMES[name]}, "style")


def _of_solutions(solutions: Sequence[CodeSolution]) -> Iterator[Problem]:
    if not any(one.expects == CodeSolution.Expects.PASS for one in solutions):
        yield Problem(_("Add at least one solution that must pass all tests."), "solutions")
    for one in solutions:
        if why := why_unfit(one.source):
            yield Problem(f"{one.name}: {why}", "solutions")


def why_unfit(source: str) -> str:
    """In words what is wrong with a program as text, "" when it can be judged."""
    if not source.strip():
        return _("The program is empty.")
    if "\0" in source:
        return _("The program holds a NUL character.")
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        return _("The program holds halves of characters.")
    return _("The program is longer than 64 KB.") if size > MOST_SOURCE else ""


def languages_of(question: Question) -> tuple[str, ...]:
    """In which its programs may be written, as its newest version says."""
    is_coding = question.kind == Kind.CODING and question.newest is not None
    return tuple(question.newest.body.get("languages") or ()) if is_coding and question.newest else ()


# --- After its solutions were judged ----------------------------------------------------------------------------------


def decide(suite: CodeSuite) -> None:
    """Once all its solutions are judged: READY when each did what is wanted of it, else DRAFT again.

    For the judge, within the transaction that finishes a judgement. Does nothing while one is still open, or when
    nobody waits for it any more.
    """
    with transaction.atomic():
        locked = CodeSuite.objects.select_for_update(of=("self",)).select_related("question").get(pk=suite.pk)
        found = judged(locked)
        if locked.state != CodeSuite.State.CHECKING or any(one.is_open for one in found):
            return
        locked.revision += 1
        if found and all(one.is_as_wanted for one in found) and not is_too_low(locked.cpu_ms, needed_ms(found)):
            locked.state, locked.ready_at = CodeSuite.State.READY, timezone.now()
            renew_papers(locked.question, now=locked.ready_at)
        else:
            locked.state = CodeSuite.State.DRAFT
        locked.save(update_fields=["state", "ready_at", "revision"])
        event = "bank.tests_used" if locked.state == CodeSuite.State.READY else "bank.tests_failed"
        activity.record(event, on=locked.question, name=str(locked.question), version=locked.number)
    suite.state, suite.ready_at, suite.revision = locked.state, locked.ready_at, locked.revision


def faults_of(suite: CodeSuite, found: Sequence[Judged]) -> list[Problem]:
    """Why the suite may not be used, after its solutions were judged: which solution, which test, what it came to."""
    faults = [Problem(words, "solutions") for one in found if (words := fault_of(one))]
    needed = needed_ms(found)
    if not faults and is_too_low(suite.cpu_ms, needed):
        words = _("The time limit is less than twice what the slowest right solution needed. %(seconds)s s would do.")
        faults.append(Problem(words % {"seconds": seconds(suggested_ms(needed))}, "limits"))
    return faults


def fault_of(one: Judged) -> str:
    """In words how a solution did not do what is wanted of it; "" when it did, or was not judged."""
    name, judgement = one.solution.name, one.judgement
    if judgement is None or one.is_open or one.is_as_wanted or judgement.state == JudgeState.CANCELLED:
        return ""
    if judgement.state == JudgeState.FAILED:
        if is_checkers_fault(judgement):
            return _("Your own checker failed on %(name)s. What it came to stands with the solution.") % {"name": name}
        return _("%(name)s could not be judged. Check again; if it stays so, ask the operator.") % {"name": name}
    if one.verdict == Verdict.CE:
        return _("%(name)s does not compile.") % {"name": name}
    if one.verdict in _SAY_NOTHING:
        return _("%(name)s could not be run on all tests: %(verdict)s.") % {"name": name, "verdict": one.verdict}
    if one.solution.expects == CodeSolution.Expects.PASS:
        return _missed(one)
    if one.is_right:
        return _("The tests let a wrong solution through: %(name)s should fail and passes all of them.") % {
            "name": name
        }
    return ""


def is_checkers_fault(judgement: Judgement) -> bool:
    """Whether it could not be judged because of the author's own checker, as `exams.sandbox.judging` says it."""
    is_own = judgement.suite.checker == CodeSuite.Checker.CUSTOM
    return is_own and judgement.state == JudgeState.FAILED and "checker" in judgement.detail


def _missed(one: Judged) -> str:
    """The first tests on which a right solution is not right."""
    missed = [test for test in one.by_test.values() if test["verdict"] != Verdict.AC]
    if not missed:
        return ""
    first = missed[0]
    said = {"name": one.solution.name, "number": first["number"], "verdict": first["verdict"]}
    if len(missed) == 1:
        return _("%(name)s should pass and gets %(verdict)s on test %(number)s.") % said
    words = ngettext(
        "%(name)s should pass and gets %(verdict)s on test %(number)s, and misses %(count)d more.",
        "%(name)s should pass and gets %(verdict)s on test %(number)s, and misses %(count)d more.",
        len(missed) - 1,
    )
    return words % (said | {"count": len(missed) - 1})


def seconds(ms: float) -> str:
    """As people read it: 0.31, 2, 12.5."""
    return f"{ms / 1000:.2f}".rstrip("0").rstrip(".")


def renew_papers(question: Question, *, now: datetime) -> int:
    """Papers that have the question and may still change get a new revision: samples and limits stand in them. How
    many."""
    placed = Test.objects.filter(questions__question=question, archived_at=None).order_by("pk").distinct()
    count = 0
    for pk in list(placed.values_list("pk", flat=True)):
        test = Test.objects.select_for_update(of=("self",)).get(pk=pk)
        if not papers.why_fixed(test, now=now):
            test.paper_revision += 1
            test.save(update_fields=["paper_revision"])
            count += 1
    return count
