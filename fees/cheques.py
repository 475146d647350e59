"""What becomes of a cheque or draft: received → DEPOSITED → CLEARED; a bounce is a reversal (`fees.reversals`)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from fees import charging, ledger
from fees.models import ChequeStep, Mode, Payment

DEPOSITED, CLEARED = ChequeStep.Kind.DEPOSITED, ChequeStep.Kind.CLEARED


class ChequeRefused(DomainError):
    """The cheque is not where that could be done to it."""

    code = "cheque_refused"


def waiting(user: User) -> QuerySet[Payment]:
    """Cheques and drafts this person sees that are neither cleared nor taken back; `is_deposited`. Oldest first."""
    rows = Payment.objects.for_user(user).standing().filter(mode__in=[Mode.CHEQUE, Mode.DD])
    rows = rows.annotate(is_deposited=_did(DEPOSITED)).exclude(_did(CLEARED))
    return rows.select_related("account__student").order_by("received_at", "pk")


def _did(kind: ChequeStep.Kind) -> Exists:
    return Exists(ChequeStep.objects.filter(payment=OuterRef("pk"), kind=kind))


@transaction.atomic
def deposit(
    payment: Payment, *, on: date, actor: User, now: datetime, request: HttpRequest | None = None
) -> ChequeStep:
    """It was taken to the bank. Raises: ChequeRefused."""
    payment, done = _standing(payment)
    if done:
        raise ChequeRefused(_("This cheque is at the bank already."))
    return _step(payment, DEPOSITED, on, actor, now, request)


@transaction.atomic
def clear(payment: Payment, *, on: date, actor: User, now: datetime, request: HttpRequest | None = None) -> ChequeStep:
    """Its money is in the bank. Raises: ChequeRefused."""
    payment, done = _standing(payment)
    if DEPOSITED not in done:
        raise ChequeRefused(_("Say first when this cheque was taken to the bank."))
    if CLEARED in done:
        raise ChequeRefused(_("This cheque was cleared already."))
    if on < done[DEPOSITED]:
        raise ChequeRefused(_("It was taken to the bank later than that."))
    step = _step(payment, CLEARED, on, actor, now, request)
    ledger.cleared(payment, ledger.Booking(by=actor, source="cheque", on=timezone.localdate(now), now=now))
    return step


def _standing(payment: Payment) -> tuple[Payment, dict[str, date]]:
    """The cheque as it is now, its account locked, and what was done to it on which day. Raises: ChequeRefused."""
    account = charging.locked(payment.account_id)
    found = Payment.objects.get(pk=payment.pk)
    found.account = account
    if found.mode not in {Mode.CHEQUE, Mode.DD}:
        raise ChequeRefused(_("This is neither a cheque nor a draft."))
    if found.reversed_at:
        raise ChequeRefused(_("This payment was taken back."))
    return found, dict(ChequeStep.objects.filter(payment=found).values_list("kind", "on"))


def _step(
    payment: Payment, kind: ChequeStep.Kind, on: date, actor: User, now: datetime, request: HttpRequest | None
) -> ChequeStep:
    if not payment.received_on <= on <= timezone.localdate(now):
        raise ChequeRefused(_("Choose a day between that of the receipt and today."))
    step = ChequeStep.objects.create(payment=payment, kind=kind, on=on, made_by=actor, at=now)
    activity.record(
        "fees.cheque", actor=actor, subject=payment.account.student, on=payment, request=request, step=str(kind)
    )
    return step
