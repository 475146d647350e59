"""The institute's settings as one form."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import PhoneField
from accounts.institute import put_logo
from accounts.invitees import is_one_line
from accounts.models import Institute
from accounts.seen_forms import SeenRowForm
from accounts.states import STATES
from coaching.lib.pictures import NotAPicture, small_webp
from coaching.lib.text import composed

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    ModelForm = forms.ModelForm[Institute]
else:
    ModelForm = forms.ModelForm

LOGO_SIDE = 512
LOGO_BYTES = 40 * 1024
UPLOAD_BYTES = 5_000_000
NOTICE_LENGTH = 20_000
ZONES = (
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Colombo",
    "Asia/Karachi",
    "Asia/Dubai",
    "Asia/Riyadh",
    "Asia/Qatar",
    "Asia/Singapore",
    "Europe/London",
    "America/New_York",
)
"""Offered while one types; every other one of the tz database may be typed."""


class InstituteForm(SeenRowForm, ModelForm):
    """Everything of the institute's row that people may change, and a picture for its logo."""

    state = forms.ChoiceField(
        label=pgettext_lazy("of India", "State"), required=False, choices=[("", "—"), *STATES.items()]
    )
    phone = PhoneField()
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    academic_year_month = forms.TypedChoiceField(label=_("Academic year begins in"), choices=MONTHS.items(), coerce=int)
    picture = forms.FileField(
        label=_("New logo"),
        required=False,
        help_text=_("JPEG, PNG or WebP, 5 MB at most. It is made small; what a camera wrote into it is left out."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    remove_logo = forms.BooleanField(label=_("Show no logo"), required=False)

    class Meta:
        model = Institute
        fields = (
            "name",
            "short_name",
            "address",
            "state",
            "phone",
            "email",
            "website",
            "time_zone",
            "language",
            "academic_year_month",
            "minor_location",
            "leaderboards",
            "privacy_notice",
        )
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "time_zone": forms.TextInput(attrs={"list": "zones", "autocapitalize": "none", "spellcheck": "false"}),
            "minor_location": forms.RadioSelect(attrs={"class": "check"}),
            "privacy_notice": forms.Textarea(attrs={"rows": 10}),
        }
        help_texts = {
            "short_name": _("For a phone’s narrow bar. Empty: the name."),
            "language": _("For those who chose none themselves."),
            "minor_location": _("Whether their phone may say where they are when they check in."),
            "leaderboards": _("Only with the names of those who agreed."),
            "privacy_notice": _("Empty: the product’s own words. A change makes a new version; consents name theirs."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        zone.help_text = _("Empty: %(zone)s.") % {"zone": settings.TIME_ZONE}
        self.fields["privacy_notice"].validators.append(MaxLengthValidator(NOTICE_LENGTH))
        cast("forms.ChoiceField", self.fields["minor_location"]).choices = Institute.MinorLocation.choices

    def clean_name(self) -> str:
        return _one_line(self.cleaned_data["name"])

    def clean_short_name(self) -> str:
        return _one_line(self.cleaned_data["short_name"])

    def clean_picture(self) -> bytes:
        """The new logo as we keep it, b"" when none was sent."""
        sent = cast("UploadedFile[bytes] | None", self.cleaned_data["picture"])
        if sent is None:
            return b""
        if (sent.size or 0) > UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Choose a smaller one."))
        try:
            return small_webp(sent.read(), side=LOGO_SIDE, at_most=LOGO_BYTES)
        except NotAPicture as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def clean(self) -> dict[str, Any]:
        """The logo goes with the row."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("picture") or cleaned.get("remove_logo"):
            put_logo(self.instance, cleaned.get("picture") or b"")
        return cleaned

    def changes(self) -> list[str]:
        """Names of the row's fields that were changed."""
        names = {"logo" if name in {"picture", "remove_logo"} else name for name in self.changed_data}
        return sorted(names)


def _one_line(text: str) -> str:
    """It stands in the subject of mails, where a line break would forge a header. Raises: ValidationError."""
    tidy = composed(" ".join(text.split()))
    if not is_one_line(tidy):
        raise forms.ValidationError(_("Write one line of text."))
    return tidy
