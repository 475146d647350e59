"""First screens and the list of what waits: who is told what, in which order, and for how many queries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts import consents, guardians, photos, questions
from accounts.models import (
    Delivery,
    ErasureRequest,
    Institute,
    Invitation,
    Notification,
    Photo,
    Role,
    SessionSlot,
    User,
)
from accounts.models.invitations import INVITATION_LIVES
from batches.models import JoinRequest, Teaching
from coaching.lib.offers import Todo
from coaching.pages import dashboards, todo
from dfs.models import DriveAccount, Job, StoredFile
from exams.models import TakeoverRequest
from tests import people
from tests.accounts.second_steps import give_app
from tests.batches import timetables
from tests.exams import papers

pytestmark = pytest.mark.django_db
SUNDAY_NOON = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # in Kolkata
FRIDAY_NOON = SUNDAY_NOON - timedelta(days=2)


def item(label: str, **more: Any) -> Todo:
    return Todo(kind=label, label=label, url="/", action="Look", **more)


def waiting(person: User) -> dict[str, Todo]:
    return {one.kind: one for one in todo.waiting(person, now=timezone.now())}


def home(person: User) -> str:
    return people.signed_in(person).get("/dashboard/").content.decode()


def drive(label: str, **more: Any) -> DriveAccount:
    return DriveAccount.objects.create(label=label, owner_key=label, cap_bytes=10, **more)


def failed_job(name: str) -> Job:
    file = StoredFile(name=name, size_bytes=1, crc32=0, purpose=StoredFile.MINE, owner=people.teacher())
    file.chunk_bytes, file.segment_bytes = 1024, 64
    file.save()
    return Job.objects.create(file=file, state=Job.State.FAILED, reason="The spool was full.")


# --- When -------------------------------------------------------------------------------------------------------------


def test_what_is_due_falls_into_today_this_week_and_later():
    late = item("late", due_at=FRIDAY_NOON - timedelta(days=3))
    tonight = item("tonight", due_at=FRIDAY_NOON + timedelta(hours=11, minutes=59))
    tomorrow = item("tomorrow", due_at=FRIDAY_NOON + timedelta(hours=12))
    sunday = item("sunday", due_at=SUNDAY_NOON + timedelta(hours=11, minutes=59))
    monday = item("monday", due_at=SUNDAY_NOON + timedelta(hours=12))
    urgent, whenever = item("urgent", tone="due"), item("whenever")
    groups = todo.grouped([late, tonight, tomorrow, sunday, monday, urgent, whenever], now=FRIDAY_NOON)
    assert [(group.title, [one.label for one in group.items]) for group in groups] == [
        ("Today", ["late", "tonight", "urgent"]),
        ("This week", ["tomorrow", "sunday"]),
        ("Later", ["monday", "whenever"]),
    ]


def test_on_a_sunday_the_week_ends_with_the_day():
    tomorrow = item("tomorrow", due_at=SUNDAY_NOON + timedelta(hours=12))
    assert [group.title for group in todo.grouped([tomorrow], now=SUNDAY_NOON)] == ["Later"]


def test_stretches_without_anything_are_left_out():
    assert todo.grouped([], now=SUNDAY_NOON) == []


def test_first_what_counts_as_due_now_then_by_time_then_any_time(monkeypatch):
    now = timezone.now()
    found = [
        item("whenever"),
        item("tomorrow", due_at=now + timedelta(days=1)),
        item("due", tone="due"),
        item("overdue", due_at=now - timedelta(days=1)),
        item("bad", tone="bad"),
    ]
    monkeypatch.setattr(todo, "AREAS", (lambda person, now: found,))
    assert [one.label for one in todo.waiting(people.student(), now=now)] == [
        "bad",
        "due",
        "overdue",
        "tomorrow",
        "whenever",
    ]


# --- What -------------------------------------------------------------------------------------------------------------


def test_student_without_an_address_is_asked_for_one():
    assert "email" in waiting(people.student())
    assert "email" not in waiting(people.other_student())


def test_working_people_are_offered_a_second_step_until_they_have_one():
    assert {"second_step"} <= set(waiting(people.teacher())) & set(waiting(people.cashier()))
    assert "second_step" not in waiting(people.student())
    give_app(people.teacher())
    assert "second_step" not in waiting(people.teacher())


def test_guardian_of_a_minor_is_asked_until_he_answers_and_nobody_else_is():
    child = people.student()
    guardians.link_guardian(child, guardian=people.guardian(), actor=people.admin())
    assert "consent" not in waiting(people.guardian())  # whose birth date is not known is no minor
    User.objects.filter(pk=child.pk).update(date_of_birth=timezone.localdate() - timedelta(days=15 * 365))
    assert waiting(people.guardian())["consent"].meta == "Photo"
    Institute(pk=1, name="Pragati", minor_location=Institute.MinorLocation.CONSENT).save()
    assert waiting(people.guardian())["consent"].meta == "Position at check-in, Photo"
    assert "consent" not in waiting(people.student())
    answer: dict[str, Any] = {"actor": people.guardian(), "now": timezone.now()}
    consents.give(User.objects.get(pk=child.pk), purpose="PHOTO", **answer)
    consents.give(User.objects.get(pk=child.pk), purpose="LOCATION", **answer)
    assert "consent" not in waiting(people.guardian())
    consents.withdraw(User.objects.get(pk=child.pk), purpose="PHOTO", **answer)
    assert "consent" not in waiting(people.guardian())  # a no is an answer


def test_guardian_of_a_grown_up_is_not_asked():
    child = people.student()
    guardians.link_guardian(child, guardian=people.guardian(), actor=people.admin())
    User.objects.filter(pk=child.pk).update(date_of_birth=date(1990, 1, 1))
    assert "consent" not in waiting(people.guardian())


def test_own_drive_that_needs_a_sign_in_is_its_owners_task():
    drive("meera", owner=people.teacher(), state=DriveAccount.State.NEEDS_REAUTH)
    assert waiting(people.teacher())["drive.sign_in"].label == "Your Drive meera needs you"
    assert "drive.sign_in" not in waiting(people.other_teacher())
    assert waiting(people.admin())["drive"].label == "meera: Sign in again"


def test_admins_own_drive_leads_to_his_own_page():
    drive("office", owner=people.admin(), state=DriveAccount.State.NEEDS_REAUTH)
    assert waiting(people.admin())["drive.sign_in"].url == "/dfs/drives/"


def test_office_is_told_of_questions_erasures_undelivered_mail_and_admins_without_a_second_step():
    people.admin()
    questions.ask(people.student(), subject="Bus", text="Is there one?", client_uuid=uuid4())
    ErasureRequest.objects.create(subject=people.teacher(), asked_by=people.teacher())
    Delivery.objects.update(state=Delivery.State.FAILED)
    people.person("Kavita Rane", Role.ADMIN, email="kavita@pragati.test")
    found = waiting(people.admin())
    assert found["question"].label == "Ananya Kulkarni asks the office"
    assert found["erasure"].label == "Meera Joshi asks to be erased"
    assert found["delivery"].tone == "bad"
    assert found["admins"].meta == "Kavita Rane"
    assert people.signed_in(people.admin()).get(found["admins"].url).status_code == 200
    assert not {"question", "erasure", "delivery", "admins"} & set(waiting(people.teacher()))


def test_more_than_three_of_a_kind_become_one_row():
    for number in range(4):
        student = people.person(f"Student {number}", Role.STUDENT, admission_number=f"2027-{number}")
        questions.ask(student, subject="Bus", text="Is there one?", client_uuid=uuid4())
        ErasureRequest.objects.create(subject=student, asked_by=student)
        failed_job(f"paper-{number}.pdf")
        drive(f"shelf-{number}", state=DriveAccount.State.LOST)
    found = todo.waiting(people.admin(), now=timezone.now())
    labels = [one.label for one in found]
    assert {"4 questions wait", "4 people ask to be erased", "4 jobs failed", "4 Drives are not healthy"} <= set(labels)
    assert len({one.kind for one in found}) == len(found)


def test_new_institute_is_told_its_first_steps_and_an_old_one_is_not():
    assert {"institute", "invite", "drive.none"} <= set(waiting(people.admin()))
    people.teacher()
    Institute(pk=1, name="Pragati").save()
    drive("shelf")
    assert not {"institute", "invite", "drive.none"} & set(waiting(people.admin()))


# --- The screens ------------------------------------------------------------------------------------------------------


def test_figures_count_who_came_who_is_invited_and_who_asks():
    people.signed_in(people.teacher()).get("/dashboard/")
    now = timezone.now()
    SessionSlot.objects.update(created_at=now, last_seen_at=now)
    for number, sent_at in enumerate((now, now - timedelta(days=6), now - timedelta(days=9))):
        Invitation.objects.create(
            email=f"{number}@pragati.test",
            role=Role.TEACHER,
            token_hash=str(number),
            expires_at=sent_at + INVITATION_LIVES,
        )
    questions.ask(people.student(), subject="Bus", text="Is there one?", client_uuid=uuid4())
    signed_in, invited, asked = dashboards.office(people.admin(), now=now)["figures"][5:8]
    assert (signed_in.value, signed_in.small, signed_in.word) == ("1", "of 3", "1 here now")
    assert (invited.value, invited.word) == ("2", "1 ran out")
    assert (asked.value, asked.note) == ("1", "Nobody waits for long")
    for figure in (signed_in, invited, asked):
        assert people.signed_in(people.admin()).get(figure.url).status_code == 200


def test_one_child_has_as_many_unread_news_as_concern_it():
    guardians.link_guardian(people.student(), guardian=people.guardian(), actor=people.admin())
    told: dict[str, Any] = {"recipient": people.guardian(), "about": people.student()}
    for key in ("late", "early"):
        Notification.objects.create(event_key=key, title=key, **told)
    Notification.objects.create(event_key="read", title="read", read_at=timezone.now(), **told)
    assert [vars(child)["news"] for child in photos.tag_children(people.guardian())] == [2]
    assert photos.tag_children(people.teacher()) == []


def test_only_the_three_newest_news_stand_on_the_screen():
    for number in range(4):
        at = timezone.now() - timedelta(hours=4 - number)
        Notification.objects.create(
            recipient=people.student(), event_key=f"{number}", title=f"News {number}", created_at=at
        )
    page = home(people.student())
    assert [number for number in range(4) if f"News {number}" in page] == [1, 2, 3]


@pytest.mark.parametrize(
    ("hour", "count", "said"),
    [
        (3, 0, "Good morning, Venkataraghavan. Nothing waits for you."),
        (8, 1, "Good afternoon, Venkataraghavan. 1 thing waits for you."),
        (13, 2, "Good evening, Venkataraghavan. 2 things wait for you."),
    ],
)
def test_greeting_goes_by_the_institutes_clock(hour, count, said):
    now = datetime(2026, 11, 21, hour, 0, tzinfo=UTC)
    assert dashboards.greeting("Dr. Venkataraghavan Subramaniam", now=now, count=count) == said


@pytest.mark.parametrize("who", [people.student, people.teacher, people.cashier, people.guardian])
def test_screens_cost_the_same_with_3_and_with_30_of_everything(who, same_queries):
    person, client = who(), people.signed_in(who())
    made = iter(range(1000))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            Notification.objects.create(recipient=person, event_key=f"{number}", title=f"News {number}")
            drive(f"shelf-{number}", owner=person, state=DriveAccount.State.NEEDS_REAUTH)
            child = people.person(f"Child {number}", Role.STUDENT, admission_number=f"2027-{number:04}")
            User.objects.filter(pk=child.pk).update(date_of_birth=timezone.localdate() - timedelta(days=15 * 365))
            if person.role != Role.STUDENT:
                guardians.link_guardian(child, guardian=person, actor=people.admin())

    assert same_queries(lambda: client.get("/dashboard/"), add=add, at_most=16)
    assert client.get("/todo/").status_code == 200


def test_admins_screen_costs_the_same_with_3_and_with_30_of_everything(same_queries):
    Institute(pk=1, name="Pragati").save()
    client = people.signed_in(people.admin())
    made = iter(range(1000))

    def add(count: int) -> None:
        for number in (next(made) for _ in range(count)):
            student = people.person(f"Student {number}", Role.STUDENT, admission_number=f"2027-{number:04}")
            questions.ask(student, subject="Bus", text="Is there one?", client_uuid=uuid4())
            ErasureRequest.objects.create(subject=student, asked_by=student)
            failed_job(f"paper-{number}.pdf")
            drive(f"shelf-{number}", state=DriveAccount.State.LOST)
            people.person(f"Admin {number}", Role.ADMIN, email=f"admin-{number}@pragati.test")

    same_queries(lambda: client.get("/dashboard/"), add=add, at_most=20)


def test_admins_screen_keeps_to_twenty_queries_when_every_kind_of_trouble_coincides(django_assert_max_num_queries):
    admin, student, noon = people.admin(), people.student(), timetables.at(timezone.localdate(), 12)
    for_himself(admin, student)
    for_the_office()
    in_the_timetable(noon)
    in_a_test()
    with time_machine.travel(noon, tick=False):
        client = people.signed_in(people.admin())
        page = client.get("/dashboard/")
        found = {one.kind for one in todo.waiting(User.objects.get(pk=admin.pk), now=noon)}
        with django_assert_max_num_queries(20):
            client.get("/dashboard/")
    assert page.context["children"]
    assert page.context["rooms"].rooms
    own = {"second_step", "way_in", "consent", "drive.sign_in", "batch.offer"}
    office = {"question", "erasure", "delivery", "admins", "institute", "drive", "job"}
    assert found == own | office | {"batch.asked", "class.clash", "class.teacher", "class.room", "test.takeover"}


def for_himself(admin: User, child: User) -> None:
    """He comes in with Google alone, has a child with a photo and an offered seat, and a Drive that needs him."""
    User.objects.filter(pk=admin.pk).update(password="!")
    guardians.link_guardian(child, guardian=admin, actor=admin)
    User.objects.filter(pk=child.pk).update(date_of_birth=timezone.localdate() - timedelta(days=15 * 365))
    Photo.objects.create(user=child, sealed=b"sealed", etag="e" * 32, changed_at=timezone.now())
    offered: dict[str, Any] = {"state": JoinRequest.State.OFFERED, "offer_ends_at": timezone.now() + timedelta(days=2)}
    JoinRequest.objects.create(batch=timetables.batch(), student=child, **offered)
    drive("office", owner=admin, state=DriveAccount.State.NEEDS_REAUTH)


def for_the_office() -> None:
    """One of each that waits for any admin."""
    questions.ask(people.other_student(), subject="Bus", text="Is there one?", client_uuid=uuid4())
    ErasureRequest.objects.create(subject=people.cashier(), asked_by=people.cashier())
    Delivery.objects.update(state=Delivery.State.FAILED)
    people.person("Kavita Rane", Role.ADMIN, email="kavita@pragati.test")
    failed_job("paper.pdf")
    drive("shelf", state=DriveAccount.State.LOST)


def in_a_test() -> None:
    """Somebody asks for another device."""
    TakeoverRequest.objects.create(attempt=papers.attempt(student=people.other_student()))


def in_the_timetable(noon: datetime) -> None:
    """A clash, classes that lack a teacher and a room, and somebody who asks to join."""
    batch, other, room = timetables.batch(), timetables.batch("NEET 2027 C"), timetables.room()
    JoinRequest.objects.create(batch=batch, student=people.other_student())
    Teaching.objects.filter(batch=other).delete()
    timetables.class_session(batch, noon + timedelta(hours=1), room=room)
    timetables.class_session(other, noon + timedelta(hours=2), room=room)
    timetables.class_session(batch, noon + timedelta(days=1))
