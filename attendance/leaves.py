"""Leave: asked for by a student or his guardian, entered by the office, decided by admins and his teachers.

Granted leave excuses: at once from classes whose register was closed with him absent for want of a mark, and from
others when theirs is. What a teacher has said of a class stays; leave that is taken back changes no closed register.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institute, User
from attendance import asks, marks, news
from attendance.asks import AskClosed, AskRefused
from attendance.models import Freeze, Leave, Record, Register
from attendance.models.asks import AskState
from attendance.models.records import Source, Status
from batches.series import DAY, instant

BACK, AHEAD = timedelta(days=7), timedelta(days=90)
OFFICE_BACK = timedelta(days=90)
WAITING_AT_MOST = 10
OPEN = (AskState.ASKED, AskState.GRANTED)


def on_leave(students: Iterable[int], *, day: date) -> set[int]:
    """Which of these students, by number, have leave on that day of the institute. One query."""
    rows = Leave.objects.granted().filter(student__in=list(students), first_on__lte=day, last_on__gte=day)
    return set(rows.order_by().values_list("student_id", flat=True))


@transaction.atomic
def ask(
    student: User,
    *,
    first_on: date,
    last_on: date,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Leave:
    """For days from a week ago to three months ahead; the same days again give the same row. Raises: AskRefused."""
    said = asks.tidy_reason(reason)
    _require_days(first_on, last_on, back=BACK, now=now)
    row, is_new = _row(student, first_on, last_on, reason=said, actor=actor, now=now)
    if is_new:
        if Leave.objects.filter(student=student, state=AskState.ASKED).count() > WAITING_AT_MOST:
            raise AskRefused(_("Enough leave waits for an answer. Take some of it back, or wait."))
        asks.note("leave.asked", row, actor=actor, student=student, request=request)
        news.of_leave_asked(row, actor=actor, now=now)
    return row


@transaction.atomic
def enter(
    student: User,
    *,
    first_on: date,
    last_on: date,
    reason: str,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Leave:
    """What the office is told by telephone: granted at once, also when it was asked for. Raises: AskRefused."""
    said = asks.tidy_reason(reason)
    _require_days(first_on, last_on, back=OFFICE_BACK, now=now)
    row, _is_new = _row(student, first_on, last_on, reason=said, actor=actor, now=now)
    return grant(row, actor=actor, now=now, request=request)


@transaction.atomic
def grant(leave: Leave, *, actor: User, now: datetime, answer: str = "", request: HttpRequest | None = None) -> Leave:
    """Excuse him. Raises: AskClosed."""
    row = asks.locked(leave)
    if row.state == AskState.GRANTED:
        return row
    asks.require_waiting(row)
    asks.decide(row, AskState.GRANTED, actor=actor, now=now, answer=answer)
    _excuse(row, actor=actor, now=now)
    asks.note("leave.granted", row, actor=actor, student=row.student, request=request)
    news.of_leave_decided(row, actor=actor, now=now)
    return row


@transaction.atomic
def refuse(leave: Leave, *, answer: str, actor: User, now: datetime, request: HttpRequest | None = None) -> Leave:
    """Say no, and why. Raises: AskClosed, AskRefused without an answer."""
    row, said = asks.locked(leave), asks.tidy_reason(answer)
    if row.state == AskState.REFUSED:
        return row
    asks.require_waiting(row)
    asks.decide(row, AskState.REFUSED, actor=actor, now=now, answer=said)
    asks.note("leave.refused", row, actor=actor, student=row.student, request=request)
    news.of_leave_decided(row, actor=actor, now=now)
    return row


@transaction.atomic
def withdraw(leave: Leave, *, actor: User, now: datetime, request: HttpRequest | None = None) -> Leave:
    """He comes after all: what waits, or was granted and is not over. Raises: AskClosed."""
    row = asks.locked(leave)
    if row.state == AskState.WITHDRAWN:
        return row
    if row.state != AskState.GRANTED:
        asks.require_waiting(row)
    elif row.last_on < timezone.localdate(now):
        raise AskClosed(_("This leave is over. It stays as it was."))
    asks.decide(row, AskState.WITHDRAWN, actor=actor, now=now, answer=row.answer)
    asks.note("leave.withdrawn", row, actor=actor, student=row.student, request=request)
    return row


# --- Rules and rows ---------------------------------------------------------------------------------------------------


def _require_days(first_on: date, last_on: date, *, back: timedelta, now: datetime) -> None:
    """Raises: AskRefused."""
    today = timezone.localdate(now)
    if last_on < first_on:
        raise AskRefused(_("The last day is before the first."), field="last_on")
    if first_on < today - back:
        text = _("Leave can begin %(days)d days ago at the earliest. Ask the office.") % {"days": back.days}
        raise AskRefused(text, field="first_on")
    if last_on > today + AHEAD:
        text = _("Leave is taken %(days)d days ahead at most.") % {"days": AHEAD.days}
        raise AskRefused(text, field="first_on" if first_on > today + AHEAD else "last_on")


def _row(
    student: User, first_on: date, last_on: date, *, reason: str, actor: User, now: datetime
) -> tuple[Leave, bool]:
    given = {"reason": reason, "asked_by": actor, "asked_at": now}
    return Leave.objects.get_or_create(
        student=student, first_on=first_on, last_on=last_on, state__in=OPEN, defaults=given
    )


def _excuse(leave: Leave, *, actor: User, now: datetime) -> None:
    """From classes of those days he was absent from only because nobody marked him; not in frozen periods.

    The registers are locked first: one that is being closed either sees this leave or is seen here.
    """
    zone = Institute.current().zone
    since, until = instant(leave.first_on, time.min, zone), instant(leave.last_on + DAY, time.min, zone)
    within = {"class_session__starts_at__gte": since, "class_session__starts_at__lt": until}
    registers = Register.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(registers.filter(class_session__batch__enrolments__student=leave.student_id, **within))
    missed = Record.objects.filter(student=leave.student_id, status=Status.ABSENT, source=Source.CLOSING, **within)
    freezes = list(Freeze.objects.in_force().filter(first_on__lte=leave.last_on, last_on__gte=leave.first_on))
    rows = missed.select_for_update(of=("self",)).select_related("class_session")
    for record in rows.order_by("pk"):
        day = timezone.localdate(record.class_session.starts_at)
        if not any(one.first_on <= day <= one.last_on for one in freezes):
            marks.put(
                record,
                status=Status.EXCUSED,
                source=Source.LEAVE,
                by=actor,
                reason=_("Leave was granted."),  # why, often illness, stays where it can be erased
                now=now,
                is_final=True,
            )
