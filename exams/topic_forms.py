"""What is typed of a topic."""

from django import forms
from django.utils.translation import gettext_lazy

from batches.models import Subject
from batches.names import NameField
from exams.topics import MOST_NAME


class TopicForm(forms.Form):
    """A new topic of a subject."""

    subject = forms.ModelChoiceField(Subject.objects.all(), label=gettext_lazy("Subject"), empty_label=None)
    name = NameField(label=gettext_lazy("Name"), max_length=MOST_NAME)
