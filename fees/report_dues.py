"""The list of dues: who owes what from when on, what of it came, and the same for a spreadsheet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fees.models import Due
from fees.reports import in_file
from fees.states import State, label_of, state_of

AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class DueRow:
    """A due with what a list says of it, in paise; `expected` is less what was credited."""

    due: Due
    label: str
    batch: str
    expected: int
    paid: int
    open: int
    state: State


def with_names(rows: QuerySet[Due]) -> QuerySet[Due]:
    """With all that a row says, the oldest first."""
    fetched = rows.select_related("balance", "parent", "account__student", "enrolment__batch")
    return fetched.order_by("due_on", "account", "pk")  # as the index by day has them


def rows_of(dues: Iterable[Due], *, today: date) -> Iterator[DueRow]:
    """`dues` as `with_names` gives them."""
    for due in dues:
        balance = due.balance
        yield DueRow(
            due=due,
            label=label_of(due),
            batch=due.enrolment.batch.name if due.enrolment else "",
            expected=balance.total_paise - balance.credited_paise,
            paid=balance.paid_paise,
            open=balance.open_paise,
            state=state_of(due, today=today),
        )


def header() -> list[str]:
    return [
        _("Due on"),
        _("Admission number"),
        _("Student"),
        _("Batch"),
        _("What for"),
        _("Amount"),
        _("Credited"),
        _("Paid"),
        _("Open"),
        _("State"),
    ]


def cells(rows: QuerySet[Due], *, today: date) -> Iterator[list[Any]]:
    """A row for each due, as they are asked for."""
    for row in rows_of(with_names(rows).iterator(AT_A_TIME), today=today):
        student, balance = row.due.account.student, row.due.balance
        money = [in_file(paise) for paise in (balance.total_paise, balance.credited_paise, row.paid, row.open)]
        who = [row.due.due_on.isoformat(), student.admission_number or "", student.name]
        yield [*who, row.batch, row.label, *money, row.state.word]
