"""How the institute bills, as one form."""

import re
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.states import STATES as STATE_NAMES
from coaching.lib.text import one_line
from fees import tax
from fees.fields import PercentField, RupeesField
from fees.models import FeeSettings, GstMode

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    SettingsModelForm = forms.ModelForm[FeeSettings]
else:
    SettingsModelForm = forms.ModelForm

MOST_REVISION = 2**31 - 1
EARLIEST, LATEST, MOST_REMINDERS = -90, 365, 12
_DAYS = re.compile(r"\s*,\s*|\s+")
_DAY = re.compile(r"[-−]?[0-9]{1,3}")
STATES = [(code, STATE_NAMES[name]) for code, name in tax.STATES.items()]


def gstin_words(fault: str, gstin: str) -> str:
    """What to do about a GSTIN that `tax.gstin_fault` found wrong."""
    if fault == "LENGTH":
        return _("A GSTIN has 15 signs, this has %(count)d.") % {"count": len(gstin)}
    if fault == "STATE":
        return _("No state has the number %(code)s at its beginning.") % {"code": gstin[:2]}
    if fault == "CHECK":
        return _("The last sign does not fit the others: one of them is mistyped.")
    return _("A GSTIN is two digits, the PAN and three signs, as 27AAPFU0939F1ZV.")


class GstinField(forms.CharField):
    """A GSTIN, in capitals and without spaces, right to its check sign; or nothing."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        super().__init__(required=False, max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        gstin = "".join(super().clean(value).split()).upper()
        fault = tax.gstin_fault(gstin) if gstin else ""
        if fault:
            raise forms.ValidationError(gstin_words(fault, gstin), code=fault)
        return gstin


class FeeSettingsForm(SettingsModelForm):
    """Tax profile and policies. `revision` is the one the page was opened with."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISION)
    gstin = GstinField(label=_("GSTIN"))
    state_code = forms.ChoiceField(
        label=pgettext_lazy("of India", "State"),
        required=False,
        choices=[("", gettext_lazy("As the GSTIN says")), *STATES],
    )
    bounce_paise = RupeesField(
        label=gettext_lazy("Charge for a bounced cheque, ₹"),
        least=0,
        most=10**9,
        help_text=gettext_lazy("0: none."),
    )
    sibling_bp = PercentField(label=gettext_lazy("Sibling discount, per cent"), help_text=gettext_lazy("0: none."))
    undo_minutes = forms.IntegerField(
        label=gettext_lazy("A cashier may undo for, minutes"),
        min_value=0,
        max_value=1440,
        help_text=gettext_lazy("Own payments, while the day is open. Later an admin does it."),
    )
    reminder_days = forms.CharField(
        label=gettext_lazy("Reminders, days from the due date"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Before it with a minus, separated by commas. Empty: none are sent."),
    )

    class Meta:
        model = FeeSettings
        fields = (
            "legal_name",
            "gst_mode",
            "gstin",
            "state_code",
            "price_mode",
            "allocation_order",
            "undo_minutes",
            "bounce_paise",
            "sibling_bp",
            "sibling_who",
            "reminder_days",
            "receipt_note",
        )
        widgets = {name: forms.RadioSelect(attrs={"class": "check"}) for name in ("gst_mode", "allocation_order")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision

    def clean_legal_name(self) -> str:
        return one_line(self.cleaned_data["legal_name"], at_most=200)

    def clean_receipt_note(self) -> str:
        return one_line(self.cleaned_data["receipt_note"], at_most=200)

    def clean_reminder_days(self) -> str:
        """Each day once, in order."""
        words = [word for word in _DAYS.split(self.cleaned_data["reminder_days"].strip()) if word]
        if any(not _DAY.fullmatch(word) for word in words):
            raise forms.ValidationError(_("Give whole days separated by commas, as -3, 0, 7."))
        days = sorted({int(word.replace("−", "-")) for word in words})
        if days and (days[0] < EARLIEST or days[-1] > LATEST or len(days) > MOST_REMINDERS):
            words_of = {"most": MOST_REMINDERS, "first": -EARLIEST, "last": LATEST}
            raise forms.ValidationError(
                _("At most %(most)d reminders, from %(first)d days before to %(last)d days after.") % words_of
            )
        return ",".join(str(day) for day in days)

    def clean(self) -> dict[str, Any]:
        """Mode, GSTIN and state fit together."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        mode, gstin, state = given.get("gst_mode"), given.get("gstin"), given.get("state_code")
        if mode == GstMode.UNREGISTERED and gstin:
            self.add_error("gstin", _("An institute that is not registered has no GSTIN. Empty it, or choose another."))
        elif mode and mode != GstMode.UNREGISTERED and gstin == "":
            self.add_error("gstin", _("Give the GSTIN, or say that the institute is not registered."))
        elif gstin and state and gstin[:2] != state:
            words = {"state": STATE_NAMES.get(tax.STATES.get(gstin[:2], ""), gstin[:2])}
            self.add_error("state_code", _("The GSTIN is of %(state)s. Choose that, or correct the GSTIN.") % words)
        elif gstin and not state:
            given["state_code"] = gstin[:2]
        return given

    def changes(self) -> list[str]:
        """Names of fields that are another now than the row was."""
        return [name for name in self._meta.fields or () if self.cleaned_data[name] != self._was[name]]

    def _post_clean(self) -> None:
        names = self._meta.fields or ()
        self._was = {name: getattr(self.instance, name) for name in names}
        super()._post_clean()  # type: ignore[misc]  # not in the stubs

    def again(self, revision: int) -> None:
        """Sent again it is over what stands there now."""
        again = cast("QueryDict", self.data).copy()
        again["revision"] = str(revision)
        self.data = again
