"""Recording money at the counter: the payment, what it pays, its receipt and its place in the books, all or nothing.

Locks: the student's account, then the cashier's day, then the series of numbers.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.clock import day_text
from coaching.lib.money import rupees
from fees import charging, days, documents, ledger, payable, paying, payment_news
from fees.models import Allocation, FeeSettings, Payment, StudentAccount
from fees.receiving import Money, ReferenceUsed, checked, same_again, token_of, twin

COUNTER = "counter"


def record(
    account: StudentAccount,
    *,
    mode: str,
    amount_paise: int,
    actor: User,
    now: datetime,
    form_token: str | UUID,
    wanted: Mapping[str, int] | None = None,
    received_on: date | None = None,
    reference: str = "",
    bank: str = "",
    instrument_on: date | None = None,
    tendered_paise: int | None = None,
    payer: str = "",
    note: str = "",
    request: HttpRequest | None = None,
) -> Payment:
    """Record money of a student. `wanted` says which rows of `payable.rows` it pays, in paise; the rest is his advance.

    None: what is due until today, in order. The same form sent again gives the payment it recorded.
    Raises: PaymentRefused, ReferenceUsed, FormUsed, payable.NotPayable, days.DayClosed.
    """
    money = Money(mode, amount_paise, received_on, reference, bank, instrument_on, tendered_paise, payer, note)
    booking = ledger.Booking(by=actor, source=COUNTER, on=timezone.localdate(now), now=now)
    return _once(account, money, wanted, token_of(form_token), booking, request)


def _once(
    account: StudentAccount,
    money: Money,
    wanted: Mapping[str, int] | None,
    token: UUID,
    booking: ledger.Booking,
    request: HttpRequest | None,
) -> Payment:
    """The payment of the form, now recorded or before; of two at once the one waits for the other."""
    try:
        with transaction.atomic():
            locked = charging.locked(account.pk)
            locked.student = account.student
            earlier = _of_form(token)
            if earlier is None:
                kept = checked(money, today=booking.on)
                return _recorded(locked, kept, wanted, token=token, booking=booking, request=request)
    except IntegrityError:  # another account's lock was held: the token or the reference tells
        earlier = _of_form(token)
        if earlier is None:
            _refuse_twin(checked(money, today=booking.on))
            raise
    return same_again(earlier, money, account=account.pk, wanted=wanted, booking=booking)


def _of_form(token: UUID) -> Payment | None:
    return Payment.objects.filter(form_token=token).select_related("account__student").first()


def _refuse_twin(kept: Mapping[str, Any]) -> None:
    """Say where a reference stands already. Raises: ReferenceUsed."""
    known = twin(kept["mode"], kept["bank"], kept["reference"])
    if known is not None:
        words = {
            "student": str(known.account),
            "amount": rupees(known.amount_paise),
            "day": day_text(known.received_at),
        }
        text = _("This reference was recorded already: %(student)s, %(amount)s, %(day)s.") % words
        raise ReferenceUsed(text, field="reference")


def _recorded(
    account: StudentAccount,
    kept: dict[str, Any],
    wanted: Mapping[str, int] | None,
    *,
    token: UUID,
    booking: ledger.Booking,
    request: HttpRequest | None,
) -> Payment:
    actor = booking.by
    assert actor is not None  # noqa: S101 - a counter has a cashier
    day = days.taking(actor, now=booking.now, request=request)
    payment = Payment.objects.create(
        **kept, account=account, received_at=booking.now, form_token=token, day=day, received_by=actor, source=COUNTER
    )
    ledger.received(payment, booking)
    paid = _paid(payment, wanted, booking=booking)
    receipt = documents.receipt(payment, booking=booking)
    rest = payment.amount_paise - sum(one.amount_paise for one in paid)
    if rest and FeeSettings.current().taxes:
        documents.voucher(payment, rest, booking=booking)
    student = account.student
    activity.record(
        "fees.paid", actor=actor, subject=student, on=payment, request=request, name=receipt.number, mode=payment.mode
    )
    payment_news.of_payment(payment, receipt, booking=booking)
    return payment


def _paid(payment: Payment, wanted: Mapping[str, int] | None, *, booking: ledger.Booking) -> list[Allocation]:
    """What the money pays. Fines are those of the day it came on."""
    on = payment.received_on
    rows = payable.rows(payment.account, on=on)
    if wanted is None:
        parts = payable.by_order(rows, payment.amount_paise, on=booking.on)
    else:
        parts = payable.by_choice(rows, wanted, payment.amount_paise)
    funds = [(payment, payment.amount_paise)]
    return paying.pay(payment.account, funds, parts, rows, on=on, booking=booking, source=COUNTER)
