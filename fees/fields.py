"""The form field of every amount a person types."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from coaching.lib.money import MOST_PAISE, NoAmount, amount, paise, percent, rupees

LONGEST = 40
"""Signs; ₹1,000 crore in words of any script is shorter."""


class RupeesField(forms.Field):
    """An amount in rupees as people type it (1,18,000.00, ₹ 99.5, १२०); cleans to whole paise.

    `least` and `most` are in paise; an initial value is in paise too. Empty and not required: None.
    """

    widget = forms.TextInput
    default_error_messages = {
        "PLACES": _("Use at most two places after the point."),
        "SIGN": _("Give an amount without a sign before it."),
        "LARGE": _("This amount is too large."),
        "SHAPE": _("Give an amount in rupees, as 1500 or 1,18,000.00."),
        "least": _("Give at least %(least)s."),
        "most": _("Give at most %(most)s."),
    }

    def __init__(self, *, least: int = 1, most: int = MOST_PAISE, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        own = {"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST, "class": "money"}
        return {**super().widget_attrs(widget), **own}

    def prepare_value(self, value: Any) -> Any:
        """Paise as an amount; what was typed stays as it was typed."""
        return amount(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, int):
            return value
        text = str(value)
        if len(text) > LONGEST:
            raise self._refused("SHAPE")
        try:
            return paise(text)
        except NoAmount as refusal:
            raise self._refused(refusal.why) from refusal

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if value < self.least:
            raise self._refused("least", least=rupees(self.least))
        if value > self.most:
            raise self._refused("most", most=rupees(self.most))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another amount was typed, however it is written."""
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True

    def _refused(self, code: str, **words: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=words)


class PercentField(forms.DecimalField):
    """A share of a whole as people write it, 18 or 2.5; cleans to basis points, and an initial value is in them."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2, **kwargs}
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **given)

    def prepare_value(self, value: Any) -> Any:
        """Basis points as per cent; what was typed stays as it was typed."""
        return percent(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        found = super().clean(value)
        return None if found is None else int(found * 100)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another share was typed, however it is written."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True
