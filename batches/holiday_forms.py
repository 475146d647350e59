"""What is typed about holidays: a name with its days, or a file of them."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.import_tables import MAX_BYTES
from accounts.seen_forms import SeenRowForm
from batches.holidays import NAME_CHARS, HolidayRefused, require_sense
from batches.models import Holiday
from batches.names import NameField
from batches.series import Days

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    HolidayModelForm = forms.ModelForm[Holiday]
else:
    HolidayModelForm = forms.ModelForm


def _day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    limits = {"type": "date", "min": "2000-01-01", "max": "2100-12-31"}
    widget = forms.DateInput(attrs=limits, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class HolidayForm(SeenRowForm, HolidayModelForm):
    """A holiday of one day or several."""

    name = NameField(label=gettext_lazy("Name"), max_length=NAME_CHARS)
    starts_on = _day_field(gettext_lazy("First day"))
    ends_on = _day_field(gettext_lazy("Last day"), gettext_lazy("Empty: one day only."), required=False)

    class Meta:
        model = Holiday
        fields = ("name", "starts_on", "ends_on")

    def clean_ends_on(self) -> date | None:
        return self.cleaned_data["ends_on"] or self.cleaned_data.get("starts_on")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors:
            try:
                require_sense(given["name"], self.days)
            except HolidayRefused as error:
                self.add_error(error.field or None, error.message)
        return given

    def _get_validation_exclusions(self) -> set[str]:
        """Of what is in the list already the service has the last word."""
        return {*super()._get_validation_exclusions(), *self._meta.fields}  # type: ignore[misc]  # not in the stubs

    @property
    def days(self) -> Days:
        """For a form without errors in its days."""
        return Days(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class HolidayFileForm(forms.Form):
    """A file with holidays."""

    file = forms.FileField(
        label=gettext_lazy("CSV, XLSX or ICS file"),
        allow_empty_file=True,
        help_text=gettext_lazy("A table of at most 500 rows, or a calendar; at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ics,text/csv,text/calendar"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is over 5 MB. Leave out what is no holiday, or divide it."))
        return file
