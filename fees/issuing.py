"""Dues come into being: rows with their lines and tax, booked in the ledger. The caller holds the account's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from django.db.models import Max

from batches.models import Batch, Enrolment
from fees import ledger, tax
from fees.ledger import Booking
from fees.models import Agreement, Due, DueLine, FeeHead, FeeSettings, GstMode, PriceMode, StudentAccount
from fees.tax import Parts


@dataclass(frozen=True, slots=True)
class Regime:
    """How what is issued now to a payer is taxed. `supply_state` is empty while the institute is not registered."""

    taxes: bool
    supply_state: str
    is_inter_state: bool

    def parts(self, paise: int, *, gst_bp: int, price_mode: str = PriceMode.INCLUSIVE) -> Parts:
        """What an amount of a plan, or a total, is made of."""
        if not self.taxes:
            return Parts(paise)
        split = tax.within if price_mode == PriceMode.INCLUSIVE else tax.on_top
        return split(paise, gst_bp=gst_bp, is_inter_state=self.is_inter_state)


@dataclass(frozen=True, slots=True)
class Line:
    """What of a due is for one head."""

    head: int
    sac: str
    gst_bp: int
    parts: Parts


@dataclass(frozen=True, slots=True)
class Draft:
    """A due before it has a number; lines of nothing are left out."""

    due_on: date
    lines: Sequence[Line]
    kind: str = Due.Kind.INSTALMENT
    part: int = 0
    parts: int = 0
    label: str = ""
    parent: Due | None = None
    uuid: UUID = field(default_factory=uuid4)


def regime(settings: FeeSettings, account: StudentAccount, batch: Batch | None) -> Regime:
    """The tax of that payer in that batch; without a batch, as in the classroom."""
    if settings.gst_mode == GstMode.UNREGISTERED:
        return Regime(False, "", False)
    place = tax.place_of_supply(
        institute=settings.state_code,
        student=account.state_code,
        is_online=batch is not None and batch.mode == Batch.Mode.ONLINE,
        is_registered_recipient=bool(account.gstin),
    )
    return Regime(settings.taxes, place, place != settings.state_code)


def line(head: FeeHead, paise: int, how: Regime) -> Line:
    """An amount that holds its tax, for a head as it is now."""
    gst_bp = head.gst_bp if how.taxes else 0
    return Line(head.pk, head.sac, gst_bp, how.parts(paise, gst_bp=gst_bp))


def line_as(like: DueLine, paise: int, how: Regime) -> Line:
    """An amount that holds its tax, treated as a line that was issued."""
    gst_bp = like.gst_bp if how.taxes else 0
    return Line(like.head_id, like.sac, gst_bp, how.parts(paise, gst_bp=gst_bp))


def issue(
    account: StudentAccount,
    drafts: Iterable[Draft],
    *,
    booking: Booking,
    supply_state: str,
    enrolment: Enrolment | None = None,
    agreement: Agreement | None = None,
    after: int | None = None,
) -> list[Due]:
    """Write dues, in the order given. `after` is the last number of their kind, where it is known: it saves a query."""
    numbers: dict[str, int] = {}
    rows: list[Due] = []
    lines: list[list[Line]] = []
    for draft in drafts:
        charged = [one for one in draft.lines if one.parts.total]
        if not charged:
            continue
        if draft.kind not in numbers:
            numbers[draft.kind] = _last_number(account, enrolment, draft.kind) if after is None else after
        numbers[draft.kind] += 1
        row = _row(draft, tax.together(one.parts for one in charged), booking)
        row.account, row.enrolment, row.agreement = account, enrolment, agreement
        row.seq, row.supply_state = numbers[draft.kind], supply_state
        rows.append(row)
        lines.append(charged)
    if rows:
        _write(rows, lines, booking)
    return rows


def _row(draft: Draft, parts: Parts, booking: Booking) -> Due:
    return Due(
        uuid=draft.uuid,
        kind=draft.kind,
        part=draft.part,
        parts=draft.parts,
        label=draft.label,
        due_on=draft.due_on,
        parent=draft.parent,
        issued_by=booking.by,
        issued_at=booking.now,
        source=booking.source,
        **columns(parts),
    )


def _write(rows: list[Due], lines: list[list[Line]], booking: Booking) -> None:
    Due.objects.bulk_create(rows)
    DueLine.objects.bulk_create(
        DueLine(due=row, head_id=one.head, sac=one.sac, gst_bp=one.gst_bp, **columns(one.parts))
        for row, charged in zip(rows, lines, strict=True)
        for one in charged
    )
    ledger.issued(rows, booking)


def columns(parts: Parts) -> dict[str, int]:
    """As dues and their lines keep them."""
    return {
        "taxable_paise": parts.taxable,
        "cgst_paise": parts.cgst,
        "sgst_paise": parts.sgst,
        "igst_paise": parts.igst,
        "total_paise": parts.total,
    }


def parts_of(row: Due | DueLine) -> Parts:
    """What a due or a line of it was issued with."""
    return Parts(row.taxable_paise, row.cgst_paise, row.sgst_paise, row.igst_paise)


def _last_number(account: StudentAccount, enrolment: Enrolment | None, kind: str) -> int:
    own = Due.objects.filter(kind=kind, enrolment=enrolment)
    if enrolment is None:
        own = own.filter(account=account)
    return own.aggregate(last=Max("seq"))["last"] or 0
