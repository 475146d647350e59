"""Django's admin knows every table, finds and filters in it, and shows neither secrets nor what people wrote."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import models, photos
from accounts.models.invitations import INVITATION_LIVES
from attendance import models as attendance_models
from batches import models as batch_models
from dfs import models as dfs_models
from tests import people
from tests.accounts.test_photos import encoded
from tests.attendance import registers
from tests.batches import timetables

pytestmark = pytest.mark.django_db
OURS = [
    model for label in ("accounts", "batches", "dfs", "attendance") for model in apps.get_app_config(label).get_models()
]
NAMED = [pytest.param(model, id=model._meta.label) for model in OURS]
WRITABLE = {models.User, models.Guardianship}
SECRET = "nobody-may-read-this"
CODE = "K7QX2MPD"
NORTH = 20.00641


def fill() -> dict[type[Model], Any]:
    """One row of each table of people, with SECRET in what must not be shown."""
    who, student, now = people.admin(), people.student(), timezone.now()
    told = models.Notification.objects.create(recipient=student, event_key="k", kind="k", title="Room 4", body=SECRET)
    ticket = models.Ticket.objects.create(asked_by=student, subject=SECRET)
    taken = models.PeopleImport.objects.create(file_name="a.csv", content_hash="0" * 64)
    made = [
        told,
        models.Delivery.objects.create(notification=told, channel="EMAIL", state="FAILED", error="no_address"),
        models.NotificationChoice.objects.create(user=student, kind="k", channel="EMAIL", when="NEVER"),
        models.QuietHours.objects.create(user=student, begins=time(22), ends=time(6)),
        ticket,
        models.TicketMessage.objects.create(ticket=ticket, author=student, text=SECRET, client_uuid=student.uuid),
        taken,
        models.ImportedRow.objects.create(
            people_import=taken, line=2, action="UPDATED", person=student, before={"phone": SECRET}
        ),
        models.Invitation.objects.create(
            email="farhan@pragati.test", role="TEACHER", token_hash=SECRET, expires_at=now + INVITATION_LIVES
        ),
        models.GuardianPass.objects.create(
            student=student,
            label="Mother",
            token_hash=SECRET,
            pin_hash=SECRET,
            created_by=who,
            expires_at=now + timedelta(days=1),
        ),
        models.Grant.objects.create(user=people.cashier(), kind="CASHIER"),
        models.Guardianship.objects.create(guardian=people.guardian(), student=student),
        models.Consent.objects.create(
            subject=student, given_by=student, purpose="PHOTO", notice_version=1, method="SELF"
        ),
        models.ErasureRequest.objects.create(subject=student, asked_by=student),
        photos.put_photo(student, encoded(Image.new("RGB", (9, 9))), actor=student),
        models.Institute.objects.create(pk=1, name="Pragati", logo=SECRET.encode()),
        models.SessionPolicy.objects.create(role="TEACHER"),
        models.MasterKeyMark.objects.get_or_create(kid="t9", defaults={"check_value": SECRET})[0],
        models.Activity.objects.create(event="person.changed", subject=student),
        models.SessionSlot.objects.create(
            user=student, key_hash=SECRET, idle_until=now, expires_at=now + timedelta(days=1)
        ),
        dfs_models.DriveAccount.objects.create(
            label="meera", owner_key="m", cap_bytes=1, credentials=SECRET.encode(), owner=people.teacher()
        ),
        dfs_models.Snapshot.objects.create(files=1, size_bytes=1, md5="x", kid="t1"),
        *rows_of_batches(),
        *rows_of_attendance(),
    ]
    return {type(row): row for row in made} | {models.User: who}


def rows_of_batches() -> list[Model]:
    """One row of each table of batches; CODE and SECRET in what must not be shown."""
    batch, who, student, soon = timetables.batch(), people.admin(), people.student(), timezone.now() + timedelta(days=2)
    invitation = models.Invitation.objects.create(
        email="sana@pragati.test", role="STUDENT", token_hash=f"{SECRET}-2", expires_at=soon
    )
    return [
        batch,
        batch.teachings.get(),
        timetables.subject(),
        timetables.venue(),
        timetables.room(),
        timetables.enrol(student, batch),
        batch_models.JoinCode.objects.create(batch=batch, code=CODE, expires_at=soon, created_by=who),
        batch_models.JoinRequest.objects.create(batch=batch, student=student),
        batch_models.BatchInvitation.objects.create(batch=batch, invitation=invitation),
        timetables.slot(batch),
        timetables.class_session(batch),
        batch_models.Holiday.objects.create(name="Diwali", starts_on=soon.date(), ends_on=soon.date()),
        batch_models.CalendarFeed.objects.create(person=student, secret_hash=SECRET),
    ]


def rows_of_attendance() -> list[Model]:
    """One row of each table of attendance; SECRET in what people wrote and in what stands for devices."""
    student, who, today = people.student(), people.admin(), timezone.localdate()
    held = timetables.class_session(timetables.batch(), timezone.now())
    record = registers.mark(held, student, attendance_models.records.Status.ABSENT)
    attendance_models.Record.objects.filter(pk=record.pk).update(remark=SECRET)
    attempt = attendance_models.CheckInAttempt.objects.create(
        register=held.register, student=student, client_uuid=student.uuid, device_hash=SECRET
    )
    asked: dict[str, Any] = {"reason": SECRET, "answer": SECRET, "asked_by": student}
    return [
        held.register,
        record,
        record.changes.get(),
        attempt,
        attendance_models.CheckInPosition.objects.create(attempt=attempt, latitude=NORTH, longitude=NORTH),
        attendance_models.Flag.objects.create(attempt=attempt, kind="OUTSIDE", note=SECRET),
        attendance_models.CheckInRule.objects.get_or_create(batch=held.batch)[0],
        attendance_models.Freeze.objects.create(first_on=today, last_on=today, reason="Salaries", made_by=who),
        attendance_models.Leave.objects.create(student=student, first_on=today, last_on=today, **asked),
        attendance_models.CorrectionRequest.objects.create(record=record, wanted="P", **asked),
    ]


def listed(model: type[Model], name: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@pytest.fixture
def office() -> Client:
    return people.signed_in(people.admin())


def test_every_table_is_registered_and_can_be_searched_and_filtered() -> None:
    known = admin.site._registry
    assert [model._meta.label for model in OURS if model not in known] == []
    for model in OURS:
        assert known[model].search_fields, model
        assert known[model].list_filter, model


def test_no_list_and_no_row_shows_a_secret_or_what_somebody_wrote(office: Client) -> None:
    rows = fill()
    shown = []
    for model in OURS:
        lists = [office.get(listed(model)), office.get(listed(model), {"q": "Ananya"})]
        if model in rows:
            lists.append(office.get(listed(model, "change", rows[model].pk)))
        assert {answer.status_code for answer in lists} == {200}, model
        pages = [answer.content.decode() for answer in lists]
        shown += [model._meta.label for page in pages if SECRET in page or CODE in page or str(NORTH) in page]
    assert shown == []


@pytest.mark.parametrize(
    "path",
    [
        "batches/joincode/?code__startswith=K",
        "batches/calendarfeed/?secret_hash__startswith=n",
        "attendance/checkinposition/?latitude__gt=20",
        "attendance/checkinattempt/?position__latitude__gt=20",
        "attendance/leave/?reason__startswith=n",
        "attendance/flag/?attempt__position__ip__startswith=1",
    ],
)
def test_no_address_tells_a_secret_letter_by_letter(office: Client, path: str) -> None:
    fill()
    assert office.get(f"/admin/{path}").status_code == 400


@pytest.mark.parametrize("model", NAMED)
def test_what_services_change_cannot_be_typed_in(office: Client, model: type[Model]) -> None:
    if model in WRITABLE:
        return
    row = fill().get(model)
    assert office.post(listed(model, "add"), {"_save": "Save"}).status_code == 403
    if row is not None:
        assert office.post(listed(model, "change", row.pk), {"_save": "Save"}).status_code == 403
        assert office.post(listed(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("model", "action", "event"),
    [
        (models.Invitation, "take_back", "invitation.revoked"),
        (models.GuardianPass, "take_back", "guardian_link.revoked"),
        (models.Photo, "take_away", "person.photo_removed"),
        (models.Ticket, "close", "question.closed"),
        (models.Delivery, "send_again", "delivery.retried"),
    ],
)
def test_actions_call_the_services_which_log_them(office: Client, model: Any, action: str, event: str) -> None:
    row = fill()[model]
    chosen = {"action": action, "_selected_action": [row.pk]}
    for _time in range(2):
        assert office.post(listed(model), chosen).status_code == 302
    line = models.Activity.objects.get(event=event)
    assert line.actor == people.admin()


def test_whoever_signed_in_long_ago_confirms_before_an_action(office: Client) -> None:
    ticket = fill()[models.Ticket]
    slot = models.SessionSlot.objects.get(user=people.admin())
    models.SessionSlot.objects.filter(pk=slot.pk).update(created_at=slot.created_at - timedelta(minutes=30))
    answer = office.post(listed(models.Ticket), {"action": "close", "_selected_action": [ticket.pk]})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    ticket.refresh_from_db()
    assert ticket.state == "OPEN"


def test_lists_cost_the_same_at_3_and_at_30(same_queries: Any, office: Client) -> None:
    day, number = date(2026, 1, 1), iter(range(1000))

    def add(count: int) -> None:
        for _ in range(count):
            key = next(number)
            who = people.person(f"P {key}", models.Role.STUDENT, admission_number=f"P-{key:04}")
            who.date_of_birth = day
            told = models.Notification.objects.create(recipient=who, event_key="k", title="x")
            models.Delivery.objects.create(notification=told, channel="EMAIL")
            models.Ticket.objects.create(asked_by=who, subject="x")
            models.Consent.objects.create(subject=who, given_by=who, purpose="PHOTO", notice_version=1, method="SELF")

    def visit() -> None:
        for model in (models.Notification, models.Delivery, models.Ticket, models.Consent):
            assert office.get(listed(model)).status_code == 200

    same_queries(visit, add=add, at_most=60)
