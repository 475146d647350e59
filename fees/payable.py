"""What of a student's dues can be paid now: open dues, and late fines that grow while he waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError
from coaching.lib.money import rupees
from fees import allocating, fining, states
from fees.models import Due, FeeSettings, StudentAccount


class NotPayable(DomainError):
    """What was chosen to be paid is not open, or not so much of it: somebody else was faster, or the day is another."""

    code = "not_payable"


@dataclass(frozen=True, slots=True)
class Row:
    """A line that can be paid. `key` is "due:<uuid>", or "fine:<uuid of what is late>" of a fine nobody issued yet.

    `about` is the due itself, of a fine that grows (`due` is None) what is late.
    """

    key: str
    due: Due | None
    about: Due
    label: str
    due_on: date
    state: states.State
    open_paise: int
    paid_paise: int
    is_fine: bool
    is_accruing: bool


def rows(account: StudentAccount, *, on: date) -> list[Row]:
    """Everything open, of later days too, in the order in which money goes to it. Fines as they are on that day."""
    related = ("balance", "bill", "parent", "enrolment__batch")
    dues = list(account.dues.open().select_related(*related))
    growing = fining.accruing(dues, on=on)
    found = {due.pk: _of_due(due, on) for due in dues}
    found |= {-due.pk: _growing(due, growing[due.pk]) for due in dues if growing.get(due.pk)}
    opens = [allocating.Open(number, row.due_on, row.open_paise, row.is_fine) for number, row in found.items()]
    return [found[one.key] for one in allocating.in_order(opens, fine_first=_fine_first(opens))]


def _fine_first(opens: list[allocating.Open]) -> bool:
    """Asked only where there are fines."""
    has_fines = any(one.is_fine for one in opens)
    return has_fines and FeeSettings.current().allocation_order == FeeSettings.Order.FINE_FIRST


def _of_due(due: Due, on: date) -> Row:
    is_fine = due.kind == Due.Kind.FINE
    return Row(
        key=f"due:{due.uuid}",
        due=due,
        about=due,
        label=states.label_of(due),
        due_on=due.parent.due_on if due.parent else due.due_on,
        state=states.state_of(due, today=on),
        open_paise=due.balance.open_paise,
        paid_paise=due.balance.paid_paise,
        is_fine=is_fine,
        is_accruing=False,
    )


def _growing(late: Due, paise: int) -> Row:
    return Row(
        key=f"fine:{late.uuid}",
        due=None,
        about=late,
        label=states.label_of(Due(kind=Due.Kind.FINE, parent=late)),
        due_on=late.due_on,
        state=states.State(states.OVERDUE, "bad", _("Until today")),
        open_paise=paise,
        paid_paise=0,
        is_fine=True,
        is_accruing=True,
    )


def by_order(payable: Iterable[Row], paise: int, *, on: date) -> dict[str, int]:
    """How much of `paise` goes to which row, by key: to what is due on that day and before, in the order of rows."""
    given: dict[str, int] = {}
    for row in payable:
        part = min(paise, row.open_paise)
        if row.due_on <= on and part > 0:
            given[row.key] = part
            paise -= part
    return given


def by_choice(payable: Iterable[Row], wanted: Mapping[str, int], paise: int) -> dict[str, int]:
    """What somebody chose, when it is there to be paid and comes to no more than `paise`. Raises: NotPayable."""
    left = {row.key: row for row in payable}
    for key, part in wanted.items():
        row = left.get(key)
        if row is None:
            raise NotPayable(_("One of the dues is not open any more. Look at them again."))
        if part > row.open_paise:
            words = {"due": row.label, "left": rupees(row.open_paise)}
            raise NotPayable(_("Of %(due)s only %(left)s is left to pay. Look at the dues again.") % words)
        if part < 0:
            raise NotPayable(_("An amount is less than nothing."))
    if sum(wanted.values()) > paise:
        raise NotPayable(_("More was chosen than was paid."))
    return {key: part for key, part in wanted.items() if part}
