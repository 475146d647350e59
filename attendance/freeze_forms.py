"""What is typed about frozen periods."""

from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.freezes import EARLIEST

REASON_LENGTH = 200
DAY = {"type": "date"}


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH, widget=forms.TextInput)


class FreezeForm(forms.Form):
    """Two days and all between them."""

    first_on = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs=DAY), validators=[MinValueValidator(EARLIEST)]
    )
    last_on = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs=DAY))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("Teachers read it when they try to change something."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = given.get("first_on"), given.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day is before the first."))
        return given
