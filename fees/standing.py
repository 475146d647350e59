"""What of an enrolment's instalments stands, and what a concession takes of it. The caller holds the account's lock.

Instalments that were replaced or withdrawn stay in the books, but stand no more: nothing of them is open or paid.
"""

from collections.abc import Iterable, Sequence

from batches.models import Enrolment
from fees import charging, credits, schedule
from fees.credits import Piece
from fees.ledger import Booking
from fees.models import Concession, Credit, Due
from fees.tax import WHOLE_BP

Kind = Credit.Kind
_NOT_OWED = {Kind.WITHDRAWAL, Kind.REPLACED, Kind.CORRECTION}
"""Credits of these kinds lower what a per cent is of; concessions and waivers do not."""


def instalments(enrolment: Enrolment) -> list[Due]:
    """Those that stand, in the order of their days, with balances."""
    agreement = charging.current(enrolment)
    dues = Due.objects.filter(enrolment=enrolment, kind=Due.Kind.INSTALMENT).select_related("balance")
    found = list(dues.order_by("due_on", "pk"))
    newest: dict[int, int] = {}
    for due in found:
        if agreement is not None and due.agreement_id == agreement.pk:
            newest[due.part] = max(newest.get(due.part, 0), due.pk)
    off = set(Credit.objects.filter(due__in=newest.values(), kind=Kind.WITHDRAWAL).values_list("due", flat=True))
    holds = set(newest.values()) - off
    return [due for due in found if due.balance.open_paise or due.balance.paid_paise or due.pk in holds]


def grant(concession: Concession, dues: Iterable[Due], *, booking: Booking) -> int:
    """Credit what the concession comes to on `dues`, less what it gave of them already. How much that is, in paise."""
    until = concession.valid_until
    listed = [due for due in dues if until is None or due.due_on <= until]
    room = credits.open_for(listed, head=concession.head_id)
    wanted = amount(concession, listed) - _granted(concession, listed)
    open_paise = [room[due.pk] for due in listed]
    given = schedule.concession(open_paise, paise=max(wanted, 0))
    kind = Kind.WAIVER if concession.due_id else Kind.CONCESSION
    pieces = [Piece(due, paise) for due, paise in zip(listed, given, strict=True) if paise]
    credits.credit_each(pieces, kind=kind, reason=concession.reason, booking=booking, concession=concession)
    return sum(given)


def amount(concession: Concession, dues: Sequence[Due]) -> int:
    """What it comes to on these dues: its amount, or its per cent of what they were issued for (of its head)."""
    if concession.kind == Concession.Kind.AMOUNT:
        return concession.amount_paise
    whole = sum(_issued(dues, concession.head_id).values())
    return (2 * whole * concession.bp + WHOLE_BP) // (2 * WHOLE_BP)


def _issued(dues: Sequence[Due], head: int | None) -> dict[int, int]:
    """By due what it stands for, of one head or in all: as issued, less what was never owed."""
    found = {}
    for pk, (left, gone) in credits.replayed([due.pk for due in dues]).items():
        kept = [row for kind, row in gone.values() if kind not in _NOT_OWED]
        lines = [*left, *(pair for row in kept for pair in row)]
        found[pk] = sum(parts.total for line, parts in lines if head in (None, line.head_id))
    return found


def _granted(concession: Concession, dues: Iterable[Due]) -> int:
    rows = Credit.objects.filter(concession=concession, due__in=[due.pk for due in dues])
    return sum(rows.values_list("amount_paise", flat=True))
