"""One-click messages to a batch: who may, who is told, in whose language, and that twice is once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts import guardians
from accounts.limits import BATCH_MESSAGES
from accounts.models import Activity, Notification, Role, User
from batches import messages
from batches.models import Batch, ClassSession
from tests import people
from tests.batches import timetables

pytestmark = pytest.mark.django_db
NOON = timetables.at(date(2026, 11, 21), 12)


@pytest.fixture
def batch() -> Batch:
    """With a student and his guardian, another student, and one who left."""
    made = timetables.batch()
    timetables.enrol(people.student(), made)
    timetables.enrol(people.other_student(), made)
    gone = people.person("Gone", Role.STUDENT, admission_number="2026-0300")
    timetables.enrol(gone, made, left_at=timezone.now() - timedelta(days=1))
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    return made


def send(batch: Batch, who: User, **given: str) -> int:
    body = {"form": str(uuid4()), **given}
    return people.signed_in(who).post(f"/batches/{batch.uuid}/message/", body).status_code


def told() -> set[str]:
    return set(Notification.objects.filter(kind="batch.message").values_list("recipient__name", flat=True))


def test_students_of_now_are_told_and_their_guardians_when_wanted(batch):
    assert send(batch, people.teacher(), text="Bring your graph paper.") == 302
    assert told() == {"Ananya Kulkarni", "रितिका शर्मा"}
    assert send(batch, people.teacher(), text="And a ruler.", guardians="on") == 302
    assert told() == {"Ananya Kulkarni", "रितिका शर्मा", "Sunil Kulkarni"}
    line = Activity.objects.filter(event="batch.message_sent").first()
    assert line is not None
    assert {key: line.extra[key] for key in ("students", "guardians")} == {"students": 2, "guardians": 1}


def test_own_words_stand_behind_the_title_and_not_in_it(batch):
    send(batch, people.teacher(), text="Marks were poor. Talk to me.")
    row = Notification.objects.filter(kind="batch.message").first()
    assert row is not None
    assert row.title == "JEE 2027 A: message from Meera Joshi"
    assert row.body == "Marks were poor. Talk to me."
    assert people.signed_in(row.recipient).get(row.url).status_code == 200


def test_form_sent_twice_tells_nobody_twice_and_with_other_words_is_another(batch):
    form = str(uuid4())
    for text in ("Bring paper.", "Bring paper.", "Bring ink."):
        assert send(batch, people.admin(), text=text, form=form) == 302
    assert Notification.objects.filter(recipient=people.student(), kind="batch.message").count() == 2
    assert Activity.objects.filter(event="batch.message_sent").count() == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (people.student, 403),
        (people.guardian, 403),
        (people.cashier, 403),
        (people.other_teacher, 404),
        (people.guardian_who_teaches, 404),
    ],
)
def test_nobody_else_writes_to_a_batch(batch, who, status):
    assert send(batch, who(), text="Hello") == status
    assert told() == set()


def test_who_stands_in_sees_the_batch_but_does_not_write_to_it(batch):
    timetables.class_session(batch, teacher=people.other_teacher())
    assert send(batch, people.other_teacher(), text="Hello") == 403
    assert told() == set()


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "a\0b"])
def test_text_that_is_none_or_too_long_is_said_at_the_field(batch, text):
    page = people.signed_in(people.teacher()).post(f"/batches/{batch.uuid}/message/", {"text": text})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in page.content.decode()
    assert told() == set()


def test_archived_batch_and_one_without_students_are_told_nothing(batch):
    empty = timetables.batch("Empty")
    assert send(empty, people.admin(), text="Hello") == 409
    Batch.objects.filter(pk=batch.pk).update(archived_at=timezone.now())
    assert send(batch, people.admin(), text="Hello") == 409
    assert told() == set()


def test_messages_are_limited_for_each_person(batch):
    browser = people.signed_in(people.teacher())
    statuses = [
        browser.post(f"/batches/{batch.uuid}/message/", {"text": f"{number}"}).status_code
        for number in range(BATCH_MESSAGES.tries + 1)
    ]
    assert statuses[-2:] == [302, 429]
    assert send(batch, people.admin(), text="The office still may.") == 302


# --- Ready texts ------------------------------------------------------------------------------------------------------


def texts(batch: Batch) -> list[str]:
    return [ready.text() for ready in messages.ready_texts(batch, now=timezone.now())]


def test_ready_texts_speak_of_the_next_and_the_last_class(batch):
    with time_machine.travel(NOON, tick=False):
        assert texts(batch) == []
        timetables.class_session(batch, NOON - timedelta(days=2), topic="Electrochemistry 4")
        today = timetables.class_session(batch, NOON + timedelta(hours=6, minutes=45))
        assert texts(batch) == [
            "Today’s class starts 15 minutes late, at 7:00 pm.",
            "The notes of the last class are up: Electrochemistry 4.",
            "Bring your textbook and notebook to today’s class.",
        ]
        ClassSession.objects.filter(pk=today.pk).update(cancelled_at=NOON)
        timetables.class_session(batch, NOON + timedelta(days=2))
        assert texts(batch) == [
            "The notes of the last class are up: Electrochemistry 4.",
            "Bring your textbook and notebook to the class on Mon 23 Nov.",
        ]


def test_each_reads_a_ready_text_in_his_own_language(batch):
    User.objects.filter(pk=people.other_student().pk).update(language="hi")
    timetables.class_session(batch, timezone.now() - timedelta(days=1), topic="Optics 2")
    [ready] = messages.ready_texts(batch, now=timezone.now())
    assert send(batch, people.teacher(), say=ready.key) == 302
    row = Notification.objects.get(recipient=people.student(), kind="batch.message")
    assert row.title == "JEE 2027 A: The notes of the last class are up: Optics 2."
    assert row.body == "The notes of the last class are up: Optics 2."


def test_text_about_a_class_that_was_changed_meanwhile_is_not_sent(batch):
    row = timetables.class_session(batch)
    ready = messages.ready_texts(batch, now=timezone.now())[-1]
    ClassSession.objects.filter(pk=row.pk).update(sequence=1, starts_at=row.starts_at + timedelta(minutes=5))
    page = people.signed_in(people.teacher()).post(
        f"/batches/{batch.uuid}/message/", {"say": ready.key, "form": str(uuid4())}, follow=True
    )
    assert "The classes have changed since." in page.content.decode()
    assert told() == set()


def test_telling_a_batch_costs_the_same_for_3_and_30_students(batch, same_queries):
    browser, made = people.signed_in(people.teacher()), iter(range(100))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            timetables.enrol(people.person(f"S {number}", Role.STUDENT, admission_number=f"M-{number}"), batch)

    def visit() -> None:
        browser.post(f"/batches/{batch.uuid}/message/", {"text": "Hello", "form": str(uuid4()), "guardians": "on"})

    same_queries(visit, add=add, at_most=45)
