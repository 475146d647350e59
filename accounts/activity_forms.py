"""What an admin looks for in the activity log."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.events import EVENTS, GROUPS, describe, group_of
from accounts.models import Activity, User
from accounts.models.activity import ActivityQuerySet

PEOPLE_FOUND = 50
_DAYS = [
    MinValueValidator(date(2000, 1, 1)),
    MaxValueValidator(date(2999, 12, 31)),
]  # in every zone there is a next day


class ActivityFilter(forms.Form):
    """Which lines of the log to show. A field that cannot be understood says so and filters nothing."""

    event = forms.ChoiceField(label=_("What"), required=False)
    person = forms.CharField(label=_("Name, e-mail address or admission number"), required=False, max_length=200)
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=_DAYS
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}), validators=_DAYS
    )
    ip = forms.GenericIPAddressField(label=_("IP address"), required=False)
    device = forms.CharField(label=_("Device"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["event"])
        field.choices = [("", _("Everything")), *_grouped_events()]
        for name in ("ip", "device"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}

    def rows(self) -> ActivityQuerySet:
        """The lines asked for, newest first, with the people in them."""
        self.is_valid()
        asked: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        rows = Activity.objects.select_related("actor", "subject")
        if event := asked.get("event"):
            rows = rows.filter(event__startswith=event) if event.endswith(".") else rows.filter(event=event)
        if "person" in asked:
            found = list(User.objects.search(asked["person"]).values_list("pk", flat=True)[:PEOPLE_FOUND])
            rows = rows.filter(Q(actor__in=found) | Q(subject__in=found))
        if "since" in asked:
            rows = rows.filter(at__gte=_midnight(asked["since"]))
        if "until" in asked:
            rows = rows.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if "ip" in asked:
            rows = rows.filter(ip=asked["ip"])
        if "device" in asked:
            rows = rows.filter(device__icontains=asked["device"])
        return rows

    def is_narrow(self) -> bool:
        """Whether one of the fields that are folded away is used."""
        return any(self.data.get(name) for name in ("since", "until", "ip", "device"))

    def asked(self) -> dict[str, str]:
        """What was typed, for the line of the log that reports an export."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _grouped_events() -> Iterable[tuple[str, Any]]:
    """Groups with the events in them; the first of each stands for all of the group."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for event in EVENTS:
        groups.setdefault(group_of(event), []).append((event, describe(event)))
    for group, events in sorted(groups.items(), key=lambda pair: str(GROUPS.get(pair[0], pair[0])).casefold()):
        named = sorted(events, key=lambda pair: pair[1].casefold())
        if len(named) > 1:
            named.insert(0, (f"{group}.", str(_("All of these"))))
        yield str(GROUPS.get(group, group)), named
