"""A student's statement: what was charged, credited, paid and taken back in a financial year, with the balance.

Straight from the ledger: what he owes less his advance. Which payment paid which due changes nothing of that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Q, Sum, Value, When
from django.utils.translation import gettext as _

from fees.ledger import advance, student
from fees.models import Credit, DocKind, Document, LedgerEntry, Mode, StudentAccount
from fees.numbering import financial_year, year_bounds, year_words
from fees.states import label_of

ABOUT = ("credit", "payout", "payment", "due")
SHOWN_KINDS = ("ISSUE", "CREDIT", "PAYMENT", "REVERSAL", "PAYOUT")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line; amounts in paise, one of `charged` and `paid` is nought. `balance` is what is owed after it.

    `document`: the paper of it, number and address only.
    """

    on: date
    label: str
    document: Document | None
    charged: int
    paid: int
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A year of an account."""

    year: str
    first: date
    last: date
    opening: int
    entries: Sequence[Entry]

    @property
    def words(self) -> str:
        return year_words(self.year)

    @property
    def charged(self) -> int:
        return sum(one.charged for one in self.entries)

    @property
    def paid(self) -> int:
        return sum(one.paid for one in self.entries)

    @property
    def closing(self) -> int:
        return self.opening + self.charged - self.paid


def years_of(account: StudentAccount, *, today: date) -> list[str]:
    """Financial years with something in them, and the one of today, the newest first. One query."""
    first = LedgerEntry.objects.filter(account=account).order_by("on").values_list("on", flat=True).first()
    begins, now = financial_year(first or today), financial_year(today)
    return [f"{year:02}-{(year + 1) % 100:02}" for year in range(int(now[:2]), int(begins[:2]) - 1, -1)]


def statement(account: StudentAccount, *, year: str) -> Statement:
    """Three queries."""
    first, last = year_bounds(year)
    rows = LedgerEntry.objects.filter(account=account)
    opening = _owed(account, rows.filter(on__lt=first).aggregate(**_sums(account)))
    shown = rows.filter(on__range=(first, last), kind__in=SHOWN_KINDS).order_by("on", "pk")
    entries = list(_entries(account, list(shown.select_related("due__parent", "payment", "credit_row")), opening))
    return Statement(year, first, last, opening, entries)


def _sums(account: StudentAccount) -> dict[str, Sum]:
    owners = (student(account.pk), advance(account.pk))
    plus, minus = Q(debit__in=owners), Q(credit__in=owners)
    return {
        "plus": Sum(Case(When(plus, then=F("amount_paise")), default=Value(0))),
        "minus": Sum(Case(When(minus, then=F("amount_paise")), default=Value(0))),
    }


def _owed(account: StudentAccount, sums: dict[str, int | None]) -> int:
    return (sums["plus"] or 0) - (sums["minus"] or 0)


def _entries(account: StudentAccount, rows: Sequence[LedgerEntry], balance: int) -> Iterator[Entry]:
    """A credit after billing is several rows of the ledger and one line here."""
    owners = {student(account.pk), advance(account.pk)}
    papers, lines = _papers(account), _joined(rows)
    for row, paise in lines:
        charged = paise if row.debit in owners else 0
        paid = paise - charged
        balance += charged - paid
        yield Entry(row.on, _label(row), _paper(row, papers), charged, paid, balance)


def _joined(rows: Sequence[LedgerEntry]) -> list[tuple[LedgerEntry, int]]:
    found: dict[tuple[str, int], tuple[LedgerEntry, int]] = {}
    for row in rows:
        key = ("credit", row.credit_row_id) if row.credit_row_id else ("row", row.pk)
        first, paise = found.get(key, (row, 0))
        found[key] = (first, paise + row.amount_paise)
    return list(found.values())


def _papers(account: StudentAccount) -> dict[tuple[str, int], Document]:
    """By kind and the number of what they are about. A payment's cancellation is the one of its receipt."""
    found: dict[tuple[str, int], Document] = {}
    rows = Document.objects.filter(account=account).only("uuid", "number", "kind", *ABOUT).order_by("-serial")
    for row in rows:
        found[row.kind, row.credit_id or row.payout_id or row.payment_id or row.due_id or 0] = row
    return found


def _paper(row: LedgerEntry, papers: dict[tuple[str, int], Document]) -> Document | None:
    if row.kind == "ISSUE":
        due = row.due_id or 0
        return papers.get((DocKind.INVOICE, due)) or papers.get((DocKind.BILL, due))
    if row.kind == "PAYOUT":
        return papers.get((DocKind.REFUND_VOUCHER, int(row.source_key.partition(":")[2])))
    kinds = {"PAYMENT": DocKind.RECEIPT, "REVERSAL": DocKind.CANCELLATION, "CREDIT": DocKind.CREDIT_NOTE}
    return papers.get((kinds[row.kind], row.credit_row_id or row.payment_id or 0))


def _label(row: LedgerEntry) -> str:
    if row.kind == "ISSUE" and row.due:
        return label_of(row.due)
    if row.kind == "CREDIT" and row.credit_row and row.due:
        words = {"kind": str(Credit.Kind(row.credit_row.kind).label), "what": label_of(row.due)}
        return _("%(kind)s: %(what)s") % words
    how = str(Mode(row.payment.mode).label) if row.payment else ""
    said = {
        "PAYMENT": _("Payment, %(how)s"),
        "REVERSAL": _("Payment taken back, %(how)s"),
        "PAYOUT": _("Given back of what was paid by %(how)s"),
    }
    return said[row.kind] % {"how": how}
