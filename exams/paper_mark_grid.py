"""The grid of marks of a test on paper: a page of its students × its sections, as it is shown and as it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from accounts.models import User
from batches.models import Batch, Enrolment
from coaching.lib.text import search_text, whole_number
from coaching.lib.uuids import uuid_of
from exams import paper_marks, paper_tests
from exams.mark_reading import NoMarks
from exams.models import Section, SectionMark, Test
from exams.paper_marks import Cell, Place, entered
from exams.scheme_words import number

PAGE_ROWS = 50
MOST_FIELDS = 900
"""So many fields a form may have at most, below what Django takes."""
TYPED, MOST_NUMBER = 20, 10**18


@dataclass(frozen=True, slots=True)
class GridCell:
    """A field; `theirs` is what somebody else wrote meanwhile, `problem` what is wrong with what was typed."""

    name: str
    section: Section
    text: str
    problem: str = ""
    theirs: SectionMark | None = None

    @property
    def theirs_text(self) -> str:
        return entered(self.theirs).text or "–"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A student; `total` is the sum of what is saved, "" for nothing yet."""

    student: User
    cells: list[GridCell]
    total: str


@dataclass(slots=True)
class Typed:
    """What was sent: cells that can be read, and of the others what was typed and what is wrong with it."""

    cells: list[Cell] = field(default_factory=list)
    texts: dict[Place, str] = field(default_factory=dict)
    problems: dict[Place, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """Which students are shown."""

    batch: Batch | None
    batches: list[Batch]
    words: str
    page: str


def looked(request: HttpRequest, test: Test) -> Looked:
    batches = list(test.batches.order_by("name", "pk"))
    batch = next((one for one in batches if str(one.uuid) == request.GET.get("batch")), None)
    return Looked(batch, batches, search_text(request.GET.get("q", "")), request.GET.get("page", ""))


def students_page(test: Test, at: Looked, sections: Sequence[Section]) -> Page[User]:
    """Students by name, so many that all their fields fit into one form."""
    found = paper_tests.students_of(test)
    if at.batch:
        found = found.filter(pk__in=_of_batch(test, at.batch))
    if at.words:
        found = found.search(at.words)
    rows = max(1, min(PAGE_ROWS, MOST_FIELDS // max(1, len(sections))))
    return Paginator(found.order_by("name", "pk"), rows).get_page(at.page)


def _of_batch(test: Test, batch: Batch) -> Any:
    opens_at: datetime = test.window[0]
    return Enrolment.objects.not_over(opens_at).filter(batch=batch).order_by().values("student")


def rows_of(
    test: Test, page: Page[User], sections: Sequence[Section], typed: Typed, taken: Mapping[Place, SectionMark]
) -> list[GridRow]:
    """The rows of a page, with what could not be saved as it was typed. One query."""
    marks = paper_marks.newest_of(test, [one.pk for one in page])
    rows = []
    for student in page:
        cells = [_cell(student, one, marks.get((student.pk, one.pk)), typed, taken) for one in sections]
        had = [mark.marks for one in sections if (mark := marks.get((student.pk, one.pk))) and mark.marks is not None]
        rows.append(GridRow(student, cells, number(sum(had, Decimal(0))) if had else ""))
    return rows


def _cell(
    student: User, section: Section, mark: SectionMark | None, typed: Typed, taken: Mapping[Place, SectionMark]
) -> GridCell:
    place = (student.pk, section.pk)
    name = f"m.{student.uuid}.{section.pk}.{mark.number if mark else 0}"
    is_kept = place in taken or place in typed.problems
    text = typed.texts.get(place, "") if is_kept else entered(mark).text
    return GridCell(name, section, text, typed.problems.get(place, ""), taken.get(place))


def read_form(post: QueryDict, test: Test, sections: Sequence[Section]) -> Typed:
    """What was sent of this test's students and sections; other fields are nobody's. One query."""
    full = {one.pk: one.full_marks or Decimal(0) for one in sections}
    sent: dict[tuple[UUID, int], tuple[int, str]] = {}
    for name, value in post.items():
        where = _place(name)
        if where and where[1] in full and isinstance(value, str):
            sent[where[0], where[1]] = (where[2], value)
    among = paper_tests.students_of(test).filter(uuid__in={uuid for uuid, _section in sent})
    students = dict(among.values_list("uuid", "pk"))
    typed = Typed()
    for (uuid, section), (seen, value) in sent.items():
        if uuid in students:
            _take(typed, (students[uuid], section), value, seen, full[section])
    return typed


def _take(typed: Typed, place: Place, value: str, seen: int, full: Decimal) -> None:
    typed.texts[place] = value[:TYPED]
    try:
        typed.cells.append(Cell(*place, paper_marks.read(value, full=full), seen))
    except NoMarks as error:
        typed.problems[place] = error.message


def _place(name: str) -> tuple[UUID, int, int] | None:
    """Of `m.<student>.<section>.<number that stood there>`."""
    parts = name.split(".")
    if len(parts) != 4 or parts[0] != "m":
        return None
    student, (section, seen) = uuid_of(parts[1]), (whole_number(one, most=MOST_NUMBER) for one in parts[2:])
    return None if student is None or section is None or seen is None else (student, section, seen)
