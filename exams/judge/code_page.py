"""What pages show of programs: a submission with its verdicts, the pane of results beside a question, what is asked.

Everything comes from `exams.judge.said.submissions_json`, which leaves out what a student may not see; nothing here
looks at tests by itself. `detail` is only for staff.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from exams.content import CODE_LANGUAGES
from exams.judge import jobs
from exams.judge.code_diff import Diff, diff_of
from exams.judge.code_words import (
    Sign,
    feedback_note,
    icons,
    memory,
    points_text,
    seconds,
    sign_of,
    state_note,
    state_sign,
)
from exams.models import CodeSubmission, CodeSuite
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict
from exams.sitting_page import sitting_of, time_text

LOOKS, LONGEST_S = 4, 15
"""Who waits long in the queue looks less often: so many times until his turn, but at least every so many seconds."""
OPEN = frozenset({JudgeState.PENDING, JudgeState.RUNNING, JudgeState.WAITING})
DIFFER = frozenset({Verdict.WA, Verdict.PA})


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A sample, own input, or for staff any test; `detail` says what only staff read."""

    title: str
    sign: Sign
    time: str
    memory: str
    diff: Diff | None
    stdin: str
    stdout: str
    stderr: str
    message: str
    detail: str

    @property
    def has_more(self) -> bool:
        return bool(self.diff or self.stdout or self.stderr or self.message or self.detail)


@dataclass(frozen=True, slots=True)
class Chip:
    """A hidden test: number and verdict, nothing else but time and memory."""

    number: int
    sign: Sign
    more: str


@dataclass(frozen=True, slots=True)
class Chips:
    """A group of hidden tests; `points` is "" where they are not shown."""

    title: str
    rule: str
    points: str
    most: str
    chips: tuple[Chip, ...]

    @property
    def label(self) -> str:
        if not self.chips:
            return ""
        numbers = {"first": self.chips[0].number, "last": self.chips[-1].number}
        return _("Tests %(first)d to %(last)d") % numbers


@dataclass(frozen=True, slots=True)
class Shown:
    """One submission or run as a page shows it. `stage` is a JudgeState; `verdict` is None when it is not known, or not
    shown."""

    uuid: UUID
    url: str
    title: str
    at: datetime
    language: str
    is_run: bool
    stage: str
    state: Sign
    note: str
    look_s: int
    done: int
    total: int
    verdict: Sign | None
    points: str
    most: str
    own: ShownTest | None
    tests: tuple[ShownTest, ...]
    groups: tuple[Chips, ...]
    hidden_note: str
    compiler_output: str
    detail: str

    @property
    def does_compile(self) -> bool:
        return self.verdict is None or self.verdict.code != Verdict.CE

    @property
    def legend(self) -> tuple[Sign, ...]:
        """Each verdict once that is not plainly right, in the order they come."""
        signs = [*(one.sign for one in self.tests), *(chip.sign for group in self.groups for chip in group.chips)]
        return tuple({one.code: one for one in signs if one.code not in (Verdict.AC, Verdict.OK)}.values())

    @property
    def is_open(self) -> bool:
        """Whether its verdict is still to come."""
        return self.stage in OPEN

    @property
    def is_judged(self) -> bool:
        return self.stage == JudgeState.COMPLETE

    @property
    def again_s(self) -> int:
        """After so many seconds a page without a script looks again."""
        return max(self.look_s, 4)

    @property
    def say(self) -> str:
        """In one sentence, for the ear: what just came of it."""
        words = [f"{self.title}: {self.verdict.word if self.verdict else self.state.word}"]
        if self.points:
            words.append(_("%(points)s of %(most)s points") % {"points": self.points, "most": self.most})
        elif self.is_open and self.note:
            words.append(self.note)
        return ", ".join(words)


