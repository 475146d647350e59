"""A day on which Ananya can check in to one class of each kind, one after the other."""

import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import Institute, Role
from attendance.models import Mode
from batches.models import ClassSession
from tests import people
from tests.attendance import registers
from tests.batches import timetables

LONG_TOPIC = "अम्ल, क्षार और लवण: प्रश्नोत्तरी, पुनरावृत्ति तथा विगत दस वर्षों के प्रश्नपत्रों की चर्चा"
TOPICS = {
    "Rotational motion": "gps_or_code",
    "Electrostatics": "gps",
    "Thermodynamics": "code",
    "Wave optics": "gps+code",
    "Gravitation": "gps_or_code",
    "Kinematics": "gps_or_code",
    "Ray optics": "gps_or_code",
    "Semiconductors": "gps_or_code",
    "Magnetism": "gps_or_code",
    "Fluids": "gps_or_code",
    LONG_TOPIC: "gps_or_code",
    "Work and energy": "teacher",
}


PHONES = 24
NAMES = ("Aarohi Deshpande", "ईशान वर्मा", "Harpreet Kaur Sandhu", "Venkata Sai Lakshmi Narasimha Rao Peddireddy")


def login_of(number: int) -> str:
    """Of a student whom only one walk signs in: six check-ins a minute are taken of each."""
    return f"2026-07{number:02}"


def number_of(topic: str) -> uuid.UUID:
    """Of the class with this topic, the same in the seed and in the walks."""
    return uuid.uuid5(uuid.NAMESPACE_URL, topic)


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    batch = timetables.batch("JEE 2027 A", venue=timetables.venue())
    phones = [
        people.person(f"{NAMES[n % len(NAMES)]} {n}", Role.STUDENT, admission_number=login_of(n)) for n in range(PHONES)
    ]
    for student in (people.student(), people.other_student(), *phones):
        timetables.enrol(student, batch)

    def held(topic: str, began_min_ago: float, **more: object) -> ClassSession:
        where = {"batch": batch, "room": timetables.room("Room 3"), "teacher": people.teacher()}
        return registers.class_now(began_min_ago=began_min_ago, topic=topic, uuid=number_of(topic), **where, **more)

    for number, (topic, mode) in enumerate(TOPICS.items()):
        registers.register(held(topic, 5 + number / 10), mode=Mode(mode))
    registers.register(held("Late today", 17))
    held("Later today", -35)
    held("Over", 100)
    held("Cancelled", 4, cancelled_at=timezone.now() - timedelta(hours=1), reason="The teacher is ill")
