"""What is asked before programs are judged again: by which tests, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.judge.rejudging import MOST_REASON
from exams.models import CodeSuite, Question


class RejudgeForm(forms.Form):
    suite = forms.ModelChoiceField(
        CodeSuite.objects.none(), label=gettext_lazy("By which tests"), empty_label=None, to_field_name="uuid"
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=MOST_REASON,
        help_text=gettext_lazy("Students may read it with their marks: “A test was wrong”."),
    )

    def __init__(self, posted: Any = None, *, question: Question) -> None:
        super().__init__(posted)
        field: Any = self.fields["suite"]
        field.queryset = CodeSuite.objects.ready().filter(question=question).order_by("-number")
        field.label_from_instance = suite_words
        field.initial = field.queryset.first()


def suite_words(suite: CodeSuite) -> str:
    """Version 2, as of a date, with what is new in it."""
    said = _("Version %(number)d") % {"number": suite.number}
    return f"{said} · {suite.note}" if suite.note else said
