"""Rows of fees for tests, written straight into the tables and the ledger: what services make has tests of its own."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Grant, User
from batches.models import Batch, Enrolment
from coaching.lib.money import spread
from fees import ledger
from fees.models import (
    Allocation,
    Due,
    DueLine,
    FeeHead,
    FeePlan,
    FeePlanInstalment,
    FeePlanLine,
    FeeSettings,
    GstMode,
    Mode,
    Payment,
    PlanOffer,
    PriceMode,
    StudentAccount,
)
from fees.tax import Parts, within
from tests import people
from tests.batches.enrolling import batch as a_batch

GSTIN = "27AAXFP1842K1ZL"


def the_cashier() -> User:
    """`people.cashier` with the right."""
    person = people.cashier()
    Grant.objects.get_or_create(user=person, kind=Grant.Kind.CASHIER)
    return person


def registered(**fields: object) -> FeeSettings:
    """The institute is registered in Maharashtra; prices hold the tax."""
    values = {"gst_mode": GstMode.REGULAR, "gstin": GSTIN, "state_code": "27", **fields}
    return FeeSettings.objects.update_or_create(pk=1, defaults=values)[0]


def head(name: str = "Tuition", **fields: object) -> FeeHead:
    return FeeHead.objects.get_or_create(name=name, defaults=fields)[0]


def plan(batch: Batch, *parts: tuple[int, date | int], name: str = "Instalments", **fields: object) -> FeePlan:
    """The default plan of the batch: each part an amount in paise and a day, or so many days after joining."""
    total = sum(paise for paise, _when in parts)
    version = FeePlan.objects.filter(batch=batch).count() + 1
    values = {"price_mode": PriceMode.INCLUSIVE, **fields}
    row = FeePlan.objects.create(batch=batch, version=version, name=name, total_paise=total, **values)
    FeePlanLine.objects.create(plan=row, position=1, head=head(), amount_paise=total, sac="999293", gst_bp=1800)
    for seq, (paise, when) in enumerate(parts, 1):
        days = {"days_after": when} if isinstance(when, int) else {"due_on": when}
        FeePlanInstalment.objects.create(plan=row, seq=seq, amount_paise=paise, **days)
    PlanOffer.objects.create(batch=batch, plan=row, name=name, is_default=True)
    return row


def account(student: User | None = None) -> StudentAccount:
    return StudentAccount.objects.get_or_create(student=student or people.student())[0]


def enrolment(student: User | None = None, batch: Batch | None = None) -> Enrolment:
    """In a batch, without any dues."""
    who = student or people.student()
    known = Enrolment.objects.filter(student=who, left_at=None, **({"batch": batch} if batch else {})).first()
    if known:
        return known
    joined_at = timezone.now() - timedelta(days=30)
    return Enrolment.objects.create(batch=batch or a_batch(), student=who, joined_at=joined_at)


def due(
    paise: int,
    *,
    student: User | None = None,
    due_on: date | None = None,
    days: int = 0,
    part: int = 1,
    parts: int = 1,
    enrolled: Enrolment | None = None,
    heads: tuple[str, ...] = ("Tuition",),
) -> Due:
    """An instalment, due on that day or in so many days from today; with tax in it when the institute is registered."""
    stay = enrolled or enrolment(student)
    who, today = account(stay.student), timezone.localdate()
    gst_bp = 1800 if FeeSettings.current().taxes else 0
    lines = [within(one, gst_bp=gst_bp, is_inter_state=False) for one in spread(paise, [1] * len(heads))]
    total = Parts(*(sum(getattr(one, name) for one in lines) for name in ("taxable", "cgst", "sgst", "igst")))
    row = Due.objects.create(
        account=who,
        enrolment=stay,
        kind=Due.Kind.INSTALMENT,
        seq=Due.objects.filter(enrolment=stay).count() + 1,
        part=part,
        parts=parts,
        due_on=due_on or today + timedelta(days=days),
        supply_state="27",
        source="test",
        total_paise=paise,
        **_columns(total),
    )
    for name, one in zip(heads, lines, strict=True):
        DueLine.objects.create(
            due=row, head=head(name), sac="999293", gst_bp=gst_bp, total_paise=one.total, **_columns(one)
        )
    ledger.issued([row], booking())
    return row


def payment(paise: int, *dues: tuple[Due, int], student: User | None = None, **fields: object) -> Payment:
    """Cash at the counter, of which each due gets its part; the rest is advance."""
    who = dues[0][0].account if dues else account(student)
    now = timezone.now()
    values = {"mode": Mode.CASH, "received_on": timezone.localdate(now), "received_by": the_cashier(), **fields}
    row = Payment.objects.create(account=who, amount_paise=paise, **values)
    ledger.received(row, booking())
    made = [Allocation.objects.create(payment=row, due=one, amount_paise=part, source="test") for one, part in dues]
    ledger.allocated(made, booking())
    return row


def booking(now: datetime | None = None) -> ledger.Booking:
    now = now or timezone.now()
    return ledger.Booking(by=None, source="test", on=timezone.localdate(now), now=now)


def _columns(parts: Parts) -> dict[str, int]:
    return {
        "taxable_paise": parts.taxable,
        "cgst_paise": parts.cgst,
        "sgst_paise": parts.sgst,
        "igst_paise": parts.igst,
    }
