"""Marks of a test on paper: of each student for each section, or that he was absent. Never overwritten, only followed.

A cell is written with the number that stood in it when its page was made; what somebody else wrote meanwhile is told
and left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError
from exams import mark_reading, paper_tests
from exams.grading import plain
from exams.models import Section, SectionMark, Test
from exams.papers import locked_test

AT_A_TIME = 500
ABSENT = "A"
ABSENT_WORDS = frozenset({"a", "ab", "abs", "absent", "अ", "अनु", "अनुपस्थित"})
Place = tuple[int, int]
"""A cell: numbers of a student and a section."""


class MarksRefused(DomainError):
    """Marks cannot be entered now, or not for these."""

    code = "marks_refused"


@dataclass(frozen=True, slots=True)
class Entered:
    """What is in a cell: marks, absent, or neither when it is empty."""

    marks: Decimal | None = None
    is_absent: bool = False

    @property
    def text(self) -> str:
        """As one types it."""
        if self.is_absent:
            return ABSENT
        return "" if self.marks is None else plain(self.marks)


EMPTY = Entered()


@dataclass(frozen=True, slots=True)
class Cell:
    """What is to be in a cell; `seen` is the number of what stood there, 0 for nothing."""

    student: int
    section: int
    value: Entered
    seen: int

    @property
    def place(self) -> Place:
        return self.student, self.section


@dataclass(slots=True)
class Saved:
    """How many cells are otherwise now, and those that somebody else wrote meanwhile, with what stands there."""

    count: int = 0
    taken: dict[Place, SectionMark] = field(default_factory=dict)


def read(typed: str, *, full: Decimal) -> Entered:
    """What was typed into a cell: marks between −full and full, A for absent, or nothing. Raises: NoMarks."""
    text = typed.strip()
    if not text:
        return EMPTY
    if text.casefold() in ABSENT_WORDS:
        return Entered(is_absent=True)
    return Entered(mark_reading.read(text, most=full, least=-full))


def why_not_now(test: Test, *, now: datetime) -> str:
    """In words why no marks can be entered, "" when they can."""
    if not test.is_on_paper:
        return _("This test is not written on paper.")
    if test.archived_at:
        return _("The test is archived. Take it out of the archive first.")
    if not test.published_at or not test.opens_at:
        return _("The test is a draft. Publish it first.")
    if test.opens_at > now:
        return _("It is written on %(when)s. Marks can be entered from then on.") % {"when": moment_text(test.opens_at)}
    return ""


def enter_marks(
    test: Test, cells: Sequence[Cell], *, actor: User, now: datetime, request: HttpRequest | None = None
) -> Saved:
    """Let these be in the cells, but for those that others wrote meanwhile. The same again changes nothing.

    Raises: MarksRefused.
    """
    with transaction.atomic():
        locked = locked_test(test)
        reason = why_not_now(locked, now=now)
        if reason:
            raise MarksRefused(reason)
        _require_fit(locked, cells)
        stands = newest_of(locked, [one.student for one in cells])
        saved, rows = Saved(), []
        for one in cells:
            mark = stands.get(one.place)
            if one.value == entered(mark):
                continue
            number = mark.number if mark else 0
            if mark and number != one.seen:
                saved.taken[one.place] = mark
            else:
                rows.append(_row(one, number + 1, actor=actor, now=now))
        SectionMark.objects.bulk_create(rows, batch_size=AT_A_TIME)
        saved.count = len(rows)
        if rows:
            told: dict[str, Any] = {"name": locked.title, "count": len(rows)}
            activity.record("test.marks_entered", actor=actor, on=locked, request=request, **told)
    return saved


def newest_of(test: Test, students: Iterable[int] | None = None) -> dict[Place, SectionMark]:
    """What stands in the cells of these students, or of all. One query."""
    rows = SectionMark.objects.filter(section__test=test).select_related("by").order_by("number")
    some = None if students is None else set(students)
    if some is not None and len(some) <= AT_A_TIME:
        rows = rows.filter(student__in=some)
    return {(one.student_id, one.section_id): one for one in rows}


def entered(mark: SectionMark | None) -> Entered:
    return Entered(mark.marks, mark.is_absent) if mark else EMPTY


def filled_cells(test: Test) -> int:
    """How many cells say something. One query."""
    newer = SectionMark.objects.filter(
        section=OuterRef("section"), student=OuterRef("student"), number__gt=OuterRef("number")
    )
    rows = SectionMark.objects.filter(~Exists(newer.order_by()), section__test=test)
    return rows.filter(Q(marks__isnull=False) | Q(is_absent=True)).count()


def sections_of(test: Test) -> list[Section]:
    """Those that are marked, in order."""
    return list(test.sections.filter(full_marks__isnull=False).order_by("position", F("pk")))


def _require_fit(test: Test, cells: Sequence[Cell]) -> None:
    """Raises: MarksRefused."""
    full = {one.pk: one.full_marks or Decimal(0) for one in sections_of(test)}
    for one in cells:
        if one.section not in full or abs(one.value.marks or Decimal(0)) > full[one.section]:
            raise MarksRefused(_("The sections of this test were changed in the meantime. Load the page again."))
    wanted = {one.student for one in cells}
    if wanted - set(paper_tests.students_of(test).values_list("pk", flat=True)):
        raise MarksRefused(_("Somebody among these is in none of the batches that wrote this test."))


def _row(cell: Cell, number: int, *, actor: User, now: datetime) -> SectionMark:
    return SectionMark(
        section_id=cell.section,
        student_id=cell.student,
        number=number,
        marks=cell.value.marks,
        is_absent=cell.value.is_absent,
        by=actor,
        at=now,
    )
