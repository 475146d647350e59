"""What a due is at: derived from its balance and the day, never stored."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fees.models import Due

PAID, CREDITED, OVERDUE, DUE, PART_PAID, UPCOMING = "PAID", "CREDITED", "OVERDUE", "DUE", "PART_PAID", "UPCOMING"
SOON_DAYS = 14
"""So long before its day a due is shown as coming."""


@dataclass(frozen=True, slots=True)
class State:
    """Of a due: its name for machines, the tone of a badge, and the word on it."""

    key: str
    tone: str
    word: str


def key_of(*, open_paise: int, paid_paise: int, due_on: date, today: date) -> str:
    """OVERDUE wins over PART_PAID, since somebody must act on it. CREDITED: nothing was paid, none is left."""
    if open_paise <= 0:
        return PAID if paid_paise else CREDITED
    if due_on < today:
        return OVERDUE
    if due_on == today:
        return DUE
    return PART_PAID if paid_paise else UPCOMING


def state_of(due: Due, *, today: date) -> State:
    """With `balance` fetched."""
    balance = due.balance
    key = key_of(open_paise=balance.open_paise, paid_paise=balance.paid_paise, due_on=due.due_on, today=today)
    return State(key, _tone(key, (due.due_on - today).days), _word(key, (due.due_on - today).days))


def _tone(key: str, days: int) -> str:
    if key in {PART_PAID, UPCOMING}:
        return "due" if days <= SOON_DAYS else "off"
    return {PAID: "ok", CREDITED: "off", OVERDUE: "bad", DUE: "due"}[key]


def _word(key: str, days: int) -> str:
    if key == OVERDUE:
        return ngettext("Overdue %(count)d day", "Overdue %(count)d days", -days) % {"count": -days}
    if key in {PART_PAID, UPCOMING} and days <= SOON_DAYS:
        return ngettext("Due in %(count)d day", "Due in %(count)d days", days) % {"count": days}
    return {PAID: _("Paid"), CREDITED: _("Credited"), DUE: _("Due today"), PART_PAID: _("Partly paid")}.get(
        key, _("Later")
    )


def label_of(due: Due) -> str:
    """What a due is called: "Instalment 2 of 4", "Late fine, instalment 2", or as it was typed. `parent` fetched."""
    if due.kind == Due.Kind.FINE and due.parent is not None:
        return _("Late fine, %(what)s") % {"what": _of_fine(due.parent)}
    if due.kind == Due.Kind.BOUNCE:
        return due.label or _("Bounced cheque")
    if due.kind == Due.Kind.INSTALMENT:
        if due.parts <= 1:
            return due.label or _("Fee")
        return _("Instalment %(part)d of %(parts)d") % {"part": due.part, "parts": due.parts}
    return due.label or _("Other charge")


def _of_fine(parent: Due) -> str:
    if parent.kind == Due.Kind.INSTALMENT and parent.parts > 1:
        return _("instalment %(part)d") % {"part": parent.part}
    return label_of(parent)
