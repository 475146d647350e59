"""A term of registers: a batch of two hundred, one of eight with students whom a guardian has, and an empty one."""

import random
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Guardianship, Institute, Role, User
from attendance.models import Leave, Record, Register
from attendance.models.asks import AskState
from batches.models import ClassSession, Enrolment, Holiday
from tests import people
from tests.batches import timetables
from tests.browser.seed import LONG_HINDI_NAME

FIRST = ("Aarohi", "Abdul Rahman", "Devansh", "Harpreet", "ईशान", "Kunal", "Mrunmayee", "रितिका", "Sana", "Tanmay")
LAST = (
    "Deshpande",
    "Khan",
    "Agrawal",
    "Kaur Sandhu",
    "वर्मा",
    "Lanjewar",
    "Jayantrao Bapat",
    "शर्मा",
    "Sheikh",
    "Wankhede",
)
LARGE, WEEKS = 200, 10


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    father = people.guardian()
    father.phone = "98230 41161"
    father.save()
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=father, student=child, relation="Father")
    timetables.batch("Evening doubts")
    make_batch("JEE 2027 A", 17, [people.student(), people.other_student(), *students("S", 7)], every_day=False)
    make_batch("NEET 2027 C, विज्ञान सायंकालीन कक्षा", 8, students("L", LARGE), every_day=True)
    more_of_ananya(timezone.now())


def students(sign: str, count: int) -> list:
    names = [f"{FIRST[n % 10]} {LAST[(n // 10 + n) % 10]}" for n in range(count)]
    names[-1] = LONG_HINDI_NAME
    User.objects.bulk_create(
        User(name=name, role=Role.STUDENT, admission_number=f"{sign}-{n:04}", password="!")
        for n, name in enumerate(names)
    )
    return list(User.objects.filter(admission_number__startswith=f"{sign}-").order_by("admission_number"))


def make_batch(name: str, hour: int, learners: list, *, every_day: bool) -> None:
    """Classes of the last weeks and the next, with records of most students in all that are over."""
    batch, chance, now = timetables.batch(name), random.Random(7), timezone.now()
    Enrolment.objects.bulk_create(
        Enrolment(batch=batch, student=one, joined_at=timetables.LONG_AGO) for one in learners
    )
    today = timezone.localdate(now)
    days = [today + timedelta(days=n) for n in range(-7 * WEEKS, 22)]
    rows = [
        ClassSession(
            batch=batch,
            starts_at=timetables.at(day, hour),
            ends_at=timetables.at(day, hour) + timedelta(minutes=90),
            teacher=people.teacher(),
            subject=timetables.subject("Physics" if day.weekday() % 2 else "Chemistry"),
        )
        for day in days
        if every_day or day.weekday() in (1, 3, 5)
    ]
    held = [row for row in ClassSession.objects.bulk_create(rows) if row.ends_at < now]
    Register.objects.bulk_create(Register(class_session=row, finalised_at=row.ends_at) for row in held)
    Record.objects.bulk_create(
        (
            Record(class_session=row, student=one, status=letter, late_min=12 if letter == "L" else None)
            for row in held[:-1]
            for number, one in enumerate(learners)
            if (letter := _letter(chance, number)) != "."
        ),
        batch_size=1_000,
    )


def _letter(chance: random.Random, number: int) -> str:
    """Every ninth student comes seldom."""
    weights = (55, 6, 34, 3, 1, 1) if number % 9 == 4 else (88, 4, 5, 2, 0.5, 0.5)
    return chance.choices("PLAEW.", weights)[0]


def more_of_ananya(now: datetime) -> None:
    """A holiday, leave to come, a cancelled class, and somebody absent today whom the guardian was not told of."""
    today: date = timezone.localdate(now)
    Holiday.objects.create(name="गुरु नानक जयंती", starts_on=today + timedelta(days=2), ends_on=today + timedelta(days=2))
    Leave.objects.create(
        student=people.student(),
        first_on=today - timedelta(days=9),
        last_on=today - timedelta(days=6),
        reason="बहन की शादी, गाँव जाना है",
        state=AskState.GRANTED,
        asked_by=people.student(),
    )
    batch = timetables.batch("JEE 2027 A")
    mine = ClassSession.objects.filter(batch=batch, starts_at__lt=now).order_by("-starts_at")
    Record.objects.filter(student=people.student(), class_session__in=list(mine[2:5])).update(status="A", late_min=None)
    first = mine[2]
    Record.objects.filter(student=people.student(), class_session=first).update(remark="Said he was ill; no letter yet")
    ClassSession.objects.filter(pk=mine[6].pk).update(cancelled_at=now)
    begins = max(timetables.at(today, 0, 10), now - timedelta(hours=2))
    row = timetables.class_session(batch, begins, minutes=60, topic="Rotational motion", teacher=people.teacher())
    Register.objects.create(class_session=row)
    for one, letter in ((people.student(), "A"), (people.other_student(), "P")):
        Record.objects.create(class_session=row, student=one, status=letter)
