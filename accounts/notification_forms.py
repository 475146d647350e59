"""What a person chooses to be told, how and when; and what an admin looks for in the log of deliveries."""

from datetime import time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts import senders
from accounts.kinds import BELL, KINDS, Channel, Kind, When, chosen_by
from accounts.models import Delivery, NotificationChoice, QuietHours, User

PEOPLE_FOUND = 50
RINGS = [(When.AT_ONCE.value, _("Counts")), (When.NEVER.value, _("Silent"))]


class Bell(forms.CheckboxInput):
    """Ticked, it counts. A hidden field before it says that it does not; a form with neither field says nothing."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, check_test=lambda value: value == When.AT_ONCE)

    def format_value(self, value: Any) -> str:
        return str(When.AT_ONCE.value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        return format_html('<input type="hidden" name="{}" value="{}">{}', name, When.NEVER.value, box)


class ChoicesForm(forms.Form):
    """A field for each kind and channel, and the quiet hours; both of them or none."""

    begins = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("to"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.kinds = person, chosen_by(person.role)
        self.channels = [BELL, *(NotificationChoice.Channel(channel) for channel in senders.channels())]
        rows = NotificationChoice.objects.filter(user=person)
        chosen = {(row.kind, row.channel): row.when for row in rows}
        for kind in self.kinds:
            for channel in self.channels:
                self.fields[_name(kind, channel)] = _field(kind, channel, chosen.get((kind.key, channel)))
        quiet = QuietHours.objects.filter(user=person).first()
        if quiet:
            self.fields["begins"].initial, self.fields["ends"].initial = quiet.begins, quiet.ends

    def rows(self) -> list[tuple[Kind, list[tuple[NotificationChoice.Channel, forms.BoundField]]]]:
        """The matrix as the page shows it: a line for each kind with a field for each channel, fixed kinds last."""
        kinds = sorted(self.kinds, key=lambda kind: kind.is_fixed)
        return [(kind, [(way, self[_name(kind, way)]) for way in self.channels]) for kind in kinds]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if (begins is None) != (ends is None) and not self.errors:
            self.add_error("ends" if ends is None else "begins", ValidationError(_("Say both times, or neither.")))
        elif begins is not None and begins == ends:
            self.add_error("ends", ValidationError(_("Quiet hours end at another time than they begin.")))
        return given

    @transaction.atomic
    def save(self) -> None:
        """Keep what differs from the kinds' own defaults, so that a new default reaches whoever never chose."""
        for kind in self.kinds:
            for channel in self.channels:
                when = self.cleaned_data.get(_name(kind, channel))
                rows = NotificationChoice.objects.filter(user=self.person, kind=kind.key, channel=channel)
                if not when or when == kind.default(channel):
                    rows.delete()
                elif not rows.update(when=when):
                    rows.update_or_create(user=self.person, kind=kind.key, channel=channel, defaults={"when": when})
        self._save_quiet(self.cleaned_data["begins"], self.cleaned_data["ends"])

    def _save_quiet(self, begins: time | None, ends: time | None) -> None:
        if begins is None or ends is None:
            QuietHours.objects.filter(user=self.person).delete()
        else:
            QuietHours.objects.update_or_create(user=self.person, defaults={"begins": begins, "ends": ends})


def _name(kind: Kind, channel: str) -> str:
    return f"{kind.key}-{channel}"


def _field(kind: Kind, channel: NotificationChoice.Channel, chosen: str | None) -> forms.ChoiceField:
    """What cannot be turned off shows what holds and takes nothing else."""
    is_fixed = {BELL: not kind.may_be_silent, NotificationChoice.Channel.EMAIL: kind.is_fixed}.get(channel, False)
    offered = _offered(channel)
    field = forms.ChoiceField(
        label=f"{kind.label}: {channel.label}",
        choices=offered[:1] if is_fixed else offered,
        initial=When.AT_ONCE if is_fixed else chosen or kind.default(channel),
        required=False,
        disabled=is_fixed,
        widget=Bell if channel == BELL else None,
    )
    field.widget.attrs["aria-label"] = field.label
    return field


def _offered(channel: str) -> list[tuple[str, Any]]:
    """Only e-mail comes once a day as well."""
    if channel == BELL:
        return RINGS
    whens = [When.AT_ONCE, When.DIGEST, When.NEVER] if channel == Channel.EMAIL else [When.AT_ONCE, When.NEVER]
    return [(when.value, when.label) for when in whens]


class DeliveryFilter(forms.Form):
    """Which deliveries to show. A field that cannot be understood says so and filters nothing."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *Delivery.State.choices])
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[("", _("All")), *Delivery.Channel.choices])
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    person = forms.CharField(label=_("Name, e-mail address or admission number"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((key, str(kind.label)) for key, kind in KINDS.items()), key=lambda pair: pair[1].casefold())
        cast("forms.ChoiceField", self.fields["kind"]).choices = [("", _("All")), *named]

    def rows(self) -> QuerySet[Delivery]:
        """The deliveries asked for, newest first, with whom they go to."""
        self.is_valid()
        asked: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        rows = Delivery.objects.select_related("notification__recipient").order_by("-pk")
        if "person" in asked:
            found = list(User.objects.search(asked.pop("person")).values_list("pk", flat=True)[:PEOPLE_FOUND])
            rows = rows.filter(notification__recipient__in=found)
        if "kind" in asked:
            rows = rows.filter(notification__kind=asked.pop("kind"))
        return rows.filter(**asked)
