"""The page "Tests and solutions" of a question: tests by group with what came of them, solutions, limits, the judge."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from textwrap import shorten as shortened
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams.judge import hosts, suites
from exams.judge.suite_checks import (
    LANGUAGE_NAMES,
    Judged,
    faults_of,
    judged,
    needed_ms,
    problems_of,
    seconds,
    suggested_ms,
)
from exams.judge.suites import Head, plain
from exams.models import CodeGroup, CodeSolution, CodeSuite, CodeTest, JudgeState, Question
from exams.paper_sheet import words_of
from exams.sandbox.protocol import Verdict

SHOWN_BYTES, SHOWN_SIGNS, SHOWN_ANSWER = 200, 32, 18
MOST_TITLE = 80
WHOLE_GROUP, FIRST_OF_GROUP = 6, 3
"""A longer group shows only its first tests and those that went wrong."""
Tone = tuple[str, str]
_CONTROLS = {code: 0x2400 + code for code in range(32) if code not in (9, 10)} | {127: 0x2421}
_TURNS = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)


@dataclass(frozen=True, slots=True)
class TestRow:
    """`state` is (tone, word) of the right solutions, None before any was judged; `times` follow the page's."""

    __test__ = False

    test: CodeTest
    title: str
    more: str
    answer: str
    state: Tone | None
    times: list[str]


@dataclass(frozen=True, slots=True)
class GroupRows:
    """`folded` counts tests that are not shown; `is_mixed`: they have different points."""

    group: CodeGroup
    said: str
    points: str
    rows: list[TestRow]
    folded: int
    is_mixed: bool


@dataclass(frozen=True, slots=True)
class SolutionRow:
    solution: CodeSolution
    language: str
    state: Tone
    slowest: str
    points: str
    share: int | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A right solution's slowest test on the line from 0 to the limit: `x` and `y` in a box of 304 by 60."""

    x: int
    y: int
    name: str
    said: str


def page_of(question: Question, suite: CodeSuite | None, *, now: datetime, shows_all: bool = False) -> dict[str, Any]:
    """What the page shows of that version. As many queries for a hundred tests as for one."""
    judge = hosts.judge_state(now)
    if suite is None:
        return {"question": question, "title": _title(question), "suite": None, "judge": judge}
    found = judged(suite)
    languages = _languages(found)
    groups = _groups(suite, found, languages, shows_all=shows_all)
    needed, has_points = needed_ms(found), any(one.is_mixed for one in groups)
    is_draft = suite.state == CodeSuite.State.DRAFT
    return {
        "question": question,
        "title": _title(question),
        "suite": suite,
        "is_draft": is_draft,
        "is_checking": suite.state == CodeSuite.State.CHECKING,
        "groups": groups,
        "count": sum(len(one.rows) + one.folded for one in groups),
        "languages": [LANGUAGE_NAMES[one] for one in languages],
        "wide": len(languages) + 4 + has_points,
        "has_points": has_points,
        "solutions": [_solution_row(one) for one in found],
        "problems": problems_of(suite) if is_draft else [],
        "faults": faults_of(suite, found) if is_draft else [],
        "waits": _waits(found, judge) if suite.state == CodeSuite.State.CHECKING else [],
        "needed": needed,
        "slowest": _slowest(found),
        "times": f"{suite.cpu_ms / needed:.1f}" if needed >= 1 else "",
        "suggested": seconds(suggested_ms(needed)) if needed else "",
        "dots": _dots(suite, found),
        "limit": seconds(suite.cpu_ms),
        "limits": _limits(suite),
        "judge": judge,
        "styled": [LANGUAGE_NAMES[one] for one in LANGUAGE_NAMES if suite.frames.get(one)],
    }


def summary_of(question: Question) -> dict[str, Any] | None:
    """For the page of the question: what is in use, or what is written; None when it has no tests. Seven queries."""
    rows = list(CodeSuite.objects.filter(question=question).order_by("-number")[:20])
    used = next((one for one in rows if one.state == CodeSuite.State.READY), None)
    suite = used or (rows[0] if rows else None)
    if suite is None:
        return None
    view = suites.student_view(suite)
    return {
        "suite": suite,
        "is_used": used is not None,
        "newer": rows[0] if rows[0] != suite else None,
        "samples": view["samples"],
        "limits": _limits(suite),
        "count": sum(one["count"] for one in view["groups"]),
        "hidden": sum(one["count"] for one in view["groups"] if not one["is_sample"]),
    }


