"""What judgements of programs are worth: of each answer the share of its full marks, or that it still waits.

Of all programs a student submitted for a question the best counts, or the last one (`CodeRules.counts`). A program is
decided when it was judged; in the queue, without a judge, or when it could not be judged it is undecided, and an answer
waits while an undecided program could still change it. Runs give no marks.

    judged_of(test)                       # {attempt: {question: Judged}}, attempts that are handed in
    judged_of(test, rejudge=rejudge)      # as if that judging again were applied
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from exams.content import Kind
from exams.grading import Judged
from exams.judge.rules import rules_of
from exams.models import CodeRules, CodeSubmission, Judgement, ManualMark, Rejudge, Test
from exams.models.attempts import State
from exams.models.judging import JudgeState
from exams.sandbox.protocol import Verdict

AT_ONCE = 2_000
IN_QUEUE = (JudgeState.PENDING, JudgeState.RUNNING)
TO_COME = (*IN_QUEUE, JudgeState.WAITING)
WHOLE = Fraction(1)
_COLUMNS = ("pk", "attempt_id", "question_id", "judgement__state", "judgement__verdict")
_POINTS = ("judgement__points", "judgement__most")


def counts_of(test: Test) -> str:
    """BEST or LAST. One query."""
    return rules_of(test.pk).counts


def judged_of(
    test: Test, *, question: int | None = None, rejudge: Rejudge | None = None
) -> dict[int, dict[int, Judged]]:
    """By attempt and question (of exam_questions), of attempts that are handed in. An answer without a program that was
    submitted is not in it. Two queries, three with `rejudge`: what it judged counts as if it were applied.
    """
    rule, instead = counts_of(test), _instead(rejudge) if rejudge else {}
    rows = CodeSubmission.objects.counting().filter(attempt__test=test, attempt__state=State.SUBMITTED)
    if question is not None:
        rows = rows.filter(question=question)
    ordered = rows.order_by("attempt_id", "question_id", "number").values_list(*_COLUMNS, *_POINTS)
    found: dict[int, dict[int, _Tally]] = {}
    for pk, attempt, asked, state, *said in ordered.iterator(chunk_size=AT_ONCE):
        if state == JudgeState.CANCELLED and pk not in instead:  # as if it had never been submitted
            continue
        tally = found.setdefault(attempt, {}).setdefault(asked, _Tally())
        tally.add(instead[pk] if pk in instead else _share(*said) if _is_decided(state, said[0]) else None)
    return {attempt: {asked: one.judged(rule) for asked, one in by.items()} for attempt, by in found.items()}


def _instead(rejudge: Rejudge) -> dict[int, Fraction]:
    """What it judged, by submission; what it could not judge keeps what it had."""
    rows = Judgement.objects.filter(rejudge=rejudge, state=JudgeState.COMPLETE).exclude(verdict=Verdict.SE).order_by()
    found = rows.values_list("submission_id", "verdict", "points", "most").iterator(chunk_size=AT_ONCE)
    return {submission: _share(*said) for submission, *said in found}


@dataclass(slots=True)
class _Tally:
    """An answer's programs in their order, one after the other; a share of None is undecided."""

    best: Fraction = Fraction(0)
    last: Fraction | None = None
    is_open: bool = False

    def add(self, share: Fraction | None) -> None:
        self.last = share
        if share is None:
            self.is_open = True
        elif share > self.best:
            self.best = share

    def judged(self, rule: str) -> Judged:
        """Nothing undecided betters the whole."""
        if rule == CodeRules.Counts.LAST:
            return Judged(self.last)
        return Judged(None if self.is_open and self.best < WHOLE else self.best)


def _is_decided(state: str | None, verdict: str) -> bool:
    return state == JudgeState.COMPLETE and verdict != Verdict.SE


@lru_cache(4096)
def _share(verdict: str, points: Decimal, most: Decimal) -> Fraction:
    """As `exams.judge.points.Points.fraction`, exactly."""
    if most:
        return Fraction(points) / Fraction(most)
    return WHOLE if verdict == Verdict.AC else Fraction(0)


def share_of(judgement: Judgement | None) -> Fraction | None:
    """Of one judgement; None while it is not decided."""
    if judgement is None or not _is_decided(judgement.state, judgement.verdict):
        return None
    return _share(judgement.verdict, judgement.points, judgement.most)


