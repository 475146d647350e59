"""What is typed about weekly slots and single classes, and how what clashes with them is accepted or avoided.

`despite` carries the keys of the clashes a person was shown and saves in spite of, `take` the beginning of a proposed
free time, which then stands in the fields.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institute, Role, User
from accounts.question_forms import FormKey
from batches.batch_forms import Link
from batches.clashes import Clashes
from batches.classes import ClassDetails
from batches.models import Batch, ClassSession, Room, Subject, WeeklySlot
from batches.models.timetable import Weekday
from batches.series import span
from batches.timetable import SlotDetails
from coaching.lib.errors import DomainError

REASON_CHARS = 200
KEYS_CHARS = 40_000
_DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31)))


def _day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, validators=_DAYS, **options)


def _clock_field(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S", "%I:%M %p"], **options)


def _choice(label: Any, rows: Any, **options: Any) -> "forms.ModelChoiceField[Any]":
    return forms.ModelChoiceField(label=label, queryset=rows, required=False, **options)


def _instant(words: str) -> datetime | None:
    """In the institute's time; None for what is no instant."""
    try:
        at = datetime.fromisoformat(words)
        return None if timezone.is_naive(at) else timezone.localtime(at)
    except (ValueError, OverflowError):
        return None


def _named(person: User) -> str:
    """Namesakes are told apart by how they sign in."""
    return f"{person.name} · {person.identifier}"


