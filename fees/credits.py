"""Credits: what takes from a due without money, and what of each of its lines is left. The only writer of credits.

A credit is spread over the due's lines in proportion to what is left of each (one for a head only over that head's
line), and a line's tax goes with it, so that the credits of a due which is credited whole are the due, in every column.
Which part of a credit fell on which line is not kept: it follows from the due's credits in their order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError
from coaching.lib.money import rupees, spread
from fees import documents, ledger, tax
from fees.issuing import parts_of
from fees.ledger import Booking
from fees.models import Bill, Concession, Credit, Due, DueBalance, DueLine, FeeSettings, GstMode
from fees.tax import Parts

Left = list[tuple[DueLine, Parts]]
"""The lines of a due, each with what is left of it."""


class MoreThanOpen(DomainError):
    """Less of the due is open than was to be credited."""

    code = "more_than_open"


@dataclass(frozen=True, slots=True)
class Piece:
    """So many paise of a due to be credited; `head` when of one of its heads only."""

    due: Due
    paise: int
    uuid: UUID = field(default_factory=uuid4)


def credit(
    due: Due,
    *,
    kind: str,
    amount_paise: int,
    reason: str,
    booking: Booking,
    concession: Concession | None = None,
    form: UUID | None = None,
) -> Credit:
    """Take an amount from a due; the caller holds the lock of its account.

    A `form` that was sent before gives the credit it made. Raises: MoreThanOpen.
    """
    known = Credit.objects.filter(uuid=form).first() if form else None
    if known is not None and known.due_id == due.pk:
        return known
    piece = Piece(due, amount_paise, form if form and known is None else uuid4())
    [made] = credit_each([piece], kind=kind, reason=reason, booking=booking, concession=concession)
    return made


def credit_each(
    pieces: Sequence[Piece], *, kind: str, reason: str, booking: Booking, concession: Concession | None = None
) -> list[Credit]:
    """One credit for each due, in a fixed number of queries as long as none is billed. Raises: MoreThanOpen."""
    if not pieces:
        return []
    head = concession.head_id if concession is not None else None
    dues = [one.due for one in pieces]
    left, room = lines_left(dues), open_for(dues, head=head)
    rows = []
    for one in pieces:
        if not 0 < one.paise <= room[one.due.pk]:
            words = {"open": rupees(room[one.due.pk])}
            raise MoreThanOpen(_("Of this due, %(open)s can be taken off.") % words)
        parts = tax.together(_pieces(left[one.due.pk], one.paise, head))
        if parts.taxable < 0:
            raise MoreThanOpen(_("Only tax is left of this due: take off all of it, or an even number of paise."))
        rows.append(_row(one, parts, kind=kind, reason=reason, booking=booking, concession=concession))
    Credit.objects.bulk_create(rows)
    _book(rows, booking)
    return rows


def open_for(dues: Iterable[Due], *, head: int | None = None) -> dict[int, int]:
    """By due what may be credited: what is open, and for one head no more than is left of its lines."""
    listed = list(dues)
    room = dict(DueBalance.objects.filter(due__in=listed).values_list("due", "open_paise"))
    if head is None:
        return room
    left = lines_left(listed)
    of_head = {pk: sum(parts.total for line, parts in lines if line.head_id == head) for pk, lines in left.items()}
    return {pk: min(paise, of_head.get(pk, 0)) for pk, paise in room.items()}


# --- Lines ------------------------------------------------------------------------------------------------------------


def lines_left(dues: Iterable[Due]) -> dict[int, Left]:
    """By due its lines with what is left of each after its credits; payments do not count. Two queries."""
    return {pk: left for pk, (left, _gone) in replayed([due.pk for due in dues]).items()}


def lines_of(one: Credit) -> Left:
    """The lines of its due with what the credit took of each; lines it took nothing of are left out."""
    _left, gone = replayed([one.due_id])[one.due_id]
    return [(line, parts) for line, parts in gone[one.pk][1] if parts.total]


def replayed(dues: Sequence[int]) -> dict[int, tuple[Left, dict[int, tuple[str, Left]]]]:
    """By due what is left of each line, and by credit its kind and what it took of each line. Two queries."""
    lines: dict[int, Left] = {}
    for line in DueLine.objects.filter(due__in=dues).select_related("head").order_by("pk"):
        lines.setdefault(line.due_id, []).append((line, parts_of(line)))
    gone: dict[int, dict[int, tuple[str, Left]]] = {}
    found = Credit.objects.filter(due__in=dues).order_by("pk")
    for pk, kind, due, paise, head in found.values_list("pk", "kind", "due", "amount_paise", "concession__head"):
        pieces = _pieces(lines[due], paise, head)
        rows = [line for line, _parts in lines[due]]
        gone.setdefault(due, {})[pk] = (kind, list(zip(rows, pieces, strict=True)))
        lines[due] = [(line, left.minus(piece)) for (line, left), piece in zip(lines[due], pieces, strict=True)]
    return {due: (left, gone.get(due, {})) for due, left in lines.items()}


def _pieces(left: Left, paise: int, head: int | None) -> list[Parts]:
    """What an amount takes of each line: in proportion to what is left there, with the tax that belongs to it."""
    room = [parts.total if head in (None, line.head_id) else 0 for line, parts in left]
    found = []
    for (line, parts), amount in zip(left, spread(paise, room), strict=True):
        found.append(tax.piece(parts_of(line), left=parts, amount=amount))
    return found


# --- Rows -------------------------------------------------------------------------------------------------------------


def _row(
    piece: Piece, parts: Parts, *, kind: str, reason: str, booking: Booking, concession: Concession | None
) -> Credit:
    return Credit(
        uuid=piece.uuid,
        due=piece.due,
        kind=kind,
        concession=concession,
        taxable_paise=parts.taxable,
        cgst_paise=parts.cgst,
        sgst_paise=parts.sgst,
        igst_paise=parts.igst,
        amount_paise=parts.total,
        reason=reason,
        made_by=booking.by,
        source=booking.source,
        at=booking.now,
    )


def _book(rows: Sequence[Credit], booking: Booking) -> None:
    """Into the ledger, and for what was billed a credit note where the institute gives invoices."""
    billed = set(Bill.objects.filter(due__in=[one.due_id for one in rows]).values_list("due", flat=True))
    gives_notes = bool(billed) and FeeSettings.current().gst_mode != GstMode.UNREGISTERED
    for one in rows:
        ledger.credited(one, is_billed=one.due_id in billed, booking=booking)
        if gives_notes and one.due_id in billed:
            documents.credit_note(one, lines_of(one), booking=booking)
