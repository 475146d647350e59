"""What is typed about a fee head."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.seen_forms import SeenRowForm
from batches.names import NameField, is_taken
from fees.fields import PercentField
from fees.models import FeeHead

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    HeadModelForm = forms.ModelForm[FeeHead]
else:
    HeadModelForm = forms.ModelForm


class HeadForm(SeenRowForm, HeadModelForm):
    """A head with its tax treatment."""

    name = NameField(label=_("Name"), max_length=80)
    gst_bp = PercentField(
        label=_("GST rate, per cent"), help_text=_("Coaching is 18. It counts once the institute is registered.")
    )

    class Meta:
        model = FeeHead
        fields = ("name", "sac", "gst_bp", "is_one_off", "is_refundable")
        widgets = {"sac": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})}
        error_messages = {"sac": {"invalid": _("Give four, six or eight digits, or nothing.")}}
        help_texts = {"sac": _("999293 is coaching. Four, six or eight digits.")}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if is_taken(name, FeeHead.objects.all(), but=self.instance):
            raise forms.ValidationError(_("There is such a fee head already."))
        return name

    def changes(self) -> list[str]:
        """Names of the row's fields that were changed."""
        return [name for name in self.changed_data if name != "shown"]
