"""What is typed about how classes check in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.models import CheckInRule, Mode
from attendance.models.registers import (
    MOST_ACCURACY_M,
    MOST_MINUTES,
    MOST_OPEN_BEFORE_MIN,
    PERCENT_WANTED,
    POSITIONS_KEPT_DAYS,
)

if TYPE_CHECKING:  # Django's class takes no type argument at run time
    RuleModelForm = forms.ModelForm[CheckInRule]
else:
    RuleModelForm = forms.ModelForm

MODE_NOTES = {
    Mode.GPS_OR_CODE: gettext_lazy("Within the venue’s radius, or with the code on the screen."),
    Mode.GPS: gettext_lazy("Within the venue’s radius. A code counts where a phone shows no position."),
    Mode.CODE: gettext_lazy("The code on the screen. No position is asked for."),
    Mode.GPS_AND_CODE: gettext_lazy("Both. With one of them the teacher confirms."),
    Mode.TEACHER: gettext_lazy("Students do not check in."),
}
"""In the order in which they are offered."""


def mode_choices() -> list[tuple[str, str]]:
    return [(str(mode), str(mode.label)) for mode in MODE_NOTES]


class ModeForm(forms.Form):
    """How one class checks in."""

    mode = forms.ChoiceField(label=gettext_lazy("Check-in"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = mode_choices()  # type: ignore[attr-defined]


class RuleForm(RuleModelForm):
    """How the classes of a batch check in."""

    open_before_min = forms.IntegerField(
        label=gettext_lazy("Opens, minutes before"), min_value=0, max_value=MOST_OPEN_BEFORE_MIN
    )
    late_after_min = forms.IntegerField(
        label=gettext_lazy("Late after, minutes"),
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=gettext_lazy("Until then, counted from the beginning, a student is on time."),
    )
    close_after_min = forms.IntegerField(
        label=gettext_lazy("Closes after, minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        required=False,
        help_text=gettext_lazy("Empty: when the class ends."),
    )
    most_accuracy_m = forms.IntegerField(
        label=gettext_lazy("Accuracy needed, metres"),
        min_value=20,
        max_value=500,
        help_text=gettext_lazy("%(usual)d is usual. A phone that is less sure asks for the code instead."),
    )
    percent_wanted = forms.IntegerField(
        label=gettext_lazy("Attendance wanted, percent"),
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("%(usual)d is usual. Below it students and teachers see a warning."),
    )

    class Meta:
        model = CheckInRule
        fields = ("mode", "open_before_min", "late_after_min", "close_after_min", "most_accuracy_m", "percent_wanted")
        widgets = {"mode": forms.RadioSelect}  # as Django reads it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = mode_choices()  # type: ignore[attr-defined]
        for name, usual in (("most_accuracy_m", MOST_ACCURACY_M), ("percent_wanted", PERCENT_WANTED)):
            self.fields[name].help_text = self.fields[name].help_text % {"usual": usual}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        late, closes = given.get("late_after_min"), given.get("close_after_min")
        if late is not None and closes is not None and closes < late:
            self.add_error("close_after_min", _("Check-in closes before anybody is late. Make it longer, or empty."))
        return given


class InstituteRuleForm(RuleForm):
    """The institute's rule; it also says how long positions are kept."""

    positions_kept_days = forms.IntegerField(
        label=gettext_lazy("Positions are kept, days"),
        min_value=30,
        max_value=3650,
        help_text=gettext_lazy("%(usual)d is usual. Then coordinates are deleted; what was decided by them stays."),
    )

    class Meta(RuleForm.Meta):
        fields = (*RuleForm.Meta.fields, "positions_kept_days")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["positions_kept_days"]
        field.help_text = field.help_text % {"usual": POSITIONS_KEPT_DAYS}
