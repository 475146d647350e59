"""What is typed about an import: the file, what to do with those who are here, and cells put right by hand."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.import_columns import Column
from accounts.import_plans import Mode, Source
from accounts.import_tables import CELL_CHARS, MAX_BYTES
from accounts.models import Role
from coaching.lib.text import clean_filename

_FIX = re.compile(r"fix-(\d{1,7})-([a-z_]{1,20})")
ROLES = [(role.value, role.label) for role in Role if role != Role.ADMIN]


class ImportForm(forms.Form):
    """The file and how it is to be taken."""

    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        allow_empty_file=True,
        help_text=gettext_lazy("The first row holds the titles. At most 5,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("People who are here already"),
        choices=Mode.choices,
        initial=Mode.ADD,
        widget=forms.RadioSelect(attrs={"class": "check"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role of rows that name none"), choices=ROLES, initial=Role.STUDENT, required=False
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is over 5 MB. Leave out what is not about people, or divide it."))
        return file

    def source(self) -> Source:
        """For a form without errors."""
        given = self.cleaned_data
        name = clean_filename(given["file"].name)
        return Source(given["file"].read(), name, Mode(given["mode"]), Role(given["role"] or Role.STUDENT))


def read_fixes(posted: Mapping[str, Any], known: Mapping[int, Mapping[str, str]]) -> dict[int, dict[str, str]]:
    """Cells put right, by line and column: those of before and those that came now."""
    fixes = {line: dict(cells) for line, cells in known.items()}
    for name, text in posted.items():
        found = _FIX.fullmatch(name)
        if found and found[2] in Column.values:
            fixes.setdefault(int(found[1]), {})[found[2]] = str(text).replace("\0", "")[:CELL_CHARS]
    return fixes
