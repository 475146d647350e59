"""Holidays and the classes of their days, as several files of tests need them."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from batches import holidays
from batches.models import ClassSession, Holiday
from batches.series import Days
from tests import people
from tests.batches import timetables


def soon(days: int = 10) -> date:
    return timezone.localdate() + timedelta(days=days)


def evening(day: date, **fields: Any) -> ClassSession:
    """A class of the evening of that day."""
    return timetables.class_session(timetables.batch(), timetables.at(day, 18), **fields)


def add(name: str = "Diwali", first: date | None = None, last: date | None = None) -> tuple[Holiday, holidays.Effect]:
    day = first or soon()
    return holidays.add_holiday(name, Days(day, last or day), actor=people.admin(), now=timezone.now())


def change(row: Holiday, first: date, last: date | None = None, name: str = "Diwali") -> holidays.Effect:
    days = Days(first, last or first)
    return holidays.change_holiday(row, name=name, days=days, actor=people.admin(), now=timezone.now())


def remove(row: Holiday) -> holidays.Effect:
    return holidays.remove_holiday(row, actor=people.admin(), now=timezone.now())


def cancelled() -> list[int]:
    return list(ClassSession.objects.exclude(cancelled_at=None).order_by("pk").values_list("pk", flat=True))
