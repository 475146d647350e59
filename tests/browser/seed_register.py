"""A class of forty that is held now, half of whom have checked in, and a class like it that nobody has marked."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import Institute, Role, User
from attendance import closing
from attendance.models import Leave
from attendance.models.asks import AskState
from attendance.models.records import Status
from batches.models import Batch
from tests import people
from tests.attendance import checking_in, registers
from tests.batches import timetables

NAMES = (
    *("Aarav Deshpande", "Aditi Wankhede", "Ayaan Qureshi", "Bhavya Chandrakar", "Chinmay Pathak", "Devika Nair"),
    *("Dhruv Agrawal", "Farhan Akhtar Ansari", "Gauri Bhosle", "Gurleen Kaur Sandhu", "ईशा वर्मा", "Isha Meshram"),
    *("Jaideep Singh Rathore", "Joseph D'Souza", "Kavya Iyer", "Kunal Lanjewar", "Lavanya Reddy", "Manasi Thakre"),
    *("Mohammed Arshad Khan Siddiqui", "Nandini Agrawal", "Nikhil Raut", "Omkar Jadhav", "Parth Khobragade"),
    *("Pooja Yadav", "Priyanka Bhattacharjee", "Rahul Sahu", "रिद्धिमा शर्मा", "Rohit Meshram", "S. Karthikeyan"),
    *("Sana Sheikh", "Sarthak Dongre", "Shreya Mukherjee", "Siddhi Kamble", "Tanmay Wankhede", "Tejaswini Gaikwad"),
    *("Utkarsh Mishra", "Venkata Sai Lakshmi Narasimha Rao Peddireddy", "Yash Tiwari", "Zoya Ansari"),
)
LIVE, CLOSED = "Electrochemistry 5", "Electrochemistry 4"
FRESH = ("By touch", "By keyboard", "Offline", "In two tabs", "Called out", "Signed out", "From elsewhere")


def main() -> None:
    for make in people.EVERYBODY.values():
        make()
    Institute(pk=1, name="Pragati Study Circle", phone="+91 253 231 4405").save()
    batch = timetables.batch("JEE 2027 C", venue=timetables.venue())
    timetables.enrol(people.student(), batch)
    for number, name in enumerate(NAMES):
        person = people.person(name, Role.STUDENT, admission_number=f"2026-07{number:02}")
        timetables.enrol(person, batch)
    make_classes()


def make_classes() -> None:
    """One that began a minute ago with check-ins of every kind, closed ones before it, and some nobody has marked."""
    batch, now = Batch.objects.get(name="JEE 2027 C"), timezone.now()
    given = {"room": timetables.room("Room 1"), "teacher": people.teacher()}
    on_leave(now)
    for days in (4, 3, 2):
        topic = CLOSED if days == 2 else "Electrochemistry"
        held = timetables.class_session(batch, now - timedelta(days=days), topic=topic, **given)
        for number, student in enumerate(students()):
            registers.mark(held, student, Status.PRESENT if number != 37 else Status.ABSENT, now=held.starts_at)
        closing.close_register(registers.register(held), actor=people.teacher(), now=held.ends_at)
    for topic in FRESH:
        timetables.class_session(batch, now - timedelta(minutes=1), topic=topic, **given)
    timetables.class_session(batch, now + timedelta(days=1), topic="To come", **given)
    cancelled = {"cancelled_at": now, "reason": "The hall is needed for a meeting"}
    timetables.class_session(batch, now - timedelta(minutes=1), topic="Not held", **cancelled)
    timetables.class_session(timetables.batch("Evening doubts"), now, topic="Nobody here", **given)
    check_everybody_in(timetables.class_session(batch, now - timedelta(minutes=1), topic=LIVE, **given))


def students() -> list:
    """By name, as the register lists them."""
    return list(User.objects.filter(enrolments__batch__name="JEE 2027 C").order_by("name", "pk"))


def on_leave(now) -> None:
    student, today = User.objects.get(name="Jaideep Singh Rathore"), timezone.localdate(now)
    given = {"last_on": today + timedelta(days=2), "reason": "Wedding", "asked_by": people.guardian()}
    Leave.objects.create(student=student, first_on=today, state=AskState.GRANTED, **given)


def check_everybody_in(held) -> None:
    """Most are there; some far off, some uncertain, some with the code, some not at all."""
    register = registers.register(held)
    for number, student in enumerate(students()):
        sent = checking_in.body(**checking_in.fix(registers.north_of(number), accuracy=12))
        if number in (4, 9, 18, 37):
            continue
        if number in (20, 33):
            sent = checking_in.body(**checking_in.fix(registers.north_of(60), accuracy=60))
        if number == 32:
            sent = checking_in.body(**checking_in.fix(registers.north_of(240)))
        if number in (12, 25):
            sent = checking_in.body(code=checking_in.code_now(register))
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(student)
        answer = checking_in.send(held, sent, browser=browser)
        assert answer.status_code == 200, answer.content
