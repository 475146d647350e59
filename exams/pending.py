"""How much in exams goes on and waits: tests that are open, who writes, who asks for another device, what is to be
marked, released or looked at.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from accounts.models import User
from coaching.lib.counts import Sets, counted_once
from exams.judge.scores import waits_for_judge
from exams.models import Analysis, Attempt, CodeSubmission, Judgement, ManualMark, TakeoverRequest, Test, TestBatch
from exams.models.attempts import State
from exams.models.judging import JudgeState
from exams.models.tests import Release, Shown

LOOKED_BACK = timedelta(days=14)
"""So long after a test its doubtful keys are pointed at, and after a program was handed in that it is not judged."""
WAITED = timedelta(minutes=5)
FLAGGED = '"flags": ["KEY"'
"""How an analysis says of a question that its key is doubtful; that flag stands first."""


def counts_of(admin: User, *, now: datetime) -> dict[str, Any]:
    """How much of each there is; asked once for this object, for panel and to-do list."""
    known: dict[str, Any] | None = vars(admin).get("_exams")
    if known is None:
        known = _of_office(now=now)
        know(admin, known)
    return known


def know(admin: User, counts: dict[str, Any]) -> None:
    """Let `counts_of` this object be these, `office_sets` among them: a page counts for several areas at once."""
    vars(admin)["_exams"] = counts


def office_sets(*, now: datetime) -> Sets:
    """What is counted for an admin."""
    return {
        "tests": Test.objects.open_at(now),
        "writing": Attempt.objects.filter(state=State.WRITING, deadline_at__gt=now),
        "takeovers": TakeoverRequest.objects.filter(state=TakeoverRequest.State.ASKED),
        "marking": Test.objects.filter(to_mark()),
        "unreleased": Test.objects.filter(to_release()),
        "unjudged": unjudged(now),
    }


_of_office = counted_once(office_sets)


# --- What waits in a test ---------------------------------------------------------------------------------------------


def to_mark() -> Q:
    """Tests in whose results answers wait for a person, and not only for the judge."""
    waits = Q(archived_at=None, newest_results__waiting_count__gt=0)
    return waits & Q(newest_results__waiting_count__gt=waits_for_judge())


def unjudged(now: datetime) -> QuerySet[Judgement]:
    """What the judge owes: programs of the last days that could not be judged, or wait longer than some minutes for a
    machine that judges. What somebody marked by hand, and mere runs, are owed to nobody."""
    marked = ManualMark.objects.filter(
        attempt=OuterRef("submission__attempt"), question=OuterRef("submission__question")
    )
    held = Q(submission=None) | Q(submission__judgement=F("pk")) | Q(submission__judgement=None)
    waits = Q(state=JudgeState.WAITING, asked_at__lt=now - WAITED)
    rows = Judgement.objects.filter(held, waits | Q(state=JudgeState.FAILED), asked_at__gt=now - LOOKED_BACK)
    return rows.filter(rejudge=None).exclude(submission__kind=CodeSubmission.Kind.RUN).exclude(Exists(marked))


def to_release() -> Q:
    """Tests whose marks are shown when somebody says so, and nobody has said anything for a batch of it."""
    undecided = TestBatch.objects.filter(test=OuterRef("pk"), results=Shown.BY_RULE)
    by_hand = Q(archived_at=None, results_release=Release.BY_HAND, newest_results__waiting_count=0)
    return by_hand & Q(Exists(undecided))


def doubtful(now: datetime) -> Q:
    """Tests of the last days with a question whose key is probably wrong, as the analysis has it."""
    flagged = Analysis.objects.annotate(text=Cast("document", TextField())).filter(text__contains=FLAGGED)
    recent = Q(archived_at=None, closes_at__gt=now - LOOKED_BACK)
    return recent & Q(Exists(flagged.filter(version=OuterRef("newest_results"))))
