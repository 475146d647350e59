"""What is typed about an import of questions: the file, and where those belong that name no place."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from batches.models import Subject
from coaching.lib.text import clean_filename, one_line
from exams.formats import MAX_BYTES
from exams.models import Difficulty
from exams.question_file_plans import Source
from exams.question_file_words import PROBLEMS
from exams.topics import MOST_NAME


class PlaceForm(forms.Form):
    """Subject, topic and difficulty of questions for which the file says none."""

    subject = forms.ModelChoiceField(
        Subject.objects.none(),
        label=gettext_lazy("Subject"),
        required=False,
        empty_label=gettext_lazy("As the file says"),
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), required=False, max_length=MOST_NAME)
    difficulty = forms.ChoiceField(
        label=gettext_lazy("Difficulty"), choices=Difficulty.choices, initial=Difficulty.MEDIUM, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        subjects = self.fields["subject"]
        if isinstance(subjects, forms.ModelChoiceField):
            subjects.queryset = Subject.objects.all()

    def place(self) -> dict[str, Any]:
        """For a form without errors."""
        given = self.cleaned_data
        subject = given.get("subject")
        topic = one_line(given.get("topic") or "", at_most=MOST_NAME)
        difficulty = given.get("difficulty") or Difficulty.MEDIUM.value
        return {"subject": subject.pk if subject else None, "topic": topic, "difficulty": difficulty}


class QuestionFileForm(PlaceForm):
    """The file and the place of its questions."""

    file = forms.FileField(
        label=gettext_lazy("File of questions"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV, Excel, GIFT or Moodle XML. At most 5,000 questions and 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.gift,.xml,.xlsx"}),
    )
    field_order = ("file", "subject", "topic", "difficulty")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(str(PROBLEMS["too_large"]))
        return file

    def source(self) -> Source:
        """For a form without errors."""
        file = self.cleaned_data["file"]
        return Source(file.read(), clean_filename(file.name), **self.place())