def shown(submission: CodeSubmission, said: Mapping[str, Any], *, for_staff: bool = False) -> Shown:
    """By what `submission_json` says of it. `judgement__suite` is fetched along."""
    judgement = submission.judgement
    suite = judgement.suite if judgement else None
    state, is_run = str(said["state"]), submission.kind == CodeSubmission.Kind.RUN
    progress = said.get("progress") or {}
    done, total = int(progress.get("done") or 0), int(progress.get("total") or 0)
    tests: Sequence[Mapping[str, Any]] = said.get("tests") or ()
    groups: Sequence[Mapping[str, Any]] = said.get("groups") or ()
    details = _details(submission) if for_staff else {}
    listed = tuple(_test(one, suite, details) for one in tests if one.get("is_sample") and not _is_own(one))
    own = next((_test(one, suite, details) for one in tests if _is_own(one)), None)
    chips = () if is_run else tuple(_chips(groups, tests))
    verdict = sign_of(said["verdict"]) if said.get("verdict") else None
    shows_points = said.get("points") is not None and not is_run
    was_tested = not is_run and state == JudgeState.COMPLETE and said.get("verdict") != Verdict.CE
    return Shown(
        uuid=submission.uuid,
        url=reverse("code", args=[submission.uuid]),
        title=title_of(submission),
        at=submission.asked_at,
        language=CODE_LANGUAGES.get(submission.language, submission.language),
        is_run=is_run,
        stage=state,
        state=state_sign(state, position=said.get("position") or None, done=done, total=total),
        note=state_note(state, wait_s=said.get("wait_s"), is_run=is_run),
        look_s=min(int(said.get("wait_s") or 0) // LOOKS, LONGEST_S),
        done=done,
        total=total,
        verdict=verdict,
        points=points_text(said["points"]) if shows_points else "",
        most=points_text(said.get("most")) if shows_points else "",
        own=own,
        tests=listed,
        groups=chips,
        hidden_note=_hidden_note(groups, chips, shows_points=shows_points) if was_tested else "",
        compiler_output=str(said.get("compiler_output") or ""),
        detail=judgement.detail if for_staff and judgement else "",
    )


def title_of(submission: CodeSubmission) -> str:
    if submission.kind == CodeSubmission.Kind.RUN:
        return _("Run")
    if submission.kind == CodeSubmission.Kind.HAND_IN:
        return _("Handed in with the test")
    return _("Submission %(number)d") % {"number": submission.number or 0}


def part_of(submission: CodeSubmission, said: Mapping[str, Any], *, for_staff: bool) -> dict[str, Any]:
    """The context of exams/_code_submission.html."""
    return {"one": shown(submission, said, for_staff=for_staff), "is_staff": for_staff}


def page_of(
    submission: CodeSubmission, said: Mapping[str, Any], *, for_staff: bool, now: datetime | None = None
) -> dict[str, Any]:
    """The context of exams/code.html; of its part, exams/_code_submission.html, is `part_of`."""
    attempt = submission.attempt
    is_writing = not for_staff and attempt.submitted_at is None
    return part_of(submission, said, for_staff=for_staff) | {
        "submission": submission,
        "attempt": attempt,
        "test": attempt.test,
        "student": attempt.student if for_staff else None,
        "source": jobs.shown(submission.source),
        "stdin": jobs.shown(submission.stdin),
        "is_writing": is_writing,
        "back": _place_of(submission) if is_writing else "",
        "left": time_text(attempt, now) if is_writing and now else "",
        "ends_at": attempt.deadline_at,
        "code_icons": icons(),
    }


def _place_of(submission: CodeSubmission) -> str:
    """The page of its question in his own order; a query."""
    sitting = sitting_of(submission.attempt, now=submission.asked_at)
    place = sitting.order.questions.index(submission.question.uuid) + 1
    return f"{reverse('attempt_question', args=[submission.attempt.uuid, place])}#results"


# --- Tests and groups -------------------------------------------------------------------------------------------------


def _is_own(one: Mapping[str, Any]) -> bool:
    return bool(one.get("is_own"))


def _test(one: Mapping[str, Any], suite: CodeSuite | None, details: Mapping[int | None, str]) -> ShownTest:
    verdict, number = str(one["verdict"]), one.get("number")
    stdin, answer, stdout = (str(one.get(name) or "") for name in ("stdin", "answer", "stdout"))
    has_diff = verdict in DIFFER and suite is not None and number is not None
    return ShownTest(
        title=_("Own input") if number is None else _("Sample %(number)d") % {"number": number},
        sign=sign_of(verdict),
        time=seconds(one.get("cpu_ms")),
        memory=memory(one.get("memory_bytes")),
        diff=_diff(answer, stdout, suite) if has_diff and suite else None,
        stdin=stdin,
        stdout="" if verdict == Verdict.AC or has_diff else stdout,
        stderr=str(one.get("stderr") or ""),
        message=str(one.get("message") or ""),
        detail=details.get(number, ""),
    )


def _diff(wanted: str, yours: str, suite: CodeSuite) -> Diff:
    how = {"checker": suite.checker, "tolerance": suite.tolerance}
    return diff_of(wanted, yours, **how, is_case_sensitive=suite.is_case_sensitive)


def _chips(groups: Sequence[Mapping[str, Any]], tests: Sequence[Mapping[str, Any]]) -> Iterable[Chips]:
    """The groups of hidden tests; those of which nothing is shown, or nothing was run, are left out."""
    for place, group in enumerate(groups):
        if group.get("is_sample"):
            continue
        mine = [one for one in tests if one.get("group") == place and one.get("verdict")]
        if not mine:
            continue
        yield Chips(
            title=str(group["title"]),
            rule=_("all or nothing") if group.get("rule") == "ALL" else "",
            points=points_text(group.get("points")),
            most=points_text(group.get("most")),
            chips=tuple(_chip(one) for one in mine),
        )


def _chip(one: Mapping[str, Any]) -> Chip:
    more = ", ".join(filter(None, (seconds(one.get("cpu_ms")), memory(one.get("memory_bytes")))))
    return Chip(int(one["number"]), sign_of(one["verdict"]), more)


def _hidden_note(groups: Sequence[Mapping[str, Any]], chips: Sequence[Chips], *, shows_points: bool) -> str:
    if all(one.get("is_sample") for one in groups):
        return ""
    return feedback_note(shows_hidden=any(one.chips for one in chips), shows_points=shows_points)


def _details(submission: CodeSubmission) -> dict[int | None, str]:
    """Of each test by its number, why the machine or the checker says so: for staff."""
    judgement = submission.judgement
    return {one.get("number"): str(one.get("detail") or "") for one in judgement.tests} if judgement else {}
