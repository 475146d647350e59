"""What is typed about an answer: marks, marks line by line, words for the student. And the lines of a rubric."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coaching.lib.errors import DomainError
from coaching.lib.text import composed, one_line
from exams import mark_reading
from exams.grading import plain
from exams.mark_reading import STEP, NoMarks
from exams.marking import COMMENT_LENGTH
from exams.models import ManualMark
from exams.rubrics import MOST_LINES, MOST_TEXT, RubricLine
from exams.scheme_words import number

SPARE_LINES = 3
TYPED = 20
MARKS_KEYS = {"inputmode": "decimal", "autocomplete": "off", "enterkeyhint": "done"}


class MarkForm(forms.Form):
    """Marks of one answer. Where lines are filled in they are the marks, and what is typed beside them is their sum."""

    marks = forms.CharField(
        label=gettext_lazy("Marks"), required=False, max_length=TYPED, widget=forms.TextInput(attrs=MARKS_KEYS)
    )
    comment = forms.CharField(
        label=gettext_lazy("To the student"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown with the marks."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=30_000)
    answer = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, posted: Any = None, *, full: Decimal, lines: Sequence[RubricLine], **options: Any) -> None:
        super().__init__(posted, **options)
        self.full, self.lines = full, lines
        for line in lines:
            widget = forms.TextInput(attrs={**MARKS_KEYS, "data-most": str(line.most)})
            self.fields[f"line_{line.id}"] = forms.CharField(
                label=line.text, required=False, max_length=TYPED, widget=widget
            )

    @property
    def line_fields(self) -> list[tuple[forms.BoundField, str]]:
        """Each line's field with the most it is worth."""
        return [(self[f"line_{one.id}"], number(one.most)) for one in self.lines]

    def clean_comment(self) -> str:
        return composed(self.cleaned_data["comment"].replace("\0", "").strip())

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        self.rubric = {
            one.id: self._read(f"line_{one.id}", one.most) for one in self.lines if given.get(f"line_{one.id}")
        }
        typed = given.get("marks") or ""
        if self.errors:
            return given
        together = sum(self.rubric.values(), Decimal(0))
        self.given = self._read("marks", self.full) if typed or not self.rubric else together
        if self.rubric and not self.errors and self.given != together:
            words = {"sum": number(together), "marks": number(self.given)}
            said = _("The lines come to %(sum)s, but here it says %(marks)s. Leave this empty, or make them the same.")
            self.add_error("marks", said % words)
        return given

    def _read(self, name: str, most: Decimal) -> Decimal:
        """What was typed there; something else, with the error at the field, when it cannot be read."""
        try:
            return mark_reading.read(self.cleaned_data[name], most=most, step=STEP)
        except NoMarks as error:
            self.add_error(name, error.message)
            return Decimal(0)

    def show_again(self, mark: ManualMark | None) -> None:
        """After another marked it: saving once more is knowing of that."""
        again = cast("QueryDict", self.data).copy()
        again["seen"] = str(mark.number if mark else 0)
        self.data = again

    def rubric_json(self) -> dict[str, str]:
        return {line: str(marks) for line, marks in self.rubric.items()}


def initial_of(mark: ManualMark | None, token: str) -> dict[str, Any]:
    """How the form stands before somebody types."""
    if mark is None:
        return {"seen": 0, "answer": token}
    lines = {f"line_{line}": plain(Decimal(marks)) for line, marks in mark.rubric.items()}
    return {"seen": mark.number, "answer": token, "marks": plain(mark.marks), "comment": mark.comment, **lines}


class LineForm(forms.Form):
    """A line of a rubric; without words and marks it is none, and `made` stays None."""

    made: RubricLine | None = None

    line = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1)
    text = forms.CharField(label=gettext_lazy("For what"), required=False, max_length=MOST_TEXT)
    most = forms.CharField(
        label=gettext_lazy("Marks"), required=False, max_length=TYPED, widget=forms.TextInput(attrs=MARKS_KEYS)
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        text, typed = one_line(given.get("text") or "", at_most=MOST_TEXT), (given.get("most") or "").strip()
        if typed and not text:
            self.add_error("text", _("Say what the marks are for."))
        elif text and not self.errors:
            try:
                most = mark_reading.read(typed, most=Decimal(999), step=STEP, least=STEP)
            except NoMarks as error:
                self.add_error("most", error.message)
            else:
                self.made = RubricLine(given.get("line") or "", text, most)
        return given


LineForms = forms.formset_factory(LineForm, extra=SPARE_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES * 2)


class RubricForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def refuse(self, error: DomainError) -> None:
        if hasattr(error, "revision"):
            again = cast("QueryDict", self.data).copy()
            again["revision"] = str(error.revision)
            self.data = again
        self.add_error(None, error.message)


def line_forms(posted: Any, lines: Sequence[RubricLine]) -> Any:
    """The lines as they are and some empty ones, or what was sent."""
    if posted is not None:
        return LineForms(posted, prefix="lines")
    initial = [{"line": one.id, "text": one.text, "most": plain(one.most)} for one in lines]
    return LineForms(prefix="lines", initial=initial)
