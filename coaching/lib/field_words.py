"""What forms say to what cannot be taken, in the project's words instead of Django's: what happened, what to do next.

A form with better words of its own (`error_messages`) keeps them.
"""

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_NOT_OFFERED = _("This is not among the choices any more. Load the page again and choose.")
_FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("This is still empty. Fill it in.")},
    forms.IntegerField: {"invalid": _("Write a whole number.")},
    forms.DecimalField: {"invalid": _("Write a number.")},
    forms.DateField: {"invalid": _("This is no date. Write it like 2026-11-21.")},
    forms.TimeField: {"invalid": _("This is no time. Write it like 18:30.")},
    forms.DateTimeField: {"invalid": _("This is no date with a time. Write it like 2026-11-21 18:30.")},
    forms.URLField: {"invalid": _("This is no web address. Write it like https://example.org.")},
    forms.UUIDField: {"invalid": _("This page is out of date. Load it again.")},
    forms.FileField: {
        "invalid": _("No file came with it. Choose one and send it again."),
        "missing": _("No file came with it. Choose one and send it again."),
        "empty": _("This file is empty. Choose another."),
    },
    forms.ChoiceField: {"invalid_choice": _NOT_OFFERED},
    forms.ModelChoiceField: {"invalid_choice": _NOT_OFFERED},
    forms.ModelMultipleChoiceField: {"invalid_choice": _NOT_OFFERED, "invalid_pk_value": _NOT_OFFERED},
}
_VALIDATORS: dict[type[Any], Any] = {
    validators.EmailValidator: _("This is no e-mail address. Write it like name@example.org."),
    validators.URLValidator: _("This is no web address. Write it like https://example.org."),
    validators.MinValueValidator: _("Write %(limit_value)s or more."),
    validators.MaxValueValidator: _("Write %(limit_value)s or less."),
    validators.MaxLengthValidator: ngettext_lazy(
        "This is too long: at most %(limit_value)d character fits.",
        "This is too long: at most %(limit_value)d characters fit.",
        "limit_value",
    ),
    validators.MinLengthValidator: ngettext_lazy(
        "This is too short: write at least %(limit_value)d character.",
        "This is too short: write at least %(limit_value)d characters.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: _("There is a character in it that cannot be kept. Type it anew."),
}


def install() -> None:
    """Give Django's fields and validators these words. Twice is as good as once."""
    for field, words in _FIELDS.items():
        field.default_error_messages |= words
    for validator, text in _VALIDATORS.items():
        validator.message = text
