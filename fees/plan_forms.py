"""What is typed about a plan: amounts by head, how they are paid, and the late fine."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.names import NameField
from coaching.lib.text import one_line
from fees import fines, schedule
from fees.fields import RupeesField
from fees.models import FeePlan, PriceMode
from fees.plans import MOST_LINES, MOST_PARTS, NAME_CHARS, NOTE_CHARS
from fees.schedule import Part

ONCE, EQUAL, OWN = "ONCE", "EQUAL", "OWN"
HOW = [
    (ONCE, gettext_lazy("All at once, on joining")),
    (EQUAL, gettext_lazy("Equal instalments")),
    (OWN, gettext_lazy("Instalments one by one")),
]
EVERY = [
    (1, gettext_lazy("every month")),
    (2, gettext_lazy("every 2 months")),
    (3, gettext_lazy("every 3 months")),
    (6, gettext_lazy("every 6 months")),
    (12, gettext_lazy("every year")),
]
MOST_DAYS, MOST_GRACE, MOST_VERSION = 1500, 365, 2**31 - 1
SPARE_LINES, SPARE_PARTS, FEW_PARTS = 2, 3, 4


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    limits = {"type": "date", "min": "2000-01-01", "max": "2100-12-31"}
    widget = forms.DateInput(attrs=limits, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, help_text=help_text, widget=widget)


class PlanForm(forms.Form):
    """A plan but for its amounts and instalments. `seen` is the version it is written over, 0 for none."""

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=NAME_CHARS,
        help_text=gettext_lazy("As it is offered, when there are several."),
    )
    price_mode = forms.ChoiceField(label=gettext_lazy("Prices"), choices=PriceMode.choices)
    how = forms.ChoiceField(
        label=gettext_lazy("To be paid"), choices=HOW, widget=forms.RadioSelect(attrs={"class": "check"})
    )
    count = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=2, max_value=MOST_PARTS, required=False, help_text=""
    )
    first_on = day_field(gettext_lazy("The first on"), gettext_lazy("Empty: on joining; a month is 30 days then."))
    months = forms.TypedChoiceField(
        label=gettext_lazy("Then"), choices=EVERY, coerce=int, empty_value=None, required=False
    )
    fine_kind = forms.ChoiceField(label=gettext_lazy("Late fine"), choices=FeePlan.Fine.choices)
    fine_paise = RupeesField(label=gettext_lazy("Fine, ₹"), required=False)
    fine_grace_days = forms.IntegerField(
        label=gettext_lazy("Days of grace"), min_value=0, max_value=MOST_GRACE, required=False
    )
    fine_cap_paise = RupeesField(
        label=gettext_lazy("At most, ₹"), required=False, help_text=gettext_lazy("Empty: no end.")
    )
    is_default = forms.BooleanField(label=gettext_lazy("Whoever joins the batch gets this plan"), required=False)
    note = forms.CharField(
        label=gettext_lazy("What is new"),
        max_length=NOTE_CHARS,
        required=False,
        help_text=gettext_lazy("For the office; stands beside the version."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_VERSION)

    def clean_note(self) -> str:
        return one_line(self.cleaned_data["note"], at_most=NOTE_CHARS)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("how") == EQUAL and given.get("count") is None and "count" not in self.errors:
            self.add_error("count", _("Say how many instalments."))
        fine, cap = given.get("fine_paise"), given.get("fine_cap_paise")
        if given.get("fine_kind") not in (None, fines.NONE):
            if fine is None and "fine_paise" not in self.errors:
                self.add_error("fine_paise", _("Say how much the late fine is."))
            elif fine is not None and cap is not None and cap < fine:
                self.add_error("fine_cap_paise", _("This is less than the fine itself."))
        return given

    def rule(self) -> fines.FineRule:
        """The late fine of a valid form; what stands beside "No late fine" is left aside."""
        given = self.cleaned_data
        if given["fine_kind"] == fines.NONE:
            return fines.FineRule()
        return fines.FineRule(
            given["fine_kind"], given["fine_paise"], given["fine_grace_days"] or 0, given["fine_cap_paise"]
        )


class LineForm(forms.Form):
    """An amount for one head; nothing at all is no line."""

    head = forms.ChoiceField(label=gettext_lazy("For"), required=False)
    paise = RupeesField(label=gettext_lazy("Amount, ₹"), required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["head"]).choices = [("", _("Choose")), *choices]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        head, paise = given.get("head"), given.get("paise")
        if head and paise is None and "paise" not in self.errors:
            self.add_error("paise", _("Give the amount, or choose nothing here."))
        if paise is not None and not head and "head" not in self.errors:
            self.add_error("head", _("Say what this is for."))
        return given


class PartForm(forms.Form):
    """An instalment; nothing at all is none."""

    paise = RupeesField(label=gettext_lazy("Amount, ₹"), required=False)
    due_on = day_field(gettext_lazy("Due on"))
    days_after = forms.IntegerField(
        label=gettext_lazy("or days after joining"), min_value=0, max_value=MOST_DAYS, required=False
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        paise, due_on, days = given.get("paise"), given.get("due_on"), given.get("days_after")
        is_dated = due_on is not None or days is not None
        if self.errors:
            return given
        if is_dated and paise is None:
            self.add_error("paise", _("Give the amount."))
        if due_on is not None and days is not None:
            self.add_error("days_after", _("Give the day or the days after joining, not both."))
        if paise is not None and not is_dated:
            self.add_error("due_on", _("Say when it is due."))
        return given

    def part(self) -> Part | None:
        given = self.cleaned_data
        if given.get("paise") is None:
            return None
        return Part(given["paise"], given["due_on"], given["days_after"])


LineForms = forms.formset_factory(
    LineForm, extra=SPARE_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES * 2, validate_max=True
)
PartForms = forms.formset_factory(
    PartForm, extra=SPARE_PARTS, max_num=MOST_PARTS, absolute_max=MOST_PARTS * 2, validate_max=True
)


def how_of(parts: Sequence[Part]) -> dict[str, Any]:
    """The simplest way to say these instalments, as the form's fields."""
    first = parts[0]
    if len(parts) == 1 and first.days_after == 0:
        return {"how": ONCE}
    if len(parts) > 1 and first.days_after in (None, 0):
        total = sum(one.paise for one in parts)
        for months, _words in EVERY:
            if equal(total, len(parts), first.due_on, months) == list(parts):
                return {"how": EQUAL, "count": len(parts), "first_on": first.due_on, "months": months}
    return {"how": OWN}


def equal(total: int, count: int, first_on: date | None, months: int) -> list[Part]:
    """Equal instalments; nothing when a day would be beyond every calendar."""
    try:
        return schedule.split_equally(total, count, first_on=first_on, months=months)
    except ValueError:
        return []
