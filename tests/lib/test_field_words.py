"""Whatever a form refuses, it says in the project's words; a form's own words win."""

from typing import Any

import pytest
from django import forms

from coaching.lib import field_words

CHOICES = [("a", "A")]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.CharField(), "", "This is still empty. Fill it in."),
        (forms.CharField(max_length=3), "four", "This is too long: at most 3 characters fit."),
        (forms.CharField(min_length=3), "ab", "This is too short: write at least 3 characters."),
        (forms.CharField(), "nul\0", "There is a character in it that cannot be kept. Type it anew."),
        (forms.EmailField(), "meera@", "This is no e-mail address. Write it like name@example.org."),
        (forms.URLField(assume_scheme="https"), "a b", "This is no web address. Write it like https://example.org."),
        (forms.DateField(), "31/31/2026", "This is no date. Write it like 2026-11-21."),
        (forms.TimeField(), "25:00", "This is no time. Write it like 18:30."),
        (forms.IntegerField(), "many", "Write a whole number."),
        (forms.IntegerField(min_value=2), "1", "Write 2 or more."),
        (forms.IntegerField(max_value=2), "3", "Write 2 or less."),
        (
            forms.ChoiceField(choices=CHOICES),
            "b",
            "This is not among the choices any more. Load the page again and choose.",
        ),
        (forms.CharField(error_messages={"required": "Say who."}), "", "Say who."),
    ],
)
def test_refusal_is_in_our_words(field: forms.Field, typed: Any, said: str):
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [said]


def test_installing_twice_changes_nothing():
    before = dict(forms.Field.default_error_messages)
    field_words.install()
    assert forms.Field.default_error_messages == before
