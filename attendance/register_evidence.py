"""What speaks for a line of the register, in a few small words: the check-in, flags, leave, absences before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.models import Flag, Record
from attendance.models.check_ins import Decision
from attendance.models.records import BY_CHECK_IN, THERE, Source, Status
from attendance.positions import band
from coaching.lib.clock import clock_text, moment_text

WORTH_SAYING = 2
"""So many absences in a row, this one counted or not, are said beside the name."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A check-in, as far as a teacher sees it."""

    pk: int
    received_at: datetime
    decision: str
    distance_m: float | None
    code_ok: bool | None
    is_offline: bool
    status: str

    @property
    def where(self) -> str:
        """As 25–50 m; "" when no position was looked at."""
        return "" if self.decision == Decision.NONE else _unbroken(band(self.distance_m))


class _Leave(Protocol):
    @property
    def last_on(self) -> date: ...
    @property
    def is_granted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one student in one class."""

    record: Record | None
    attempts: Sequence[Attempt]
    flags: Sequence[str]
    leave: _Leave | None
    absences: int
    viewer_id: int
    opens_at: datetime

    @property
    def status(self) -> str:
        return self.record.status if self.record else Status.UNMARKED

    @property
    def attempt(self) -> Attempt | None:
        """The check-in the record rests on, else the last."""
        rests_on = self.record.attempt_id if self.record else None
        found = next((one for one in self.attempts if one.pk == rests_on), None)
        return found or (self.attempts[-1] if self.attempts else None)

    @property
    def is_of_another_time(self) -> bool:
        """Whether he is there by a check-in from before check-in opened: the class was moved after it."""
        attempt = self.attempt
        return self.status in THERE and attempt is not None and attempt.received_at < self.opens_at

    @property
    def was_there(self) -> bool:
        """Whether some check-in has shown it."""
        return any(one.status in THERE for one in self.attempts)


def _unbroken(text: str) -> str:
    """A figure and its unit stay on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}").replace("\N{EN DASH}", "\N{EN DASH}\N{WORD JOINER}")


def note_of(facts: Facts) -> tuple[str, str]:
    """Tone ("" for nothing unusual) and words."""
    is_due = facts.flags or facts.status == Status.WAITING or facts.is_of_another_time
    tone = "due" if is_due else ""
    return tone, " · ".join(part for part in _parts(facts) if part)


def _parts(facts: Facts) -> Iterator[str]:
    yield _flagged(facts)
    yield _check_in(facts)
    yield _marked(facts)
    yield _leave(facts)
    yield _absences(facts)


def _flagged(facts: Facts) -> str:
    """Where somebody checked in from elsewhere, how far; else the first flag's name."""
    if Flag.Kind.OUTSIDE in facts.flags:
        far = next((one.where for one in reversed(facts.attempts) if one.decision == Decision.OUTSIDE), "")
        return _("Flagged: %(distance)s away") % {"distance": far}
    others = [kind for kind in facts.flags if kind != Flag.Kind.OFFLINE]
    return _("Flagged: %(why)s") % {"why": Flag.Kind(others[0]).label} if others else ""


def _check_in(facts: Facts) -> str:
    attempt = facts.attempt
    if attempt is None:
        return "" if facts.leave and facts.leave.is_granted else _("No check-in")
    if facts.is_of_another_time:
        words = {"time": _unbroken(moment_text(attempt.received_at))}
        return _("Checked in %(time)s, before the class was moved") % words
    words = {"time": _unbroken(clock_text(attempt.received_at)), "distance": attempt.where}
    if facts.status == Status.WAITING:
        return _to_confirm(attempt) % words
    if attempt.status not in THERE:
        return _tried(attempt) % words if facts.status == Status.UNMARKED else ""
    if attempt.decision == Decision.INSIDE:
        return _("Checked in %(time)s, %(distance)s") % words
    return (_("Checked in %(time)s with the code") if attempt.code_ok else _("Checked in %(time)s")) % words


def _to_confirm(attempt: Attempt) -> str:
    if attempt.is_offline:
        return _("To confirm: sent afterwards, %(time)s")
    if attempt.decision == Decision.UNCERTAIN:
        return _("To confirm: position uncertain, %(distance)s, %(time)s")
    if attempt.decision == Decision.INSIDE:
        return _("To confirm: there %(time)s, without the code")
    if attempt.code_ok:
        return _("To confirm: code %(time)s, without a position")
    return _("To confirm: says “I am here”, %(time)s")


def _tried(attempt: Attempt) -> str:
    if attempt.decision == Decision.OUTSIDE:
        return ""  # the flag says it
    if attempt.decision in (Decision.LOW_ACCURACY, Decision.STALE):
        return _("Tried %(time)s, the position was not good enough")
    return _("Tried %(time)s")


def _marked(facts: Facts) -> str:
    """By whom, when it was neither the reader nor a phone."""
    record = facts.record
    if record is None or record.status in (Status.UNMARKED, Status.WAITING):
        return ""
    if record.source == Source.CLOSING:
        return _("by closing")
    if record.source not in (Source.TEACHER, Source.OFFICE, Source.REQUEST) or record.marked_by is None:
        return ""
    if record.marked_by_id == facts.viewer_id:
        return _("confirmed by you") if facts.attempts and record.status in THERE and not facts.was_there else ""
    return _("marked by %(name)s") % {"name": record.marked_by.name}


def _leave(facts: Facts) -> str:
    if facts.leave is None:
        return ""
    if not facts.leave.is_granted:
        return _("leave asked for, not decided")
    return _("On leave until %(day)s") % {"day": date_format(facts.leave.last_on, "D j M")}


def _absences(facts: Facts) -> str:
    if facts.status == Status.ABSENT and facts.absences + 1 > WORTH_SAYING:
        count = facts.absences + 1
        return ngettext("%(count)d absence in a row", "%(count)d absences in a row", count) % {"count": count}
    if facts.status not in THERE and facts.absences >= WORTH_SAYING:
        count = facts.absences
        text = ngettext("%(count)d absence just before", "%(count)d absences in a row before", count)
        return text % {"count": count}
    return ""


def meanwhile(record: Record, *, at: datetime) -> str:
    """Present, by check-in 4:58 pm: what the register has come to say, and by whom."""
    words = {"status": Status(record.status).label, "time": clock_text(at)}
    if record.source in BY_CHECK_IN:
        return _("Meanwhile: %(status)s, by check-in %(time)s.") % words
    if record.source == Source.CLOSING or record.marked_by is None:
        return _("Meanwhile: %(status)s, %(time)s.") % words
    return _("Meanwhile: %(status)s, by %(name)s %(time)s.") % {**words, "name": record.marked_by.name}
