"""What is typed about guardian links: a new one by the office, and the PIN by whoever has one."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.guardian_passes import DAYS_AT_MOST, DAYS_USUAL, PIN_DIGITS


class PassForm(forms.Form):
    """For whom, and for how long."""

    label = forms.CharField(
        label=_("For whom"),
        max_length=80,
        help_text=_("Mother, grandfather: so that you know later whose link it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=DAYS_AT_MOST, initial=DAYS_USUAL, help_text=_("At most 180.")
    )

    def clean_label(self) -> str:
        return " ".join(self.cleaned_data["label"].split())


class PinForm(forms.Form):
    """Six digits of any script, spaces between them or not."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )

    def clean_pin(self) -> str:
        typed = "".join(self.cleaned_data["pin"].split())
        if len(typed) != PIN_DIGITS or not typed.isdecimal():
            raise ValidationError(_("The PIN has six digits."))
        return "".join(str(unicodedata.decimal(digit)) for digit in typed)
