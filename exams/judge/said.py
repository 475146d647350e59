"""What is said of submissions, as JSON: to their student, and to staff. See `submissions_json`.

Of a hidden test nobody reads here what went in, what came out or what was right: number, group, verdict, time and
memory, and of those only what the test's rules allow by now (`Shows`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from coaching.lib.statements import written_once
from exams.judge import hosts, queue
from exams.judge.points import headline
from exams.judge.rules import rules_of
from exams.judge.suite_facts import SuiteFacts, TestFacts, facts_of
from exams.judge.suites import plain
from exams.models import Attempt, CodeRules, CodeSubmission, Judgement, Result
from exams.models.attempts import State
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict

Said = dict[str, Any]
NOTHING = Decimal(0)
OWN = "own"
"""Names the run on an own input among the tests of a judgement."""


class Shows(IntEnum):
    """How much of hidden tests is shown."""

    SAMPLES = 1
    TOTAL = 2
    TESTS = 3


ASKED = {
    CodeRules.Feedback.TESTS: Shows.TESTS,
    CodeRules.Feedback.TOTAL: Shows.TOTAL,
    CodeRules.Feedback.SAMPLES: Shows.SAMPLES,
}


def shows(attempt: Attempt, *, now: datetime, rules: CodeRules | None = None) -> Shows:
    """How much its student sees: by the rules (of its test, if they are known); once marks are out at least the points,
    and with the solutions the verdict of each test. Three queries at most."""
    asked = ASKED[CodeRules.Feedback((rules or rules_of(attempt.test_id)).feedback)]
    if asked == Shows.TESTS or attempt.state != State.SUBMITTED:
        return asked
    own = Result.objects.filter(version__test=attempt.test_id, student=attempt.student_id)
    if own.with_solutions(now).exists():
        return Shows.TESTS
    return Shows.TOTAL if asked == Shows.TOTAL or own.shown(now).exists() else asked


def submission_json(submission: CodeSubmission, *, for_staff: bool, now: datetime, sees: Shows | None = None) -> Said:
    """See `submissions_json`."""
    return submissions_json([submission], for_staff=for_staff, now=now, sees=sees)[0]


def waiting_json(
    submission: CodeSubmission, judgement: Judgement, question: UUID, *, place: int, now: datetime
) -> Said:
    """Of one that was put into the queue just now, by the place it got; see `submissions_json`. Asks nothing."""
    return _begun(submission, question) | _about(judgement, submission, Shows.SAMPLES, place=place, now=now)


def submissions_json(
    submissions: Sequence[CodeSubmission], *, for_staff: bool, now: datetime, sees: Shows | None = None
) -> list[Said]:
    """Of one attempt's submissions, with `attempt` and `question` loaded; `sees`: what `shows` said, if it is known.

    `{"id", "kind", "number", "question", "language", "state", "position", "wait_s", "verdict", "points", "most",
    "progress": {"done", "total"}, "tests": […], "groups": […], "compiler_output", "asked_at", "judged_at", "cpu_ms",
    "memory_bytes"}`; staff also read "detail".

    A test: `{"number", "group", "is_sample", "verdict", "cpu_ms", "memory_bytes"}`, of samples and an own input also
    "stdin", "answer", "stdout", "stderr", "message" (and "is_cut"); `group` is a place in `groups`, and of an own input
    number, group and answer are null and "is_own" stands there. A group: `{"title", "is_sample", "rule", "points",
    "most"}`. Null is what is not known yet or not shown: "verdict", "points", "most", "wait_s".
    """
    judgements = _newest(submissions)
    if for_staff:
        sees = Shows.TESTS
    elif sees is None:
        are_judged = any(row.state == JudgeState.COMPLETE for row in judgements.values())
        sees = shows(submissions[0].attempt, now=now) if are_judged else Shows.SAMPLES
    return [_said(one, judgements.get(one.pk), sees, for_staff=for_staff, now=now) for one in submissions]


def _newest(submissions: Iterable[CodeSubmission]) -> Mapping[int, Judgement]:
    """The one that holds, else the one that is waited for. One query, unless all are fetched along."""
    found = {one.pk: one.judgement for one in submissions if _is_fetched(one) and one.judgement}
    holds = {one.pk: one.judgement_id for one in submissions if one.pk not in found}
    for row in _judgements(submissions=tuple(holds)) if holds else ():
        held = holds[row.submission_id or 0]
        if row.pk == held or (held is None and row.rejudge_id is None):
            found[row.submission_id or 0] = row
    return found


def _is_fetched(one: CodeSubmission) -> bool:
    return "judgement" in one._state.fields_cache


@written_once
def _judgements(*, submissions: tuple[int, ...]) -> QuerySet[Judgement]:
    return Judgement.objects.filter(submission__in=submissions).order_by("pk")


def _said(one: CodeSubmission, row: Judgement | None, sees: Shows, *, for_staff: bool, now: datetime) -> Said:
    said = _begun(one, one.question.uuid)
    if row is None:
        return said | _NOT_ASKED
    said |= _about(row, one, sees, place=queue.position(row), now=now)
    return said | ({"detail": row.detail} if for_staff else {})


def _begun(one: CodeSubmission, question: UUID) -> Said:
    """What of it does not wait for the judge."""
    return {
        "id": str(one.uuid),
        "kind": one.kind,
        "number": one.number,
        "question": str(question),
        "language": one.language,
        "asked_at": one.asked_at.isoformat(),
        "judged_at": one.judged_at.isoformat() if one.judged_at else None,
    }


def _about(row: Judgement, one: CodeSubmission, sees: Shows, *, place: int, now: datetime) -> Said:
    facts = facts_of(row.suite_id)
    seen = Shows.TESTS if one.kind == CodeSubmission.Kind.RUN else sees
    return _standing(row, facts, place, now=now) | _found(row, facts, one, seen)


_NOT_ASKED: Said = {
    "state": JudgeState.WAITING.value,
    "position": 0,
    "wait_s": None,
    "verdict": None,
    "points": None,
    "most": None,
    "progress": {"done": 0, "total": 0},
    "tests": [],
    "groups": [],
    "compiler_output": "",
    "cpu_ms": 0,
    "memory_bytes": 0,
}


def _standing(row: Judgement, facts: SuiteFacts, place: int, *, now: datetime) -> Said:
    """How far it is."""
    wait_s = hosts.judge_state(now).wait_s(place) if place else None
    total = row.test_count or len(facts.tests)
    done = total if row.state == JudgeState.COMPLETE else min(row.done_count, total)
    return {"state": row.state, "position": place, "wait_s": wait_s, "progress": {"done": done, "total": total}}


def _found(row: Judgement, facts: SuiteFacts, one: CodeSubmission, seen: Shows) -> Said:
    """What it came to, as far as that may be seen."""
    if row.state != JudgeState.COMPLETE:
        return {name: _NOT_ASKED[name] for name in ("verdict", "points", "most", "tests", "groups", "cpu_ms")} | {
            "memory_bytes": 0,
            "compiler_output": row.compiler_output,
        }
    entries = [(entry, facts.by_pk(entry.get("test"))) for entry in row.tests]
    shown = [(entry, test) for entry, test in entries if seen == Shows.TESTS or test is None or test.is_sample]
    return {
        "verdict": _verdict(row, shown, seen),
        "points": plain(row.points) if seen >= Shows.TOTAL and row.most else None,
        "most": plain(row.most) if seen >= Shows.TOTAL and row.most else None,
        "tests": [_test(entry, test, one) for entry, test in shown],
        "groups": [] if one.kind == CodeSubmission.Kind.RUN else _groups(row, facts, seen),
        "compiler_output": row.compiler_output,
        "cpu_ms": max((int(entry["cpu_ms"]) for entry, _test in shown), default=0),
        "memory_bytes": max((int(entry["memory_bytes"]) for entry, _test in shown), default=0),
    }


def _verdict(row: Judgement, shown: Sequence[tuple[Said, TestFacts | None]], seen: Shows) -> str | None:
    """The headline, as far as what is shown tells it: of points all or some, of samples theirs."""
    if seen == Shows.TESTS or row.verdict in (Verdict.CE, Verdict.SE):
        return row.verdict or None
    if seen == Shows.TOTAL and row.verdict == Verdict.AC:
        return Verdict.AC.value
    of_samples = headline([Verdict(entry["verdict"]) for entry, _test in shown]) if shown else None
    if of_samples is not None and (seen == Shows.SAMPLES or of_samples != Verdict.AC):
        return of_samples.value
    return Verdict.PA.value if seen == Shows.TOTAL and row.points > 0 else None


def _test(entry: Said, test: TestFacts | None, one: CodeSubmission) -> Said:
    said: Said = {
        "number": test.number if test else None,
        "group": test.group if test else None,
        "is_sample": bool(test and test.is_sample),
        "verdict": entry["verdict"],
        "cpu_ms": entry["cpu_ms"],
        "memory_bytes": entry["memory_bytes"],
    }
    if test is not None and not test.is_sample:
        return said
    wrote = {name: entry.get(name, "") for name in ("stdout", "stderr", "message")}
    is_cut = bool(entry.get("is_cut"))
    if test is None:
        said |= {"is_own": True, "stdin": one.stdin, "answer": None} | wrote
        return said | ({"is_cut": True} if is_cut else {})
    is_cut = is_cut or test.stdin.is_cut or test.answer.is_cut
    said |= {"stdin": test.stdin.text, "answer": test.answer.text} | wrote
    return said | ({"is_cut": True} if is_cut else {})


def _groups(row: Judgement, facts: SuiteFacts, seen: Shows) -> list[Said]:
    """With their points where each verdict is shown."""
    had = {entry.get("test"): Decimal(entry["points"]) for entry in row.tests}
    said = []
    for place, group in enumerate(facts.groups):
        tests = [one for one in facts.tests if one.group == place]
        is_shown = seen == Shows.TESTS or group.is_sample
        points = plain(sum((had.get(one.pk, NOTHING) for one in tests), NOTHING)) if is_shown else None
        most = plain(sum((one.points for one in tests), NOTHING))
        rule = "ALL" if group.all_or_nothing else "EACH"
        said.append({"title": group.title, "is_sample": group.is_sample, "rule": rule, "points": points, "most": most})
    return said
