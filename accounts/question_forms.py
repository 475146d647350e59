"""What is typed to the office and by it: a question, a message, what to look for."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT_LENGTH = 4000


class FormKey(forms.UUIDField):
    """A form's own number; a form that brings none, or nonsense, gets one now."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except forms.ValidationError:
            return uuid.uuid4()


class MessageForm(forms.Form):
    """One message; `client_uuid` tells a form that is sent twice from two forms."""

    text = forms.CharField(
        label=_("Message"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write something first.")},
    )
    client_uuid = FormKey(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", uuid.uuid4())


class QuestionForm(MessageForm):
    """A new question."""

    subject = forms.CharField(
        label=_("What it is about"),
        max_length=120,
        help_text=_("A few words, like “Fees of November” or “My name is misspelt”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("subject", "text", "client_uuid")
