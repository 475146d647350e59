"""Coming in to a test: who may, from when, and as which attempt.

Whoever is in already is given the attempt he has, so two tabs or two phones that come in at once get the same one:
`attempt_one_open` lets one of them make it, `attempt_number_once` makes it the next.
"""

import hmac
import math
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from batches.models import Enrolment
from coaching.lib.clock import clock_text, day_text
from coaching.lib.errors import DomainError, NotAllowed
from coaching.lib.limits import Limit
from coaching.lib.statements import written_once
from exams import allowances
from exams.devices import Device
from exams.models import Attempt, AttemptEvent, Test
from exams.models.attempts import State
from exams.models.tests import WAITING_ROOM

CODE_TRIES = Limit("exams.access_code", tries=5, per_s=60)


class NotOpenYet(DomainError):
    """Too early (409); after `seconds` it is time."""

    code = "not_open_yet"

    def __init__(self, message: str, *, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.headers = {"Retry-After": str(seconds)}


class CannotBegin(DomainError):
    """The test was taken back, is closed, or its office lets nobody begin (409)."""

    code = "cannot_begin"


class NoMoreAttempts(DomainError):
    """All attempts are used (409)."""

    code = "no_more_attempts"


class WrongCode(DomainError):
    """The access code is not this one (403)."""

    code = "wrong_code"
    status = 403


def admit(test: Test, student: User, *, code: str = "", device: Device, now: datetime) -> Attempt:
    """Let a student in: the attempt he has open, else his next one.

    Raises: NotAllowed, CannotBegin, NotOpenYet, NoMoreAttempts, WrongCode, TooMany.
    """
    had = list(Attempt.objects.filter(test=test, student=student).order_by("number"))
    is_open = next((one for one in had if one.state != State.SUBMITTED), None)
    if is_open:  # not always the last: staff may have opened an older one again
        return is_open
    require_in_batch(test.pk, student.pk, now=now)
    require_open(test, now=now, early=True)
    require_attempts_left(test, len(had))
    _require_code(test, student, code, now=now)
    try:
        return _admitted(test, student, number=had[-1].number + 1 if had else 1, device=device, now=now)
    except IntegrityError:  # another tab was faster
        return admit(test, student, code=code, device=device, now=now)


def require_in_batch(test: int, student: int, *, now: datetime) -> None:
    """Raises: NotAllowed when he is in none of its batches now."""
    if not _stays(test=test, student=student, now=now):
        raise NotAllowed(_("You are in none of the batches that write this test."))


@written_once
def _stays(*, test: int, student: int, now: datetime) -> QuerySet[Enrolment, tuple[int]]:
    rows = Enrolment.objects.active_at(now).filter(student=student, batch__tests=test)
    return rows.order_by().values_list("pk")


def require_open(test: Test, *, now: datetime, early: bool = False) -> None:
    """`early`: for the waiting room. Raises: CannotBegin, NotOpenYet."""
    if test.published_at is None or test.archived_at is not None:
        raise CannotBegin(_("This test was taken back. Nobody can begin it now."))
    if test.is_on_paper:
        raise CannotBegin(_("This test is written on paper, in the room."))
    if test.closes_at is None or test.opens_at is None or now >= test.closes_at:
        raise CannotBegin(_("This test is closed. Nobody can begin it any more."))
    if not test.is_active:
        raise CannotBegin(_("The teacher lets nobody begin this test right now. Wait, or ask the teacher."))
    opens = test.opens_at - WAITING_ROOM if early else test.opens_at
    if now < opens:
        seconds = math.ceil((opens - now).total_seconds())
        raise NotOpenYet(_not_yet(opens, now=now, early=early), seconds=seconds)


def _not_yet(opens: datetime, *, now: datetime, early: bool) -> str:
    when = {"day": day_text(opens, now), "time": clock_text(opens)}
    if early:
        return _("The waiting room opens on %(day)s at %(time)s.") % when
    return _("This test opens on %(day)s at %(time)s.") % when


def require_attempts_left(test: Test, written: int) -> None:
    """Raises: NoMoreAttempts."""
    if written < test.most_attempts:
        return
    raise NoMoreAttempts(
        ngettext(
            "You have written this test. It can be written once.",
            "You have written this test as often as it can be written: %(count)d times.",
            test.most_attempts,
        )
        % {"count": test.most_attempts}
    )


def _require_code(test: Test, student: User, code: str, *, now: datetime) -> None:
    """Raises: WrongCode; TooMany after some of those."""
    if not test.access_code:
        return
    spent = CODE_TRIES.take(f"{test.pk}:{student.pk}", now=now)
    if not hmac.compare_digest(_plain(code), _plain(test.access_code)):
        raise WrongCode(_("The access code is not right. It is said or written up in the room."))
    spent.give_back()


def _plain(code: str) -> bytes:
    return "".join(code.split()).casefold().encode("utf-8", "replace")


@transaction.atomic
def _admitted(test: Test, student: User, *, number: int, device: Device, now: datetime) -> Attempt:
    """Under the lock with which a test is taken back, so that nobody is in one that was."""
    require_open(Test.objects.select_for_update(no_key=True).get(pk=test.pk), now=now, early=True)
    attempt = Attempt.objects.create(
        test=test,
        student=student,
        number=number,
        admitted_at=now,
        allowance_s=allowances.seconds_for(test, student, now=now),
        slot_id=device.slot,
        device_id=device.id,
        device=device.name,
        last_beat_at=now,
    )
    noted = {"device": device.name, "alone": True}
    AttemptEvent.objects.create(attempt=attempt, kind=AttemptEvent.Kind.ADMITTED, happened_at=now, at=now, detail=noted)
    return attempt
