"""Taking a payment back whole: it was a mistake, or its cheque bounced. What it had paid is open again, as it was due.

Locks: the student's account, then the days, then the series of numbers.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Role, User
from coaching.lib.errors import NotAllowed
from fees import charging, days, documents, heads, ledger, payment_news
from fees.models import Allocation, CashierDay, Due, FeeHead, FeeSettings, Mode, Payment, Reversal
from fees.receiving import MoneyRefused

UNDONE, BOUNCED = "reversal", "bounce"
REASON_LENGTH = 300


class ReversalRefused(MoneyRefused):
    """The payment cannot be taken back."""

    code = "reversal_refused"


def undo_until(payment: Payment, *, settings: FeeSettings) -> datetime:
    """Until when the cashier who recorded it may undo it."""
    return payment.received_at + timedelta(minutes=settings.undo_minutes)


def may_undo(payment: Payment, actor: User, now: datetime, *, settings: FeeSettings | None = None) -> bool:
    """An admin always; who recorded it for a while, as long as his day is open. `day` should be fetched."""
    if payment.reversed_at or payment.mode == Mode.GATEWAY:
        return False
    if actor.role == Role.ADMIN:
        return True
    if payment.received_by_id != actor.pk or (payment.day and payment.day.closed_at):
        return False
    return now <= undo_until(payment, settings=settings or FeeSettings.current())


@transaction.atomic
def undo(payment: Payment, *, reason: str, actor: User, now: datetime, request: HttpRequest | None = None) -> Reversal:
    """Take back what was recorded by mistake; of cash it is said that it was given back.

    It leaves the drawer it came into, or when that is counted already, the actor's own of today.
    Raises: ReversalRefused, NotAllowed, days.DayClosed.
    """
    payment = _standing(payment)
    payment.day = _came_into(payment, actor, now)
    if not may_undo(payment, actor, now):
        raise NotAllowed(_("Only an administrator may take this payment back now."))
    is_open = payment.day is not None and payment.day.closed_at is None
    day = payment.day if is_open else days.taking(actor, now=now, request=request)
    booking = ledger.Booking(by=actor, source=UNDONE, on=timezone.localdate(now), now=now)
    reversal = _taken_back(payment, Reversal.Kind.UNDO, reason, day, booking)
    _tell(reversal, "fees.undone", booking, request)
    return reversal


@transaction.atomic
def bounce(
    payment: Payment, *, reason: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> Reversal:
    """The bank did not honour a cheque or draft: what it paid is open again, and the charge for it is another due.

    Raises: ReversalRefused.
    """
    payment = _standing(payment)
    if payment.mode not in {Mode.CHEQUE, Mode.DD}:
        raise ReversalRefused(_("Only a cheque or a draft can bounce."))
    booking = ledger.Booking(by=actor, source=BOUNCED, on=timezone.localdate(now), now=now)
    reversal = _taken_back(payment, Reversal.Kind.BOUNCE, reason, None, booking)
    _charge(payment, booking, request)
    _tell(reversal, "fees.bounced", booking, request)
    return reversal


def _standing(payment: Payment) -> Payment:
    """The payment as it is now, its account locked. Raises: ReversalRefused."""
    account = charging.locked(payment.account_id)
    found = Payment.objects.select_related("balance").get(pk=payment.pk)
    found.account = account
    if found.reversed_at:
        raise ReversalRefused(_("This payment was taken back already."))
    if found.balance.returned_paise:
        raise ReversalRefused(_("A part of this payment was given back already, so it stands."))
    return found


def _came_into(payment: Payment, actor: User, now: datetime) -> CashierDay | None:
    """The payment's day, locked, with the actor's own of today.

    Both in one order, so that two who undo each other's payments do not wait for each other.
    """
    mine = Q(cashier=actor, on=timezone.localdate(now))
    rows = CashierDay.objects.select_for_update(no_key=True).filter(mine | Q(pk=payment.day_id)).order_by("pk")
    return {row.pk: row for row in rows}.get(payment.day_id or 0)


def _taken_back(
    payment: Payment, kind: Reversal.Kind, reason: str, day: CashierDay | None, booking: ledger.Booking
) -> Reversal:
    reason = reason.strip()
    if not reason:
        raise ReversalRefused(_("Give a reason."), field="reason")
    if len(reason) > REASON_LENGTH:
        raise ReversalRefused(_("This is too long."), field="reason")
    assert booking.by is not None  # noqa: S101 - nobody takes money back by himself
    standing = Allocation.objects.filter(payment=payment, reverses=None, reversed_by=None).select_related("due")
    back = [
        Allocation(
            payment=payment,
            due=one.due,
            amount_paise=one.amount_paise,
            reverses=one,
            made_by=booking.by,
            source=booking.source,
            at=booking.now,
        )
        for one in standing.order_by("pk")
    ]
    Allocation.objects.bulk_create(back)
    ledger.allocated(back, booking)
    fields = {"kind": kind, "reason": reason, "day": day, "made_by": booking.by, "at": booking.now}
    reversal = Reversal.objects.create(payment=payment, **fields)
    ledger.taken_back(reversal, booking, lay_in=_lay_in(payment))
    payment.reversed_at = booking.now
    return reversal


def _lay_in(payment: Payment) -> str:
    """A cheque that was cleared lies in the bank."""
    is_cleared = payment.cheque_steps.filter(kind="CLEARED").exists()
    return ledger.BANK if is_cleared else ledger.LIES_IN[Mode(payment.mode)]


def _charge(payment: Payment, booking: ledger.Booking, request: HttpRequest | None) -> None:
    """What the institute takes for a bounced cheque, due at once."""
    paise = FeeSettings.current().bounce_paise
    if not paise or booking.by is None:
        return
    charging.charge_other(
        payment.account,
        head=heads.of_use(FeeHead.Use.BOUNCE),
        label="",
        amount_paise=paise,
        due_on=booking.on,
        actor=booking.by,
        now=booking.now,
        kind=Due.Kind.BOUNCE,
        source=BOUNCED,
        request=request,
    )


def _tell(reversal: Reversal, event: str, booking: ledger.Booking, request: HttpRequest | None) -> None:
    """The paper of it last: its number is taken under a lock all counters share."""
    payment = reversal.payment
    note = documents.cancellation(payment, reversal, booking=booking)
    activity.record(
        event,
        actor=booking.by,
        subject=payment.account.student,
        on=payment,
        request=request,
        name=note.number,
    )
    payment_news.of_reversal(reversal, note, booking=booking)
