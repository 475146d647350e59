"""What is looked for in the list of people, and what is typed about one person."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.import_values import OLDEST, NotThat, phone
from accounts.invitation_forms import GRANT_HELP
from accounts.invitees import email_problem, is_one_line, name_problem, number_problem
from accounts.models import Grant, Role, SessionSlot, User
from accounts.people import add_person, change_details, set_grants
from accounts.seen_forms import SeenRowForm
from coaching.lib.text import composed, search_text

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    PersonModelForm = forms.ModelForm[User]
else:
    PersonModelForm = forms.ModelForm

SORTS = {
    "name": ("name", "pk"),
    "role": ("role", "name", "pk"),
    "seen": (F("seen_at").desc(nulls_last=True), "name", "pk"),
}
TITLE_CHARS, TEXT_CHARS = 120, 4_000


class Seen(models.TextChoices):
    WEEK = "week", gettext_lazy("Not seen for 7 days")
    MONTH = "month", gettext_lazy("Not seen for 30 days")
    NEVER = "never", gettext_lazy("Never signed in")


class Account(models.TextChoices):
    OPEN = "open", gettext_lazy("May sign in")
    CLOSED = "closed", gettext_lazy("Closed")


class Lent(models.TextChoices):
    ANY = "any", gettext_lazy("Lends a Drive")
    WAITING = "waiting", gettext_lazy("Drive needs its owner")


class PeopleFilter(forms.Form):
    """Which people to show; what cannot be understood filters nothing. `drive` is the page's to apply."""

    q = forms.CharField(label=gettext_lazy("Name, number, e-mail address or phone"), required=False, max_length=100)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False, choices=[("", "")])
    seen = forms.ChoiceField(
        label=gettext_lazy("Last seen"), required=False, choices=[("", gettext_lazy("Any time")), *Seen.choices]
    )
    account = forms.ChoiceField(
        label=gettext_lazy("Account"), required=False, choices=[("", gettext_lazy("Open and closed")), *Account.choices]
    )
    drive = forms.ChoiceField(
        label=gettext_lazy("Drive"), required=False, choices=[("", gettext_lazy("With or without")), *Lent.choices]
    )
    sort = forms.ChoiceField(required=False, choices=[(name, name) for name in SORTS], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [("", _("All")), *Role.choices]
        self.is_valid()

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for and understood."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def rows(self, people: QuerySet[User], *, now: datetime) -> QuerySet[User]:
        """Those of `people` who are asked for, in the order asked for."""
        asked = self.asked
        found: QuerySet[User] = people.search(search_text(asked.get("q", "")))  # type: ignore[attr-defined]
        if "role" in asked:
            found = found.filter(role=asked["role"])
        if "account" in asked:
            found = found.filter(is_active=asked["account"] == Account.OPEN)
        if "seen" in asked:
            found = _by_seen(found, asked["seen"], now=now)
        return _sorted(found, asked.get("sort", "name"))


def _by_seen(people: QuerySet[User], seen: str, *, now: datetime) -> QuerySet[User]:
    slots = SessionSlot.objects.filter(user=OuterRef("pk"))
    if seen == Seen.NEVER:
        return people.filter(~Exists(slots))
    since = now - timedelta(days=7 if seen == Seen.WEEK else 30)
    return people.filter(Exists(slots), ~Exists(slots.filter(last_seen_at__gte=since)))


def _sorted(people: QuerySet[User], sort: str) -> QuerySet[User]:
    if sort == "seen":
        latest = SessionSlot.objects.filter(user=OuterRef("pk")).order_by("-last_seen_at").values("last_seen_at")[:1]
        people = people.annotate(seen_at=Subquery(latest))
    return people.order_by(*SORTS[sort])


class PersonForm(SeenRowForm, PersonModelForm):
    """One person: who he is, what he is to the institute and, for staff, what he may do besides."""

    grants = forms.MultipleChoiceField(
        label=gettext_lazy("May also"),
        required=False,
        choices=[(kind, GRANT_HELP[kind]) for kind in Grant.Kind],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ("name", "role", "email", "admission_number", "phone", "date_of_birth", "teaches", "is_active")
        widgets = {"date_of_birth": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "email", "admission_number", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["admission_number"].help_text = _("A student without an e-mail address signs in with it.")
        if self.instance._state.adding:
            del self.fields["is_active"]
        else:
            self.fields["grants"].initial = [grant.kind for grant in self.instance.grants.all()]
        if self.instance.pk == actor.pk:
            for name in ("role", "is_active"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Your own is another admin's to change.")

    @transaction.atomic
    def enter(self, actor: User, request: HttpRequest) -> None:
        """Have the services write somebody new. Raises: DomainError."""
        add_person(self.instance, actor=actor, request=request)
        set_grants(self.instance, kinds=self.cleaned_data["grants"], actor=actor, request=request)

    def keep(self, actor: User, request: HttpRequest) -> None:
        """Have the services write what was changed. Raises: DomainError."""
        changed = [name for name in self.changed_data if name != "grants"]
        with transaction.atomic():
            if changed:
                change_details(self.instance, changed=changed, actor=actor, request=request)
            set_grants(self.instance, kinds=self.cleaned_data["grants"], actor=actor, request=request)

    def clean_name(self) -> str:
        name = composed(" ".join(self.cleaned_data["name"].split()))
        if problem := name_problem(name):
            raise ValidationError(problem)
        return name

    def clean_email(self) -> str | None:
        email = composed((self.cleaned_data["email"] or "").strip().lower()) or None
        if email and (problem := email_problem(email)):
            raise ValidationError(problem)
        if email and self._others().filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody with this e-mail address is already here."))
        return email

    def clean_admission_number(self) -> str | None:
        number = composed((self.cleaned_data["admission_number"] or "").strip()) or None
        if number and (problem := number_problem(number)):
            raise ValidationError(problem)
        if number and self._others().filter(admission_number__iexact=number).exists():
            raise ValidationError(_("Somebody with this admission number is already here."))
        return number

    def clean_phone(self) -> str:
        text: str = self.cleaned_data["phone"]
        try:
            return phone(text) if text.strip() and "phone" in self.changed_data else text
        except NotThat as error:
            raise ValidationError(error.message) from None

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born and born > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        if born and born.year < timezone.localdate().year - OLDEST:
            raise ValidationError(_("Nobody is that old. Look at the year."))
        return born

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        role, email, number = given.get("role"), given.get("email"), given.get("admission_number")
        if (
            not {"email", "admission_number", "role"} & set(self.errors)
            and not email
            and not (number and role == Role.STUDENT)
        ):
            self.add_error("email", _("Give an e-mail address; a student may have an admission number instead."))
        if given.get("teaches") and role != Role.ADMIN:
            self.add_error("teaches", _("Only an admin also teaches; a teacher does so by his role."))
        return given

    def _others(self) -> QuerySet[User]:
        others: QuerySet[User] = User.objects.exclude(pk=self.instance.pk)
        return others


class GuardianForm(forms.Form):
    """Somebody who becomes a student's guardian (`do` is add), or is it no longer (remove)."""

    do = forms.ChoiceField(choices=[("add", "add"), ("remove", "remove")])
    guardian = forms.UUIDField()
    relation = forms.CharField(max_length=40, required=False)


class MessageForm(forms.Form):
    """What the office tells chosen people. `message` makes a form that is sent twice one message."""

    title = forms.CharField(label=gettext_lazy("In one line"), max_length=TITLE_CHARS)
    text = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=TEXT_CHARS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    message = forms.UUIDField(widget=forms.HiddenInput)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not is_one_line(title):
            raise ValidationError(_("Write one line of text."))
        return title
