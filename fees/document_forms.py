"""The form into which the code of a document is typed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fees import verifying
from fees.documents import CODE_LENGTH


class CodeForm(forms.Form):
    """The code as it is printed; spaces and small letters do not matter."""

    code = forms.CharField(
        label=gettext_lazy("Code of the receipt"),
        max_length=60,
        help_text=gettext_lazy("Ten signs at the foot of a receipt, an invoice or a note."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "num"}
        ),
    )

    def clean_code(self) -> str:
        code = verifying.read(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            words = {"all": CODE_LENGTH, "count": len(code)}
            raise ValidationError(_("A code has %(all)d signs; these are %(count)d.") % words)
        return code
