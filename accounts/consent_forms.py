"""A yes or a no to one purpose."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.consents import EVIDENCE_LENGTH
from accounts.models import Consent

GIVE, WITHDRAW = "give", "withdraw"


class ConsentForm(forms.Form):
    """Which purpose, and yes or no; what the buttons of the page send."""

    purpose = forms.ChoiceField(choices=Consent.Purpose.choices)
    do = forms.ChoiceField(choices=[(GIVE, GIVE), (WITHDRAW, WITHDRAW)])


class PaperForm(forms.Form):
    """What the office has on paper."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices)
    do = forms.ChoiceField(
        label=_("What it says"), choices=[(GIVE, _("Yes, they agree")), (WITHDRAW, _("No, they take it back"))]
    )
    evidence = forms.CharField(
        label=_("Which paper, and where it is kept"),
        max_length=EVIDENCE_LENGTH,
        help_text=_("Say: admission form of 3 May, folder 12."),
    )
