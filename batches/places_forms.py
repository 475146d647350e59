"""What is typed about venues, rooms and subjects."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.seen_forms import SeenRowForm
from batches import places
from batches.models import Room, Subject, Venue
from batches.models.places import LEAST_RADIUS_M, MOST_RADIUS_M, RADIUS_M
from batches.names import NameField, NameTaken

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    VenueModelForm = forms.ModelForm[Venue]
    RoomModelForm = forms.ModelForm[Room]
    SubjectModelForm = forms.ModelForm[Subject]
else:
    VenueModelForm = RoomModelForm = SubjectModelForm = forms.ModelForm

MICRODEGREE = Decimal("0.000001")
"""About 11 cm; what phones say beyond it is noise."""
MOST_SEATS = 10_000


class DegreesField(forms.DecimalField):
    """Degrees of latitude (most is 90) or longitude (180), rounded to six decimals as a map or phone gives more."""

    default_error_messages = {"invalid": gettext_lazy("Write degrees as a number, like 20.006400.")}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(min_value=-most, max_value=most, **kwargs)
        self.widget.attrs |= {"step": "any", "inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs make it an integer
        degrees = super().to_python(value)
        try:
            return degrees if degrees is None else degrees.quantize(MICRODEGREE)
        except InvalidOperation:  # too large for six decimals, or no number at all
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PlaceForm(SeenRowForm):
    """A place whose service may say that the name is taken."""

    def _get_validation_exclusions(self) -> set[str]:
        """Of names the service has the last word, in every script and at the field."""
        return {*super()._get_validation_exclusions(), "name"}  # type: ignore[misc]  # not in the stubs

    def keep(self, actor: User, request: HttpRequest) -> bool:
        """Have the service write it; False with the problem at the name when that is taken."""
        try:
            places.keep_place(self.instance, actor=actor, request=request)
        except NameTaken as error:
            self.add_error("name", error.message)
            return False
        return True


class VenueForm(PlaceForm, VenueModelForm):
    """A building or hall with its place on the earth."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    latitude = DegreesField(label=gettext_lazy("Latitude"), most=90)
    longitude = DegreesField(label=gettext_lazy("Longitude"), most=180)
    radius_m = forms.IntegerField(
        label=gettext_lazy("Radius in metres"),
        min_value=LEAST_RADIUS_M,
        max_value=MOST_RADIUS_M,
        initial=RADIUS_M,
        help_text=gettext_lazy("Whoever checks in from farther away is flagged, not refused."),
    )

    class Meta:
        model = Venue
        fields = ("name", "latitude", "longitude", "radius_m")

    @property
    def is_begun(self) -> bool:
        """Whether somebody typed anything into it beside a batch."""
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in ("name", "latitude", "longitude"))


class RoomForm(PlaceForm, RoomModelForm):
    """A room in which one class is held at a time."""

    name = NameField(label=gettext_lazy("Name"), max_length=60)
    seats = forms.IntegerField(
        label=gettext_lazy("Seats"),
        required=False,
        min_value=1,
        max_value=MOST_SEATS,
        help_text=gettext_lazy("Empty: not counted."),
    )

    class Meta:
        model = Room
        fields = ("name", "venue", "seats")


class SubjectForm(PlaceForm, SubjectModelForm):
    """A subject, as the institute calls it."""

    name = NameField(label=gettext_lazy("Name"), max_length=60)

    class Meta:
        model = Subject
        fields = ("name",)


FORMS: dict[type[places.Place], type[PlaceForm]] = {Venue: VenueForm, Room: RoomForm, Subject: SubjectForm}


def unused_names(text: str, *, at_most: int) -> list[str]:
    """Names between commas, each once. Raises: ValidationError over one that is too long, or over too many."""
    field = NameField(max_length=60)
    found = [field.clean(part) for part in text.split(",") if part.strip()]
    names = list(dict.fromkeys(found))
    if len(names) > at_most:
        raise ValidationError(_("At most %(count)d at a time.") % {"count": at_most})
    return names
