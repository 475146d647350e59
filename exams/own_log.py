"""What was noted while a test was written, in words: events with times, durations and causes, never a verdict."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exams.models import Attempt, AttemptEvent

CAUSES: dict[str, str | Promise] = {
    "hidden": gettext_lazy("Another app or tab was in front, or the screen was off."),
    "blur": gettext_lazy("Another window was in front."),
    "closed": gettext_lazy("The page was closed or loaded again."),
    "offline": gettext_lazy("The phone had no connection."),
    "server": gettext_lazy("The institute's computer did not answer."),
}

GIVEN = frozenset({AttemptEvent.Kind.CREDIT, AttemptEvent.Kind.REOPENED})
BY_STAFF = GIVEN | {AttemptEvent.Kind.SUBMITTED}


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `lasted` is "" where none is known, `why` where there is no cause."""

    happened_at: datetime
    what: str
    lasted: str
    why: str
    by: str


def log_of(attempt: Attempt) -> list[Line]:
    """All that was noted of an attempt, first things first; one query."""
    rows = AttemptEvent.objects.filter(attempt=attempt).select_related("by").order_by("happened_at", "pk")
    return [_line(row) for row in rows]


def _line(row: AttemptEvent) -> Line:
    return Line(
        happened_at=row.happened_at,
        what=row.get_kind_display(),
        lasted=_lasted(row),
        why=_why(row),
        by=row.by.name if row.by else "",
    )


def _lasted(row: AttemptEvent) -> str:
    """How long it took or, of time that was given, how much it is."""
    given = row.detail.get("seconds")
    if row.kind in GIVEN and isinstance(given, int):
        return lasted(given * 1000)
    return lasted(row.duration_ms) if row.duration_ms is not None else ""


def _why(row: AttemptEvent) -> str:
    """The cause a device named, or the reason staff gave: what a device says beside its cause is not repeated."""
    if row.kind in BY_STAFF:
        return str(row.detail.get("reason", ""))
    return str(CAUSES.get(row.cause, ""))


def lasted(duration_ms: int) -> str:
    """How long something took, as people say it: 12 s, 3 min 5 s."""
    seconds = round(duration_ms / 1000)
    minutes, left = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(count)d s", "%(count)d s", left) % {"count": left}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": left}
