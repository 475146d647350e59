"""Corrections: a student or his guardian asks for one; a teacher of the class or an admin makes it or says why not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from attendance import asks, marks, news
from attendance.asks import AskRefused
from attendance.marks import Mark
from attendance.models import CorrectionRequest, Record
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from attendance.rules import is_closed, open_register, require_not_frozen
from coaching.lib.errors import DomainError

ASKED_WITHIN = timedelta(days=14)
TIMES_AT_MOST = 3


class CorrectionRefused(DomainError):
    """Somebody changed the record meanwhile, or a rule of `marks` stands against it."""

    code = "correction_refused"


def correct(record: Record, mark: Mark, *, actor: User, now: datetime, request: HttpRequest | None = None) -> None:
    """What a teacher of the class or the office puts right by itself; `mark` says which version was seen, and why.

    Raises: CorrectionRefused, PeriodFrozen, RegisterRefused.
    """
    register = open_register(record.class_session, now=now)
    outcome = marks.set_marks(register, [mark], actor=actor, now=now, request=request)
    if outcome.refused:
        raise CorrectionRefused(outcome.refused[0].message)


@transaction.atomic
def ask(
    record: Record, *, wanted: Status, reason: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> CorrectionRequest:
    """Once it is over and for two weeks; the same again gives the request that waits.

    Raises: AskRefused; PeriodFrozen.
    """
    said = asks.tidy_reason(reason)
    waiting = record.requests.filter(state=AskState.ASKED).first()
    if waiting and waiting.wanted == wanted:
        return waiting
    require_askable(record, now=now)
    if record.status == wanted:
        raise AskRefused(_("The register says so already."), field="wanted")
    row, is_new = CorrectionRequest.objects.get_or_create(
        record=record,
        state=AskState.ASKED,
        defaults={"wanted": wanted, "reason": said, "asked_by": actor, "asked_at": now},
    )
    if is_new:
        asks.note("correction.asked", row, actor=actor, student=record.student, request=request)
        news.of_correction_asked(row, actor=actor, now=now)
    return row


def require_askable(record: Record, *, now: datetime) -> None:
    """Raises: AskRefused when it says he was there, its class is on, cancelled or long over, or was asked about;
    PeriodFrozen.
    """
    held = record.class_session
    if record.status == Status.PRESENT:
        raise AskRefused(_("The register says: %(status)s.") % {"status": Status.PRESENT.label})
    if held.is_cancelled:
        raise AskRefused(_("This class is cancelled. It does not count."))
    if now < held.ends_at:
        raise AskRefused(_("The class is not over. Tell your teacher."))
    if now > held.ends_at + ASKED_WITHIN:
        raise AskRefused(_("A correction can be asked for within %(days)d days.") % {"days": ASKED_WITHIN.days})
    states = list(record.requests.order_by().values_list("state", flat=True))
    if AskState.ASKED in states:
        raise AskRefused(_("A request about this class waits already."))
    if len(states) >= TIMES_AT_MOST:
        raise AskRefused(_("This was asked several times. Talk to your teacher or the office."))
    require_not_frozen(held)


@transaction.atomic
def grant(
    asked: CorrectionRequest, *, actor: User, now: datetime, answer: str = "", request: HttpRequest | None = None
) -> CorrectionRequest:
    """The record says what was asked for. Raises: AskClosed, PeriodFrozen.

    His own words stay with the request, where they can be erased, and are not copied into the history.
    """
    row = asks.locked(asked)
    if row.state == AskState.GRANTED:
        return row
    asks.require_waiting(row)
    held = row.record.class_session
    require_not_frozen(held)
    asks.decide(row, AskState.GRANTED, actor=actor, now=now, answer=answer)
    record = marks.locked_records(held.pk, [row.record.student_id])[row.record.student_id]
    if record.status != row.wanted:
        wanted, why, is_final = Status(row.wanted), _("Asked for, and granted."), is_closed(held.pk)
        marks.put(record, status=wanted, source=Source.REQUEST, by=actor, reason=why, now=now, is_final=is_final)
    asks.note("correction.granted", row, actor=actor, student=record.student, request=request)
    news.of_correction_decided(row, actor=actor, now=now)
    return row


@transaction.atomic
def refuse(
    asked: CorrectionRequest, *, answer: str, actor: User, now: datetime, request: HttpRequest | None = None
) -> CorrectionRequest:
    """Say no, and why. Raises: AskClosed, AskRefused without an answer."""
    row, said = asks.locked(asked), asks.tidy_reason(answer)
    if row.state == AskState.REFUSED:
        return row
    asks.require_waiting(row)
    asks.decide(row, AskState.REFUSED, actor=actor, now=now, answer=said)
    asks.note("correction.refused", row, actor=actor, student=row.record.student, request=request)
    news.of_correction_decided(row, actor=actor, now=now)
    return row


@transaction.atomic
def withdraw(
    asked: CorrectionRequest, *, actor: User, now: datetime, request: HttpRequest | None = None
) -> CorrectionRequest:
    """By whoever may ask. Raises: AskClosed."""
    row = asks.locked(asked)
    if row.state == AskState.WITHDRAWN:
        return row
    asks.require_waiting(row)
    asks.decide(row, AskState.WITHDRAWN, actor=actor, now=now)
    asks.note("correction.withdrawn", row, actor=actor, student=row.record.student, request=request)
    return row
