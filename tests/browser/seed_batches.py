"""Batches on an ordinary day: every kind of change before and after now, names of every length, an empty batch."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Guardianship, Institute, Role
from batches.models import Batch, ClassSession, Holiday, JoinRequest
from tests import people
from tests.batches import timetables
from tests.browser.seed import LONG_HINDI_NAME

LONG_NAME = "विज्ञान, गणित एवं कम्प्यूटर की विशेष सायंकालीन कक्षा २०२७ (हिन्दी माध्यम), College Road, Nashik, " + "x" * 25
NAMES = (
    "Aarohi Sanjay Deshpande",
    "Abdul Rahman Nadeem Khan",
    "Harpreet Kaur Sandhu",
    "ईशान वर्मा",
    "Mrunmayee Jayantrao Bapat",
    "Venkata Sai Lakshmi Narasimha Rao Peddireddy",
    "Zoya Ansari",
)


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    make_students()
    make_classes()
    make_long_one()


def make_students() -> None:
    """A batch of ten, one of whom has the longest name there can be and one of whom leaves; a guardian of two."""
    batch, now = timetables.batch("JEE 2027 A"), timezone.now()
    Batch.objects.filter(pk=batch.pk).update(venue=timetables.venue(), seats=40)
    timetables.enrol(people.student(), batch)
    timetables.enrol(people.other_student(), batch, left_at=now + timedelta(days=9))
    for number, name in enumerate((*NAMES, LONG_HINDI_NAME)):
        student = people.person(name, Role.STUDENT, admission_number=f"2026-05{number:02}")
        joined_at = now - timedelta(days=3) if number == 2 else timetables.LONG_AGO
        timetables.enrol(student, batch, joined_at=joined_at)
    father = people.guardian()
    father.phone = "98230 41161"
    father.save()
    for child in (people.student(), people.other_student()):
        Guardianship.objects.create(guardian=father, student=child, relation="Father")
    asks = people.person("Rohit Meshram", Role.STUDENT, admission_number="2026-0600")
    JoinRequest.objects.create(batch=batch, student=asks)
    timetables.batch("Evening doubts")


def make_classes() -> None:
    """One is now and online; before it and after it one of each kind; today two want one room."""
    batch, other, now = timetables.batch("JEE 2027 A"), timetables.batch("NEET 2027 C"), timezone.now()
    physics, room = timetables.subject(), timetables.room("Room 1")
    for weekday in (1, 3, 5):
        slot = timetables.slot(batch, weekday=weekday, subject=physics, teacher=people.teacher(), room=room)

    def held(days: float, topic: str, **fields: object) -> ClassSession:
        begins = now + timedelta(days=days)
        return timetables.class_session(
            batch, begins, topic=topic, **{"room": room, "teacher": people.teacher()} | fields
        )

    held(-4, "Electrochemistry 3")
    held(-2, "Electrochemistry 4")
    online = {"mode": Batch.Mode.ONLINE, "link": "https://meet.example/jee", "room": None}
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), datetime.min.time()))
    held(-min(0.01, (now - midnight) / timedelta(days=1)), "Electrochemistry 5", subject=physics, **online)
    day = timezone.localdate(now + timedelta(days=1))
    holiday = Holiday.objects.create(name="गुरु नानक जयंती", starts_on=day, ends_on=day)
    held(1, "Electrochemistry 6", holiday=holiday, cancelled_at=now)
    held(2, "Electrochemistry 6", moved_from=now + timedelta(days=1.9), reason="The hall is needed for a meeting")
    known = {"slot": slot, "on": timezone.localdate(now + timedelta(days=3))}
    held(3, "Chemical kinetics 1", teacher=people.other_teacher(), own=["teacher"], **known)
    noon = midnight + timedelta(hours=12)
    for begins in (noon, noon + timedelta(minutes=45)):
        timetables.class_session(other, begins, room=timetables.room("Room 4"), topic="Genetics 2")


def make_long_one() -> None:
    """A batch with the longest name, whose topics have no end either."""
    batch = timetables.batch(LONG_NAME[:120])
    timetables.enrol(people.student(), batch)
    topic = "अम्ल, क्षार और लवण: प्रश्नोत्तरी तथा पुनरावृत्ति " * 3
    for days in (1.2, 2.2):
        timetables.class_session(batch, timezone.now() + timedelta(days=days), topic=topic[:120], reason="x" * 200)
