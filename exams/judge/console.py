"""How the judge stands, for who makes tests: machines, queue, what could not be judged, the last hour.

Counts are of the whole institute; single programs are only those of tests one may change, and authors' solutions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Avg, Count, F, Max, Min, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import activity
from accounts.models import User
from exams.judge import code_words, hosts, queue
from exams.judge.marked_programs import Verdict
from exams.models import JudgeHost, Judgement, Rejudge, Test
from exams.models.judging import JudgeState
from exams.pending import unjudged
from exams.sandbox import probe
from exams.sandbox.protocol import Finding, Probed, Toolchain

SHOWN = 50
HOUR = timedelta(hours=1)
ASKED_WITHIN = timedelta(hours=6)
START = "manage.py worker --queues judge"


@dataclass(frozen=True, slots=True)
class HostLine:
    """A machine: `is_here` when it was heard of just now."""

    host: JudgeHost
    probed: Probed
    is_here: bool
    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class QueueLine:
    """What one kind of work has in the queue; `age` of the oldest that waits, `takes` until the last is judged."""

    label: str
    pending: int
    running: int
    waiting: int
    age: str
    takes: str


@dataclass(frozen=True, slots=True)
class ProgramLine:
    """A program that could not be judged, without a name: `place` is the test and the question, or the solution."""

    judgement: Judgement
    place: str
    language: str
    test: Test | None
    question: Any


@dataclass(frozen=True, slots=True)
class LastHour:
    """Of what was asked for and judged: how many, seconds from asking to the verdict, and the verdicts."""

    count: int
    mean: str
    longest: str
    verdicts: tuple[tuple[Verdict, int], ...]


def labels() -> dict[int, str]:
    """Kinds of work by priority, in the order they are taken."""
    return {
        queue.SUBMIT: _("Submitted"),
        queue.HAND_IN: _("Handed in with the test"),
        queue.RUN: _("Run"),
        queue.SOLUTION: _("Authors’ solutions"),
        queue.REJUDGE: _("Judged again"),
    }


def page_of(user: User, *, now: datetime) -> dict[str, Any]:
    """All the page says. Six queries, and two when nobody has asked for the judge just now."""
    judge = hosts.judge_state(now)
    lines = queue_lines(judge, now=now)
    failed = failed_for(user, now=now)
    rejudges = Rejudge.objects.filter(state__in=("RUNNING", "PREVIEW"), question__test__in=_mine(user))
    return {
        "judge": judge,
        "hosts": [_host(one, now) for one in judge.hosts],
        "languages": sorted(judge.languages.values(), key=_named),
        "findings": [] if judge.hosts else _findings_here(),
        "start": START,
        "lines": lines,
        "pending": sum(one.pending for one in lines),
        "running": sum(one.running for one in lines),
        "waiting": sum(one.waiting for one in lines),
        "failed": [_program(one) for one in failed[:SHOWN]],
        "failed_count": failed.count(),
        "rejudges": [(one, _address(one)) for one in rejudges.select_related(*_WITH).order_by("pk")[:SHOWN]],
        "hour": last_hour(now=now),
    }


# --- Machines ---------------------------------------------------------------------------------------------------------


def _host(host: JudgeHost, now: datetime) -> HostLine:
    probed, is_here = Probed.from_json(host.probed), host.seen_at > now - hosts.SEEN_WITHIN
    if not is_here:
        return HostLine(host, probed, False, "off", _("Not heard of"))
    if not host.works:
        return HostLine(host, probed, True, "bad", _("Cannot judge"))
    return HostLine(host, probed, True, "ok", _("Judges"))


def _named(one: Toolchain) -> str:
    return one.language


def _findings_here() -> tuple[Finding, ...]:
    """What this machine lacks, where no worker was heard of; found out once."""
    return probe.quick(runner=getattr(settings, "JUDGE_RUNNER", "auto")).findings


# --- The queue --------------------------------------------------------------------------------------------------------


def queue_lines(judge: hosts.JudgeNow, *, now: datetime) -> list[QueueLine]:
    """By priority, those with something in it. One query."""
    rows = Judgement.objects.filter(state__in=queue.OPEN).order_by().values("priority")
    found = {
        row["priority"]: row
        for row in rows.annotate(
            oldest=Min("asked_at"),
            pending=Count("pk", filter=Q(state=JudgeState.PENDING)),
            running=Count("pk", filter=Q(state=JudgeState.RUNNING)),
            waiting=Count("pk", filter=Q(state=JudgeState.WAITING)),
        )
    }
    lines, before = [], 0
    for priority, label in labels().items():
        row = found.get(priority)
        if row is None:
            continue
        before += row["pending"]
        takes = code_words.about(judge.wait_s(before)) if judge.is_on and row["pending"] else ""
        counts = (row["pending"], row["running"], row["waiting"])
        lines.append(QueueLine(label, *counts, age_words(now - row["oldest"]), takes))
    return lines


def age_words(age: timedelta) -> str:
    """12 s, 4 min, 3 h, 2 days."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 120:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 7200:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 172_800:
        return _("%(count)d h") % {"count": seconds // 3600}
    return ngettext("%(count)d day", "%(count)d days", seconds // 86_400) % {"count": seconds // 86_400}


def last_hour(*, now: datetime) -> LastHour:
    """Two queries."""
    rows = Judgement.objects.filter(state=JudgeState.COMPLETE, asked_at__gt=now - ASKED_WITHIN, rejudge=None)
    done = rows.filter(finished_at__gt=now - HOUR).order_by()
    took = done.aggregate(mean=Avg(F("finished_at") - F("asked_at")), longest=Max(F("finished_at") - F("asked_at")))
    verdicts = done.values_list("verdict").annotate(count=Count("pk")).order_by("-count", "verdict")
    signs = [(Verdict.of(code_words.sign_of(code)), count) for code, count in verdicts]
    mean, longest = (age_words(one) if one else "" for one in (took["mean"], took["longest"]))
    return LastHour(sum(count for _sign, count in signs), mean, longest, tuple(signs))


# --- What could not be judged -----------------------------------------------------------------------------------------


def failed_for(user: User, *, now: datetime) -> QuerySet[Judgement]:
    """What could not be judged, of tests he may change and of authors' solutions, the newest first."""
    again = Q(rejudge__state__in=("RUNNING", "PREVIEW"), state=JudgeState.FAILED)
    rows = Judgement.objects.filter(
        Q(pk__in=unjudged(now).filter(state=JudgeState.FAILED).order_by().values("pk")) | again
    )
    seen = rows.filter(Q(submission=None) | Q(submission__attempt__test__in=_mine(user)))
    fetched = seen.select_related("submission__attempt__test", "submission__question", "solution", "suite__question")
    return fetched.defer("tests", "submission__source", "solution__source").order_by("-asked_at", "-pk")


def _mine(user: User) -> QuerySet[Test]:
    return Test.objects.editable_by(user).order_by().values("pk")  # type: ignore[return-value]  # for a condition


def _program(row: Judgement) -> ProgramLine:
    question = row.suite.question
    if row.submission is None:
        name = row.solution.name if row.solution else ""
        language = row.solution.get_language_display() if row.solution else ""
        return ProgramLine(row, f"{question} · {name}", language, None, question)
    test = row.submission.attempt.test
    return ProgramLine(row, f"{test.title} · {question}", row.submission.get_language_display(), test, question)


_WITH = ("question__test__newest_results", "by")


def _address(one: Rejudge) -> str:
    """Where it is looked at; the results where the question is in them no more."""
    test = one.question.test
    asked = test.newest_results.outline.get("questions", []) if test.newest_results else []
    if one.question_id not in asked:
        return reverse("test_results", args=[test.uuid])
    return reverse("rejudge", args=[test.uuid, asked.index(one.question_id) + 1])


def judge_again(
    user: User, judgements: Sequence[Any] | None, *, now: datetime, request: HttpRequest | None = None
) -> int:
    """Put these (by uuid; None: all he may) back into the queue, as far as they could not be judged; how many."""
    with transaction.atomic():
        rows = failed_for(user, now=now).select_related(None)
        if judgements is not None:
            rows = rows.filter(uuid__in=judgements)
        pks = list(rows.values_list("pk", flat=True))
        count = queue.put_back(pks, now=now)
        Rejudge.objects.filter(state=Rejudge.State.PREVIEW, judgements__in=pks).update(state=Rejudge.State.RUNNING)
        if count:
            activity.record("judge.again", actor=user, request=request, programs=count)
    return count