def counting_one(rows: Iterable[CodeSubmission], rule: str) -> CodeSubmission | None:
    """Of one answer's submissions, by number, that which counts: the last one, or of equally good ones the earliest.
    Their judgements are fetched along."""
    known = [one for one in rows if one.judgement is None or one.judgement.state != JudgeState.CANCELLED]
    if not known or rule == CodeRules.Counts.LAST:
        return known[-1] if known else None
    return max(known, key=lambda one: (share_of(one.judgement) or Fraction(0), -(one.number or 0)))


# --- What results were made of ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JudgedFacts:
    """How many programs of attempts that are handed in were judged, the sum of the numbers of those judgements (it
    moves with each that takes another's place), and when the last of them came to hold."""

    count: int = 0
    held: int = 0
    upto: datetime | None = None


NOTHING_JUDGED = JudgedFacts()


def facts_of(test: Test) -> JudgedFacts:
    """One query."""
    rows = CodeSubmission.objects.counting().filter(attempt__test=test, attempt__state=State.SUBMITTED).order_by()
    complete = Q(judgement__state=JudgeState.COMPLETE)
    found = rows.aggregate(
        count=Count("pk", filter=complete), held=Sum("judgement_id", filter=complete), upto=Max("judged_at")
    )
    return JudgedFacts(found["count"], int(found["held"] or 0), found["upto"])  # PostgreSQL sums to a decimal


def is_in_queue(test: Test) -> bool:
    """Whether programs of the test are in the queue or being judged. One query."""
    rows = Judgement.objects.filter(submission__attempt__test=test, state__in=IN_QUEUE, rejudge=None)
    return rows.exclude(submission__kind=CodeSubmission.Kind.RUN).exists()


# --- As conditions ----------------------------------------------------------------------------------------------------


def _submitted() -> QuerySet[CodeSubmission]:
    """Of the answer (a row of exam_responses) around it."""
    rows = CodeSubmission.objects.counting().filter(attempt=OuterRef("attempt"), question=OuterRef("question"))
    return rows.exclude(judgement__state=JudgeState.CANCELLED).order_by()


def is_submitted() -> Q:
    """Of rows of exam_responses: whether a program was submitted for it."""
    return Q(Exists(_submitted()))


def needs_person() -> Q:
    """Of rows of exam_responses: whether an answer nobody has marked waits for a person. Long answers do; programs do
    when there is no submission for the judge, or when one that may count could not be judged."""
    submitted, failed = _submitted(), _submitted().filter(_failed())
    whole = submitted.filter(
        Q(judgement__points=F("judgement__most"), judgement__most__gt=0)
        | Q(judgement__most=0, judgement__verdict=Verdict.AC),
        judgement__state=JudgeState.COMPLETE,
    )
    later = _submitted().filter(number__gt=OuterRef("number"))
    best = Exists(failed) & ~Exists(whole)
    last = Exists(failed.filter(~Exists(later)))
    is_last = Exists(CodeRules.objects.filter(test=OuterRef("attempt__test"), counts=CodeRules.Counts.LAST))
    unjudged = ~Exists(submitted) | (is_last & last) | (~is_last & best)
    return Q(question__question__kind=Kind.LONG) | Q(unjudged, question__question__kind=Kind.CODING)


def _failed() -> Q:
    return Q(judgement__state=JudgeState.FAILED) | Q(
        judgement__state=JudgeState.COMPLETE, judgement__verdict=Verdict.SE
    )


def waits_for_judge() -> Coalesce:
    """Of rows of tests: how many answers wait for the judge alone, each once."""
    rows = CodeSubmission.objects.counting().filter(Q(judgement=None) | Q(judgement__state__in=TO_COME))
    same = {"attempt": OuterRef("attempt"), "question": OuterRef("question")}
    marked = ManualMark.objects.filter(**same).order_by()
    later = rows.filter(**same, number__gt=OuterRef("number")).order_by()
    undecided = rows.filter(attempt__test=OuterRef("pk"), attempt__state=State.SUBMITTED)
    newest = undecided.filter(~Exists(later), ~Exists(marked)).order_by()
    counted = newest.values("attempt__test").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted[:1]), 0)


def verdicts_of(test: Test, question: int) -> Mapping[str, int]:
    """How often each headline stands among the programs of a question that were judged. One query."""
    rows = CodeSubmission.objects.counting().filter(attempt__test=test, question=question)
    judged = rows.filter(attempt__state=State.SUBMITTED, judgement__state=JudgeState.COMPLETE)
    return dict(judged.order_by().values_list("judgement__verdict").annotate(Count("pk")))
