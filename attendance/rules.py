"""What a class goes by: the rule of its batch, else the institute's, and where it may be checked in from."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attendance.geofence import Fence
from attendance.models import CheckInRule, Freeze, Mode, Register
from attendance.models.registers import USES_POSITION
from batches.models import Batch, ClassSession, Venue
from coaching.lib.clock import clock_text
from coaching.lib.errors import DomainError

COPIED = ("mode", "open_before_min", "late_after_min", "close_after_min", "most_accuracy_m")


class RegisterRefused(DomainError):
    """There is no register to write in: the class is cancelled, or its time has not come."""

    code = "register_closed"


class PeriodFrozen(DomainError):
    """The days of this class are frozen."""

    code = "period_frozen"


def institute_rule() -> CheckInRule:
    """The row of the institute, as it would be where nobody has said anything yet."""
    return CheckInRule.objects.filter(batch=None).first() or CheckInRule()


def rule_of(batch_id: int) -> CheckInRule:
    """The batch's own, else the institute's. One query."""
    rows = CheckInRule.objects.filter(Q(batch=batch_id) | Q(batch=None)).order_by(F("batch").asc(nulls_last=True))
    return rows.first() or CheckInRule()


def open_register(class_session: ClassSession, *, now: datetime) -> Register:
    """The register of this class, made by the rule in force when nobody has opened it yet.

    Raises: RegisterRefused for a cancelled class, and before check-in opens.
    """
    found = Register.objects.filter(pk=class_session.pk).first()
    if class_session.is_cancelled:
        raise RegisterRefused(_("This class is cancelled. Nobody is marked."))
    if found is None:
        found = register_to_be(class_session)
    found.class_session = class_session
    if now < found.opens_at:  # also of one that was opened before its class was moved
        raise RegisterRefused(_("The register opens at %(time)s.") % {"time": clock_text(found.opens_at)})
    return _made(found) if found._state.adding else found


def register_to_be(class_session: ClassSession) -> Register:
    """The register of a class as it would be opened now; not saved."""
    return register_by(rule_of(class_session.batch_id), class_session)


def register_by(rule: CheckInRule, class_session: ClassSession) -> Register:
    """The register of a class that goes by this rule; not saved."""
    return Register(class_session=class_session, **{name: getattr(rule, name) for name in COPIED})


def is_closed(class_session_id: int) -> bool:
    """Whether its register is closed by now; asked under the lock of a record, for it may be since it was read."""
    return Register.objects.filter(pk=class_session_id, finalised_at__isnull=False).exists()


def _made(register: Register) -> Register:
    """Two phones may open it at once: the first row counts."""
    try:
        with transaction.atomic():
            register.save(force_insert=True)
    except IntegrityError:
        made = Register.objects.get(pk=register.pk)
        made.class_session = register.class_session
        return made
    return register


def venues_of(class_session: ClassSession) -> list[Venue]:
    """Where the class may be checked in from: the venue of its room, else its batch's; online, nowhere."""
    if class_session.mode == Batch.Mode.ONLINE:
        return []
    room = class_session.room
    venue = (room.venue if room else None) or class_session.batch.venue
    return [venue] if venue else []


def fence_of(venue: Venue) -> Fence:
    return Fence(venue.pk, float(venue.latitude), float(venue.longitude), float(venue.radius_m))


def mode_of(register: Register, venues: list[Venue]) -> Mode:
    """The way that can be gone: where there is no venue to be at, a code takes the place of the position."""
    mode = Mode(register.mode)
    return Mode.CODE if mode in USES_POSITION and not venues else mode


def require_not_frozen(class_session: ClassSession) -> None:
    """Raises: PeriodFrozen."""
    freeze = Freeze.objects.covering(timezone.localdate(class_session.starts_at)).first()
    if freeze:
        words = {"first": date_format(freeze.first_on, "j M Y"), "last": date_format(freeze.last_on, "j M Y")}
        text = _("Attendance from %(first)s to %(last)s is frozen (%(reason)s). Only an admin can lift that.")
        raise PeriodFrozen(text % {**words, "reason": freeze.reason})
