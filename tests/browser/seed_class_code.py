"""A class that is held now, forty on its roll, and everything about its check-ins a person could look at."""

import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import Institute
from attendance.models import CheckInAttempt, CheckInPosition, CheckInRule, Flag, Freeze, Record, Register
from tests import people
from tests.attendance import registers
from tests.attendance.registers import north_of
from tests.batches import timetables

LONG_BATCH = "विज्ञान, गणित एवं कम्प्यूटर की विशेष सायंकालीन कक्षा २०२७ (हिन्दी माध्यम), College Road, Nashik"
THERE, ROLL = 31, 40


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    make_class()
    make_flags()
    make_rules()


def make_class() -> None:
    """Physics, for five minutes now, and one that has not begun."""
    batch = timetables.batch(venue=timetables.venue())
    held = registers.class_now(began_min_ago=5, batch=batch, subject=timetables.subject())
    registers.register(held)
    crowd = registers.crowd(batch, ROLL - 1)
    Record.objects.bulk_create(Record(class_session=held, student=one, status="P") for one in crowd[:THERE])
    registers.class_now(began_min_ago=-120, batch=batch, topic="Rotational motion")


def make_flags() -> None:
    """One of each kind, of which two are reviewed; each with a position."""
    register, now = Register.objects.get(), timezone.now()
    figures = {"accuracy_m": 2.5, "days": 3, "km": 26.4, "min": 10, "kmh": 158, "agent": "Chrome, Windows", "age_s": 31}
    for number, kind in enumerate(Flag.Kind.values):
        pair = []
        for student in (people.student(), people.other_student()):
            at = now - timedelta(minutes=number)
            given = {"student": student, "client_uuid": uuid.uuid4(), "received_at": at, "venue": timetables.venue()}
            given |= {"decision": "OUTSIDE", "distance_m": 240.3, "accuracy_m": 18.25, "agent": "Chrome, Android"}
            attempt = CheckInAttempt.objects.create(register=register, **given)
            north, east = north_of(240.3)
            CheckInPosition.objects.create(
                attempt=attempt, latitude=north - 0.0009, longitude=east + 0.0015, ip="203.0.113.7", taken_at=at
            )
            pair.append(attempt)
        done = (
            {"reviewed_at": now, "reviewed_by": people.teacher(), "note": "Twins with one phone"} if number > 6 else {}
        )
        Flag.objects.create(attempt=pair[0], other=pair[1], kind=kind, figures=figures, made_at=now, **done)


def make_rules() -> None:
    """A batch with its own rule, one without a venue, and two frozen periods of which one was opened again."""
    CheckInRule.objects.create(batch=timetables.batch(LONG_BATCH), mode="gps+code", close_after_min=40)
    timetables.batch("Evening doubts")
    now = timezone.now()
    day = timezone.localdate(now)
    Freeze.objects.create(
        first_on=day - timedelta(days=80),
        last_on=day - timedelta(days=51),
        reason="Salaries of September are paid",
        made_by=people.admin(),
        made_at=now - timedelta(days=45),
    )
    Freeze.objects.create(
        first_on=day - timedelta(days=50),
        last_on=day - timedelta(days=50),
        reason="बोर्ड की रिपोर्ट",
        made_by=people.admin(),
        made_at=now - timedelta(days=40),
        lifted_by=people.admin(),
        lifted_at=now - timedelta(days=2),
    )
