"""What is typed about leave, requests for corrections, and a record that is put right."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from attendance.asks import ANSWER_LENGTH
from attendance.marks import MOST_LATE_MIN, REASON_LENGTH, Mark
from attendance.models import CorrectionRequest, Record
from attendance.models.records import Status

_DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31)))
CORRECTED_TO = (Status.PRESENT, Status.LATE, Status.ABSENT, Status.EXCUSED)


def _day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=_DAYS, **options)


def _reason_field(**options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=gettext_lazy("Reason"), max_length=ANSWER_LENGTH, widget=widget, **options)


class AskLeaveForm(forms.Form):
    """Days a student will not come; whoever asks for one student is not asked for whom."""

    student = forms.ModelChoiceField(label=gettext_lazy("For"), queryset=User.objects.none(), to_field_name="uuid")
    first_on = _day_field(gettext_lazy("First day"))
    last_on = _day_field(gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: one day."))
    reason = _reason_field(help_text=gettext_lazy("Teachers and the office read it."))

    def __init__(self, *args: Any, students: "QuerySet[User]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(students[:2])
        chosen: Any = self.fields["student"]
        chosen.queryset, chosen.label_from_instance = students, lambda one: one.name
        self.only = listed[0] if len(listed) == 1 else None
        if self.only:
            del self.fields["student"]

    def days(self) -> dict[str, Any]:
        """For `leaves.ask` and `leaves.enter`; for a form without errors."""
        given = self.cleaned_data
        last_on = given["last_on"] or given["first_on"]
        return {"first_on": given["first_on"], "last_on": last_on, "reason": given["reason"]}

    def student_asked_for(self) -> User:
        found: User = self.only or self.cleaned_data["student"]
        return found


class EnterLeaveForm(AskLeaveForm):
    """The same in the office, for any student."""

    student = forms.CharField(  # type: ignore[assignment]
        label=gettext_lazy("Student"),
        max_length=254,
        help_text=gettext_lazy("Admission number or e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, students=User.objects.none(), **kwargs)

    def clean_student(self) -> User:
        found: User | None = User.objects.active().known_as(self.cleaned_data["student"]).first()
        if found is None or found.role != Role.STUDENT:
            raise ValidationError(_("No student is known by this number or address."))
        return found


class AskCorrectionForm(forms.Form):
    """What the register should say, and why."""

    wanted = forms.ChoiceField(
        label=gettext_lazy("It should say"), choices=CorrectionRequest._meta.get_field("wanted").choices or ()
    )
    reason = _reason_field(help_text=gettext_lazy("The teachers of the class and the office read it."))

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted: Any = self.fields["wanted"]
        wanted.choices = [(value, label) for value, label in wanted.choices if value != record.status]


class CorrectForm(forms.Form):
    """A record that a teacher or the office puts right; `seen` is the version the page showed."""

    status = forms.ChoiceField(
        label=gettext_lazy("It should say"), choices=[(one.value, one.label) for one in CORRECTED_TO]
    )
    late_min = forms.IntegerField(
        label=gettext_lazy("Late by, minutes"),
        required=False,
        min_value=1,
        max_value=MOST_LATE_MIN,
        help_text=gettext_lazy("For “Late” only; may stay empty."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("The student and his guardians read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.initial = {"status": record.status, "late_min": record.late_min, "seen": record.version}

    def mark(self) -> Mark:
        """For a form without errors."""
        given = self.cleaned_data
        status = Status(given["status"])
        return Mark(self.record.student_id, status, given["late_min"], reason=given["reason"], seen=given["seen"])
