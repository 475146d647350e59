"""How much in attendance waits for a person: registers not taken, check-ins to confirm, requests, flags, low shares.

For an admin everybody's, for a teacher those of the classes he takes. Looked at are classes of the last two weeks.
"""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Role, User
from attendance import asks
from attendance.low import below_in
from attendance.missing import LOOKS_BACK, classes_without_register
from attendance.models import Flag, Record
from attendance.models.asks import AskState
from attendance.models.records import THERE, Status
from batches.class_days import day_span
from batches.models import Batch, ClassSession
from batches.models.timetable import ClassSessionQuerySet
from coaching.lib.counts import Sets, counted_once


def counts_of(person: User, *, now: datetime) -> dict[str, Any]:
    """How much of each waits for him, and who is here today; asked once for this object, for panel and to-do list."""
    known: dict[str, Any] | None = vars(person).get("_attendance")
    if known is None:
        day = day_span(timezone.localdate(now))
        known = (
            _of_office(now=now, since=day.starts_at, until=day.ends_at)
            if person.is_admin
            else _of_teacher(teacher=person.pk, now=now)
        )
        know(person, known)
    return known


def know(person: User, counts: dict[str, Any]) -> None:
    """Let `counts_of` this object be these, `office_sets` among them: a page counts for several areas at once."""
    vars(person)["_attendance"] = counts


@counted_once
def _of_teacher(*, teacher: int, now: datetime) -> Sets:
    person = User(pk=teacher, role=Role.TEACHER)
    return _sets(person, now) | {"low": below_in(Batch.objects.filter(teachings__teacher=teacher).current(), now=now)}


def office_sets(*, now: datetime, since: datetime, until: datetime) -> Sets:
    """What is counted for an admin; `since` and `until` are the ends of today."""
    today = Record.objects.filter(class_session__starts_at__gte=since, class_session__starts_at__lt=until).counted()
    return _sets(User(role=Role.ADMIN), now) | {
        "there": today.filter(status__in=THERE),
        "counted": today,
        "classes": today.order_by().values("class_session").distinct(),
    }


_of_office = counted_once(office_sets)


def _sets(person: User, now: datetime) -> Sets:
    return {
        "missing": not_taken(person, now=now),
        "confirm": to_confirm(person, now=now),
        "leaves": asks.leaves_decided_by(person, now=now).filter(state=AskState.ASKED),
        "corrections": asks.corrections_decided_by(person).filter(state=AskState.ASKED),
        "flags": flags_open(person),
    }


# --- Sets -------------------------------------------------------------------------------------------------------------


def not_taken(person: User, *, now: datetime) -> ClassSessionQuerySet:
    """Classes that are over, of whose students nothing is said."""
    rows = classes_without_register(now)
    return rows if person.is_admin else rows.taught_by(person)


def to_confirm(person: User, *, now: datetime) -> QuerySet[Record]:
    """Check-ins that wait for the teacher's word."""
    rows = Record.objects.filter(
        status=Status.WAITING, class_session__starts_at__gt=now - LOOKS_BACK, class_session__cancelled_at=None
    )
    return rows if person.is_admin else rows.filter(_is_of(ClassSession.objects.taught_by(person), "class_session"))


def _is_of(classes: QuerySet[ClassSession], named: str) -> Exists:
    """Whether the class so named is among these: asked of the few rows that wait, not of all classes he ever took."""
    return Exists(classes.filter(pk=OuterRef(named)).order_by())


def flags_open(person: User) -> QuerySet[Flag]:
    rows = Flag.objects.filter(reviewed_at=None)
    if person.is_admin:
        return rows
    return rows.filter(_is_of(ClassSession.objects.editable_by(person), "attempt__register"))
