"""What a cashier types: how much of which due, how it was paid, and what he does with a payment afterwards."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.money import rupees
from fees import payable
from fees.fields import RupeesField
from fees.models import CashMove, Mode

PICK, PAY = "pick", "pay:"
MODES = [(mode.value, mode.label) for mode in Mode if mode != Mode.GATEWAY]


class DayInput(forms.DateInput):
    """A day as browsers pick it."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TakeForm(forms.Form):
    """Money of one student. Each row that can be paid has a box to pick it and an amount; the rest is advance."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=MODES, initial=Mode.CASH, widget=forms.RadioSelect)
    advance = RupeesField(label=gettext_lazy("Advance"), required=False, least=0)
    tendered = RupeesField(label=gettext_lazy("Handed over"), required=False)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60, required=False)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=60, required=False)
    instrument_on = forms.DateField(
        label=gettext_lazy("Date on it"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    received_on = forms.DateField(
        label=gettext_lazy("Came on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    payer = forms.CharField(label=gettext_lazy("Who pays"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, posted: Any, *, rows: Sequence[payable.Row], chosen: dict[str, int]) -> None:
        super().__init__(posted, initial={"token": uuid.uuid4()})
        self.rows = rows
        for row in rows:
            field = RupeesField(label=row.label, required=False, most=row.open_paise)
            field.initial = chosen.get(row.key, 0) or row.open_paise
            self.fields[f"{PAY}{row.key}"] = field
        self.picked = set(posted.getlist(PICK)) if posted is not None else set(chosen)

    def lines(self) -> list[dict[str, Any]]:
        """Rows with their fields, for the page."""
        return [
            {"row": row, "field": self[f"{PAY}{row.key}"], "is_picked": row.key in self.picked} for row in self.rows
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = {row.key for row in self.rows}
        if not self.picked <= known:
            raise ValidationError(_("One of the dues is not open any more. Look at them again."))
        if self.errors:
            return given
        wanted = {key: given.get(f"{PAY}{key}") or 0 for key in self.picked}
        given["wanted"] = {key: paise for key, paise in wanted.items() if paise}
        given["amount"] = sum(given["wanted"].values()) + (given.get("advance") or 0)
        if not given["amount"]:
            raise ValidationError(_("Choose what is paid, or enter an advance."))
        tendered = given.get("tendered")
        if given["mode"] == Mode.CASH and tendered is not None and tendered < given["amount"]:
            words = {"amount": rupees(given["amount"])}
            self.add_error("tendered", _("Less was handed over than the %(amount)s to record.") % words)
        return given

    def money(self) -> dict[str, Any]:
        """As `payments.record` takes it."""
        given = self.cleaned_data
        is_cash = given["mode"] == Mode.CASH
        return {
            "mode": given["mode"],
            "amount_paise": given["amount"],
            "form_token": given["token"],
            "wanted": given["wanted"],
            "received_on": None if is_cash else given["received_on"],
            "reference": given["reference"],
            "bank": given["bank"],
            "instrument_on": given["instrument_on"],
            "tendered_paise": given["tendered"] if is_cash else None,
            "payer": given["payer"],
            "note": given["note"],
        }

    def say(self, message: str, field: str = "") -> None:
        """What a service refused, at its field when it has one."""
        self.add_error(field if field in self.fields else None, message)


class ReasonForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < 3:
            raise ValidationError(_("Say it in a few words: it stands on the cancellation."))
        return reason


class OpeningForm(forms.Form):
    """With how much cash a day begins."""

    opening = RupeesField(label=gettext_lazy("Cash in the drawer now"), least=0)


class MoveForm(forms.Form):
    """Cash that leaves or enters the drawer otherwise than by a payment."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What happens"), choices=CashMove.Kind.choices)
    amount = RupeesField(label=gettext_lazy("Amount"))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class ClosingForm(forms.Form):
    """What was counted at the end of a day."""

    counted = RupeesField(label=gettext_lazy("Cash counted"), least=0)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, help_text=gettext_lazy("Needed for a difference.")
    )
