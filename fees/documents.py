"""Numbered documents: issued under the lock of their series, with a snapshot of all they say, and never changed.

Called within the transaction of what they are about, last of all, since the series is the last lock.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Sum

from coaching.lib.amount_words import in_english, in_hindi
from fees import doc_facts, numbering
from fees.ledger import Booking
from fees.models import (
    Bill,
    CashierDay,
    Credit,
    DocKind,
    DocSeries,
    Document,
    Due,
    DueLine,
    FeeSettings,
    GstMode,
    Payment,
    Payout,
    Reversal,
    StudentAccount,
)
from fees.tax import Parts

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXY"
"""Without those that are mistaken for others."""
CODE_LENGTH = 10
AT_A_TIME = 200
DUE_AND_BATCH = ("pk", "enrolment__batch__name")
Lines = Sequence[tuple[DueLine, Parts]]
"""Of a due, each with what is left of it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document before it has a number: what it says and comes to, whose it is, and (`of`) which row it is about."""

    facts: Mapping[str, Any]
    amount_paise: int
    account: StudentAccount | None
    of: Mapping[str, Any]


def issue(
    kind: str,
    *,
    account: StudentAccount | None,
    facts: Mapping[str, Any],
    amount_paise: int,
    booking: Booking,
    payment: Payment | None = None,
    due: Due | None = None,
    credit: Credit | None = None,
    payout: Payout | None = None,
    day: CashierDay | None = None,
    cancels: Document | None = None,
) -> Document:
    """Give it the next number of its series and keep `facts` with number, date and code as canonical JSON."""
    of = {"payment": payment, "due": due, "credit": credit, "payout": payout, "day": day, "cancels": cancels}
    return issue_each(kind, [Paper(facts, amount_paise, account, of)], booking=booking)[0]


def issue_each(kind: str, papers: Sequence[Paper], *, booking: Booking) -> list[Document]:
    """The same of several, with numbers that follow one another. Four queries, however many; none for none."""
    if not papers:
        return []
    year = numbering.financial_year(booking.on)
    series = _locked_series(kind, year)
    dated_on = max(booking.on, series.last_on or booking.on)
    rows = []
    for serial, paper in enumerate(papers, series.next):
        number, code = numbering.number(series.prefix, year, serial), _new_code()
        said = {"kind": str(kind), "number": number, "dated_on": dated_on.isoformat(), "code": code}
        said |= {"english": in_english(paper.amount_paise), "hindi": in_hindi(paper.amount_paise)}
        text = canonical({**paper.facts, **said})
        rows.append(
            Document(
                kind=kind,
                year=year,
                serial=serial,
                number=number,
                dated_on=dated_on,
                account=paper.account,
                amount_paise=paper.amount_paise,
                snapshot=text,
                sha256=digest(text),
                code=code,
                made_by=booking.by,
                made_at=booking.now,
                **paper.of,
            )
        )
    Document.objects.bulk_create(rows, batch_size=AT_A_TIME)
    _count_on(series, len(rows), dated_on)
    return rows


def canonical(facts: Mapping[str, Any]) -> str:
    """The same facts are the same text: keys in order, nothing between them, no escapes."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(document: Document) -> bool:
    """Whether the snapshot is the one that was hashed, and says the row's number and code."""
    if digest(document.snapshot) != document.sha256:
        return False
    said = json.loads(document.snapshot)
    return (said["number"], said["code"]) == (document.number, document.code)


def _locked_series(kind: str, year: str) -> DocSeries:
    """The series, locked; of two who need a new one at once, one makes it and the other waits."""
    found = DocSeries.objects.select_for_update().filter(kind=kind, year=year).first()
    if found is not None:
        return found
    DocSeries.objects.get_or_create(kind=kind, year=year, defaults={"prefix": numbering.PREFIXES[str(kind)]})
    return DocSeries.objects.select_for_update().get(kind=kind, year=year)


def _count_on(series: DocSeries, taken: int, dated_on: date) -> None:
    series.next += taken
    series.last_on = dated_on
    series.save(update_fields=["next", "last_on"])


