"""What the first page of attendance shows to each role."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts import guardians
from accounts.models import User
from attendance import absentees, low, pending
from attendance.class_states import class_states
from attendance.month_of import months_of
from attendance.report_months import Month
from attendance.report_shares import batch_shares
from attendance.shares import Share
from attendance.totals import shares_by_batch, tone_of, wanted_by_batch
from batches import taught
from batches.class_days import day_span
from batches.class_lines import teachers_line, with_names
from batches.models import Batch, ClassSession
from batches.models.batches import BatchQuerySet
from coaching.lib.offers import ClassState, Line

BATCHES_SHOWN, LOW_SHOWN, MISSING_SHOWN, CLASSES_SHOWN = 20, 5, 5, 12


@dataclass(frozen=True, slots=True)
class OfBatch:
    """A batch with its share of this month."""

    batch: Batch
    share: Share
    wanted: int

    @property
    def tone(self) -> str:
        return tone_of(self.share, self.wanted)


def of_student(student: User, *, viewer: User, now: datetime) -> dict[str, Any]:
    """His shares, and this month and the next; for himself or his guardian."""
    month = Month.of(timezone.localdate(now))
    pages = months_of(student, [month, month.after], viewer=viewer, sees_all=True, now=now)
    shares = batch_shares(student, viewer=viewer, sees_all=True, now=now)
    return {"student": student, "pages": pages, "shares": shares, "month": month}


def of_guardian(guardian: User, chosen: str, *, now: datetime) -> dict[str, Any]:
    """The same of one child, with the others one tap away; who has none has nothing to see here."""
    children = guardians.children_of(guardian)
    child = next((one for one in children if str(one.uuid) == chosen), None) or next(iter(children), None)
    if child is None:
        return {}
    return {"children": children if len(children) > 1 else []} | of_student(child, viewer=guardian, now=now)


def of_staff(person: User, *, words: str, page: str | None, now: datetime) -> dict[str, Any]:
    """A teacher's batches, an admin's all: today's classes, what waits, this month's shares, who attends too little."""
    batches = taught.rosters_of(person, now=now).current()
    few = low.low_of(batches, now=now)
    missing = with_names(pending.not_taken(person, now=now)).order_by("-starts_at", "-pk")[:MISSING_SHOWN]
    counts = pending.counts_of(person, now=now)
    return {
        "lines": today_of(person, now=now),
        "day": absentees.counts_of(timezone.localdate(now), batches),
        "missing": [replace(teachers_line(row, now=now), url=reverse("register", args=[row.uuid])) for row in missing],
        "confirm": to_confirm(person, now=now),
        "counts": counts,
        "asked": counts["leaves"] + counts["corrections"],
        "low": few[:LOW_SHOWN],
        "low_count": len(few),
        "words": words,
        "children": guardians.children_of(person),
    } | batches_of(batches, words=words, page=page, now=now)


def today_of(person: User, *, now: datetime) -> list[Line]:
    """Today's classes of a teacher, the first of everybody's for an admin, with what their registers say."""
    span = day_span(timezone.localdate(now))
    rows = ClassSession.objects.held().filter(starts_at__gte=span.starts_at, starts_at__lt=span.ends_at)
    rows = rows.filter(ends_at__gt=now) if person.is_admin else rows.taught_by(person)
    lines = [teachers_line(row, now=now) for row in with_names(rows)[:CLASSES_SHOWN]]
    said = class_states(person, [line.ref for line in lines if line.ref], now=now)
    return [replace(line, also=said.get(line.ref or 0)) for line in lines]


def to_confirm(person: User, *, now: datetime) -> list[Line]:
    """The newest classes whose check-ins wait for a word, each with the way to its register. Two queries."""
    rows = pending.to_confirm(person, now=now).order_by().values_list("class_session").annotate(count=Count("pk"))
    counts = dict(rows.order_by("-class_session__starts_at")[:MISSING_SHOWN])
    classes = with_names(ClassSession.objects.filter(pk__in=counts)).order_by("-starts_at", "-pk")
    return [_waits(row, counts[row.pk], now=now) for row in classes]


def _waits(row: ClassSession, count: int, *, now: datetime) -> Line:
    words = ngettext("%(count)d to confirm", "%(count)d to confirm", count) % {"count": count}
    url = reverse("register", args=[row.uuid])
    return replace(teachers_line(row, now=now), url=url, also=ClassState("due", words))


def batches_of(batches: BatchQuerySet, *, words: str, page: str | None, now: datetime) -> dict[str, Any]:
    """A page of batches with their shares of this month. Four queries."""
    month = Month.of(timezone.localdate(now))
    found = Paginator(batches.search(words).order_by("name", "pk"), BATCHES_SHOWN).get_page(page)
    numbers = [one.pk for one in found]
    shares = shares_by_batch(numbers, since=month.span.starts_at, until=month.span.ends_at)
    wanted = wanted_by_batch(numbers)
    rows = [OfBatch(one, shares.get(one.pk, Share()), wanted[one.pk]) for one in found]
    return {"page": found, "batches": rows, "month": month}
