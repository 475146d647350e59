"""Proof of the ledger: each row of it is of something, each thing that moves money has its rows, and sums agree."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, Q, QuerySet, Sum

from fees import ledger
from fees.broken import Broken
from fees.models import (
    Allocation,
    Bill,
    CashierDay,
    CashMove,
    ChequeStep,
    Credit,
    Due,
    DueBalance,
    LedgerEntry,
    Mode,
    Payment,
    PaymentBalance,
    Payout,
    Reversal,
)

AT_A_TIME = 2000
Entry = tuple[str, str, int]  # debit, credit, paise
OF_DUES = ("BILL", "CREDIT")
"""Kinds with several rows for one thing; what they must be is reckoned by due, in `bills`."""


def entries() -> Iterator[Broken]:
    """Rows against what they are of: none missing, none too many, none otherwise."""
    wanted = dict(_wanted())
    rows = LedgerEntry.objects.exclude(kind__in=OF_DUES).values_list("source_key", "debit", "credit", "amount_paise")
    for key, *entry in rows.iterator(AT_A_TIME):
        should = wanted.pop(key, None)
        if should is None:
            yield Broken("I1", f"entry {key}", "it is of nothing there is")
        elif should != tuple(entry):
            yield Broken("I1", f"entry {key}", f"it is {tuple(entry)}, it should be {should}")
    for key, should in wanted.items():
        yield Broken("I1", f"entry {key}", f"it is missing: {should}")


def _wanted() -> Iterator[tuple[str, Entry]]:
    yield from _of_dues()
    yield from _of_payments()
    for kind, number, paise in CashMove.objects.values_list("kind", "pk", "amount_paise"):
        yield f"cash:{number}", (*ledger.CASH_WAYS[CashMove.Kind(kind)], paise)
    closed = CashierDay.objects.annotate(over=F("counted_paise") - F("expected_paise")).exclude(closed_at=None)
    for number, over in closed.exclude(over=0).values_list("pk", "over"):
        both = (ledger.CASH, ledger.DIFFERENCE) if over > 0 else (ledger.DIFFERENCE, ledger.CASH)
        yield f"day:{number}", (*both, abs(over))


def _of_dues() -> Iterator[tuple[str, Entry]]:
    for number, account, paise in Due.objects.values_list("pk", "account", "total_paise").iterator(AT_A_TIME):
        yield f"due:{number}", (ledger.student(account), ledger.UNBILLED, paise)
    rows = Allocation.objects.values_list("pk", "reverses", "due__account", "amount_paise")
    for number, reverses, account, paise in rows.iterator(AT_A_TIME):
        both = (ledger.advance(account), ledger.student(account))
        yield f"alloc:{number}", (*(both if reverses is None else both[::-1]), paise)


def _of_payments() -> Iterator[tuple[str, Entry]]:
    cleared = set(ChequeStep.objects.filter(kind=ChequeStep.Kind.CLEARED).values_list("payment", flat=True))
    undone = set(Reversal.objects.values_list("payment", flat=True))
    rows = Payment.objects.values_list("pk", "account", "mode", "amount_paise")
    for number, account, mode, paise in rows.iterator(AT_A_TIME):
        owner, where = ledger.advance(account), ledger.LIES_IN[Mode(mode)]
        yield f"payment:{number}", (where, owner, paise)
        if number in cleared:
            yield f"cheque:{number}", (ledger.BANK, ledger.CHEQUES, paise)
        if number in undone:
            yield f"payment:{number}:reversal", (owner, ledger.BANK if number in cleared else where, paise)
    payouts = Payout.objects.values_list("pk", "payment__account", "mode", "amount_paise")
    for number, account, mode, paise in payouts:
        yield f"payout:{number}", (ledger.advance(account), ledger.LIES_IN[Mode(mode)], paise)


# --- Bills and credits ------------------------------------------------------------------------------------------------


def bills() -> Iterator[Broken]:
    """A billed due is booked as what credits before left of it, column by column; one that is not billed as nothing."""
    yield from _credits()
    billed = dict(Bill.objects.values_list("due", "billed_on"))
    before = LedgerEntry.objects.filter(kind="CREDIT", debit=ledger.UNBILLED).values("credit_row")
    gone = _columns(Credit.objects.filter(pk__in=before), "due")
    booked = _booked()
    rows = Due.objects.values_list("pk", "taxable_paise", "cgst_paise", "sgst_paise", "igst_paise", "total_paise")
    for number, *parts, total in rows.iterator(AT_A_TIME):
        less = gone.get(number, (0, 0, 0, 0))
        wanted = tuple(one - off for one, off in zip(parts, less, strict=True)) if number in billed else (0, 0, 0, 0)
        found = booked.pop(number, (0, 0, 0, 0))
        if found != wanted:
            yield Broken("I1", f"bill of due {number}", f"taxable and taxes are {found}, they should be {wanted}")
        if number in billed and sum(less) >= total:
            yield Broken("I1", f"bill of due {number}", "it was billed with nothing left of it")


def _credits() -> Iterator[Broken]:
    """Each credit is booked with its amount to its student; before the bill, from what is not billed."""
    rows = LedgerEntry.objects.filter(kind="CREDIT").values_list("credit_row", "credit").annotate(Sum("amount_paise"))
    booked = {(number, account): paise for number, account, paise in rows.order_by()}
    for number, account, paise in Credit.objects.values_list("pk", "due__account", "amount_paise"):
        found = booked.pop((number, ledger.student(account)), 0)
        if found != paise:
            yield Broken("I1", f"credit {number}", f"{found} paise are booked, it is {paise}")
    for number, account in booked:
        yield Broken("I1", f"credit {number}", f"it is booked to {account}, of which it is not")
    late = LedgerEntry.objects.filter(kind="CREDIT", due__bill=None).exclude(debit=ledger.UNBILLED)
    for number in late.values_list("credit_row", flat=True):
        yield Broken("I1", f"credit {number}", "it is booked against a bill there is not")


def _columns(rows: QuerySet[Credit], of: str) -> dict[int, tuple[int, ...]]:
    names = ("taxable_paise", "cgst_paise", "sgst_paise", "igst_paise")
    return {
        number: tuple(sums) for number, *sums in rows.order_by().values_list(of).annotate(*(Sum(one) for one in names))
    }


def _booked() -> dict[int, tuple[int, ...]]:
    """By due: income, CGST, SGST and IGST of its bill."""
    found: dict[int, Counter[str]] = {}
    rows = LedgerEntry.objects.filter(kind="BILL", debit=ledger.UNBILLED).values_list("due", "credit")
    for due, account, paise in rows.annotate(Sum("amount_paise")).order_by():
        found.setdefault(due, Counter())[account.partition(":")[0]] += paise
    return {due: tuple(sums[one] for one in ("income", "cgst", "sgst", "igst")) for due, sums in found.items()}


# --- Balances ---------------------------------------------------------------------------------------------------------


def balances() -> Iterator[Broken]:
    """What accounts come to in the ledger is what screens show: what each owes, his advance, cheques at hand."""
    come_to: Counter[str] = Counter()
    for account, paise in LedgerEntry.objects.order_by().values_list("debit").annotate(Sum("amount_paise")):
        come_to[account] += paise
    for account, paise in LedgerEntry.objects.order_by().values_list("credit").annotate(Sum("amount_paise")):
        come_to[account] -= paise
    shown = _shown()
    watched = {one for one in come_to if one.startswith(("student:", "advance:"))} | set(shown)
    for account in sorted(watched):
        if come_to[account] != shown[account]:
            yield Broken("I1", f"account {account}", f"it comes to {come_to[account]}, its rows to {shown[account]}")


def _shown() -> Counter[str]:
    shown: Counter[str] = Counter()
    for account, paise in DueBalance.objects.order_by().values_list("due__account").annotate(Sum("open_paise")):
        shown[ledger.student(account)] += paise
    rows = PaymentBalance.objects.order_by().values_list("payment__account").annotate(Sum("free_paise"))
    for account, paise in rows:
        shown[ledger.advance(account)] -= paise
    waiting = Q(bill=None) & Q(balance__credited_paise__lt=F("total_paise"))
    unbilled = Due.objects.filter(waiting).aggregate(all=Sum("total_paise"), gone=Sum("balance__credited_paise"))
    shown[ledger.UNBILLED] = (unbilled["gone"] or 0) - (unbilled["all"] or 0)
    at_hand = Payment.objects.standing().filter(mode__in=[Mode.CHEQUE, Mode.DD])
    cleared = at_hand.filter(cheque_steps__kind=ChequeStep.Kind.CLEARED)
    both = [rows.aggregate(paise=Sum("amount_paise"))["paise"] or 0 for rows in (at_hand, cleared)]
    shown[ledger.CHEQUES] = both[0] - both[1]
    return shown
