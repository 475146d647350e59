"""What a cashier types: how much of which due, how it was paid, and what he does with a payment afterwards."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from coaching.lib import amount_words
from coaching.lib.money import rupees
from fees import payable
from fees.fields import RupeesField
from fees.models import CashMove, Mode
from fees.receiving import INSTRUMENTS

PICK, PAY = "pick", "pay:"
MODES = [
    (Mode.CASH, pgettext_lazy("way of paying", "Cash")),
    (Mode.UPI, pgettext_lazy("way of paying", "UPI")),
    (Mode.CARD, pgettext_lazy("way of paying", "Card")),
    (Mode.CHEQUE, pgettext_lazy("way of paying", "Cheque")),
    (Mode.DD, pgettext_lazy("way of paying", "Draft")),
    (Mode.BANK, pgettext_lazy("way of paying", "Bank")),
]
"""In one word each: they stand side by side."""
REASON_LETTERS = 3


class DayInput(forms.DateInput):
    """A day as browsers pick it."""

    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Preview:
    """A receipt before it is one: what it will say of the money."""

    lines: list[tuple[str, int]]
    total: int

    @property
    def english(self) -> str:
        return amount_words.in_english(self.total)

    @property
    def hindi(self) -> str:
        return amount_words.in_hindi(self.total)


class TakeForm(forms.Form):
    """Money of one student. Each row that can be paid has a box to pick it and an amount; the rest is advance.

    `rows` None: the form as it was sent, whatever can be paid now, to see whether it is one that was recorded.
    `seen` is what was open in all when the form was shown.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    mode = forms.ChoiceField(label=gettext_lazy("How"), choices=MODES, initial=Mode.CASH, widget=forms.RadioSelect)
    advance = RupeesField(label=gettext_lazy("Advance"), required=False, least=0)
    tendered = RupeesField(label=gettext_lazy("Handed over"), required=False)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=60, required=False)
    bank = forms.CharField(label=gettext_lazy("Bank"), max_length=60, required=False)
    instrument_on = forms.DateField(label=gettext_lazy("Date on it"), required=False, widget=DayInput)
    received_on = forms.DateField(label=gettext_lazy("Came on another day"), required=False, widget=DayInput)
    payer = forms.CharField(label=gettext_lazy("Who pays, if not the student"), max_length=200, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(
        self,
        posted: QueryDict | None,
        *,
        rows: Sequence[payable.Row] | None,
        chosen: Mapping[str, int] | None = None,
    ) -> None:
        self.rows, self.chosen = rows or [], dict(chosen or {})
        opens = str(sum(row.open_paise for row in self.rows))
        super().__init__(posted, initial={"token": uuid.uuid4(), "seen": opens})
        self.opens = opens
        self.picked = set(posted.getlist(PICK)) if posted is not None else set(self.chosen)
        self.is_as_sent = rows is None
        if rows is None:
            for key in self.picked:
                self.fields[f"{PAY}{key}"] = RupeesField(required=False, least=0)
        for row in self.rows:
            field = RupeesField(label=row.label, required=False, least=0, most=row.open_paise)
            field.error_messages["most"] = gettext_lazy("Only %(most)s is left to pay.")
            field.initial = self.chosen.get(row.key) or row.open_paise
            self.fields[f"{PAY}{row.key}"] = field

    def lines(self) -> list[dict[str, Any]]:
        """Rows with their fields, for the page."""
        return [
            {"row": row, "field": self[f"{PAY}{row.key}"], "is_picked": row.key in self.picked} for row in self.rows
        ]

    def preview(self) -> Preview:
        """Of what is picked now, as far as it can be read."""
        read: Mapping[str, Any] = {}
        if self.is_bound:
            self.is_valid()  # what cannot be read is not in it
            read = self.cleaned_data
        lines = []
        for row in self.rows:
            paise = read.get(f"{PAY}{row.key}") if self.is_bound else self.chosen.get(row.key)
            if row.key in self.picked and paise:
                lines.append((_part(row, paise), paise))
        if read.get("advance"):
            lines.append((_("Advance"), read["advance"]))
        return Preview(lines, sum(paise for _label, paise in lines))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self._check_rows(given)
        self._check_way(given)
        if self.errors:
            self._say_moved()
            return given
        wanted = {key: given[f"{PAY}{key}"] for key in self.picked}
        given["wanted"] = wanted
        given["amount"] = sum(wanted.values()) + (given.get("advance") or 0)
        if not given["amount"]:
            raise ValidationError(_("Choose what is paid, or enter an advance."))
        tendered = given.get("tendered")
        if given["mode"] == Mode.CASH and tendered is not None and tendered < given["amount"]:
            words = {"amount": rupees(given["amount"])}
            self.add_error("tendered", _("Less was handed over than the %(amount)s to record.") % words)
        return given

    def _check_rows(self, given: Mapping[str, Any]) -> None:
        """What is picked has an amount, and whatever has one of its own is picked."""
        for row in self.rows:
            name = f"{PAY}{row.key}"
            if name not in given:
                continue
            if row.key in self.picked and not given[name]:
                self.add_error(name, _("Enter how much, or untick this line."))
            if row.key not in self.picked and given[name] not in {None, 0, row.open_paise}:
                self.add_error(name, _("Tick this line to pay it, or empty it."))
        if not self.is_as_sent and not self.picked <= {row.key for row in self.rows}:
            self.add_error(None, moved())

    def _check_way(self, given: Mapping[str, Any]) -> None:
        """Each way of paying asks its own."""
        mode = given.get("mode")
        wanted = {
            Mode.UPI: _("Enter the UTR of the transfer."),
            Mode.BANK: _("Enter the reference of the transfer."),
            Mode.CHEQUE: _("Enter the number of the cheque."),
            Mode.DD: _("Enter the number of the draft."),
        }
        if mode in wanted and not given.get("reference") and "reference" not in self.errors:
            self.add_error("reference", wanted[mode])
        if mode in INSTRUMENTS and not given.get("bank") and "bank" not in self.errors:
            self.add_error("bank", _("Enter the bank."))
        if mode in INSTRUMENTS and not given.get("instrument_on") and "instrument_on" not in self.errors:
            self.add_error("instrument_on", _("Enter the date on it."))

    def _say_moved(self) -> None:
        """What was open is not what it was when the form was shown: that explains what is wrong now."""
        seen = self.cleaned_data.get("seen")
        if seen and seen != self.opens and not self.is_as_sent and moved() not in self.non_field_errors():
            self.add_error(None, moved())

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


def moved() -> str:
    return _("The dues changed while this form was open. Look at them again; what you typed is still here.")


def _part(row: payable.Row, paise: int) -> str:
    """What of a due is paid: all, the rest of it, or a part."""
    if paise < row.open_paise:
        return _("%(due)s, part") % {"due": row.label}
    return _("%(due)s, balance") % {"due": row.label} if row.paid_paise else row.label


class ReasonForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )

    def clean_reason(self) -> str:
        reason = " ".join(self.cleaned_data["reason"].split())
        if len(reason) < REASON_LETTERS:
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
    """What was counted at the end of a day. `should_be` is what the drawer should hold: a difference is explained."""

    counted = RupeesField(label=gettext_lazy("Cash counted"), least=0)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=300, required=False, help_text=gettext_lazy("Needed for a difference.")
    )

    def __init__(self, posted: Any = None, *, should_be: int = 0) -> None:
        super().__init__(posted)
        self.should_be = should_be

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        counted = given.get("counted")
        if counted is not None and counted != self.should_be and not given.get("note", "").strip():
            over = counted - self.should_be
            words = {"amount": rupees(abs(over)), "sum": rupees(self.should_be)}
            if over > 0:
                said = _("That is %(amount)s more than the %(sum)s that should be there. Count again, or say why.")
            else:
                said = _("%(amount)s of the %(sum)s that should be there are missing. Count again, or say why.")
            self.add_error("note", said % words)
        return given


class ChequeDayForm(forms.Form):
    """On which day the bank took a cheque, or paid it."""

    on = forms.DateField(widget=DayInput)
