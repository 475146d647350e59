"""Names the institute gives: one line of text, and no two of a kind alike, however they are typed."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.invitees import is_one_line
from coaching.lib.errors import DomainError
from coaching.lib.text import composed


class NameTaken(DomainError):
    """Something else of the kind is called so already."""

    code = "name_taken"


class NameField(forms.CharField):
    """One line, its spaces and letters written in one way."""

    default_error_messages = {"one_line": _("Write one line of text.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if not is_one_line(value):
            raise forms.ValidationError(self.error_messages["one_line"], code="one_line")


def tidy(typed: str) -> str:
    """The text composed, with one space between words."""
    return composed(" ".join(typed.split()))


def alike(name: str) -> str:
    """The same for names a person would take for one another: by case, or by how a letter is composed."""
    return composed(tidy(name).casefold())


def is_taken(name: str, among: QuerySet[Any], *, but: Model | None = None) -> bool:
    """Whether a row of `among` other than `but` is called so. SQLite's own LOWER knows the Latin letters only."""
    wanted, own = alike(name), but.pk if but else None
    return any(alike(known) == wanted and pk != own for pk, known in among.values_list("pk", "name"))
