"""The day book: money that came and went on a day, by cashier and mode, in the order in which it was booked.

What was taken back and given back are lines of their own, below nought. The totals are the ledger's of that day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from fees.models import DocKind, Document, Mode, Payment, Payout, Reversal

MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Line:
    """Money of one student, by whom it was taken; `paise` below nought went out. `why`: of what was taken back."""

    at: datetime
    student: User
    mode: str
    reference: str
    number: str
    document: Document | None
    cashier: str
    paise: int
    why: str = ""

    @property
    def how(self) -> str:
        return str(Mode(self.mode).label)


@dataclass(frozen=True, slots=True)
class DayBook:
    """A day; `by_mode` holds (name of the mode, count, paise) for each that occurred."""

    on: date
    lines: Sequence[Line]

    @property
    def total(self) -> int:
        return sum(one.paise for one in self.lines)

    @property
    def by_mode(self) -> list[tuple[str, int, int]]:
        found = []
        for mode in Mode:
            lines = [one for one in self.lines if one.mode == mode]
            if lines:
                found.append((str(mode.label), len(lines), sum(one.paise for one in lines)))
        return found


def day_book(on: date, *, cashier: User | None = None, mode: str = "") -> DayBook:
    """All of the day, or what one cashier took, or one way of paying. Six queries."""
    lines = [*_came(on, cashier), *_taken_back(on, cashier), *_given_back(on, cashier)]
    shown = [one for one in lines if mode in ("", one.mode)]
    return DayBook(on, sorted(shown, key=lambda one: one.at))


def cashiers_of(on: date) -> list[User]:
    """Who took or gave money that day."""
    rows = Payment.objects.filter(received_at__range=_span(on)).exclude(received_by=None)
    return list(User.objects.filter(pk__in=rows.order_by().values("received_by")).order_by("name"))


def _span(on: date) -> tuple[datetime, datetime]:
    start = timezone.make_aware(datetime.combine(on, time()))
    end = timezone.make_aware(datetime.combine(on + timedelta(days=1), time()))
    return start, end - timedelta(microseconds=1)


def _came(on: date, cashier: User | None) -> Iterable[Line]:
    rows = Payment.objects.filter(received_at__range=_span(on), **({"received_by": cashier} if cashier else {}))
    for row in _with_documents(rows, DocKind.RECEIPT, "documents")[:MOST_LINES]:
        document = next(iter(vars(row)["shown"]), None)
        by = row.received_by.name if row.received_by else ""
        yield _line(row, row.received_at, document, by, row.amount_paise)


def _taken_back(on: date, cashier: User | None) -> Iterable[Line]:
    rows = Reversal.objects.filter(at__range=_span(on), **({"made_by": cashier} if cashier else {}))
    for row in _with_documents(rows, DocKind.CANCELLATION, "payment__documents")[:MOST_LINES]:
        document = next(iter(vars(row.payment)["shown"]), None)
        yield _line(row.payment, row.at, document, row.made_by.name, -row.payment.amount_paise, why=row.reason)


def _given_back(on: date, cashier: User | None) -> Iterable[Line]:
    rows = Payout.objects.filter(at__range=_span(on), **({"made_by": cashier} if cashier else {}))
    for row in _with_documents(rows, DocKind.REFUND_VOUCHER, "documents")[:MOST_LINES]:
        document = next(iter(vars(row)["shown"]), None)
        why = _("Advance given back: %(why)s") % {"why": row.reason}
        yield Line(
            row.at,
            row.payment.account.student,
            row.mode,
            row.reference,
            document.number if document else "",
            document,
            row.made_by.name,
            -row.amount_paise,
            why,
        )


def _with_documents(rows: QuerySet[Any], kind: str, path: str) -> QuerySet[Any]:
    to = "received_by" if rows.model is Payment else "made_by"
    owner = "" if rows.model is Payment else "payment__"
    named = Prefetch(path, Document.objects.filter(kind=kind).defer("snapshot"), to_attr="shown")
    return rows.select_related(f"{owner}account__student", to).prefetch_related(named).order_by("pk")


def _line(row: Payment, at: datetime, document: Document | None, by: str, paise: int, *, why: str = "") -> Line:
    number = document.number if document else ""
    return Line(at, row.account.student, row.mode, row.reference, number, document, by, paise, why)
