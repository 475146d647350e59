"""Money of payments goes to dues. Used by whatever holds the account's lock: a payment, an advance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from fees import billing, fining, ledger
from fees.models import Allocation, Due, Payment, StudentAccount
from fees.payable import Row


def pay(
    account: StudentAccount,
    funds: Sequence[tuple[Payment, int]],
    parts: Mapping[str, int],
    payable: Iterable[Row],
    *,
    on: date,
    booking: ledger.Booking,
    source: str,
) -> list[Allocation]:
    """Pay `parts` (paise by the key of a row of `payable.rows`) from what is free of payments, the first one first.

    Late fines of what is paid are issued, everything paid is billed first. The account is locked, `funds` suffice.
    """
    chosen = [row for row in payable if parts.get(row.key)]
    if not chosen:
        return []
    touched = {row.about.pk for row in chosen}
    late = [row.about for row in payable if row.is_accruing and row.about.pk in touched]
    fines = {one.parent_id: one for one in fining.issue(account, on=on, booking=booking, parents=late)} if late else {}
    dues = [(row.due or fines[row.about.pk], parts[row.key]) for row in chosen]
    billing.bill([due for due, _paise in dues], booking=booking)
    made = [
        Allocation(payment=payment, due=due, amount_paise=paise, made_by=booking.by, source=source, at=booking.now)
        for payment, due, paise in _poured(funds, dues)
    ]
    Allocation.objects.bulk_create(made)
    ledger.allocated(made, booking)
    return made


def _poured(
    funds: Sequence[tuple[Payment, int]], dues: Sequence[tuple[Due, int]]
) -> Iterator[tuple[Payment, Due, int]]:
    """From the first payment into the first due until one of them is done with."""
    left = iter(funds)
    payment, free = next(left)
    for due, wanted in dues:
        while wanted:
            if not free:
                payment, free = next(left)
            part = min(free, wanted)
            if part:
                yield payment, due, part
            free -= part
            wanted -= part
