"""docs/privacy.md says of every table what of a person lies in it and what becomes of it; here the code is asked."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils import timezone

from accounts import erasures, old_news
from accounts.models import (
    ACTIVITY_KEPT,
    Activity,
    Consent,
    ErasureRequest,
    Grant,
    ImportedRow,
    NotificationChoice,
    PeopleImport,
    QuietHours,
    Role,
    User,
)
from accounts.sessions import ENDED_KEPT
from attendance.models import CheckInAttempt, CheckInPosition, CorrectionRequest, Flag, Leave
from attendance.models.records import Record, Status
from attendance.models.registers import POSITIONS_KEPT_DAYS
from batches.models import Batch, CalendarFeed, Enrolment, JoinRequest, Teaching
from coaching.pages.data_export import AREAS
from coaching.pages.erasures import erase
from dfs import store
from dfs.housekeeping import LOG_KEPT
from dfs.models import TRASH_KEPT, UPLOAD_KEPT, DriveAccount, StoredFile, Upload
from exams.models import Attempt, LeaderboardChoice, TakeoverRequest
from fees.models import Concession, StudentAccount
from tests import people
from tests.accounts.test_erasure import with_traces
from tests.attendance import registers
from tests.batches import timetables
from tests.exams import papers

PAGE = (Path(settings.BASE_DIR) / "docs/privacy.md").read_text(encoding="utf-8")
KEPT, COPY, ERASURE = 3, 4, 5


def rows() -> dict[str, list[str]]:
    """The cells of the table of tables, by the table's name."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cell[0].strip("`"): cell for cell in cells}


def impersonal() -> set[str]:
    """The tables the page says nothing of a person is in."""
    told = PAGE[PAGE.index("Without anything of a person") : PAGE.index("Elsewhere:")]
    return set(re.findall(r"`(\w+)`", told))


def tables() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def people_in(model: type[Model]) -> Iterator[str]:
    """The columns that point at a person."""
    for field in model._meta.concrete_fields:
        if field.related_model is User:
            yield field.name


def test_every_table_is_named_once() -> None:
    assert set(rows()) | impersonal() == set(tables())
    assert set(rows()) & impersonal() == set()


def test_no_table_that_points_at_a_person_is_called_impersonal() -> None:
    # Django's groups and permissions, which nobody is given here: a role alone decides.
    unused = {"users_groups", "users_user_permissions"}
    assert {table for table in impersonal() - unused if list(people_in(tables()[table]))} == set()


@pytest.mark.django_db
def test_the_copy_has_the_sections_the_page_names() -> None:
    told = {cells[COPY].strip("`") for cells in rows().values()} - {"no"}
    assert told == {section.key for export in AREAS for section in export(people.student())}


def test_the_page_tells_how_long_the_code_keeps() -> None:
    kept = {table: cells[KEPT] for table, cells in rows().items()}
    news = f"read at the bell only {old_news.READ_KEPT.days} days, all else {old_news.KEPT.days}"
    assert kept["notifications"].startswith(news)
    assert kept["session_slots"].startswith(f"{ENDED_KEPT.days} days")
    words = {365: "a year and a day", 7: "until deleted and seven days", 2: "two days without use"}
    assert kept["activity_log"].startswith(words[ACTIVITY_KEPT.days])
    assert kept["stored_files"] == words[TRASH_KEPT.days]
    assert kept["uploads"] == words[UPLOAD_KEPT.days]
    assert kept["check_in_positions"].startswith(f"{POSITIONS_KEPT_DAYS} days")
    assert kept["distribution_log"] == f"{LOG_KEPT.days} days"


# --- Erasure ----------------------------------------------------------------------------------------------------------


def everywhere() -> User:
    """A person with a row in every table the page says is emptied or deleted."""
    person: User = with_traces()
    admin = people.admin()
    Grant.objects.create(user=person, kind=Grant.Kind.CASHIER)
    NotificationChoice.objects.create(user=person, kind="test.room", channel="EMAIL", when="NEVER")
    QuietHours.objects.create(user=person, begins="22:00", ends="06:00")
    brought = PeopleImport.objects.create(file_name="students.csv", content_hash="x", actor=admin)
    changed = {"name": ["A", "B"]}
    ImportedRow.objects.create(people_import=brought, line=2, action="UPDATED", person=person, before=changed)
    invitation = person.invitations.get()
    invitation.students.add(person)
    in_admin = ContentType.objects.get_for_model(User)
    entry: dict[str, Any] = {"content_type": in_admin, "object_id": str(person.pk), "object_repr": person.name}
    LogEntry.objects.create(user=admin, action_flag=2, **entry)
    for notification in person.notifications.all():
        notification.deliveries.create(channel="EMAIL")
    store.put(BytesIO(b"x"), name="Ritika-Secret.pdf", purpose=StoredFile.MINE, owner=person)
    Upload.objects.create(owner=person, name="Ritika-Secret.mp4", purpose=StoredFile.MINE, length_bytes=1)
    batch = timetables.batch()
    JoinRequest.objects.create(batch=batch, student=person)
    account = StudentAccount.objects.create(student=person, note="Pays late", bill_to="Ritika-Secret & Sons")
    over = timezone.now() - timedelta(days=30)
    stay = Enrolment.objects.create(batch=batch, student=person, joined_at=over - timedelta(days=9), left_at=over)
    what = {"type": "OTHER", "kind": "PERCENT", "bp": 1000, "reason": "Father ill", "requested_by": admin}
    Concession.objects.create(account=account, enrolment=stay, **what)
    Teaching.objects.create(batch=batch, teacher=person)
    CalendarFeed.objects.create(person=person, secret_hash="x")
    with_attendance(person, batch)
    with_a_test(person)
    people.signed_in(person)
    return person