def _new_code() -> str:
    """30^10 of them: none is guessed, and two alike are refused by the table."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


# --- Kinds ------------------------------------------------------------------------------------------------------------


def receipt(payment: Payment, *, booking: Booking) -> Document:
    """Of money that came; its allocations are written."""
    facts = doc_facts.of_payment(payment, booking=booking)
    return issue(
        DocKind.RECEIPT,
        account=payment.account,
        facts=facts,
        amount_paise=payment.amount_paise,
        booking=booking,
        payment=payment,
    )


def invoice(bill: Bill, lines: Lines, *, booking: Booking) -> Document | None:
    """Of a due that was billed, for what is left of it: a tax invoice or a bill of supply; none when unregistered."""
    return next(iter(invoices([(bill, lines)], booking=booking)), None)


def invoices(bills: Sequence[tuple[Bill, Lines]], *, booking: Booking) -> list[Document]:
    """The same of several dues, of one account or more."""
    settings = FeeSettings.current()
    if settings.gst_mode == GstMode.UNREGISTERED:
        return []
    heads = {bill.due.account_id: bill.due.account for bill, _lines in bills}
    batches = dict(Due.objects.filter(bill__in=[bill for bill, _lines in bills]).values_list(*DUE_AND_BATCH))
    tops = {number: doc_facts.head(account, booking) for number, account in heads.items()}
    papers = [
        Paper(
            {**tops[bill.due.account_id], **doc_facts.of_bill(bill, lines, batch=batches[bill.due_id] or "")},
            sum(parts.total for _line, parts in lines),
            bill.due.account,
            {"due": bill.due},
        )
        for bill, lines in bills
    ]
    kind = DocKind.INVOICE if settings.gst_mode == GstMode.REGULAR else DocKind.BILL
    return issue_each(kind, papers, booking=booking)


def voucher(payment: Payment, paise: int, *, booking: Booking) -> Document:
    """Of an advance: what of a payment no due took (rule 50)."""
    facts = doc_facts.of_advance(payment, paise, booking=booking)
    return issue(
        DocKind.VOUCHER, account=payment.account, facts=facts, amount_paise=paise, booking=booking, payment=payment
    )


def credit_note(credit: Credit, lines: Lines, *, booking: Booking) -> Document:
    """Of an amount taken from a due after its invoice; `lines` are what it took of each line."""
    kinds = [DocKind.INVOICE, DocKind.BILL]
    invoice = Document.objects.filter(due=credit.due_id, kind__in=kinds).first()
    facts = doc_facts.of_credit(credit, lines, invoice, booking=booking)
    return issue(
        DocKind.CREDIT_NOTE,
        account=credit.due.account,
        facts=facts,
        amount_paise=credit.amount_paise,
        booking=booking,
        credit=credit,
        due=credit.due,
    )


def refund_voucher(payout: Payout, *, booking: Booking) -> Document:
    """Of an advance that was given back (rule 51)."""
    of_advance = Document.objects.filter(payment=payout.payment_id, kind=DocKind.VOUCHER).first()
    earlier = Payout.objects.filter(payment=payout.payment_id).exclude(pk=payout.pk)
    before = earlier.aggregate(sum=Sum("amount_paise"))["sum"] or 0
    said = json.loads(of_advance.snapshot) if of_advance else {}
    facts = doc_facts.of_payout(payout, before, of_advance, said, booking=booking)
    return issue(
        DocKind.REFUND_VOUCHER,
        account=payout.payment.account,
        facts=facts,
        amount_paise=payout.amount_paise,
        booking=booking,
        payout=payout,
    )


def cancellation(payment: Payment, reversal: Reversal, *, booking: Booking) -> Document:
    """Of a receipt whose payment was taken back; its receipt voucher, if there is one, is cancelled by another."""
    kinds = [DocKind.RECEIPT, DocKind.VOUCHER]
    rows = Document.objects.filter(kind__in=kinds, payment=payment).order_by("kind")
    papers = [
        Paper(
            doc_facts.of_reversal(payment, reversal, row, booking=booking),
            row.amount_paise,
            payment.account,
            {"payment": payment, "cancels": row},
        )
        for row in rows
    ]
    return issue_each(DocKind.CANCELLATION, papers, booking=booking)[0]


def day_close(day: CashierDay, *, booking: Booking) -> Document:
    """Of a cashier's day that was counted."""
    facts = doc_facts.of_day(day, booking=booking)
    return issue(
        DocKind.DAY_CLOSE, account=None, facts=facts, amount_paise=day.counted_paise or 0, booking=booking, day=day
    )
