"""Batches, enrolments and classes as the tests of timetable and calendar need them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from batches.models import Batch, ClassSession, Enrolment, Holiday, Room, Subject, Teaching, Venue, WeeklySlot
from tests import people

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def batch(name: str = "JEE 2027 A", **fields: Any) -> Batch:
    """One by that name, made when it is not there: a year long from a month ago, taught by Meera Joshi."""
    known = Batch.objects.filter(name=name).first()
    if known:
        return known
    today = timezone.localdate()
    days = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=335)}
    made = Batch.objects.create(name=name, **{**days, **fields})
    Teaching.objects.create(batch=made, teacher=people.teacher())
    return made


def subject(name: str = "Physics") -> Subject:
    return Subject.objects.get_or_create(name=name)[0]


def venue(name: str = "College Road") -> Venue:
    return Venue.objects.get_or_create(name=name, defaults={"latitude": "20.006400", "longitude": "73.764500"})[0]


def room(name: str = "Room 1") -> Room:
    return Room.objects.get_or_create(name=name)[0]


def enrol(student: User, batch: Batch, *, joined_at: datetime = LONG_AGO, left_at: datetime | None = None) -> Enrolment:
    """An enrolment as it lies in the table, without what the service does besides."""
    return Enrolment.objects.create(student=student, batch=batch, joined_at=joined_at, left_at=left_at)


def slot(
    batch: Batch, *, weekday: int = 1, starts: time = time(17), ends: time = time(18, 30), **fields: Any
) -> WeeklySlot:
    """A weekly slot as it lies in the table, without its classes."""
    days = {"starts_on": batch.starts_on, "ends_on": batch.ends_on}
    return WeeklySlot.objects.create(batch=batch, weekday=weekday, starts_at=starts, ends_at=ends, **{**days, **fields})


def class_session(batch: Batch, starts_at: datetime | None = None, *, minutes: int = 90, **fields: Any) -> ClassSession:
    """A single class, in an hour unless said otherwise."""
    begins = starts_at or timezone.now() + timedelta(hours=1)
    return ClassSession.objects.create(
        batch=batch, starts_at=begins, ends_at=begins + timedelta(minutes=minutes), **fields
    )


def holiday(name: str = "Diwali", first: date | None = None, last: date | None = None) -> Holiday:
    """As it lies in the table, without what the service does to classes; in a week unless said otherwise."""
    day = first or timezone.localdate() + timedelta(days=7)
    return Holiday.objects.get_or_create(name=name, starts_on=day, ends_on=last or day)[0]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That clock time in the institute's zone."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
