"""What a student, or a guardian of his, reads of his fees: what is open, what was paid, and what was agreed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from fees import advances, payable
from fees.models import Allocation, Concession, Credit, DocKind, Document, Due, Mode, Payment, StudentAccount
from fees.numbering import financial_year, year_bounds
from fees.states import label_of

SHOWN = 12
NO_NEWS = frozenset({Credit.Kind.REPLACED, Credit.Kind.WITHDRAWAL})
"""Credits that only tidy up: who left owes no more, which is no gift to be listed."""


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year's fees of a student in paise, credits taken off; `percent` of it is paid."""

    name: str
    total: int
    paid: int

    @property
    def percent(self) -> int:
        return 100 * self.paid // self.total if self.total else 100


@dataclass(frozen=True, slots=True)
class PaidLine:
    """Money that came (`paise` more than nothing) or a concession (less): what for, how, and its receipt."""

    at: datetime
    label: str
    meta: str
    paise: int
    receipt: Document | None = None
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class OwnFees:
    """All that the page shows."""

    account: StudentAccount
    rows: Sequence[payable.Row]
    owes: int
    overdue: int
    advance: int
    year: Year
    paid: Sequence[PaidLine]
    concessions: Sequence[Concession]

    @property
    def next_row(self) -> payable.Row | None:
        """What is to be paid first."""
        return self.rows[0] if self.rows else None


def of(student: User, *, now: datetime) -> OwnFees | None:
    """None for somebody who was never charged anything."""
    account = StudentAccount.objects.filter(student=student).select_related("student").first()
    if account is None:
        return None
    today = timezone.localdate(now)
    rows = payable.rows(account, on=today)
    return OwnFees(
        account=account,
        rows=rows,
        owes=sum(row.open_paise for row in rows),
        overdue=sum(row.open_paise for row in rows if row.due_on < today),
        advance=advances.of(account),
        year=_year(account, today),
        paid=_lines(account),
        concessions=list(account.concessions.filter(state=Concession.State.APPROVED).select_related("head")),
    )


def _year(account: StudentAccount, today: date) -> Year:
    name = financial_year(today)
    dues = Due.objects.filter(account=account, due_on__range=year_bounds(name))
    sums = dues.aggregate(
        total=Sum("balance__total_paise"), credited=Sum("balance__credited_paise"), paid=Sum("balance__paid_paise")
    )
    return Year(f"20{name[:2]}–{name[3:]}", (sums["total"] or 0) - (sums["credited"] or 0), sums["paid"] or 0)


def _lines(account: StudentAccount) -> list[PaidLine]:
    """Payments and what was credited, the newest first."""
    lines = [*_payments(account), *_credits(account)]
    return sorted(lines, key=lambda one: one.at, reverse=True)[:SHOWN]


def _payments(account: StudentAccount) -> Iterable[PaidLine]:
    standing = Allocation.objects.filter(reversed_by=None, reverses=None).select_related("due__parent").order_by("pk")
    receipts = Document.objects.filter(kind=DocKind.RECEIPT)
    rows = account.payments.prefetch_related(
        Prefetch("allocations", standing, to_attr="standing"), Prefetch("documents", receipts, to_attr="receipts")
    )
    for row in rows.order_by("-received_at", "-pk")[:SHOWN]:
        receipt = next(iter(vars(row)["receipts"]), None)
        yield PaidLine(
            at=row.received_at,
            label=_named([one.due for one in vars(row)["standing"]]) or _("Advance"),
            meta=_how(row, receipt),
            paise=row.amount_paise,
            receipt=receipt,
            is_taken_back=row.reversed_at is not None,
        )


def _named(dues: Sequence[Due]) -> str:
    """Up to three of them by name."""
    names = list(dict.fromkeys(label_of(one) for one in dues))
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _how(row: Payment, receipt: Document | None) -> str:
    how = str(Mode(row.mode).label)
    if row.reversed_at is not None:
        how = _("%(mode)s, taken back") % {"mode": how}
    return f"{how} · {receipt.number}" if receipt else how


def _credits(account: StudentAccount) -> Iterable[PaidLine]:
    """What is given together, one concession on several dues, stands together."""
    given = Credit.objects.filter(~Q(kind__in=NO_NEWS), due__account=account).select_related(
        "concession", "due__parent"
    )
    together: dict[tuple[int | None, datetime], list[Credit]] = {}
    for row in given.order_by("-at", "-pk")[: 4 * SHOWN]:
        together.setdefault((row.concession_id, row.at), []).append(row)
    for rows in together.values():
        first = rows[0]
        label = str(first.concession) if first.concession else str(Credit.Kind(first.kind).label)
        yield PaidLine(
            at=first.at,
            label=label,
            meta=_named([one.due for one in rows]),
            paise=-sum(one.amount_paise for one in rows),
        )
