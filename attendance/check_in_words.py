"""What a check-in came to, in words: what the register says, why, by which rule, and what to do next."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance import check_ins
from attendance.check_ins import Taken
from attendance.class_states import word_of
from attendance.geofence import STALE_MS
from attendance.models import CheckInAttempt, Mode, Record, Register
from attendance.models.check_ins import Decision
from attendance.models.records import BY_CHECK_IN, SAID, THERE, Status
from attendance.month_of import TONES
from attendance.rules import mode_of, venues_of
from batches.models import Venue
from coaching.templatetags.figures import grouped

CODE_FIRST = frozenset({"LOW_ACCURACY", "STALE", "NONE", "UNCERTAIN"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code for machines, and the sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """What can be done now."""

    code: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One check-in, answered. `status` is what the register says now, by its name and its letter."""

    decision: str
    status: str
    letter: str
    tone: str
    title: str
    late_min: int | None
    reasons: list[Reason]
    next: list[NextStep]
    distance_m: float | None
    accuracy_m: float | None
    radius_m: int | None
    venue: str
    received_at: datetime
    is_offline: bool
    is_repeat: bool

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the sentences speak of."""

    attempt: CheckInAttempt
    register: Register
    record: Record | None
    venue: Venue | None

    def words(self) -> dict[str, Any]:
        """Distances and what else stands in the sentences."""
        attempt, venue = self.attempt, self.venue
        return {
            "distance": metres(attempt.distance_m or 0),
            "accuracy": metres(attempt.accuracy_m or 0),
            "radius": metres(venue.radius_m if venue else 0),
            "venue": venue.name if venue else "",
            "limit": metres(self.register.most_accuracy_m),
            "age": round((attempt.fix_age_ms or 0) / 1000),
            "fresh": STALE_MS // 1000,
            "status": Status(self.record.status).label if self.record else "",
        }


TEXTS: dict[str, Any] = {
    "inside": gettext_lazy(
        "You are %(distance)s from %(venue)s, and your phone is sure to %(accuracy)s. Within %(radius)s counts."
    ),
    "outside": gettext_lazy(
        "You are %(distance)s from %(venue)s, and your phone is sure to %(accuracy)s. Within %(radius)s counts. "
        "Your teacher sees that you tried."
    ),
    "uncertain": gettext_lazy(
        "You are about %(distance)s from %(venue)s, but your phone is sure only to %(accuracy)s. "
        "That leaves open whether you are within %(radius)s."
    ),
    "low_accuracy": gettext_lazy(
        "Your phone knows where you are only to %(accuracy)s. Up to %(limit)s decides something."
    ),
    "stale": gettext_lazy("The position was %(age)s seconds old. It counts for %(fresh)s seconds."),
    "no_position": gettext_lazy("No position came with it."),
    "denied": gettext_lazy("Your browser may not use the position."),
    "unavailable": gettext_lazy("Your phone could not find its position."),
    "timeout": gettext_lazy("Your phone did not find its position in time."),
    "position_off": gettext_lazy("Your position may not be used, so it was neither looked at nor kept."),
    "code_valid": gettext_lazy("The code is right."),
    "code_wrong": gettext_lazy("The code is wrong or no longer on the screen; it changes every twenty seconds."),
    "code_missing": gettext_lazy("This class checks in with the code on its screen."),
    "code_wanted": gettext_lazy("This class also wants the code on the screen."),
    "told": gettext_lazy("You told your teacher that you are here."),
    "offline": gettext_lazy("It was kept on your phone while there was no connection, so your teacher confirms it."),
    "already": gettext_lazy("You were checked in already. That stays as it is."),
    "teacher_said": gettext_lazy("Somebody has marked you already: %(status)s. A check-in does not change that."),
    "final": gettext_lazy("The register was closed before this arrived, so it stays as it is."),
}
STANDINGS: dict[Status, Any] = {
    Status.PRESENT: gettext_lazy("Marked present"),
    Status.LATE: gettext_lazy("Marked late"),
    Status.ABSENT: gettext_lazy("Marked absent"),
    Status.EXCUSED: gettext_lazy("On leave"),
    Status.WAITING: gettext_lazy("Your teacher confirms it"),
    Status.UNMARKED: gettext_lazy("Not checked in"),
}
TITLES: dict[str, Any] = {
    "OUTSIDE": gettext_lazy("Too far from the class"),
    "LOW_ACCURACY": gettext_lazy("Your position is not exact enough"),
    "STALE": gettext_lazy("Your position is too old"),
    "UNCERTAIN": gettext_lazy("Your position leaves it open"),
}


def answer(taken: Taken, register: Register, *, now: datetime) -> Answer:
    """The whole answer to one check-in; the same whenever it is asked, unless the record has changed since."""
    attempt, record = taken.attempt, taken.record
    venue = check_ins.venue_of(attempt, register.class_session)
    said = _Said(attempt, register, record, venue)
    status = Status(record.status) if record else Status.UNMARKED
    return Answer(
        decision=attempt.decision,
        status=status.name,
        letter=status.value,
        tone=_tone(said, status),
        title=_title(said, status),
        late_min=record.late_min if record else None,
        reasons=[Reason(code, str(TEXTS[code]) % said.words()) for code in attempt.reasons if code in TEXTS],
        next=next_steps(register, record, attempt, now=now),
        distance_m=_rounded(attempt.distance_m),
        accuracy_m=_rounded(attempt.accuracy_m),
        radius_m=venue.radius_m if venue else None,
        venue=venue.name if venue else "",
        received_at=attempt.received_at,
        is_offline=attempt.is_offline,
        is_repeat=taken.is_repeat,
    )


def metres(length_m: float) -> str:
    """24 m, 2.4 km."""
    if length_m < 999.5:
        return _("%(count)s m") % {"count": round(length_m)}
    length_km = length_m / 1000
    return _("%(count)s km") % {"count": round(length_km, 1) if length_km < 99.95 else grouped(round(length_km))}


def standing_title(record: Record) -> str:
    """What the register says of him, as a headline."""
    status, is_own = Status(record.status), record.source in BY_CHECK_IN
    if status == Status.LATE and record.late_min:
        words = {"late": word_of(status, record.late_min)}
        return (_("Checked in, %(late)s") if is_own else _("Marked %(late)s")) % words
    if is_own and status in THERE:
        return _("You are checked in")
    return str(STANDINGS[status])


def _title(said: _Said, status: Status) -> str:
    if said.record and (status in SAID or status == Status.WAITING):
        return standing_title(said.record)
    if said.attempt.decision in TITLES:
        return str(TITLES[said.attempt.decision])
    return _("That code did not work") if said.attempt.code_ok is False else _("Not checked in yet")


def _tone(said: _Said, status: Status) -> str:
    if status != Status.UNMARKED:
        return TONES[status]
    return "bad" if said.attempt.decision == Decision.OUTSIDE else "due"


# --- What to do next --------------------------------------------------------------------------------------------------


def next_steps(
    register: Register, record: Record | None, attempt: CheckInAttempt | None, *, now: datetime
) -> list[NextStep]:
    """The ways that are open to him, the likeliest to help first."""
    status = record.status if record else Status.UNMARKED
    if status in THERE:
        return [NextStep("done", _("Nothing more to do."))]
    is_over = register.is_final or now > register.closes_at
    if is_over or status in SAID:
        return [_correction(record)]
    if status == Status.WAITING:
        return [NextStep("wait", _("Your teacher sees it in the register. You need not do anything more."))]
    return _tries(mode_of(register, venues_of(register.class_session)), attempt)


def _tries(mode: Mode, attempt: CheckInAttempt | None) -> list[NextStep]:
    again = NextStep("try_again", _("Go to the class, near a window, and check in again."))
    code = NextStep("type_code", _("Type the code on the screen of the class."))
    tell = NextStep("tell_teacher", _("Tell your teacher that you are here."))
    if mode == Mode.CODE:
        return [code, tell]
    is_code_first = attempt is not None and attempt.decision in CODE_FIRST and mode != Mode.GPS_AND_CODE
    return [code, again, tell] if is_code_first else [again, code, tell]


def _correction(record: Record | None) -> NextStep:
    if record is None:
        return NextStep("tell_teacher", _("Ask your teacher to mark you."))
    text = _("If the register is wrong, ask for a correction.")
    return NextStep("ask_correction", text, reverse("record", args=[record.uuid]))


def _rounded(length_m: float | None) -> float | None:
    return None if length_m is None else round(length_m, 1)
