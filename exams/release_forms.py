"""What is chosen for one batch: whether it sees marks and solutions, and from when."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.clock import moment_text
from coaching.lib.errors import DomainError
from exams.models import TestBatch
from exams.models.tests import Shown
from exams.releases import ReleaseChangedMeanwhile, Said, said_of
from exams.test_forms import Moment


class ReleaseForm(forms.Form):
    """For the batch of `row`, with its own prefix. `theirs`: what is there now, after somebody else saved first."""

    results = forms.ChoiceField(label=gettext_lazy("Marks"), choices=Shown.choices)
    results_from = Moment(label=gettext_lazy("Marks from"))
    solutions = forms.ChoiceField(label=gettext_lazy("Solutions"), choices=Shown.choices)
    solutions_from = Moment(label=gettext_lazy("Solutions from"))
    seen = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    theirs: list[tuple[str, str]] = []

    def __init__(self, posted: Any = None, *, row: TestBatch) -> None:
        self.row, self.was = row, said_of(row)
        shown = {name: getattr(self.was, name) for name in ("results", "results_from", "solutions", "solutions_from")}
        super().__init__(posted, initial=shown | {"seen": self.was.mark}, prefix=f"b{row.pk}")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for what in ("results", "solutions"):
            if given.get(what) == Shown.FROM and f"{what}_from" in given and not given[f"{what}_from"]:
                self.add_error(f"{what}_from", _("Say from when."))
        return given

    def said(self) -> Said:
        """What was chosen; a time that was left as it stood keeps its seconds."""
        given = dict(self.cleaned_data)
        for name in ("results_from", "solutions_from"):
            was = getattr(self.was, name)
            if was and given[name] == was.replace(second=0, microsecond=0):
                given[name] = was
        return Said(given["results"], given["results_from"], given["solutions"], given["solutions_from"])

    def refuse(self, error: DomainError) -> None:
        """Show at its field what was refused; after another's saving, what is there now."""
        if isinstance(error, ReleaseChangedMeanwhile):
            again = cast("QueryDict", self.data).copy()
            again[self.add_prefix("seen")] = error.now_is.mark
            self.data = again
            self.theirs = words_of(error.now_is)
            return
        field = getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, error.message)


def words_of(said: Said) -> list[tuple[str, str]]:
    """Label and words of both, as somebody reads them."""
    found = []
    for label, what in ((_("Marks"), "results"), (_("Solutions"), "solutions")):
        at = getattr(said, f"{what}_from")
        word = str(Shown(getattr(said, what)).label)
        found.append((label, f"{word}: {moment_text(at)}" if at else word))
    return found
