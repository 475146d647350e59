"""Money as it was typed at the counter, before it is a payment: checked, and written as it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from coaching.lib.errors import DomainError
from coaching.lib.money import MOST_PAISE, rupees
from fees.ledger import Booking
from fees.models import Allocation, Due, Mode, Payment

WITH_REFERENCE = (Mode.UPI, Mode.CHEQUE, Mode.DD, Mode.BANK)
INSTRUMENTS = (Mode.CHEQUE, Mode.DD)
LONGEST_AGO = timedelta(days=366)
KEPT = ("mode", "amount_paise", "received_on", "reference", "bank", "instrument_on", "tendered_paise", "payer", "note")
LENGTHS = {"reference": 60, "bank": 60, "payer": 200, "note": 300}


class MoneyRefused(DomainError):
    """Money cannot be moved like that; `field` names what was typed wrongly, "" for the whole."""

    code = "money_refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class PaymentRefused(MoneyRefused):
    """A payment cannot be recorded like that."""

    code = "payment_refused"


class ReferenceUsed(PaymentRefused):
    """A payment with this reference stands already."""

    code = "reference_used"


class FormUsed(DomainError):
    """The form was sent before, with something else in it: what it recorded then stands."""

    code = "form_used"


@dataclass(frozen=True, slots=True)
class Money:
    """What somebody handed over or transferred. `received_on` None: today."""

    mode: str
    amount_paise: int
    received_on: date | None = None
    reference: str = ""
    bank: str = ""
    instrument_on: date | None = None
    tendered_paise: int | None = None
    payer: str = ""
    note: str = ""

    def kept(self, today: date) -> dict[str, Any]:
        """Columns of a payment. References are in capitals without spaces, so that the same one is found again."""
        is_instrument = self.mode in INSTRUMENTS
        return {
            "mode": self.mode,
            "amount_paise": self.amount_paise,
            "received_on": self.received_on or today,
            "reference": "" if self.mode == Mode.CASH else "".join(self.reference.split()).upper(),
            "bank": " ".join(self.bank.split()).upper() if is_instrument else "",
            "instrument_on": self.instrument_on if is_instrument else None,
            "tendered_paise": self.tendered_paise if self.mode == Mode.CASH else None,
            "payer": self.payer.strip(),
            "note": self.note.strip(),
        }


def checked(money: Money, *, today: date) -> dict[str, Any]:
    """Columns of the payment it is. Raises: PaymentRefused."""
    kept = money.kept(today)
    if money.mode not in Mode.values or money.mode == Mode.GATEWAY:
        raise PaymentRefused(_("Choose how it was paid."), field="mode")
    if not 0 < money.amount_paise <= MOST_PAISE:
        raise PaymentRefused(_("Enter an amount above zero."), field="amount")
    for name, length in LENGTHS.items():
        if len(kept[name]) > length:
            raise PaymentRefused(_("This is too long."), field=name)
    _check_mode(kept)
    _check_day(kept, today)
    return kept


def _check_mode(kept: Mapping[str, Any]) -> None:
    if kept["mode"] in WITH_REFERENCE and not kept["reference"]:
        words = {
            Mode.UPI: _("Enter the UTR of the transfer."),
            Mode.BANK: _("Enter the reference of the transfer."),
            Mode.CHEQUE: _("Enter the number of the cheque."),
            Mode.DD: _("Enter the number of the draft."),
        }
        raise PaymentRefused(words[kept["mode"]], field="reference")
    if kept["mode"] in INSTRUMENTS and not kept["bank"]:
        raise PaymentRefused(_("Enter the bank."), field="bank")
    tendered = kept["tendered_paise"]
    if tendered is not None and tendered < kept["amount_paise"]:
        raise PaymentRefused(_("Less was handed over than is paid."), field="tendered")


def _check_day(kept: Mapping[str, Any], today: date) -> None:
    on = kept["received_on"]
    if on > today:
        raise PaymentRefused(_("This day has not come yet."), field="received_on")
    if on < today - LONGEST_AGO:
        raise PaymentRefused(_("This is more than a year ago."), field="received_on")
    if kept["mode"] == Mode.CASH and on != today:
        raise PaymentRefused(_("Cash counts on the day it is handed over."), field="received_on")


def same_again(
    payment: Payment, money: Money, *, account: int, wanted: Mapping[str, int] | None, booking: Booking
) -> Payment:
    """The payment of a form that was sent again, when it says the same. Raises: FormUsed."""
    kept = money.kept(booking.on)
    if money.received_on is None:  # sent again after midnight it is still the same
        kept["received_on"] = payment.received_on
    told = {name: getattr(payment, name) for name in KEPT}
    same_who = (payment.account_id, payment.received_by) == (account, booking.by)
    if told == kept and same_who and (wanted is None or _paid(payment) == {k: p for k, p in wanted.items() if p}):
        return payment
    words = {"amount": rupees(payment.amount_paise), "student": str(payment.account)}
    raise FormUsed(_("This form recorded %(amount)s of %(student)s already. Open a new one.") % words)


def _paid(payment: Payment) -> dict[str, int]:
    """What was chosen with it, by the keys the form had: fines were not issued yet then, or they were."""
    rows = Allocation.objects.filter(payment=payment, reverses=None, source=payment.source)
    found = {}
    for row in rows.select_related("due__parent"):
        due, late = row.due, row.due.parent
        fresh = due.kind == Due.Kind.FINE and late is not None and due.issued_at == payment.received_at
        found[f"fine:{late.uuid}" if fresh and late else f"due:{due.uuid}"] = row.amount_paise
    return found


def twin(mode: str, bank: str, reference: str) -> Payment | None:
    """The standing payment with this reference."""
    rows = Payment.objects.standing().filter(mode=mode, bank=bank, reference=reference)
    return rows.select_related("account__student").first() if reference else None


def token_of(text: str | UUID) -> UUID:
    """The token of a form. Raises: PaymentRefused."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        raise PaymentRefused(_("The form was not sent whole. Open it again.")) from None
