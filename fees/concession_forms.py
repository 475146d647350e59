"""Asking for a concession, and deciding about one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.models import Enrolment
from fees.account_forms import day_field, reason_field
from fees.fields import PercentField, RupeesField
from fees.models import Concession, FeeHead

Type = Concession.Type
ASKED_FOR = [(one.value, one.label) for one in Type if one != Type.WAIVER]


class ConcessionForm(forms.Form):
    """How much somebody pays less, and why: a per cent or an amount."""

    type = forms.ChoiceField(label=gettext_lazy("What for"), choices=ASKED_FOR)
    bp = PercentField(label=gettext_lazy("Per cent"), required=False)
    amount_paise = RupeesField(
        label=gettext_lazy("Or an amount"), required=False, help_text=gettext_lazy("In all, over its open instalments.")
    )
    head = forms.ModelChoiceField(
        label=gettext_lazy("Only of"),
        queryset=FeeHead.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=gettext_lazy("All of it"),
    )
    valid_until = day_field(gettext_lazy("For dues until"), gettext_lazy("Empty: for all instalments."), required=False)
    reason = reason_field(gettext_lazy("Who approves it reads this, and so does the family."), most=300)

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = FeeHead.objects.filter(due_lines__due__enrolment=enrolment, use=FeeHead.Use.FEE).order_by().values("pk")
        head: Any = self.fields["head"]
        head.queryset = FeeHead.objects.filter(pk__in=used)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given["bp"]) == bool(given["amount_paise"]):
            raise ValidationError(_("Give a per cent or an amount, one of the two."))
        return given

    def verb_arguments(self) -> dict[str, Any]:
        """For `concessions.request`; for a form without errors."""
        given = self.cleaned_data
        return {**given, "bp": given["bp"] or 0, "amount_paise": given["amount_paise"] or 0}


class NoteForm(forms.Form):
    """What is said with an approval."""

    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class ReasonForm(forms.Form):
    """Why a request is rejected, or a concession revoked."""

    reason = reason_field(gettext_lazy("Who asked for it reads this."), most=300)
