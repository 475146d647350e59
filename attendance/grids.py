"""The month of a batch as a grid: its students × the classes that have begun, several a day if there were.

Two hundred students in thirty classes are six thousand cells, so a row is written as one piece of text here and not by
a template. The letter P speaks for itself; every other sign says its word to a screen reader.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from attendance.models import Record
from attendance.models.records import Status
from attendance.report_months import Month
from attendance.shares import ATTENDED, Share
from attendance.totals import tone_of, wanted_by_batch
from batches.models import Batch, ClassSession, Enrolment
from coaching.lib.clock import clock_text

NOBODY = UUID(int=0)
NOT_ON_ROLL = ""
CLASSES = {Status.LATE: "l", Status.ABSENT: "a", Status.EXCUSED: "e", Status.WAITING: "w"}


class Held(NamedTuple):
    """A column: one class that has begun."""

    pk: int
    uuid: UUID
    starts_at: datetime
    ends_at: datetime
    subject: str | None
    topic: str
    finalised_at: datetime | None


class Stay(NamedTuple):
    """When a student is in the batch; `left_at` None: until further notice."""

    joined_at: datetime
    left_at: datetime | None

    def covers(self, one: Held) -> bool:
        return self.joined_at < one.ends_at and (self.left_at is None or self.left_at > one.starts_at)


class Student(NamedTuple):
    """A row's head."""

    pk: int
    uuid: UUID
    name: str
    number: str | None


@dataclass(frozen=True)
class Grid:
    """`letters` by (student, class); "U" where he is on the roll and nothing is said, missing where he is not."""

    batch: Batch
    month: Month
    wanted: int
    held: list[Held]
    students: list[Student]
    letters: Mapping[int, Mapping[int, str]]
    coming: int

    @property
    def share(self) -> Share:
        """Of all together."""
        return Share.of(letter for row in self.letters.values() for letter in row.values())

    def share_of(self, student: Student) -> Share:
        return Share.of(self.letters.get(student.pk, {}).values())

    def cells_of(self, student: Student) -> list[str]:
        """His letters in the order of the columns, "" where he was not on the roll."""
        row = self.letters.get(student.pk, {})
        return [row.get(one.pk, NOT_ON_ROLL) for one in self.held]


def grid_of(batch: Batch, month: Month, *, now: datetime) -> Grid:
    """Four queries, and one for how many classes are still to come."""
    classes = ClassSession.objects.filter(batch=batch, cancelled_at=None, starts_at__gte=month.span.starts_at)
    begun = classes.filter(starts_at__lt=min(month.span.ends_at, now)).order_by("starts_at", "pk")
    columns = ("pk", "uuid", "starts_at", "ends_at", "subject__name", "topic", "register__finalised_at")
    held = [Held(*row) for row in begun.values_list(*columns)]
    stays, students = _roll(batch, month)
    letters = _letters(held, stays)
    rows = [one for one in students if letters.get(one.pk)]
    coming = classes.filter(starts_at__gte=max(now, month.span.starts_at), starts_at__lt=month.span.ends_at).count()
    return Grid(batch, month, wanted_by_batch([batch.pk])[batch.pk], held, rows, letters, coming)


def _roll(batch: Batch, month: Month) -> tuple[dict[int, list[Stay]], list[Student]]:
    """Who is or was in the batch until the end of the month, by name."""
    stays: dict[int, list[Stay]] = defaultdict(list)
    students: dict[int, Student] = {}
    rows = Enrolment.objects.filter(batch=batch, joined_at__lt=month.span.ends_at).order_by("student__name", "pk")
    columns = ("student", "student__uuid", "student__name", "student__admission_number", "joined_at", "left_at")
    for pk, uuid, name, number, joined_at, left_at in rows.values_list(*columns):
        stays[pk].append(Stay(joined_at, left_at))
        students.setdefault(pk, Student(pk, uuid, name, number))
    return stays, list(students.values())


def _letters(held: list[Held], stays: Mapping[int, list[Stay]]) -> dict[int, dict[int, str]]:
    letters: dict[int, dict[int, str]] = defaultdict(dict)
    whole = dict.fromkeys((one.pk for one in held), Status.UNMARKED.value)
    for student, spans in stays.items():
        if held and any(stay.covers(held[0]) and stay.covers(held[-1]) for stay in spans):
            letters[student] = whole.copy()  # almost everybody, almost always
        else:
            on_roll = [one.pk for one in held if any(stay.covers(one) for stay in spans)]
            letters[student] = dict.fromkeys(on_roll, Status.UNMARKED.value)
    rows = Record.objects.filter(class_session__in=[one.pk for one in held], student__in=stays).order_by()
    for student, number, status in rows.values_list("student", "class_session", "status"):
        letters[student][number] = status
    return letters


# --- Written out ------------------------------------------------------------------------------------------------------


def head_of(grid: Grid) -> list[SafeString]:
    """A head cell for each class, which leads to its register."""
    address = reverse("register", args=[NOBODY])
    return [_head(one, address.replace(str(NOBODY), str(one.uuid))) for one in grid.held]


def _head(one: Held, address: str) -> SafeString:
    local, time = timezone.localtime(one.starts_at), clock_text(one.starts_at)
    about = " · ".join(filter(None, (date_format(local, "D j M"), time, one.topic or one.subject or "")))
    return format_html(
        '<th scope="col"><a href="{}" title="{}" aria-label="{}">{}<b>{}</b></a>',
        address,
        about,
        about,
        date_format(local, "D"),
        local.day,
    )


def rows_of(grid: Grid) -> Iterator[SafeString]:
    """Each student's row, without closing tags, which HTML does not ask for."""
    cells = _cells()
    before, _nobody, after = reverse("attendance_of", args=[NOBODY]).partition(str(NOBODY))
    for student in grid.students:
        share = grid.share_of(student)
        tone = tone_of(share, grid.wanted)
        told = f"{share.attended}/{share.held}<td class=t-{tone}>{share.percent} %" if share.held else "<td>–"
        yield mark_safe(  # noqa: S308 - names are escaped, all else is ours
            f'<tr><th scope=row><a href="{before}{student.uuid}{after}">{escape(student.name)}</a>'
            f"{''.join(cells[letter] for letter in grid.cells_of(student))}<td>{told}"
        )


def feet_of(grid: Grid) -> list[tuple[str, list[int]]]:
    """How many were there, and how many absent, in each class."""
    counts = [Counter(row[one.pk] for row in grid.letters.values() if one.pk in row) for one in grid.held]
    there = [sum(count[letter] for letter in ATTENDED) for count in counts]
    return [(_("There"), there), (_("Absent"), [count[Status.ABSENT.value] for count in counts])]


def _cells() -> dict[str, str]:
    """What stands for each letter in a cell, in the language of whoever reads."""
    cells = {NOT_ON_ROLL: "<td>", Status.PRESENT.value: "<td>P"}
    for status, name in CLASSES.items():
        cells[status.value] = f'<td class={name} aria-label="{escape(status.label)}">{status.value}'
    cells[Status.UNMARKED.value] = f'<td class=u aria-label="{escape(Status.UNMARKED.label)}">–'
    return cells
