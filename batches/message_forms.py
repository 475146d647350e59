"""What is sent to a batch: one of the ready texts, or words of one's own."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.question_forms import FormKey
from batches.messages import TEXT_LENGTH, Ready


class _ToABatch(forms.Form):
    """Who reads it, and the form's own number."""

    guardians = forms.BooleanField(label=_("Tell the guardians, too"), required=False, initial=True)
    form = FormKey(required=False)


class ReadyForm(_ToABatch):
    """One tap on a text that is ready."""

    say = forms.ChoiceField(
        label=_("Message"),
        error_messages={
            "required": _("Choose a message."),
            "invalid_choice": _("The classes have changed since. Look at the messages again, then send one."),
        },
    )

    def __init__(self, *args: Any, texts: list[Ready], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = {ready.key: ready for ready in texts}
        self.fields["say"].choices = [(one.key, one.text()) for one in texts]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Ready:
        """The text that was chosen; of a valid form."""
        return self.texts[self.cleaned_data["say"]]


class OwnWordsForm(_ToABatch):
    """A text of one's own."""

    text = forms.CharField(
        label=_("Message"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write something first.")},
    )
    field_order = ("text", "guardians", "form")
