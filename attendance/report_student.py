"""The page of one student's attendance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from attendance import trends
from attendance.models import Leave, Record, RecordChange
from attendance.models.records import COUNTED, Status
from attendance.models.registers import PERCENT_WANTED
from attendance.month_of import months_of
from attendance.report_months import Month
from attendance.report_scope import records_of, sees_all_of
from attendance.report_shares import BatchShare, batch_shares
from attendance.shares import Share
from attendance.totals import tone_of
from batches.series import Days

ABSENCES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Absence:
    """A class the student was not in, and why, as far as anybody said."""

    record: Record
    why: str

    @property
    def tone(self) -> str:
        return "off" if self.record.status == Status.EXCUSED else "bad"


def of(student: User, month: Month, *, viewer: User, by_months: bool, now: datetime) -> dict[str, Any]:
    """Everything the page shows, narrowed to what the viewer may see."""
    sees_all = sees_all_of(viewer, student)
    [page] = months_of(student, [month], viewer=viewer, sees_all=sees_all, now=now)
    shares = batch_shares(student, viewer=viewer, sees_all=sees_all, now=now)
    records = records_of(student, viewer=viewer, sees_all=sees_all)
    every = records.filter(status__in=COUNTED).order_by("class_session__starts_at")
    letters = list(every.values_list("class_session__starts_at", "status"))
    wanted = _wanted(shares)
    share = Share.of(status for _at, status in letters)
    absences = absences_of(student, records)
    return {
        "student": student,
        "month": month,
        "around": month.around,
        "page": page,
        "shares": shares,
        "share": share,
        "tone": tone_of(share, wanted),
        "is_own": viewer == student,
        "absences": absences[:ABSENCES_SHOWN],
        "has_more_absences": len(absences) > ABSENCES_SHOWN,
    } | _trend(letters, wanted, by_months=by_months, now=now)


def absences_of(student: User, records: Any) -> list[Absence]:
    """The newest, with the teacher's remark, the reason of the leave, or that of the last change. Two queries."""
    last = RecordChange.objects.filter(record=OuterRef("pk")).exclude(reason="").order_by("-version")
    rows = list(
        records.filter(status__in=(Status.ABSENT, Status.EXCUSED))
        .select_related("class_session__batch", "class_session__subject")
        .annotate(said=Subquery(last.values("reason")[:1]))
        .order_by("-class_session__starts_at", "-pk")[: ABSENCES_SHOWN + 1]
    )
    leaves = [(Days(one.first_on, one.last_on), one.reason) for one in Leave.objects.granted().filter(student=student)]
    return [Absence(row, row.remark or _leave(row, leaves) or row.said) for row in rows]


def _leave(row: Record, leaves: Sequence[tuple[Days, str]]) -> str:
    day = timezone.localdate(row.class_session.starts_at)
    return next((reason for days, reason in leaves if day in days), "") if row.status == Status.EXCUSED else ""


def _wanted(shares: Sequence[BatchShare]) -> int:
    """Of several batches, the most that is wanted."""
    return max((one.wanted for one in shares), default=PERCENT_WANTED)


def _trend(letters: Sequence[tuple[datetime, str]], wanted: int, *, by_months: bool, now: datetime) -> dict[str, Any]:
    """The chart with its caption and its numbers; nothing while there are fewer than two points."""
    stretches = trends.begun((trends.by_month if by_months else trends.by_week)(letters, now=now))
    said = trends.finding(stretches, wanted)
    chart = trends.chart(stretches, wanted) if said else None
    return {"chart": chart, "finding": said, "stretches": stretches, "by_months": by_months}
