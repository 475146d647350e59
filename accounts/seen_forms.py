"""Forms over a row that was looked at earlier: what somebody else changed meanwhile is not put back unawares.

The form carries a mark of the row as its page showed it. A form without one (from a program) is taken as it comes.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

if TYPE_CHECKING:  # at run time a mixin before Django's class of forms
    Base = forms.ModelForm[Any]
else:
    Base = object


class Mark(forms.CharField):
    """Of the row as it was shown; it never counts as a change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class SeenRowForm(Base):
    """Refuses to be saved over a row that is another one by now. The page shows the field `shown`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = self._mark()
        self.fields["shown"] = Mark(required=False, initial=self._now, max_length=64)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("shown") and given["shown"] != self._now:
            raise ValidationError(
                _("Somebody changed this in the meantime, so nothing was saved. Open the page again, then change it.")
            )
        return given

    def _mark(self) -> str:
        names = [name for name in self._meta.fields or () if name in self.fields and name != "shown"]
        row = [str(getattr(self.instance, name) or "") for name in names]
        return hashlib.sha256(json.dumps(row, cls=DjangoJSONEncoder).encode()).hexdigest()[:32]
