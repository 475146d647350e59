"""What families are told about their money: it came, or it was taken back."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.families import tell_families
from coaching.lib.money import rupees
from fees import ledger, news
from fees.models import Document, Payment, Reversal


def of_payment(payment: Payment, receipt: Document, *, booking: ledger.Booking) -> None:
    """Money was received; `account.student` fetched."""
    words = {"amount": rupees(payment.amount_paise), "number": receipt.number}
    tell_families(
        [payment.account.student],
        actor=booking.by,
        kind=news.PAID,
        event_key=f"payment:{payment.uuid}",
        title=gettext_lazy("A payment was received"),
        body=lambda: _("%(amount)s, receipt %(number)s.") % words,
        url=reverse("fee_document", args=[receipt.uuid]),
        now=booking.now,
    )


def of_reversal(reversal: Reversal, note: Document, *, booking: ledger.Booking) -> None:
    """A payment was taken back; what it had paid is open again."""
    payment = reversal.payment
    words = {"amount": rupees(payment.amount_paise), "reason": reversal.reason}
    bounced = reversal.kind == Reversal.Kind.BOUNCE
    tell_families(
        [payment.account.student],
        actor=booking.by,
        kind=news.CHANGED,
        event_key=f"payment:{payment.uuid}:reversal",
        title=gettext_lazy("A cheque bounced") if bounced else gettext_lazy("A payment was taken back"),
        body=lambda: _("%(amount)s: %(reason)s") % words,
        url=reverse("fee_document", args=[note.uuid]),
        now=booking.now,
    )
