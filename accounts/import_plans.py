"""What an import of people would do, row by row. Nothing is written here.

Each row has one fate: somebody is added, or changed, or nothing is to be done, or the row does not fit and says in
which column and why. The same plan is made for the preview, for a dry run and, under the lock, for the import itself.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import import_columns, import_files, import_rows
from accounts.import_columns import Column, Columns
from accounts.import_matches import find_guardians, find_people, find_twins
from accounts.import_rows import Fate, Row
from accounts.models import Role

__all__ = ["Fate", "Mode", "Plan", "Row", "Source", "plan_import"]


class Mode(models.TextChoices):
    """What happens to people who are here already, and to those who are not."""

    ADD = "add", gettext_lazy("Add new people; leave those who are here as they are")
    BOTH = "both", gettext_lazy("Add new people, and update those who are here")
    UPDATE = "update", gettext_lazy("Only update those who are here")


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is to be taken. `role` is for rows that name none; `fixes` are cells put right by hand, by line
    and column; `leaves_out` says that rows which do not fit are left out, else they stop the import."""

    content: bytes
    file_name: str
    mode: Mode = Mode.ADD
    role: Role = Role.STUDENT
    fixes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    leaves_out: bool = False

    @property
    def mark(self) -> str:
        """SHA-256 in hex: the same for the same file taken in the same way."""
        how = json.dumps([self.mode, self.role, _sorted(self.fixes)])
        return hashlib.sha256(how.encode() + b"\0" + self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """Rows with their fates, and how the columns were read."""

    source: Source
    header: tuple[str, ...]
    columns: Columns
    rows: tuple[Row, ...]

    def of(self, fate: Fate) -> list[Row]:
        return [row for row in self.rows if row.fate == fate]

    @property
    def added(self) -> list[Row]:
        return self.of(Fate.ADD)

    @property
    def updated(self) -> list[Row]:
        return self.of(Fate.UPDATE)

    @property
    def skipped(self) -> list[Row]:
        return self.of(Fate.SKIP)

    @property
    def bad(self) -> list[Row]:
        return self.of(Fate.BAD)

    @property
    def new_guardians(self) -> int:
        taken = [row.guardian for row in (*self.added, *self.updated)]
        return len({guardian.email for guardian in taken if guardian and guardian.is_new})

    @property
    def does_something(self) -> bool:
        return any(row.fate in {Fate.ADD, Fate.UPDATE} for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """Differs when any row's fate does; tells whether what was shown is still what would happen."""
        told = json.dumps([row.told() for row in self.rows], cls=DjangoJSONEncoder, ensure_ascii=False)
        return hashlib.sha256(told.encode()).hexdigest()

    def fitting(self) -> "Plan":
        """The same plan, its bad rows left out by choice."""
        return replace(self, source=replace(self.source, leaves_out=True))


def plan_import(source: Source, *, today: date) -> Plan:
    """Read the file and decide every row's fate, in as many queries for a thousand rows as for ten.

    Raises: Unreadable when it is no table, or has no column of names.
    """
    table = import_files.read(source.content, is_title=import_columns.is_title)
    columns = import_columns.find(table.header)
    rows = [import_rows.read_row(line, columns, fixes=source.fixes.get(line.number, {})) for line in table.lines]
    for row in rows:
        if not row.problems:
            import_rows.understand(row, role=source.role, relation=columns.relation, today=today)
    find_twins(rows)
    find_people(rows)
    find_guardians(rows, adds_people=source.mode != Mode.UPDATE)
    for row in rows:
        row.fate = _fate(row, source.mode)
    _follow_guardians(rows)
    return Plan(source, table.header, columns, tuple(rows))


def _fate(row: Row, mode: Mode) -> Fate:
    if row.problems:
        return Fate.BAD
    if row.person is None:
        if mode == Mode.UPDATE:
            row.notes.append(_("Is not here yet."))
            return Fate.SKIP
        return Fate.ADD
    if mode == Mode.ADD:
        row.notes.append(_("Is here already."))
        return Fate.SKIP
    if row.changes or row.links_guardian:
        return Fate.UPDATE
    row.notes.append(_("Nothing differs."))
    return Fate.SKIP


def _follow_guardians(rows: Iterable[Row]) -> None:
    """A guardian who has a line of his own is there only if that line is taken."""
    by_line = {row.line: row for row in rows}
    for row in rows:
        own = by_line.get(row.guardian.line) if row.guardian else None
        if own is None or row.fate not in {Fate.ADD, Fate.UPDATE}:
            continue
        if own.fate == Fate.BAD:
            words = {"line": own.line}
            row.refuse(Column.GUARDIAN_EMAIL, _("This guardian's own line %(line)s does not fit.") % words)
            row.fate = Fate.BAD
        elif own.person is None and own.fate == Fate.SKIP:
            row.guardian = None


def _sorted(fixes: Mapping[int, Mapping[str, str]]) -> list[Any]:
    return sorted((line, sorted(cells.items())) for line, cells in fixes.items())
