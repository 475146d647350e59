"""Closing the register of a class: whoever has no mark by then is on leave or was absent.

By the teacher, or by the scheduler two hours after the class. What waits for the teacher to confirm goes on waiting.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from attendance import leaves, marks, news
from attendance.freezes import instants_of
from attendance.models import CheckInAttempt, Freeze, Record, Register
from attendance.models.records import SAID, Source, Status
from attendance.models.registers import FINAL_AFTER
from attendance.rules import RegisterRefused, require_not_frozen

log = logging.getLogger("attendance.closing")
AT_ONCE = 200


@dataclass(slots=True)
class Round:
    """What one look of the scheduler came to; `failed` are the uuids of classes whose registers did not close."""

    closed: int = 0
    absent: int = 0
    failed: list[str] = field(default_factory=list)


@transaction.atomic
def close_register(register: Register, *, actor: User | None, now: datetime, request: HttpRequest | None = None) -> int:
    """Make it final; returns how many were made absent by that, none when it was final already.

    The register is locked and made final before any record is looked at, and a check-in looks whether it is final with
    its record locked: so it either came in time and is kept, or it sees that it came too late.
    Raises: PeriodFrozen, RegisterRefused for a cancelled class and before it begins.
    """
    locked = _locked(register)
    class_session = locked.class_session
    if locked.is_final:
        return 0
    if class_session.is_cancelled:
        raise RegisterRefused(_("This class is cancelled. Nobody is marked."))
    if now < class_session.starts_at:
        raise RegisterRefused(_("This class has not begun. Close its register afterwards."))
    require_not_frozen(class_session)
    locked.finalised_at, locked.finalised_by = now, actor
    locked.save(update_fields=["finalised_at", "finalised_by"])
    register.finalised_at, register.finalised_by = now, actor
    made_absent = _decide_the_rest(locked, now=now)
    activity.record(
        "attendance.closed",
        actor=actor,
        on=class_session,
        request=request,
        name=str(class_session),
        absent=made_absent,
    )
    missed = Record.objects.filter(class_session=class_session, status=Status.ABSENT).order_by()
    news.of_absences(class_session, User.objects.filter(pk__in=missed.values("student")).order_by("pk"), now=now)
    return made_absent


def close_due(*, now: datetime) -> Round:
    """Close what is due and in which something happened; what a round leaves, the next one takes.

    Each in a transaction of its own, so that one that fails does not stop the others.
    """
    done = Round()
    for register in due(now=now)[:AT_ONCE]:
        if register.final_from > now:
            continue
        try:
            done.absent += close_register(register, actor=None, now=now)
        except Exception:
            log.exception("the register of class %s does not close", register.class_session.uuid)
            done.failed.append(str(register.class_session.uuid))
        else:
            done.closed += 1
    return done


def due(*, now: datetime) -> QuerySet[Register]:
    """Registers whose time has come and in which somebody was marked or checked in, the oldest class first.

    Not those in frozen periods; of one that closes its check-in long after the class, `final_from` says more. A class
    nobody took a register for is not a class from which everybody was absent.
    """
    spoken = Record.objects.filter(class_session=OuterRef("pk"), status__in=[*SAID, Status.WAITING]).order_by()
    tried = CheckInAttempt.objects.filter(register=OuterRef("pk")).order_by()
    over = Register.objects.filter(
        finalised_at=None,
        class_session__cancelled_at=None,
        class_session__ends_at__lte=now - FINAL_AFTER,
    )
    rows = over.filter(Exists(spoken) | Exists(tried))
    for freeze in Freeze.objects.in_force():
        since, until = instants_of(freeze)
        rows = rows.exclude(class_session__starts_at__gte=since, class_session__starts_at__lt=until)
    return rows.select_related("class_session__batch").order_by("class_session__ends_at", "pk")


def _locked(register: Register) -> Register:
    """As it is now. Without the lock on its key, which a check-in needs to point at it."""
    rows = Register.objects.select_for_update(of=("self",), no_key=True).select_related("class_session__batch")
    return rows.get(pk=register.pk)


def _decide_the_rest(register: Register, *, now: datetime) -> int:
    """Who is on the roll and not marked is on leave or absent; how many were absent."""
    class_session = register.class_session
    records = marks.locked_records(class_session.pk, marks.students_on_roll(class_session))
    open_ones = {pk: row for pk, row in records.items() if row.status == Status.UNMARKED}
    away = leaves.on_leave(open_ones, day=timezone.localdate(class_session.starts_at))
    excused, absent = _parted(open_ones.values(), away)
    marks.put_all(excused, status=Status.EXCUSED, source=Source.LEAVE, by=None, now=now)
    marks.put_all(absent, status=Status.ABSENT, source=Source.CLOSING, by=None, now=now)
    return len(absent)


def _parted(rows: Iterable[Record], away: set[int]) -> tuple[list[Record], list[Record]]:
    listed = list(rows)
    return [one for one in listed if one.student_id in away], [one for one in listed if one.student_id not in away]
