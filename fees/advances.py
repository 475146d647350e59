"""A student's advance: money of his that no due took. It goes to dues whose day has come, or back to him."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.money import rupees
from fees import charging, days, documents, ledger, payable, paying
from fees.models import Allocation, ChequeStep, Due, Mode, Payment, PaymentBalance, Payout, StudentAccount
from fees.receiving import INSTRUMENTS, FormUsed, MoneyRefused, token_of

ADVANCE = "advance"


class PayoutRefused(MoneyRefused):
    """It cannot be given back like that."""

    code = "payout_refused"


def of(account: StudentAccount) -> int:
    """What of his money no due took yet, in paise."""
    free = PaymentBalance.objects.filter(payment__account=account, free_paise__gt=0)
    return free.aggregate(paise=Sum("free_paise"))["paise"] or 0


def _funds(account: StudentAccount, *, is_realised: bool = False) -> list[tuple[Payment, int]]:
    """Payments with something free, the oldest first; `is_realised`: without cheques and drafts not cleared yet."""
    rows = Payment.objects.filter(account=account, balance__free_paise__gt=0).select_related("balance")
    if is_realised:
        cleared = ChequeStep.objects.filter(payment=OuterRef("pk"), kind=ChequeStep.Kind.CLEARED)
        rows = rows.filter(~Q(mode__in=INSTRUMENTS) | Exists(cleared))
    return [(row, row.balance.free_paise) for row in rows.order_by("received_at", "pk")]


# --- For dues ---------------------------------------------------------------------------------------------------------


def use(account: StudentAccount, *, booking: ledger.Booking) -> list[Allocation]:
    """Pay what is due until the day of the booking from his advance. The caller holds the account's lock."""
    funds = _funds(account)
    if not funds:
        return []
    rows = payable.rows(account, on=booking.on)
    parts = payable.by_order(rows, sum(free for _payment, free in funds), on=booking.on)
    made = paying.pay(account, funds, parts, rows, on=booking.on, booking=booking, source=ADVANCE)
    if made:
        paise = sum(one.amount_paise for one in made)
        activity.record("fees.advance_used", actor=booking.by, subject=account.student, on=account, paise=paise)
    return made


@transaction.atomic
def use_now(account: StudentAccount, *, actor: User, now: datetime) -> list[Allocation]:
    """The button: pay from the advance what is due today and before."""
    booking = ledger.Booking(by=actor, source=ADVANCE, on=timezone.localdate(now), now=now)
    return use(charging.locked(account.pk), booking=booking)


def use_due(*, now: datetime) -> int:
    """Use advances for dues whose day has come; says for how many students. Interrupted, the next round goes on."""
    on = timezone.localdate(now)
    free = PaymentBalance.objects.filter(payment__account=OuterRef("pk"), free_paise__gt=0)
    due = Due.objects.open().filter(account=OuterRef("pk"), due_on__lte=on)
    accounts = StudentAccount.objects.filter(Exists(free), Exists(due)).order_by("pk").values_list("pk", flat=True)
    booking = ledger.Booking(by=None, source="task", on=on, now=now)
    count = 0
    for number in list(accounts):
        with transaction.atomic():
            count += bool(use(charging.locked(number), booking=booking))
    return count


# --- Back to him ------------------------------------------------------------------------------------------------------


def pay_out(
    account: StudentAccount,
    *,
    amount_paise: int,
    mode: str,
    reason: str,
    actor: User,
    now: datetime,
    form_token: str | UUID,
    reference: str = "",
    request: HttpRequest | None = None,
) -> list[Payout]:
    """Give a part of his advance back: of the oldest money first, a pay-out and a voucher for each payment it is of.

    The same form sent again gives the pay-outs it recorded. Raises: PayoutRefused, FormUsed, days.DayClosed.
    """
    token = token_of(form_token)
    booking = ledger.Booking(by=actor, source="payout", on=timezone.localdate(now), now=now)
    try:
        with transaction.atomic():
            locked = charging.locked(account.pk)
            earlier = _of_form(token)
            if not earlier:
                kept = _checked(mode, amount_paise, reference, reason)
                return _paid_out(locked, amount_paise, kept, token, booking, request)
    except IntegrityError:
        earlier = _of_form(token)
        if not earlier:
            raise
    same = {(one.payment.account_id, one.mode) for one in earlier} == {(account.pk, mode)}
    if not same or sum(one.amount_paise for one in earlier) != amount_paise:
        raise FormUsed(_("This form gave money back already. Open a new one."))
    return earlier


def _of_form(token: UUID) -> list[Payout]:
    """Each payment after the first has a token made from the form's."""
    found: list[Payout] = []
    while one := Payout.objects.filter(form_token=_token(token, len(found))).select_related("payment").first():
        found.append(one)
    return found


def _token(token: UUID, place: int) -> UUID:
    return uuid5(token, str(place)) if place else token


def _checked(mode: str, amount_paise: int, reference: str, reason: str) -> dict[str, str]:
    if mode not in {Mode.CASH, Mode.UPI, Mode.BANK}:
        raise PayoutRefused(_("Choose how it is given back."), field="mode")
    if amount_paise <= 0:
        raise PayoutRefused(_("Enter an amount above zero."), field="amount")
    reference, reason = "".join(reference.split()).upper(), reason.strip()
    if mode != Mode.CASH and not reference:
        raise PayoutRefused(_("Enter the reference of the transfer."), field="reference")
    if not reason:
        raise PayoutRefused(_("Give a reason."), field="reason")
    if len(reference) > 60 or len(reason) > 300:
        raise PayoutRefused(_("This is too long."), field="reference" if len(reference) > 60 else "reason")
    return {"mode": mode, "reference": "" if mode == Mode.CASH else reference, "reason": reason}


def _paid_out(
    account: StudentAccount,
    paise: int,
    kept: dict[str, str],
    token: UUID,
    booking: ledger.Booking,
    request: HttpRequest | None,
) -> list[Payout]:
    assert booking.by is not None  # noqa: S101 - nobody gives money away by himself
    funds = _funds(account, is_realised=True)
    free = sum(one for _payment, one in funds)
    if free < paise <= of(account):
        words = {"amount": rupees(free)}
        said = _("Of his advance %(amount)s can be given back: the rest came by cheques that are not cleared yet.")
        raise PayoutRefused(said % words, field="amount")
    if paise > free:
        raise PayoutRefused(_("His advance is %(amount)s.") % {"amount": rupees(free)}, field="amount")
    day = days.taking(booking.by, now=booking.now, request=request)
    made = []
    for place, (payment, part) in enumerate(_parts(funds, paise)):
        payout = Payout.objects.create(
            **kept,
            payment=payment,
            amount_paise=part,
            day=day,
            form_token=_token(token, place),
            made_by=booking.by,
            at=booking.now,
        )
        ledger.paid_out(payout, booking)
        documents.refund_voucher(payout, booking=booking)
        made.append(payout)
    activity.record(
        "fees.paid_out", actor=booking.by, subject=account.student, on=account, request=request, paise=paise
    )
    return made


def _parts(funds: list[tuple[Payment, int]], paise: int) -> Iterator[tuple[Payment, int]]:
    for payment, free in funds:
        part = min(free, paise)
        if part:
            yield payment, part
        paise -= part
