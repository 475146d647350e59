"""What events of this area are called on the page of the activity log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, str | Promise] = {
    "fees.settings": _("Fee settings changed"),
    "fees.head": _("Fee heads changed"),
    "fees.plan": _("Fee plan made"),
    "fees.plan_withdrawn": _("Fee plan withdrawn"),
    "fees.charged": _("Dues issued"),
    "fees.charged_other": _("Other charge issued"),
    "fees.agreed": _("Another fee plan agreed"),
    "fees.credited": _("Due credited"),
    "fees.concession_asked": _("Concession asked for"),
    "fees.concession_approved": _("Concession approved"),
    "fees.concession_rejected": _("Concession rejected"),
    "fees.concession_withdrawn": _("Request for a concession withdrawn"),
    "fees.concession_revoked": _("Concession revoked"),
    "fees.paid": _("Payment recorded"),
    "fees.undone": _("Payment taken back"),
    "fees.bounced": _("Cheque bounced"),
    "fees.cheque": _("Cheque moved on"),
    "fees.advance_used": _("Advance used for dues"),
    "fees.paid_out": _("Advance given back"),
    "fees.day_opened": _("Counter opened"),
    "fees.day_closed": _("Counter closed"),
    "fees.cash_moved": _("Cash taken from or put into a drawer"),
    "fees.reminded": _("Reminders of dues sent"),
    "fees.account": _("Fee account changed"),
    "fees.exported": _("List of fees exported"),
}
GROUPS: dict[str, str | Promise] = {"fees": _("Fees")}
