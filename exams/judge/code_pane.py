"""The pane of results beside a coding question while a test is written: what he ran last, what he submitted, the rest.

pane = pane_of(attempt, question, now=now)     # some queries, whatever was submitted
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from exams.content import CODE_LANGUAGES
from exams.judge.code_page import Shown, shown, title_of
from exams.judge.code_words import Sign, left_words, off_sentence, points_text, sign_of, state_sign
from exams.judge.hosts import judge_state
from exams.judge.rules import rules_of
from exams.judge.said import shows, submissions_json
from exams.models import Attempt, CodeRules, CodeSubmission
from exams.models.judging import JudgeState
from exams.paper_facts import QuestionFacts
from exams.sandbox.protocol import Verdict

Kind = CodeSubmission.Kind
_LISTED = ("uuid", "kind", "number", "language", "asked_at", "judgement__state", "judgement__verdict")
_POINTS = ("judgement__points", "judgement__most")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A submission in the list of those before; `points` is "" where they are not shown."""

    uuid: UUID
    url: str
    title: str
    at: datetime
    language: str
    sign: Sign
    points: str
    most: str


@dataclass(frozen=True, slots=True)
class Pane:
    """`off` says why nothing is judged now, "" when it is. `newest` is the last submission, `judged` the last one that
    was judged when `newest` is not."""

    off: str
    left: str
    is_spent: bool
    count: int
    run: Shown | None
    newest: Shown | None
    judged: Shown | None
    earlier: tuple[Earlier, ...]
    best: str
    stdin: str

    @property
    def shows_run(self) -> bool:
        """Whether the run says something the newest submission does not."""
        return self.run is not None and (self.newest is None or self.run.at > self.newest.at)


def pane_of(attempt: Attempt, question: QuestionFacts, *, now: datetime) -> Pane:
    """What stands beside that question; of the tests nothing but `submission_json` lets a student see."""
    rules = rules_of(attempt.test_id)
    rows = CodeSubmission.objects.filter(attempt=attempt, question=question.pk)
    listed = list(rows.counting().order_by("-number").values(*_LISTED, *_POINTS))
    wanted = _wanted(listed)
    last_run = rows.filter(kind=Kind.RUN).order_by("-pk").values_list("uuid", flat=True)[:1]
    named = ("attempt__test", "question", "judgement__suite")
    full = list(rows.filter(uuid__in=[*wanted, *last_run]).select_related(*named))
    said = submissions_json(full, for_staff=False, now=now, sees=shows(attempt, now=now, rules=rules))
    seen = {one.uuid: shown(one, its) for one, its in zip(full, said, strict=True)}
    submitted = [seen[uuid] for uuid in wanted]
    taken = sum(one["kind"] == Kind.SUBMIT and one["judgement__state"] != JudgeState.FAILED for one in listed)
    feedback = CodeRules.Feedback(rules.feedback)
    rest = [one for one in listed if one["uuid"] not in wanted]
    judge = judge_state(now)
    return Pane(
        off="" if judge.is_on else off_sentence(),
        left=left_words(rules.most_submissions - taken, rules.most_submissions),
        is_spent=taken >= rules.most_submissions,
        count=len(listed),
        run=next((one for one in seen.values() if one.is_run), None),
        newest=submitted[0] if submitted else None,
        judged=submitted[1] if len(submitted) > 1 else None,
        earlier=tuple(_earlier(one, feedback) for one in rest),
        best=_best(rest) if feedback != CodeRules.Feedback.SAMPLES else "",
        stdin=next((one.stdin for one in full if one.kind == Kind.RUN), ""),
    )


def _wanted(listed: Sequence[dict[str, Any]]) -> list[UUID]:
    """Those shown whole: the last one and, while it is not judged, the last one that was."""
    if not listed:
        return []
    newest, *rest = listed
    if newest["judgement__state"] == JudgeState.COMPLETE:
        return [newest["uuid"]]
    judged = next((one["uuid"] for one in rest if one["judgement__state"] == JudgeState.COMPLETE), None)
    return [newest["uuid"], *([judged] if judged else [])]


def _earlier(one: dict[str, Any], feedback: CodeRules.Feedback) -> Earlier:
    is_judged = one["judgement__state"] == JudgeState.COMPLETE
    has_points = is_judged and feedback != CodeRules.Feedback.SAMPLES
    verdict = _headline(one["judgement__verdict"] or "", feedback) if is_judged else ""
    sign = sign_of(verdict) if verdict else state_sign(one["judgement__state"] or JudgeState.PENDING)
    made = CodeSubmission(kind=one["kind"], number=one["number"])
    return Earlier(
        uuid=one["uuid"],
        url=reverse("code", args=[one["uuid"]]),
        title=title_of(made),
        at=one["asked_at"],
        language=CODE_LANGUAGES.get(one["language"], one["language"]),
        sign=sign,
        points=points_text(one["judgement__points"]) if has_points else "",
        most=points_text(one["judgement__most"]) if has_points else "",
    )


def _headline(verdict: str, feedback: CodeRules.Feedback) -> str:
    """The verdict of the whole, where it tells nothing of hidden tests that is not shown; else ""."""
    if feedback == CodeRules.Feedback.TESTS or verdict in (Verdict.CE, Verdict.SE):
        return verdict
    return verdict if feedback == CodeRules.Feedback.TOTAL and verdict == Verdict.AC else ""


def _best(rest: Sequence[dict[str, Any]]) -> str:
    found = [one["judgement__points"] for one in rest if one["judgement__state"] == JudgeState.COMPLETE]
    return points_text(max(found)) if found else ""
