"""Leave and requests for corrections as tests of them ask and answer them."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Guardianship, User
from attendance import closing
from attendance.models import CorrectionRequest, Leave, Record
from attendance.models.asks import AskState
from attendance.models.records import Status
from tests import people
from tests.attendance import registers


def a_family() -> None:
    """Sunil is Ananya's guardian."""
    Guardianship.objects.get_or_create(guardian=people.guardian(), student=people.student())


def missed(*, hours_ago: float = 4, **fields: Any) -> Record:
    """Ananya's record of a class that ended so long ago, closed without a mark for her."""
    held = registers.class_now(began_min_ago=hours_ago * 60 + 90, **fields)
    register = registers.register(held)
    closing.close_register(register, actor=people.teacher(), now=timezone.now())
    return Record.objects.get(class_session=held, student=people.student())


def correction(record: Record | None = None, **fields: Any) -> CorrectionRequest:
    """One that waits, as it lies in the table."""
    given = {"wanted": Status.PRESENT, "reason": "I was there", "asked_by": people.student(), **fields}
    return CorrectionRequest.objects.create(record=record or missed(), **given)


def leave(student: User | None = None, *, first: date | None = None, last: date | None = None, **fields: Any) -> Leave:
    """As it lies in the table; of today and waiting unless said otherwise."""
    student, day = student or people.student(), first or timezone.localdate()
    given = {"reason": "Wedding", "asked_by": student, **fields}
    return Leave.objects.create(student=student, first_on=day, last_on=last or day, **given)


def granted(student: User | None = None, **fields: Any) -> Leave:
    return leave(student, state=AskState.GRANTED, **fields)


def day(days: int) -> date:
    """So many days from today."""
    return timezone.localdate() + timedelta(days=days)


def post(who: User, name: str, row: Any = None, **body: Any) -> HttpResponse:
    url = reverse(name, args=[row.uuid] if row else [])
    return people.signed_in(who).post(url, body)  # type: ignore[return-value]
