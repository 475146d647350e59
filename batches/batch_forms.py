"""What is typed about one batch: its details, who teaches what, where, and what makes sure that it is deleted."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institute, Role, User
from accounts.question_forms import FormKey
from batches import details, places, services
from batches.details import Details, Seen
from batches.models import Batch, Subject, Teaching, Venue
from batches.names import NameField, NameTaken, alike
from batches.places_forms import MOST_SEATS, VenueForm, unused_names
from coaching.lib.errors import DomainError

TEACHERS = 30
SPARE_ROWS = 2
NEW_SUBJECTS = 20
YEARS_AROUND = 10


class Link(forms.URLField):
    """An address people follow: nothing but https."""

    default_error_messages = {"invalid": gettext_lazy("Write an address with https.")}
    default_validators = [URLValidator(schemes=["https"], message=default_error_messages["invalid"])]


class TeachingForm(forms.Form):
    """Somebody teaches, in one subject or in whatever there is. Empty: nobody."""

    teacher = forms.TypedChoiceField(label=gettext_lazy("Teacher"), required=False, coerce=int, empty_value=None)
    subject = forms.TypedChoiceField(label=gettext_lazy("Subject"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, teachers: list[Any], subjects: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["teacher"]).choices = [("", _("Nobody")), *teachers]
        cast("forms.ChoiceField", self.fields["subject"]).choices = [("", _("Every subject")), *subjects]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("subject") and not given.get("teacher") and not self.errors:
            self.add_error("teacher", _("Choose who teaches it, or every subject."))
        return given


TeachingRows = forms.formset_factory(TeachingForm, extra=SPARE_ROWS, max_num=TEACHERS, absolute_max=TEACHERS * 2)


class BatchForm(forms.Form):
    """All of a batch that the office decides. `teachings` and `place` are forms of their own on the same page."""

    name = NameField(label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Like “JEE 2027 A”."))
    subjects = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Subjects"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    more_subjects = forms.CharField(
        label=gettext_lazy("Other subjects"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("Not in the list yet, with commas between."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Classes are held"),
        choices=Batch.Mode.choices,
        initial=Batch.Mode.CLASSROOM,
        widget=forms.RadioSelect,
    )
    link = Link(
        label=gettext_lazy("Link to the online class"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Shown to students near the time only. One class may have another."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    venue = forms.TypedChoiceField(label=gettext_lazy("Venue"), required=False, coerce=int, empty_value=None)
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        help_text=gettext_lazy("Empty: as many as come."),
    )
    starts_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    batch_uuid = FormKey(required=False)
    theirs: tuple[tuple[str, str], ...] | list[tuple[str, str]] = ()
    seen = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput, strip=False)

    def __init__(self, posted: Any = None, *, batch: Batch | None = None) -> None:
        self.batch = batch
        self.shown = Seen(batch.revision, details.of(batch)) if batch else None
        super().__init__(posted, initial=_initial(self.shown.details) if self.shown else None)
        if self.shown:
            self.initial["seen"] = details.as_text(self.shown)
        else:
            self.initial["batch_uuid"] = uuid.uuid4()
        self._offer_choices()
        # A field that must be filled, in a part of the page that is closed, would keep a browser from sending anything.
        self.place = VenueForm(posted, prefix="place", use_required_attribute=False)
        self.teachings = self._teaching_rows(posted, self.shown.details if self.shown else None)

    @classmethod
    def again(cls, sent: "BatchForm", changed: services.ChangedMeanwhile) -> "BatchForm":
        """The form to look at after somebody else saved first: what was typed where it was touched, what is there now
        elsewhere, and in `theirs` what the other changed.
        """
        form = cls(batch=sent.batch)
        then, typed, form.shown = details.from_text(sent.cleaned_data["seen"]), sent.details(), changed.seen
        filled = details.merged(seen=then.details, typed=typed, now=changed.seen.details) if then else typed
        form.initial.update(_initial(filled), seen=details.as_text(changed.seen))
        form.initial["more_subjects"] = sent.data.get("more_subjects", "")
        form.place.initial.update({name: sent.data.get(sent.place.add_prefix(name)) for name in sent.place.fields})
        form.teachings = form._teaching_rows(None, filled)
        names = details.differing(then.details if then else typed, changed.seen.details)
        form.theirs = [(form.label_of(name), form.words_of(changed.seen.details, name)) for name in names]
        return form

    def _offer_choices(self) -> None:
        self._subjects = list(Subject.objects.values_list("pk", "name"))
        self._venues = list(Venue.objects.values_list("pk", "name"))
        self._teachers = _teachers(self.batch)
        cast("forms.ChoiceField", self.fields["subjects"]).choices = self._subjects
        cast("forms.ChoiceField", self.fields["venue"]).choices = [("", _("None")), *self._venues]

    def _teaching_rows(self, posted: Any, filled: Details | None) -> Any:
        names = dict(self._teachers)
        pairs = sorted(filled.teachings if filled else [], key=lambda pair: (names.get(pair[0], ""), pair[1] or 0))
        rows = [{"teacher": who, "subject": what} for who, what in pairs]
        offered = {"teachers": self._teachers, "subjects": self._subjects}
        return TeachingRows(posted, prefix="teachings", initial=rows, form_kwargs=offered)

    def is_valid(self) -> bool:
        """With its teachers and, when one was begun, its new venue."""
        fits = [super().is_valid(), self.teachings.is_valid()]
        if self.place.is_begun:
            fits.append(self.place.is_valid())
        return all(fits)

    def clean_more_subjects(self) -> list[str]:
        return unused_names(self.cleaned_data["more_subjects"], at_most=NEW_SUBJECTS)

    def clean_starts_on(self) -> date:
        return _near(self.cleaned_data["starts_on"])

    def clean_ends_on(self) -> date | None:
        last: date | None = self.cleaned_data["ends_on"]
        return _near(last) if last else None

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first = given.get("starts_on")
        if first and not given.get("ends_on") and "ends_on" not in self.errors:
            month = Institute.current().academic_year_month
            given["ends_on"] = services.last_day_of_year(first, first_month=month)
        if given.get("venue") and self.place.is_begun:
            self.add_error("venue", _("Choose a venue or enter a new one, not both."))
        return given

    def details(self) -> Details:
        """What was typed, without what is new beside the batch."""
        given = self.cleaned_data
        rows = [row.cleaned_data for row in self.teachings if row.cleaned_data.get("teacher")]
        return Details(
            **{name: given[name] for name in details.PLAIN},
            venue=given["venue"],
            subjects=frozenset(given["subjects"]),
            teachings=frozenset((row["teacher"], row.get("subject")) for row in rows),
        )

    @transaction.atomic
    def enter(self, actor: User, request: HttpRequest) -> Batch:
        """Have the services make the batch and what is new beside it. Raises: DomainError."""
        number = self.cleaned_data["batch_uuid"]
        known = Batch.objects.filter(uuid=number).first()
        return known or services.create_batch(
            self._with_new(actor, request), actor=actor, batch_uuid=number, request=request
        )

    @transaction.atomic
    def keep(self, actor: User, request: HttpRequest) -> services.Outcome:
        """Have the services write what was changed. Raises: DomainError, ChangedMeanwhile among them."""
        seen, now = details.from_text(self.cleaned_data["seen"]), timezone.now()
        to, batch = self._with_new(actor, request), cast("Batch", self.batch)
        return services.change_batch(batch, to=to, seen=seen, actor=actor, now=now, request=request)

    def refuse(self, error: DomainError) -> None:
        """Show at its field what a service refused."""
        field = "name" if isinstance(error, NameTaken) else getattr(error, "field", "")
        self.add_error(field if field in self.fields else None, error.message)

    def _with_new(self, actor: User, request: HttpRequest) -> Details:
        """What was typed, after the new venue and subjects were entered. Raises: NameTaken over the venue."""
        typed = self.details()
        new = places.subjects_named(self.cleaned_data["more_subjects"], actor=actor, request=request)
        typed = replace(typed, subjects=typed.subjects | {one.pk for one in new})
        if not self.place.is_begun:
            return typed
        return replace(typed, venue=places.venue_like(self.place.instance, actor=actor, request=request).pk)

    # --- In words -----------------------------------------------------------------------------------------------------

    def label_of(self, name: str) -> str:
        return _("Teachers") if name == "teachings" else str(self.fields[name].label)

    def words_of(self, what: Details, name: str) -> str:
        """A field as somebody reads it."""
        subjects, none = dict(self._subjects), _("nothing")
        if name == "teachings":
            people = dict(self._teachers)
            rows = [(people.get(who, ""), subjects.get(subject or 0, "")) for who, subject in what.teachings]
            return ", ".join(sorted(" · ".join(filter(None, row)) for row in rows)) or none
        if name == "subjects":
            return ", ".join(sorted(subjects[pk] for pk in what.subjects if pk in subjects)) or none
        if name == "venue":
            return dict(self._venues).get(what.venue or 0, none)
        if name == "mode":
            return str(Batch.Mode(what.mode).label)
        value = getattr(what, name)
        return date_format(value, "D j M Y") if isinstance(value, date) else str(value or none)


def _initial(filled: Details) -> dict[str, Any]:
    plain = {name: getattr(filled, name) for name in (*details.PLAIN, "venue")}
    return plain | {"subjects": sorted(filled.subjects)}


def _near(day: date) -> date:
    """Raises: ValidationError for a day no batch of today begins or ends on."""
    if abs(day.year - timezone.localdate().year) > YEARS_AROUND:
        raise ValidationError(_("Look at the year."))
    return day


def _teachers(batch: Batch | None) -> list[tuple[int, str]]:
    """Whom classes may be given to, and who teaches the batch though none may be any more; namesakes told apart."""
    may = Q(role=Role.TEACHER) | Q(role=Role.ADMIN, teaches=True)
    known = Q(pk__in=Teaching.objects.filter(batch=batch).values("teacher")) if batch else Q(pk__in=[])
    found = User.objects.filter(Q(may, is_active=True) | known).order_by("name", "pk")
    people = list(found.values_list("pk", "name", "email"))
    times = Counter(alike(name) for _pk, name, _email in people)
    return [(pk, f"{name} · {email or pk}" if times[alike(name)] > 1 else name) for pk, name, email in people]


class RestoreForm(forms.Form):
    """Another name, for a batch whose own is taken by now."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)


class DeleteForm(forms.Form):
    """The name, typed, because what is deleted does not come back."""

    typed = forms.CharField(
        label=gettext_lazy("To make sure, type the name of the batch"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if alike(typed) != alike(self.batch.name):
            raise ValidationError(_("That is not the name of this batch. Nothing was deleted."))
        return typed
