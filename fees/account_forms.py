"""What the office types about a student's fees: who pays, another charge, another plan, corrections."""

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.question_forms import FormKey
from batches.models import Enrolment
from fees import heads, tax
from fees.fields import RupeesField
from fees.models import FeeHead, FeePlan, StudentAccount

if TYPE_CHECKING:  # at run time Django's class takes no parameter
    AccountModelForm = forms.ModelForm[StudentAccount]
else:
    AccountModelForm = forms.ModelForm

REASON_CHARS = 200
DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31)))


def day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """A day, as browsers give it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget, validators=DAYS)


def reason_field(help_text: Any = "", *, most: int = REASON_CHARS) -> forms.CharField:
    """Why, in one line."""
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=gettext_lazy("Reason"), max_length=most, help_text=help_text, widget=widget)


class AccountForm(AccountModelForm):
    """Who pays and where he lives, for bills, and what the office notes. Only admins change what decides the tax."""

    class Meta:
        model = StudentAccount
        fields = ("is_disputed", "note", "bill_to", "gstin", "state_code")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, is_admin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [("", _("As the institute")), *tax.STATES.items()]
        field = self.fields["state_code"]
        self.fields["state_code"] = forms.ChoiceField(
            label=field.label, help_text=field.help_text, choices=states, required=False
        )
        if not is_admin:
            for name in ("bill_to", "gstin", "state_code"):
                del self.fields[name]

    def clean_gstin(self) -> str:
        typed = "".join(str(self.cleaned_data["gstin"]).split()).upper()
        if typed and not tax.is_gstin(typed):
            raise ValidationError(_("This is no GSTIN: look at its signs again."))
        return typed

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        gstin, state = given.get("gstin", ""), given.get("state_code", "")
        if gstin and gstin[:2] in tax.STATES:
            if state and state != gstin[:2]:
                self.add_error("state_code", _("The GSTIN is of another state."))
            given["state_code"] = gstin[:2]
        return given


class OnceForm(forms.Form):
    """Sent twice, it is one: it has a number of its own."""

    form = FormKey(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form", uuid4())


class ChargeForm(OnceForm):
    """Something else to be paid."""

    label = forms.CharField(label=gettext_lazy("What for"), max_length=120)
    head = forms.ModelChoiceField(
        label=gettext_lazy("Fee head"), queryset=FeeHead.objects.none(), to_field_name="uuid", empty_label=None
    )
    amount_paise = RupeesField(label=gettext_lazy("Amount"), help_text=gettext_lazy("With tax."))
    due_on = day_field(gettext_lazy("Due on"))
    enrolment = forms.ModelChoiceField(
        label=gettext_lazy("Batch"),
        queryset=Enrolment.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=gettext_lazy("None"),
    )

    def __init__(self, *args: Any, student: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        head: Any = self.fields["head"]
        head.queryset = heads.offered()
        stays: Any = self.fields["enrolment"]
        stays.queryset = Enrolment.objects.filter(student=student).select_related("batch").order_by("-joined_at")
        stays.label_from_instance = lambda one: one.batch.name


class PlanChoiceForm(forms.Form):
    """Another plan of the batch."""

    plan = forms.ModelChoiceField(
        label=gettext_lazy("Plan"),
        queryset=FeePlan.objects.none(),
        to_field_name="uuid",
        empty_label=None,
        widget=forms.RadioSelect,
    )
    reason = reason_field()

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = FeePlan.objects.filter(batch=enrolment.batch_id, offer__withdrawn_at=None, offer__isnull=False)
        plan: Any = self.fields["plan"]
        plan.queryset = offered.order_by("-offer__is_default", "name")
        plan.label_from_instance = lambda one: one.name


class CorrectionForm(OnceForm):
    """Less to pay because something was charged wrongly."""

    amount_paise = RupeesField(label=gettext_lazy("Take off"))
    reason = reason_field(gettext_lazy("It stands on the statement and on a credit note."))


class WaiverForm(forms.Form):
    """A part or all of a due that should not be paid; somebody else approves."""

    amount_paise = RupeesField(
        label=gettext_lazy("Amount"), required=False, help_text=gettext_lazy("Empty: all that is open.")
    )
    reason = reason_field(most=300)
