"""The form a file with marks is chosen in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.import_tables import MAX_BYTES

FORM_ROOM_BYTES = 64 * 1024


def form_limit() -> int:
    """The largest body of the form with a file, in bytes."""
    return MAX_BYTES + FORM_ROOM_BYTES


class MarksFileForm(forms.Form):
    """A table with the students' marks."""

    file = forms.FileField(
        label=gettext_lazy("File with marks"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or Excel, at most 5,000 lines and 5 MB. Empty cells leave what stands."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is over 5 MB."))
        return file
