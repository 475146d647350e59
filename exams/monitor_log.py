"""What happened while a test was written, in words: events and messages, newest first; causes, never verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Min, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exams.models import Attempt, AttemptEvent, Test, TestMessage, TimeCredit
from exams.models.attempts import EndedBy
from exams.monitor import Hall, Standing
from exams.monitor_rows import second_text
from exams.own_log import CAUSES, lasted

Kind = AttemptEvent.Kind
TOLD = (Kind.MOVED, Kind.TAKEOVER_ASKED, Kind.TAKEOVER_REFUSED, Kind.REOPENED, Kind.SUBMITTED)
"""Beside the table; the rest stands on the page of all, and on the attempt's own."""
ENDED_OTHERWISE = frozenset({EndedBy.DEADLINE, EndedBy.FOCUS, EndedBy.STAFF})
BESIDE, READ = 8, 60
PAGE_ROWS = 100
MERGED_FROM = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened. `who` is "" on the page of an attempt."""

    at: datetime
    what: str
    who: str = ""
    note: str = ""


def newest(hall: Hall) -> list[Line]:
    """What stands beside the table; three queries."""
    lines = [*_events(hall.test), *_given(hall.test), *_told(hall.test), *_lost(hall), *_opened(hall)]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:BESIDE]


def page_of(test: Test, number: str | None) -> Page[Any]:
    """A page of all that was noted and said; its `object_list` are lines."""
    events = AttemptEvent.objects.filter(attempt__test=test).order_by().values_list("at", "pk", Value("event"))
    said = TestMessage.objects.filter(test=test).order_by().values_list("at", "pk", Value("said"))
    page: Page[Any] = Paginator(events.union(said, all=True).order_by("-at", "-pk"), PAGE_ROWS).get_page(number)
    wanted = list(page.object_list)
    found: dict[tuple[str, int], Line] = {}
    for event in _with_names(AttemptEvent.objects.filter(pk__in=[pk for _at, pk, kind in wanted if kind == "event"])):
        found["event", event.pk] = line_of(event)
    numbers = [pk for _at, pk, kind in wanted if kind == "said"]
    for message in TestMessage.objects.filter(pk__in=numbers).select_related("by", "attempt__student"):
        found["said", message.pk] = _said(message)
    page.object_list = [found[kind, pk] for _at, pk, kind in wanted]
    return page


def lines_of(attempt: Attempt) -> list[Line]:
    """All of one attempt, first things first, with what was said to him or to all while he was in; two queries."""
    events = [line_of(one, name=False) for one in _with_names(attempt.events.all())]
    said = TestMessage.objects.filter(test=attempt.test_id, at__gte=attempt.admitted_at).select_related("by")
    heard = [one for one in said if one.attempt_id in (None, attempt.pk) and not _is_after(attempt, one.at)]
    began = [Line(attempt.started_at, str(Kind.STARTED.label))] if attempt.started_at else []
    return sorted([*events, *map(_said, heard), *began], key=lambda line: line.at)


def line_of(event: AttemptEvent, *, name: bool = True) -> Line:
    """An event in words: how long, why, by whom and with what reason."""
    at = event.happened_at
    what = str(Kind(event.kind).label)
    return Line(at, what, event.attempt.student.name if name else "", " · ".join(filter(None, _notes(event))))


def _notes(event: AttemptEvent) -> Iterable[str]:
    detail = event.detail if isinstance(event.detail, dict) else {}
    if event.duration_ms is not None:
        yield lasted(event.duration_ms)
    if event.kind == Kind.SUBMITTED:
        ended_by = event.cause.upper()
        yield str(EndedBy(ended_by).label) if ended_by in ENDED_OTHERWISE else ""
    else:
        yield str(CAUSES.get(event.cause, ""))
    if seconds := _whole(detail.get("seconds")):
        yield more_text(seconds)
    yield str(detail.get("device") or "")
    reason = str(detail.get("reason") or "")
    yield _by(event.by.name, reason) if event.by else reason


def _by(name: str, reason: str) -> str:
    return _("%(name)s: %(reason)s") % {"name": name, "reason": reason} if reason else name


def more_text(seconds: int) -> str:
    """+10 min, or +4 min 10 s."""
    minutes, left = divmod(seconds, 60)
    if not left:
        return _("+%(count)d min") % {"count": minutes}
    return _("+%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": left}


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_after(attempt: Attempt, at: datetime) -> bool:
    return attempt.submitted_at is not None and at > attempt.submitted_at


def _with_names(rows: QuerySet[AttemptEvent]) -> QuerySet[AttemptEvent]:
    return rows.select_related("attempt__student", "by")


def _events(test: Test) -> Iterable[Line]:
    """The newest; many of one kind within a minute are one line."""
    rows = _with_names(AttemptEvent.objects.filter(attempt__test=test, kind__in=TOLD)).order_by("-at", "-pk")[:READ]
    for _key, found in groupby(rows, key=lambda row: (row.kind, row.cause, row.at.replace(second=0, microsecond=0))):
        alike = list(found)
        if len(alike) < MERGED_FROM:
            yield from map(line_of, alike)
        else:
            first = line_of(alike[0])
            yield Line(first.at, first.what, _students(len(alike)), first.note)


def _given(test: Test) -> Iterable[Line]:
    rows = TimeCredit.objects.filter(attempt__test=test).exclude(kind=TimeCredit.Kind.REOPENED).order_by()
    actions = rows.values("action", "kind", "reason", "by__name").annotate(
        last=Max("at"), count=Count("pk"), most=Max("seconds"), least=Min("seconds"), one=Min("attempt__student__name")
    )
    for row in actions.order_by("-last")[:BESIDE]:
        who = row["one"] if row["count"] == 1 else _students(row["count"])
        seconds = more_text(row["most"])
        if row["least"] < row["most"]:
            seconds = _("up to %(time)s") % {"time": seconds}
        what = str(TimeCredit.Kind(row["kind"]).label)
        yield Line(row["last"], what, f"{who}, {seconds}", _by(row["by__name"], row["reason"]))


def _told(test: Test) -> Iterable[Line]:
    rows = TestMessage.objects.filter(test=test).select_related("by", "attempt__student").order_by("-at", "-pk")
    return map(_said, rows[:BESIDE])


def _said(message: TestMessage) -> Line:
    who = message.attempt.student.name if message.attempt else _("all")
    return Line(message.at, _("Told"), who, _by(message.by.name, message.text))


def _lost(hall: Hall) -> Iterable[Line]:
    for seat in hall.seats:
        if seat.standing == Standing.LOST and seat.since and seat.sitting:
            saved = seat.sitting.last_saved_at
            note = _("last save %(time)s") % {"time": second_text(saved)} if saved else _("nothing saved yet")
            yield Line(seat.since, _("Link lost"), seat.name, note)


def _opened(hall: Hall) -> Iterable[Line]:
    if hall.test.opens_at and not hall.is_ahead:
        begun = sum(seat.sitting is not None and seat.sitting.started_at is not None for seat in hall.seats)
        yield Line(hall.test.opens_at, _("The test opened"), "", _("begun by %(count)d") % {"count": begun})


def _students(count: int) -> str:
    return ngettext("%(count)d student", "%(count)d students", count) % {"count": count}


def credits_of(attempt: Attempt) -> list[TimeCredit]:
    """Time he was given, first things first; each says its seconds as `words`."""
    rows = list(attempt.credits.select_related("by").order_by("at", "pk"))
    for row in rows:
        row.words = more_text(row.seconds)  # type: ignore[attr-defined]  # for the template
    return rows
