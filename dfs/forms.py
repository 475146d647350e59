"""What people send about files: the files themselves, a name, the word that confirms an erasure."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coaching.lib.text import clean_filename


class FilesInput(forms.FileInput):
    """A file control that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files, as a list. An empty file is a file."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        one = super().clean
        return [one(file, initial) for file in given] or [one(None, initial)]


class UploadForm(forms.Form):
    """The plain upload form; `form_key` tells a form that is sent twice from two forms."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    file = FilesField(error_messages={"required": _("Choose a file first."), "missing": _("Choose a file first.")})


class RenameForm(forms.Form):
    """A new name for a file."""

    name = forms.CharField(label=_("Name"), max_length=255, error_messages={"required": _("Type a name for the file.")})

    def clean_name(self) -> str:
        """What will be kept: without path separators and marks that reorder text."""
        return clean_filename(self.cleaned_data["name"])


ERASE_WORD: Promise = _("erase")


class EraseForm(forms.Form):
    """The typed word in front of something that cannot be taken back."""

    word = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word"].label = _("Type “%(word)s” to go on") % {"word": ERASE_WORD}

    def clean_word(self) -> str:
        """In any case; the English word always works, the page says the one of its language."""
        typed = str(self.cleaned_data["word"]).strip().casefold()
        if typed not in {"erase", str(ERASE_WORD).casefold()}:
            raise forms.ValidationError(_("Type “%(word)s” exactly as it stands there."), params={"word": ERASE_WORD})
        return typed
