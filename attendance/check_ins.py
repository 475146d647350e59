"""A student's own check-in: what he sent is weighed, kept, and written into the register when it says enough.

Server time decides. One `client_uuid` is one check-in however often it is sent, and the record is changed under its
lock: a double tap, a replay and two tabs mark once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import consents
from accounts.models import Consent, User
from attendance import class_codes, codes, flags, geofence, marks, rules
from attendance.check_in_forms import Malformed, Sent
from attendance.devices import Device
from attendance.models import CheckInAttempt, CheckInPosition, Mode, Record, Register
from attendance.models.check_ins import Decision
from attendance.models.records import THERE, Source, Status
from attendance.models.registers import USES_POSITION
from attendance.networks import network_of
from attendance.weighing import Code, Evidence, Step, Weighed, weigh
from batches.models import ClassSession, Enrolment, Venue
from coaching.lib.clock import clock_text
from coaching.lib.errors import DomainError
from coaching.lib.limits import Limit, TooMany

CHECK_INS = Limit("check-ins per student", tries=6, per_s=60)
WRONG_CODES = Limit("wrong codes of classes per student", tries=5, per_s=60)
CODE_PAUSE = Limit("pause after wrong codes of classes", tries=1, per_s=120)
OFFLINE_FOR = timedelta(hours=24)
CLOCKS_DIFFER = timedelta(minutes=2)
BY_PEOPLE = frozenset({Source.TEACHER, Source.OFFICE, Source.REQUEST})


class CheckInNotOpen(DomainError):
    """Before check-in opens (403)."""

    code: ClassVar[str] = "check_in_not_open"
    status: ClassVar[int] = 403


class CheckInClosed(DomainError):
    """After check-in closed, or after the register did (403)."""

    code: ClassVar[str] = "check_in_closed"
    status: ClassVar[int] = 403


class TeacherTakesIt(DomainError):
    """Nobody checks in to this class by himself."""

    code: ClassVar[str] = "teacher_takes_register"


@dataclass(frozen=True, slots=True)
class Taken:
    """One check-in and the record as it stands after it; `is_repeat`: it had been sent before."""

    attempt: CheckInAttempt
    record: Record | None
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class _Look:
    """What was found out before anything is written."""

    mode: Mode
    finding: geofence.Finding | None
    step: int | None
    weighed: Weighed


def with_roll(classes: QuerySet[ClassSession], person: User) -> QuerySet[ClassSession]:
    """The same classes, each knowing as `is_mine` whether this person is on its roll."""
    stays = Enrolment.objects.filter(batch=OuterRef("batch"), student=person)
    return classes.annotate(is_mine=Exists(stays.on_roll(starts_at=OuterRef("starts_at"), ends_at=OuterRef("ends_at"))))


def register_of(class_session: ClassSession) -> Register:
    """Its register, or what it would be; nothing is saved. `class_session` may bring it along."""
    found: Register | None = getattr(class_session, "register", None)
    return found or rules.register_to_be(class_session)


def opened(class_session: ClassSession, *, now: datetime) -> Register:
    """Its register, made when this is the first who checks in. Raises: CheckInNotOpen, RegisterRefused."""
    register = register_of(class_session)
    if not class_session.is_cancelled and now < register.opens_at:
        raise CheckInNotOpen(_("Check-in opens at %(time)s.") % {"time": clock_text(register.opens_at)})
    is_made = not register._state.adding and not class_session.is_cancelled
    return register if is_made else rules.open_register(class_session, now=now)


def check_in(register: Register, student: User, sent: Sent, *, now: datetime, device: Device) -> Taken:
    """Take one check-in of a student who is on the roll.

    Raises: Malformed, CheckInNotOpen, CheckInClosed, TeacherTakesIt, PeriodFrozen, TooMany.
    """
    known = _known(register, student, sent)
    if known:
        return known
    _require_open(register, sent, now)
    CHECK_INS.take(student.pk, now=now)
    look = _look(register, student, sent, now)
    try:
        return _take(register, student, sent, look, now=now, device=device)
    except IntegrityError:
        known = _known(register, student, sent)  # the same one, sent twice at once
        if known:
            return known
        raise


def may_use_position(student: User, *, now: datetime) -> bool:
    """Whether the law and his guardians let a position of this student be used."""
    return consents.may(student, Consent.Purpose.LOCATION, on=consents.day_of(now))


def _known(register: Register, student: User, sent: Sent) -> Taken | None:
    attempt = CheckInAttempt.objects.filter(student=student, client_uuid=sent.client_uuid).first()
    if attempt is None:
        return None
    if attempt.register_id != register.pk:
        raise Malformed({"client_uuid": _("This was sent for another class.")})
    attempt.register = register
    record = Record.objects.filter(class_session=register.pk, student=student).first()
    return Taken(attempt, record, is_repeat=True)


def _require_open(register: Register, sent: Sent, now: datetime) -> None:
    if register.mode == Mode.TEACHER:
        raise TeacherTakesIt(_("Your teacher takes the register of this class. Nobody checks in."))
    pressed_at = sent.captured_at or now
    if pressed_at > now + CLOCKS_DIFFER:
        raise Malformed({"captured_at": _("This lies in the future.")})
    if min(pressed_at, now) < register.opens_at:
        raise CheckInNotOpen(_("Check-in opens at %(time)s.") % {"time": clock_text(register.opens_at)})
    if pressed_at > register.closes_at or now - pressed_at > OFFLINE_FOR:
        words = {"time": clock_text(register.closes_at)}
        raise CheckInClosed(_("Check-in closed at %(time)s. Tell your teacher, or ask for a correction.") % words)
    if register.is_final and not sent.captured_at:
        raise CheckInClosed(_("The register is closed. Ask for a correction if it is wrong."))
    rules.require_not_frozen(register.class_session)


# --- What it says -----------------------------------------------------------------------------------------------------


def _look(register: Register, student: User, sent: Sent, now: datetime) -> _Look:
    venues = rules.venues_of(register.class_session)
    mode = rules.mode_of(register, venues)
    is_asked = mode in USES_POSITION
    is_lawful = not (is_asked and sent.fix) or may_use_position(student, now=now)
    finding = None
    if sent.fix and is_asked and is_lawful:
        fences = [rules.fence_of(venue) for venue in venues]
        finding = geofence.decide(sent.fix, fences, most_accuracy_m=register.most_accuracy_m)
    step = _step_of(register, student, sent, now) if sent.code else None
    typed = Code.NONE if not sent.code else Code.WRONG if step is None else Code.VALID
    evidence = Evidence(
        mode=mode,
        verdict=finding.verdict if finding else Decision.NONE,
        code=typed,
        tells_teacher=sent.tells_teacher,
        is_offline=sent.captured_at is not None,
        trouble=(sent.trouble or "no_position") if is_lawful else "position_off",
    )
    return _Look(mode, finding, step, weigh(evidence))


def _step_of(register: Register, student: User, sent: Sent, now: datetime) -> int | None:
    """The step of the code that was typed; None for a wrong one. Raises: TooMany after five wrong ones in a minute."""
    CODE_PAUSE.look(student.pk, now=now)
    try:
        spent = WRONG_CODES.take(student.pk, now=now)
    except TooMany:
        CODE_PAUSE.clear(student.pk)
        CODE_PAUSE.take(student.pk, now=now)
        message = _("Too many wrong codes. Wait two minutes, or tell your teacher you are here.")
        raise TooMany(message, retry_after_s=CODE_PAUSE.per_s) from None
    step = codes.step_of(class_codes.key_of(register), sent.code, now=sent.captured_at or now)
    if step is not None:
        spent.give_back()
    return step


# --- What is written --------------------------------------------------------------------------------------------------


@transaction.atomic
def _take(register: Register, student: User, sent: Sent, look: _Look, *, now: datetime, device: Device) -> Taken:
    record = marks.locked_records(register.pk, [student.pk])[student.pk]
    is_final = rules.is_closed(register.pk)  # after the lock
    if is_final and not sent.captured_at:
        raise CheckInClosed(_("The register was closed just now. Ask for a correction if it is wrong."))
    status, why_not = _becomes(record, look.weighed, register, now=now, is_final=is_final)
    reasons = [*([why_not] if why_not else []), *look.weighed.reasons]
    attempt = _attempt(register, student, sent, look, now=now, device=device, status=status or "", reasons=reasons)
    attempt.save(force_insert=True)
    position = _position(attempt, sent, look, now=now, ip=device.ip)
    if status:
        record.attempt = attempt
        by = Source.CODE if look.weighed.by_code or look.finding is None else Source.POSITION
        late_min = register.late_minutes(now) if status == Status.LATE else None
        marks.put(record, status=status, late_min=late_min, source=by, by=student, now=now)
    flags.look_at(attempt, position, now=now)
    return Taken(attempt, record)


def _becomes(
    record: Record, weighed: Weighed, register: Register, *, now: datetime, is_final: bool
) -> tuple[Status | None, str]:
    """What the record shall say, None to leave it; and the reason when the record stands against it."""
    if is_final:
        return None, "final"
    if record.status in THERE:
        return None, "already"
    is_decided = record.source in BY_PEOPLE and record.status not in {Status.UNMARKED, Status.WAITING}
    if is_decided or (record.status == Status.ABSENT):
        return None, "teacher_said"
    if weighed.step is Step.THERE:
        return (Status.PRESENT if now <= register.late_from else Status.LATE), ""
    if weighed.step is Step.WAITING and record.status == Status.UNMARKED:
        return Status.WAITING, ""
    return None, ""


def _attempt(
    register: Register,
    student: User,
    sent: Sent,
    look: _Look,
    *,
    now: datetime,
    device: Device,
    status: str,
    reasons: list[str],
) -> CheckInAttempt:
    finding, fix = look.finding, sent.fix if look.finding else None
    at = sent.captured_at or now
    return CheckInAttempt(
        register=register,
        student=student,
        client_uuid=sent.client_uuid,
        received_at=now,
        fix_age_ms=fix.age_ms if fix else None,
        accuracy_m=fix.accuracy_m if fix else None,
        distance_m=finding.distance_m if finding else None,
        venue_id=finding.fence.key if finding else None,
        decision=finding.verdict if finding else Decision.NONE,
        code_ok=look.step is not None if sent.code else None,
        code_age_s=codes.age_s(look.step, now=at) if look.step is not None else None,
        status=status,
        reasons=reasons,
        is_offline=sent.captured_at is not None,
        device_hash=device.hash,
        agent=device.agent,
        network=network_of(register, device.ip),
    )


def _position(
    attempt: CheckInAttempt, sent: Sent, look: _Look, *, now: datetime, ip: str | None
) -> CheckInPosition | None:
    """Where it was sent from, kept apart; nothing of a position that was not looked at."""
    if not (sent.fix and look.finding):
        return None
    degrees = {"latitude": sent.fix.latitude, "longitude": sent.fix.longitude}
    taken_at = (sent.captured_at or now) - timedelta(milliseconds=sent.fix.age_ms)
    return CheckInPosition.objects.create(attempt=attempt, **degrees, ip=ip, taken_at=taken_at)


def venue_of(attempt: CheckInAttempt, class_session: ClassSession) -> Venue | None:
    """The venue an attempt was measured to, without a query while the class is still held there."""
    known = {venue.pk: venue for venue in rules.venues_of(class_session)}
    return known.get(attempt.venue_id or 0) or attempt.venue
