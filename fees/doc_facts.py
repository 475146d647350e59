"""What documents say, gathered once when they are issued: JSON of text, paise and days, nothing to be asked later."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, Sum

from accounts.models import Institute
from batches.models import Enrolment
from fees import issuing
from fees.doc_lines import in_columns, label, of_money, parts_of
from fees.ledger import Booking
from fees.models import (
    Allocation,
    Bill,
    CashierDay,
    Credit,
    DocKind,
    Document,
    Due,
    DueLine,
    FeeSettings,
    Payment,
    Payout,
    Reversal,
    StudentAccount,
)
from fees.numbering import financial_year
from fees.tax import STATES, Parts, share, together

ADVANCE_BP, ADVANCE_SAC = 1800, "999293"
"""How an advance is taxed, whatever it will pay: as coaching is (CGST rule 50)."""
Facts = dict[str, Any]


def head(account: StudentAccount | None, booking: Booking) -> Facts:
    """Who gives it and for whom."""
    institute, settings = Institute.current(), FeeSettings.current()
    facts: Facts = {
        "institute": {
            "name": institute.name,
            "legal_name": settings.legal_name,
            "address": institute.address,
            "state": institute.state,
            "phone": institute.phone,
            "email": institute.email,
            "gstin": settings.gstin,
        },
        "gst_mode": settings.gst_mode,
        "note": settings.receipt_note,
        "undo_minutes": settings.undo_minutes,
        "by": booking.by.name if booking.by else "",
        "made_at": booking.now.isoformat(),
    }
    if account is not None:
        student = account.student
        facts["student"] = {
            "name": student.name,
            "number": student.admission_number or "",
            "bill_to": account.bill_to,
            "gstin": account.gstin,
            **_state(account.state_code or settings.state_code),
        }
    return facts


def _state(code: str) -> dict[str, str]:
    return {"state_code": code, "state": STATES.get(code, "")}


def _place(code: str) -> dict[str, str]:
    return {"place_code": code, "place": STATES.get(code, "")}


# --- Money ------------------------------------------------------------------------------------------------------------


def of_payment(payment: Payment, *, booking: Booking) -> Facts:
    """Of a receipt: what it pays, what is still to pay, what was paid before in this financial year."""
    paid, year = _allocations(payment), financial_year(booking.on)
    invoices, receipts = _papers(payment, paid, year)
    lines, place = of_money(paid, invoices)
    return {
        **head(payment.account, booking),
        **_how(payment),
        **_place(place),
        "lines": lines,
        "advance": payment.amount_paise - sum(line["amount"] for line in lines),
        "total": payment.amount_paise,
        "open": [_open(due) for due in _open_dues(payment.account)],
        "year": year,
        "before": [_earlier(one) for one in receipts],
    }


def _allocations(payment: Payment) -> Sequence[Allocation]:
    rows = Allocation.objects.filter(payment=payment, reverses=None, at=payment.received_at)
    return list(rows.select_related("due__parent", "due__enrolment__batch", "due__balance").order_by("pk"))


def _open_dues(account: StudentAccount) -> Iterable[Due]:
    rows = Due.objects.open().filter(account=account)
    return rows.select_related("balance", "parent").order_by("due_on", "pk")


def _open(due: Due) -> Facts:
    return {
        "label": label(due),
        "due_on": due.due_on.isoformat(),
        "amount": due.balance.open_paise,
        "is_rest": due.balance.open_paise < due.total_paise,
    }


def _papers(payment: Payment, paid: Sequence[Allocation], year: str) -> tuple[Sequence[Document], Sequence[Document]]:
    """Invoices of what is paid, and the year's receipts before this one whose payments stand. One query."""
    are_invoices = Q(kind__in=[DocKind.INVOICE, DocKind.BILL], due__in=[one.due_id for one in paid])
    are_receipts = Q(kind=DocKind.RECEIPT, year=year, payment__reversed_at=None)
    rows = Document.objects.filter(are_invoices | are_receipts, account=payment.account)
    found = list(rows.select_related("payment").order_by("serial"))
    return [row for row in found if row.kind != DocKind.RECEIPT], [row for row in found if row.kind == DocKind.RECEIPT]


def _earlier(one: Document) -> Facts:
    mode = one.payment.mode if one.payment else ""
    return {"on": one.dated_on.isoformat(), "number": one.number, "mode": mode, "amount": one.amount_paise}


