"""What phones send, as the tests of check-in need it."""

import json
import uuid
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from attendance import class_codes, codes
from attendance.models import Register
from batches.models import ClassSession
from tests import people
from tests.attendance.registers import THERE


def fix(place: tuple[float, float] = THERE, *, accuracy: float = 10.0, age_ms: int = 800) -> dict[str, Any]:
    """A position as a browser gives it."""
    return {"latitude": place[0], "longitude": place[1], "accuracy": accuracy, "fix_age_ms": age_ms}


def body(**more: Any) -> dict[str, Any]:
    """A check-in with a number of its own."""
    return {"client_uuid": str(uuid.uuid4())} | more


def address(class_session: ClassSession) -> str:
    return reverse("check_in", args=[class_session.uuid])


def send(class_session: ClassSession, sent: dict[str, Any], *, browser: Client | None = None, who: User | None = None):
    """POST it as JSON; Ananya's unless said otherwise."""
    client = browser or people.signed_in(who or people.student())
    return client.post(address(class_session), json.dumps(sent), content_type="application/json")


def code_now(register: Register, *, now: datetime | None = None, steps_ago: int = 0) -> str:
    """What stands on the screen of the class, or stood so many steps ago."""
    return codes.code_of(class_codes.key_of(register), codes.step_at(now or timezone.now()) - steps_ago)
