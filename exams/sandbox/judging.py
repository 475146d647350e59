"""One job: compiled once, then run on its tests, each in a sandbox of its own, and what came out compared.

A verdict comes of how the run ended and, when it ended well, of the comparison; never of anything a program says about
itself. In this order: SE, MLE, OLE, TLE, RE, then AC, PA or WA.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from exams.sandbox import checkers
from exams.sandbox.artefacts import Cache
from exams.sandbox.compiling import Program, compile_source
from exams.sandbox.protocol import (
    BUDGET_MS,
    KEPT_ERRORS,
    KEPT_OUTPUT,
    Checker,
    Compiled,
    Job,
    Limits,
    Ran,
    Trial,
    Verdict,
)
from exams.sandbox.runner import MIB, Bounds, Outcome, Runner, Status

NEAR = 1.5
"""A run is let go on to so many times its limit, to learn whether it only just failed; then it has another try."""
CHECKING = Limits(cpu_ms=10_000, memory_bytes=512 * MIB, output_bytes=64 * 1024)
"""Of an author's checker."""


def judge(job: Job, runner: Runner, report: Callable[[Compiled | Ran], None]) -> None:
    """Reports one Compiled and, when that is well, one Ran for each trial as it ends. Raises: SandboxUnusable."""
    cache = Cache.at(job.cache_dir)
    said, program = compile_source(job.language, job.source, frame=job.frame, runner=runner, cache=cache)
    report(said)
    if program:
        _Judging(job, runner, program, _checker(job, runner, cache)).judge(report)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An author's checker, or why it cannot be asked."""

    program: Program | None
    detail: str = ""


def _checker(job: Job, runner: Runner, cache: Cache | None) -> _Asked:
    if job.compare.checker is not Checker.CUSTOM:
        return _Asked(None)
    said, program = compile_source(job.compare.language, job.compare.source, runner=runner, cache=cache)
    return _Asked(program, f"the checker does not compile: {said.output or said.detail}" if not program else "")


