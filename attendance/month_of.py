"""A student's months, day by day: what was held and what the register says, what is to come, holidays and leave."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance.models import Leave, Record
from attendance.models.records import Status
from attendance.report_months import Month
from attendance.report_scope import classes_of
from attendance.shares import Share
from batches.models import Holiday
from batches.series import DAY, Days

TONES = {Status.PRESENT: "ok", Status.LATE: "due", Status.ABSENT: "bad", Status.EXCUSED: "off", Status.WAITING: "run"}
"""Of what a register says, everywhere the same."""
SIGNS = {"": "○", "cancelled": "×", "unmarked": "–"}
"""What stands for a class that has no letter."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is read of a class."""

    pk: int
    uuid: UUID
    batch: str
    subject: str | None
    topic: str
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None

    @property
    def label(self) -> str:
        return self.topic or self.subject or self.batch


@dataclass(frozen=True, slots=True)
class Said:
    """What the register says of the student in one class."""

    uuid: UUID
    status: str
    late_min: int | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One class of a day. `sign` stands for it where there is no room, `word` with `tone` says its state."""

    label: str
    batch: str
    starts_at: datetime
    url: str
    sign: str
    tone: str
    word: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a student's month."""

    day: date
    lessons: tuple[Lesson, ...]
    holiday: str = ""
    is_leave: bool = False
    is_today: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A month in weeks, Monday first; None where a week reaches into a neighbour."""

    month: Month
    weeks: list[list[Day | None]]
    share: Share

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """Names and short names, Monday first."""
        return [(str(WEEKDAYS[number]), str(WEEKDAYS_ABBR[number])) for number in range(7)]

    @property
    def holidays(self) -> list[tuple[date, date, str]]:
        """First and last day of each, with its name: for phones, where a day has no room for it."""
        found: list[tuple[date, date, str]] = []
        for day in (day for week in self.weeks for day in week if day and day.holiday):
            is_next = bool(found) and found[-1][2] == day.holiday and found[-1][1] + DAY == day.day
            first = found.pop()[0] if is_next else day.day
            found.append((first, day.day, day.holiday))
        return found

    @property
    def has_classes(self) -> bool:
        return any(day and day.lessons for week in self.weeks for day in week)


def months_of(student: User, months: Sequence[Month], *, viewer: User, sees_all: bool, now: datetime) -> list[Page]:
    """These following months of a student. Four queries."""
    first, last = months[0], months[-1]
    classes = classes_of(student, viewer=viewer, sees_all=sees_all).order_by("starts_at", "pk")
    classes = classes.filter(starts_at__gte=first.span.starts_at, starts_at__lt=last.span.ends_at)
    columns = ("pk", "uuid", "batch__name", "subject__name", "topic", "starts_at", "ends_at", "cancelled_at")
    rows = [Row(*row) for row in classes.values_list(*columns)]
    kept = Record.objects.filter(student=student, class_session__in=[row.pk for row in rows]).order_by()
    said = {row[0]: Said(*row[1:]) for row in kept.values_list("class_session", "uuid", "status", "late_min")}
    holidays = list(Holiday.objects.between(first.first, last.last))
    leaves = _leaves(student, first.first, last.last)
    by_day: dict[date, list[tuple[Row, Said | None]]] = defaultdict(list)
    for row in rows:
        by_day[timezone.localdate(row.starts_at)].append((row, said.get(row.pk)))
    return [_page(month, by_day, holidays, leaves, now=now) for month in months]


def word_of(said: Said) -> str:
    """What the register says, as a person says it."""
    if said.status == Status.LATE and said.late_min:
        return ngettext("Late, %(count)d min", "Late, %(count)d min", said.late_min) % {"count": said.late_min}
    return str(Status(said.status).label)


def _leaves(student: User, first: date, last: date) -> list[Days]:
    rows = Leave.objects.granted().filter(student=student, first_on__lte=last, last_on__gte=first)
    return [Days(*row) for row in rows.order_by().values_list("first_on", "last_on")]


def _page(
    month: Month,
    by_day: dict[date, list[tuple[Row, Said | None]]],
    holidays: Sequence[Holiday],
    leaves: Sequence[Days],
    *,
    now: datetime,
) -> Page:
    def made(day: date | None) -> Day | None:
        if day is None:
            return None
        is_leave = any(day in one for one in leaves)
        lessons = tuple(_lesson(row, said, is_leave=is_leave, now=now) for row, said in by_day.get(day, ()))
        free = Holiday.covering(day, holidays)
        return Day(day, lessons, free.name if free else "", is_leave, is_today=day == timezone.localdate(now))

    rows = [one for day, held in by_day.items() if Month.of(day) == month for one in held]
    share = Share.of(said.status for row, said in rows if said and row.cancelled_at is None)
    return Page(month, [[made(day) for day in week] for week in month.weeks], share)


def _lesson(row: Row, said: Said | None, *, is_leave: bool, now: datetime) -> Lesson:
    sign, tone, word = _state(row, said, is_leave=is_leave, now=now)
    url = reverse("record", args=[said.uuid]) if said else reverse("class_session", args=[row.uuid])
    return Lesson(row.label, row.batch, row.starts_at, url, sign, tone, word)


def _state(row: Row, said: Said | None, *, is_leave: bool, now: datetime) -> tuple[str, str, str]:
    """Sign, tone and word."""
    if row.cancelled_at:
        return SIGNS["cancelled"], "off", _("Cancelled")
    if said and said.status in TONES:
        return said.status, TONES[Status(said.status)], word_of(said)
    if row.ends_at > now:
        return ("E", "off", _("On leave")) if is_leave else (SIGNS[""], "", _("To come"))
    return SIGNS["unmarked"], "off", str(Status.UNMARKED.label)