def of_advance(payment: Payment, paise: int, *, booking: Booking) -> Facts:
    """Of a receipt voucher: taxed as the batch he is in is, the newest one."""
    account = payment.account
    stays = Enrolment.objects.filter(student=account.student_id).select_related("batch")
    batch = next((stay.batch for stay in stays.order_by("-joined_at")[:1]), None)
    regime = issuing.regime(FeeSettings.current(), account, batch)
    return {
        **head(account, booking),
        **_how(payment),
        **_place(regime.supply_state),
        "batch": batch.name if batch else "",
        "sac": ADVANCE_SAC,
        "gst_bp": ADVANCE_BP,
        "total": paise,
        **in_columns(regime.parts(paise, gst_bp=ADVANCE_BP)),
    }


def of_payout(payout: Payout, before: int, voucher: Document | None, said: Facts, *, booking: Booking) -> Facts:
    """Of a refund voucher; `said` is the snapshot of the receipt voucher it is of, `before` what of that was given
    back already."""
    facts = {
        **head(payout.payment.account, booking),
        "mode": payout.mode,
        "reference": payout.reference,
        "reason": payout.reason,
        "total": payout.amount_paise,
    }
    if voucher is None:
        return facts
    rest = voucher.amount_paise - before
    parts = share(parts_of([said]), before=min(before, rest), amount=min(payout.amount_paise, rest))
    kept = {name: said[name] for name in ("place", "place_code", "sac", "gst_bp", "batch")}
    return {**facts, **kept, "voucher": voucher.number, "voucher_on": voucher.dated_on.isoformat(), **in_columns(parts)}


def of_reversal(payment: Payment, reversal: Reversal, cancelled: Document, *, booking: Booking) -> Facts:
    """Of the cancellation of a receipt or a receipt voucher."""
    return {
        **head(payment.account, booking),
        **_how(payment),
        "reason": reversal.reason,
        "cause": reversal.kind,
        "cancels": cancelled.number,
        "cancels_kind": cancelled.kind,
        "cancels_on": cancelled.dated_on.isoformat(),
        "total": cancelled.amount_paise,
    }


def _how(payment: Payment) -> Facts:
    return {
        "mode": payment.mode,
        "reference": payment.reference,
        "bank": payment.bank,
        "instrument_on": payment.instrument_on.isoformat() if payment.instrument_on else "",
        "received_on": payment.received_on.isoformat(),
        "tendered": payment.tendered_paise,
        "payer": payment.payer,
        "remark": payment.note,
    }


# --- Dues -------------------------------------------------------------------------------------------------------------


def of_bill(bill: Bill, lines: Sequence[tuple[DueLine, Parts]], *, batch: str) -> Facts:
    """Of an invoice or a bill of supply, without its `head`."""
    due = bill.due
    return {
        **_place(due.supply_state),
        "batch": batch,
        "label": label(due),
        "due_on": due.due_on.isoformat(),
        "issued": due.total_paise,
        "lines": [_line(line, parts) for line, parts in lines if parts.total],
        "total": sum(parts.total for _line, parts in lines),
    }


def _line(line: DueLine, parts: Parts) -> Facts:
    said = {"label": line.head.name, "sac": line.sac, "gst_bp": line.gst_bp, "amount": parts.total}
    return {**said, **in_columns(parts)}


def of_credit(
    credit: Credit, lines: Sequence[tuple[DueLine, Parts]], invoice: Document | None, *, booking: Booking
) -> Facts:
    """Of a credit note."""
    due = credit.due
    return {
        **head(due.account, booking),
        **_place(due.supply_state),
        "batch": due.enrolment.batch.name if due.enrolment else "",
        "label": label(due),
        "reason": credit.reason,
        "invoice": invoice.number if invoice else "",
        "invoice_on": invoice.dated_on.isoformat() if invoice else "",
        "lines": [_line(line, parts) for line, parts in lines if parts.total],
        "total": credit.amount_paise,
        **in_columns(together(parts for _line, parts in lines)),
    }


def of_day(day: CashierDay, *, booking: Booking) -> Facts:
    """Of a day that was closed."""
    moved = day.moves.values("kind").annotate(sum=Sum("amount_paise")).order_by("kind")
    return {
        **head(None, booking),
        "cashier": day.cashier.name,
        "on": day.on.isoformat(),
        "opening": day.opening_paise,
        "moves": {row["kind"]: row["sum"] for row in moved},
        "totals": day.totals,
        "expected": day.expected_paise,
        "counted": day.counted_paise,
        "remark": day.note,
    }
