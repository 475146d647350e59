"""What a student says when he comes in to a test."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EnterForm(forms.Form):
    """The access code, where the test has one, and that he writes alone."""

    code = forms.CharField(label=_("Access code"), max_length=20, required=False)
    alone = forms.BooleanField(
        label=_("I will write this paper alone."),
        error_messages={"required": _("Say that you write this paper alone.")},
    )

    def entered_code(self) -> str:
        """What was typed; nothing of what is longer than a code can be."""
        return str(self.cleaned_data.get("code") or "")
