"""Students in numbers and batches with few seats, as the tests of enrolment need them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from batches import codes
from batches.models import Batch, JoinCode
from tests import people
from tests.batches import timetables


def batch(name: str = "JEE 2027 A", *, seats: int | None = None) -> Batch:
    return timetables.batch(name, seats=seats)


def students(count: int, *, first: int = 1) -> list[User]:
    """That many, known by admission numbers E-001 and so on."""
    numbers = [f"E-{number:03}" for number in range(first, first + count)]
    return [people.person(f"Student {number}", "STUDENT", admission_number=number) for number in numbers]


def join_code(batch: Batch, **fields: Any) -> JoinCode:
    given = {"most_uses": 40, "expires_at": timezone.now() + timedelta(days=7), "needs_approval": False, **fields}
    return codes.make(batch, actor=people.admin(), **given)
