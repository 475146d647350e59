"""What is typed about students of a batch: days, reasons, another batch, a file, a join code, whom to invite."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import invitees
from accounts.import_tables import MAX_BYTES
from accounts.invitees import Checked, Invitee
from accounts.models import Role
from accounts.question_forms import FormKey
from batches.enrolments import beginning_of, end_of, last_day
from batches.models import Batch, Enrolment

REASON_CHARS = 200
LINES_CHARS = 60_000
LINES_AT_MOST = 200
MOST_USES = 1000
_DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31)))
CODE_DAYS = ((1, gettext_lazy("1 day")), (7, gettext_lazy("7 days")), (30, gettext_lazy("30 days")))


def _day_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget, validators=_DAYS)


class JoiningForm(forms.Form):
    """From when on students who are added are in the batch."""

    joined_on = _day_field(gettext_lazy("First day"), gettext_lazy("Empty: from now on."))

    def joined_at(self, *, now: datetime) -> datetime:
        """For a form without errors."""
        return beginning_of(self.cleaned_data["joined_on"], now=now)


class ReasonForm(forms.Form):
    """Why something is done to students; they read it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_CHARS,
        help_text=gettext_lazy("The students and their guardians read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LeavingForm(ReasonForm):
    """Until when students stay."""

    left_on = _day_field(gettext_lazy("Last day"), gettext_lazy("Empty: they leave now."))
    field_order = ("left_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False

    def verb_arguments(self, *, now: datetime) -> dict[str, Any]:
        """For `enrolments.leave_many`; for a form without errors."""
        return {"left_at": end_of(self.cleaned_data["left_on"]), "reason": self.cleaned_data["reason"]}


class MovingForm(ReasonForm):
    """Into which batch students move, and when."""

    to = forms.ModelChoiceField(label=gettext_lazy("Into"), queryset=Batch.objects.none(), to_field_name="uuid")
    moved_on = _day_field(gettext_lazy("First day there"), gettext_lazy("Empty: they move now."))
    field_order = ("to", "moved_on", "reason")

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        chosen: Any = self.fields["to"]
        chosen.queryset = Batch.objects.current().filter(ends_on__gte=timezone.localdate()).exclude(pk=batch.pk)

    def verb_arguments(self, *, now: datetime) -> dict[str, Any]:
        """For `enrolments.transfer_many`; for a form without errors."""
        day = self.cleaned_data["moved_on"]
        at = beginning_of(day, now=now) if day else None
        return {"to": self.cleaned_data["to"], "at": at, "reason": self.cleaned_data["reason"]}


class DatesForm(forms.Form):
    """First and last day of a stay, put right; `seen` says which ones the page showed."""

    joined_on = _day_field(gettext_lazy("First day"), required=True)
    left_on = _day_field(gettext_lazy("Last day"), gettext_lazy("Empty: until further notice."))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, enrolment: Enrolment, **kwargs: Any) -> None:
        self.enrolment, self.now_is = enrolment, f"{enrolment.joined_at.isoformat()} {enrolment.left_at}"
        first, last = timezone.localdate(enrolment.joined_at), last_day(enrolment)
        super().__init__(*args, **kwargs)
        self.initial = {"joined_on": first, "left_on": last, "seen": self.now_is}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and given["seen"] != self.now_is:
            raise ValidationError(_("Somebody else changed these dates in the meantime. Load the page again and look."))
        return given

    def instants(self) -> tuple[datetime, datetime | None]:
        """Beginning and end; a day that was not changed keeps its instant. For a form without errors."""
        given, one = self.cleaned_data, self.enrolment
        joined_at = one.joined_at
        if given["joined_on"] != timezone.localdate(one.joined_at):
            joined_at = beginning_of(given["joined_on"], now=timezone.now())
        left_at = one.left_at if given["left_on"] == last_day(one) else end_of(given["left_on"])
        return joined_at, left_at


class RollForm(forms.Form):
    """A file with students of a batch."""

    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"),
        allow_empty_file=True,
        help_text=gettext_lazy("The first row holds the titles. At most 2,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("The file is over 5 MB. Leave out what is not about the roll, or divide it."))
        return file


class CodeForm(forms.Form):
    """A join code as somebody read or heard it."""

    code = forms.CharField(
        label=gettext_lazy("Join code"),
        max_length=40,
        help_text=gettext_lazy("Eight letters and digits, from your teacher."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "mono"}
        ),
    )


class NewCodeForm(forms.Form):
    """A new join code; the form's own number keeps one that is sent twice from making two."""

    works_days = forms.TypedChoiceField(label=gettext_lazy("Works for"), choices=CODE_DAYS, coerce=int, initial=7)
    most_uses = forms.IntegerField(
        label=gettext_lazy("How many may use it"), min_value=1, max_value=MOST_USES, initial=40
    )
    needs_approval = forms.BooleanField(
        label=gettext_lazy("A teacher approves each student"), required=False, initial=True
    )
    form = FormKey(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form", uuid.uuid4())

    def verb_arguments(self, *, now: datetime) -> dict[str, Any]:
        """For `codes.make`; for a form without errors."""
        given = {name: self.cleaned_data[name] for name in ("most_uses", "needs_approval", "form")}
        return {**given, "expires_at": now + timedelta(days=self.cleaned_data["works_days"])}


class InvitingForm(forms.Form):
    """Students to be invited into a batch, a line each."""

    lines = forms.CharField(
        label=gettext_lazy("Students"),
        max_length=LINES_CHARS,
        strip=False,
        help_text=gettext_lazy("One a line: name, then e-mail address. Rows copied from a spreadsheet work too."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_lines(self) -> list[Invitee]:
        read = invitees.read_lines(self.cleaned_data["lines"].replace("\0", ""), Role.STUDENT)
        if not read:
            raise ValidationError(_("Write at least one line."))
        if len(read) > LINES_AT_MOST:
            raise ValidationError(_("At most %(count)s students at once.") % {"count": LINES_AT_MOST})
        rows = invitees.check([one for _number, one in read], now=timezone.now())
        wrong = [(number, _problem_of(row)) for (number, _one), row in zip(read, rows, strict=True)]
        words = _("Line %(line)s: %(problem)s")
        problems = [words % {"line": number, "problem": problem} for number, problem in wrong if problem]
        if problems:
            raise ValidationError([ValidationError(one) for one in problems[:20]])
        return [row.invitee for row in rows]


def _problem_of(row: Checked) -> str:
    if row.problem:
        return row.problem
    return "" if row.invitee.email else _("Write an e-mail address, to which the link is mailed.")