def with_attendance(person: User, batch: Batch) -> None:
    """A class of last month with a register that says something of him, a check-in, and what he asked."""
    month_ago = timezone.now() - timedelta(days=30)
    enrolment = timetables.enrol(person, batch)
    held = timetables.class_session(batch, month_ago)
    record = registers.mark(held, person, Status.ABSENT, now=month_ago)
    Record.objects.filter(pk=record.pk).update(remark="Ritika-Secret was ill")
    attempt = CheckInAttempt.objects.create(register=held.register, student=person, client_uuid=person.uuid)
    CheckInPosition.objects.create(attempt=attempt, latitude=20, longitude=73)
    Flag.objects.create(attempt=attempt, kind="OUTSIDE", note="Ritika-Secret says she was upstairs")
    asked: dict[str, Any] = {"reason": "Ritika-Secret is ill", "answer": "Get well, Ritika-Secret", "asked_by": person}
    Leave.objects.create(student=person, first_on=month_ago.date(), last_on=month_ago.date(), **asked)
    CorrectionRequest.objects.create(record=record, wanted="P", **asked)
    type(enrolment).objects.filter(pk=enrolment.pk).update(left_at=timezone.now())


def with_a_test(person: User) -> None:
    """A test he wrote, in which he asks to go on on another device. He is in a batch of it no longer."""
    attempt = papers.attempt(student=person)
    LeaderboardChoice.objects.create(student=person, is_shown=True)
    TakeoverRequest.objects.create(attempt=attempt, device="Firefox of Ritika-Secret", device_id=person.uuid)
    person.enrolments.update(left_at=timezone.now())


def owned(table: str, person: User) -> int:
    """Rows of a table that point at the person as the one they are about."""
    model = tables()[table]
    about = {
        "users": "pk",
        "notification_deliveries": "notification__recipient",
        "ticket_messages": "ticket__asked_by",
        "check_in_positions": "attempt__student",
        "attendance_flags": "attempt__student",
        "attendance_requests": "record__student",
        "exam_takeovers": "attempt__student",
        "fee_concessions": "account__student",
    }
    makers = {"given_by", "created_by", "actor", "asked_by", "decided_by", "withdrawn_by", "undone_by", "author"}
    names = [about[table]] if table in about else [name for name in people_in(model) if name not in makers]
    names = names or list(people_in(model))
    return sum(model._default_manager.filter(**{name: person.pk}).count() for name in names)


@pytest.mark.django_db
def test_what_the_page_says_of_erasure_is_what_happens() -> None:
    person = everywhere()
    told = {table: cells[ERASURE] for table, cells in rows().items()}
    goes = {table for table, word in told.items() if word.startswith("goes")}
    emptied = {table for table, word in told.items() if word.startswith("emptied")}
    for table in goes | emptied:
        assert owned(table, person), f"nothing in {table} to erase"
    assert erase(erasures.ask(person, actor=people.admin()), actor=people.admin())
    assert {table for table in goes if owned(table, person)} == set()
    assert {table for table in emptied if not owned(table, person)} == set()
    assert all(word.split()[0].strip(",;:") in {"goes", "emptied", "stays", "holds"} for word in told.values())
    person.refresh_from_db()
    assert (person.name, person.phone, person.date_of_birth) == ("Erased person", "", None)
    assert not Consent.objects.exclude(evidence="").exists()
    assert not Record.objects.exclude(remark="").exists()
    assert not Flag.objects.exclude(note="").exists()
    for asked in (Leave, CorrectionRequest):
        assert asked.objects.values_list("state", "reason", "answer").get() == ("WITHDRAWN", "", "")
    assert Attempt.objects.values_list("device", "device_id").get() == ("", None)
    assert TakeoverRequest.objects.values_list("state", "device", "device_id").get() == ("DROPPED", "", None)
    assert Activity.objects.about(person).exists()
    assert ErasureRequest.objects.get(subject=person).state == "DONE"
    assert LogEntry.objects.get().object_repr == "Erased person"


@pytest.mark.django_db
def test_what_holds_an_erasure_is_on_the_page() -> None:
    person = people.person("Lender", Role.TEACHER, email="lender@pragati.test")
    DriveAccount.objects.create(label="lender", owner_key="lender", cap_bytes=1, owner=person)
    assert not erase(erasures.ask(person, actor=person), actor=people.admin())
    assert rows()["drive_accounts"][ERASURE] == "holds the erasure"
    assert ErasureRequest.objects.get().state == "HELD"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["batch_students", "class_sessions"])
def test_what_is_still_to_be_learnt_or_taught_holds_an_erasure_until_it_is_over(table: str) -> None:
    batch, person = timetables.batch(), people.other_student()
    if table == "batch_students":
        row: Any = timetables.enrol(person, batch)
        over = {"left_at": timezone.now(), "leaving_reason": "Moved to Pune"}
    else:
        person = people.other_teacher()
        row, over = timetables.class_session(batch, teacher=person), {"cancelled_at": timezone.now()}
    asked = erasures.ask(person, actor=person)
    assert not erase(asked, actor=people.admin())
    assert rows()[table][ERASURE].startswith("holds the erasure")
    type(row).objects.filter(pk=row.pk).update(**over)
    assert erase(asked, actor=people.admin())
    row.refresh_from_db()
    assert getattr(row, "leaving_reason", "") == ""
