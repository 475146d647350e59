"""The page of a check-in: how it stands for this student in this class, and which ways are open to him now."""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from attendance import check_ins
from attendance.check_in_scale import Scale, scale_of
from attendance.check_in_words import Answer, NextStep, answer, next_steps, standing_title
from attendance.check_ins import Taken
from attendance.models import CheckInAttempt, Mode, Record, Register
from attendance.models.records import SAID, THERE, Status
from attendance.models.registers import USES_POSITION
from attendance.month_of import TONES
from attendance.rules import institute_rule, mode_of, venues_of
from batches.class_lines import standing
from batches.models import ClassSession
from coaching.lib.clock import clock_text, moment_text

CONFIRMED_EVERY_S = 15
"""So often the page of somebody who waits asks whether his teacher has confirmed it."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the page shows. `state`: there, waiting, said, open, early, over, teacher or cancelled.

    `again_s`: so many seconds from now the page looks again by itself, 0 for never.
    """

    state: str
    tone: str
    title: str
    texts: list[str]
    steps: list[NextStep]
    register: Register
    answer: Answer | None = None
    takes_position: bool = False
    wants_both: bool = False
    is_position_off: bool = False
    again_s: int = 0
    opens_in_s: int = 0
    closes: str = ""
    client_uuid: str = ""
    scale: Scale | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is anything to press."""
        return self.state in {"open", "waiting"}

    @property
    def kept_days(self) -> int:
        return institute_rule().positions_kept_days

    @property
    def radius_m(self) -> int:
        return max((venue.radius_m for venue in venues_of(self.register.class_session)), default=0)

    @property
    def venue(self) -> str:
        return ", ".join(venue.name for venue in venues_of(self.register.class_session))


def page_of(class_session: ClassSession, student: User, *, now: datetime) -> Page:
    """Nothing is written by looking."""
    register = check_ins.register_of(class_session)
    record = Record.objects.filter(class_session=class_session, student=student).first()
    tries = CheckInAttempt.objects.filter(register=class_session.pk, student=student)
    attempt = tries.order_by("-received_at", "-pk").first()
    state = _state(register, record, now)
    if state in {"cancelled", "teacher", "early"}:
        return _without_ways(state, register, now)
    mode = mode_of(register, venues_of(class_session))
    answered = answer(Taken(attempt, record), register, now=now) if attempt else None
    tone, title, texts = _standing(state, register, record, answered)
    takes_position = state in {"open", "waiting"} and mode in USES_POSITION
    is_lawful = not takes_position or check_ins.may_use_position(student, now=now)
    return Page(
        state=state,
        tone=tone,
        title=title,
        texts=texts,
        steps=next_steps(register, record, attempt, now=now) if answered or state != "open" else [],
        register=register,
        answer=answered,
        takes_position=takes_position and is_lawful,
        wants_both=mode == Mode.GPS_AND_CODE,
        is_position_off=takes_position and not is_lawful,
        again_s=CONFIRMED_EVERY_S if state == "waiting" else 0,
        closes=_until(register, now),
        client_uuid=str(uuid.uuid4()),
        scale=scale_of(answered) if answered else None,
    )


def _state(register: Register, record: Record | None, now: datetime) -> str:
    status = record.status if record else Status.UNMARKED
    if register.class_session.is_cancelled:
        return "cancelled"
    if status in THERE:
        return "there"
    if status in SAID:
        return "said"
    if register.is_final or now > register.closes_at:
        return "over" if status != Status.WAITING else "said"
    if status == Status.WAITING:
        return "waiting"
    if register.mode == Mode.TEACHER:
        return "teacher"
    return "early" if now < register.opens_at else "open"


def _without_ways(state: str, register: Register, now: datetime) -> Page:
    """A class nobody checks in to, now or at all."""
    if state == "cancelled":
        _tone, word, why = standing(register.class_session)
        return Page(
            state, "off", word, [why, _("Nobody is marked.")] if why else [_("Nobody is marked.")], [], register
        )
    if state == "teacher":
        text = _("You need not do anything: your teacher marks who is there.")
        return Page(state, "run", _("Your teacher takes the register"), [text], [], register)
    left_s = max(1, math.ceil((register.opens_at - now).total_seconds()))
    title = _("Check-in opens at %(time)s") % {"time": clock_text(register.opens_at)}
    if left_s > 12 * 3600:
        title = _("Check-in opens on %(when)s") % {"when": moment_text(register.opens_at)}
    texts = [_("Come back then; this page opens it by itself.")]
    return Page(state, "run", title, texts, [], register, again_s=min(left_s, 3600), opens_in_s=left_s)


def _standing(
    state: str, register: Register, record: Record | None, answered: Answer | None
) -> tuple[str, str, list[str]]:
    """Tone, headline and sentences of how it stands."""
    texts = [reason.text for reason in answered.reasons] if answered else []
    if state == "over":
        words = {"time": clock_text(register.closes_at)}
        return "off", _("Check-in is closed"), [_("It closed at %(time)s.") % words, *texts]
    if record and record.status != Status.UNMARKED:
        return TONES[Status(record.status)], standing_title(record), texts
    return (answered.tone, answered.title, texts) if answered else ("", "", [])


def _until(register: Register, now: datetime) -> str:
    """Small print on the button: until when one is on time, then until when it goes at all."""
    if now <= register.late_from < register.closes_at:
        return _("on time until %(time)s") % {"time": clock_text(register.late_from)}
    return _("until %(time)s") % {"time": clock_text(register.closes_at)}


def words() -> dict[str, tuple[str, str]]:
    """What the page's script says by itself: a headline and a sentence for each."""
    code = _("Type the code on the screen; it counts as much. Or tell your teacher you are here.")
    return {
        "asking": (_("Finding your position"), _("This takes a few seconds.")),
        "sending": (_("Checking in"), ""),
        "denied": (_("Your browser may not use your position"), code),
        "unavailable": (_("Your phone cannot find its position"), code),
        "timeout": (_("Your phone did not find its position in time"), code),
        "no_code": (_("No code yet"), _("Type the code on the screen of the class.")),
        "linked": (_("The code is filled in"), _("One tap checks you in.")),
        "kept": (_("No connection"), _("Kept on this phone. It is sent by itself; leave this page open.")),
        "failed": (_("It could not be sent"), _("Check your connection and press the button again.")),
        "refused": (_("That did not go through"), ""),
        "signed_out": (_("You are signed out"), _("Load the page again and sign in.")),
    }
