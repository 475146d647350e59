"""Time given by staff while a test is written: the same to all chosen, or to each what he lost in an outage.

One `action` (a form's number) gives once to each attempt, however often it is sent: `credit_once_an_action`. The rows
of attempts are locked in the order of their numbers, so a save, a hand-in or the closing comes before or after and two
invigilators do not stand in each other's way.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import User
from coaching.lib.errors import DomainError
from coaching.lib.text import one_line
from exams import outages
from exams.models import Attempt, AttemptEvent, Test, TimeCredit
from exams.models.attempts import State
from exams.models.tests import MOST_MINUTES
from exams.outages import Span
from exams.sittings import Clock, with_more

MOST_SECONDS = MOST_MINUTES * 60
REASON_LENGTH = 200
AT_ONCE = 300
MOVED = ("deadline_at", "section_ends", "credit_s", "allowance_s")


class BadCredit(DomainError):
    """No such time can be given; `field` names what is wrong with it (409)."""

    code = "bad_credit"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """What an action came to: how many got time by this call, and how many by an earlier sending of it.

    The others had handed in, or had lost nothing.
    """

    count: int = 0
    before: int = 0


def give_time(
    test: Test,
    attempts: Collection[Attempt],
    *,
    seconds: int,
    reason: str,
    action: UUID,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Given:
    """So many seconds more to each of these who writes; to who waits to begin, from his beginning.

    Raises: BadCredit.
    """
    require_seconds(seconds)
    told = _Told(test, TimeCredit.Kind.EXTRA, require_reason(reason), action, actor, now, request, seconds)
    return _give(told, attempts, lambda row, _covered: (seconds, None))


def credit_outage(
    test: Test,
    attempts: Collection[Attempt],
    *,
    lost_from: datetime,
    lost_until: datetime,
    reason: str,
    action: UUID,
    actor: User,
    now: datetime,
    request: HttpRequest | None = None,
) -> Given:
    """To each of these who writes what he lost between those instants, by the rule of `exams.outages`.

    Raises: BadCredit.
    """
    outage = require_outage(lost_from, lost_until, now=now)
    told = _Told(test, TimeCredit.Kind.OUTAGE, require_reason(reason), action, actor, now, request)
    return _give(told, attempts, lambda row, covered: _lost(row, outage, covered, now=now))


def lost_by(attempts: Collection[Attempt], *, lost_from: datetime, lost_until: datetime, now: datetime) -> list[int]:
    """What `credit_outage` would give to each, in their order; 0 to who does not write. Raises: BadCredit."""
    outage = require_outage(lost_from, lost_until, now=now)
    covered = _covered([row.pk for row in attempts])
    return [_lost(row, outage, covered.get(row.pk, ()), now=now)[0] for row in attempts]


def require_seconds(seconds: int) -> None:
    """Raises: BadCredit."""
    if not 1 <= seconds <= MOST_SECONDS:
        raise BadCredit(_("Give from 1 to %(most)d minutes.") % {"most": MOST_MINUTES}, field="minutes")


def require_reason(reason: str) -> str:
    """The reason as it is kept. Raises: BadCredit without one."""
    kept = one_line(reason, at_most=REASON_LENGTH)
    if not kept:
        raise BadCredit(_("Say why, in a few words: the students and the activity log get the reason."), field="reason")
    return kept


def require_outage(lost_from: datetime, lost_until: datetime, *, now: datetime) -> Span:
    """Raises: BadCredit when it is not over yet, or ends before it begins."""
    if lost_until > now:
        raise BadCredit(_("Give back what was lost until now; what is lost later, afterwards."), field="lost_until")
    if lost_from >= lost_until:
        raise BadCredit(_("An outage ends after it begins."), field="lost_until")
    if lost_until - lost_from > timedelta(seconds=MOST_SECONDS):
        raise BadCredit(_("Give from 1 to %(most)d minutes.") % {"most": MOST_MINUTES}, field="lost_from")
    return Span(lost_from, lost_until)


def locked(attempts: Iterable[Attempt]) -> list[Attempt]:
    """As they stand now, held until the transaction ends."""
    rows = Attempt.objects.select_for_update(of=("self",), no_key=True).select_related("student")
    return list(rows.filter(pk__in={one.pk for one in attempts}).order_by("pk"))


def noted(told: "_Told", row: Attempt, kind: str, **detail: Any) -> AttemptEvent:
    """The event of an attempt that says what was done to it and why; not in the database yet."""
    said = {"reason": told.reason} | detail
    return AttemptEvent(attempt=row, kind=kind, happened_at=told.now, at=told.now, by=told.actor, detail=said)


@dataclass(frozen=True, slots=True)
class _Told:
    """Who gives time, why, and by which form; how much, if it is the same for all."""

    test: Test
    kind: str
    reason: str
    action: UUID
    actor: User
    now: datetime
    request: HttpRequest | None
    seconds: int | None = None


_Share = Callable[[Attempt, Collection[Span]], tuple[int, Span | None]]


@transaction.atomic
def _give(told: _Told, attempts: Collection[Attempt], share: _Share) -> Given:
    rows = locked(attempts)
    before = _before(told)
    covered = _covered([row.pk for row in rows])
    credits = []
    for row in rows:
        if row.pk in before or row.state == State.SUBMITTED or row.test_id != told.test.pk:
            continue
        seconds, span = share(row, covered.get(row.pk, ()))
        if seconds:
            _move(row, seconds, now=told.now)
            credits.append(_credit(told, row, seconds, span))
    _keep(told, credits)
    return Given(len(credits), sum(row.pk in before for row in rows))


def _before(told: _Told) -> set[int]:
    """Attempts this form has given time already. Raises: BadCredit when it said something else then: somebody went
    back to the form and filled it in anew, and must not be told that he gave what he did not."""
    known = list(TimeCredit.objects.filter(action=told.action))
    if any(
        (one.kind, one.reason, one.seconds) != (told.kind, told.reason, told.seconds or one.seconds) for one in known
    ):
        raise BadCredit(_("This form has given time already, with other words. Open the monitor anew."))
    return {one.attempt_id for one in known}


def _keep(told: _Told, credits: list[TimeCredit]) -> None:
    """All of it, and one line of activity."""
    if not credits:
        return
    TimeCredit.objects.bulk_create(credits, batch_size=AT_ONCE)
    Attempt.objects.bulk_update([one.attempt for one in credits], MOVED, batch_size=AT_ONCE)
    kind = AttemptEvent.Kind.CREDIT
    events = [noted(told, one.attempt, kind, seconds=one.seconds, credit=str(one.kind)) for one in credits]
    AttemptEvent.objects.bulk_create(events, batch_size=AT_ONCE)
    alone = credits[0].attempt.student if len(credits) == 1 else None
    activity.record(
        "attempt.credited",
        actor=told.actor,
        subject=alone,
        on=told.test,
        request=told.request,
        name=told.test.title,
        kind=str(told.kind),
        count=len(credits),
        seconds=max(one.seconds for one in credits),
        reason=told.reason,
        action=str(told.action),
    )


def _move(row: Attempt, seconds: int, *, now: datetime) -> None:
    """Who writes ends later from now on; who waits begins with more."""
    if row.state == State.READY or row.deadline_at is None:
        row.allowance_s += seconds
        return
    clock = with_more(Clock(row.deadline_at, section_ends(row)), seconds=seconds, now=now)
    row.deadline_at, row.section_ends = clock.deadline_at, [one.isoformat() for one in clock.section_ends]
    row.credit_s += seconds


def section_ends(row: Attempt) -> tuple[datetime, ...]:
    """When its timed sections end."""
    return tuple(datetime.fromisoformat(one) for one in row.section_ends)


def _credit(told: _Told, row: Attempt, seconds: int, span: Span | None) -> TimeCredit:
    return TimeCredit(
        action=told.action,
        attempt=row,
        kind=told.kind,
        seconds=seconds,
        reason=told.reason,
        lost_from=span.begins if span else None,
        lost_until=span.ends if span else None,
        by=told.actor,
        at=told.now,
    )


def _lost(row: Attempt, outage: Span, covered: Collection[Span], *, now: datetime) -> tuple[int, Span | None]:
    """Kept with it is the part of the outage he could write in: what lies there is given back once."""
    if row.state != State.WRITING or row.started_at is None or row.deadline_at is None:
        return 0, None
    wrote = Span(row.started_at, min(now, row.deadline_at))
    return outages.lost(outage, wrote, tuple(covered)), outage.within(wrote)


def _covered(attempts: Collection[int]) -> Mapping[int, list[Span]]:
    """By attempt, the outages given back already."""
    found: dict[int, list[Span]] = {}
    rows = TimeCredit.objects.filter(attempt__in=attempts, kind=TimeCredit.Kind.OUTAGE)
    for attempt, begins, ends in rows.values_list("attempt", "lost_from", "lost_until"):
        if begins and ends:
            found.setdefault(attempt, []).append(Span(begins, ends))
    return found
