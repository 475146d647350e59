"""What an invigilator does to chosen students, and what he tells them."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.question_forms import FormKey
from exams.credits import REASON_LENGTH
from exams.messages import MESSAGE_LENGTH
from exams.models.tests import MOST_MINUTES

EXTRA, OUTAGE, REOPEN, SUBMIT = "extra", "outage", "reopen", "submit"
CLOCK = "%H:%M"


class ActForm(forms.Form):
    """One verb and one reason for all who are chosen."""

    do = forms.ChoiceField(
        choices=[
            (EXTRA, _("Extra time")),
            (OUTAGE, _("Lost time")),
            (REOPEN, _("Reopen")),
            (SUBMIT, _("Hand in")),
        ],
        initial=EXTRA,
    )
    minutes = forms.IntegerField(
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        error_messages={"invalid": _("Give whole minutes."), "min_value": _("Give at least a minute.")},
    )
    lost_from = forms.TimeField(required=False, input_formats=[CLOCK, "%H:%M:%S"])
    lost_until = forms.TimeField(required=False, input_formats=[CLOCK, "%H:%M:%S"])
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        error_messages={
            "required": _("Say why, in a few words: the students and the activity log get the reason."),
            "max_length": _("Say it in 200 characters."),
        },
    )
    action = FormKey()
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        do = given.get("do")
        if do in (EXTRA, REOPEN) and not given.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("Say how many minutes."))
        for name in ("lost_from", "lost_until"):
            if do == OUTAGE and given.get(name) is None and name not in self.errors:
                self.add_error(name, _("Say from when until when the time was lost."))
        return given

    def outage(self, now: datetime) -> tuple[datetime, datetime]:
        """The last such hours before now, as instants."""
        until = _before(now, self.cleaned_data["lost_until"])
        return _before(until, self.cleaned_data["lost_from"]), until


class TellForm(forms.Form):
    """`message_uuid` makes a message that is sent twice one."""

    text = forms.CharField(
        label=_("Message"),
        max_length=MESSAGE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands above their question within seconds."),
        error_messages={"required": _("Write what they should read.")},
    )
    message_uuid = FormKey(initial=uuid.uuid4)


def _before(instant: datetime, clock: time) -> datetime:
    """The last time the clock showed that, at `instant` or earlier; a minute counts as reached while it lasts."""
    local = timezone.localtime(instant)
    found = local.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
    return found if found <= local else found - timedelta(days=1)