def _title(question: Question) -> str:
    """How it begins, short."""
    return shortened(words_of(question.newest), MOST_TITLE, placeholder=" …") if question.newest else ""


def visible(text: str) -> str:
    """Text a program reads or writes as a person may read it: what controls or turns it stands as a sign."""
    return text.translate(_CONTROLS).translate(_TURNS)


def cut(head: Head, most: int = SHOWN_SIGNS) -> str:
    """How it begins, on one line of so many signs."""
    line = " ↵ ".join(head.text.strip("\n").split("\n"))
    is_all = not head.is_cut and len(line) <= most
    return visible(line) if is_all else f"{visible(line[:most])} …"


# --- Tests ------------------------------------------------------------------------------------------------------------


def _groups(suite: CodeSuite, found: Sequence[Judged], languages: Sequence[str], *, shows_all: bool) -> list[GroupRows]:
    tests = list(
        suite.tests.select_related("stdin", "answer").defer("stdin__packed", "answer__packed").order_by("position")
    )
    heads = suites.heads_of((pk for one in tests for pk in (one.stdin_id, one.answer_id)), most=SHOWN_BYTES)
    right = [one for one in found if one.solution.expects == CodeSolution.Expects.PASS]
    made = []
    for group in suite.groups.order_by("position", "pk"):
        own = [one for one in tests if one.group_id == group.pk]
        rows = [_test_row(one, heads, right, languages) for one in own]
        shown = rows if shows_all or len(rows) <= WHOLE_GROUP else [*rows[:FIRST_OF_GROUP], *_wrong(rows)]
        is_mixed = len({one.points for one in own}) > 1
        made.append(GroupRows(group, _said(group, own), _points(own), shown, len(rows) - len(shown), is_mixed))
    return made


def _wrong(rows: Sequence[TestRow]) -> Iterable[TestRow]:
    return (one for one in rows[FIRST_OF_GROUP:] if one.state and one.state[0] == "bad")


def _test_row(test: CodeTest, heads: Mapping[int, Head], right: Sequence[Judged], languages: Sequence[str]) -> TestRow:
    stdin, answer = heads[test.stdin_id], heads[test.answer_id]
    first = cut(stdin) if stdin.size_bytes else _("no input")
    return TestRow(
        test=test,
        title=test.name or first,
        more=first if test.name else "",
        answer=cut(answer, SHOWN_ANSWER),
        state=_state_of_test([one.by_test[test.pk] for one in right if test.pk in one.by_test]),
        times=[_time_of_test(test, one, right) for one in languages],
    )


def _state_of_test(results: Sequence[Mapping[str, Any]]) -> Tone | None:
    wrong = next((one["verdict"] for one in results if one["verdict"] != Verdict.AC), "")
    return ("bad", wrong) if wrong else ("ok", Verdict.AC.value) if results else None


def _time_of_test(test: CodeTest, language: str, right: Sequence[Judged]) -> str:
    times = [
        int(one.by_test[test.pk].get("cpu_ms") or 0)
        for one in right
        if one.solution.language == language and test.pk in one.by_test
    ]
    return f"{max(times) / 1000:.2f}" if times else ""


def _said(group: CodeGroup, tests: Sequence[CodeTest]) -> str:
    """How its tests count, in words."""
    if group.is_sample and not sum((one.points for one in tests), Decimal(0)):
        return _("shown to students, no points")
    if group.rule == CodeGroup.Rule.ALL:
        said = _("all or nothing")
    else:
        each = {one.points for one in tests}
        said = _("%(points)s points each") % {"points": plain(each.pop())} if len(each) == 1 else _("each test counts")
    return _("shown to students, %(rule)s") % {"rule": said} if group.is_sample else said


def _points(tests: Sequence[CodeTest]) -> str:
    total = sum((one.points for one in tests), Decimal(0))
    if not total:
        return ngettext("%(count)d test", "%(count)d tests", len(tests)) % {"count": len(tests)}
    return _("%(points)s points") % {"points": plain(total)}


def _languages(found: Sequence[Judged]) -> list[str]:
    """Of right solutions that were judged."""
    there = {one.solution.language for one in found if one.solution.expects == "PASS" and one.by_test}
    return [one for one in LANGUAGE_NAMES if one in there]


# --- Solutions --------------------------------------------------------------------------------------------------------


