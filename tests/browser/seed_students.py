"""A full batch with students of now and before, one waiting, two asking, and a batch with nobody in it."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Institute, Role
from batches import waiting
from batches.models import JoinRequest
from tests import people
from tests.batches import enrolling, timetables
from tests.browser.seed import LONG_HINDI_NAME

NAMES = (
    "Aarohi Sanjay Deshpande",
    "Abdul Rahman Nadeem Khan",
    "Devansh Agrawal",
    "Harpreet Kaur Sandhu",
    "ईशान वर्मा",
    "Kunal Lanjewar",
    "Venkata Sai Lakshmi Narasimha Rao Peddireddy",
)


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle").save()
    make_students()


def make_students() -> None:
    now, day = timezone.now(), timedelta(days=1)
    crowd = [
        people.person(name, Role.STUDENT, admission_number=f"2026-0{number}")
        for number, name in enumerate((*NAMES, LONG_HINDI_NAME), 400)
    ]
    batch, other = enrolling.batch(seats=6), enrolling.batch("NEET 2027 (weekend, Gangapur Road, अंग्रेज़ी और हिन्दी)")
    enrolling.batch("Board 12", seats=20)
    for one in crowd[:5]:
        timetables.enrol(one, batch, joined_at=now - 60 * day)
    timetables.enrol(crowd[5], batch, joined_at=now + 5 * day)
    timetables.enrol(crowd[6], batch, joined_at=now - 60 * day, left_at=now - 3 * day)
    timetables.enrol(crowd[7], other)
    timetables.class_session(batch, now + day)
    timetables.class_session(other, now + day)
    waiting.wait(batch, student=people.other_student(), actor=people.admin())
    for one in crowd[6:]:
        JoinRequest.objects.create(batch=batch, student=one)
