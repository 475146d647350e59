"""What the monitor's action bar does: whom it means, the verb, and what became of it in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from batches.models import Enrolment
from exams import allowances, credits, reopening
from exams.credits import BadCredit
from exams.models import Attempt, Test
from exams.models.attempts import State
from exams.monitor_forms import EXTRA, OUTAGE, REOPEN, ActForm
from exams.monitor_rows import minute_text

EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Students that were ticked: their newest attempts, and who has not come in."""

    attempts: list[Attempt]
    without: list[User]

    def __bool__(self) -> bool:
        return bool(self.attempts or self.without)


@dataclass(frozen=True, slots=True)
class Share:
    """So many students lost as much."""

    seconds: int
    attempts: list[Attempt]

    @property
    def words(self) -> str:
        count = len(self.attempts)
        if not self.seconds:
            return ngettext("%(count)d student gets nothing", "%(count)d students get nothing", count) % {
                "count": count
            }
        said = ngettext("%(count)d student gets %(time)s", "%(count)d students get %(time)s", count)
        return said % {"count": count, "time": minute_text(self.seconds)}


def chosen(test: Test, students: Sequence[UUID], *, everybody: bool, now: datetime) -> Chosen:
    """Those students of the test; `everybody`: who writes or waits to begin."""
    rows = Attempt.objects.filter(test=test).select_related("student", "test").order_by("student", "number")
    if everybody:
        return Chosen(list(rows.exclude(state=State.SUBMITTED)), [])
    newest = {row.student_id: row for row in rows.filter(student__uuid__in=students)}
    in_order = sorted(newest.values(), key=lambda row: row.pk)  # as they are locked
    return Chosen(in_order, list(_not_in(test, students, set(newest), now=now)))


def _not_in(test: Test, students: Sequence[UUID], came: set[int], *, now: datetime) -> QuerySet[User]:
    enrolled = Enrolment.objects.active_at(now).filter(batch__tests=test).order_by().values("student")
    found: QuerySet[User] = User.objects.filter(pk__in=enrolled, uuid__in=students).exclude(pk__in=came)
    return found


def shares_of(found: Chosen, form: ActForm, *, now: datetime) -> list[Share]:
    """What each would get of an outage, those who lost most first. Raises: BadCredit."""
    begins, ends = form.outage(now)
    shares: dict[int, list[Attempt]] = {}
    lost = credits.lost_by(found.attempts, lost_from=begins, lost_until=ends, now=now)
    for attempt, seconds in zip(found.attempts, lost, strict=True):
        shares.setdefault(seconds, []).append(attempt)
    return [Share(seconds, attempts) for seconds, attempts in sorted(shares.items(), reverse=True)]


@transaction.atomic
def act(test: Test, found: Chosen, form: ActForm, *, actor: User, now: datetime, request: HttpRequest) -> str:
    """Do it to all or to none; what to say then. Raises: BadCredit, CannotReopen, and what allowances refuse."""
    given = form.cleaned_data
    by: dict[str, Any] = {"reason": given["reason"], "actor": actor, "now": now, "request": request}
    if given["do"] == EXTRA:
        return _extra(test, found, given["minutes"], action=given["action"], by=by)
    if given["do"] == OUTAGE:
        begins, ends = form.outage(now)
        by |= {"lost_from": begins, "lost_until": ends, "action": given["action"]}
        return _given(credits.credit_outage(test, found.attempts, **by))
    if given["do"] == REOPEN:
        return _reopened(found, given["minutes"], action=given["action"], by=by)
    count = reopening.force_submit(test, found.attempts, **by)
    return ngettext("%(count)d test is handed in.", "%(count)d tests are handed in.", count) % {"count": count}


def _extra(test: Test, found: Chosen, minutes: int, *, action: UUID, by: dict[str, Any]) -> str:
    """Who has not come in gets the time when he begins, unless he has as much already."""
    said = []
    if found.attempts or not found.without:
        said.append(_given(credits.give_time(test, found.attempts, seconds=minutes * 60, action=action, **by)))
    for student in found.without:
        if allowances.seconds_for(test, student, now=by["now"]) < minutes * 60:
            allowances.allow_student(test, student, minutes=minutes, **by)
    if found.without:
        count = len(found.without)
        words = ngettext(
            "%(count)d student who has not come in has %(minutes)d min more, or what he had if that is longer.",
            "%(count)d students who have not come in have %(minutes)d min more, or what they had if that is longer.",
            count,
        )
        said.append(words % {"count": count, "minutes": minutes})
    return " ".join(said)


def _given(given: credits.Given) -> str:
    count = given.count or given.before
    if not count:
        return _("Nobody got time: none of them writes, or nothing was lost.")
    said = ngettext("%(count)d student has more time now.", "%(count)d students have more time now.", count)
    return said % {"count": count}


def _reopened(found: Chosen, minutes: int, *, action: UUID, by: dict[str, Any]) -> str:
    """Those that are handed in. Raises: CannotReopen when that is none of them, or one cannot be."""
    seconds, count = minutes * 60, 0
    handed_in = [one for one in found.attempts if one.state == State.SUBMITTED]
    done = [one for one in found.attempts if one.credits.filter(action=action).exists()]
    if not handed_in and not done:
        raise reopening.CannotReopen(_("None of these has handed in; there is nothing to open again."))
    for attempt in handed_in:
        count += reopening.reopen(attempt, seconds=seconds, action=action, **by)
    count = max(count, len(done))
    said = ngettext("%(count)d attempt is open again.", "%(count)d attempts are open again.", count)
    return said % {"count": count}


def require_some(found: Chosen) -> None:
    """Raises: BadCredit."""
    if not found:
        raise BadCredit(_("Choose students first: tick them in the list."))