def _solution_row(one: Judged) -> SolutionRow:
    judgement = one.judgement
    is_done = judgement is not None and judgement.state == JudgeState.COMPLETE
    is_over = any(test["verdict"] == Verdict.TLE for test in one.by_test.values())
    share = None
    if judgement and judgement.state == JudgeState.RUNNING and judgement.test_count:
        share = round(100 * judgement.done_count / judgement.test_count)
    return SolutionRow(
        solution=one.solution,
        language=LANGUAGE_NAMES[one.solution.language],
        state=state_of(one),
        slowest=_("over time") if is_over else f"{one.slowest_ms / 1000:.2f} s" if one.by_test else "",
        points=plain(judgement.points) if judgement and is_done else "",
        share=share,
    )


def state_of(one: Judged) -> Tone:
    """Tone and words: what came of a solution, and whether that is what is wanted of it."""
    judgement = one.judgement
    if judgement is None or judgement.state == JudgeState.CANCELLED:
        return "off", _("not judged yet")
    match judgement.state:
        case JudgeState.PENDING:
            return "run", _("in the queue")
        case JudgeState.RUNNING:
            done = {"done": judgement.done_count, "total": judgement.test_count or len(one.tests)}
            return "run", _("%(done)d of %(total)d") % done
        case JudgeState.WAITING:
            return "due", _("waits for the judge")
        case JudgeState.FAILED:
            return "bad", _("could not be judged")
    return _state_of_complete(one)


def _state_of_complete(one: Judged) -> Tone:
    count = {"right": one.right_count, "total": len(one.tests)}
    if one.verdict == Verdict.CE:
        return "bad", _("CE, does not compile")
    if one.solution.expects == CodeSolution.Expects.FAIL:
        if one.is_as_wanted:
            return "ok", _("%(verdict)s, as wanted") % {"verdict": one.verdict}
        return ("bad", _("passes although it must not")) if one.is_right else ("due", _("to be checked again"))
    if one.is_right:
        return "ok", _("AC %(right)d of %(total)d") % count
    wrong = next((test for test in one.by_test.values() if test["verdict"] != Verdict.AC), None)
    if wrong:
        return "bad", _("%(verdict)s on test %(number)s") % {"verdict": wrong["verdict"], "number": wrong["number"]}
    return "due", _("AC %(right)d of %(total)d, check again") % count


# --- Limits and the judge ---------------------------------------------------------------------------------------------


def _slowest(found: Sequence[Judged]) -> str:
    """CPU time in s of the slowest right solution in its language, "" before one was judged."""
    right = [one for one in found if one.solution.expects == CodeSolution.Expects.PASS and one.right_count]
    return f"{max(one.slowest_ms for one in right) / 1000:.2f}" if right else ""


def _dots(suite: CodeSuite, found: Sequence[Judged]) -> list[Dot]:
    """One for each language, where its slowest right solution stands; names that would touch go below each other."""
    slowest: dict[str, float] = {}
    for one in found:
        if one.solution.expects == CodeSolution.Expects.PASS and one.right_count:
            language = one.solution.language
            slowest[language] = max(slowest.get(language, 0), one.needed_ms / suite.cpu_ms)
    dots: list[Dot] = []
    for name, share in sorted(slowest.items(), key=lambda pair: pair[1]):
        x = 8 + round(276 * min(share, 1))
        y = 40 if not dots or x - dots[-1].x > 12 + 9 * len(dots[-1].name) else dots[-1].y + 16
        dots.append(Dot(x, y, LANGUAGE_NAMES[name], f"{100 * share:.0f} %"))
    return dots


def _limits(suite: CodeSuite) -> list[tuple[str, str, str]]:
    """For each language of the question: its name, time and memory with its factor."""
    from_question = suite.question.newest.body.get("languages", ()) if suite.question.newest else ()
    limits = suites.limits_of(suite)
    return [
        (LANGUAGE_NAMES[one], f"{seconds(limits[one]['cpu_ms'])} s", f"{limits[one]['memory_mb']} MB")
        for one in LANGUAGE_NAMES
        if one in from_question
    ]


def _waits(found: Sequence[Judged], judge: hosts.JudgeNow) -> list[str]:
    """Why nothing is judged, in words; nothing when it goes on."""
    waiting = [one for one in found if one.judgement and one.judgement.state == JudgeState.WAITING]
    if not waiting:
        return []
    if not judge.is_on:
        return [judge.reason]
    names = sorted({LANGUAGE_NAMES[one.solution.language] for one in waiting})
    return [_("No machine that judges can run %(languages)s.") % {"languages": ", ".join(names)}]
