"""The ledger: rows from one account to another, each booked once under its source key, in the caller's transaction.

student:<account>   what he owes                advance:<account>   what he paid and no due took yet
unbilled            issued, not billed yet      income:<head>, cgst, sgst, igst   billed
concession          credited after billing      cash, upi, card, cheques, bank, gateway   where money lies
office, difference  cash given to the office, and what a drawer had too much or too little
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from fees.models import (
    Allocation,
    Bill,
    CashierDay,
    CashMove,
    Credit,
    Due,
    LedgerEntry,
    Mode,
    Payment,
    Payout,
    Reversal,
)
from fees.tax import Parts

UNBILLED, CONCESSION, DIFFERENCE, OFFICE = "unbilled", "concession", "difference", "office"
CASH, BANK, CHEQUES = "cash", "bank", "cheques"
LIES_IN = {
    Mode.CASH: CASH,
    Mode.UPI: "upi",
    Mode.CARD: "card",
    Mode.CHEQUE: CHEQUES,
    Mode.DD: CHEQUES,
    Mode.BANK: BANK,
    Mode.GATEWAY: "gateway",
}
"""Where money of each mode lies after it came."""
CASH_WAYS = {
    CashMove.Kind.TO_BANK: (BANK, CASH),
    CashMove.Kind.TO_OFFICE: (OFFICE, CASH),
    CashMove.Kind.FROM_OFFICE: (CASH, OFFICE),
}
"""To which account and from which, when cash is moved otherwise than by a payment."""
AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Booking:
    """By whom or by what something is booked, on which day of the books, and when."""

    by: User | None
    source: str
    on: date
    now: datetime


def student(account: int) -> str:
    return f"student:{account}"


def advance(account: int) -> str:
    return f"advance:{account}"


def income(head: int) -> str:
    return f"income:{head}"


def post(entries: Iterable[LedgerEntry]) -> None:
    """Write them. Raises: IntegrityError when one of them was booked already."""
    LedgerEntry.objects.bulk_create(list(entries), batch_size=AT_A_TIME)


# --- What is owed -----------------------------------------------------------------------------------------------------


def issued(dues: Iterable[Due], booking: Booking) -> None:
    """Dues were issued; they have numbers."""
    post(
        _entry(
            booking,
            "ISSUE",
            f"due:{due.pk}",
            student(due.account_id),
            UNBILLED,
            due.total_paise,
            account=due.account_id,
            due=due.pk,
        )
        for due in dues
    )


def billed(bills: Iterable[tuple[Bill, Iterable[tuple[int, Parts]]]], booking: Booking) -> None:
    """Dues were billed, each with what is left of it for each head (its number) after credits."""
    post(entry for bill, lines in bills for entry in _billed(bill, lines, booking))


def _billed(bill: Bill, lines: Iterable[tuple[int, Parts]], booking: Booking) -> Iterator[LedgerEntry]:
    due = bill.due
    for head, parts in lines:
        to = {income(head): parts.taxable, "cgst": parts.cgst, "sgst": parts.sgst, "igst": parts.igst}
        for where, paise in to.items():
            if paise:
                key = f"bill:{due.pk}:{head}:{where.partition(':')[0]}"
                yield _entry(
                    booking, "BILL", key, UNBILLED, where, paise, account=due.account_id, due=due.pk, head=head
                )


def credited(credit: Credit, *, is_billed: bool, booking: Booking) -> None:
    """A due was credited, before it was billed or after."""
    owner = student(credit.due.account_id)
    if not is_billed:
        whence = {UNBILLED: credit.amount_paise}
    else:
        whence = {
            CONCESSION: credit.taxable_paise,
            "cgst": credit.cgst_paise,
            "sgst": credit.sgst_paise,
            "igst": credit.igst_paise,
        }
    post(
        _entry(
            booking,
            "CREDIT",
            f"credit:{credit.pk}:{where}",
            where,
            owner,
            paise,
            account=credit.due.account_id,
            due=credit.due_id,
            credit_row=credit.pk,
        )
        for where, paise in whence.items()
        if paise > 0
    )


# --- Money ------------------------------------------------------------------------------------------------------------


def received(payment: Payment, booking: Booking) -> None:
    """Money came: first of all it is the student's advance."""
    post([_of_payment(booking, "PAYMENT", f"payment:{payment.pk}", payment, LIES_IN[Mode(payment.mode)], None)])


def allocated(allocations: Iterable[Allocation], booking: Booking) -> None:
    """Parts of payments pay dues, or no longer do; with `payment` and `due` fetched."""
    rows = []
    for one in allocations:
        owner = one.due.account_id
        both = (advance(owner), student(owner)) if one.reverses_id is None else (student(owner), advance(owner))
        rows.append(
            _entry(
                booking,
                "ALLOCATION",
                f"alloc:{one.pk}",
                *both,
                one.amount_paise,
                account=owner,
                due=one.due_id,
                payment=one.payment_id,
            )
        )
    post(rows)


def taken_back(reversal: Reversal, booking: Booking, *, lay_in: str) -> None:
    """A payment was taken back whole, from where its money lay; its allocations were before."""
    payment = reversal.payment
    post([_of_payment(booking, "REVERSAL", f"payment:{payment.pk}:reversal", payment, None, lay_in)])


def cleared(payment: Payment, booking: Booking) -> None:
    """A cheque's money is in the bank."""
    key = f"cheque:{payment.pk}"
    post([_entry(booking, "CLEARING", key, BANK, CHEQUES, payment.amount_paise, payment=payment.pk)])


def paid_out(payout: Payout, booking: Booking) -> None:
    """A part of an advance was given back."""
    payment, where = payout.payment, LIES_IN[Mode(payout.mode)]
    owner = advance(payment.account_id)
    key = f"payout:{payout.pk}"
    post(
        [
            _entry(
                booking,
                "PAYOUT",
                key,
                owner,
                where,
                payout.amount_paise,
                account=payment.account_id,
                payment=payment.pk,
            )
        ]
    )


def moved(move: CashMove, booking: Booking) -> None:
    """Cash left a drawer, or came into it."""
    debit, credit = CASH_WAYS[CashMove.Kind(move.kind)]
    post([_entry(booking, "CASH", f"cash:{move.pk}", debit, credit, move.amount_paise)])


def counted(day: CashierDay, booking: Booking) -> None:
    """A drawer was counted; only a difference is booked."""
    over = (day.counted_paise or 0) - (day.expected_paise or 0)
    both = (CASH, DIFFERENCE) if over > 0 else (DIFFERENCE, CASH)
    if over:
        post([_entry(booking, "CLOSE", f"day:{day.pk}", *both, abs(over))])


def _of_payment(
    booking: Booking, kind: str, key: str, payment: Payment, debit: str | None, credit: str | None
) -> LedgerEntry:
    """None stands for the student's advance."""
    owner = advance(payment.account_id)
    return _entry(
        booking,
        kind,
        key,
        debit or owner,
        credit or owner,
        payment.amount_paise,
        account=payment.account_id,
        payment=payment.pk,
    )


def _entry(
    booking: Booking, kind: str, key: str, debit: str, credit: str, paise: int, **numbers: int | None
) -> LedgerEntry:
    """`numbers`: of account, due, payment, credit_row and head."""
    return LedgerEntry(
        at=booking.now,
        on=booking.on,
        debit=debit,
        credit=credit,
        amount_paise=paise,
        kind=kind,
        source_key=key,
        by=booking.by,
        source=booking.source,
        **{f"{name}_id": number for name, number in numbers.items()},
    )
