"""What a flag says, in a plain sentence about who it names, and why it may well be harmless."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attendance.models import Flag
from attendance.positions import band
from coaching.templatetags.figures import grouped

Kind = Flag.Kind

CAUTIONS = {
    Kind.SAME_DEVICE: gettext_lazy("A friend may have lent his phone, and brothers and sisters share one."),
    Kind.SAME_POSITION: gettext_lazy("Two phones that find their place by the same Wi-Fi can agree like this."),
    Kind.REPEATED_POSITION: gettext_lazy("A phone that finds its place by Wi-Fi can repeat itself like this."),
    Kind.TOO_EXACT: gettext_lazy("A few phones always give the same accuracy."),
    Kind.TOO_FAST: gettext_lazy("One wrong position, as after switching a phone on, is enough for it."),
    Kind.DESKTOP: gettext_lazy("An iPad calls itself a Mac, and a phone can be set to show the pages of a computer."),
    Kind.OUTSIDE: gettext_lazy("Between tall buildings and just after switching on, phones can be far off."),
    Kind.LATE_CODE: gettext_lazy("Who types slowly and uses mobile data does the same."),
    Kind.OFFLINE: gettext_lazy("Where there is no network this is the only way; the time is the phone’s own."),
}


def sentence(flag: Flag) -> str:
    """What was seen. The flag is fetched with the names of `flag_reviews.NAMES`."""
    return _SENTENCES[Kind(flag.kind)](flag, {"student": flag.attempt.student.name, "other": _other(flag)})


def caution(flag: Flag) -> str:
    """Why it proves nothing."""
    return str(CAUTIONS[Kind(flag.kind)])


def _other(flag: Flag) -> str:
    return flag.other.student.name if flag.other else _("somebody else")


def _figure(flag: Flag, name: str) -> Any:
    """0 for one that is missing, so that an old row never breaks a page."""
    return flag.figures.get(name, 0)


def _same_device(flag: Flag, names: dict[str, str]) -> str:
    return _("%(student)s and %(other)s checked in to this class with one phone or browser.") % names


def _same_position(flag: Flag, names: dict[str, str]) -> str:
    return _("%(student)s and %(other)s sent the same coordinates, to a tenth of a metre.") % names


def _repeated(flag: Flag, names: dict[str, str]) -> str:
    words = _("%(student)s sent the same coordinates on %(days)d days, to a tenth of a metre.")
    return words % {**names, "days": _figure(flag, "days")}


def _too_exact(flag: Flag, names: dict[str, str]) -> str:
    figures = {**names, "metres": _metres(flag)}
    if flag.other and flag.other.student_id == flag.attempt.student_id:
        return _("%(student)s’s phone gives an accuracy of %(metres)s m, the very same as at another time.") % figures
    return _("The phones of %(student)s and %(other)s give the very same accuracy, %(metres)s m.") % figures


def _too_fast(flag: Flag, names: dict[str, str]) -> str:
    minutes = int(_figure(flag, "min"))
    words = ngettext(
        "Between two check-ins %(student)s would have moved %(km)s km in %(min)d minute, %(kmh)s km/h.",
        "Between two check-ins %(student)s would have moved %(km)s km in %(min)d minutes, %(kmh)s km/h.",
        minutes,
    )
    return words % {**names, "km": _km(flag), "min": minutes, "kmh": grouped(_figure(flag, "kmh"))}


def _km(flag: Flag) -> str:
    """0.4, 12, 6,265: tenths only where they say something."""
    length = float(_figure(flag, "km"))
    return grouped(round(length)) if length >= 10 else f"{length:g}"


def _desktop(flag: Flag, names: dict[str, str]) -> str:
    figures = {**names, "agent": flag.figures.get("agent", ""), "metres": _metres(flag)}
    return _("%(student)s checked in from a computer (%(agent)s) that knew its place within %(metres)s m.") % figures


def _outside(flag: Flag, names: dict[str, str]) -> str:
    away = {**names, "band": band(flag.attempt.distance_m), "venue": str(flag.attempt.venue or "")}
    if not away["venue"] or not away["band"]:
        return _("%(student)s checked in from elsewhere.") % away
    return _("%(student)s checked in from elsewhere: %(band)s from the middle of %(venue)s.") % away


def _late_code(flag: Flag, names: dict[str, str]) -> str:
    words = _("%(student)s sent the code %(age)d s after it came up, from another network than most of the class.")
    return words % {**names, "age": _figure(flag, "age_s")}


def _offline(flag: Flag, names: dict[str, str]) -> str:
    return _("%(student)s’s check-in was kept on the phone without a connection and was sent later.") % names


def _metres(flag: Flag) -> str:
    return f"{float(_figure(flag, 'accuracy_m')):g}"


_SENTENCES: dict[Kind, Callable[[Flag, dict[str, str]], str]] = {
    Kind.SAME_DEVICE: _same_device,
    Kind.SAME_POSITION: _same_position,
    Kind.REPEATED_POSITION: _repeated,
    Kind.TOO_EXACT: _too_exact,
    Kind.TOO_FAST: _too_fast,
    Kind.DESKTOP: _desktop,
    Kind.OUTSIDE: _outside,
    Kind.LATE_CODE: _late_code,
    Kind.OFFLINE: _offline,
}
