"""What is typed about invitations: one person, a list of people, what to look for, and the page of the invited."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import invitees
from accounts.invitations import candidate
from accounts.invitees import Checked, Invitee
from accounts.models import Grant, Invitation, Role

LINES_CHARS = 300_000
GRANT_HELP: dict[str, str | Promise] = {
    Grant.Kind.CASHIER: _("Takes payments and writes receipts"),
    Grant.Kind.FEE_STATUS: _("Sees who has paid"),
    Grant.Kind.MODERATION: _("Looks at reported messages"),
}


class InvitationFilter(forms.Form):
    """Which invitations to show; what cannot be understood filters nothing."""

    q = forms.CharField(label=_("Name, e-mail address or admission number"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Invitation.State.choices])


class InvitationForm(forms.Form):
    """One person. What belongs to another role than the chosen one is not looked at."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.STUDENT)
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    admission_number = forms.CharField(
        label=_("Admission number"),
        required=False,
        max_length=40,
        help_text=_("A student without an e-mail address signs in with it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    grants = forms.MultipleChoiceField(
        label=_("May also"),
        required=False,
        choices=[(kind, GRANT_HELP[kind]) for kind in Grant.Kind],
        widget=forms.CheckboxSelectMultiple,
    )
    students = forms.CharField(
        label=_("Guardian of"),
        required=False,
        max_length=500,
        help_text=_("The students' admission numbers, with commas between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def invitee(self) -> Invitee:
        """The person as he was typed; for a form without errors."""
        given = self.cleaned_data
        role = Role(given["role"])
        numbers = given["students"].replace(";", ",").split(",")
        return Invitee(
            role=role,
            name=given["name"],
            email=given["email"],
            admission_number=given["admission_number"] if role == Role.STUDENT else "",
            grants=tuple(Grant.Kind(kind) for kind in given["grants"]) if role == Role.STAFF else (),
            students=tuple(one.strip() for one in numbers if one.strip()) if role != Role.STUDENT else (),
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            [row] = invitees.check([self.invitee()], now=timezone.now())
            if row.problem:
                raise ValidationError(row.problem)
        return given


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: its number, what was read, and what stands against it."""

    number: int
    checked: Checked


class ManyForm(forms.Form):
    """Many people of one role, a line each."""

    role = forms.ChoiceField(label=_("Role of all of them"), choices=Role.choices, initial=Role.STUDENT)
    lines = forms.CharField(
        label=_("People"),
        max_length=LINES_CHARS,
        strip=False,
        help_text=_(
            "One a line: name, then e-mail address or admission number. For guardians their students' admission "
            "numbers may follow. Rows copied from a spreadsheet work too. At most 1,000 people."
        ),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"].replace("\0", "")
        if not text.strip():
            raise ValidationError(_("Write at least one line."))
        if len(invitees.read_lines(text, Role.STUDENT)) > invitees.AT_MOST:
            raise ValidationError(invitees.too_many())
        return text

    def read(self) -> list[Line]:
        """Every line with what stands against it; for a form without errors."""
        read = invitees.read_lines(self.cleaned_data["lines"], Role(self.cleaned_data["role"]))
        rows = invitees.check([invitee for _number, invitee in read], now=timezone.now())
        return [Line(number, row) for (number, _invitee), row in zip(read, rows, strict=True)]


class AcceptForm(forms.Form):
    """The invited person's own name, unless the institute entered him already, and his password."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["name"].initial = invitation.name
        if invitation.person_id is not None:
            del self.fields["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        problem = invitees.name_problem(name)
        if problem:
            raise ValidationError(problem)
        return name

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        who = candidate(self.invitation, self.cleaned_data.get("name", ""))
        return str(get_adapter().clean_password(password, who))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password1" in given and given["password1"] != given.get("password2"):
            self.add_error("password2", _("The two passwords are not the same. Type the same one twice."))
        return given