class _Judging:
    def __init__(self, job: Job, runner: Runner, program: Program, checker: _Asked) -> None:
        self._job, self._runner, self._program, self._checker = job, runner, program, checker
        self._ends = time.monotonic() + BUDGET_MS / 1000
        self._limits = job.limits
        self._cpu_ms = round(job.limits.cpu_ms * program.installed.rules.factor)

    def judge(self, report: Callable[[Compiled | Ran], None]) -> None:
        stopped: set[str] = set()
        for trial in self._job.trials:
            group = self._job.stop_groups.get(trial.id, "")
            if group in stopped or time.monotonic() > self._ends:
                detail = "" if group in stopped else f"no time left of {BUDGET_MS // 1000} s for all tests"
                report(Ran(trial.id, Verdict.SK, detail=detail))
                continue
            ran = self._judged(trial)
            if group and ran.verdict is not Verdict.AC:
                stopped.add(group)
            report(ran)

    def _judged(self, trial: Trial) -> Ran:
        """The better of two runs when the first was only just too slow: the same program's time varies by the hour."""
        outcome = self._run(trial)
        verdict = self._verdict(outcome)
        if self._is_near(outcome, verdict) and time.monotonic() < self._ends:
            again = self._run(trial)
            if self._verdict(again) is not Verdict.TLE or again.cpu_ms < outcome.cpu_ms:
                outcome, verdict = again, self._verdict(again)
        ran = Ran(
            trial.id,
            verdict,
            exit_code=outcome.exit_code,
            signal=outcome.signal,
            cpu_ms=outcome.cpu_ms,
            wall_ms=outcome.wall_ms,
            memory_bytes=outcome.memory_bytes,
            stdout=outcome.stdout[:KEPT_OUTPUT],
            stdout_bytes=outcome.stdout_bytes,
            stderr=self._told(outcome.stderr),
            detail=outcome.detail,
        )
        return self._compared(trial, outcome.stdout, ran) if verdict is Verdict.OK else ran

    def _run(self, trial: Trial) -> Outcome:
        limits = replace(self._limits, cpu_ms=math.ceil(self._cpu_ms * NEAR))
        kept = limits.output_bytes if trial.answer is not None else KEPT_OUTPUT
        bounds = _bounds(self._program, limits, kept_bytes=kept, wall_ms=3 * self._cpu_ms + 3_000)
        return _started(self._program, self._runner, bounds, limits, trial.stdin)

    def _verdict(self, outcome: Outcome) -> Verdict:
        if outcome.status in (Status.OK, Status.RE) and outcome.cpu_ms > self._cpu_ms:
            return Verdict.TLE
        return Verdict(outcome.status)

    def _is_near(self, outcome: Outcome, verdict: Verdict) -> bool:
        """It ended by itself, if late; or the machine was so busy that the clock ran out before the CPU time did."""
        if verdict is not Verdict.TLE:
            return False
        is_starved = self._cpu_ms / 3 <= outcome.cpu_ms <= self._cpu_ms
        return outcome.status is not Status.TLE or is_starved

    def _compared(self, trial: Trial, output: bytes, ran: Ran) -> Ran:
        """`ran` with the verdict of the checker; OK stays where there is nothing to compare with."""
        if trial.answer is None:
            return ran
        try:
            if self._job.compare.checker is Checker.CUSTOM:
                score, message = self._asked(trial.stdin, output, trial.answer)
            else:
                score, message = float(checkers.agrees(output, trial.answer, self._job.compare)), ""
        except checkers.CheckerFailed as failed:
            return replace(ran, verdict=Verdict.SE, detail=str(failed))
        return replace(ran, verdict=checkers.verdict_of(score), score=score, message=message)

    def _asked(self, stdin: bytes, output: bytes, answer: bytes) -> tuple[float, str]:
        """Raises: CheckerFailed."""
        program = self._checker.program
        if not program:
            raise checkers.CheckerFailed(self._checker.detail)
        cpu_ms = round(CHECKING.cpu_ms * program.installed.rules.factor)
        bounds = _bounds(program, replace(CHECKING, cpu_ms=cpu_ms), kept_bytes=64 * 1024, wall_ms=3 * cpu_ms + 3_000)
        outcome = _started(program, self._runner, bounds, CHECKING, checkers.asked(stdin, output, answer))
        if outcome.status is not Status.OK:
            words = outcome.stderr.decode(errors="replace")[-500:]
            raise checkers.CheckerFailed(f"the checker ended with {outcome.status} {outcome.detail} {words}".strip())
        return checkers.said(outcome.stdout)

    def _told(self, stderr: bytes) -> bytes:
        """Within a frame, with the line numbers of what was written."""
        place = self._program.place
        kept = stderr[:KEPT_ERRORS]
        return place.told(kept.decode(errors="replace")).encode()[:KEPT_ERRORS] if place.before else kept


def _bounds(program: Program, limits: Limits, *, kept_bytes: int, wall_ms: int) -> Bounds:
    rules = program.installed.rules
    return Bounds(
        cpu_ms=limits.cpu_ms,
        wall_ms=wall_ms,
        memory_bytes=limits.memory_bytes + rules.extra_bytes,
        blame_bytes=round(limits.memory_bytes * 0.9) if rules.extra_bytes else 0,
        is_address_space=rules.is_address_space,
        output_bytes=limits.output_bytes,
        kept_bytes=min(kept_bytes, limits.output_bytes),
        kept_errors_bytes=KEPT_ERRORS,
        threads=rules.threads,
        files=rules.files,
    )


def _started(program: Program, runner: Runner, bounds: Bounds, limits: Limits, stdin: bytes) -> Outcome:
    command = program.command(limits.memory_bytes)
    return runner.run(command, stdin=stdin, bounds=bounds, files=program.files, env=program.installed.env)
