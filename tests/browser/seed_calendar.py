"""An institute in the middle of its year: a student's ordinary month with holidays, and an admin's very full one."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Guardianship, Institute
from batches.models import ClassSession, Holiday
from tests import people
from tests.batches import timetables
from tests.browser.seed import LONG_HINDI_NAME

BUSY_BATCHES = 25
WEEK = {
    0: [("Maths", 17, 0, "Imran")],
    1: [("Physics", 17, 0, "Subramaniam"), ("Chemistry", 18, 45, "Meera")],
    2: [("Maths", 17, 0, "Imran")],
    3: [("Physics", 17, 0, "Subramaniam"), ("Chemistry", 18, 45, "Meera")],
    4: [("Maths", 18, 45, "Imran")],
    5: [("Physics", 17, 0, "Subramaniam"), ("Chemistry", 18, 45, "Meera")],
    6: [("Doubts", 10, 0, "Meera")],
}


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle").save()
    make_month()
    make_changes()
    make_busy_institute()


def make_month() -> None:
    """The student's classes of three months, and two holidays: one of today's week, one of several days."""
    batch = timetables.batch("JEE 2027 A")
    timetables.enrol(people.student(), batch)
    Guardianship.objects.create(guardian=people.guardian(), student=people.student(), relation="Father")
    monday = this_monday()
    days = (
        (monday + timedelta(days=8), monday + timedelta(days=8)),
        (monday - timedelta(days=10), monday - timedelta(6)),
    )
    for name, (first, last) in zip(("गुरु नानक जयंती", "Diwali break"), days, strict=True):
        Holiday.objects.create(name=name, starts_on=first, ends_on=last)
    free = {first + timedelta(days=n) for first, last in days for n in range((last - first).days + 1)}
    rows = [
        ClassSession(batch=batch, **class_of(monday + timedelta(days=n), *one))
        for n in range(-42, 49)
        for one in WEEK[(monday + timedelta(days=n)).weekday()]
        if monday + timedelta(days=n) not in free
    ]
    ClassSession.objects.bulk_create(rows)


def class_of(day: date, subject: str, hour: int, minute: int, teacher: str) -> dict[str, Any]:
    who = {"Imran": people.other_teacher, "Meera": people.teacher, "Subramaniam": people.guardian_who_teaches}
    begins = timetables.at(day, hour, minute)
    room = timetables.room("Room 1" if teacher == "Meera" else "Room 3")
    found = {"subject": timetables.subject(subject), "teacher": who[teacher](), "room": room}
    return {**found, "starts_at": begins, "ends_at": begins + timedelta(minutes=90)}


def make_changes() -> None:
    """The coming Monday: a class that is cancelled, and one that is moved to another clock time."""
    day = this_monday() + timedelta(days=7)
    since = timezone.make_aware(datetime.combine(day, time.min))
    row = ClassSession.objects.between(since, since + timedelta(days=1)).get()
    moved = ClassSession(batch=row.batch, subject=row.subject, teacher=row.teacher, room=row.room, sequence=1)
    moved.starts_at, moved.ends_at = row.starts_at + timedelta(hours=2), row.ends_at + timedelta(hours=2)
    moved.moved_from, moved.reason = row.starts_at - timedelta(days=1), "Hall, with batch B"
    moved.save()
    row.cancelled_at, row.reason, row.sequence = timezone.now(), "Imran Shaikh is on leave", 1
    row.save()


def make_busy_institute() -> None:
    """A hundred classes a day, of which some have names as long as names may be."""
    monday, teacher = this_monday(), people.guardian_who_teaches()
    batches = [timetables.batch(LONG_HINDI_NAME[:120] if n == 0 else f"Batch {n + 1}") for n in range(BUSY_BATCHES)]
    topic = LONG_HINDI_NAME[:120]
    rows = []
    for n in range(-7, 28):
        for number, batch in enumerate(batches):
            for hour in (7, 10, 14, 18):
                begins = timetables.at(monday + timedelta(days=n), hour)
                row = ClassSession(batch=batch, starts_at=begins, ends_at=begins + timedelta(hours=1))
                row.topic = topic if number == 0 else f"Lesson {number + 1}"
                row.teacher = teacher if number in (1, 2) and n == 9 and hour == 10 else None
                rows.append(row)
    ClassSession.objects.bulk_create(rows, batch_size=2000)


def this_monday() -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())
