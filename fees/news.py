"""What people are told about fees, and in which words: students and their guardians, never the actor."""

from django.utils.translation import gettext_lazy as _

from accounts.notifications import Kind

DUE = Kind("fees.due", _("A fee is due"))
PAID = Kind("fees.paid", _("A payment was received"))
CHANGED = Kind("fees.changed", _("Fees were changed"))
KINDS = (DUE, PAID, CHANGED)
