"""One row of a file of people: its cells, what they mean, and everything that is wrong with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import import_values
from accounts.import_columns import Column, Columns
from accounts.import_tables import Line
from accounts.import_values import NotThat
from accounts.invitees import email_problem, name_problem, number_problem
from accounts.models import Guardianship, Role, User
from coaching.lib.exports import FORMULA_SIGNS
from coaching.lib.text import composed

_RELATION_CHARS = Guardianship._meta.get_field("relation").max_length or 0
SHOWN_CHARS = 60
FIELDS = (Column.NAME, Column.EMAIL, Column.NUMBER, Column.PHONE, Column.BIRTH)
"""The columns that are fields of a person, under the fields' own names."""
_FORMULAS = ("=", "＝", "@", "＠")  # + begins phone numbers, and - an empty cell of many hands
_GUARDIAN = (Column.GUARDIAN_NAME, Column.GUARDIAN_EMAIL, Column.GUARDIAN_PHONE)


class Fate(models.TextChoices):
    """What happens to a row."""

    ADD = "add", gettext_lazy("Will be added")
    UPDATE = "update", gettext_lazy("Will be updated")
    SKIP = "skip", gettext_lazy("Nothing to do")
    BAD = "bad", gettext_lazy("Does not fit")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which column (None: with the whole row), and what stands in the cell, cut short."""

    column: Column | None
    cell: str
    words: str


@dataclass(slots=True)
class PlannedGuardian:
    """A student's guardian as the row names him. `person` is he when he is here, `line` his own line in the file (0:
    none), `is_new` that the import adds him."""

    name: str
    email: str
    phone: str
    relation: str
    person: User | None = None
    line: int = 0
    is_new: bool = False


@dataclass(slots=True)
class Row:
    """One row on its way: `texts` as they stand in the file, `values` by field of a person once they are understood,
    `changes` field → (old, new) of a `person` who is here."""

    line: int
    texts: dict[Column, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    role: Role = Role.STUDENT
    person: User | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    guardian: PlannedGuardian | None = None
    links_guardian: bool = False
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fate: Fate = Fate.SKIP

    def refuse(self, column: Column | None, words: str) -> None:
        text = self.texts.get(column, "") if column else ""
        self.problems.append(Problem(column, text[:SHOWN_CHARS] + ("…" if len(text) > SHOWN_CHARS else ""), words))

    @property
    def name(self) -> str:
        """As the file has it, else as he is known here."""
        return str(self.values.get("name") or self.texts.get(Column.NAME) or (self.person.name if self.person else ""))

    @property
    def identifier(self) -> str:
        return str(self.values.get("email") or self.values.get("admission_number") or "")

    @property
    def changed_fields(self) -> list[str]:
        """What an update would change, in words."""
        return [str(Column(name).label) for name in self.changes]

    def told(self) -> list[Any]:
        """All that decides what happens, for the plan's fingerprint."""
        guardian = self.guardian
        whose = [guardian.email, guardian.name, guardian.person and guardian.person.pk] if guardian else None
        who = self.person.pk if self.person else None
        return [self.line, self.fate, self.role, self.values, self.changes, who, whose]


def read_row(line: Line, columns: Columns, *, fixes: Mapping[str, str]) -> Row:
    """The cells of a line by column, with those that were put right by hand in place of the file's."""
    row = Row(line.number)
    if line.problem:
        row.refuse(None, line.problem)
        return row
    row.texts = {
        column: line.cells[place] if place < len(line.cells) else "" for column, place in columns.places.items()
    }
    row.texts = {column: composed(_bare(text)) for column, text in row.texts.items()}
    row.texts |= {Column(column): composed(text.strip()) for column, text in fixes.items() if column in Column.values}
    if any(line.cells[columns.width :]):
        row.refuse(None, _("This row has more cells than there are titles. Is a comma missing its quotation marks?"))
    return row


def _bare(text: str) -> str:
    """Without the apostrophe that our own exports put before what a spreadsheet would take for a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text


def understand(row: Row, *, role: Role, relation: str, today: date) -> None:
    """Fill `values`, `role` and `guardian` from the texts, noting every cell that cannot be what it should be."""
    row.role = _taken(row, Column.ROLE, import_values.role) or role
    row.values = {
        "name": _taken(row, Column.NAME, _name),
        "email": _taken(row, Column.EMAIL, _email) or None,
        "admission_number": _taken(row, Column.NUMBER, _number) or None,
        "phone": _taken(row, Column.PHONE, import_values.phone) or "",
        "date_of_birth": _taken(row, Column.BIRTH, lambda text: import_values.birth_date(text, today=today)),
    }
    _require_identity(row)
    if any(row.texts.get(column) for column in _GUARDIAN):
        _understand_guardian(row, relation)


def _taken(row: Row, column: Column, read: Callable[[str], Any]) -> Any:
    """What the cell means; None when it is empty or, with the problem noted, when it means nothing."""
    text = row.texts.get(column, "")
    if not text:
        return None
    if text[0] in _FORMULAS:
        row.refuse(column, _("This is a formula. Write its value."))
        return None
    try:
        return read(text)
    except NotThat as error:
        row.refuse(column, error.message)
        return None


def _require_identity(row: Row) -> None:
    has_email, has_number = row.texts.get(Column.EMAIL), row.texts.get(Column.NUMBER)
    if row.role != Role.STUDENT and has_number:
        row.refuse(Column.NUMBER, _("Only students have an admission number."))
    elif row.role != Role.STUDENT and not has_email:
        row.refuse(Column.EMAIL, _("Give an e-mail address; only students can do without."))
    elif not has_email and not has_number:
        row.refuse(Column.NUMBER, _("Give an e-mail address; a student may have an admission number instead."))


def _understand_guardian(row: Row, relation: str) -> None:
    if row.role != Role.STUDENT:
        row.refuse(Column.GUARDIAN_NAME, _("Only students have guardians."))
        return
    row.guardian = PlannedGuardian(
        name=_taken(row, Column.GUARDIAN_NAME, _name) or "",
        email=_taken(row, Column.GUARDIAN_EMAIL, _email) or "",
        phone=_taken(row, Column.GUARDIAN_PHONE, import_values.phone) or "",
        relation=" ".join((row.texts.get(Column.GUARDIAN_RELATION) or relation).split())[:_RELATION_CHARS],
    )
    if row.guardian.email and row.guardian.email == row.values["email"]:
        row.refuse(Column.GUARDIAN_EMAIL, _("The student has this e-mail address himself. Each needs his own."))


def _name(text: str) -> str:
    tidy = " ".join(text.split()) if "\n" not in text else text
    if "??" in tidy or "\ufffd" in tidy:
        raise NotThat(_("The letters of this name were lost. Save the file as CSV in UTF-8 or as .xlsx."))
    if problem := name_problem(tidy):
        raise NotThat(problem)
    return tidy


def _email(text: str) -> str:
    tidy = text.strip().lower()
    if problem := email_problem(tidy):
        raise NotThat(problem)
    return tidy


def _number(text: str) -> str:
    if problem := number_problem(text):
        raise NotThat(problem)
    return text
