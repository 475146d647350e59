"""What documents say, gathered once when they are issued: JSON of text, paise and days, nothing to be asked later."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from accounts.models import Institute
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
    Mode,
    Payment,
    Payout,
    Reversal,
    StudentAccount,
)
from fees.states import label_of
from fees.tax import STATES, Parts, share, together, within


def head(account: StudentAccount | None, booking: Booking) -> dict[str, Any]:
    """Who gives it and for whom."""
    institute, settings = Institute.current(), FeeSettings.current()
    facts: dict[str, Any] = {
        "institute": {
            "name": settings.legal_name or institute.name,
            "short": institute.name,
            "address": institute.address,
            "state": institute.state,
            "phone": institute.phone,
            "email": institute.email,
            "gstin": settings.gstin,
        },
        "gst_mode": settings.gst_mode,
        "note": settings.receipt_note,
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
        }
    return facts


def of_payment(payment: Payment, *, booking: Booking) -> dict[str, Any]:
    """Of a receipt."""
    paid = _allocations(payment)
    numbers = _invoices([one.due_id for one in paid])
    lines = [_of_allocation(one, numbers.get(one.due_id, "")) for one in paid]
    open_dues = Due.objects.open().filter(account=payment.account).select_related("balance", "parent")
    return {
        **head(payment.account, booking),
        **_how(payment),
        "lines": lines,
        "advance": payment.amount_paise - sum(line["amount"] for line in lines),
        "total": payment.amount_paise,
        "open": [
            {"label": label_of(due), "due_on": due.due_on.isoformat(), "amount": due.balance.open_paise}
            for due in open_dues.order_by("due_on", "pk")
        ],
    }


def _allocations(payment: Payment) -> Sequence[Allocation]:
    rows = Allocation.objects.filter(payment=payment, reverses=None, at=payment.received_at)
    return list(rows.select_related("due__parent", "due__enrolment__batch", "due__balance").order_by("pk"))


def _invoices(dues: Sequence[int]) -> dict[int | None, str]:
    """By due the number of its invoice or bill of supply."""
    rows = Document.objects.filter(due__in=dues, kind__in=[DocKind.INVOICE, DocKind.BILL])
    return dict(rows.values_list("due", "number"))


def _of_allocation(one: Allocation, invoice: str) -> dict[str, Any]:
    """With the number of the due's invoice, "" for none."""
    due = one.due
    before = due.balance.paid_paise - one.amount_paise
    parts = share(parts_of(due), before=max(0, before), amount=one.amount_paise)
    return {
        "label": label_of(due),
        "batch": due.enrolment.batch.name if due.enrolment else "",
        "due_on": due.due_on.isoformat(),
        "amount": one.amount_paise,
        "of": due.total_paise,
        "invoice": invoice,
        **in_columns(parts),
    }


def of_bill(bill: Bill, lines: Sequence[tuple[DueLine, Parts]]) -> dict[str, Any]:
    """Of an invoice or a bill of supply, without its `head`."""
    due = bill.due
    return {
        **_place(due),
        "label": label_of(due),
        "due_on": due.due_on.isoformat(),
        "lines": [
            {
                "label": line.head.name,
                "sac": line.sac,
                "gst_bp": line.gst_bp,
                "amount": parts.total,
                **in_columns(parts),
            }
            for line, parts in lines
        ],
        "total": sum(parts.total for _line, parts in lines),
        **in_columns(together(parts for _line, parts in lines)),
    }


def of_advance(payment: Payment, paise: int, *, booking: Booking) -> dict[str, Any]:
    """Of a receipt voucher."""
    parts = within(paise, gst_bp=1800, is_inter_state=False)
    return {**head(payment.account, booking), **_how(payment), "total": paise, "gst_bp": 1800, **in_columns(parts)}


def of_credit(credit: Credit, *, booking: Booking) -> dict[str, Any]:
    """Of a credit note."""
    due = credit.due
    invoice = Document.objects.filter(due=due, kind__in=[DocKind.INVOICE, DocKind.BILL]).first()
    parts = Parts(credit.taxable_paise, credit.cgst_paise, credit.sgst_paise, credit.igst_paise)
    return {
        **head(due.account, booking),
        **_place(due),
        "label": label_of(due),
        "reason": credit.reason,
        "invoice": invoice.number if invoice else "",
        "invoice_on": invoice.dated_on.isoformat() if invoice else "",
        "total": credit.amount_paise,
        **in_columns(parts),
    }


def of_payout(payout: Payout, *, booking: Booking) -> dict[str, Any]:
    """Of a refund voucher."""
    voucher = Document.objects.filter(payment=payout.payment, kind=DocKind.VOUCHER).first()
    return {
        **head(payout.payment.account, booking),
        "mode": str(Mode(payout.mode).value),
        "reference": payout.reference,
        "reason": payout.reason,
        "voucher": voucher.number if voucher else "",
        "total": payout.amount_paise,
        **in_columns(within(payout.amount_paise, gst_bp=1800 if voucher else 0, is_inter_state=False)),
    }


def of_reversal(payment: Payment, reversal: Reversal, cancelled: Document, *, booking: Booking) -> dict[str, Any]:
    """Of the cancellation of a receipt."""
    return {
        **head(payment.account, booking),
        **_how(payment),
        "reason": reversal.reason,
        "cause": reversal.kind,
        "cancels": cancelled.number,
        "cancels_on": cancelled.dated_on.isoformat(),
        "total": payment.amount_paise,
    }


def of_day(day: CashierDay, *, booking: Booking) -> dict[str, Any]:
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


def parts_of(due: Due) -> Parts:
    """What a due was issued as."""
    return Parts(due.taxable_paise, due.cgst_paise, due.sgst_paise, due.igst_paise)


def in_columns(parts: Parts) -> dict[str, int]:
    return {"taxable": parts.taxable, "cgst": parts.cgst, "sgst": parts.sgst, "igst": parts.igst}


def _how(payment: Payment) -> dict[str, Any]:
    return {
        "mode": payment.mode,
        "reference": payment.reference,
        "bank": payment.bank,
        "instrument_on": payment.instrument_on.isoformat() if payment.instrument_on else "",
        "received_on": payment.received_on.isoformat(),
        "received_at": payment.received_at.isoformat(),
        "tendered": payment.tendered_paise,
        "payer": payment.payer,
        "remark": payment.note,
    }


def _place(due: Due) -> dict[str, Any]:
    return {"place_code": due.supply_state, "place": STATES.get(due.supply_state, "")}
