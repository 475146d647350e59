"""Sentences of Django and allauth that people meet here and that neither has in Hindi.

They are said by the packages themselves; naming them here puts them into our catalogue, which is asked first.
"""

from django.utils.translation import gettext_noop as _

BORROWED = (
    # allauth: changing a password, and confirming with it
    _("Please type your current password."),
    _("Incorrect password."),
    _("You must type the same password each time."),
    _("The new value must be different from the current one."),
    _("Be patient, you are sending too many requests."),
    _("Forgot your password?"),
    # Django: fields and constraints
    _("Enter a valid IPv4 or IPv6 address."),
    _("Enter a complete value."),
    _("Null characters are not allowed."),
    _("%(model_name)s with this %(field_labels)s already exists."),
)
