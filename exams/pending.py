"""How much in exams goes on and waits: tests that are open, who writes, who asks for another device, what is to be
marked, released or looked at.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from accounts.models import User
from coaching.lib.counts import Sets, counted_once
from exams.models import Analysis, Attempt, TakeoverRequest, Test, TestBatch
from exams.models.attempts import State
from exams.models.tests import Release, Shown

LOOKED_BACK = timedelta(days=14)
"""So long after a test its doubtful keys are pointed at."""
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
    }


_of_office = counted_once(office_sets)


# --- What waits in a test ---------------------------------------------------------------------------------------------


def to_mark() -> Q:
    """Tests in whose results answers wait for a person."""
    return Q(archived_at=None, newest_results__waiting_count__gt=0)


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