class Version(forms.IntegerField):
    """What the page showed; of nonsense, nothing that ever was."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int:
        try:
            return int(super().clean(value) or 0)
        except forms.ValidationError:
            return -1


class VersionedForm(forms.Form):
    """A form about something that may be changed meanwhile."""

    version = Version(required=False)

    def again(self, version: int) -> None:
        """As it was typed, to be sent once more after a look at what somebody else saved."""
        given = cast("QueryDict", self.data).copy()
        given["version"] = str(version)
        self.data = given


class TimetableForm(VersionedForm):
    """What slots and classes have in common: who, where and what about."""

    subject = _choice(gettext_lazy("Subject"), Subject.objects.all(), empty_label=gettext_lazy("None named"))
    teacher = _choice(gettext_lazy("Teacher"), User.objects.none(), empty_label=gettext_lazy("Nobody yet"))
    room = _choice(gettext_lazy("Room"), Room.objects.none(), empty_label=gettext_lazy("None"))
    form_uuid = FormKey(required=False)

    def __init__(self, posted: QueryDict | None, *, batch: Batch, row: Any = None, initial: dict[str, Any]) -> None:
        self.batch, self.row = batch, row
        self.clashes: Clashes | None = None
        super().__init__(self._with_what_is_taken(posted), initial={"form_uuid": uuid.uuid4(), **initial})
        takers = Q(role=Role.TEACHER, is_active=True) | Q(role=Role.ADMIN, teaches=True, is_active=True)
        rooms = Q(is_active=True)
        if row is not None:
            takers, rooms = takers | Q(pk=row.teacher_id), rooms | Q(pk=row.room_id)
        self._field("teacher").queryset = User.objects.filter(takers)
        self._field("teacher").label_from_instance = _named  # type: ignore[method-assign,assignment]
        self._field("room").queryset = Room.objects.filter(rooms)

    def _field(self, name: str) -> "forms.ModelChoiceField[Any]":
        return cast("forms.ModelChoiceField[Any]", self.fields[name])

    def despite(self) -> frozenset[str]:
        """The keys of the clashes that were shown and accepted."""
        return frozenset(self.data.get("despite", "")[:KEYS_CHARS].split(",")) - {""}

    def refuse(self, error: DomainError) -> None:
        """Show what a service said, at its field where it names one."""
        if isinstance(error, Clashes):
            self.clashes = error
            return
        name = getattr(error, "field", "")
        self.add_error(name if name in self.fields else None, error.message)

    def accepted(self) -> str:
        """What the button posts that saves in spite of the clashes."""
        return ",".join(sorted({one.key for one in self.clashes.clashes})) if self.clashes else ""

    def _with_what_is_taken(self, posted: QueryDict | None) -> QueryDict | None:
        begins = _instant(posted.get("take", "")) if posted is not None else None
        if posted is None or begins is None:
            return posted
        given = posted.copy()
        self._take(given, begins)
        return given

    def _take(self, given: QueryDict, begins: datetime) -> None:
        raise NotImplementedError

    @staticmethod
    def _take_clock(given: QueryDict, begins: datetime) -> None:
        """The same length from another clock time on."""
        try:
            old = [datetime.strptime(given.get(name, "")[:5], "%H:%M") for name in ("starts_at", "ends_at")]  # noqa: DTZ007
        except ValueError:
            return
        ends = begins + (old[1] - old[0]) % timedelta(days=1)
        given["starts_at"], given["ends_at"] = f"{begins:%H:%M}", f"{ends:%H:%M}"


class SlotForm(TimetableForm):
    """A weekly slot; of one that is there also from which day on it changes."""

    weekday = forms.TypedChoiceField(label=gettext_lazy("Day"), choices=Weekday.choices, coerce=int)
    starts_at = _clock_field(gettext_lazy("From"))
    ends_at = _clock_field(
        gettext_lazy("To"), help_text=gettext_lazy("A time before the beginning means the next day.")
    )
    starts_on = _day_field(gettext_lazy("First day"))
    ends_on = _day_field(gettext_lazy("Last day"))
    from_day = _day_field(gettext_lazy("From this day on"), required=False)
    field_order = ("weekday", "starts_at", "ends_at", "subject", "teacher", "room", "starts_on", "ends_on", "from_day")

    def __init__(
        self, posted: QueryDict | None, *, batch: Batch, row: WeeklySlot | None = None, from_day: date | None = None
    ) -> None:
        today = timezone.localdate()
        initial: dict[str, Any] = {"starts_on": max(batch.starts_on, today), "ends_on": batch.ends_on}
        if row:
            initial = {name: getattr(row, name) for name in ("weekday", "starts_at", "ends_at", "starts_on", "ends_on")}
            initial |= {"subject": row.subject_id, "teacher": row.teacher_id, "room": row.room_id}
            initial |= {"version": row.revision, "from_day": max(from_day or today, today)}
        super().__init__(posted, batch=batch, row=row, initial=initial)
        if row is None:
            del self.fields["from_day"]
        elif row.starts_on <= today:
            del self.fields["starts_on"]
        if row:
            help_text = _("Today: all coming classes. Another day: that class and those that follow.")
            self.fields["from_day"].help_text = help_text

    def details(self) -> SlotDetails:
        """For a form without errors."""
        given = {name: self.cleaned_data[name] for name in self.cleaned_data if name in SlotDetails.__slots__}
        return SlotDetails(**{"starts_on": self.row.starts_on if self.row else None, **given})

    def from_which_day(self) -> date:
        return self.cleaned_data.get("from_day") or timezone.localdate()

    def _take(self, given: QueryDict, begins: datetime) -> None:
        self._take_clock(given, begins)
        given["weekday"] = str(begins.weekday())


class ClassForm(TimetableForm):
    """One class, by day and clock times of the institute."""

    day = _day_field(gettext_lazy("Day"))
    starts_at = _clock_field(gettext_lazy("From"))
    ends_at = _clock_field(
        gettext_lazy("To"), help_text=gettext_lazy("A time before the beginning means the next day.")
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), required=False, max_length=120)
    mode = forms.ChoiceField(label=gettext_lazy("Held"), choices=Batch.Mode.choices, widget=forms.RadioSelect)
    link = Link(
        label=gettext_lazy("Link to the online class"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Empty: the batch’s link."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=REASON_CHARS,
        help_text=gettext_lazy("Students and guardians read it."),
    )
    field_order = ("topic", "day", "starts_at", "ends_at", "subject", "teacher", "room", "mode", "link", "reason")

    def __init__(self, posted: QueryDict | None, *, batch: Batch, row: ClassSession | None = None) -> None:
        initial: dict[str, Any] = {"mode": batch.mode}
        if row:
            starts, ends = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
            initial = {
                "day": starts.date(),
                "starts_at": starts.time(),
                "ends_at": ends.time(),
                "version": row.sequence,
            }
            initial |= {name: getattr(row, name) for name in ("mode", "link", "topic")}
            initial |= {"subject": row.subject_id, "teacher": row.teacher_id, "room": row.room_id}
        super().__init__(posted, batch=batch, row=row, initial=initial)
        if row is None:
            del self.fields["reason"]
        elif row.ends_at <= timezone.now():
            for name, field in self.fields.items():
                field.disabled = name not in {"topic", "version", "form_uuid"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.row and not given.get("reason") and {"day", "starts_at", "ends_at"} & set(self.changed_data):
            self.add_error("reason", _("Say why it is moved: students and guardians read it."))
        return given

    def details(self) -> ClassDetails:
        """For a form without errors. Clock times that were not changed keep their instants."""
        given = self.cleaned_data
        held = span(given["day"], given["starts_at"], given["ends_at"], Institute.current().zone)
        starts_at, ends_at = held.starts_at, held.ends_at
        if self.row and not {"day", "starts_at", "ends_at"} & set(self.changed_data):
            starts_at, ends_at = self.row.starts_at, self.row.ends_at
        names = ("subject", "teacher", "room", "mode", "link", "topic")
        return ClassDetails(starts_at, ends_at, **{name: given[name] for name in names})

    def _take(self, given: QueryDict, begins: datetime) -> None:
        self._take_clock(given, begins)
        given["day"] = begins.date().isoformat()


class CancelForm(VersionedForm):
    """Why a class is not held."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_CHARS,
        help_text=gettext_lazy("Students and guardians read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class EndForm(VersionedForm):
    """From which day on a weekly slot has no classes."""

    from_day = _day_field(gettext_lazy("From this day on"))


def free_times(clashes: Clashes | None) -> Sequence[tuple[str, datetime, datetime]]:
    """The proposals as a button posts and shows them."""
    return [(one.starts_at.isoformat(), one.starts_at, one.ends_at) for one in clashes.proposals] if clashes else []
