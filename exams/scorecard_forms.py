"""The form into which the code of a scorecard is typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams import result_codes
from exams.models.results import CODE_LENGTH

MOST_TYPED = 60


class CodeForm(forms.Form):
    """The code as it stands on the card; lines and small letters between and in it do not matter."""

    code = forms.CharField(
        label=gettext_lazy("Code of the scorecard"),
        max_length=MOST_TYPED,
        help_text=gettext_lazy("Four groups of four signs, below the sections."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "num"}
        ),
    )

    def clean_code(self) -> str:
        code = result_codes.read(self.cleaned_data["code"])
        said: dict[str, Any] = {"count": len(code), "all": CODE_LENGTH, "signs": ", ".join(result_codes.strange(code))}
        if said["signs"]:
            raise ValidationError(_("No code has these signs: %(signs)s. Look at the card again.") % said)
        if len(code) != CODE_LENGTH:
            raise ValidationError(_("A code has %(all)d signs; these are %(count)d.") % said)
        return code
