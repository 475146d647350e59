"""What a register is: columns, the rows of a month, and how a row is said, on a page and in a file alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from coaching.lib.clock import moment_text
from coaching.lib.money import amount
from fees.models import Due
from fees.report_months import Month
from fees.reports import in_file
from fees.states import label_of

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Money:
    """Paise; less than nothing is said with a minus."""

    paise: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A state: `tone` and word."""

    tone: str
    word: Words


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads somewhere; with `url` "" it is only text."""

    text: str
    url: str
    number: str = ""
    """An admission number, which files have in a column of its own."""


Value = str | Promise | date | datetime | Money | Said | Link | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as a page shows it; `label` is its column's title, for lists of cards."""

    label: str
    text: str
    url: str = ""
    tone: str = ""
    is_money: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """One list. The first column is a student or what else the row is about, and becomes its head.

    `at` is the field of its days, `is_instant` when that holds an instant; "" for a list of what stands now.
    `student`, `batch` are paths to them, "" when it has none; `paise` sums up what a page says below the list.
    """

    key: str
    title: Words
    lead: Words
    columns: Sequence[Words]
    rows: Callable[[], QuerySet[Any]]
    row: Callable[[Any], Sequence[Value]]
    at: str
    is_instant: bool = True
    student: str = ""
    batch: str = ""
    paise: Any = None
    has_numbers: bool = True
    """Whether a file has an admission number beside the head, which is a student."""

    def of(self, *, month: Month | None, students: QuerySet[User, Any] | None, batch: int | None) -> QuerySet[Any]:
        """Its rows, narrowed to what is given and can be."""
        found = Q()
        if month and self.at:
            found &= Q(**{f"{self.at}__range": month.instants if self.is_instant else month.days})
        if students is not None and self.student:
            found &= Q(**{f"{self.student}__in": students})
        if batch and self.batch:
            found &= Q(**{self.batch: batch})
        return self.rows().filter(found)

    @property
    def header(self) -> list[str]:
        """Of a file."""
        titles = [str(one) for one in self.columns]
        return [titles[0], _("Admission number"), *titles[1:]] if self.has_numbers else titles

    def cells(self, row: Any) -> list[Cell]:
        """As the page shows it."""
        return [_cell(str(title), value) for title, value in zip(self.columns, self.row(row), strict=True)]

    def in_file(self, row: Any) -> list[Any]:
        values = [_plain(one) for one in self.row(row)]
        if not self.has_numbers:
            return values
        head = self.row(row)[0]
        return [values[0], head.number if isinstance(head, Link) else "", *values[1:]]


def _cell(label: str, value: Value) -> Cell:
    match value:
        case Money(paise):
            return Cell(label, "" if paise is None else amount(paise), is_money=True)
        case Said(tone, word):
            return Cell(label, str(word), tone=tone)
        case Link(text, url):
            return Cell(label, text, url=url)
        case datetime():
            return Cell(label, moment_text(value))
        case date():
            return Cell(label, date_format(value, "D j M Y"))
        case None:
            return Cell(label, "")
    return Cell(label, str(value))


def _plain(value: Value) -> Any:
    match value:
        case Money(paise):
            return "" if paise is None else in_file(paise)
        case Said(_tone, word):
            return str(word)
        case Link(text, _url):
            return text
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case None:
            return ""
    return str(value)


# --- What many rows have ----------------------------------------------------------------------------------------------


def student_link(student: User) -> Link:
    """His name, leading to his account."""
    return Link(student.name, reverse("fee_account", args=[student.uuid]), student.admission_number or "")


def batch_of(due: Due | None) -> str:
    """With the enrolment's batch fetched."""
    return due.enrolment.batch.name if due and due.enrolment else ""


def what_of(due: Due) -> str:
    """With `parent` fetched."""
    return label_of(due)


def name_of(person: User | None, otherwise: Words = "") -> str:
    return person.name if person else str(otherwise)
