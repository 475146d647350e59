"""Marks of a test on paper in a file: which student each line means, and what it would change; and the file to fill."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import import_files
from accounts.import_tables import Line, Table, Unreadable
from accounts.models import User
from exams import paper_marks, paper_tests
from exams.mark_reading import NoMarks
from exams.models import Section, SectionMark, Test
from exams.paper_marks import Cell, Entered, Place, entered

NUMBER, EMAIL, NAME = "number", "email", "name"
TITLES = {
    NUMBER: {"admission number", "number", "roll", "roll number", "roll no", "roll no.", "प्रवेश संख्या", "अनुक्रमांक"},
    EMAIL: {"e-mail", "email", "e-mail address", "email address", "ई-मेल"},
    NAME: {"name", "student", "नाम"},
}


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that would be otherwise; `was` is what stands there."""

    section: Section
    cell: Cell
    was: Entered


@dataclass(slots=True)
class PlanLine:
    """A line of the file: whose it is, what it would change, and what is wrong with it."""

    number: int
    student: User | None = None
    called: str = ""
    changes: list[Change] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def fate(self) -> str:
        if self.problems:
            return "bad" if self.student else "unknown"
        if not self.changes:
            return "same"
        return "changed" if any(one.was.text for one in self.changes) else "new"


@dataclass(slots=True)
class Plan:
    """All lines of a file with what would become of them."""

    lines: list[PlanLine] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        """What is to be entered: of lines without a fault."""
        return [one.cell for line in self.lines if not line.problems for one in line.changes]

    @property
    def counts(self) -> dict[str, int]:
        found = dict.fromkeys(("new", "changed", "same", "unknown", "bad"), 0)
        for line in self.lines:
            found[line.fate] += 1
        return found

    @property
    def fingerprint(self) -> str:
        """Of what it would write over what: another one is another plan."""
        told = [(one.student, one.section, one.value.text, one.seen) for one in self.cells]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def plan_file(test: Test, content: bytes) -> Plan:
    """What the file would do to the test as it is now. Three queries. Raises: Unreadable."""
    sections = titled(paper_marks.sections_of(test))
    known = {_alike(one) for names in TITLES.values() for one in names} | set(sections)
    table = import_files.read(content, is_title=lambda title: _alike(title) in known)
    columns, plan = _columns(table, sections), Plan()
    plan.left_out = [title for at, title in enumerate(table.header) if title and at not in columns]
    stands, find = paper_marks.newest_of(test), _finder(test)
    seen: dict[int, int] = {}
    for line in table.lines:
        plan.lines.append(_line(line, columns, stands, find, seen))
    return plan


def header_of(sections: Sequence[Section]) -> list[str]:
    return [_("Admission number"), _("E-mail"), _("Name"), *(one.title for one in titled(sections).values())]


def rows_of(test: Test, sections: Sequence[Section]) -> Iterator[list[Any]]:
    """The students by name with what stands; marks as numbers."""
    stands = paper_marks.newest_of(test)
    for one in paper_tests.students_of(test).order_by("name", "pk"):
        cells = (entered(stands.get((one.pk, section.pk))) for section in sections)
        marks = [cell.text if cell.marks is None else Decimal(cell.text) for cell in cells]
        yield [one.admission_number, one.email, one.name, *marks]


def titled(sections: Sequence[Section]) -> dict[str, Section]:
    """Sections by their titles as files have them; a title that comes again gets its place behind it."""
    found: dict[str, Section] = {}
    for place, one in enumerate(sections, start=1):
        title = one.title if _alike(one.title) not in found else f"{one.title} ({place})"
        one.title = title
        found[_alike(title)] = one
    return found


def _alike(title: str) -> str:
    """For comparing: without the apostrophe that our own file puts before what would begin a formula, too."""
    return " ".join(title.casefold().split()).removeprefix("'")


def _columns(table: Table, sections: Mapping[str, Section]) -> dict[int, str | Section]:
    """What each column holds, by its place. Raises: Unreadable."""
    names = {_alike(one): name for name, alike in TITLES.items() for one in alike}
    names |= {_alike(_("Admission number")): NUMBER, _alike(_("E-mail")): EMAIL, _alike(_("Name")): NAME}
    found: dict[int, str | Section] = {}
    for at, title in enumerate(table.header):
        held = sections.get(_alike(title)) or names.get(_alike(title))
        if held is not None and held in found.values():
            raise Unreadable(_("Two columns are called “%(title)s”.") % {"title": title[:80]})
        if held is not None:
            found[at] = held
    if not {NUMBER, EMAIL} & {one for one in found.values() if isinstance(one, str)}:
        raise Unreadable(_("A column must say who it is: “Admission number” or “E-mail”."))
    if not any(isinstance(one, Section) for one in found.values()):
        raise Unreadable(_("No column is called like a section of this test."))
    return found


Find = Callable[[str, str], tuple[User | None, str]]


def _finder(test: Test) -> Find:
    """Who has a number and an address, and what is wrong when nobody or two have. One query."""
    students = list(paper_tests.students_of(test).order_by("pk"))
    numbers = {one.admission_number.casefold(): one for one in students if one.admission_number}
    addresses = {one.email.casefold(): one for one in students if one.email}

    def find(number: str, address: str) -> tuple[User | None, str]:
        if not number and not address:
            return None, _("The line does not say who it is.")
        said = ([numbers.get(number.casefold())] if number else []) + (
            [addresses.get(address.casefold())] if address else []
        )
        if None in said:
            return None, _("No student of this test has this number or address.")
        if len({one.pk for one in said if one}) > 1:
            return None, _("The number and the address belong to two students.")
        return said[0], ""

    return find


def _line(
    line: Line,
    columns: Mapping[int, str | Section],
    stands: Mapping[Place, SectionMark],
    find: Find,
    seen: dict[int, int],
) -> PlanLine:
    texts = {held: _bare(line.cells[at]) for at, held in columns.items() if at < len(line.cells)}
    made = PlanLine(line.number, called=texts.get(NAME) or texts.get(NUMBER) or texts.get(EMAIL) or "")
    if line.problem:
        made.problems.append(line.problem)
        return made
    made.student, problem = find(texts.get(NUMBER, ""), texts.get(EMAIL, ""))
    if made.student is None:
        made.problems.append(problem)
        return made
    first = seen.setdefault(made.student.pk, line.number)
    if first != line.number:
        made.problems.append(_("Line %(line)s is about the same student.") % {"line": first})
        return made
    for held, text in texts.items():
        if isinstance(held, Section) and text:
            _take(made, made.student, held, text, stands.get((made.student.pk, held.pk)))
    return made


def _take(made: PlanLine, student: User, section: Section, text: str, mark: SectionMark | None) -> None:
    """An empty cell leaves what stands."""
    try:
        value = paper_marks.read(text, full=section.full_marks or Decimal(0))
    except NoMarks as error:
        told = {"section": section.title, "typed": text[:20], "why": error.message}
        made.problems.append(_("%(section)s: “%(typed)s”. %(why)s") % told)
        return
    was = entered(mark)
    if value != was:
        cell = Cell(student.pk, section.pk, value, mark.number if mark else 0)
        made.changes.append(Change(section, cell, was))


def _bare(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reckoning."""
    return cell.strip().removeprefix("'").strip()
