"""What a judgement asks of the sandbox, and what of the sandbox's answers stands in its row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from exams.judge import suite_facts
from exams.judge.points import Scored, headline, reckon
from exams.judge.suite_facts import SuiteFacts, TestFacts
from exams.judge.suites import data_of
from exams.models import CodeSubmission, CodeSuite, Judgement
from exams.sandbox.protocol import Checker, Compare, Compiled, Job, Limits, Ran, Trial, Verdict

OWN = "own"
"""The id of the run on an own input; all others are numbers of tests."""
SHOWN = 4 * 1024
"""So many signs of what a program wrote stand in the row."""
MOST_DETAIL = 500
_PICTURES = {sign: chr(0x2400 + sign) for sign in range(32) if chr(sign) not in "\n\t"} | {0x7F: "\u2421"}
_HIDDEN = dict.fromkeys(
    (*range(0x80, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "·"
)
_SEEN = {**_PICTURES, **_HIDDEN}


@dataclass(slots=True)
class Asked:
    """A judgement with what it is judged by. Events are added as they come: `compiled`, and in `ran` a run of each of
    `tests` in turn (None: the run on an own input)."""

    job: Job
    facts: SuiteFacts
    tests: tuple[TestFacts | None, ...]
    is_run: bool
    compiled: Compiled | None = None
    ran: list[Ran] = field(default_factory=list)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What is known by now, as `Judgement.tests` keeps it."""
        return [_entry(test, one) for test, one in zip(self.tests, self.ran, strict=False)]

    def found(self) -> dict[str, Any]:
        """The columns of a judgement that is complete."""
        output = shown(self.compiled.output) if self.compiled else ""
        most = sum((one.points for one in self.facts.tests), start=suite_facts.NO_POINTS)
        found: dict[str, Any] = {"compiler_output": output, "most": suite_facts.NO_POINTS if self.is_run else most}
        if self.compiled is None or not self.compiled.ok:
            return found | {"verdict": Verdict.CE.value, "points": suite_facts.NO_POINTS, "tests": []}
        entries, points = self.entries, suite_facts.NO_POINTS
        verdict = headline([one.verdict for one in self.ran])
        if not self.is_run:
            weighed = reckon(
                [one.weighed for one in self.facts.tests], [Scored(one.verdict, one.score) for one in self.ran]
            )
            verdict, points = weighed.verdict, weighed.points
            for entry, had in zip(entries, weighed.each, strict=True):
                entry["points"] = str(had)
        found |= {"verdict": verdict.value, "points": points, "tests": entries, "done_count": len(entries)}
        found["cpu_ms"] = max((one.cpu_ms for one in self.ran), default=0)
        found["memory_bytes"] = max((one.memory_bytes for one in self.ran), default=0)
        return found


def job_of(row: Judgement) -> Asked:
    """The job of a judgement whose submission or solution and suite are loaded."""
    program = row.submission or row.solution
    assert program is not None  # noqa: S101  # the table says so
    suite = row.suite
    facts = suite_facts.facts_of(suite.pk) if suite.state == CodeSuite.State.READY else suite_facts.read(suite.pk)
    is_run = row.submission is not None and row.submission.kind == CodeSubmission.Kind.RUN
    tests: tuple[TestFacts | None, ...] = facts.tests
    trials = _trials(facts.tests)
    if is_run and row.submission is not None:
        samples = tuple(one for one in facts.tests if one.is_sample)
        tests, trials = samples, _trials(samples)
        if row.submission.has_stdin or not samples:
            tests, trials = (*tests, None), (*trials, Trial(OWN, row.submission.stdin.encode()))
    frame = suite.frames.get(program.language, {}) if suite.style == CodeSuite.Style.FUNCTION else {}
    job = Job(
        language=program.language,
        source=program.source,
        trials=trials,
        limits=Limits(suite.cpu_ms, suite.memory_mb * 1024 * 1024),
        compare=_compare(suite),
        frame=(str(frame.get("before", "")), str(frame.get("after", ""))),
        stop_groups={} if is_run or row.solution else _stop_groups(suite, facts),
        cache_dir=cache_dir(),
    )
    return Asked(job, facts, tests, is_run)


def cache_dir() -> str:
    """Where compiled programs are kept."""
    return str(settings.JUDGE_CACHE_DIR)


def shown(written: str) -> str:
    """Signs that cannot be seen, or turn the text around them, as signs that can; no database keeps a NUL."""
    return written.translate(_SEEN)


def _trials(tests: Sequence[TestFacts]) -> tuple[Trial, ...]:
    data = data_of(number for one in tests for number in (one.stdin_id, one.answer_id))
    return tuple(Trial(str(one.pk), data[one.stdin_id], data[one.answer_id]) for one in tests)


def _compare(suite: CodeSuite) -> Compare:
    is_custom = suite.checker == CodeSuite.Checker.CUSTOM
    return Compare(
        Checker(suite.checker),
        suite.tolerance,
        suite.is_case_sensitive,
        suite.checker_language if is_custom else "",
        suite.checker_source if is_custom else "",
    )


def _stop_groups(suite: CodeSuite, facts: SuiteFacts) -> dict[str, str]:
    """Of what is all or nothing the rest need not be run, unless an own checker gives parts: the least of them counts,
    which is known only after all."""
    if suite.checker == CodeSuite.Checker.CUSTOM:
        return {}
    return {str(one.pk): str(one.group) for one in facts.tests if one.all_or_nothing}


def _entry(test: TestFacts | None, one: Ran) -> dict[str, Any]:
    said: dict[str, Any] = {
        "test": test.pk if test else None,
        "number": test.number if test else None,
        "verdict": one.verdict.value,
        "score": one.score,
        "cpu_ms": one.cpu_ms,
        "memory_bytes": one.memory_bytes,
        "points": "0",
    }
    detail = one.detail
    if test is None or test.is_sample:
        stdout, stderr = one.stdout.decode(errors="replace"), one.stderr.decode(errors="replace")
        said |= {"stdout": shown(stdout[:SHOWN]), "stderr": shown(stderr[:SHOWN]), "message": shown(one.message)}
        if len(stdout) > SHOWN or one.stdout_bytes > len(one.stdout):
            said["is_cut"] = True
    else:
        detail = detail or one.message
    return said | ({"detail": shown(detail[:MOST_DETAIL])} if detail else {})
